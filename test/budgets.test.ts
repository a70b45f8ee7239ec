import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { channels, type PriceUnknown } from '../src/diagnostics.ts';
import { TimonelError } from '../src/errors.ts';
import type { Budget } from '../src/llm/money/budget-list.ts';
import { Budgets, type Reservation } from '../src/llm/money/budgets.ts';
import { spansAt } from '../src/llm/money/periods.ts';
import type { Store } from '../src/store/open.ts';
import { onEachStore } from './stores.ts';

const cent = 10_000_000n;
const call = (money: bigint | undefined, tokens = 100) => ({ model: 'openai/gpt-4o-mini', money, tokens });

/** A process on the store, with a clock of its own. */
function processOn(store: Store, at = '2026-11-21T15:00:00Z') {
  const clock = { now: new Date(at) };
  return { clock, budgets: new Budgets({ pool: store.pool, now: () => clock.now, newId: () => crypto.randomUUID() }) };
}

async function workspace(store: Store, timeZone = 'America/Argentina/Buenos_Aires'): Promise<string> {
  const id = `w-${crypto.randomUUID().slice(0, 8)}`;
  await store.pool.executeText('INSERT INTO workspaces (workspace_id, name, time_zone) VALUES ($1, $1, $2)', [id, timeZone]);
  return id;
}

const daily = (over: Partial<Budget>): Omit<Budget, 'id'> => ({
  scope: 'workspace',
  subject: '*',
  period: 'day',
  money: undefined,
  tokens: undefined,
  ...over,
});

async function refusal(promise: unknown): Promise<TimonelError> {
  const error = await Promise.resolve(promise).then(
    () => new Error('It was granted.'),
    (thrown: unknown) => thrown,
  );
  if (error instanceof TimonelError) return error;
  throw error;
}

const usedOf = async (budgets: Budgets, workspaceId: string) => {
  const [state] = await budgets.list.states(workspaceId);
  return state?.uses[0];
};

