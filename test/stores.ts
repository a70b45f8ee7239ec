import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, describe, inject } from 'vitest';
import { readSettings } from '../src/config.ts';
import { openStore, type Store } from '../src/store/open.ts';

export type StoreKind = Store['kind'];

/** The stores that this machine has. */
export const storeKinds: StoreKind[] = inject('postgresUrl') === '' ? ['embedded'] : ['embedded', 'postgres'];

/** Environment of a fresh, empty store of that kind: what a process of its own would be started with. */
export async function freshStoreEnvironment(
  kind: StoreKind,
): Promise<{ environment: Record<string, string>; remove: () => Promise<void> }> {
  const home = mkdtempSync(join(tmpdir(), 'timonel-home-'));
  const removeHome = () => rmSync(home, { recursive: true, force: true });
  if (kind === 'embedded') return { environment: { TIMONEL_HOME: home }, remove: async () => removeHome() };
  const admin = inject('postgresUrl');
  const name = `timonel_${randomBytes(6).toString('hex')}`;
  await onServer(admin, `CREATE DATABASE ${name}`);
  const url = new URL(admin);
  url.pathname = `/${name}`;
  return {
    environment: { TIMONEL_HOME: home, DATABASE_URL: url.href },
    remove: async () => {
      await onServer(admin, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
      removeHome();
    },
  };
}

/**
 * Runs a suite once per store that this machine has. `open` gives a fresh, migrated store; all are closed and removed at the end.
 */
export function onEachStore(title: string, suite: (open: () => Promise<Store>, kind: StoreKind) => void): void {
  describe.each(storeKinds)(`${title} (%s)`, (kind) => {
    const closers: (() => Promise<void>)[] = [];
    afterAll(async () => {
      for (const close of closers.reverse()) await close();
    });
    suite(async () => {
      const { environment, remove } = await freshStoreEnvironment(kind);
      const store = await openStore(readSettings(environment));
      closers.push(async () => {
        await store.close();
        await remove();
      });
      return store;
    }, kind);
  });
}

async function onServer(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
