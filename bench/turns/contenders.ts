/** What is measured, and how each is started: on one stub model, each with its own defaults. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { freePort, type PrivatePostgres } from '../../test/postgres.ts';
import { countRecord, type RecordCount } from './durability.ts';
import { type Dialect, floorName } from './protocol.ts';
import { ServerProcess } from './server-process.ts';
import { startTimonel } from './timonel-process.ts';

export interface Running {
  process: ServerProcess;
  url: string;
  apiKey?: string;
  /** A database server beside the process, whose time counts too. */
  databasePid?: number;
  /** What is stored once the process was killed. Absent where nothing is. */
  stored?: () => Promise<RecordCount>;
}

export interface Contender {
  name: string;
  dialect: Dialect;
  peer: boolean;
  /** Needs a PostgreSQL. */
  onPostgres?: true;
  /** What it stores in this run, in one line. */
  stores: string;
  /** @returns why it cannot be measured here. */
  missing?: () => string | undefined;
  start(place: Place): Promise<Running>;
}

export interface Place {
  /** A directory of its own. */
  directory: string;
  modelUrl: string;
  postgres: PrivatePostgres | undefined;
  nodeOptions: readonly string[];
}

const peers = fileURLToPath(new URL('../peers', import.meta.url));
const notInstalled = (folder: string) =>
  existsSync(join(peers, folder, 'node_modules')) ? undefined : `not installed: run "npm ci" in bench/peers/${folder}`;

/** Answers as soon as the server does, whatever it says. */
async function answering(server: ServerProcess, url: string): Promise<void> {
  await server.until(async () => {
    try {
      await (await fetch(url, { signal: AbortSignal.timeout(5_000) })).arrayBuffer();
      return true;
    } catch {
      return undefined;
    }
  });
}

const stub: Contender = {
  name: 'stub model alone',
  dialect: 'stub',
  peer: false,
  stores: 'nothing: the ceiling',
  async start() {
    const server = new ServerProcess({
      program: process.execPath,
      args: [fileURLToPath(new URL('./stub-model.ts', import.meta.url))],
      folder: peers,
    });
    return { process: server, url: await server.line('http') };
  },
};

const timonelOnPostgres: Contender = {
  name: 'Timonel, PostgreSQL',
  dialect: 'timonel',
  peer: false,
  onPostgres: true,
  stores: 'conversation, messages, run and every step, on disk before the answer (fsync)',
  async start({ directory, modelUrl, postgres, nodeOptions }) {
    if (postgres === undefined) throw new Error('There is no PostgreSQL.');
    const running = await startTimonel({ home: directory, modelUrl, databaseUrl: postgres.url, nodeOptions });
    return { ...running, databasePid: postgres.pid(), stored: () => countRecord({ url: postgres.url }) };
  },
};

/** A database of its own on the same server: rows of Timonel are counted in the other. */
const floor: Contender = {
  name: floorName,
  dialect: 'floor',
  peer: false,
  onPostgres: true,
  stores: 'two messages, in two statements (fsync); no steps, nothing to resume a turn from: the floor',
  async start({ modelUrl, postgres, nodeOptions }) {
    if (postgres === undefined) throw new Error('There is no PostgreSQL.');
    const client = new pg.Client({ connectionString: postgres.url });
    await client.connect();
    await client.query('CREATE DATABASE floor');
    await client.end();
    const database = Object.assign(new URL(postgres.url), { pathname: '/floor' }).href;
    const server = new ServerProcess({
      program: process.execPath,
      args: [...nodeOptions, '--max-semi-space-size=8', fileURLToPath(new URL('./floor.ts', import.meta.url))],
      folder: peers,
      environment: { NODE_ENV: 'production', BENCH_DATABASE_URL: database, BENCH_MODEL_URL: modelUrl },
    });
    return { process: server, url: await server.line('http'), databasePid: postgres.pid(), stored: () => countFloor(database) };
  },
};

async function countFloor(url: string): Promise<RecordCount> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<RecordCount>(
      'SELECT count(DISTINCT conversation)::int AS conversations, count(*)::int AS messages FROM floor_messages',
    );
    return rows[0] ?? { conversations: 0, messages: 0 };
  } finally {
    await client.end();
  }
}

const timonelEmbedded: Contender = {
  name: 'Timonel, embedded',
  dialect: 'timonel',
  peer: false,
  stores: 'conversation, messages, run and every step, before the answer; survives a killed process, not a power cut',
  async start({ directory, modelUrl, nodeOptions }) {
    const running = await startTimonel({ home: directory, modelUrl, nodeOptions });
    return { ...running, stored: () => countRecord({ home: directory }) };
  },
};

const voltAgent: Contender = {
  name: 'VoltAgent 2.10.0',
  dialect: 'voltagent',
  peer: true,
  stores: 'messages, in the memory of the process only (its default)',
  missing: () => notInstalled('voltagent'),
  async start({ modelUrl }) {
    const port = await freePort();
    const server = new ServerProcess({
      program: process.execPath,
      args: ['server.mjs'],
      folder: join(peers, 'voltagent'),
      environment: { NODE_ENV: 'production', PORT: String(port), BENCH_MODEL_URL: modelUrl },
    });
    const url = `http://127.0.0.1:${port}`;
    await answering(server, `${url}/agents`);
    return { process: server, url };
  },
};

const mastra: Contender = {
  name: 'Mastra 1.71.0',
  dialect: 'mastra',
  peer: true,
  stores: 'thread and messages, in a LibSQL file; no steps, nothing to resume a turn from',
  missing: () =>
    notInstalled('mastra') ??
    (existsSync(join(peers, 'mastra/.mastra/output/index.mjs'))
      ? undefined
      : 'not built: run "npm run build" in bench/peers/mastra'),
  async start({ directory, modelUrl }) {
    const port = await freePort();
    const file = join(directory, 'mastra.db');
    const server = new ServerProcess({
      program: process.execPath,
      args: ['.mastra/output/index.mjs'],
      folder: join(peers, 'mastra'),
      environment: {
        NODE_ENV: 'production',
        MASTRA_TELEMETRY_DISABLED: '1',
        PORT: String(port),
        BENCH_MODEL_URL: modelUrl,
        BENCH_STORAGE_URL: `file:${file}`,
      },
    });
    const url = `http://127.0.0.1:${port}`;
    await answering(server, `${url}/api/agents`);
    return {
      process: server,
      url,
      stored: async () => {
        const database = new DatabaseSync(file);
        const count = (table: string) => Number(database.prepare(`SELECT count(*) AS n FROM ${table}`).get()?.['n']);
        const counted = { conversations: count('mastra_threads'), messages: count('mastra_messages') };
        database.close();
        return counted;
      },
    };
  },
};

export const stubModel = stub;
export const contenders: readonly Contender[] = [floor, timonelOnPostgres, timonelEmbedded, voltAgent, mastra];
