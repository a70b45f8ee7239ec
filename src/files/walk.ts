import { constants } from 'node:fs';
import { type FileHandle, lstat, open, readlink, realpath } from 'node:fs/promises';
import { isAbsolute, join, posix, sep } from 'node:path';
import { PathRefused } from './contract.ts';
import { isGitName, isSecretPath } from './secret-paths.ts';

/**
 * Where a path leads, held by the folder that it lies in: names are looked up in the open folder, so that a folder that is swapped for a link meanwhile
 * leads nowhere else.
 */
export interface WalkedPlace extends AsyncDisposable {
  /** As it was asked for, relative to the root, with `/`. */
  path: string;
  /** What it resolves to inside the root; the same as `path` where no link is on its way. */
  resolved: string;
  /** `missing`: it, or folders before it, do not exist. */
  kind: 'file' | 'folder' | 'missing' | 'other';
  /** Address of the last folder that exists, for file functions of Node; valid until the place is disposed of. */
  folder: string;
  /** Folders that are missing between `folder` and the name. */
  missingFolders: readonly string[];
  /** Name in the folder; empty for the root itself. */
  name: string;
}

/** Links on one way; more are a loop. */
const mostLinks = 40;
/** How often a way that changes under the walker is begun again. */
const mostRestarts = 100;

const directoryFlags = constants.O_RDONLY | (constants.O_DIRECTORY ?? 0) | (constants.O_NOFOLLOW ?? 0);
export const readFlags = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0) | (constants.O_NOCTTY ?? 0);

/** Walks inside one folder. */
export interface Walker {
  /** Absolute, without links. */
  root: string;
  /** @throws PathRefused for paths that lead out, to secrets, or into git's folder */
  walk(path: string): Promise<WalkedPlace>;
}

export async function createWalker(folder: string): Promise<Walker> {
  const root = await realpath(folder);
  // On Linux a folder that is open has an address that no renaming changes. Elsewhere the address is the path itself: links are refused when they are
  // seen, but a folder that is swapped for a link between two calls is not noticed.
  const anchored =
    process.platform === 'linux' &&
    (await lstat('/proc/self/fd').then(
      (found) => found.isDirectory(),
      () => false,
    ));
  const roots = [...new Set([root, posixPath(folder)])];
  return {
    root,
    async walk(path) {
      let parts = partsOf(path, roots);
      let links = 0;
      for (let restart = 0; restart < mostRestarts; restart++) {
        const step = await walkOnce(root, parts, path, anchored);
        if (step.kind === 'place') return step.place;
        if (step.kind === 'again') continue;
        links += 1;
        if (links > mostLinks) throw refused(path, 'outside', `${path} goes round in links. Use the path of the file itself.`);
        parts = linkedParts(step, roots, path);
      }
      throw refused(path, 'outside', `The folders of ${path} change while it is opened. Try it again when they are at rest.`);
    },
  };
}

/** The parts of a path that somebody gave: relative, or absolute and inside. */
function partsOf(path: string, roots: readonly string[]): string[] {
  if (path.includes('\0')) throw refused(path.replaceAll('\0', '\\0'), 'outside', 'A path has no NUL character.');
  const inside = isAbsolute(path) ? insideOf(posixPath(path), roots) : posixPath(path);
  if (inside === undefined)
    throw refused(path, 'outside', `${path} is outside of the project. Give a path relative to ${roots[0]}.`);
  const parts = inside.split('/').filter((part) => part !== '' && part !== '.');
  if (parts.includes('..'))
    throw refused(path, 'outside', `${path} goes up with "..". Write the path from the project's folder on.`);
  return parts;
}

function insideOf(path: string, roots: readonly string[]): string | undefined {
  for (const root of roots) {
    if (path === root) return '';
    const prefix = root.endsWith('/') ? root : `${root}/`;
    if (path.startsWith(prefix)) return path.slice(prefix.length);
  }
  return undefined;
}

function posixPath(path: string): string {
  return sep === '/' ? path : path.replaceAll(sep, '/');
}

