import { lstat, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import ignore, { type Ignore } from 'ignore';
import { isSecretPath } from '../files/secret-paths.ts';
import type { SecretTest } from './contract.ts';

/** What a folder held at one moment: enough to tell afterwards which files a command changed. */
export interface FolderWatch {
  root: string;
  /** Path relative to the root → what tells its state. */
  states: ReadonlyMap<string, FileMark>;
  /** Contents of files as they were, of those that were kept. Files with secrets are never. */
  images: ReadonlyMap<string, Buffer>;
  /** Folders that were not looked into: dependencies, `.git`, and what the project's ignore rules leave out. */
  skipped: readonly string[];
  /** All else was seen. */
  complete: boolean;
}

export interface FileMark {
  kind: 'file' | 'link' | 'other';
  bytes: number;
  modifiedNs: bigint;
  inode: bigint;
  mode: number;
}

export interface WatchOptions {
  /** Files that are looked at, at most; 50,000 by default. */
  mostFiles?: number;
  /** Bytes of contents that are kept, at most, all files together; 16 MiB by default. */
  imageBytes?: number;
  /** A larger file is not kept; 1 MiB by default. */
  largestImage?: number;
  /** Which files a command is likely to write, and are kept first; none is kept without it. */
  likely?: (path: string) => boolean;
  isSecret?: SecretTest;
}

/** What became of the files of a folder. */
export interface FolderChange {
  path: string;
  change: 'created' | 'changed' | 'deleted';
  /** Content before the change, where it was kept; undefined also for a file that was not there. */
  before: Buffer | undefined;
  /** It can be put back as it was: it is a new file, or its content was kept. */
  undoable: boolean;
}

export interface FolderChanges {
  changes: readonly FolderChange[];
  /** Folders in which changes are not seen. */
  skipped: readonly string[];
  /** False where there were more files than are looked at: then more may have changed. */
  complete: boolean;
}

const foreignFolders = new Set(['node_modules', '.git', '.hg', '.svn', '.venv']);

/** Notes size, time of change, inode and mode of every file, and keeps the contents of some. Links are not followed. */
export async function watchFolder(root: string, options: WatchOptions = {}): Promise<FolderWatch> {
  const {
    mostFiles = 50_000,
    imageBytes = 16 * 1024 * 1024,
    largestImage = 1024 * 1024,
    likely,
    isSecret = isSecretPath,
  } = options;
  const states = new Map<string, FileMark>();
  const images = new Map<string, Buffer>();
  const skipped: string[] = [];
  let complete = true;
  let left = imageBytes;
  const pending: { folder: string; rules: readonly Rules[] }[] = [{ folder: '', rules: [] }];
  for (let next = pending.pop(); next !== undefined && complete; next = pending.pop()) {
    const { folder } = next;
    const rules = [...next.rules, ...(await rulesOf(root, folder))];
    for (const entry of await readdir(join(root, folder), { withFileTypes: true }).catch(() => [])) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory()) {
        if (foreignFolders.has(entry.name) || isIgnored(path, rules)) skipped.push(path);
        else pending.push({ folder: path, rules });
        continue;
      }
      if (states.size >= mostFiles) {
        complete = false;
        break;
      }
      const mark = await markOf(join(root, path));
      if (mark === undefined) continue;
      states.set(path, mark);
      if (likely?.(path) !== true || mark.kind !== 'file' || isSecret(path) || mark.bytes > Math.min(left, largestImage)) continue;
      const image = await readFile(join(root, path)).catch(() => undefined);
      if (image === undefined) continue;
      images.set(path, image);
      left -= image.length;
    }
  }
  return { root, states, images, skipped: skipped.sort(), complete };
}

/** Which files are not as they were. A file that is written with the same content counts as changed. */
export function changedBy(before: FolderWatch, after: FolderWatch): FolderChanges {
  const changes: FolderChange[] = [];
  for (const path of new Set([...before.states.keys(), ...after.states.keys()])) {
    const [was, is] = [before.states.get(path), after.states.get(path)];
    if (was !== undefined && is !== undefined && isSame(was, is)) continue;
    const image = before.images.get(path);
    const change = was === undefined ? 'created' : is === undefined ? 'deleted' : 'changed';
    changes.push({ path, change, before: image, undoable: was === undefined ? before.complete : image !== undefined });
  }
  return {
    changes: changes.sort((one, other) => (one.path < other.path ? -1 : 1)),
    skipped: [...new Set([...before.skipped, ...after.skipped])].sort(),
    complete: before.complete && after.complete,
  };
}

function isSame(was: FileMark, is: FileMark): boolean {
  return (
    was.kind === is.kind &&
    was.bytes === is.bytes &&
    was.modifiedNs === is.modifiedNs &&
    was.inode === is.inode &&
    was.mode === is.mode
  );
}

async function markOf(path: string): Promise<FileMark | undefined> {
  try {
    const state = await lstat(path, { bigint: true });
    const kind = state.isFile() ? 'file' : state.isSymbolicLink() ? 'link' : 'other';
    return { kind, bytes: Number(state.size), modifiedNs: state.mtimeNs, inode: state.ino, mode: Number(state.mode) };
  } catch {
    // It went meanwhile.
    return undefined;
  }
}

/** Ignore rules count from the folder that they stand in. */
interface Rules {
  folder: string;
  rules: Ignore;
}

async function rulesOf(root: string, folder: string): Promise<Rules[]> {
  const text = await readFile(join(root, folder, '.gitignore'), 'utf8').catch(() => undefined);
  return text === undefined ? [] : [{ folder, rules: ignore().add(text) }];
}

function isIgnored(path: string, all: readonly Rules[]): boolean {
  return all.some(({ folder, rules }) => rules.ignores(`${folder === '' ? path : path.slice(folder.length + 1)}/`));
}
