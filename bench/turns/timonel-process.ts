/** Timonel as its users start it: `timonel up` in a process of its own, from `dist/` where `npm run build` made it, else from the sources. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort } from '../../test/postgres.ts';
import { ServerProcess } from './server-process.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const built = join(root, 'dist/src/cli/program.js');

/** What was measured. */
export const timonelBuild: 'dist' | 'sources' = existsSync(built) ? 'dist' : 'sources';

export interface RunningTimonel {
  process: ServerProcess;
  url: string;
  apiKey: string;
}

export interface TimonelStart {
  home: string;
  modelUrl: string;
  databaseUrl?: string;
  /** Options for Node itself, e.g. `--cpu-prof`. */
  nodeOptions?: readonly string[];
  /** Comes before the program, e.g. `taskset -c 1`. */
  pinned?: readonly string[];
  /** Folder of another `timonel.config.ts`, from the root of the repository. */
  config?: string;
  environment?: Readonly<Record<string, string>>;
}

/** Spawns `timonel up` without waiting for it. */
export async function spawnTimonel(start: TimonelStart): Promise<{ process: ServerProcess; url: string }> {
  const port = await freePort();
  const up = ['up', '--json', '--port', String(port)];
  const entry = join(root, timonelBuild === 'dist' ? 'bench/turns/start-built.ts' : 'bin/timonel.mjs');
  const [program = process.execPath, ...before] = [...(start.pinned ?? []), process.execPath];
  const server = new ServerProcess({
    program,
    // The flags that bin/timonel.mjs sets, which dist alone has no part in.
    args: [...before, ...(start.nodeOptions ?? []), '--max-semi-space-size=8', entry, ...up],
    folder: root,
    environment: {
      MALLOC_ARENA_MAX: '2',
      TIMONEL_HOME: start.home,
      TIMONEL_CONFIG: join(root, start.config ?? 'bench/turns', 'timonel.config.ts'),
      TIMONEL_MODEL: 'stub',
      TIMONEL_MODEL_URL: start.modelUrl,
      ...(start.databaseUrl === undefined ? {} : { DATABASE_URL: start.databaseUrl }),
      ...start.environment,
    },
  });
  return { process: server, url: `http://127.0.0.1:${port}` };
}

export async function startTimonel(start: TimonelStart): Promise<RunningTimonel> {
  const { process: server } = await spawnTimonel(start);
  const ready = JSON.parse(await server.line('{"url"')) as { url: string; credentials: string };
  return { process: server, url: ready.url, apiKey: apiKeyIn(ready.credentials) };
}

export function apiKeyIn(credentials: string): string {
  return (JSON.parse(readFileSync(credentials, 'utf8')) as { apiKey: string }).apiKey;
}
