/** The Timonel under load: one or more processes that the bench starts, or one that runs already. */
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startPostgres } from '../../test/postgres.ts';
import { startRedis } from '../../test/redis.ts';
import { ServerProcess } from '../turns/server-process.ts';
import { startTimonel } from '../turns/timonel-process.ts';
import type { Origin } from './customers.ts';
import type { Scenario } from './scenarios.ts';

export type StoreKind = 'embedded' | 'postgres';

export interface LoadedSystem {
  store: StoreKind | 'unknown';
  /** What `initdb --version` says. */
  postgres: string | undefined;
  redis: boolean;
  origins: readonly Origin[];
  /** Those that the bench started; none where a running one is asked. */
  servers: readonly ServerProcess[];
  stop(): Promise<void>;
}

const collector = new URL('../turns/collect-on-signal.ts', import.meta.url).href;

/** @throws Error where PostgreSQL or Redis is needed and not installed, and where a process does not start. */
export async function startSystem(
  { flow, processes }: Pick<Scenario, 'flow' | 'processes'>,
  options: { store: StoreKind; modelMs: number },
): Promise<LoadedSystem> {
  const directory = mkdtempSync(join(tmpdir(), 'timonel-load-'));
  // PostgreSQL runs as a user of its own, who has to reach its folder in here.
  chmodSync(directory, 0o711);
  const store = processes > 1 ? 'postgres' : options.store;
  const ends: (() => unknown)[] = [() => rmSync(directory, { recursive: true, force: true })];
  const stop = async () => {
    for (const end of ends.splice(0).reverse()) await end();
  };
  try {
    const model = new ServerProcess({
      program: process.execPath,
      args: [fileURLToPath(new URL('../turns/stub-model.ts', import.meta.url)), String(options.modelMs)],
      folder: directory,
    });
    ends.push(() => model.end('SIGKILL'));
    const modelUrl = await model.line('http');
    const postgres = store === 'postgres' ? await startPostgres(join(directory, 'postgres'), { durable: true }) : undefined;
    if (store === 'postgres' && postgres === undefined)
      throw new Error('This needs PostgreSQL, which is not installed: apt-get install postgresql');
    if (postgres !== undefined) ends.push(() => postgres.stop());
    const redis = processes > 1 ? await startRedis(directory) : undefined;
    if (processes > 1 && redis === undefined)
      throw new Error('Several processes need Redis, which is not installed: apt-get install redis-server');
    if (redis !== undefined) ends.push(() => redis.kill());
    const started: Awaited<ReturnType<typeof startTimonel>>[] = [];
    for (let number = 1; number <= processes; number++) {
      const home = join(directory, `home-${number}`);
      mkdirSync(home);
      const one = await startTimonel({
        home,
        modelUrl,
        config: 'bench/load',
        nodeOptions: ['--expose-gc', '--import', collector],
        ...(postgres === undefined ? {} : { databaseUrl: postgres.url }),
        environment: {
          ...(redis === undefined ? {} : { REDIS_URL: redis.url }),
          // Appointments are made by the agents that ship with Timonel, with the sample salon and without a model.
          ...(flow === 'reservation' ? { TIMONEL_CONFIG: '', TIMONEL_MODEL: '', TIMONEL_MODEL_URL: '' } : {}),
        },
      });
      ends.push(() => one.process.end('SIGTERM'));
      started.push(one);
    }
    return {
      store,
      postgres: postgres?.version,
      redis: redis !== undefined,
      origins: started.map(({ url, apiKey }) => ({ url, apiKey })),
      servers: started.map(({ process: server }) => server),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** One that somebody else runs: its memory is not seen, and nothing of it is stopped. */
export function runningSystem(origin: Origin): LoadedSystem {
  return { store: 'unknown', postgres: undefined, redis: false, origins: [origin], servers: [], stop: async () => {} };
}
