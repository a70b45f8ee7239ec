import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('./channel-process.ts', import.meta.url));
const compiled = fileURLToPath(new URL('../../.cache/compiled', import.meta.url));

/** A Timonel in a process of its own, with an agent that repeats what it hears: to be killed. */
export class ChannelProcess {
  url = '';
  apiKey = '';
  readonly #child: ChildProcess;
  readonly #exited: Promise<unknown>;
  readonly #ready: Promise<void>;

  /** @param faults what it tells of is added here. @throws Error where it ends before it listens */
  static async start(environment: Record<string, string>, faults: string[]): Promise<ChannelProcess> {
    const started = new ChannelProcess(environment, faults);
    const ended = started.#exited.then(() => Promise.reject(new Error('It ended before it listened.')));
    await Promise.race([started.#ready, ended]);
    return started;
  }

  private constructor(environment: Record<string, string>, faults: string[]) {
    const env = { PATH: process.env['PATH'] ?? '', NODE_COMPILE_CACHE: compiled, ...environment };
    this.#child = fork(program, { env, execArgv: [], stdio: ['ignore', 'pipe', 'inherit', 'ipc'] });
    this.#exited = once(this.#child, 'exit');
    this.#ready = new Promise((resolve) => {
      if (this.#child.stdout === null) return;
      createInterface(this.#child.stdout).on('line', (text) => {
        const line = JSON.parse(text) as { url?: string; apiKey?: string; fault?: string };
        if (line.fault !== undefined) faults.push(line.fault);
        if (line.url === undefined) return;
        Object.assign(this, line);
        resolve();
      });
    });
  }

  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#exited;
  }

  /** Sends something with its key. @returns the answer, whatever its status */
  async call(method: string, path: string, body?: object): Promise<Record<string, unknown>> {
    const response = await fetch(`${this.url}${path}`, {
      method,
      headers: { authorization: `Bearer ${this.apiKey}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return (await response.json()) as Record<string, unknown>;
  }
}
