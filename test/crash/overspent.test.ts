import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect, inject, it } from 'vitest';
import { readSettings } from '../../src/config.ts';
import type { TimonelError } from '../../src/errors.ts';
import { Budgets } from '../../src/llm/money/budgets.ts';
import { openStore, type Store } from '../../src/store/open.ts';
import { startPostgres } from '../postgres.ts';
import { storeEnvironment } from '../store-environment.ts';
import { freshStoreEnvironment, storeKinds } from '../stores.ts';

const program = fileURLToPath(new URL('./spend.ts', import.meta.url));
const workspaceId = 'spender';
const call = (money: bigint) => ({ model: 'openai/gpt-4o-mini', tokens: 10, money });
const limit = { scope: 'workspace', subject: '*', period: 'month', tokens: undefined } as const;

const budgetsOn = ({ pool }: Store) => new Budgets({ pool, now: () => new Date(), newId: () => crypto.randomUUID() });

async function onStore<T>(environment: Record<string, string>, work: (budgets: Budgets, store: Store) => Promise<T>): Promise<T> {
  const store = await openStore(readSettings(environment));
  try {
    return await work(budgetsOn(store), store);
  } finally {
    await store.close();
  }
}

async function limited(budgets: Budgets, { pool }: Store, money: bigint): Promise<void> {
  await pool.executeText(`INSERT INTO workspaces (workspace_id, name, time_zone) VALUES ($1, $1, 'UTC')`, [workspaceId]);
  await budgets.list.put(workspaceId, { ...limit, money });
}