onEachStore('budgets', (open, kind) => {
  it('cannot be overshot by one cent by a thousand calls at once, from several processes', async () => {
    const store = await open();
    const workspaceId = await workspace(store);
    const processes = [processOn(store), processOn(store), processOn(store)].map(({ budgets }) => budgets);
    const [first] = processes as [Budgets];
    await first.list.put(workspaceId, daily({ money: 100n * cent, tokens: 1_000_000 }));
    await first.list.put(workspaceId, daily({ scope: 'api-key', money: 60n * cent }));
    const outcomes = await Promise.allSettled(
      Array.from({ length: 1_000 }, (_, index) =>
        (processes[index % 3] as Budgets).reserve({ workspaceId, keyId: index % 2 === 0 ? 'even' : 'odd' }, call(cent, 7)),
      ),
    );
    const granted = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
    const codes = new Set(
      outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [(outcome.reason as TimonelError).code] : [])),
    );
    expect(granted).toHaveLength(100);
    expect([...codes]).toEqual(['budget_exceeded']);
    expect(await usedOf(first, workspaceId)).toEqual({
      subject: '*',
      spent: { money: 0n, tokens: 0 },
      reserved: { money: 100n * cent, tokens: 700 },
    });
    await Promise.all(
      granted.map((reservation, index) =>
        index < 40 ? reservation.release() : reservation.settle({ money: cent / 2n, tokens: 3 }),
      ),
    );
    await Promise.all(processes.map((process) => process.flush()));
    expect(await usedOf(first, workspaceId)).toEqual({
      subject: '*',
      spent: { money: 30n * cent, tokens: 180 },
      reserved: { money: 0n, tokens: 0 },
    });
  });

  it('hold whatever is reserved, settled, released and forgotten, in any order', async () => {
    const store = await open();
    const { budgets } = processOn(store);
    const step = fc.record({
      money: fc.bigInt({ min: 0n, max: 40n }),
      tokens: fc.integer({ min: 0, max: 40 }),
      share: fc.integer({ min: 0, max: 100 }),
      end: fc.constantFrom('settle', 'release', 'forget', 'upper'),
      agent: fc.constantFrom('booking', 'tutor', undefined),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(step, { minLength: 1, maxLength: 8 }), { maxLength: 6 }), async (rounds) => {
        const workspaceId = await workspace(store);
        await budgets.list.put(workspaceId, daily({ money: 100n, tokens: 100 }));
        await budgets.list.put(workspaceId, daily({ scope: 'agent', subject: 'tutor', period: 'month', money: 50n }));
        const expected = { money: 0n, tokens: 0 };
        for (const round of rounds) {
          await Promise.all(
            round.map(async ({ money, tokens, share, end, agent }) => {
              let held: Reservation;
              try {
                held = await budgets.reserve({ workspaceId, agent }, call(money, tokens));
              } catch (error) {
                if ((error as TimonelError).code !== 'budget_exceeded') throw error;
                return;
              }
              const used = { money: (money * BigInt(share)) / 100n, tokens: Math.floor((tokens * share) / 100) };
              if (end === 'settle') await held.settle(used);
              if (end === 'release') await held.release();
              if (end === 'upper') await held.settle();
              const counted = end === 'settle' ? used : end === 'release' ? { money: 0n, tokens: 0 } : { money, tokens };
              expected.money += counted.money;
              expected.tokens += counted.tokens;
            }),
          );
        }
        await budgets.flush();
        const states = await budgets.list.states(workspaceId);
        const whole = states.find(({ scope }) => scope === 'workspace')?.uses[0];
        const tutor = states.find(({ scope }) => scope === 'agent')?.uses[0];
        const used = {
          money: (whole?.spent.money ?? 0n) + (whole?.reserved.money ?? 0n),
          tokens: (whole?.spent.tokens ?? 0) + (whole?.reserved.tokens ?? 0),
        };
        expect(used).toEqual(expected);
        expect(used.money <= 100n && used.tokens <= 100).toBe(true);
        expect((tutor?.spent.money ?? 0n) + (tutor?.reserved.money ?? 0n) <= 50n).toBe(true);
      }),
      { numRuns: kind === 'embedded' ? 15 : 30 },
    );
  });

  it('take a round trip now and then, however many apply, none where none does, and one for a call near their end', async () => {
    const store = await open();
    const { budgets } = processOn(store);
    const workspaceId = await workspace(store);
    const trips = async (work: () => Promise<unknown>) => {
      const before = store.pool.roundTrips.count;
      await work();
      return store.pool.roundTrips.count - before;
    };
    const spender = { workspaceId, keyId: 'k', userId: 'u', agent: 'booking', runId: 'r' };
    await budgets.reserve(spender, call(1n));
    expect(await trips(async () => (await budgets.reserve(spender, call(1n))).settle())).toBe(0);
    for (const scope of ['workspace', 'api-key', 'user', 'agent'] as const)
      for (const period of ['day', 'month'] as const) await budgets.list.put(workspaceId, daily({ scope, period, money: cent }));
    await budgets.list.put(workspaceId, daily({ scope: 'run', period: 'run', money: cent }));
    const calls = async (count: number, money = 1n) => {
      for (let time = 0; time < count; time++) await (await budgets.reserve(spender, call(money))).settle({ money, tokens: 1 });
    };
    await calls(10);
    expect(await trips(() => calls(1_000))).toBeLessThan(50);
    await budgets.flush();
    expect((await budgets.list.states(workspaceId)).map(({ uses }) => uses[0]?.spent.money)).toEqual(Array(9).fill(1_010n));
    let held: Reservation | undefined;
    expect(await trips(async () => (held = await budgets.reserve(spender, call(cent / 2n))))).toBe(1);
    await held?.settle({ money: 1n, tokens: 1 });
    // Once more is harmless.
    await Promise.all([held?.settle({ money: 1n, tokens: 1 }), held?.release()]);
    await budgets.flush();
    expect((await budgets.list.states(workspaceId)).map(({ uses }) => uses[0])).toEqual(
      Array(9).fill({ subject: expect.any(String), spent: { money: 1_011n, tokens: 1_011 }, reserved: { money: 0n, tokens: 0 } }),
    );
  });

  it('start anew with the day and the month of the workspace, wherever it is', async () => {
    const store = await open();
    // 23:30 in Buenos Aires and already tomorrow in Madrid.
    for (const [zone, nextDay] of [
      ['America/Argentina/Buenos_Aires', '2026-12-01T03:00:00.000Z'],
      ['Europe/Madrid', '2026-12-01T23:00:00.000Z'],
    ] as const) {
      const { budgets, clock } = processOn(store, '2026-12-01T02:30:00Z');
      const workspaceId = await workspace(store, zone);
      await budgets.list.put(workspaceId, daily({ money: cent }));
      await budgets.reserve({ workspaceId }, call(cent));
      expect((await refusal(budgets.reserve({ workspaceId }, call(1n)))).details).toMatchObject({ resetsAt: nextDay });
      clock.now = new Date(Date.parse(nextDay) - 1);
      expect((await refusal(budgets.reserve({ workspaceId }, call(1n)))).code).toBe('budget_exceeded');
      clock.now = new Date(nextDay);
      await budgets.reserve({ workspaceId }, call(cent));
    }
    const { budgets, clock } = processOn(store, '2026-11-30T12:00:00Z');
    const workspaceId = await workspace(store);
    await budgets.list.put(workspaceId, daily({ period: 'month', tokens: 100 }));
    const held = await budgets.reserve({ workspaceId }, call(undefined, 100));
    expect((await refusal(budgets.reserve({ workspaceId }, call(undefined, 1)))).details).toMatchObject({
      resetsAt: '2026-12-01T03:00:00.000Z',
      unit: 'tokens',
    });
    clock.now = new Date('2026-12-01T03:00:00Z');
    await budgets.reserve({ workspaceId }, call(undefined, 60));
    // A call that began last month is last month's.
    await held.settle({ tokens: 5, money: undefined });
    await budgets.flush();
    expect((await usedOf(budgets, workspaceId))?.reserved.tokens).toBe(60);
  });

  it('say which one refused, how much is left of it, and when it starts anew', async () => {
    const store = await open();
    const { budgets } = processOn(store);
    const workspaceId = await workspace(store);
    await budgets.list.put(workspaceId, daily({ money: 100n * cent, period: 'month' }));
    const { id } = await budgets.list.put(workspaceId, daily({ scope: 'agent', subject: 'tutor', money: 10n * cent }));
    await (await budgets.reserve({ workspaceId, agent: 'tutor' }, call(4n * cent))).settle({ money: 3n * cent, tokens: 9 });
    await budgets.reserve({ workspaceId, agent: 'tutor' }, call(5n * cent));
    const error = await refusal(budgets.reserve({ workspaceId, agent: 'tutor' }, call(4n * cent)));
    expect([error.code, error.status, error.retryable]).toEqual(['budget_exceeded', 402, false]);
    expect(error.message).toBe(
      'The budget of the agent tutor for the day is $0.10: $0.03 spent, $0.05 reserved for calls under way, and this call needs up to $0.04. ' +
        'What is reserved comes back in part when those calls end: try again then. It starts anew at 2026-11-22T03:00:00.000Z ' +
        '(America/Argentina/Buenos_Aires). An operator can raise it: PUT /api/v1/budgets.',
    );
    expect(error.details).toEqual({
      budget: { id, scope: 'agent', subject: 'tutor', period: 'day' },
      ...{ unit: 'dollars', limit: 0.1, spent: 0.03, reserved: 0.05, needed: 0.04, resetsAt: '2026-11-22T03:00:00.000Z' },
    });
    // Refused by one, reserved in none.
    await budgets.reserve({ workspaceId, agent: 'booking' }, call(92n * cent));
    expect((await refusal(budgets.reserve({ workspaceId }, call(200n * cent)))).message).toMatch(
      /No call may cost that much under it/,
    );
  });

  it('refuse a model without a price where money is limited, and warn once where it is not', async () => {
    const store = await open();
    const { budgets } = processOn(store);
    const workspaceId = await workspace(store);
    const warned: string[] = [];
    const listen = (message: unknown) => warned.push((message as PriceUnknown).model);
    channels.priceUnknown.subscribe(listen);
    await budgets.list.put(workspaceId, daily({ tokens: 1_000 }));
    for (let time = 0; time < 3; time++) await budgets.reserve({ workspaceId }, call(undefined));
    channels.priceUnknown.unsubscribe(listen);
    expect(warned).toEqual(['openai/gpt-4o-mini']);
    await budgets.list.put(workspaceId, daily({ tokens: 1_000, money: cent }));
    const error = await refusal(budgets.reserve({ workspaceId }, call(undefined)));
    expect([error.code, error.status]).toEqual(['price_unknown', 422]);
    expect(error.message).toContain("prices: { 'openai/gpt-4o-mini': { input: …, output: … } }");
  });

  it('count for each of those they are for, and for nobody of another workspace', async () => {
    const store = await open();
    const { budgets } = processOn(store);
    const [one, other] = [await workspace(store), await workspace(store)];
    await budgets.list.put(one, daily({ scope: 'run', period: 'run', money: cent }));
    await budgets.reserve({ workspaceId: one, runId: 'a' }, call(cent));
    await budgets.reserve({ workspaceId: one, runId: 'b' }, call(cent));
    await budgets.reserve({ workspaceId: one }, call(99n * cent));
    await budgets.reserve({ workspaceId: other, runId: 'a' }, call(99n * cent));
    expect((await refusal(budgets.reserve({ workspaceId: one, runId: 'a' }, call(1n)))).message).toMatch(
      /The budget of the run a is .* does not start anew/,
    );
    const [{ id } = { id: '' }] = await budgets.list.states(one);
    expect((await refusal(budgets.list.remove(other, id))).code).toBe('not_found');
    await budgets.list.remove(one, id);
    await budgets.reserve({ workspaceId: one, runId: 'a' }, call(cent));
  });

  it('are raised and lowered at once everywhere near their end, and made known to other processes within seconds', async () => {
    const store = await open();
    const [here, there] = [processOn(store).budgets, processOn(store).budgets];
    const workspaceId = await workspace(store);
    await there.reserve({ workspaceId }, call(cent));
    await here.list.put(workspaceId, daily({ money: cent }));
    await expect
      .poll(async () => (await refusal(there.reserve({ workspaceId }, call(2n * cent)))).code, { timeout: 20_000 })
      .toBe('budget_exceeded');
    await here.list.put(workspaceId, daily({ money: 2n * cent }));
    await (await there.reserve({ workspaceId }, call(2n * cent))).release();
    await here.list.put(workspaceId, daily({ money: 0n }));
    expect((await refusal(there.reserve({ workspaceId }, call(1n)))).code).toBe('budget_exceeded');
  });

  it('forget what is long over, and nothing else', async () => {
    const store = await open();
    const { budgets, clock } = processOn(store);
    const workspaceId = await workspace(store);
    await budgets.list.put(workspaceId, daily({ money: cent }));
    await budgets.reserve({ workspaceId }, call(cent));
    // What was not settled for long is shown as spent: the call may have been made.
    clock.now = new Date('2026-11-21T15:20:00Z');
    expect(await usedOf(budgets, workspaceId)).toMatchObject({ spent: { money: cent }, reserved: { money: 0n } });
    clock.now = new Date('2026-11-22T16:00:00Z');
    await budgets.tidy();
    const rows = async (table: string) =>
      (await store.pool.executeText(`SELECT 1 FROM ${table} WHERE workspace_id = $1`, [workspaceId])).length;
    expect([await rows('budget_allotments'), await rows('budget_counters')]).toEqual([0, 1]);
    clock.now = new Date('2028-01-01T00:00:00Z');
    await budgets.tidy();
    expect(await rows('budget_counters')).toBe(0);
  });
});

