/** What is measured, and how each is started: on one stub model, each with its own defaults. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { freePort, type PrivatePostgres } from '../../test/postgres.ts';
import { countRecord, type RecordCount } from './durability.ts';
import type { Dialect } from './protocol.ts';
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
  stores: 'conversation, messages, run and every step, on disk before the answer (fsync)',
  async start({ directory, modelUrl, postgres, nodeOptions }) {
    if (postgres === undefined) throw new Error('There is no PostgreSQL.');
    const running = await startTimonel({ home: directory, modelUrl, databaseUrl: postgres.url, nodeOptions });
    return { ...running, databasePid: postgres.pid(), stored: () => countRecord({ url: postgres.url }) };
  },
};

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
export const contenders: readonly Contender[] = [timonelOnPostgres, timonelEmbedded, voltAgent, mastra];
