import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
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
 * Brings the schema up to date: the core's, then the agents'. Processes that start together wait for each other: without the advisory lock
 * one of four failed.
 * @throws TimonelError `migration_refused`; `config_invalid` with the database's own reason where it refuses a migration; `store_unavailable`
 */
export async function migrate(pool: DatabasePool, agents: readonly AgentMigrations[] = []): Promise<void> {
  await migrateFrom(pool, migrationsFolder, agents);
}

async function migrateFrom(pool: DatabasePool, folder: string, agents: readonly AgentMigrations[]): Promise<void> {
  await migrating(pool, async (client) => {
    await runMigrations(drizzle(client), {
      migrationsFolder: folder,
      migrationsSchema: 'public',
      migrationsTable: 'timonel_migrations',
    });
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
    const ledger = await readLedger(client);
    const names = [...new Set([...agents.map(({ agent }) => agent), ...ledger.map(({ agent }) => agent)])].sort();
    return {
      core: {
        applied: core.length,
        pending: readJournal()
          .entries.filter(({ when }) => when > newest)
          .map(({ tag }) => tag),
      },
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

interface Journal {
  entries: { when: number; tag: string }[];
}

function readJournal(): Journal {
  return JSON.parse(readFileSync(join(migrationsFolder, 'meta', '_journal.json'), 'utf8')) as Journal;
}

/** Tags of the core's migrations that this version has, in order. */
export function knownMigrations(): string[] {
  return readJournal().entries.map(({ tag }) => tag);
}

/** Tags of the core's migrations that the database has, in order; of those that this version does not know, when they were made. */
export async function appliedMigrations(client: pg.ClientBase): Promise<string[]> {
  const { rows: there } = await client.query(`SELECT WHERE to_regclass('public.timonel_migrations') IS NOT NULL`);
  if (there.length === 0) return [];
  const { rows } = await client.query<{ at: string }>('SELECT created_at::text AS at FROM timonel_migrations ORDER BY created_at');
  const { entries } = readJournal();
  return rows.map(({ at }) => entries.find(({ when }) => when === Number(at))?.tag ?? `unknown-${at}`);
}

/** What newer versions than this one added to the database, while it served beside them or before it came back. */
export interface NewerSchema {
  /** Migrations, as `0044_name` of the core or `agent/0003_name.sql`. */
  migrations: string[];
  /** Tables that agents' migrations made. */
  tables: string[];
}

/** Looks for what newer versions added. Agents that the project does not have are not among it. */
export async function newerSchema(pool: DatabasePool, agents: readonly AgentMigrations[]): Promise<NewerSchema> {
  return pool.onOneConnection(async (client) => {
    const core = (await appliedMigrations(client)).filter((tag) => tag.startsWith('unknown-'));
    const newer = (await readLedger(client)).filter(({ agent, name }) => {
      const files = agents.find((each) => each.agent === agent)?.files;
      return files?.every((file) => file.name !== name);
    });
    return {
      migrations: [...core, ...newer.map(({ agent, name }) => `${agent}/${name}`)],
      tables: newer.flatMap(({ created }) => created.flatMap((made) => /^table (.+)$/.exec(made)?.[1] ?? [])),
    };
  });
}

/**
 * Brings an empty database to an earlier schema: the first `count` migrations of the core, and the given files of agents. For rows that
 * were written under that schema; {@link migrate} does the rest.
 */
export async function migrateTo(pool: DatabasePool, count: number, agents: readonly AgentMigrations[]): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'timonel-migrations-'));
  try {
    const journal = readJournal();
    const entries = journal.entries.slice(0, count);
    for (const { tag } of entries) cpSync(join(migrationsFolder, `${tag}.sql`), join(folder, `${tag}.sql`));
    mkdirSync(join(folder, 'meta'));
    writeFileSync(join(folder, 'meta', '_journal.json'), JSON.stringify({ ...journal, entries }));
    await migrateFrom(pool, folder, agents);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
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
