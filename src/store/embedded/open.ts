import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { Worker } from 'node:worker_threads';
import { TimonelError } from '../../errors.ts';
import { DatabasePool, type PoolSettings } from '../database.ts';
import { migrationsHash } from '../migrate.ts';
import { lockDirectory } from './lock.ts';
import { templatePath } from './template.ts';
import type { WorkerReply, WorkerRequest, WorkerStart } from './worker.ts';

// Wrappers of calls from WebAssembly into JavaScript are compiled a second time when they were used often, and V8 shares them between threads:
// in Node 24.21 two that do so at once end the process now and then ("Check failed: jit_page_->allocations_.erase"). They stay as they are.
setFlagsFromString('--wasm-wrapper-tiering-budget=1000000000');

/** The embedded store, open. */
export interface EmbeddedStore {
  pool: DatabasePool;
  /** The directory was empty, and the store began as a copy of the prepared template: it has the tables of the bundled agents. */
  fromTemplate: boolean;
  /** Writes a copy of the data directory (gzipped tar) to `path`. */
  dump(path: string): Promise<void>;
  close(): Promise<void>;
}

/**
 * Opens PGlite in `directory`, in a worker thread behind a private socket; one connection, spoken to by an ordinary pool.
 *
 * @param options `template: false` leaves the prepared template aside (it is how the template itself is made).
 * @throws TimonelError `directory_locked` when another process has the directory.
 */
export async function openEmbedded(
  directory: string,
  settings: PoolSettings,
  options: { template?: boolean } = {},
): Promise<EmbeddedStore> {
  const unlock = lockDirectory(directory);
  const socketDirectory = mkdtempSync(join(tmpdir(), 'timonel-'));
  const dataDirectory = join(directory, 'pgdata');
  const template = options.template === false ? undefined : templatePath(migrationsHash());
  const fresh = !existsSync(join(dataDirectory, 'PG_VERSION'));
  const start: WorkerStart = {
    dataDirectory,
    socketPath: join(socketDirectory, '.s.PGSQL.5432'),
    ...(fresh && template !== undefined ? { templatePath: template } : {}),
  };
  // The worker runs from source in development and from dist/ when installed: its own suffix follows this file's.
  const worker = new Worker(new URL(import.meta.url.endsWith('.ts') ? './worker.ts' : './worker.js', import.meta.url), {
    workerData: start,
    // The database lives in WebAssembly's own memory; what it leaves in the thread's heap is short-lived.
    resourceLimits: { maxYoungGenerationSizeMb: 16 },
  });
  const release = () => {
    rmSync(socketDirectory, { recursive: true, force: true });
    unlock();
  };
  try {
    await answer(worker, 'ready');
  } catch (error) {
    await worker.terminate();
    release();
    throw error;
  }
  worker.unref();
  // A statement in PGlite cannot be cancelled from outside and there is no second connection to starve: no timeouts, no lifetime.
  const pool = new DatabasePool(
    { host: socketDirectory, user: 'postgres', database: 'postgres' },
    { ...settings, size: 1, idleTimeoutMs: 0, maxLifetimeMs: 0, prePing: false },
    true,
  );
  return {
    pool,
    fromTemplate: fresh && template !== undefined,
    dump: (path) => request(worker, { kind: 'dump', path }, 'dumped'),
    async close() {
      await pool.close();
      await request(worker, { kind: 'close' }, 'closed');
      await worker.terminate();
      release();
    },
  };
}

async function request(worker: Worker, message: WorkerRequest, expected: WorkerReply['kind']): Promise<void> {
  const answered = answer(worker, expected);
  worker.postMessage(message);
  await answered;
}

function answer(worker: Worker, expected: WorkerReply['kind']): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = (finish: () => void) => {
      worker.off('message', onMessage);
      worker.off('error', onError);
      worker.off('exit', onExit);
      finish();
    };
    const fail = (why: string, cause?: unknown) =>
      settle(() => reject(new TimonelError('store_unavailable', `The embedded database could not be opened: ${why}`, { cause })));
    const onMessage = (message: WorkerReply) => {
      if (message.kind === expected) settle(resolve);
      else if (message.kind === 'failed') fail(message.message);
    };
    const onError = (error: unknown) => fail(String(error), error);
    const onExit = (code: number) => fail(`its thread ended with code ${code}`);
    worker.on('message', onMessage);
    worker.on('error', onError);
    worker.on('exit', onExit);
  });
}
