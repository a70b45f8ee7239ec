import { join } from 'node:path';
import type { Settings } from '../config.ts';
import { DatabasePool } from './database.ts';
import { openEmbedded } from './embedded/open.ts';
import { migrate } from './migrate.ts';

/** An open store, migrated. */
export interface Store {
  kind: 'embedded' | 'postgres';
  pool: DatabasePool;
  /** Vectors can be stored and searched; otherwise search is by words alone. */
  vectors: boolean;
  /** One line for the person who starts the process. */
  description: string;
  close(): Promise<void>;
}

/**
 * Opens the store that the settings name: PostgreSQL when there is a URL, else the embedded one under `home`.
 * @throws TimonelError `store_unavailable`, `directory_locked`
 */
export async function openStore(settings: Pick<Settings, 'home' | 'database'>): Promise<Store> {
  const { url, poolSize, ...limits } = settings.database;
  const poolSettings = { size: poolSize, ...limits };
  if (url === undefined) {
    const directory = join(settings.home, 'data');
    const embedded = await openEmbedded(directory, poolSettings);
    const stopTidying = keepTidy(embedded.pool);
    return finish('embedded', embedded.pool, `embedded, in ${directory}`, async () => {
      stopTidying();
      await embedded.close();
    });
  }
  const pool = new DatabasePool({ connectionString: url }, poolSettings, false);
  const { host, pathname } = new URL(url);
  return finish('postgres', pool, `PostgreSQL at ${host}${pathname}`, () => pool.close());
}

async function finish(kind: Store['kind'], pool: DatabasePool, description: string, close: () => Promise<void>): Promise<Store> {
  try {
    await migrate(pool);
    await pool.detectMemberRole();
    const [row] = await pool.executeText<{ vectors: boolean }>(
      `SELECT EXISTS (SELECT FROM pg_extension WHERE extname = 'vector') AS vectors`,
    );
    return { kind, pool, vectors: row?.vectors === true, description, close };
  } catch (error) {
    await close().catch(() => {});
    throw error;
  }
}

/** How often the embedded store is tidied, in milliseconds. */
const tidyEveryMs = 60_000;

/**
 * PGlite has no autovacuum: without this, what every turn leaves behind in the busiest tables slows the ones after it.
 * @returns how to stop it.
 */
function keepTidy(pool: DatabasePool): () => void {
  const timer = setInterval(() => {
    // Not worth an error: the next one does it.
    pool.executeText('VACUUM (ANALYZE) runs, conversations, budget_counters, budget_allotments').catch(() => {});
  }, tidyEveryMs);
  timer.unref();
  return () => clearInterval(timer);
}
