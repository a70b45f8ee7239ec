import { randomUUID } from 'node:crypto';
import { accessSync, constants, existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { SandboxLimits } from '../contract.ts';

/** Limits for a program and all its children together: memory, and processes. Only where this process may make control groups. */
export interface ControlGroup {
  /** Puts a process in, and so all that it starts. */
  add(pid: number): void;
  /** What was used at most, and whether something was killed for it. */
  memory(): { bytes: number | undefined; killed: boolean };
  /** Removes it, once its processes are gone. */
  remove(): Promise<void>;
}

interface Controller {
  folder: string;
  /** Files and what is written into them. */
  limits: (limits: SandboxLimits) => [file: string, value: string][];
}

const root = '/sys/fs/cgroup';
const v1: readonly Controller[] = [
  { folder: join(root, 'memory'), limits: ({ memoryBytes }) => [['memory.limit_in_bytes', `${memoryBytes}`]] },
  { folder: join(root, 'pids'), limits: ({ processes }) => [['pids.max', `${processes + ownProcesses}`]] },
];
const v2: readonly Controller[] = [
  {
    folder: root,
    limits: ({ memoryBytes, processes }) => [
      ['memory.max', `${memoryBytes}`],
      ['memory.swap.max', '0'],
      ['pids.max', `${processes + ownProcesses}`],
    ],
  },
];
/** bubblewrap itself: the outer process, and the first one in the namespace. */
const ownProcesses = 2;
/** Whether groups can be made here: found out once, by making one. */
let controllers: readonly Controller[] | undefined | 'unknown' = 'unknown';

/**
 * @returns undefined where groups cannot be made on this machine
 * @throws Error where they can, and this one could not: a program is not run without its limits
 */
export function createControlGroup(limits: SandboxLimits): ControlGroup | undefined {
  if (controllers === 'unknown') {
    controllers = writable();
    try {
      if (controllers !== undefined) for (const folder of makeFolders(controllers, limits)) rmdirSync(folder);
    } catch {
      controllers = undefined;
    }
  }
  if (controllers === undefined) return undefined;
  const folders = makeFolders(controllers, limits);
  return {
    add: (pid) => {
      for (const folder of folders) writeFileSync(join(folder, 'cgroup.procs'), `${pid}`);
    },
    memory: () => {
      const [folder = ''] = folders;
      const events = read(folder, 'memory.events') ?? read(folder, 'memory.oom_control') ?? '';
      const bytes = Number(read(folder, 'memory.peak') ?? read(folder, 'memory.max_usage_in_bytes'));
      return { bytes: Number.isFinite(bytes) ? bytes : undefined, killed: /^oom_kill [1-9]/m.test(events) };
    },
    remove: async () => {
      for (const folder of folders) await removed(folder);
    },
  };
}

function makeFolders(from: readonly Controller[], limits: SandboxLimits): string[] {
  const name = `timonel-${process.pid}-${randomUUID()}`;
  const folders: string[] = [];
  try {
    for (const controller of from) {
      const folder = join(controller.folder, name);
      mkdirSync(folder);
      folders.push(folder);
      for (const [file, value] of controller.limits(limits)) writeFileSync(join(folder, file), value);
      // Memory and swap together, where the kernel counts swap.
      const swap = join(folder, 'memory.memsw.limit_in_bytes');
      if (existsSync(swap)) writeFileSync(swap, `${limits.memoryBytes}`);
    }
    return folders;
  } catch (error) {
    for (const folder of folders) rmdirSync(folder);
    throw error;
  }
}

/** The controllers that this process may write to: of version 1, or of version 2 with both switched on for groups below. */
function writable(): readonly Controller[] | undefined {
  const may = (folder: string) => {
    try {
      accessSync(folder, constants.W_OK);
      return true;
    } catch {
      return false;
    }
  };
  if (v1.every(({ folder }) => may(folder))) return v1;
  const controlled = read(root, 'cgroup.subtree_control') ?? '';
  return may(root) && controlled.includes('memory') && controlled.includes('pids') ? v2 : undefined;
}

function read(folder: string, file: string): string | undefined {
  try {
    return readFileSync(join(folder, file), 'utf8').trim();
  } catch {
    return undefined;
  }
}

/** Ends what is left in a group. The kernel takes a moment to forget processes that were killed. */
async function removed(folder: string): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    for (const pid of read(folder, 'cgroup.procs')?.split('\n') ?? []) {
      try {
        if (pid !== '') process.kill(Number(pid), 'SIGKILL');
      } catch {
        // It is gone already.
      }
    }
    try {
      rmdirSync(folder);
      return;
    } catch (error) {
      if (attempt === 100) throw error;
      await sleep(20);
    }
  }
}
