import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { drizzle } from 'drizzle-orm/node-postgres';
import { migrate as runMigrations } from 'drizzle-orm/node-postgres/migrator';
import type { DatabasePool } from './database.ts';

/** Folder of the SQL migrations; copied beside this module by the build. */
export const migrationsFolder = fileURLToPath(new URL('./migrations', import.meta.url));

/** Any number that no other program on the same database would lock. */
const advisoryLock = 7_316_420_001;

/**
 * Brings the schema up to date. Processes that start together wait for each other: without the advisory lock one of four failed.
 */
export async function migrate(pool: DatabasePool): Promise<void> {
  await pool.onOneConnection(async (client) => {
    await client.query('SELECT pg_advisory_lock($1)', [advisoryLock]);
    try {
      await client.query('SET statement_timeout = 0');
      await runMigrations(drizzle(client), { migrationsFolder, migrationsSchema: 'public', migrationsTable: 'timonel_migrations' });
    } finally {
      await client.query('RESET statement_timeout').catch(() => {});
      await client.query('SELECT pg_advisory_unlock($1)', [advisoryLock]).catch(() => {});
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
