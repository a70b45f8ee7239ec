/** Starts Timonel as a person does, in a process of its own and a folder of its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

const ownBin = new URL('../../bin/timonel.mjs', import.meta.url).pathname;

/** What became of a start. */
export interface Start {
  /** What `--json` prints once it is up; absent where it ended without being so. */
  ready: { url: string; pid: number; agents: string[] } | undefined;
  /** Exit code of a start that ended by itself. */
  code: number | null;
  said: string;
  /** From the first word on standard error to the end, in milliseconds. */
  endedAfterMs: number;
  /** Ends it by a signal. @returns its exit code. */
  stop(signal?: NodeJS.Signals): Promise<number | null>;
}

export interface StartOptions {
  environment: Readonly<Record<string, string>>;
  folder: string;
  /** Arguments after `up --json`. */
  args?: readonly string[];
  /** Number of another user to be. */
  uid?: number;
  /** The program of another tree. */
  bin?: string;
}

/** Waits until it is up, or has ended; after 30 seconds without either it is killed. */
export async function start({ environment, folder, args = [], uid, bin = ownBin }: StartOptions): Promise<Start> {
  const child = spawn(process.execPath, [bin, 'up', '--json', ...args], {
    cwd: folder,
    env: { PATH: process.env['PATH'] ?? '', TIMONEL_PORT: '0', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(uid === undefined ? {} : { uid }),
  });
  const ended = once(child, 'exit') as Promise<[number | null]>;
  let said = '';
  let firstWord = 0;
  child.stderr.on('data', (part: Buffer) => {
    if (firstWord === 0) firstWord = performance.now();
    said += part.toString();
  });
  const deadline = setTimeout(() => child.kill('SIGKILL'), 30_000);
  const line = await Promise.race([readyLine(child), ended.then(() => undefined)]);
  clearTimeout(deadline);
  const endedAfterMs = performance.now() - firstWord;
  // The pipe may have more to say than the process had when it ended.
  if (line === undefined && !child.stderr.closed)
    await once(child.stderr, 'close', { signal: AbortSignal.timeout(1_000) }).catch(() => {});
  return {
    ready: line === undefined ? undefined : (JSON.parse(line) as NonNullable<Start['ready']>),
    code: child.exitCode,
    get said() {
      return said;
    },
    endedAfterMs,
    async stop(signal = 'SIGTERM') {
      child.kill(signal);
      const [code] = await ended;
      return code;
    },
  };
}

async function readyLine(child: ChildProcess): Promise<string> {
  let text = '';
  for await (const part of child.stdout ?? []) {
    text += String(part);
    if (text.includes('\n')) return text.slice(0, text.indexOf('\n'));
  }
  // It ended without a word; the caller hears of the end.
  return new Promise(() => {});
}
