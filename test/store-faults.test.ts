import { sql } from 'drizzle-orm';
import type pg from 'pg';
import { expect, it, vi } from 'vitest';
import { Batch } from '../src/store/batch.ts';
import type { Store } from '../src/store/open.ts';
import { historyStatement } from '../src/store/run-statements.ts';
import { onEachStore } from './stores.ts';

/** One state of every class of SQLSTATE, and those that this code looks at. */
const states = [
  '03000', '08000', '08006', '09000', '0A000', '0B000', '0F000', '0L000', '0P000', '0Z000', '20000', '21000', '22000', '22P05', '23000',
  '23505', '24000', '25000', '25001', '25P02', '25P03', '26000', '27000', '28000', '2B000', '2D000', '2F000', '34000', '38000', '39000',
  '3B000', '3D000', '3F000', '40000', '40001', '40P01', '42000', '42P05', '44000', '53000', '53100', '53200', '53300', '54000', '55000',
  '55P03', '57000', '57014', '57P01', '57P03', '58000', '58030', '72000', 'F0000', 'HV000', 'P0001', 'XX000', 'XX002',
]; // biome-ignore format: a table
const raise = (state: string) => `DO $$ BEGIN RAISE EXCEPTION 'raised' USING ERRCODE = '${state}'; END $$`;
const nowhere = [crypto.randomUUID(), 1];

onEachStore('after a fault', (open) => {
  let opened: Promise<Store> | undefined;
  const started = () => (opened ??= open());

  /** What has to go on as if nothing had been: named statements, transactions, a workspace's view. */
  async function works({ pool }: Store): Promise<void> {
    expect(await pool.execute(historyStatement, nowhere)).toEqual([{ history: null }]);
    expect(await pool.execute(historyStatement, nowhere)).toEqual([{ history: null }]);
    expect(
      await pool.executeText(`SELECT current_setting('timonel.workspace') AS workspace, current_user = session_user AS own`),
    ).toEqual([{ workspace: '*', own: true }]);
    const seen = await pool.inWorkspace(
      'nobody',
      async (database) => (await database.execute(sql`SELECT current_user AS role`)).rows,
    );
    expect(seen).toEqual([{ role: 'timonel_member' }]);
    expect(await pool.inTransaction(async (client) => (await client.query('SELECT 1 AS one')).rows)).toEqual([{ one: 1 }]);
  }

  it.each(states)('SQLSTATE %s that the database answered, the connection goes on', async (state) => {
    const store = await started();
    const { pool } = store;
    await works(store);
    const connections = pool.status().open;
    await expect(pool.executeText(raise(state))).rejects.toThrow();
    await works(store);
    await expect(pool.inTransaction((client) => client.query(raise(state)))).rejects.toThrow();
    await works(store);
    await expect(
      pool.inTransaction(async (client) => {
        await client.query(raise(state)).catch(() => {});
        await client.query('SELECT 1');
      }),
    ).rejects.toThrow();
    await works(store);
    expect(pool.status().open).toBe(connections);
  });

  it('in a batch, one item that the database refuses fails alone, whatever the refusal says', async () => {
    const store = await started();
    const { pool } = store;
    const batch = new Batch<string, string>(
      async (items) => {
        for (const item of items) if (states.includes(item)) await pool.executeText(raise(item));
        return new Map(items.map((item) => [item, item]));
      },
      { lanes: 1, largest: 64, keyOf: (item) => item },
    );
    for (const state of ['53100', '57014', '08006', '22P05']) {
      const results = await Promise.allSettled(['first', 'a', state, 'b'].map((item) => batch.add(item)));
      expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled']);
    }
    await works(store);
  });

  const breaks: Record<string, (store: Store) => Promise<unknown>> = {
    'between statements': ({ pool }) => pool.onOneConnection(async (client) => cut(client)),
    'under a statement': ({ pool }) =>
      pool.onOneConnection(async (client) => {
        const asked = client.query('SELECT count(*) FROM generate_series(1, 300000)');
        cut(client);
        await asked;
      }),
    'in a transaction': ({ pool }) =>
      pool.inWorkspace('nobody', async (_database, client) => {
        await client.query('SELECT 1');
        cut(client);
        await client.query('SELECT 1');
      }),
    'in the middle of a request': ({ pool }) =>
      pool.onOneConnection(async (client) => {
        // Parsed and refused, and the end of the request never comes.
        const { connection } = client as unknown as { connection: pg.Connection & { parse(query: object): void; flush(): void } };
        connection.parse({ name: '', text: 'SELECT nothing FROM nowhere', types: [] });
        connection.flush();
        await new Promise((resolve) => setTimeout(resolve, 50));
        cut(client);
      }),
    'in a transaction that failed': ({ pool }) =>
      pool.inTransaction(async (client) => {
        await client.query(raise('23505')).catch(() => {});
        cut(client);
        await client.query('SELECT 1');
      }),
  };

  it.each(Object.entries(breaks))('a socket that broke %s is replaced', async (_when, breaking) => {
    const store = await started();
    await works(store);
    await breaking(store).catch(() => {});
    await vi.waitFor(() => works(store), { timeout: 20_000, interval: 50 });
    await works(store);
  });

  it('tells callers no more than that the database does not answer', async () => {
    const { pool } = await started();
    const failed = pool.executeText(raise('53100'));
    await expect(failed).rejects.toThrow('The database does not answer. Try again shortly.');
    await expect(failed).rejects.toMatchObject({ cause: { message: 'raised', code: '53100' } });
  });

  it('says so where a transaction was undone because the work went on after a failure', async () => {
    const { pool } = await started();
    const lost = pool.inTransaction(async (client) => void (await client.query(raise('23505')).catch(() => {})));
    await expect(lost).rejects.toThrow(/was undone/);
  });
});

function cut(client: pg.PoolClient): void {
  (client as unknown as { connection: { stream: { destroy(): void } } }).connection.stream.destroy();
}
