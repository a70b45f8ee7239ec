import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import type { Readable, Writable } from 'node:stream';
import { messageOf } from '../errors.ts';
import { withoutInherited } from '../sandbox/bubblewrap/inherited.ts';
import { BoundedOutput } from './bounded-output.ts';
import { CommandNotStarted, type CommandResult, type CommandRun, type SandboxedServer } from './contract.ts';

export const defaultWallMs = 120_000;
export const defaultCommandOutputBytes = 64 * 1024;

export interface Child {
  argv: readonly string[];
  folder: string;
  environment: Readonly<Record<string, string>>;
  /** Descriptors from 3 on: a pipe that gets this content, one that is listened to, a descriptor of this process, or nothing. */
  descriptors?: readonly (Buffer | string | (() => void) | number | undefined)[];
  /** Called with the process before its descriptors are fed. */
  started?: (pid: number) => void;
}

/** The variable by which processes of a command are found that left its group. */
const mark = 'TIMONEL_COMMAND';

/** Runs a command to its end, without a terminal. Nothing that it started is left running. */
export async function runChild(child: Child, run: CommandRun): Promise<CommandResult> {
  run.signal?.throwIfAborted();
  const id = randomUUID();
  const own = child.descriptors ?? [];
  const descriptors = [...own, ...withoutInherited(own.length + 3)];
  const [program = '', ...args] = child.argv;
  const started = performance.now();
  const bounded = new BoundedOutput(run.outputBytes ?? defaultCommandOutputBytes);
  let timedOut = false;
  const spawned = spawn(program, args, {
    cwd: child.folder,
    env: { ...child.environment, [mark]: id },
    stdio: [run.input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe', ...descriptors.map(stdioOf)],
    detached: true,
  });
  // A command need not read it.
  spawned.stdin?.on('error', () => undefined).end(run.input);
  const stop = () => killGroup(spawned);
  let isOver = false;
  // What is in a namespace of its own ends with it.
  const killLeft = () => {
    stop();
    if (!isOver && run.where === 'host') killMarked(id);
    isOver = true;
  };
  const timer = setTimeout(() => {
    timedOut = true;
    stop();
  }, run.wallMs ?? defaultWallMs);
  run.signal?.addEventListener('abort', stop, { once: true });
  try {
    const ended = endOf(spawned);
    ended.catch(() => undefined);
    const streams = [spawned.stdout, spawned.stderr].map((stream) => collect(stream, bounded, teller(run)));
    if (spawned.pid !== undefined) child.started?.(spawned.pid);
    for (const [at, content] of descriptors.entries()) connect(spawned, at + 3, content);
    const end = await ended;
    // What still runs is ended, so that it does not hold the pipes of the output open.
    killLeft();
    await Promise.all(streams);
    run.signal?.throwIfAborted();
    return { where: run.where, ...end, timedOut, ...bounded.end(), wallMs: Math.round(performance.now() - started) };
  } finally {
    clearTimeout(timer);
    run.signal?.removeEventListener('abort', stop);
    killLeft();
    for (const stream of [spawned.stdout, spawned.stderr]) stream?.destroy();
  }
}

/** Starts a program that is spoken to by its standard input and output. @param onEnd is called once when it is over */
export function startChild(child: Child, onEnd: () => unknown): SandboxedServer {
  const own = child.descriptors ?? [];
  const descriptors = [...own, ...withoutInherited(own.length + 3)];
  const [program = '', ...args] = child.argv;
  const spawned = spawn(program, args, {
    cwd: child.folder,
    env: child.environment,
    stdio: ['pipe', 'pipe', 'ignore', ...descriptors.map(stdioOf)],
    detached: true,
  });
  const { stdin: input, stdout: output } = spawned;
  if (input === null || output === null) throw new CommandNotStarted('The program has no input and output.');
  input.on('error', () => undefined);
  const ended = endOf(spawned).then(
    () => undefined,
    () => undefined,
  );
  void ended.then(onEnd);
  if (spawned.pid !== undefined) child.started?.(spawned.pid);
  for (const [at, content] of descriptors.entries()) connect(spawned, at + 3, content);
  // It keeps nobody from ending.
  spawned.unref();
  for (const stream of [input, output]) (stream as unknown as { unref?: () => void }).unref?.();
  return { input, output, ended, stop: () => killGroup(spawned) };
}

function stdioOf(use: Buffer | string | (() => void) | number | undefined): number | 'ignore' | 'pipe' {
  return typeof use === 'number' ? use : use === undefined ? 'ignore' : 'pipe';
}

function endOf(child: ChildProcess): Promise<{ exitCode: number | undefined; signal: string | undefined }> {
  return new Promise((resolve, reject) => {
    child.once('error', (error) => reject(new CommandNotStarted(`The command could not be started: ${messageOf(error)}`)));
    child.once('exit', (code, signal) => resolve({ exitCode: code ?? undefined, signal: signal ?? undefined }));
  });
}

/** Tells what comes, as text, up to the limit of the output. */
function teller({ onOutput, outputBytes = defaultCommandOutputBytes }: CommandRun): (part: Buffer) => void {
  if (onOutput === undefined) return () => undefined;
  const decoder = new TextDecoder();
  let left = outputBytes;
  return (part) => {
    if (left <= 0) return;
    const text = decoder.decode(part.subarray(0, left), { stream: true });
    left -= part.length;
    if (text !== '') onOutput(text);
  };
}

function collect(stream: Readable | null, bounded: BoundedOutput, tell: (part: Buffer) => void): Promise<void> {
  if (stream === null) return Promise.resolve();
  return new Promise((resolve) => {
    stream.on('data', (part: Buffer) => {
      bounded.add(part);
      tell(part);
    });
    for (const event of ['end', 'error', 'close']) stream.once(event, () => resolve());
  });
}

function connect(child: ChildProcess, descriptor: number, use: Buffer | string | (() => void) | number | undefined): void {
  if (use === undefined || typeof use === 'number') return;
  const stream = child.stdio[descriptor] as (Readable & Writable) | null | undefined;
  stream?.on('error', () => undefined);
  if (typeof use === 'function') stream?.once('data', use);
  else stream?.end(use);
}

function killGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // The group is gone.
  }
}

/** Ends processes that left the group, say by `setsid`: they have the mark of the command in their environment. Only Linux shows it. */
function killMarked(id: string): void {
  if (process.platform !== 'linux') return;
  const sought = `${mark}=${id}`;
  for (let round = 0; round < 20; round++) {
    let found = false;
    for (const name of readdirSync('/proc')) {
      if (!/^\d+$/.test(name)) continue;
      try {
        if (!readFileSync(`/proc/${name}/environ`, 'latin1').includes(sought) || isDead(name)) continue;
        process.kill(Number(name), 'SIGKILL');
        found = true;
      } catch {
        // It ended meanwhile, or it belongs to another user.
      }
    }
    if (!found) return;
  }
}

/** A process that was killed and that its parent has not waited for yet. */
function isDead(pid: string): boolean {
  return /\) [ZX]/.test(readFileSync(`/proc/${pid}/stat`, 'latin1'));
}
