import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { TimonelError } from '../src/errors.ts';
import type { Budget } from '../src/llm/money/budget-list.ts';
import { Budgets, type Reservation } from '../src/llm/money/budgets.ts';
import type { Store } from '../src/store/open.ts';
import { onEachStore } from './stores.ts';

const call = (money: bigint, tokens = 1) => ({ model: 'openai/gpt-4o-mini', money, tokens });

function processOn({ pool }: Store, clock = { now: new Date('2026-11-21T15:00:00Z') }): Budgets {
  return new Budgets({ pool, now: () => clock.now, newId: () => crypto.randomUUID() });
}

async function workspace(store: Store): Promise<string> {
  const id = `w-${crypto.randomUUID().slice(0, 8)}`;
  await store.pool.executeText(`INSERT INTO workspaces (workspace_id, name, time_zone) VALUES ($1, $1, 'UTC')`, [id]);
  return id;
}

const monthly = (over: Partial<Budget>): Omit<Budget, 'id'> => ({
  ...{ scope: 'workspace', subject: '*', period: 'month', money: undefined, tokens: undefined },
  ...over,
});

/** @returns `undefined` where a budget refused. */
async function granted(promise: Reservation | Promise<Reservation>): Promise<Reservation | undefined> {
  try {
    return await promise;
  } catch (error) {
    if ((error as TimonelError).code !== 'budget_exceeded') throw error;
    return undefined;
  }
}

/** Calls one after the other, until the process grants most of them without asking. */
async function warmUp(budgets: Budgets, workspaceId: string, calls = 30): Promise<void> {
  for (let time = 0; time < calls; time++)
    await (await budgets.reserve({ workspaceId }, call(1n))).settle({ money: 1n, tokens: 1 });
}

async function counted(store: Store, workspaceId: string): Promise<Record<string, string>> {
  const rows = await store.pool.executeText<{ span: string; money: string }>(
    'SELECT span, money FROM budget_counters WHERE workspace_id = $1 ORDER BY span',
    [workspaceId],
  );
  return Object.fromEntries(rows.map(({ span, money }) => [span, money]));
}

