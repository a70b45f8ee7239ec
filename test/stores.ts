import { appendFileSync } from 'node:fs';
import pg from 'pg';
import { afterAll, describe, inject } from 'vitest';
import { booking } from '../agents/booking/agent.ts';
import { readSettings } from '../src/config.ts';
import type { VectorIndexKind } from '../src/knowledge/contract.ts';
import type { MigratingAgent } from '../src/store/agent-migrations/files.ts';
import { openStore, type Store } from '../src/store/open.ts';
import { preparedDatabase } from './prepared-database.ts';
import { type StoreEnvironment, storeEnvironment } from './store-environment.ts';

export type StoreKind = Store['kind'];

/** The stores that this machine has. */
export const storeKinds: StoreKind[] = inject('postgresUrl') === '' ? ['embedded'] : ['embedded', 'postgres'];

/**
 * Where the vectors of collections are searched, for tests that run on each; `runs` is false on a PostgreSQL without pgvector 0.8, where those are
 * skipped: `describe.skipIf(!runs)`.
 */
export async function vectorPlaces(): Promise<{ kind: StoreKind; index: VectorIndexKind; runs: boolean }[]> {
  const places: { kind: StoreKind; index: VectorIndexKind; runs: boolean }[] = [];
  for (const kind of storeKinds) {
    const runs = kind === 'embedded' || (await hasPgvector(inject('postgresUrl')));
    places.push({ kind, index: 'memory', runs: true }, { kind, index: 'pgvector', runs });
  }
  return places;
}

async function hasPgvector(server: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: server });
  await client.connect();
  const { rows } = await client.query(
    `SELECT FROM pg_available_extensions WHERE name = 'vector' AND string_to_array(default_version, '.')::int[] >= '{0,8}'`,
  );
  await client.end();
  if (rows.length === 0) appendFileSync(inject('lackingPrograms'), 'pgvector\n');
  return rows.length > 0;
}

/**
 * Environment of a fresh store of that kind, for a process of its own. In PostgreSQL it has the core's tables already, as a fresh embedded
 * store has by its template.
 */
export async function freshStoreEnvironment(kind: StoreKind): Promise<StoreEnvironment> {
  if (kind === 'embedded') return storeEnvironment(undefined);
  const server = inject('postgresUrl');
  return storeEnvironment(server, await preparedDatabase(server));
}

/** The same with nothing in it at all: for tests of migrations and restores. An embedded store is empty before it is opened. */
export function emptyStoreEnvironment(kind: StoreKind): Promise<StoreEnvironment> {
  return storeEnvironment(kind === 'embedded' ? undefined : inject('postgresUrl'));
}

/**
 * Runs a suite once per store that this machine has. `open` gives a fresh, migrated store, with the tables of the bundled agents unless it is
 * told otherwise; all are closed and removed at the end.
 */
export function onEachStore(
  title: string,
  suite: (open: (agents?: readonly MigratingAgent[]) => Promise<Store>, kind: StoreKind) => void,
): void {
  describe.each(storeKinds)(`${title} (%s)`, (kind) => {
    const closers: (() => Promise<void>)[] = [];
    afterAll(async () => {
      for (const close of closers.reverse()) await close();
    });
    suite(async (agents = [booking]) => {
      const { environment, remove } = await freshStoreEnvironment(kind);
      const store = await openStore(readSettings(environment), { agents });
      closers.push(async () => {
        await store.close();
        await remove();
      });
      return store;
    }, kind);
  });
}
