/**
 * The worker thread in which PGlite lives: it speaks the PostgreSQL protocol on a private unix socket, so that the main thread never
 * blocks on a query and talks to both stores through `pg`.
 */
import { writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { PGlite } from '@electric-sql/pglite';
import { btree_gist } from '@electric-sql/pglite/contrib/btree_gist';
import { pg_trgm } from '@electric-sql/pglite/contrib/pg_trgm';
import { unaccent } from '@electric-sql/pglite/contrib/unaccent';
import { vector } from '@electric-sql/pglite-pgvector';
import { PGLiteSocketServer } from '@electric-sql/pglite-socket';

/** What the parent passes when it starts the worker. */
export interface WorkerStart {
  /** PGlite's own directory; created when it is not there. */
  dataDirectory: string;
  /** Path of the unix socket to listen on. */
  socketPath: string;
  /** A prepared data directory (gzipped tar) to start a fresh one from. */
  templatePath?: string;
}

export type WorkerRequest = { kind: 'close' } | { kind: 'dump'; path: string };
export type WorkerReply = { kind: 'ready' } | { kind: 'dumped' } | { kind: 'closed' } | { kind: 'failed'; message: string };

/** What PGlite throws is not always an error: its file system throws an object with a number (of WASI) where the disk has no room. */
function reasonOf(error: unknown): string {
  if (error instanceof Error) return error.message;
  if (typeof error !== 'object' || error === null || !('errno' in error)) return String(error);
  return error.errno === 51 ? 'the disk is full (ENOSPC)' : `its files cannot be used (error ${String(error.errno)} of WASI)`;
}

const port = parentPort;
if (port === null) throw new Error('This module runs in a worker thread.');
const reply = (message: WorkerReply) => port.postMessage(message);

try {
  const start = workerData as WorkerStart;
  const database = await PGlite.create({
    dataDir: start.dataDirectory,
    extensions: { vector, btree_gist, pg_trgm, unaccent },
    // PGlite's default of 128 MB doubles the memory of the process and gains nothing here.
    startParams: [
      ...PGlite.defaultStartParams,
      '-c',
      'shared_buffers=16MB',
      '-c',
      'timonel.workspace=*',
      '-c',
      'enable_seqscan=off',
    ],
    ...(start.templatePath === undefined ? {} : { loadDataDir: new Blob([await readFile(start.templatePath)]) }),
  });
  const server = new PGLiteSocketServer({ db: database, path: start.socketPath, maxConnections: 1 });
  await server.start();

  port.on('message', (request: WorkerRequest) => {
    void (async () => {
      if (request.kind === 'dump') {
        const dump = await database.dumpDataDir('gzip');
        writeFileSync(request.path, Buffer.from(await dump.arrayBuffer()));
        reply({ kind: 'dumped' });
        return;
      }
      await server.stop();
      await database.close();
      reply({ kind: 'closed' });
      port.close();
    })().catch((error: unknown) => reply({ kind: 'failed', message: reasonOf(error) }));
  });
  reply({ kind: 'ready' });
} catch (error) {
  reply({ kind: 'failed', message: reasonOf(error) });
}