/** Where a link leads, as parts from the root on; folders before it have been walked, so that ".." is what it says. */
function linkedParts({ before, target, after }: FoundLink, roots: readonly string[], path: string): string[] {
  const out = () => refused(path, 'outside', `${path} goes through ${before.join('/')}, a link that leads out of the project.`);
  const inside = isAbsolute(target)
    ? insideOf(posix.normalize(posixPath(target)), roots)
    : posix.join(...before.slice(0, -1), posixPath(target));
  if (inside === undefined) throw out();
  const parts = inside.split('/').filter((part) => part !== '' && part !== '.');
  if (parts[0] === '..') throw out();
  return [...parts, ...after];
}

interface FoundLink {
  kind: 'link';
  /** Up to the link, which is the last. */
  before: string[];
  target: string;
  after: string[];
}

async function walkOnce(
  root: string,
  parts: readonly string[],
  path: string,
  anchored: boolean,
): Promise<{ kind: 'place'; place: WalkedPlace } | { kind: 'again' } | FoundLink> {
  guard(path, parts);
  let handle: FileHandle | undefined = anchored ? await open(root, directoryFlags) : undefined;
  let folder = handle === undefined ? root : address(handle);
  const asked = partsOf(path, [root]).join('/');
  const place = (
    kind: WalkedPlace['kind'],
    name: string,
    missingFolders: readonly string[] = [],
  ): { kind: 'place'; place: WalkedPlace } => {
    const held = handle;
    handle = undefined;
    return {
      kind: 'place',
      place: {
        path: asked,
        resolved: parts.join('/'),
        kind,
        folder,
        missingFolders,
        name,
        [Symbol.asyncDispose]: async () => held?.close(),
      },
    };
  };
  try {
    if (parts.length === 0) return place('folder', '');
    for (const [position, name] of parts.entries()) {
      const here = join(folder, name);
      const last = position === parts.length - 1;
      const found = await lstat(here).catch(missing).catch(refusedBy(path));
      if (found === undefined) return place('missing', parts.at(-1) ?? name, parts.slice(position, -1));
      if (found.isSymbolicLink()) {
        const target = await readlink(here).catch(missing);
        if (target === undefined) return { kind: 'again' };
        return { kind: 'link', before: parts.slice(0, position + 1), target, after: parts.slice(position + 1) };
      }
      if (last) return place(found.isFile() ? 'file' : found.isDirectory() ? 'folder' : 'other', name);
      if (!found.isDirectory())
        throw refused(
          path,
          'not-a-file',
          `${parts.slice(0, position + 1).join('/')} is no folder, so that ${path} cannot be in it.`,
        );
      if (!anchored) {
        folder = here;
        continue;
      }
      const next: FileHandle | undefined = await open(here, directoryFlags).catch(missing).catch(refusedBy(path));
      if (next === undefined) return { kind: 'again' };
      await handle?.close();
      handle = next;
      folder = address(next);
    }
    return { kind: 'again' };
  } finally {
    await handle?.close();
  }
}

const address = (handle: FileHandle) => `/proc/self/fd/${handle.fd}`;

/** What is not there, or not as it was a moment ago; everything else is thrown. */
function missing(error: NodeJS.ErrnoException): undefined {
  if (['ENOENT', 'ELOOP', 'ENOTDIR', 'EINVAL', 'EMLINK'].includes(error.code ?? '')) return undefined;
  throw error;
}

/** Anything else that the operating system has against a path, such as a name that is too long. */
function refusedBy(path: string) {
  return (error: NodeJS.ErrnoException): never => {
    if (error.code === undefined) throw error;
    const short = path.length > 200 ? `${path.slice(0, 200)}…` : path;
    throw refused(path, 'unreadable', `${short}: the operating system answers ${error.code}. Take another path, or ask its owner.`);
  };
}

/** No way goes through git's folder or ends in a secret, by whatever link it is reached. */
function guard(path: string, parts: readonly string[]): void {
  if (parts.some(isGitName))
    throw refused(path, 'git-directory', `${path} belongs to git, whose files are not read or written directly. Use git commands.`);
  if (isSecretPath(parts.join('/')))
    throw refused(
      path,
      'secret',
      `${path} is a file for secrets, which is not read or written. Ask the user for what is needed of it.`,
    );
}

export function refused(path: string, refusal: PathRefused['refusal'], message: string): PathRefused {
  return new PathRefused(path, refusal, message);
}
