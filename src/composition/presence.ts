/** Tells the installation of this process, and follows the file of the secret: a rotation needs no restart where the secret is a file. */
import { readFile } from 'node:fs/promises';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { FastifyInstance } from 'fastify';
import { messageOf } from '../errors.ts';
import { publishFault } from '../faults.ts';
import type { Identity } from '../identity/identity.ts';
import { Rotation } from '../identity/rotation.ts';
import type { ServerKeys } from '../identity/secrets.ts';
import { version } from '../package-file.ts';
import { generations, installationSecret } from '../secret-generations.ts';
import type { DatabasePool } from '../store/database.ts';
import { type ProcessAbout, tellOfProcess } from '../store/process-list.ts';
import type { Base } from './base.ts';
import type { Foundation } from './foundation.ts';
import type { Turns } from './turns.ts';

/** What was sealed with the secret before the present one is sealed anew at once. @throws TimonelError `store_unavailable` */
export async function prepareRotation(
  { settings, project: { agents } }: Base,
  { pool, keys }: Foundation,
  { audit }: Pick<Identity, 'audit'>,
): Promise<Rotation> {
  const declared = agents.map(({ personalData }) => ({ tables: personalData?.tables ?? [] }));
  const rotation = new Rotation({ pool, keys, audit, agents: declared });
  if (settings.secrets.previous !== undefined) await rotation.reseal();
  return rotation;
}

/** @throws nothing: a database that is gone is told by the lease */
export async function openPresence(
  { settings, scope, now }: Base,
  { pool, keys }: Foundation,
  {
    app,
    turns,
    streams,
    rotation,
  }: { app: FastifyInstance; turns: Turns; streams: { readonly count: number }; rotation: Rotation },
): Promise<void> {
  const { runner, processId } = turns;
  const presence = new Presence({
    pool,
    processId,
    keys,
    rotation,
    secretFile: settings.secretSources['TIMONEL_SECRET'] ?? undefined,
    address() {
      const [bound] = app.addresses();
      if (bound === undefined || typeof bound === 'string') return null;
      return `http://${bound.family === 'IPv6' ? `[${bound.address}]` : bound.address}:${bound.port}`;
    },
    accepting: () => runner.accepting,
    load: () => ({ runs: runner.activeRuns, streams: streams.count }),
    now,
  });
  scope.adopt(presence, (each) => each.close());
  await presence.start();
}

export interface PresenceDependencies {
  pool: DatabasePool;
  processId: string;
  keys: ServerKeys;
  rotation: Rotation;
  /** The file that `TIMONEL_SECRET_FILE` names. */
  secretFile: string | undefined;
  address(): string | null;
  accepting(): boolean;
  load(): { runs: number; streams: number };
  now(): Date;
}

const tellEveryMs = 5_000;
const lookEveryMs = 1_000;

export class Presence {
  readonly #dependencies: PresenceDependencies;
  readonly #startedAt: string;
  readonly #delay = monitorEventLoopDelay();
  #timers: NodeJS.Timeout[] = [];
  #content: string | undefined;
  #fault: string | undefined;
  #looking: Promise<void> | undefined;

  constructor(dependencies: PresenceDependencies) {
    this.#dependencies = dependencies;
    this.#startedAt = dependencies.now().toISOString();
  }

  /** Tells of this process at once, and from here on. */
  async start(): Promise<void> {
    this.#delay.enable();
    const { secretFile } = this.#dependencies;
    if (secretFile !== undefined) {
      this.#content = await readFile(secretFile, 'utf8').catch(() => undefined);
      this.#timers.push(setInterval(() => void this.#look(secretFile), lookEveryMs));
    }
    await this.#tell();
    this.#timers.push(setInterval(() => void this.#tell(), tellEveryMs));
    for (const timer of this.#timers) timer.unref();
  }

  async close(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    this.#timers = [];
    this.#delay.disable();
    await this.#looking;
  }

  async #tell(): Promise<void> {
    const { pool, processId } = this.#dependencies;
    try {
      await tellOfProcess(pool, processId, this.#about());
      this.#fault = undefined;
    } catch (error) {
      // The lease tells of a database that is gone; here it is told once.
      if (this.#fault === undefined) publishFault('telling of this process', error);
      this.#fault = messageOf(error);
    }
  }

  #about(): ProcessAbout {
    const { keys, address, accepting, load } = this.#dependencies;
    const eventLoopDelayMs = Math.round(this.#delay.percentile(99) / 10_000) / 100;
    this.#delay.reset();
    return {
      version,
      startedAt: this.#startedAt,
      address: address(),
      state: accepting() ? 'serving' : 'draining',
      load: { ...load(), memoryBytes: process.memoryUsage.rss(), eventLoopDelayMs },
      secret: keys.names(),
    };
  }

  /** One look at a time: the disk may be slow. */
  #look(path: string): Promise<void> {
    this.#looking ??= this.#follow(path).finally(() => {
      this.#looking = undefined;
    });
    return this.#looking;
  }

  async #follow(path: string): Promise<void> {
    const content = await readFile(path, 'utf8').catch(() => undefined);
    // A file that is not there for a moment is being replaced.
    if (content === undefined || content === this.#content) return;
    this.#content = content;
    const { keys, rotation } = this.#dependencies;
    const read = generations.safeParse(content);
    if (!read.success) {
      const faults = read.error.issues.map(({ message }) => message).join('; ');
      publishFault('the file of the secret changed', new Error(`TIMONEL_SECRET ${faults}. What was read before stays in force.`));
      return;
    }
    keys.replace(installationSecret(read.data, undefined));
    await this.#tell();
    await rotation.reseal().catch((error: unknown) => publishFault('sealing anew with the new secret', error));
  }
}
