import type { Stats } from 'node:fs';
import { lstat, readdir } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join, posix } from 'node:path';
import type { IsSecretInode } from './read-file.ts';
import { isGitName, isSecretPath } from './secret-paths.ts';

/** Packages are linked out of a store by package managers, and are many; they are looked through neither for secrets nor for each of their files. */
const packageFolders = new Set(['node_modules', '.pnpm-store', '.venv', 'site-packages']);

/** Files of a person's own folder that a link with another name could lead to. */
const homeSecrets = [
  '.netrc',
  '.npmrc',
  '.pypirc',
  '.pgpass',
  '.git-credentials',
  '.vault-token',
  '.ssh',
  '.aws',
  '.kube',
  '.gnupg',
];

/**
 * Tells whether a file with several names has one that is secret, in the project or in the user's own folder. Asked of files with more than one name only, and looks anew each time: a
 * name that was made a moment ago counts.
 */
export function secretInodes(root: string): IsSecretInode {
  return async (stats) => (await holds(root, '', stats)) || (await holdsAtHome(stats));
}

async function holds(folder: string, path: string, wanted: Stats): Promise<boolean> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  for (const entry of entries) {
    const inner = posix.join(path, entry.name);
    const secret = isSecretPath(inner);
    if (entry.isDirectory()) {
      if (isGitName(entry.name) || packageFolders.has(entry.name)) continue;
      if (await holds(join(folder, entry.name), inner, wanted)) return true;
    } else if (secret && entry.isFile() && (await isSame(join(folder, entry.name), wanted))) return true;
  }
  return false;
}

async function holdsAtHome(wanted: Stats): Promise<boolean> {
  for (const name of homeSecrets) {
    const path = join(homedir(), name);
    if (await isSame(path, wanted)) return true;
    for (const entry of await readdir(path, { withFileTypes: true }).catch(() => []))
      if (entry.isFile() && (await isSame(join(path, entry.name), wanted))) return true;
  }
  return false;
}

async function isSame(path: string, { dev, ino }: Stats): Promise<boolean> {
  const found = await lstat(path).catch(() => undefined);
  return found !== undefined && found.dev === dev && found.ino === ino;
}
