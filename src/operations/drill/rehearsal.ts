/** A Timonel that a drill starts for itself: this installation's program and agents, with a folder, a port and services of its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import { TimonelError } from '../../errors.ts';
import { orAfter } from '../../run/or-after.ts';
import type { DrillPlace } from './contract.ts';
import type { LeverOrder } from './levers.ts';
import { DrillModels } from './model-provider.ts';
import { FaultyProxy } from './proxy.ts';
import { type ScratchDatabase, scratchDatabase } from './scratch-database.ts';

/** How long a start may take, and an end; milliseconds. */
const startMs = 120_000;
const endMs = 15_000;

/** An answer of the rehearsed process. */
export interface RehearsedAnswer<Body> {
  status: number;
  headers: Headers;
  body: Body;
}

export class Rehearsal {
  /** Everything of the rehearsal that lies on a disk. */
  readonly folder: string;
  readonly models: DrillModels;
  readonly modelProxy: FaultyProxy;
  /** Absent on the embedded store, as is the proxy before it. */
  readonly database: ScratchDatabase | undefined;
  readonly databaseProxy: FaultyProxy | undefined;
  readonly #environment: Record<string, string>;
  readonly #processes: RehearsedProcess[] = [];

  private constructor(
    folder: string,
    environment: Record<string, string>,
    models: DrillModels,
    modelProxy: FaultyProxy,
    database: ScratchDatabase | undefined,
    databaseProxy: FaultyProxy | undefined,
  ) {
    this.folder = folder;
    this.models = models;
    this.modelProxy = modelProxy;
    this.database = database;
    this.databaseProxy = databaseProxy;
    this.#environment = environment;
  }

  /**
   * Opens its services and starts one process.
   * @param wishes settings of that drill; they come after those of the place
   * @throws TimonelError `store_unavailable`, `config_invalid`
   */
  static async open(place: DrillPlace, wishes: Readonly<Record<string, string>> = {}): Promise<Rehearsal> {
    const { scope } = place;
    const folder = await mkdtemp(join(tmpdir(), 'timonel-drill-'));
    scope.defer(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));
    const models = scope.use(await DrillModels.open());
    const modelProxy = scope.use(await FaultyProxy.open({ host: '127.0.0.1', port: models.port }));
    const database = place.databaseUrl === undefined ? undefined : await scratchDatabase(place.databaseUrl, scope);
    const databaseProxy = database === undefined ? undefined : scope.use(await FaultyProxy.open(database.target));
    const environment = {
      TIMONEL_MODEL_TIMEOUT_MS: '5000',
      ...place.environment,
      TIMONEL_HOME: join(folder, 'home'),
      TIMONEL_HOST: '127.0.0.1',
      TIMONEL_LOG_LEVEL: 'warn',
      TIMONEL_MODEL: 'drill',
      TIMONEL_MODEL_URL: `http://127.0.0.1:${modelProxy.port}/v1`,
      OTEL_SDK_DISABLED: 'true',
      ...(database === undefined || databaseProxy === undefined ? {} : { DATABASE_URL: database.urlBy(databaseProxy.port) }),
      ...wishes,
    };
    const rehearsal = new Rehearsal(folder, environment, models, modelProxy, database, databaseProxy);
    scope.defer(() => rehearsal.#close());
    await rehearsal.start(place.signal);
    return rehearsal;
  }

  /** Starts a process; where one runs, beside it, which takes PostgreSQL. @returns the process */
  async start(signal?: AbortSignal): Promise<RehearsedProcess> {
    const beside = this.#processes.length > 0 && this.database !== undefined;
    const home = beside ? { TIMONEL_HOME: join(this.folder, `home-${this.#processes.length}`) } : {};
    const started = new RehearsedProcess({ ...this.#environment, ...home });
    this.#processes.push(started);
    await started.ready(signal);
    return started;
  }

  /** The last that was started. */
  get process(): RehearsedProcess {
    const last = this.#processes.at(-1);
    if (last === undefined) throw new TypeError('A rehearsal has a process from its start.');
    return last;
  }

  async #close(): Promise<void> {
    await Promise.all(this.#processes.map((each) => each.end()));
  }
}

export class RehearsedProcess {
  readonly #child: ChildProcess;
  readonly #home: string;
  #said = '';
  #url = '';
  #agent = '';
  #apiKey = '';

  constructor(environment: Readonly<Record<string, string>>) {
    const levers = join(import.meta.dirname, `levers${extname(import.meta.filename)}`);
    this.#home = environment['TIMONEL_HOME'] ?? '';
    // With that flag the program does not start itself again, which would lose the IPC channel.
    const flags = ['--max-semi-space-size=8', '--import', pathToFileURL(levers).href];
    this.#child = spawn(process.execPath, [...flags, timonelProgram(), 'up', '--json', '--port', '0'], {
      env: { ...environment },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    this.#child.on('error', () => {});
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#said = `${this.#said}${text}`.slice(-4_000);
    });
  }

