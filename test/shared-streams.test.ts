/** Callers who ask for the same stream while it comes, over HTTP, before a provider that pauses in its midst. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { canonicalAnswer, tokensOf } from './faulty-provider/answer.ts';
import { type FaultyGateway, patient, startFaultyGateway } from './gateway-faults/gateway.ts';
import { type Called, callModel, type Question } from './model-caller.ts';

const cache = { ttlSeconds: 60, calls: 'always' };
const names = ['along', 'leaves', 'nobody', 'apart', 'cleared', 'late'] as const;
const target = (model: string) => ({ targets: [{ model: `configured/${model}` }], cache });
const impatient = { ...patient, idleMs: 1_000 };
const price = { input: 1_000, output: 10_000 };

let gateway: FaultyGateway;
beforeAll(async () => {
  const pausing = names.map((name) => [name, { ...target(`pauses-for-${name}`), timeouts: patient }]);
  gateway = await startFaultyGateway(
    {
      ...Object.fromEntries(pausing),
      heals: { ...target('stalls-once-for-healing'), timeouts: impatient },
      breaks: { ...target('stalls-for-breaking'), timeouts: impatient },
      refused: { ...target('unavailable-for-shared'), timeouts: patient },
    },
    undefined,
    Object.fromEntries([...names.map((name) => `configured/pauses-for-${name}`)].map((model) => [model, price])),
  );
});
afterAll(() => gateway.close());

const ask = (model: string, question: Partial<Question> = {}) =>
  callModel({ url: gateway.url, key: gateway.timonel.apiKey, model, ...question });

const asked = (model: string) => gateway.provider.exchanges(model);

/** Asks, and waits until that many tokens have come. */
async function begun(model: string, question: Partial<Question> = {}, tokens = 20): Promise<{ called: Promise<Called> }> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const part = tokensOf(canonicalAnswer).slice(0, tokens).join('');
  const onText = (text: string) => {
    if (text === part) resolve();
  };
  const called = ask(model, { onText, ...question });
  await Promise.race([promise, called]);
  return { called };
}

const stats = async () =>
  (await gateway.timonel.call<{ joined: number; misses: number; saved: number }>('GET', '/api/v1/cache/stats')).body;

const whole = { outcome: 'success', text: canonicalAnswer, done: true };