describe('periods', () => {
  it('end where the next one begins, also where the clock is changed at midnight', () => {
    // In Asunción the day of the change begins at one o'clock; in Havana midnight comes twice.
    for (const [zone, at, resets] of [
      ['America/Asuncion', '2023-09-30T20:00:00Z', '2023-10-01T04:00:00.000Z'],
      ['America/Havana', '2026-10-31T20:00:00Z', '2026-11-01T04:00:00.000Z'],
      ['Pacific/Kiritimati', '2026-12-31T09:59:00Z', '2026-12-31T10:00:00.000Z'],
    ] as const)
      expect(spansAt(new Date(at), zone).day.resetsAt?.toISOString()).toBe(resets);
    fc.assert(
      fc.property(
        fc.date({ min: new Date('2020-01-01'), max: new Date('2040-01-01'), noInvalidDate: true }),
        fc.constantFrom(...Intl.supportedValuesOf('timeZone')),
        (at, zone) => {
          const { day, month } = spansAt(at, zone);
          const follows = (span: typeof day) => spansAt(span.resetsAt ?? at, zone);
          const precedes = (span: typeof day) => spansAt(new Date((span.resetsAt?.getTime() ?? 0) - 1), zone);
          return (
            Number(day.resetsAt) > at.getTime() &&
            follows(day).day.name > day.name &&
            precedes(day).day.name === day.name &&
            follows(month).month.name > month.name &&
            precedes(month).month.name === month.name
          );
        },
      ),
      { numRuns: 300 },
    );
  });
});
