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

export type WorkerRequest = { kind: 'close' } | { kind: 'dump'; path: string } | { kind: 'ping' };
export type WorkerReply =
  | { kind: 'ready' }
  | { kind: 'dumped' }
  | { kind: 'closed' }
  | { kind: 'failed'; message: string }
  /** To a ping; `request` counts requests and is the one under way, where one is. */
  | { kind: 'alive'; request: number | undefined }
  /** PGlite is beyond help, and the thread lives on: it is to be ended. */
  | { kind: 'panicked'; message: string };

const port = parentPort;
if (port === null) throw new Error('This module runs in a worker thread.');
/** Bytes of the message that ends the answer to a request. */
const readyForQuery = 6;

/** Whether the answer to a message of the client ends with "ready for query": to a simple query (`Q`) and to a `Sync`. */
const endsRequest = (message: Uint8Array) => message[0] === 0x51 || message[0] === 0x53;

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
      // The log is cut at each checkpoint to these sizes.
      '-c',
      'max_wal_size=64MB',
      '-c',
      'min_wal_size=32MB',
    ],
    ...(start.templatePath === undefined ? {} : { loadDataDir: new Blob([await readFile(start.templatePath)]) }),
  });
  // A statement that fails is answered; what is thrown here is the end of PGlite (a panic, an abort of WebAssembly).
  const stream = database.execProtocolRawStream.bind(database);
  let requests = 0;
  let underWay: number | undefined;
  database.execProtocolRawStream = async (message, options) => {
    underWay = ++requests;
    let ending = Buffer.alloc(0);
    const onRawData = (data: Uint8Array) => {
      ending = Buffer.concat([ending, data.subarray(-readyForQuery)]).subarray(-readyForQuery);
      options.onRawData(data);
    };
    try {
      await stream(message, { ...options, onRawData });
      if (endsRequest(message) && ending.at(0) !== 0x5a) throw new Error('PGlite did not complete its answer.');
    } catch (error) {
      reply({ kind: 'panicked', message: described(error) });
      throw error;
    } finally {
      underWay = undefined;
    }
  };
  // The pool has one connection. A new one may come before the end of a broken one is seen, and the server never lets go of a connection that
  // it refuses: with a limit of one, no other would ever come in again.
  const server = new PGLiteSocketServer({ db: database, path: start.socketPath, maxConnections: 64 });
  await server.start();

  port.on('message', (request: WorkerRequest) => {
    if (request.kind === 'ping') {
      reply({ kind: 'alive', request: underWay });
      return;
    }
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
    })().catch((error: unknown) => reply({ kind: 'failed', message: described(error) }));
  });
  reply({ kind: 'ready' });
} catch (error) {
  reply({ kind: 'failed', message: described(error) });
}

/** Emscripten throws objects of its own: a number of the system's error table, or the status of an exit. */
function described(error: unknown): string {
  if (error instanceof Error && error.message !== '') return error.message;
  if (typeof error !== 'object' || error === null) return String(error);
  const { name, message, errno, status } = error as { name?: unknown; message?: unknown; errno?: unknown; status?: unknown };
  const told = [
    name,
    message,
    errno === undefined ? undefined : `errno ${String(errno)}`,
    status === undefined ? undefined : `status ${String(status)}`,
  ];
  return told.filter((each) => typeof each === 'string' && each !== '').join(', ') || 'unknown error';
}
