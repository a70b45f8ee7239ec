import type pg from 'pg';
import type { DatabasePool } from './database.ts';

/** Numbers of our locks: any that no other program on the same database would take. */
export const advisoryLocks = { migrations: 7_316_420_001, queue: 7_316_420_002 } as const;

/** Runs `work` while no other process on the database holds this lock. The lock ends with the connection, however that ends. */
export async function underAdvisoryLock<T>(
  pool: DatabasePool,
  lock: keyof typeof advisoryLocks,
  work: (client: pg.PoolClient) => Promise<T>,
): Promise<T> {
  return pool.onOneConnection(async (client) => {
    await client.query('SELECT pg_advisory_lock($1)', [advisoryLocks[lock]]);
    try {
      return await work(client);
    } finally {
      await client.query('SELECT pg_advisory_unlock($1)', [advisoryLocks[lock]]).catch(() => {});
    }
  });
}
