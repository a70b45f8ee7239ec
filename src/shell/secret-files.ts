import { lstatSync, readdirSync, realpathSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { isSecretPath } from '../files/secret-paths.ts';
import type { SecretTest } from './contract.ts';

/** Folders whose files are another's: dependencies, and git's own. */
const foreignFolders = new Set(['node_modules', '.git', '.hg', '.svn', '.venv', '.timonel']);

/** Files and folders with secrets in a project. */
export interface SecretFiles {
  /** With the links that lead to one, or out of the project. Relative to the project's folder, with `/`. A folder stands for all that is in it. */
  files: string[];
  folders: string[];
  /** All of the project was seen. */
  complete: boolean;
}

/** Lists the files with secrets of a project, outside of dependencies and `.git`. @param most entries that are looked at */
export async function findSecrets(root: string, isSecret: SecretTest = isSecretPath, most = 200_000): Promise<SecretFiles> {
  const found: SecretFiles = { files: [], folders: [], complete: true };
  let left = most;
  const pending = [''];
  const others: string[] = [];
  for (let folder = pending.pop(); folder !== undefined; folder = pending.pop()) {
    const entries = await readdir(join(root, folder), { withFileTypes: true }).catch(() => []);
    left -= entries.length;
    if (left < 0) return { ...found, complete: false };
    for (const entry of entries) sort(root, entry, folder, isSecret, found, pending, others);
  }
  return withOtherNames(root, found, others);
}

/** The same for one folder and at once, for a judgement. */
export function findSecretsNow(root: string, start: string, isSecret: SecretTest, most = 2_000): SecretFiles {
  const found: SecretFiles = { files: [], folders: [], complete: true };
  let left = most;
  const pending = [start];
  const others: string[] = [];
  for (let folder = pending.pop(); folder !== undefined; folder = pending.pop()) {
    let entries: Entry[] = [];
    try {
      entries = readdirSync(join(root, folder), { withFileTypes: true });
    } catch {
      // It is not there, or a file.
    }
    left -= entries.length;
    if (left < 0) return { ...found, complete: false };
    for (const entry of entries) sort(root, entry, folder, isSecret, found, pending, others);
  }
  return withOtherNames(root, found, others);
}

/** A hard link is the same file under another name. Where no file with secrets has two names, nothing else is looked at. */
function withOtherNames(root: string, found: SecretFiles, others: readonly string[]): SecretFiles {
  const inodeOf = (path: string, least: number) => {
    const state = lstatSync(join(root, path), { throwIfNoEntry: false });
    return state?.isFile() === true && state.nlink >= least ? `${state.dev} ${state.ino}` : undefined;
  };
  const secrets = new Set(found.files.flatMap((path) => inodeOf(path, 2) ?? []));
  if (secrets.size === 0) return found;
  const same = others.filter((path) => secrets.has(inodeOf(path, 2) ?? ''));
  return { ...found, files: [...found.files, ...same] };
}

interface Entry {
  name: string;
  isDirectory(): boolean;
  isSymbolicLink(): boolean;
}

function sort(
  root: string,
  entry: Entry,
  folder: string,
  isSecret: SecretTest,
  found: SecretFiles,
  pending: string[],
  others: string[],
): void {
  const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
  if (entry.isDirectory()) {
    if (isSecret(path)) found.folders.push(path);
    else if (!foreignFolders.has(entry.name)) pending.push(path);
  } else if (isSecret(path) || (entry.isSymbolicLink() && leadsToSecret(root, path, isSecret))) found.files.push(path);
  else others.push(path);
}

function leadsToSecret(root: string, path: string, isSecret: SecretTest): boolean {
  try {
    const target = relative(realpathSync(root), realpathSync(join(root, path)));
    return target === '..' || target.startsWith(`..${sep}`) || isSecret(target.replaceAll(sep, '/'));
  } catch {
    // It leads nowhere.
    return false;
  }
}