onEachStore('allotments', (open, kind) => {
  it('never grant more than the limit, whatever processes do, and lose nothing but what dies with one', async () => {
    const store = await open();
    const limits = { workspace: 4_000n, tutor: 1_500n };
    const step = fc.record({
      process: fc.nat(2),
      act: fc.constantFrom('call', 'call', 'call', 'call', 'call', 'settle', 'release', 'flush', 'die'),
      money: fc.bigInt({ min: 0n, max: 60n }),
      times: fc.integer({ min: 1, max: 40 }),
      share: fc.nat(100),
      tutor: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(step, { minLength: 1, maxLength: 4 }), { maxLength: 12 }), async (rounds) => {
        const workspaceId = await workspace(store);
        const processes = [processOn(store), processOn(store), processOn(store)];
        const setUp = processOn(store);
        await setUp.list.put(workspaceId, monthly({ money: limits.workspace }));
        await setUp.list.put(workspaceId, monthly({ scope: 'agent', subject: 'tutor', money: limits.tutor }));
        // The model: the most that granted calls can have cost, in each budget.
        const most = { workspace: 0n, tutor: 0n };
        type Held = { process: number; money: bigint; tutor: boolean; reservation: Reservation };
        let held: Held[] = [];
        let dead = false;
        const add = (tutor: boolean, money: bigint) => {
          most.workspace += money;
          if (tutor) most.tutor += money;
          expect(most.workspace <= limits.workspace && most.tutor <= limits.tutor).toBe(true);
        };
        for (const round of rounds) {
          await Promise.all(
            round.map(async ({ process, act, money, times, share, tutor }) => {
              const budgets = processes[process] as Budgets;
              if (act === 'flush') return budgets.flush();
              if (act === 'die') {
                // Nobody ends its calls any more, and what it held is lost; its own statements may still be under way.
                dead = true;
                held = held.filter((each) => each.process !== process);
                processes[process] = processOn(store);
                return;
              }
              if (act === 'call') {
                const spender = { workspaceId, agent: tutor ? 'tutor' : undefined };
                await Promise.all(
                  Array.from({ length: times }, async () => {
                    const reservation = await granted(budgets.reserve(spender, call(money)));
                    if (reservation === undefined) return;
                    add(tutor, money);
                    if (processes[process] === budgets) held.push({ process, money, tutor, reservation });
                  }),
                );
                return;
              }
              const ended = held.splice(0, times);
              for (const { money: upper, tutor: taught, reservation } of ended) {
                const actual = act === 'release' ? 0n : (upper * BigInt(share)) / 100n;
                add(taught, actual - upper);
                await (act === 'release' ? reservation.release() : reservation.settle({ money: actual, tokens: 1 }));
              }
            }),
          );
        }
        for (const budgets of processes) await budgets.flush();
        const used = new Map(
          (await setUp.list.states(workspaceId)).map(({ scope, uses }) => [
            scope,
            (uses[0]?.spent.money ?? 0n) + (uses[0]?.reserved.money ?? 0n),
          ]),
        );
        for (const [scope, model, limit] of [
          ['workspace', most.workspace, limits.workspace],
          ['agent', most.tutor, limits.tutor],
        ] as const) {
          expect(used.get(scope)).toBeLessThanOrEqual(limit);
          if (dead) expect(used.get(scope)).toBeGreaterThanOrEqual(model);
          else expect(used.get(scope)).toBe(model);
        }
      }),
      { numRuns: kind === 'embedded' ? 15 : 40 },
    );
  });

  it('grant exactly what fits to processes under load for seconds, with hardly a round trip', async () => {
    const store = await open();
    const workspaceId = await workspace(store);
    const processes = [processOn(store), processOn(store), processOn(store)] as const;
    const limit = 30_000n;
    await processes[0].list.put(workspaceId, monthly({ money: limit, tokens: 1_000_000_000 }));
    await processes[0].list.put(workspaceId, monthly({ scope: 'api-key', money: limit }));
    let [most, spent, grants] = [0n, 0n, 0];
    const trips = store.pool.roundTrips.count;
    let tripsBeforeEnd = 0;
    const spend = async (budgets: Budgets, patient: boolean): Promise<void> => {
      const reservation = await granted(budgets.reserve({ workspaceId, keyId: 'k' }, call(10n, 20)));
      if (reservation === undefined) return;
      grants++;
      most += 10n;
      expect(most).toBeLessThanOrEqual(limit);
      await new Promise((resolve) => setTimeout(resolve, 5));
      await reservation.settle({ money: 5n, tokens: 10 });
      most -= 5n;
      spent += 5n;
      if (spent < limit / 2n) tripsBeforeEnd = store.pool.roundTrips.count - trips;
      return patient ? spend(budgets, patient) : undefined;
    };
    await Promise.all(processes.flatMap((budgets) => Array.from({ length: 16 }, () => spend(budgets, true))));
    // Half of the money was spent at far less than a round trip per call.
    expect(tripsBeforeEnd).toBeLessThan(Number(limit / 2n / 5n) / 4);
    // One process alone gets the rest, to the last call, when the others have put back what they held.
    await Promise.all(processes.map((budgets) => budgets.flush()));
    await spend(processes[1], true);
    await processes[1].flush();
    expect(spent).toBe(limit - 5n);
    expect(grants).toBe(Number(spent / 5n));
    const states = await processes[0].list.states(workspaceId);
    expect(states.map(({ uses }) => [uses[0]?.spent, uses[0]?.reserved])).toEqual(
      states.map(() => [
        { money: spent, tokens: grants * 10 },
        { money: 0n, tokens: 0 },
      ]),
    );
  });

  it('are small, counted as reserved, and back soon after the last call', async () => {
    const store = await open();
    const budgets = processOn(store);
    const workspaceId = await workspace(store);
    await budgets.list.put(workspaceId, monthly({ money: 10_000n }));
    await warmUp(budgets, workspaceId, 300);
    const use = async () => (await budgets.list.states(workspaceId))[0]?.uses[0];
    const state = await use();
    expect(state?.reserved.money).toBeGreaterThan(0n);
    expect((state?.spent.money ?? 0n) + (state?.reserved.money ?? 0n)).toBeGreaterThanOrEqual(300n);
    // One in a hundred of what is left, and what was spent and is not stored yet.
    expect((state?.reserved.money ?? 0n) - (300n - (state?.spent.money ?? 0n))).toBeLessThanOrEqual(100n);
    await expect.poll(use, { timeout: 20_000 }).toEqual({
      subject: '*',
      spent: { money: 300n, tokens: 300 },
      reserved: { money: 0n, tokens: 0 },
    });
    expect(await store.pool.executeText('SELECT 1 FROM budget_allotments WHERE workspace_id = $1', [workspaceId])).toEqual([]);
  });

  it('count what a call used beyond its bound, also while others are under way', async () => {
    const store = await open();
    const budgets = processOn(store);
    const workspaceId = await workspace(store);
    await budgets.list.put(workspaceId, monthly({ money: 10_000n }));
    await warmUp(budgets, workspaceId);
    const other = await budgets.reserve({ workspaceId }, call(10n));
    await (await budgets.reserve({ workspaceId }, call(10n))).settle({ money: 2_500n, tokens: 5_000 });
    await warmUp(budgets, workspaceId);
    await budgets.flush();
    const use = async () => (await budgets.list.states(workspaceId))[0]?.uses[0];
    expect((await use())?.spent).toEqual({ money: 2_560n, tokens: 5_060 });
    await other.settle({ money: 10n, tokens: 1 });
    await budgets.flush();
    expect(await use()).toEqual({ subject: '*', spent: { money: 2_570n, tokens: 5_061 }, reserved: { money: 0n, tokens: 0 } });
  });

  it('let go of what was held for a call that another budget refused, or that cannot be stored', async () => {
    const store = await open();
    const budgets = processOn(store);
    const workspaceId = await workspace(store);
    await budgets.list.put(workspaceId, monthly({ money: 1_000_000n }));
    await budgets.list.put(workspaceId, monthly({ scope: 'agent', money: 5n }));
    await warmUp(budgets, workspaceId);
    const outcomes = await Promise.allSettled(
      ['tutor', 'tu\0tor', 'booking'].map((agent) => budgets.reserve({ workspaceId, agent }, call(agent === 'booking' ? 4n : 6n))),
    );
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'fulfilled']);
    await budgets.flush();
    const [whole] = await budgets.list.states(workspaceId);
    expect(whole?.uses[0]).toMatchObject({ spent: { money: 30n }, reserved: { money: 4n } });
  });

  it('ask again for a call when money came back while the database refused it', async () => {
    const store = await open();
    const budgets = processOn(store);
    const workspaceId = await workspace(store);
    await budgets.list.put(workspaceId, monthly({ money: 100n }));
    const held = await budgets.reserve({ workspaceId }, call(60n));
    const waiting = budgets.reserve({ workspaceId }, call(50n));
    await held.settle({ money: 50n, tokens: 1 });
    await (await waiting).settle();
    expect(await granted(budgets.reserve({ workspaceId }, call(1n)))).toBeUndefined();
  });

  it('belong to one day: calls of the next day take from that, and calls under way end in theirs', async () => {
    const store = await open();
    const clock = { now: new Date('2026-11-21T23:59:59Z') };
    const budgets = processOn(store, clock);
    const workspaceId = await workspace(store);
    await budgets.list.put(workspaceId, monthly({ period: 'day', money: 10_000n }));
    await warmUp(budgets, workspaceId);
    const late = await budgets.reserve({ workspaceId }, call(50n));
    clock.now = new Date('2026-11-22T00:00:00Z');
    // More than the day before had left.
    const whole = await budgets.reserve({ workspaceId }, call(10_000n));
    expect(await granted(budgets.reserve({ workspaceId }, call(1n)))).toBeUndefined();
    await late.settle({ money: 20n, tokens: 1 });
    await whole.settle({ money: 7n, tokens: 1 });
    await warmUp(budgets, workspaceId);
    await budgets.flush();
    expect(await counted(store, workspaceId)).toEqual({ '2026-11-21': '50', '2026-11-22': '37' });
  });

  it('heed a changed limit at once in the process that changes it, and within seconds in others', async () => {
    const store = await open();
    const [here, there] = [processOn(store), processOn(store)];
    const workspaceId = await workspace(store);
    await here.list.put(workspaceId, monthly({ money: 100_000n }));
    await Promise.all([warmUp(here, workspaceId), warmUp(there, workspaceId)]);
    const trips = store.pool.roundTrips.count;
    await (await here.reserve({ workspaceId }, call(1n))).release();
    expect(store.pool.roundTrips.count).toBe(trips);

    await here.list.put(workspaceId, monthly({ money: 10n }));
    expect(await granted(here.reserve({ workspaceId }, call(1n)))).toBeUndefined();
    const refusedThere = async () => {
      const reservation = await granted(there.reserve({ workspaceId }, call(1n)));
      await reservation?.release();
      return reservation === undefined;
    };
    await expect.poll(refusedThere, { timeout: 20_000 }).toBe(true);

    const { id } = await here.list.put(workspaceId, monthly({ money: 100_000n }));
    await (await here.reserve({ workspaceId }, call(90_000n))).release();
    await here.flush();
    await (await there.reserve({ workspaceId }, call(90_000n))).release();
    await Promise.all([warmUp(here, workspaceId), warmUp(there, workspaceId)]);
    await here.list.remove(workspaceId, id);
    await (await here.reserve({ workspaceId }, call(200_000n))).settle();
    await expect
      .poll(
        async () => {
          const reservation = await granted(there.reserve({ workspaceId }, call(200_000n)));
          await reservation?.settle();
          return reservation !== undefined;
        },
        { timeout: 20_000 },
      )
      .toBe(true);
    await Promise.all([here.flush(), there.flush()]);
    expect(await counted(store, workspaceId)).toEqual({});
  });

  it('hold a small budget for one call at a time, so that no process keeps what another needs', async () => {
    const store = await open();
    const [one, other] = [processOn(store), processOn(store)];
    const workspaceId = await workspace(store);
    await one.list.put(workspaceId, monthly({ money: 99n }));
    for (let time = 0; time < 20; time++) await (await one.reserve({ workspaceId }, call(1n))).settle({ money: 1n, tokens: 1 });
    await one.flush();
    expect(await granted(other.reserve({ workspaceId }, call(80n)))).toBeUndefined();
    await other.reserve({ workspaceId }, call(79n));
    expect(await granted(one.reserve({ workspaceId }, call(1n)))).toBeUndefined();
  });
});
