import { Worker } from 'node:worker_threads';
import type { SandboxLimits, SandboxResult, SandboxVerdict } from '../contract.ts';
import { programFailureOf } from '../failure.ts';
import { createOutput, readSharedOutput } from './output.ts';
import type { ThreadMessage, ThreadTask } from './task.ts';

/** How long a thread may take until its program begins. */
const longestStartMs = 30_000;

type NewTask = Omit<ThreadTask, 'output' | 'diskBytes' | 'memoryBytes'>;

/** Threads for programs of one language: each runs one program, and one more than needed is started ahead. */
export class ProgramThreads {
  readonly #address: URL;
  #spare: Worker | undefined;
  #closed = false;

  constructor(address: URL) {
    this.#address = address;
  }

  /** Runs a program in a thread of its own, and ends the thread whatever happens. */
  async run(task: NewTask, limits: SandboxLimits, signal: AbortSignal): Promise<SandboxResult> {
    signal.throwIfAborted();
    const worker = this.#spare ?? this.#start();
    this.#spare = undefined;
    const output = createOutput(limits.outputBytes);
    const { diskBytes, memoryBytes } = limits;
    try {
      const end = await ended(worker, { ...task, output, diskBytes, memoryBytes }, limits.wallMs, signal);
      const { stdout, stderr, full } = readSharedOutput(output);
      return {
        verdict: full ? 'output' : verdictOf(end, stderr),
        exitCode: end.how === 'ended' && !full ? end.ended.exitCode : undefined,
        stdout,
        stderr,
        wallMs: end.wallMs,
        memoryBytes: end.how === 'ended' ? end.ended.memoryBytes : undefined,
        backend: 'embedded',
      };
    } finally {
      await worker.terminate();
      if (!this.#closed) this.#spare ??= this.#start();
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#spare?.terminate();
    this.#spare = undefined;
  }

  #start(): Worker {
    const worker = new Worker(this.#address, {
      env: {},
      argv: [],
      stdin: false,
      stdout: true,
      stderr: true,
      resourceLimits: { maxOldGenerationSizeMb: 128, maxYoungGenerationSizeMb: 16, stackSizeMb: 4 },
    });
    worker.unref();
    // One that dies while it waits is not given to a program.
    const forget = () => {
      if (this.#spare === worker) this.#spare = undefined;
    };
    worker.once('error', forget);
    worker.once('exit', forget);
    return worker;
  }
}

type End =
  | { how: 'ended'; ended: Extract<ThreadMessage, { kind: 'ended' }>; wallMs: number }
  | { how: 'timeout'; wallMs: number }
  | { how: 'died'; error: unknown; wallMs: number };

function ended(worker: Worker, task: ThreadTask, wallMs: number, signal: AbortSignal): Promise<End> {
  let started: number | undefined;
  const elapsed = () => (started === undefined ? 0 : Math.round(performance.now() - started));
  return new Promise<End>((resolve, reject) => {
    const timeout = () =>
      resolve(
        started === undefined
          ? { how: 'died', error: new Error('The thread did not start.'), wallMs: 0 }
          : { how: 'timeout', wallMs },
      );
    let timer = setTimeout(timeout, longestStartMs);
    const abort = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    signal.addEventListener('abort', abort, { once: true });
    const settle = (end: End) => {
      clearTimeout(timer);
      signal.removeEventListener('abort', abort);
      resolve(end);
    };
    worker.on('message', (message: ThreadMessage) => {
      if (message.kind === 'started') {
        started = performance.now();
        clearTimeout(timer);
        timer = setTimeout(timeout, wallMs);
      } else if (message.kind === 'ended') {
        settle({ how: 'ended', ended: message, wallMs: elapsed() });
      }
    });
    worker.once('error', (error) => settle({ how: 'died', error, wallMs: elapsed() }));
    worker.once('exit', (code) => settle({ how: 'died', error: new Error(`The thread ended with ${code}.`), wallMs: elapsed() }));
    worker.postMessage(task);
  });
}

function verdictOf(end: End, stderr: string): SandboxVerdict {
  if (end.how === 'timeout') return 'timeout';
  if (end.how === 'died') {
    const code = end.error instanceof Error && 'code' in end.error ? end.error.code : undefined;
    return code === 'ERR_WORKER_OUT_OF_MEMORY' ? 'memory' : 'sandbox-error';
  }
  const { exitCode, outOfMemory, refused } = end.ended;
  if (exitCode === 0) return 'completed';
  if (outOfMemory) return 'memory';
  return refused ? 'compile-error' : programFailureOf(stderr);
}
