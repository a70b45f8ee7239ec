import { join } from 'node:path';
import type { Settings } from '../config.ts';
import { type AgentMigrations, type MigratingAgent, readAgentMigrations } from './agent-migrations/files.ts';
import { DatabasePool } from './database.ts';
import { openEmbedded } from './embedded/open.ts';
import { dropStrangers, migrate } from './migrate.ts';

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

export interface OpenOptions {
  /** False leaves the schema as it is: for looking at it. */
  migrate?: boolean;
}

/**
 * Opens the store that the settings name: PostgreSQL when there is a URL, else the embedded one under `home`. Brings the schema up to date,
 * with the tables of these agents; the tables of other agents stay as they are.
 * @throws TimonelError `store_unavailable`, `directory_locked`, `migration_refused`
 */
export async function openStore(
  settings: Pick<Settings, 'home' | 'database'>,
  agents: Iterable<MigratingAgent> = [],
  options: OpenOptions = {},
): Promise<Store> {
  const migrations = readAgentMigrations(agents);
  const upToDate = options.migrate === false ? undefined : migrations;
  const { url, poolSize, ...limits } = settings.database;
  const poolSettings = { size: poolSize, ...limits };
  if (url === undefined) {
    const directory = join(settings.home, 'data');
    const embedded = await openEmbedded(directory, poolSettings);
    const stopTidying = keepTidy(embedded.pool);
    const close = async () => {
      stopTidying();
      await embedded.close();
    };
    if (embedded.fromTemplate) await closingOnFailure(close, () => dropStrangers(embedded.pool, migrations));
    return finish('embedded', embedded.pool, `embedded, in ${directory}`, upToDate, close);
  }
  const pool = new DatabasePool({ connectionString: url }, poolSettings, false);
  const { host, pathname } = new URL(url);
  return finish('postgres', pool, `PostgreSQL at ${host}${pathname}`, upToDate, () => pool.close());
}

async function finish(
  kind: Store['kind'],
  pool: DatabasePool,
  description: string,
  migrations: readonly AgentMigrations[] | undefined,
  close: () => Promise<void>,
): Promise<Store> {
  return closingOnFailure(close, async () => {
    if (migrations !== undefined) await migrate(pool, migrations);
    await pool.detectMemberRole();
    const [row] = await pool.executeText<{ vectors: boolean }>(
      `SELECT EXISTS (SELECT FROM pg_extension WHERE extname = 'vector') AS vectors`,
    );
    return { kind, pool, vectors: row?.vectors === true, description, close };
  });
}

async function closingOnFailure<T>(close: () => Promise<void>, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
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
