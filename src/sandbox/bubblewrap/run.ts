import { type ChildProcess, type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { constants } from 'node:os';
import type { Readable, Writable } from 'node:stream';
import type { SandboxLimits } from '../contract.ts';
import { type ControlGroup, createControlGroup } from './cgroup.ts';
import { type Command, commandLine, gate, signOfLife } from './command.ts';
import { withoutInherited } from './inherited.ts';
import { seccompFilter } from './seccomp.ts';

/** An ordinary user who owns nothing: limits of processes do not bind root. */
const nobody = 65_534;

export interface NativeRun {
  argv: readonly string[];
  files: Readonly<Record<string, string | Uint8Array>>;
  input: string;
  limits: SandboxLimits;
  language: Command['language'];
  environment?: Readonly<Record<string, string>>;
  /** Standard output is bytes of up to this size, instead of the text that the limits allow. */
  outputBytes?: number;
}

export interface NativeEnd {
  /** The program was started; else the sandbox itself failed. */
  began: boolean;
  /** `undefined`: it was stopped. */
  exitCode: number | undefined;
  stopped: 'timeout' | 'output' | undefined;
  /** Something of it was killed for the memory it used. */
  outOfMemory: boolean;
  stdout: Buffer;
  stderr: Buffer;
  wallMs: number;
  memoryBytes: number | undefined;
}

/**
 * Runs a command in namespaces of its own. Files go in by pipes and are written by bubblewrap into memory, output comes back by pipes: nothing of the
 * program is ever opened or deleted from outside, and its files end with its namespace.
 * @throws Error where it could not be started; the reason of `signal`
 */
export async function runNative(run: NativeRun, signal: AbortSignal): Promise<NativeEnd> {
  signal.throwIfAborted();
  const filter = seccompFilter();
  if (filter === undefined) throw new Error(`No filter of system calls is known for ${process.arch}.`);
  const group = createControlGroup({ ...run.limits, processes: run.limits.processes + run.language.ownThreads });
  try {
    return await execute(run, filter, group, signal);
  } finally {
    await group?.remove();
  }
}

async function execute(run: NativeRun, filter: Buffer, group: ControlGroup | undefined, signal: AbortSignal): Promise<NativeEnd> {
  const { limits, files } = run;
  const first = signOfLife + 1;
  const paths = Object.keys(files);
  const [program = '', ...args] = commandLine({
    ...run,
    filter: gate + 1,
    files: new Map(paths.map((path, at) => [path, first + at])),
  });
  const child = spawn(program, args, {
    cwd: '/',
    env: {},
    stdio: [
      'pipe',
      'pipe',
      'pipe',
      'pipe',
      'pipe',
      'pipe',
      ...paths.map(() => 'pipe' as const),
      ...withoutInherited(first + paths.length),
    ],
    ...(process.getuid?.() === 0 ? { uid: nobody, gid: nobody } : {}),
  }) as ChildProcessWithoutNullStreams;
  const started = performance.now();
  let stopped: NativeEnd['stopped'];
  let began = false;
  (child.stdio as readonly (Readable | Writable | null | undefined)[])[signOfLife]?.once('data', () => {
    began = true;
  });
  const stop = (why: NativeEnd['stopped']) => {
    stopped ??= why;
    child.kill('SIGKILL');
  };
  const timer = setTimeout(() => stop('timeout'), limits.wallMs);
  const abort = () => child.kill('SIGKILL');
  signal.addEventListener('abort', abort, { once: true });
  try {
    const ended = exit(child);
    const stdout = collect(child.stdout, run.outputBytes ?? limits.outputBytes, () => stop('output'));
    const stderr = collect(child.stderr, limits.outputBytes, () => stop('output'));
    if (child.pid !== undefined) group?.add(child.pid);
    feed(child, gate + 1, filter);
    for (const [at, path] of paths.entries()) feed(child, first + at, files[path] ?? '');
    feed(child, 0, run.input);
    feed(child, gate, '\n');
    const exitCode = await ended;
    // Nothing of the namespace outlives its first process; what could, for a bug, holds up nobody.
    const closing = setTimeout(() => {
      child.stdout.destroy();
      child.stderr.destroy();
    }, 2_000);
    const wallMs = Math.round(performance.now() - started);
    signal.throwIfAborted();
    const memory = group?.memory();
    return {
      began,
      exitCode: stopped === undefined ? exitCode : undefined,
      stopped,
      outOfMemory: memory?.killed ?? false,
      stdout: await stdout,
      stderr: await stderr.finally(() => clearTimeout(closing)),
      wallMs,
      memoryBytes: memory?.bytes,
    };
  } finally {
    child.kill('SIGKILL');
    clearTimeout(timer);
    signal.removeEventListener('abort', abort);
  }
}

/** The exit code, or 128 and the number of the signal. */
function exit(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal])));
  });
}

/** A program may end before it has read everything: what is left is nobody's loss. */
function feed(child: ChildProcess, descriptor: number, content: string | Uint8Array): void {
  const stream = child.stdio[descriptor] as Writable | null | undefined;
  stream?.on('error', () => undefined);
  stream?.end(content);
}

/** Up to so many bytes; calls `full` once at the first byte more. */
function collect(stream: Readable, most: number, full: () => void): Promise<Buffer> {
  const parts: Buffer[] = [];
  let bytes = 0;
  return new Promise((resolve) => {
    const done = () => resolve(Buffer.concat(parts));
    stream.on('data', (part: Buffer) => {
      const taken = part.subarray(0, most - bytes);
      parts.push(taken);
      bytes += taken.length;
      if (taken.length < part.length) full();
    });
    stream.once('end', done);
    stream.once('error', done);
    stream.once('close', done);
  });
}
