import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { DatabasePool, type PoolSettings } from '../database.ts';
import { prepareDirectory } from '../home.ts';
import { migrationsHash } from '../migrate.ts';
import { DiskWatch, neededBytes, neededForNew, requireSpace, type StoreTrouble } from './disk-space.ts';
import { Engine, type EngineEvents } from './engine.ts';
import { lockDirectory } from './lock.ts';
import { copyTemplate, templatePath, unpackedTemplate } from './template.ts';
import type { WorkerStart } from './worker.ts';

// Wrappers of calls from WebAssembly into JavaScript are compiled a second time when they were used often, and V8 shares them between threads:
// in Node 24.21 two that do so at once end the process now and then ("Check failed: jit_page_->allocations_.erase"). They stay as they are.
setFlagsFromString('--wasm-wrapper-tiering-budget=1000000000');

/** The embedded store, open. */
export interface EmbeddedStore {
  pool: DatabasePool;
  /** The directory was empty, and the store began as a copy of the prepared template: it has the tables of the bundled agents. */
  fromTemplate: boolean;
  /** Why it does not answer, or takes nothing new, where that is known. */
  trouble(): StoreTrouble | undefined;
  /** Writes a copy of the data directory (gzipped tar) to `path`. */
  dump(path: string): Promise<void>;
  close(): Promise<void>;
}

/**
 * Opens PGlite in `directory`, in a worker thread behind a private socket; one connection, spoken to by an ordinary pool.
 *
 * @param options `template: false` leaves the prepared template aside (it is how the template itself is made).
 * @throws TimonelError `directory_locked` when another process has the directory, `disk_full` when there is too little space to begin,
 * `store_unavailable`.
 */
export async function openEmbedded(
  directory: string,
  settings: PoolSettings,
  options: Partial<EngineEvents> & { template?: boolean } = {},
): Promise<EmbeddedStore> {
  const dataDirectory = join(directory, 'pgdata');
  const fresh = !existsSync(join(dataDirectory, 'PG_VERSION'));
  // Before the lock, which writes too.
  prepareDirectory(directory);
  await requireSpace(directory, fresh ? neededForNew : neededBytes);
  const unlock = lockDirectory(directory);
  const socketDirectory = mkdtempSync(join(tmpdir(), 'timonel-'));
  const template = options.template === false ? undefined : templatePath(migrationsHash());
  const unpacked = template === undefined ? undefined : unpackedTemplate(migrationsHash());
  const start: WorkerStart = {
    dataDirectory,
    socketPath: join(socketDirectory, '.s.PGSQL.5432'),
    ...(fresh && template !== undefined && unpacked === undefined ? { templatePath: template } : {}),
  };
  const { onLost = () => {} } = options;
  const engine = new Engine(start, { onLost });
  const release = () => {
    rmSync(socketDirectory, { recursive: true, force: true });
    unlock();
  };
  try {
    if (fresh && unpacked !== undefined) copyTemplate(unpacked, dataDirectory);
    await engine.open();
  } catch (error) {
    // A directory that was not finished would be taken for a store that is there.
    if (fresh) rmSync(dataDirectory, { recursive: true, force: true });
    release();
    throw error;
  }
  // A statement in PGlite cannot be cancelled from outside and there is no second connection to starve: no timeouts, no lifetime.
  const pool = new DatabasePool(
    { host: socketDirectory, user: 'postgres', database: 'postgres' },
    { ...settings, size: 1, idleTimeoutMs: 0, maxLifetimeMs: 0, prePing: false },
    true,
  );
  // A checkpoint gives back what the log no longer needs.
  const disk = new DiskWatch(directory, () => {
    if (engine.trouble === undefined && pool.status().waiting === 0) pool.executeText('CHECKPOINT').catch(() => {});
  });
  return {
    pool,
    fromTemplate: fresh && template !== undefined,
    trouble() {
      const reason = engine.trouble ?? (disk.full ? 'filling' : undefined);
      return reason === undefined ? undefined : { reason, free: disk.free, needed: neededBytes };
    },
    dump: (path) => engine.dump(path),
    async close() {
      disk.stop();
      await pool.close();
      await engine.close();
      release();
    },
  };
}
