import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { Writable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { z } from 'zod';
import { channels } from '../src/diagnostics.ts';
import { askForObject } from '../src/llm/answers/structured.ts';
import { defaultWorkspace } from '../src/main.ts';
import { type FaultyProvider, startFaultyProvider } from './faulty-provider/server.ts';
import { notes } from './notes-agent.ts';
import { scriptedModel } from './scripted-model.ts';
import { freshStoreEnvironment, storeKinds } from './stores.ts';
import { startTimonel, type TestTimonel } from './timonel.ts';

const canary = 'canary-key-of-a-provider';
const question = [{ role: 'user', content: 'Hola' }];

describe.each(storeKinds)('the gateway (%s)', (kind) => {
  let provider: FaultyProvider;
  let timonel: TestTimonel;
  let environment: Record<string, string>;
  let remove: () => Promise<void>;
  /** What the process publishes: metrics and logs are made of nothing else. */
  const published: unknown[] = [];
  const listen = (message: unknown) => void published.push(message);
  beforeAll(async () => {
    provider = await startFaultyProvider({ scale: 0.05, tokenMs: 0 });
    const fresh = await freshStoreEnvironment(kind);
    remove = fresh.remove;
    environment = {
      ...fresh.environment,
      TIMONEL_MODEL: 'ok',
      TIMONEL_MODEL_URL: provider.url,
      TIMONEL_MODEL_KEY: canary,
      OPENAI_API_KEY: canary,
      TIMONEL_OPENAI_URL: provider.url,
      GROQ_API_MAX_CALLS: '2',
      GROQ_API_KEY: canary,
      TIMONEL_GROQ_URL: provider.url,
      ...(kind === 'postgres' ? { REDIS_URL: inject('redisUrl') } : {}),
    };
    timonel = await startTimonel(kind, project, { environment });
    for (const channel of Object.values(channels)) subscribe(channel.name, listen);
  });
  afterAll(async () => {
    for (const channel of Object.values(channels)) unsubscribe(channel.name, listen);
    await timonel.close();
    await remove();
    await provider.close();
  });
  const project = {
    agents: [notes],
    prices: { ok: { input: 1_000, output: 1_000 } },
    routes: { kept: { targets: [{ model: 'configured/ok-for-kept' }], cache: { ttlSeconds: 60 } } },
  };
  const chat = (model: string, more: object = {}, headers: Record<string, string> = {}) =>
    timonel.call<{ choices: { message: { content: string } }[]; model: string; error?: { code: string; message: string } }>(
      'POST',
      '/v1/chat/completions',
      { model, messages: question, ...more },
      headers,
    );

  describe('routes', () => {
    const put = (alias: string, body: object, headers: Record<string, string> = {}) =>
      timonel.call<{ version: number; detail: string }>('PUT', `/api/v1/routes/${alias}`, body, headers);

    it('are changed while the process runs, in versions, and never over somebody else', async () => {
      expect((await chat('mine')).status).toBe(404);
      const first = await put('mine', { targets: [{ model: 'configured/ok-for-one' }] });
      expect(first).toMatchObject({ status: 200, body: { version: 1 } });
      expect((await chat('mine')).body.model).toBe('ok-for-one');
      const second = await put('mine', { targets: [{ model: 'configured/ok-for-two' }] }, { 'if-match': '"1"' });
      expect(second.body.version).toBe(2);
      expect((await chat('mine')).body.model).toBe('ok-for-two');
      expect(await put('mine', { targets: [{ model: 'configured/ok' }] }, { 'if-match': '"1"' })).toMatchObject({
        status: 412,
        body: { code: 'version_conflict', version: 2 },
      });
      const { body } = await timonel.call<{ versions: { version: number }[] }>('GET', '/api/v1/routes/mine');
      expect(body.versions.map(({ version }) => version)).toEqual([2, 1]);
      expect((await timonel.call('DELETE', '/api/v1/routes/mine')).status).toBe(204);
      expect((await chat('mine')).status).toBe(404);
      expect((await timonel.call('DELETE', '/api/v1/routes/mine')).status).toBe(404);
      const audit = await timonel.call<{ entries: { action: string; target: { id: string } | null }[] }>('GET', '/api/v1/audit');
      const deeds = audit.body.entries.filter(({ target }) => target?.id === 'mine').map(({ action }) => action);
      expect(deeds).toEqual(['route-removed', 'route-changed', 'route-changed']);
    });

    it('outlive the process', async () => {
      await put('lasting', { targets: [{ model: 'configured/ok-for-lasting' }] });
      await timonel.close(false);
      timonel = await startTimonel(kind, project, { environment });
      expect((await chat('lasting')).body.model).toBe('ok-for-lasting');
    });

    it.each([
      [{ targets: [] }, /targets/],
      [{ targets: [{ model: 'gpt-4o' }] }, /provider\/model/],
      [{ targets: [{ model: 'nobody/gpt-4o' }] }, /no provider "nobody"/],
      [{ targets: [{ model: 'openai/gpt-4o' }], attempts: 9 }, /attempts/],
      [{ targets: [{ model: 'openai/gpt-4o' }], retries: 2 }, /retries/],
      [{ targets: [{ model: 'openai/gpt-4o', weight: -1 }] }, /weight/],
    ])('say what is wrong with %j', async (definition, why) => {
      expect(await put('bad', definition)).toMatchObject({ status: 400, body: { detail: expect.stringMatching(why) } });
    });

    it('share calls by weight', async () => {
      const targets = [
        { model: 'configured/ok-for-light', weight: 1 },
        { model: 'configured/ok-for-heavy', weight: 9 },
      ];
      await put('weighted', { strategy: 'weighted', targets });
      const served = await Promise.all(Array.from({ length: 60 }, async () => (await chat('weighted')).body.model));
      const heavy = served.filter((model) => model === 'ok-for-heavy').length;
      expect(heavy).toBeGreaterThan(served.length / 2);
      expect(new Set(served)).toEqual(new Set(['ok-for-light', 'ok-for-heavy']));
    });

    it('ask a second target where the first one is slow and the route wants it', async () => {
      await put('hedged', {
        targets: [{ model: 'configured/slow-first-token-for-hedged' }, { model: 'configured/ok-for-hedged' }],
        hedgeAfterMs: 30,
      });
      const { body } = await chat('hedged', { stream: true });
      expect(String(body)).toContain('"model":"ok-for-hedged"');
      await provider.idle();
      expect(provider.exchanges('slow-first-token-for-hedged').at(-1)?.outcome).toBe('client gone');
    });

    it('skip what may cost more than they allow', async () => {
      await put('cheap', { targets: [{ model: 'configured/ok' }, { model: 'ollama/none' }], maxCost: 0.001 });
      expect(await chat('cheap')).toMatchObject({ status: 404 });
      await put('cheap', { targets: [{ model: 'configured/ok' }], maxCost: 0.001 });
      expect(await chat('cheap', { max_tokens: 1_000 })).toMatchObject({
        status: 402,
        body: { error: { code: 'budget_exceeded', message: expect.stringMatching(/maxCost|allows/) } },
      });
    });
  });

  describe('circuit breakers', () => {
    type View = { breakers: { target: string; state: string }[]; history: { target: string; state: string }[] };
    const view = async () => (await timonel.call<View>('GET', '/api/v1/health/circuit-breaker')).body;
    const stateOf = async (target: string) => (await view()).breakers.find((each) => each.target === target)?.state;
    const target = 'configured/fails-for-broken';

    it('open after failures, are shown with their history, and are forced by an operator', async () => {
      for (let calls = 0; calls < 3; calls += 1) expect((await chat(target)).status).toBe(502);
      expect(await stateOf(target)).toBe('open');
      const before = provider.exchanges('fails-for-broken').length;
      expect(await chat(target)).toMatchObject({
        status: 502,
        body: { error: { message: expect.stringMatching(/breaker is open/) } },
      });
      expect(provider.exchanges('fails-for-broken')).toHaveLength(before);
      expect((await view()).history[0]).toMatchObject({ target, state: 'open' });
      const force = (state: string) => timonel.call('POST', '/api/v1/health/circuit-breaker', { target, state });
      expect(await force('half-open')).toMatchObject({ status: 200 });
      await chat(target);
      expect(provider.exchanges('fails-for-broken').length).toBeGreaterThan(before);
      expect(await stateOf(target)).toBe('open');
      expect(await force('closed')).toMatchObject({ status: 200, body: { state: 'closed' } });
      expect(await timonel.call('POST', '/api/v1/health/circuit-breaker', { target: 'a/b', state: 'closed' })).toMatchObject({
        status: 404,
        body: { detail: expect.stringMatching(/configured\/fails-for-broken/) },
      });
    });

    if (kind === 'postgres')
      it('open in the other processes too, through Redis', async () => {
        const shared = 'configured/fails-for-shared';
        const other = await startTimonel(kind, project, { environment });
        try {
          for (let calls = 0; calls < 3; calls += 1) await chat(shared);
          expect(await stateOf(shared)).toBe('open');
          await expect.poll(() => other.timonel.gateway.breakers.state(shared)).toBe('open');
        } finally {
          await other.close();
        }
      });
  });

  describe('the cache', () => {
    const kept = (more: object = {}) => chat('kept', { temperature: 0, ...more });

    it('gives the same answer to the same question, whole and as a stream, and to no other', async () => {
      const first = await kept();
      expect(first.status).toBe(200);
      expect((await kept()).body).toEqual(first.body);
      expect(provider.exchanges('ok-for-kept')).toHaveLength(1);
      const stream = String((await kept({ stream: true })).body);
      expect(String((await kept({ stream: true })).body)).toBe(stream);
      expect(stream).toContain('[DONE]');
      expect(provider.exchanges('ok-for-kept')).toHaveLength(2);
      await kept({ temperature: 1 });
      await kept({ temperature: 1 });
      expect(provider.exchanges('ok-for-kept')).toHaveLength(4);
    });

    it('asks once for all who ask the same at the same time', async () => {
      const before = provider.exchanges('ok-for-kept').length;
      const asked = { messages: [{ role: 'user', content: 'Todos a la vez' }] };
      const answers = await Promise.all(Array.from({ length: 20 }, () => kept(asked)));
      expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
      expect(provider.exchanges('ok-for-kept')).toHaveLength(before + 1);
    });
  });

  describe('money', () => {
    it('is granted before the call, and refused with the budget that is used up', async () => {
      const budget = { scope: 'workspace', period: 'day', money: 0.0001 };
      expect((await timonel.call('PUT', '/api/v1/budgets', budget)).status).toBe(200);
      const before = provider.exchanges('ok').length;
      const refused = await chat('default');
      expect(refused).toMatchObject({
        status: 402,
        body: { error: { code: 'budget_exceeded', message: expect.stringMatching(/day/) } },
      });
      expect(provider.exchanges('ok')).toHaveLength(before);
      const unpriced = await chat('configured/ok-for-nothing');
      expect(unpriced).toMatchObject({ status: 422, body: { error: { code: 'price_unknown' } } });
      const { body } = await timonel.call<{ budgets: { id: string }[] }>('GET', '/api/v1/budgets');
      for (const { id } of body.budgets) await timonel.call('DELETE', `/api/v1/budgets/${id}`);
      expect((await chat('default')).status).toBe(200);
    });

    it('has a fuse for test runs', async () => {
      expect((await chat('groq/ok-for-fuse')).status).toBe(200);
      expect((await chat('groq/ok-for-fuse')).status).toBe(200);
      expect(await chat('groq/ok-for-fuse')).toMatchObject({
        status: 403,
        body: { error: { code: 'call_cap_reached', message: expect.stringMatching(/GROQ_API_MAX_CALLS/) } },
      });
    });
  });

  it('says which key is missing, and lists what can be reached', async () => {
    expect(await chat('anthropic/claude-sonnet-5-5')).toMatchObject({
      status: 404,
      body: { error: { code: 'model_not_found', message: expect.stringMatching(/ANTHROPIC_API_KEY/) } },
    });
    const { body } = await timonel.call<{ providers: { name: string; reachable: boolean; detail?: string }[] }>(
      'GET',
      '/api/v1/models',
    );
    expect(body.providers.find(({ name }) => name === 'anthropic')).toMatchObject({
      reachable: false,
      detail: expect.stringMatching(/ANTHROPIC_API_KEY/),
    });
  });

  it('shows no secret of a provider, in no answer, metric or message, whatever goes wrong', async () => {
    const answers = [];
    for (const fault of ['invalid-key', 'fails', 'context-length', 'content-filter', 'html', 'truncated-json', 'reset'])
      for (const stream of [true, false]) answers.push(await chat(`openai/${fault}-for-canary`, { stream }));
    answers.push(await timonel.call('GET', '/api/v1/models'), await timonel.call('GET', '/api/v1/health/circuit-breaker'));
    answers.push(await timonel.call('GET', '/metrics/prometheus'), await timonel.call('GET', '/health'));
    expect(answers.length).toBeGreaterThan(10);
    expect(published.length).toBeGreaterThan(10);
    expect(JSON.stringify(answers)).not.toContain(canary);
    // As a logger sees it: with the causes of errors, which hold whatever a library put there.
    expect(seen(published)).not.toContain(canary);
  });
});

/** Everything that can be read in a value, causes and hidden members of errors included. */
function seen(value: unknown, known = new Set<unknown>()): string {
  if (typeof value !== 'object' || value === null) return String(value);
  if (known.has(value) || value instanceof Writable) return '';
  known.add(value);
  return Object.getOwnPropertyNames(value)
    .map((name) => {
      try {
        return `${name}: ${seen((value as Record<string, unknown>)[name], known)}`;
      } catch {
        return '';
      }
    })
    .join('\n');
}

describe('an answer in the shape of a schema', () => {
  let timonel: TestTimonel;
  let lines: string[] = [];
  const model = scriptedModel(() => lines.shift() ?? 'nothing is left to say');
  beforeAll(async () => {
    timonel = await startTimonel('embedded', { agents: [notes], models: { default: model } });
  });
  afterAll(() => timonel.close());
  const schema = z.object({ date: z.iso.date(), people: z.number().int().min(1) });
  const ask = () =>
    askForObject(timonel.timonel.gateway, {
      model: undefined,
      spender: { workspaceId: defaultWorkspace },
      agentVersion: '1.0.0',
      prompt: [{ role: 'user', content: [{ type: 'text', text: 'Mesa para dos mañana' }] }],
      signal: new AbortController().signal,
      schema,
    });

  it('is taken as it is, in a code block too', async () => {
    lines = ['```json\n{"date": "2026-11-22", "people": 2}\n```'];
    expect(await ask()).toMatchObject({ object: { date: '2026-11-22', people: 2 }, repaired: false });
  });

  it('is asked for once more, with what was wrong', async () => {
    lines = ['{"date": "mañana", "people": 2}', '{"date": "2026-11-22", "people": 2}'];
    expect(await ask()).toMatchObject({ object: { date: '2026-11-22', people: 2 }, repaired: true });
    expect(JSON.stringify(model.asked.at(-1)?.prompt)).toContain('date: ');
  });

  it('is a failure of its own kind after that', async () => {
    lines = ['no', '{"people": 0}'];
    await expect(ask()).rejects.toMatchObject({
      code: 'model_answer_invalid',
      details: { faults: [expect.stringMatching(/^date: /), expect.stringMatching(/^people: /)] },
    });
    expect(lines).toEqual([]);
  });
});
