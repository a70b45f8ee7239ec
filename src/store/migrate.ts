import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { drizzle } from 'drizzle-orm/node-postgres';
import { migrate as runMigrations } from 'drizzle-orm/node-postgres/migrator';
import { messageOf, TimonelError } from '../errors.ts';
import { underAdvisoryLock } from './advisory-lock.ts';
import type { DatabasePool } from './database.ts';

/** Folder of the SQL migrations; copied beside this module by the build. */
export const migrationsFolder = fileURLToPath(new URL('./migrations', import.meta.url));

/**
 * Brings the schema up to date. Processes that start together wait for each other: without the advisory lock one of four failed.
 * @throws TimonelError `config_invalid` with the database's own reason where it refuses a migration; `store_unavailable`
 */
export async function migrate(pool: DatabasePool): Promise<void> {
  await applyMigrations(pool).catch((error: unknown) => {
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

async function applyMigrations(pool: DatabasePool): Promise<void> {
  await underAdvisoryLock(pool, 'migrations', async (client) => {
    try {
      await client.query('SET statement_timeout = 0');
      await runMigrations(drizzle(client), { migrationsFolder, migrationsSchema: 'public', migrationsTable: 'timonel_migrations' });
    } finally {
      await client.query('RESET statement_timeout').catch(() => {});
    }
  });
}

/** Names the set of migrations: changes when any of them does. */
export function migrationsHash(): string {
  const hash = createHash('sha256');
  for (const file of readdirSync(migrationsFolder)
    .filter((name) => name.endsWith('.sql'))
    .sort()) {
    hash.update(file).update(readFileSync(join(migrationsFolder, file)));
  }
  return hash.digest('hex').slice(0, 16);
}