  /** Where it listens. */
  get url(): string {
    return this.#url;
  }

  /** The first of its agents. */
  get agent(): string {
    return this.#agent;
  }

  /** Of its administrator. */
  get apiKey(): string {
    return this.#apiKey;
  }

  /** Whether it has not ended. */
  get lives(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** How it ended, and the end of what it said. */
  get lastWords(): string {
    const { exitCode, signalCode } = this.#child;
    return `Exit code ${exitCode ?? signalCode ?? 'none'}. ${lastErrorOf(this.#said)}`;
  }

  /** Waits until it listens. @throws TimonelError `config_invalid` with what it said */
  async ready(signal?: AbortSignal): Promise<void> {
    const { stdout } = this.#child;
    if (stdout === null) throw new TypeError('Its output is a pipe.');
    const line = Promise.withResolvers<string | undefined>();
    createInterface(stdout).once('line', line.resolve);
    this.#child.once('exit', () => line.resolve(undefined));
    const giveUp = () => line.resolve(undefined);
    signal?.addEventListener('abort', giveUp, { once: true });
    const first = await orAfter(line.promise, startMs);
    signal?.removeEventListener('abort', giveUp);
    if (first === undefined) {
      this.kill();
      throw new TimonelError('config_invalid', `The rehearsed process did not start. ${this.lastWords}`);
    }
    const { url, agents } = JSON.parse(first) as { url: string; agents: string[] };
    this.#url = url;
    this.#agent = agents[0] ?? '';
    const credentials = JSON.parse(await readFile(join(this.#home, 'credentials.json'), 'utf8')) as { apiKey: string };
    this.#apiKey = credentials.apiKey;
  }

  /** Asks it as its administrator. @throws DOMException `TimeoutError` */
  async call<Body = Record<string, unknown>>(
    method: 'GET' | 'POST' | 'PUT',
    path: string,
    options: { body?: object; text?: string; headers?: Readonly<Record<string, string>>; withinMs?: number } = {},
  ): Promise<RehearsedAnswer<Body>> {
    const { body, headers = {}, withinMs = 10_000 } = options;
    const response = await fetch(`${this.#url}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${this.#apiKey}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(withinMs),
    }).catch((error: unknown) => {
      throw this.lives ? error : new Error(`The process has ended. ${this.lastWords}`);
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: parsed<Body>(text) };
  }

  /** Pulls a lever, and waits until it is. */
  async pull(order: LeverOrder): Promise<void> {
    const done = once(this.#child, 'message');
    if (!this.lives) throw new Error(`The process has ended. ${this.lastWords}`);
    this.#child.send(order);
    if ((await orAfter(done, 10_000)) === undefined) throw new Error('The rehearsed process does not hear its levers.');
  }

  kill(): void {
    this.#child.kill('SIGKILL');
  }

  /** Waits until it has ended. */
  async ended(): Promise<void> {
    if (this.lives) await once(this.#child, 'exit');
  }

  freeze(): void {
    this.#child.kill('SIGSTOP');
  }

  thaw(): void {
    this.#child.kill('SIGCONT');
  }

  /** Asks it to end, and makes it where it does not. */
  async end(): Promise<void> {
    if (!this.lives) return;
    this.thaw();
    this.#child.kill('SIGTERM');
    await orAfter(
      this.ended().then(() => true),
      endMs,
    );
    if (!this.lives) return;
    this.kill();
    await this.ended();
  }
}

/** Of what a process said before it ended: the error in short. */
function lastErrorOf(said: string): string {
  const lines = said.split('\n').map((line) => line.trim());
  const error = lines.findLast((line) => /^(?:timonel: |\w*Error\b)/.test(line));
  return (error ?? lines.filter((line) => line !== '').at(-1) ?? 'It said nothing.').slice(0, 500);
}

function parsed<Body>(text: string): Body {
  try {
    return JSON.parse(text) as Body;
  } catch {
    return text as Body;
  }
}

/** The command of this installation: beside the sources, or above `dist`. */
function timonelProgram(): string {
  const [beside, above] = ['../../../bin/timonel.mjs', '../../../../bin/timonel.mjs'].map((path) =>
    join(import.meta.dirname, path),
  );
  return existsSync(beside ?? '') ? String(beside) : String(above);
}
