/** The servers of the gateway benchmark and how each is started, on one stub provider. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort } from '../../test/postgres.ts';
import { ServerProcess } from '../turns/server-process.ts';
import { type Address, instantModel, slowModel } from './exchange.ts';
import { startTimonelGateway } from './timonel-gateway.ts';

export type ContenderName = 'direct' | 'constant' | 'node:http' | 'Fastify' | 'Portkey' | 'Timonel';

export interface Place {
  /** A directory of its own. */
  directory: string;
  /** Base URL of the stub provider. */
  upstream: string;
  /** Comes before the program: pins a server to its core. */
  pinned: readonly string[];
  nodeOptions: readonly string[];
}

export interface Running {
  process: ServerProcess;
  address: Address;
  /** The same, on a route whose answers are cached. */
  cached?: Address;
  /** It asks nobody, and stands beside answers from a cache alone. */
  constant?: boolean;
}

export interface Contender {
  name: ContenderName;
  what: string;
  /** @returns why it cannot be measured here. */
  missing?(): string | undefined;
  start(place: Place): Promise<Running>;
}

const here = fileURLToPath(new URL('.', import.meta.url));
const portkeyFolder = fileURLToPath(new URL('../peers/portkey', import.meta.url));

/** A process on its core. */
export function pinnedProcess(
  { pinned, nodeOptions }: Pick<Place, 'pinned' | 'nodeOptions'>,
  args: readonly string[],
  folder: string,
  environment: Readonly<Record<string, string>> = {},
): ServerProcess {
  const [program = process.execPath, ...rest] = [...pinned, process.execPath, ...nodeOptions, ...args];
  return new ServerProcess({ program, args: rest, folder, environment: { NODE_ENV: 'production', ...environment } });
}

function addressOf(url: string, headers: Readonly<Record<string, string>> = {}): Address {
  const { origin, pathname } = new URL(url);
  return { origin, path: `${pathname}/chat/completions`, headers, model: instantModel, slowModel: slowModel.name };
}

const ownProxy = (name: 'node:http' | 'Fastify', file: string): Contender => ({
  name,
  what: 'bare pass-through proxy, undici pool; no retry, no breaker, no limits',
  async start(place) {
    const server = pinnedProcess(place, [join(here, 'proxies', file), place.upstream], here);
    return { process: server, address: addressOf(await server.line('http')) };
  },
});

const constant: Contender = {
  name: 'constant',
  what: 'bare node:http server that gives the same answer to everything; beside answers from the cache',
  async start(place) {
    const server = pinnedProcess(place, [join(here, 'proxies/constant.ts'), place.upstream], here);
    const address = addressOf(await server.line('http'));
    return { process: server, address, cached: address, constant: true };
  },
};

const portkey: Contender = {
  name: 'Portkey',
  what: '@portkey-ai/gateway 1.15.2 as its package starts, custom host, no retries configured',
  missing: () => (existsSync(join(portkeyFolder, 'node_modules')) ? undefined : 'run "npm ci" in bench/peers/portkey'),
  async start(place) {
    const port = await freePort();
    const program = 'node_modules/@portkey-ai/gateway/build/start-server.js';
    // It insists on hosts that it trusts.
    const environment = { TRUSTED_CUSTOM_HOSTS: '127.0.0.1,localhost' };
    const server = pinnedProcess(place, [program, `--port=${port}`, '--headless'], portkeyFolder, environment);
    const url = `http://127.0.0.1:${port}`;
    await server.until(async () => {
      const answered = await fetch(url, { signal: AbortSignal.timeout(5_000) }).catch(() => undefined);
      await answered?.arrayBuffer();
      return answered;
    });
    const headers = { 'x-portkey-provider': 'openai', 'x-portkey-custom-host': place.upstream, authorization: 'Bearer stub' };
    return { process: server, address: addressOf(`${url}/v1`, headers) };
  },
};

const timonel: Contender = {
  name: 'Timonel',
  what: 'the OpenAI-compatible door, embedded store; breaker, retry, budget, rate limit, cache, prices and metrics on',
  start: startTimonelGateway,
};

/** The stub by itself, on the core of the load generator as always. */
export async function startStub(pinned: readonly string[]): Promise<Running> {
  const server = pinnedProcess({ pinned, nodeOptions: [] }, [join(here, 'stub-upstream.ts')], here);
  return { process: server, address: addressOf(await server.line('http')) };
}

export const contenders: readonly Contender[] = [
  constant,
  ownProxy('node:http', 'node-http.ts'),
  ownProxy('Fastify', 'fastify.ts'),
  portkey,
  timonel,
];
