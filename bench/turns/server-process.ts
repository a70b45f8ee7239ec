/** A process that is measured: started, asked for its CPU time and memory from /proc, and ended. */
import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

/** Clock ticks of /proc per second; fixed in the kernel's interface to programs. */
const ticksPerSecond = 100;

export interface Start {
  program: string;
  args: readonly string[];
  folder: string;
  environment?: Readonly<Record<string, string>>;
}

export class ServerProcess {
  readonly child: ChildProcess;
  #said = '';

  constructor({ program, args, folder, environment = {} }: Start) {
    this.child = spawn(program, args, { cwd: folder, env: { ...inherited(), ...environment }, stdio: ['ignore', 'pipe', 'pipe'] });
    const keep = (part: Buffer) => {
      this.#said = `${this.#said}${part.toString()}`.slice(-20_000);
    };
    this.child.stdout?.on('data', keep);
    this.child.stderr?.on('data', keep);
  }

  get pid(): number {
    return this.child.pid ?? -1;
  }

  /** The last of what the process wrote. */
  get said(): string {
    return this.#said;
  }

  get running(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  /** Asks until `look` finds what it waits for. @throws Error with what the process said, when it ends or takes too long. */
  async until<T>(look: () => Promise<T | undefined> | T | undefined, milliseconds = 60_000): Promise<T> {
    const end = performance.now() + milliseconds;
    for (;;) {
      const found = await look();
      if (found !== undefined) return found;
      if (!this.running) throw new Error(`${this.child.spawnargs.join(' ')} ended (${this.child.exitCode}):\n${this.#said}`);
      if (performance.now() > end) throw new Error(`${this.child.spawnargs.join(' ')} is not ready:\n${this.#said}`);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }

  /** The first line that the process prints and that begins so; whatever it warns about before is passed over. */
  async line(start: string): Promise<string> {
    return this.until(() =>
      this.#said
        .split('\n')
        .slice(0, -1)
        .find((line) => line.startsWith(start)),
    );
  }

  async end(signal: NodeJS.Signals): Promise<void> {
    if (!this.running) return;
    const ended = new Promise((resolve) => this.child.once('exit', resolve));
    this.child.kill(signal);
    const timer = setTimeout(() => this.child.kill('SIGKILL'), 30_000);
    await ended;
    clearTimeout(timer);
  }
}

/** CPU seconds that a process, its threads and all of its children have used, those that ended included. */
export function cpuSeconds(pid: number): number {
  let ticks = 0;
  for (const each of family(pid)) {
    const fields = statOf(each);
    // utime, stime, and those of children that were waited for.
    for (const field of [11, 12, 13, 14]) ticks += Number(fields[field] ?? 0);
  }
  return ticks / ticksPerSecond;
}

/** Resident memory in MB, now and at most so far. */
export function memoryOf(pid: number): { resident: number; peak: number } {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const megabytes = (key: string) => Number(new RegExp(`^${key}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? Number.NaN) / 1024;
  return { resident: megabytes('VmRSS'), peak: megabytes('VmHWM') };
}

/** The environment without what would change the servers: settings of this project, a database, Node's own options. */
function inherited(): Record<string, string> {
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^(TIMONEL_|DATABASE_URL|REDIS_URL|NODE_OPTIONS|NODE_ENV)/.test(name),
  );
  return Object.fromEntries(kept.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
}

/** Fields of /proc/PID/stat from the state on: the name before it may hold spaces. */
function statOf(pid: number): string[] {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
  } catch {
    return [];
  }
}

function family(pid: number): number[] {
  let children: number[] = [];
  try {
    children = readdirSync(`/proc/${pid}/task`).flatMap((thread) =>
      readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number),
    );
  } catch {
    // It ended meanwhile; its parent has its time.
  }
  return [pid, ...children.flatMap(family)];
}
