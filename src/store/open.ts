import { join } from 'node:path';
import type { Settings } from '../config.ts';
import { type MigratingAgent, readAgentMigrations } from './agent-migrations/files.ts';
import { DatabasePool } from './database.ts';
import type { StoreTrouble } from './embedded/disk-space.ts';
import { openEmbedded } from './embedded/open.ts';
import { dropStrangers, migrate } from './migrate.ts';

/** An open store, migrated. */
export interface Store {
  kind: 'embedded' | 'postgres';
  pool: DatabasePool;
  /** The database has pgvector. Without it vectors are searched in memory. */
  vectors: boolean;
  /** One line for the person who starts the process. */
  description: string;
  /** Why it does not answer, or takes nothing new, where that is known without asking it. Of PostgreSQL nothing is. */
  trouble(): StoreTrouble | undefined;
  close(): Promise<void>;
}

/** What becomes of a store after it was opened. */
export interface StoreEvents {
  /** The store is gone for good: only a new process can open it. */
  onLost(error: Error): void;
}

export interface OpenOptions extends Partial<StoreEvents> {
  /** Whose tables are brought up to date; those of other agents stay as they are. None where absent. */
  agents?: Iterable<MigratingAgent>;
  /** False leaves the schema as it is: for looking at it. */
  migrate?: boolean;
  /** False makes a fresh embedded store without the prepared template, which has the newest schema. */
  template?: boolean;
}

/**
 * Opens the store that the settings name: PostgreSQL when there is a URL, else the embedded one under `home`. Brings the schema up to date.
 * @throws TimonelError `store_unavailable`, `directory_locked`, `disk_full`, `migration_refused`, `config_invalid`
 */
export async function openStore(settings: Pick<Settings, 'home' | 'database'>, options: OpenOptions = {}): Promise<Store> {
  const { agents = [], migrate: wanted = true, template = true, ...events } = options;
  const migrations = readAgentMigrations(agents);
  const { url, poolSize, ...limits } = settings.database;
  const poolSettings = { size: poolSize, ...limits };
  if (url === undefined) {
    const directory = join(settings.home, 'data');
    const embedded = await openEmbedded(directory, poolSettings, { ...events, template });
    const stopTidying = keepTidy(embedded.pool);
    return finish(
      {
        kind: 'embedded',
        pool: embedded.pool,
        description: `embedded, in ${directory}`,
        trouble: () => embedded.trouble(),
        async close() {
          stopTidying();
          await embedded.close();
        },
      },
      async (pool) => {
        if (embedded.fromTemplate) await dropStrangers(pool, migrations);
        if (wanted) await migrate(pool, migrations);
      },
    );
  }
  const pool = new DatabasePool({ connectionString: url }, poolSettings, false);
  const { host, pathname } = new URL(url);
  return finish(
    {
      kind: 'postgres',
      pool,
      description: `PostgreSQL at ${host}${pathname}`,
      trouble: () => undefined,
      close: () => pool.close(),
    },
    async () => {
      if (wanted) await migrate(pool, migrations);
    },
  );
}

/** @param prepare brings the schema to where it has to be. */
async function finish(store: Omit<Store, 'vectors'>, prepare: (pool: DatabasePool) => Promise<void>): Promise<Store> {
  const { pool } = store;
  try {
    await prepare(pool);
    await pool.detectMemberRole();
    const [row] = await pool.executeText<{ vectors: boolean }>(
      `SELECT EXISTS (SELECT FROM pg_extension WHERE extname = 'vector') AS vectors`,
    );
    return { ...store, vectors: row?.vectors === true };
  } catch (error) {
    await store.close().catch(() => {});
    throw error;
  }
}

/** How often the embedded store is tidied, in milliseconds. */
const tidyEveryMs = 60_000;

/**
 * PGlite has no autovacuum: without this, what every turn leaves behind in the busiest tables slows the ones after it. It makes no checkpoints
 * either: without them its log grows for as long as the process lives.
 * @returns how to stop it.
 */
function keepTidy(pool: DatabasePool): () => void {
  const timer = setInterval(() => {
    // Not worth an error: the next one does it.
    pool
      .executeText('VACUUM (ANALYZE) runs, conversations, budget_counters, budget_allotments')
      .then(() => pool.executeText('CHECKPOINT'))
      .catch(() => {});
  }, tidyEveryMs);
  timer.unref();
  return () => clearInterval(timer);
}
