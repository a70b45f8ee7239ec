import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { PathFault } from './contract.ts';
import { pathFault, plain, shownPath } from './path-fault.ts';

/** A file of a git tree. */
export interface TreeEntry {
  /** Octal, as git writes it: `100644`, `100755`, `120000` (link), `160000` (submodule). */
  mode: string;
  hash: string;
}

/** What a state of a project holds, by paths relative to the project. */
export interface TreeListing {
  entries: ReadonlyMap<string, TreeEntry>;
  /** Every file and every folder. */
  all: ReadonlySet<string>;
  /** The same, by what a file system that ignores case takes it for. */
  spellings: ReadonlyMap<string, string>;
}

export function listingOf(entries: ReadonlyMap<string, TreeEntry>): TreeListing {
  const all = new Set<string>();
  for (const path of entries.keys()) {
    all.add(path);
    for (let end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1)) {
      const folder = path.slice(0, end);
      if (all.has(folder)) break;
      all.add(folder);
    }
  }
  return { entries, all, spellings: new Map([...all].map((each) => [plain(each), each])) };
}

/** A path after the folders that it lies in, from the top on. */
export function withFolders(path: string): string[] {
  const names = path.split('/');
  return names.map((_, position) => names.slice(0, position + 1).join('/'));
}

/** Why a file cannot be written where a path says, by what a tree has there. */
export function treeFault(path: string, { entries, all, spellings }: TreeListing): PathFault {
  const shown = shownPath(path);
  for (const each of withFolders(path)) {
    const entry = entries.get(each);
    if (entry?.mode === '160000') return `${shown} lies in the submodule ${shownPath(each)}. Generate for the submodule itself.`;
    if (entry?.mode === '120000') return `${shown} goes through the link ${shownPath(each)}. Name the file that it leads to.`;
    if (entry !== undefined && each !== path)
      return `${shown} lies below ${shownPath(each)}, which is a file. Take another folder.`;
    const spelling = spellings.get(plain(each));
    if (spelling !== undefined && !all.has(each))
      return `${shown} differs from ${shownPath(spelling)} in spelling only, and many file systems take both for one. Write it as it is there.`;
  }
  if (!entries.has(path) && all.has(path)) return `${shown} is a folder. Name a file in it.`;
  return undefined;
}

/** The same by what is in the folder now: links, repositories within it, names that differ in case only. */
export async function placeFault(folder: string, path: string): Promise<PathFault> {
  const shown = shownPath(path);
  const names = path.split('/');
  let here = folder;
  for (const [position, name] of names.entries()) {
    const last = position === names.length - 1;
    const so = shownPath(names.slice(0, position + 1).join('/'));
    const next = join(here, name);
    const found = await lstat(next).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined;
      return error;
    });
    if (found instanceof Error) return `${shown}: the operating system answers ${found.code ?? found.message}. Take another path.`;
    const siblings = await readdir(here).catch((): string[] => []);
    const twin = siblings.includes(name) ? undefined : siblings.find((each) => plain(each) === plain(name));
    if (twin !== undefined)
      return `${shown} differs from ${shownPath([...names.slice(0, position), twin].join('/'))} in spelling only, and many file systems take both for one. Write it as it is there.`;
    if (found === undefined) return undefined;
    if (found.isSymbolicLink()) return `${shown} goes through the link ${so}. Name the file that it leads to.`;
    if (last) {
      if (found.isDirectory()) return `${shown} is a folder. Name a file in it.`;
      return found.isFile() ? undefined : `${shown} is no regular file, and only those are written. Take another path.`;
    }
    if (!found.isDirectory()) return `${shown} lies below ${so}, which is a file. Take another folder.`;
    if (await isRepository(next)) return `${shown} lies in ${so}, a repository of its own. Generate for that one itself.`;
    here = next;
  }
  return undefined;
}

async function isRepository(folder: string): Promise<boolean> {
  return lstat(join(folder, '.git')).then(
    () => true,
    () => false,
  );
}

/** The first fault of several paths that are to be written together. */
export async function faultOfPaths(
  folder: string,
  paths: readonly string[],
  listing: TreeListing,
): Promise<{ path: string; fault: string } | undefined> {
  const seen = new Map<string, { path: string; file: boolean }>();
  for (const path of paths) {
    const fault =
      pathFault(path, listing.entries.has(path)) ??
      treeFault(path, listing) ??
      togetherFault(path, seen) ??
      (await placeFault(folder, path));
    if (fault !== undefined) return { path, fault };
  }
  return undefined;
}

/** Files that are written together do not lie in one another, and are not one on a file system that ignores case. */
function togetherFault(path: string, seen: Map<string, { path: string; file: boolean }>): PathFault {
  const folders = withFolders(path);
  for (const each of folders) {
    const other = seen.get(plain(each));
    if (other !== undefined && (each === path || other.file || other.path !== each))
      return `${shownPath(path)} and ${shownPath(other.path)} cannot both be written: on many file systems they are one, or one lies in the other. Take another name.`;
  }
  for (const each of folders) seen.set(plain(each), { path: each, file: each === path });
  return undefined;
}