/** Kills a process that holds two calls of 10 after one that cost 1, one that cost nothing, and `calls` that cost 1 each. */
async function killSpender(environment: Record<string, string>, calls: number): Promise<void> {
  const child = fork(program, {
    env: {
      PATH: process.env['PATH'] ?? '',
      TMPDIR: environment['TIMONEL_HOME'] ?? '',
      TIMONEL_TEST_WORKSPACE: workspaceId,
      TIMONEL_TEST_CALLS: String(calls),
      ...environment,
    },
    execArgv: [],
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  const exited = once(child, 'exit');
  const [said] = child.stdout === null ? [] : ((await Promise.race([once(child.stdout, 'data'), exited])) as [Buffer]);
  expect(JSON.parse(String(said))).toEqual({ held: 2 });
  child.kill('SIGKILL');
  await exited;
}

it.each(storeKinds)('counts what a killed process held as spent, since it may have been (%s)', async (kind) => {
  const { environment, remove } = await freshStoreEnvironment(kind);
  try {
    await onStore(environment, (budgets, store) => limited(budgets, store, 30n));
    await killSpender(environment, 0);
    await onStore(environment, async (budgets, { pool }) => {
      await expect(Promise.resolve(budgets.reserve({ workspaceId }, call(10n)))).rejects.toMatchObject({ code: 'budget_exceeded' });
      await (await budgets.reserve({ workspaceId }, call(9n))).settle({ tokens: 10, money: 9n });
      await budgets.flush();
      const used = async () => (await budgets.list.states(workspaceId))[0]?.uses;
      expect(await used()).toEqual([{ subject: '*', spent: { money: 10n, tokens: 11 }, reserved: { money: 20n, tokens: 20 } }]);
      // When no call can be under way any more it is shown as spent, and stays.
      await pool.executeText(`UPDATE budget_allotments SET expires_at = now() - interval '2 days'`);
      expect(await used()).toEqual([{ subject: '*', spent: { money: 30n, tokens: 31 }, reserved: { money: 0n, tokens: 0 } }]);
      await budgets.tidy();
      expect(await used()).toEqual([{ subject: '*', spent: { money: 30n, tokens: 31 }, reserved: { money: 0n, tokens: 0 } }]);
    });
  } finally {
    await remove();
  }
});

it.each(storeKinds)('loses little of a large budget with a killed process, and counts it (%s)', async (kind) => {
  const { environment, remove } = await freshStoreEnvironment(kind);
  try {
    await onStore(environment, (budgets, store) => limited(budgets, store, 1_000_000n));
    await killSpender(environment, 2_000);
    await onStore(environment, async (budgets) => {
      const [state] = (await budgets.list.states(workspaceId))[0]?.uses ?? [];
      const used = (state?.spent.money ?? 0n) + (state?.reserved.money ?? 0n);
      // At least what its calls cost and two of them may still cost; at most what its last calls may have cost, and one in a hundred.
      expect(used).toBeGreaterThanOrEqual(2_001n + 20n);
      expect(used).toBeLessThanOrEqual(2_001n * 10n + 20n + 10_000n);
      const rest = 1_000_000n - used;
      await (await budgets.reserve({ workspaceId }, call(rest))).release();
      await expect(Promise.resolve(budgets.reserve({ workspaceId }, call(rest + 1n)))).rejects.toMatchObject({
        code: 'budget_exceeded',
      });
    });
  } finally {
    await remove();
  }
});

it.skipIf(inject('postgresUrl') === '')(
  'grants what it holds and no more while PostgreSQL is dead, and not a cent too much around its death',
  async () => {
    const directory = mkdtempSync(join(tmpdir(), 'timonel-overspent-'));
    const postgres = await startPostgres(directory);
    if (postgres === undefined) throw new Error('PostgreSQL was there a moment ago.');
    const { environment, remove } = await storeEnvironment(postgres.url);
    const store = await openStore(readSettings({ ...environment, TIMONEL_POOL_ACQUIRE_TIMEOUT_MS: '1000' }));
    try {
      const budgets = budgetsOn(store);
      await limited(budgets, store, 1_000n);
      await store.pool.executeText(`INSERT INTO workspaces (workspace_id, name, time_zone) VALUES ('free', 'Free', 'UTC')`);
      await budgets.list.load('free');
      const held = await budgets.reserve({ workspaceId }, call(100n));
      let granted = 0n;
      const codes = new Set<string>();
      const reserve = () =>
        Promise.resolve(budgets.reserve({ workspaceId }, call(1n))).then(
          () => {
            granted += 1n;
          },
          ({ code }: TimonelError) => void codes.add(code),
        );
      // Some before, some while it dies.
      await Promise.all(Array.from({ length: 100 }, reserve));
      const around = Array.from({ length: 30 }, async () => {
        for (let time = 0; time < 20; time++) {
          await reserve();
          await sleep(1);
        }
      });
      await sleep(5);
      postgres.kill();
      await Promise.all(around);
      expect([...codes]).toEqual(['store_unavailable']);
      await sleep(3_100);
      // What is left here may be granted: it was taken before. It is not much.
      await Promise.all(Array.from({ length: 20 }, reserve));
      await expect(Promise.resolve(budgets.reserve({ workspaceId }, call(1n)))).rejects.toMatchObject({
        code: 'store_unavailable',
      });
      await expect(Promise.resolve(budgets.reserve({ workspaceId: 'unheard-of' }, call(1n)))).rejects.toMatchObject({
        code: 'store_unavailable',
      });
      // What cannot be stored now is stored later, once.
      await held.settle({ tokens: 1, money: 40n });
      await expect(budgets.flush()).rejects.toMatchObject({ code: 'store_unavailable' });
      // A workspace without a budget makes its calls.
      await (await budgets.reserve({ workspaceId: 'free' }, call(1n))).settle();

      await postgres.start();
      await Promise.all([held.settle({ tokens: 1, money: 40n }), held.release()]);
      codes.clear();
      await Promise.all(Array.from({ length: 1_500 }, reserve));
      await budgets.flush();
      const [used] = (await budgets.list.states(workspaceId))[0]?.uses ?? [];
      expect([used?.spent.money, used?.reserved.money]).toEqual([40n, 960n]);
      // What was taken by statements whose answer was lost came back: nothing was lost with them.
      expect(granted).toBe(960n);
      expect([...codes]).toEqual(['budget_exceeded']);
    } finally {
      await store.close();
      await remove().catch(() => {});
      postgres.stop();
      rmSync(directory, { recursive: true, force: true });
    }
  },
);
