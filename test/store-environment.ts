import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';

/** A fresh, empty store: the environment that names it, and how to remove it. */
export interface StoreEnvironment {
  environment: Record<string, string>;
  remove(): Promise<void>;
}

/**
 * Environment of a fresh, empty store: what a process of its own would be started with.
 * @param server superuser URL of a PostgreSQL to make a database on; the embedded store where absent.
 * @param template name of a database there to begin with a copy of; an empty one where absent.
 */
export async function storeEnvironment(server: string | undefined, template?: string): Promise<StoreEnvironment> {
  const home = mkdtempSync(join(tmpdir(), 'timonel-home-'));
  const removeHome = () => rmSync(home, { recursive: true, force: true });
  if (server === undefined) return { environment: { TIMONEL_HOME: home }, remove: async () => removeHome() };
  const name = `timonel_${randomBytes(6).toString('hex')}`;
  await onServer(server, `CREATE DATABASE ${name}${template === undefined ? '' : ` TEMPLATE ${template}`}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  return {
    environment: { TIMONEL_HOME: home, DATABASE_URL: url.href },
    remove: async () => {
      await onServer(server, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
      removeHome();
    },
  };
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

/** The store that the process which started this one named, and how long its leases last. */
export function inheritedStore(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(process.env).filter(([name]) => /^(?:TIMONEL_(?:HOME|LEASE_MS)|DATABASE_URL)$/.test(name)),
  ) as Record<string, string>;
}
