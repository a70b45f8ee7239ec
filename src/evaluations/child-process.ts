/** The process that cases are played in: bounded in memory and time, without the settings, keys and connections of this one. */
import { type ChildProcess, fork } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { makeTemporaryHome } from '../store/temporary-home.ts';
import type { ChildMessage, ModelReply, PlayOrder } from './contract.ts';

/** Megabytes of its heap. */
const heapMb = 768;
/** How long it may take to start, and a case to be played, in milliseconds. */
const startMs = 120_000;
const caseMs = 300_000;

export interface ChildOptions {
  /** File of the process's program. */
  program: string;
  /** `timonel.config.ts` of the project, where the settings name one. */
  configFile: string | undefined;
  onMessage(message: ChildMessage): void;
  signal: AbortSignal;
}

/** How the process ended. */
export type ChildEnd = 'done' | 'aborted' | { died: string };

/**
 * Plays the cases of an order in a process of its own. It may write into a folder of its own only, starts no processes, opens no connection
 * (`no-connections.ts`), and gets no environment: neither the database nor any key can be reached from it.
 */
export class EvaluationChild {
  readonly #child: ChildProcess;
  readonly #folder: string;
  readonly #options: ChildOptions;
  #said = '';
  #late: string | undefined;
  #timer: NodeJS.Timeout | undefined;
  #done = false;

  private constructor(folder: string, options: ChildOptions) {
    this.#folder = folder;
    this.#options = options;
    const { program, configFile, signal } = options;
    this.#child = fork(program, [], {
      serialization: 'advanced',
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      execArgv: [
        `--max-old-space-size=${heapMb}`,
        '--permission',
        '--allow-fs-read=*',
        `--allow-fs-write=${folder}`,
        '--allow-worker',
        '--allow-addons',
        '--disable-warning=SecurityWarning',
      ],
      env: {
        HOME: folder,
        TMPDIR: folder,
        TIMONEL_HOME: join(folder, 'home'),
        ...(configFile === undefined ? {} : { TIMONEL_CONFIG: configFile }),
      },
    });
    const keep = (part: Buffer) => {
      this.#said = `${this.#said}${part.toString()}`.slice(-2_000);
    };
    this.#child.stdout?.on('data', keep);
    this.#child.stderr?.on('data', keep);
    this.#child.on('message', (message) => this.#hear(message as ChildMessage));
    signal.addEventListener('abort', this.#kill, { once: true });
    this.#expect(startMs, `did not start within ${startMs / 1000} s`);
  }

  static async start(options: ChildOptions): Promise<EvaluationChild> {
    return new EvaluationChild(makeTemporaryHome('evaluation'), options);
  }

  /** Resolves when the process is gone, and its folder. */
  async play(order: PlayOrder): Promise<ChildEnd> {
    const { signal } = this.#options;
    try {
      const exit = new Promise<string>((resolve) => {
        this.#child.once('error', (error) => resolve(error.message));
        this.#child.once('exit', (code, by) => resolve(by === null ? `ended with ${code}` : `was ended by ${by}`));
      });
      this.#send(order);
      if (signal.aborted) this.#kill();
      const how = await exit;
      if (signal.aborted) return 'aborted';
      if (this.#done) return 'done';
      return {
        died: `The process ${this.#late ?? how}.${this.#said.trim() === '' ? '' : ` It said last: ${lastLines(this.#said)}`}`,
      };
    } finally {
      clearTimeout(this.#timer);
      signal.removeEventListener('abort', this.#kill);
      await rm(this.#folder, { recursive: true, force: true, maxRetries: 5 });
    }
  }

  answer(reply: ModelReply): void {
    this.#send(reply);
  }

  #hear(message: ChildMessage): void {
    if (message.kind === 'began') this.#expect(caseMs, `had no result of a case within ${caseMs / 1000} s`);
    if (message.kind === 'done' || message.kind === 'refused') {
      this.#done = message.kind === 'done';
      this.#expect(15_000, 'did not end');
    }
    this.#options.onMessage(message);
  }

  #expect(milliseconds: number, otherwise: string): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#late = otherwise;
      this.#kill();
    }, milliseconds);
  }

  #send(message: PlayOrder | ModelReply): void {
    // One that is gone is known by its exit.
    if (this.#child.connected) this.#child.send(message, () => {});
  }

  readonly #kill = (): void => {
    this.#child.kill('SIGKILL');
  };
}

function lastLines(said: string): string {
  return said.trim().split('\n').slice(-5).join(' / ').slice(-500);
}
