import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { drizzle } from 'drizzle-orm/node-postgres';
import { migrate as runMigrations } from 'drizzle-orm/node-postgres/migrator';
import type pg from 'pg';
import { messageOf, TimonelError } from '../errors.ts';
import { underAdvisoryLock } from './advisory-lock.ts';
import { applyAgentMigrations, dropAgent, pendingFiles, readLedger } from './agent-migrations/apply.ts';
import type { AgentMigrations } from './agent-migrations/files.ts';
import type { DatabasePool } from './database.ts';

/** Folder of the SQL migrations; copied beside this module by the build. */
export const migrationsFolder = fileURLToPath(new URL('./migrations', import.meta.url));

/**
/**
 * Brings the schema up to date: the core's, then the agents'. Processes that start together wait for each other: without the advisory lock
 * one of four failed.
 * @throws TimonelError `migration_refused`; `config_invalid` with the database's own reason where it refuses a migration; `store_unavailable`
 */
export async function migrate(pool: DatabasePool, agents: readonly AgentMigrations[] = []): Promise<void> {
  await migrating(pool, async (client) => {
    await runMigrations(drizzle(client), { migrationsFolder, migrationsSchema: 'public', migrationsTable: 'timonel_migrations' });
    await applyAgentMigrations(client, agents);
  }).catch((error: unknown) => {
    if (error instanceof TimonelError) throw error;
    throw new TimonelError('config_invalid', refusalOf(error), { cause: error });
  });
}

function refusalOf(error: unknown): string {
  const { cause = error } = error as { cause?: unknown };
  const denied = cause instanceof Error && 'code' in cause && cause.code === '42501';
  return `The schema of the database could not be brought up to date: ${messageOf(error)}.${
    denied
      ? ' The login of DATABASE_URL has to own the database, or at least: GRANT CREATE ON DATABASE … and GRANT ALL ON SCHEMA public.'
      : ''
  }`;
}

/** Runs `work` under the lock of migrations, without a limit of time for its statements. */
export async function migrating<T>(pool: DatabasePool, work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  return underAdvisoryLock(pool, 'migrations', async (client) => {
    try {
      await client.query('SET statement_timeout = 0');
      return await work(client);
    } finally {
      await client.query('RESET statement_timeout').catch(() => {});
    }
  });
}

/**
 * Takes away the tables of agents that a fresh store got from its template and the project does not have, or has otherwise: nothing is in
 * them yet.
 */
export async function dropStrangers(pool: DatabasePool, agents: readonly AgentMigrations[]): Promise<void> {
  await migrating(pool, async (client) => {
    const ledger = await readLedger(client);
    for (const name of new Set(ledger.map(({ agent }) => agent))) {
      const files = agents.find(({ agent }) => agent === name)?.files ?? [];
      const asTheProjectHasIt = ledger
        .filter(({ agent }) => agent === name)
        .every((row) => files.some((file) => file.name === row.name && file.hash === row.hash));
      if (!asTheProjectHasIt) await dropAgent(client, name);
    }
  });
}

/** Where a schema stands. */
export interface SchemaStatus {
  core: { applied: number; pending: string[] };
  /** Agents of the project and agents that the database knows; `project: false` for those that the project does not have. */
  agents: { agent: string; project: boolean; applied: string[]; pending: string[] }[];
}

/** Reads where the schema stands; changes nothing. @throws TimonelError `migration_refused` where folder and database contradict each other */
export async function schemaStatus(pool: DatabasePool, agents: readonly AgentMigrations[]): Promise<SchemaStatus> {
  return pool.onOneConnection(async (client) => {
    const { rows: there } = await client.query(`SELECT WHERE to_regclass('public.timonel_migrations') IS NOT NULL`);
    const { rows: core } =
      there.length === 0
        ? { rows: [] }
        : await client.query<{ at: string }>('SELECT created_at::text AS at FROM timonel_migrations ORDER BY created_at');
    const newest = Number(core.at(-1)?.at ?? 0);
    const journal = JSON.parse(readFileSync(join(migrationsFolder, 'meta', '_journal.json'), 'utf8')) as {
      entries: { when: number; tag: string }[];
    };
    const ledger = await readLedger(client);
    const names = [...new Set([...agents.map(({ agent }) => agent), ...ledger.map(({ agent }) => agent)])].sort();
    return {
      core: { applied: core.length, pending: journal.entries.filter(({ when }) => when > newest).map(({ tag }) => tag) },
      agents: names.map((name) => {
        const applied = ledger.filter(({ agent }) => agent === name);
        const own = agents.find(({ agent }) => agent === name);
        return {
          agent: name,
          project: own !== undefined,
          applied: applied.map((row) => row.name),
          pending: pendingFiles(name, own?.files ?? [], own === undefined ? [] : applied).map((file) => file.name),
        };
      }),
    };
  });
}

/** Names the set of the core's migrations: changes when any of them does. */
export function migrationsHash(): string {
  const hash = createHash('sha256');
  for (const file of readdirSync(migrationsFolder)
    .filter((name) => name.endsWith('.sql'))
    .sort()) {
    hash.update(file).update(readFileSync(join(migrationsFolder, file)));
  }
  return hash.digest('hex').slice(0, 16);
}
