import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { compileCache } from '../compile-cache.ts';
import type { Blow, Point } from './points.ts';
import type { ChildLine, ChildMessage, ParentMessage } from './process.ts';

const program = fileURLToPath(new URL('./process.ts', import.meta.url));
/** A process of these tests lives for seconds: what it compiles is kept for the next one, which then starts in two thirds of the time. */

type Unsent<Message> = Message extends { id: number } ? Omit<Message, 'id'> : never;

/** A process of a crash test, seen from its parent. */
export class Child {
  readonly pid: number;
  url = '';
  apiKey = '';
  /** Codes of the faults that it reported. */
  readonly faults: string[] = [];
  state: 'running' | 'frozen' | 'dead' = 'running';
  /** What it said when it ended by itself, which nothing should make it do. */
  ended: string | undefined;
  readonly #process: ChildProcess;
  readonly #exited: Promise<unknown>;
  readonly #answers = new Map<number, (message: ChildMessage) => void>();
  #onReached: (point: Point) => void = () => {};
  #blow: Blow = 'SIGKILL';
  #errors = '';
  #asked = 0;

  /** Starts a process and waits until it listens. */
  static async start(environment: Record<string, string>): Promise<Child> {
    const child = new Child(environment);
    await child.#listening();
    return child;
  }

  private constructor(environment: Record<string, string>) {
    // Nothing of the parent's environment but what a program needs to run: a developer's settings must not leak in.
    const env = { PATH: process.env['PATH'] ?? '', NODE_COMPILE_CACHE: compileCache, ...environment };
    this.#process = fork(program, { env, execArgv: [], stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
    if (this.#process.pid === undefined) throw new Error('The process could not be started.');
    this.pid = this.#process.pid;
    this.#process.on('message', (message: ChildMessage) => this.#answers.get(message.id)?.(message));
    this.#process.stderr?.on('data', (chunk: Buffer) => {
      this.#errors = `${this.#errors}${chunk.toString()}`.slice(-4_000);
    });
    this.#exited = once(this.#process, 'exit').then(([code, signal]) => {
      this.state = 'dead';
      if (signal !== 'SIGKILL') this.ended = `Process ${this.pid} ended by itself with ${code ?? signal}: ${this.#errors}`;
      for (const answer of this.#answers.values()) answer({ id: 0, error: 'The process is dead.' });
    });
  }

  /**
   * The process dies or freezes at this point when it gets there next.
   * @returns how to wait for that; `false` when it did not get there in time.
   */
  async arm(point: Point, blow: Blow): Promise<(milliseconds?: number) => Promise<boolean>> {
    const reached = new Promise<boolean>((resolve) => {
      this.#onReached = () => resolve(true);
    });
    this.#blow = blow;
    await this.#ask({ kind: 'arm', point, blow });
    return async (milliseconds = 10_000) => {
      const happened = await Promise.race([reached, sleep(milliseconds, false)]);
      if (happened && blow === 'SIGKILL') await this.#exited;
      return happened;
    };
  }

  /** @returns whether it got to the point before it heard of this. */
  async disarm(): Promise<boolean> {
    const { error } = await this.#ask({ kind: 'disarm' });
    return error !== undefined;
  }

  async kill(): Promise<void> {
    this.#process.kill('SIGKILL');
    await this.#exited;
  }

  freeze(): void {
    this.#process.kill('SIGSTOP');
    this.state = 'frozen';
  }

  thaw(): void {
    this.state = 'running';
    this.#process.kill('SIGCONT');
  }

  async query(text: string, values: unknown[] = []): Promise<Record<string, unknown>[]> {
    const { rows, error } = await this.#ask({ kind: 'query', text, values });
    if (rows === undefined) throw new Error(error ?? 'no rows');
    return rows;
  }

  async #ask(message: Unsent<ParentMessage>): Promise<ChildMessage> {
    const id = ++this.#asked;
    const answered = new Promise<ChildMessage>((resolve) => {
      this.#answers.set(id, resolve);
    });
    this.#process.send({ ...message, id }, () => {});
    const answer = await Promise.race([answered, sleep(10_000, { id, error: 'The process does not answer.' })]);
    this.#answers.delete(id);
    return answer;
  }

  async #listening(): Promise<void> {
    const { stdout } = this.#process;
    if (stdout === null) throw new Error('The process has no output.');
    const ready = new Promise<void>((resolve) => {
      createInterface(stdout).on('line', (text) => {
        const line = JSON.parse(text) as ChildLine;
        if ('url' in line) {
          Object.assign(this, line);
          resolve();
        } else if ('reached' in line) {
          if (this.#blow === 'SIGSTOP') this.state = 'frozen';
          this.#onReached(line.reached);
        } else this.faults.push(`${line.code}: ${line.fault}`);
      });
    });
    const ended = this.#exited.then(() => {
      throw new Error(`The process ended before it listened: ${this.#errors}`);
    });
    ended.catch(() => {});
    await Promise.race([ready, ended]);
  }
}

function sleep<T>(milliseconds: number, value: T): Promise<T> {
  return new Promise((resolve) => {
    setTimeout(resolve, milliseconds, value).unref();
  });
}