describe('callers who ask for the same stream', () => {
  it.each(['openai', 'anthropic'] as const)('read one answer, from its beginning: %s', async (protocol) => {
    const model = 'along';
    const before = await stats();
    const calls = asked('pauses-for-along').length;
    const first = await begun(model, { protocol });
    // In the midst of the silence: what came before is there at once, and the rest comes to all of them.
    const others = [await begun(model, { protocol }), await begun(model, { protocol })];
    const all = await Promise.all([first, ...others].map(({ called }) => called));
    for (const called of all) expect(called).toMatchObject(whole);
    expect(asked('pauses-for-along').length - calls).toBe(1);
    expect(all.map(({ headers }) => headers['x-timonel-cache'])).toEqual(['miss', 'joined', 'joined']);
    expect(all.map(({ headers }) => headers['x-timonel-cost'])).toEqual([undefined, '0', '0']);
    expect(all.map(({ headers }) => headers['x-timonel-model'])).toEqual(Array(3).fill('configured/pauses-for-along'));
    const after = await stats();
    expect([after.misses - before.misses, after.joined - before.joined]).toEqual([1, 2]);
    const cost = Number((all[0]?.usage as { cost?: number } | undefined)?.cost ?? 0);
    if (protocol === 'openai') expect(after.saved - before.saved).toBeCloseTo(2 * cost, 6);
    expect(after.saved).toBeGreaterThan(before.saved);
    // It was kept, once.
    expect((await ask(model, { protocol })).headers['x-timonel-cache']).toBe('hit');
    expect(asked('pauses-for-along').length - calls).toBe(1);
  });

  it('go on when the first of them leaves', async () => {
    const leave = new AbortController();
    const first = await begun('leaves', { signal: leave.signal });
    const other = await begun('leaves');
    leave.abort();
    expect((await first.called).outcome).toBe('left');
    expect(await other.called).toMatchObject(whole);
    expect(asked('pauses-for-leaves')).toMatchObject([{ outcome: 'over', tokens: 60 }]);
  });

  it('leave the provider at once when the last of them leaves, and not before', async () => {
    const leave = [new AbortController(), new AbortController()] as const;
    const first = await begun('nobody', { signal: leave[0].signal });
    const other = await begun('nobody', { signal: leave[1].signal });
    leave[0].abort();
    await first.called;
    await sleep(200);
    // It pauses for a second.
    expect(asked('pauses-for-nobody')).toMatchObject([{ outcome: 'under way' }]);
    leave[1].abort();
    await other.called;
    await gateway.provider.idle();
    // In the silence: it had nothing more to say when they were gone.
    expect(asked('pauses-for-nobody')).toMatchObject([{ outcome: 'client gone', tokens: 20 }]);
    // Nothing of it is kept, and who asks next is not joined to what was stopped.
    const next = await begun('nobody', { leaveAfterTokens: 20 });
    expect((await next.called).headers['x-timonel-cache']).toBe('miss');
    expect(asked('pauses-for-nobody')).toHaveLength(2);
  });

  it('are not joined when they ask for something else', async () => {
    const all = [
      await begun('apart', { leaveAfterTokens: 20 }),
      await begun('apart', { prompt: 'And when does it lose trust?', leaveAfterTokens: 20 }),
      await begun('apart', { extra: { stream_options: null }, leaveAfterTokens: 20 }),
      await begun('apart', { protocol: 'anthropic', leaveAfterTokens: 20 }),
    ];
    for (const { called } of all) expect((await called).headers['x-timonel-cache']).toBe('miss');
    expect(asked('pauses-for-apart')).toHaveLength(4);
  });

  it('are not joined to what began before the workspace was cleared, which is not kept either', async () => {
    const before = await begun('cleared');
    await gateway.timonel.call('DELETE', '/api/v1/cache');
    const after = await begun('cleared');
    expect(await before.called).toMatchObject(whole);
    const second = await after.called;
    expect(second).toMatchObject(whole);
    expect(second.headers['x-timonel-cache']).toBe('miss');
    expect(asked('pauses-for-cleared')).toHaveLength(2);
  });

  it('all get the rest when it breaks and is taken up again', async () => {
    const all = [await begun('heals'), await begun('heals')];
    for (const { called } of all) expect(await called).toMatchObject(whole);
    // The one that stalled, and the one that went on.
    expect(asked('stalls-once-for-healing')).toHaveLength(2);
  });

  it('all hear of it when it cannot be taken up again', async () => {
    const all = [await begun('breaks'), await begun('breaks')];
    for (const { called } of all) {
      const { outcome, done, error, text } = await called;
      expect([outcome, done, error?.code]).toEqual(['error', false, 'model_unavailable']);
      expect(canonicalAnswer.startsWith(text) && text !== '').toBe(true);
    }
    // Nobody joins what is over.
    const calls = asked('stalls-for-breaking').length;
    await (await begun('breaks', { leaveAfterTokens: 20 })).called;
    expect(asked('stalls-for-breaking').length).toBeGreaterThan(calls);
  });

  it('all get the same error where nobody answers', async () => {
    const all = await Promise.all([ask('refused'), ask('refused'), ask('refused')]);
    for (const called of all) expect([called.status, called.error?.code]).toEqual([502, 'model_unavailable']);
  });

  it('keep nothing reserved when all of them left', async () => {
    const budget = { scope: 'workspace', period: 'month', money: 1_000 };
    const { status } = await gateway.timonel.call('PUT', '/api/v1/budgets', budget);
    expect(status).toBe(200);
    const leave = [new AbortController(), new AbortController()] as const;
    const extra = { max_tokens: 200 };
    const all = [await begun('late', { extra, signal: leave[0].signal }), await begun('late', { extra, signal: leave[1].signal })];
    for (const each of leave) each.abort();
    for (const { called } of all) expect(await called).toMatchObject({ outcome: 'left', tokens: { length: 20 } });
    type View = { budgets: { uses: { spent: { money: number }; reserved: { money: number } }[] }[] };
    const use = async () => (await gateway.timonel.call<View>('GET', '/api/v1/budgets')).body.budgets[0]?.uses[0];
    // What the provider wrote is paid for, and once.
    await expect.poll(async () => (await use())?.spent.money, { timeout: 20_000 }).toBeGreaterThan(0);
    await expect.poll(async () => (await use())?.reserved.money, { timeout: 20_000 }).toBe(0);
    const spent = (await use())?.spent.money;
    expect(spent).toBeLessThan(0.01 * 60 * 2);
  });
});
