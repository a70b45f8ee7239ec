import { mkdir, readdir, realpath, symlink, writeFile } from 'node:fs/promises';
import { dirname, join, posix } from 'node:path';
import { hasPrivateKey } from '../../../src/files.ts';
import { GitFailed, type OpenGit } from '../../../src/shell.ts';
import type { ChangedFiles } from './contract.ts';
import type { TreeEntry } from './place-fault.ts';
import { ProjectRefused } from './project-refused.ts';
import { isShown } from './project-tree.ts';
import { readBlobs } from './repository.ts';

/** Bytes that are asked of git at once, and that a folder may hold. */
const batchBytes = 32 * 1024 * 1024;
const mostBytes = 2 * 1024 * 1024 * 1024;

/** A folder that files are put into: empty, and nobody else's. @throws ProjectRefused */
export async function emptyFolder(folder: string): Promise<string> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const real = await realpath(folder);
  if ((await readdir(real)).length > 0) throw new ProjectRefused(`${folder} is not empty. Give a new folder.`);
  return real;
}

/** Writes one file of a copy. The folder was empty, so that all folders on the way are our own. */
export async function putFile(folder: string, path: string, content: Uint8Array, executable: boolean): Promise<void> {
  const target = join(folder, path);
  await mkdir(dirname(target), { recursive: true });
  await writeFile(target, content, { flag: 'wx', mode: executable ? 0o755 : 0o644 });
}

/** Writes the files of a tree, and the changes over them, into an empty folder. */
export async function materialiseTree(
  opened: OpenGit,
  entries: ReadonlyMap<string, TreeEntry>,
  changes: ChangedFiles,
  folder: string,
): Promise<void> {
  const root = await emptyFolder(folder);
  for (const [path, change] of Object.entries(changes))
    if (change !== null) await putFile(root, path, change.content, (change.mode & 0o100) !== 0);
  const rest = [...entries].filter(([path]) => !Object.hasOwn(changes, path) && isShown(path));
  const files = rest.filter(([, { mode }]) => mode.startsWith('100'));
  for await (const contents of inBatches(
    opened,
    files.map(([, { hash }]) => hash),
  ))
    for (const [path, { mode, hash }] of files) {
      const content = contents.get(hash);
      if (content !== undefined && !hasPrivateKey(content)) await putFile(root, path, content, mode === '100755');
    }
  for (const [path, { mode }] of rest) if (mode === '160000') await mkdir(join(root, path), { recursive: true });
  const links = rest.filter(([, { mode }]) => mode === '120000');
  const targets = await readBlobs(
    opened,
    links.map(([, { hash }]) => hash),
  );
  for (const [path, { hash }] of links) {
    const target = Buffer.from(targets.get(hash) ?? []).toString('utf8');
    if (!staysInside(path, target)) continue;
    await mkdir(dirname(join(root, path)), { recursive: true });
    await symlink(target, join(root, path)).catch((error: NodeJS.ErrnoException) => {
      // A changed file lies where the link was.
      if (error.code !== 'EEXIST') throw error;
    });
  }
}

/**
 * Whether a link, made in a folder of our own, leads to a place in it, through whatever other links of this kind. ".." counts only at the beginning: behind a
 * name it is above what the name leads to, which may be anywhere.
 */
export function staysInside(path: string, target: string): boolean {
  if (target === '' || target.includes('\0') || posix.isAbsolute(target)) return false;
  const names = target.split('/').filter((name) => name !== '' && name !== '.');
  const up = names.findIndex((name) => name !== '..');
  const ups = up < 0 ? names.length : up;
  if (names.slice(ups).includes('..') || ups > path.split('/').length - 1) return false;
  const leads = posix.join(posix.dirname(path), target);
  return leads === '.' || isShown(leads.replace(/\/$/, ''));
}

async function* inBatches(opened: OpenGit, hashes: readonly string[]): AsyncGenerator<Map<string, Uint8Array>> {
  const wanted = [...new Set(hashes)];
  if (wanted.length === 0) return;
  const sizes = (await opened.text(['cat-file', '--batch-check=%(objectsize)'], { input: `${wanted.join('\n')}\n` }))
    .split('\n')
    .map(Number);
  const all = sizes.slice(0, wanted.length).reduce((sum, size) => sum + size, 0);
  if (!(all <= mostBytes)) throw new GitFailed(`The files have ${all} bytes in all; up to ${mostBytes} are copied.`);
  let batch: string[] = [];
  let bytes = 0;
  for (const [position, hash] of wanted.entries()) {
    const size = sizes[position] ?? 0;
    if (batch.length > 0 && bytes + size > batchBytes) {
      yield readBlobs(opened, batch);
      [batch, bytes] = [[], 0];
    }
    batch.push(hash);
    bytes += size;
  }
  yield readBlobs(opened, batch);
}
