/** Data directories that Timonel made and nobody needs: which there are, and their removal. */
import { existsSync, lstatSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { messageOf, TimonelError } from '../errors.ts';
import { directoryInUse, lockDirectory } from '../store/embedded/lock.ts';
import { temporaryMarkOf, temporaryPrefix } from '../store/temporary-home.ts';
import { codeHomeName, codeHomes } from './code-home.ts';

/** A directory with Timonel's mark. */
export interface MarkedHome {
  path: string;
  kind: 'evaluation' | 'test' | 'backup-verification' | 'code';
  bytes: number;
  /** Last change of any of its files. */
  usedAt: Date;
  /** Why it stays; absent where it may go. */
  kept: string | undefined;
}

/**
 * Temporary directories whose process is gone, and those of `timonel code` for folders that are there no longer. Others are not looked at: of a
 * directory that a person chose nobody but that person knows whether it is needed.
 * @param olderThanMs how long nothing in it must have changed
 */
export function findHomes(
  olderThanMs: number,
  { temporary = tmpdir(), code = codeHomes(), now = new Date() }: { temporary?: string; code?: string; now?: Date } = {},
): MarkedHome[] {
  const found = [
    ...foldersIn(temporary)
      .filter((path) => basename(path).startsWith(temporaryPrefix))
      .map(temporaryHome),
    ...foldersIn(code).map(homeOfCode),
  ];
  return found
    .flatMap((home) => home ?? [])
    .map((home) => ({
      ...home,
      kept: home.kept ?? (now.getTime() - home.usedAt.getTime() < olderThanMs ? 'used lately' : undefined),
    }));
}

/**
 * Removes it under its own lock, so that no process opens it meanwhile.
 * @throws TimonelError `directory_locked`
 */
export function removeHome({ path, kept }: MarkedHome): void {
  if (kept !== undefined) throw new Error(`${path} stays: ${kept}.`);
  const releases = placesOf(path)
    .filter((place) => existsSync(join(place, 'lock.db')))
    .map(lockDirectory);
  try {
    rmSync(path, { recursive: true, force: true, maxRetries: 3 });
  } finally {
    for (const release of releases) release();
  }
}

function temporaryHome(path: string): MarkedHome | undefined {
  const mark = temporaryMarkOf(path);
  if (mark === undefined) return undefined;
  const live = isAlive(mark.pid) ? `process ${mark.pid} runs, which made it` : inUse(path);
  return { path, kind: mark.kind, ...measured(path), kept: live };
}

function homeOfCode(path: string): MarkedHome | undefined {
  const root = rootOf(path);
  // Its name is a hash of the folder that it is for. A directory that somebody copied or wrote has another one.
  if (root === undefined || codeHomeName(root) !== basename(path)) return undefined;
  return { path, kind: 'code', ...measured(path), kept: needed(root) ?? inUse(path) };
}

/** A folder is gone where the one that held it is there: that of a disk that is not mounted is not. */
function needed(root: string): string | undefined {
  if (existsSync(root)) return `${root} is there`;
  return existsSync(dirname(root))
    ? undefined
    : `neither ${root} nor ${dirname(root)} is there, which may be on a disk that is not mounted`;
}

function rootOf(home: string): string | undefined {
  try {
    const { root } = JSON.parse(readFileSync(join(home, 'project.json'), 'utf8')) as { root?: unknown };
    return typeof root === 'string' ? root : undefined;
  } catch {
    return undefined;
  }
}

/** An evaluation has its store in a folder of its own. */
function placesOf(path: string): string[] {
  return [path, join(path, 'home')];
}

function inUse(path: string): string | undefined {
  return placesOf(path).some(directoryInUse) ? 'a process has it open' : undefined;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Of another user: it is there.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Folders of this user, and no links: a temporary folder is everybody's. */
function foldersIn(parent: string): string[] {
  let names: string[];
  try {
    names = readdirSync(parent);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw new TimonelError('config_invalid', `${parent} cannot be read (${messageOf(error)}).`, { cause: error });
  }
  return names
    .map((name) => join(parent, name))
    .filter((path) => {
      const status = lstatSync(path, { throwIfNoEntry: false });
      return status?.isDirectory() === true && (process.getuid === undefined || status.uid === process.getuid());
    });
}

function measured(path: string): { bytes: number; usedAt: Date } {
  let bytes = 0;
  let usedAt = 0;
  const look = (at: string) => {
    const status = lstatSync(at, { throwIfNoEntry: false });
    if (status === undefined) return;
    bytes += status.size;
    // A directory changes by a look at its lock, too.
    if (!status.isDirectory()) usedAt = Math.max(usedAt, status.mtimeMs);
    else for (const name of readdirSync(at)) look(join(at, name));
  };
  look(path);
  return { bytes, usedAt: new Date(usedAt) };
}
