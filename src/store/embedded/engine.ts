/**
 * The thread that PGlite lives in, kept alive: when it dies, or PGlite panics in it (a full disk), a new one opens the same directory, as after
 * a crash. What was committed is in the log, and what was not was not acknowledged.
 */

import { rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { messageOf, TimonelError } from '../../errors.ts';
import { publishFault } from '../../faults.ts';
import { freeBytes, neededBytes } from './disk-space.ts';
import type { WorkerReply, WorkerRequest, WorkerStart } from './worker.ts';

/** Tries in a row that have to fail, with enough space on the disk, before the store is given up. */
const mostTries = 5;

/**
 * How often the thread is asked whether it lives. PGlite computes without a pause: a thread that is in a statement answers late, and one that
 * answers while it is in a request, twice in the same one, has lost it.
 */
const pingEveryMs = 1_000;

/** Pings without an answer after which the thread counts as hung; a statement may take that long. */
const mostSilentPings = 120;

/** The same where the disk is full: a checkpoint that cannot write does not come back. */
const mostSilentPingsOnFullDisk = 3;
const fullDiskBytes = 4 * 1_048_576;

export interface EngineEvents {
  /** It is not tried any further. */
  onLost(error: Error): void;
}

export class Engine {
  readonly #start: WorkerStart;
  readonly #events: EngineEvents;
  #worker: Worker | undefined;
  #closing = false;
  #reopening: Promise<void> | undefined;
  #waitsForSpace = false;

  constructor(start: WorkerStart, events: EngineEvents) {
    this.#start = start;
    this.#events = events;
  }

  /** Why it does not answer, where it is known that it does not. */
  get trouble(): 'reopening' | 'disk_full' | undefined {
    if (this.#waitsForSpace) return 'disk_full';
    return this.#reopening === undefined ? undefined : 'reopening';
  }

  /** @throws TimonelError `store_unavailable` */
  async open(): Promise<void> {
    this.#worker = await this.#spawn(this.#start);
  }

  async dump(path: string): Promise<void> {
    await this.#request({ kind: 'dump', path }, 'dumped');
  }

  async close(): Promise<void> {
    this.#closing = true;
    await this.#reopening;
    if (this.#worker === undefined) return;
    try {
      await this.#request({ kind: 'close' }, 'closed');
    } finally {
      await this.#worker.terminate();
    }
  }

  async #spawn(start: WorkerStart): Promise<Worker> {
    // The worker runs from source in development and from dist/ when installed: its own suffix follows this file's.
    const worker = new Worker(new URL(import.meta.url.endsWith('.ts') ? './worker.ts' : './worker.js', import.meta.url), {
      workerData: start,
      // The database lives in WebAssembly's own memory; what it leaves in the thread's heap is short-lived.
      resourceLimits: { maxYoungGenerationSizeMb: 16 },
    });
    try {
      await answer(worker, 'ready');
    } catch (error) {
      await worker.terminate();
      throw error;
    }
    worker.unref();
    const died = (error: Error) => this.#died(worker, error);
    this.#watch(worker, died);
    worker.on('message', (reply: WorkerReply) => {
      if (reply.kind === 'panicked') died(new Error(reply.message));
    });
    worker.on('error', (error: unknown) => died(error instanceof Error ? error : new Error(messageOf(error))));
    worker.on('exit', (code) => died(new Error(`Its thread ended with code ${code}.`)));
    return worker;
  }

  #watch(worker: Worker, died: (error: Error) => void): void {
    // Counted in pings, not in time: a process that was frozen hears the answers before it asks again.
    let silent = 0;
    let lost: number | undefined;
    const timer = setInterval(() => void look(), pingEveryMs);
    timer.unref();
    const look = async () => {
      silent++;
      worker.postMessage({ kind: 'ping' } satisfies WorkerRequest);
      if (silent <= mostSilentPingsOnFullDisk) return;
      const free = await freeBytes(this.#start.dataDirectory);
      const full = free !== undefined && free < fullDiskBytes;
      if (silent > (full ? mostSilentPingsOnFullDisk : mostSilentPings)) died(new Error('Its thread does not answer any more.'));
    };
    worker.on('message', (reply: WorkerReply) => {
      if (reply.kind !== 'alive') return;
      silent = 0;
      if (reply.request !== undefined && reply.request === lost) died(new Error('It lost a request.'));
      lost = reply.request;
    });
    worker.once('exit', () => clearInterval(timer));
  }

  #died(worker: Worker, error: Error): void {
    if (this.#closing || this.#worker !== worker) return;
    this.#worker = undefined;
    publishFault('the embedded database', error);
    this.#reopening = this.#reopen(worker).finally(() => {
      this.#reopening = undefined;
      this.#waitsForSpace = false;
    });
  }

  async #reopen(dead: Worker): Promise<void> {
    await dead.terminate();
    for (let tries = 0; !this.#closing; ) {
      const free = await freeBytes(this.#start.dataDirectory);
      this.#waitsForSpace = free !== undefined && free < neededBytes;
      if (this.#waitsForSpace) {
        await sleep(500);
        continue;
      }
      try {
        // A thread that was ended leaves its socket behind.
        rmSync(this.#start.socketPath, { force: true });
        const { templatePath: _, ...again } = this.#start;
        this.#worker = await this.#spawn(again);
        return;
      } catch (error) {
        publishFault('opening the embedded database again', error);
        if (++tries === mostTries) {
          this.#events.onLost(
            new TimonelError('store_unavailable', `The embedded database does not open again: ${messageOf(error)}`, {
              cause: error,
            }),
          );
          return;
        }
        await sleep(200 * 2 ** tries);
      }
    }
  }

  async #request(message: WorkerRequest, expected: WorkerReply['kind']): Promise<void> {
    const worker = this.#worker;
    if (worker === undefined) throw new TimonelError('store_unavailable', 'The embedded database is not open. Try again shortly.');
    const answered = answer(worker, expected);
    worker.postMessage(message);
    await answered;
  }
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
      else if (message.kind === 'failed' || message.kind === 'panicked') fail(message.message);
    };
    const onError = (error: unknown) => fail(messageOf(error), error);
    const onExit = (code: number) => fail(`its thread ended with code ${code}`);
    worker.on('message', onMessage);
    worker.on('error', onError);
    worker.on('exit', onExit);
  });
}
