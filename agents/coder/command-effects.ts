/** What a command changed: files are listed before and after, with the contents that are small enough to be kept. */
import { createHash } from 'node:crypto';
import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { FileState, ProjectFiles } from '../../src/files.ts';
import { mostKeptBytes } from './changes.ts';
import type { CoderProject } from './project.ts';

/** Files that are looked at; of a larger project it is said that changes of commands cannot be undone. */
export const mostFiles = 20_000;
/** Bytes of contents that are held while a command runs. */
const mostHeldBytes = 64 * 1024 * 1024;
/** Made by tools and made anew by them: what is in there is listed as one. */
const madeByTools = new Set(['node_modules', '.git', '.venv', 'venv', '__pycache__', 'target', '.gradle', '.tox', '.mypy_cache']);

interface SeenFile {
  size: number;
  changedNs: bigint;
  inode: bigint;
  mode: number;
  content: Uint8Array | undefined;
}

export interface Surroundings {
  files: ReadonlyMap<string, SeenFile>;
  /** The project has more files than are looked at. */
  cut: boolean;
}

/** A file that a command changed, with what it was where that was kept. */
export interface CommandEffect {
  path: string;
  before: FileState | undefined;
  after: FileState | undefined;
  undoable: boolean;
}

export async function lookAround(project: CoderProject, files: ProjectFiles, signal?: AbortSignal): Promise<Surroundings> {
  const seen = new Map<string, SeenFile>();
  const cut = await walk(project, seen, signal);
  let held = 0;
  // The smallest first, so that as many as possible are kept.
  for (const [path, file] of [...seen].sort(([, a], [, b]) => a.size - b.size)) {
    if (file.size > mostKeptBytes || held + file.size > mostHeldBytes) break;
    signal?.throwIfAborted();
    const state = await stateOrNothing(files, path);
    if (state === undefined) continue;
    file.content = state.bytes;
    held += state.bytes.byteLength;
  }
  return { files: seen, cut };
}

/** Files that are not as they were. A file whose size, time and inode are the same is. */
export async function changedSince(before: Surroundings, project: CoderProject, files: ProjectFiles): Promise<CommandEffect[]> {
  const now = new Map<string, SeenFile>();
  await walk(project, now);
  const paths = [...new Set([...before.files.keys(), ...now.keys()])].sort();
  const effects: CommandEffect[] = [];
  for (const path of paths) {
    const [was, is] = [before.files.get(path), now.get(path)];
    if (was !== undefined && is !== undefined && same(was, is)) continue;
    // In a project that was not listed whole, a file that was not seen before may have been there.
    if (was === undefined && before.cut) continue;
    const after = is === undefined ? undefined : await stateOrNothing(files, path);
    const old = was?.content === undefined ? undefined : { hash: hash(was.content), bytes: was.content, mode: was.mode };
    if (old !== undefined && after !== undefined && old.hash === after.hash && old.mode === after.mode) continue;
    const undoable = (was === undefined || old !== undefined) && (is === undefined || after !== undefined);
    effects.push({ path, before: old, after, undoable });
  }
  return effects;
}

const same = (a: SeenFile, b: SeenFile) =>
  a.size === b.size && a.changedNs === b.changedNs && a.inode === b.inode && a.mode === b.mode;

async function walk(project: CoderProject, seen: Map<string, SeenFile>, signal?: AbortSignal): Promise<boolean> {
  const folders = [''];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    signal?.throwIfAborted();
    const names = await readdir(join(project.folder, folder), { withFileTypes: true }).catch(() => []);
    for (const entry of names) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory()) {
        if (!madeByTools.has(entry.name)) folders.push(path);
      } else if (entry.isFile() && !project.isSecret(path)) {
        if (seen.size >= mostFiles) return true;
        const stats = await lstat(join(project.folder, path), { bigint: true }).catch(() => undefined);
        if (stats?.isFile() !== true) continue;
        const { size, mtimeNs, ino, mode } = stats;
        seen.set(path, { size: Number(size), changedNs: mtimeNs, inode: ino, mode: Number(mode & 0o7777n), content: undefined });
      }
    }
  }
  return false;
}

/** Read through the jail; what cannot be read is not kept. */
async function stateOrNothing(files: ProjectFiles, path: string): Promise<FileState | undefined> {
  return files.readBytes(path).catch(() => undefined);
}

function hash(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
