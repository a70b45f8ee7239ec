/** When a process that serves is to stop: on signals, and when the npm that started it is gone. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** Signals that ask for an end. A closed terminal asks for it too. */
const signals = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;

/** npm passes on a signal that the terminal gave to both: within this time two are one. */
const onceWithinMs = 500;

/** Between two looks at whether npm is there. */
const lookEveryMs = 500;

/** Whether npm, or a program that takes its place, started this process by a script or by npx. */
export function startedByNpm(environment: Readonly<Record<string, string | undefined>> = process.env): boolean {
  return environment['npm_lifecycle_event'] !== undefined || environment['npm_command'] === 'exec';
}

/**
 * Calls `stop` when this process is asked to end, with why; `force` when it is asked again.
 *
 * npm runs a script in a shell. It passes SIGTERM on to the shell, which ends without its child, and other signals to nobody: the server would
 * go on without a parent, with its port and its data directory. So a process that npm started ends with npm.
 */
export function onStop(stop: (why: string) => void, force: () => void): void {
  let askedAt: number | undefined;
  const ask = (why: string) => {
    const now = performance.now();
    if (askedAt === undefined) {
      askedAt = now;
      stop(why);
    } else if (now - askedAt > onceWithinMs) force();
  };
  for (const signal of signals) process.on(signal, ask);
  if (!startedByNpm()) return;
  const ancestors = untilNpm(process.ppid);
  const { ppid } = process;
  const timer = setInterval(() => {
    if (process.ppid === ppid && ancestors.every(isAlive)) return;
    clearInterval(timer);
    ask('the end of npm');
  }, lookEveryMs);
  timer.unref();
}

/** The parent, and where that is a shell its parent too: one of them is npm. */
function untilNpm(parent: number): number[] {
  const { command, parent: grandparent } = processOf(parent) ?? {};
  const isShell = command !== undefined && /(?:^|\/)-?(?:sh|dash|bash|zsh|ash|busybox|ksh)$/.test(command);
  return isShell && grandparent !== undefined && grandparent > 1 ? [parent, grandparent] : [parent];
}

function processOf(pid: number): { command: string; parent: number } | undefined {
  if (process.platform === 'win32') return undefined;
  try {
    if (process.platform === 'linux') {
      // "<pid> (<command>) <state> <parent> …", and the command may have any character.
      const [, command = '', parent] = /^\d+ \((.*)\) \S (\d+)/s.exec(readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? [];
      return { command, parent: Number(parent) };
    }
    const said = execFileSync('ps', ['-o', 'ppid=,comm=', '-p', String(pid)], { encoding: 'utf8' });
    const [, parent, command = ''] = /^\s*(\d+)\s+(.*?)\s*$/.exec(said) ?? [];
    return { command, parent: Number(parent) };
  } catch {
    return undefined;
  }
}

/** Signal 0 only asks. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it is there and belongs to somebody else.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
