import { readdir } from 'node:fs/promises';
import { posix } from 'node:path';
import { stateOfAll } from './applied-state.ts';
import { applyFiles, removeLeftOver, temporaryPrefix } from './apply.ts';
import { type FileState, PathRefused, type PlannedFile, type ProjectFile, type ProjectFiles } from './contract.ts';
import { decodeText, textForm } from './encoding.ts';
import { leftOfPlan } from './left-of-plan.ts';
import { planChanges } from './plan.ts';
import { type FoundFile, readPlace, unreadable } from './read-file.ts';
import { secretInodes } from './secret-inodes.ts';
import { isGitName, isSecretPath } from './secret-paths.ts';
import { createWalker, refused, type WalkedPlace } from './walk.ts';

export interface ProjectFilesOptions {
  /** Bytes of the largest file that is read; 64 MiB by default. */
  largestBytes?: number;
}

/** Opens the files of a folder. @throws where there is no such folder */
export async function openProjectFiles(
  folder: string,
  { largestBytes = 67_108_864 }: ProjectFilesOptions = {},
): Promise<ProjectFiles> {
  const walker = await createWalker(folder);
  const isSecretInode = secretInodes(walker.root);
  const readAt = (place: WalkedPlace): Promise<FoundFile | undefined> => readPlace(place, largestBytes, isSecretInode);
  // A new file gets what the process gives to every new file.
  const newMode = 0o666 & ~process.umask();

  const existing = async (path: string): Promise<{ place: { path: string; resolved: string }; found: FoundFile }> => {
    await using place = await walker.walk(path);
    const found = await readAt(place);
    if (found === undefined)
      throw refused(place.path, 'missing', `${place.path} does not exist. List its folder to see the names that do.`);
    return { place: { path: place.path, resolved: place.resolved }, found };
  };
  const current = async (path: string): Promise<{ resolved: string; state: FileState | undefined }> => {
    await using place = await walker.walk(path);
    const found = await readAt(place);
    return { resolved: place.resolved, state: found === undefined ? undefined : stateOf(found) };
  };
  /** Brings every file to where `file.after` is, from there or from `file.before`. */
  const settle = async (plan: readonly PlannedFile[]): Promise<void> => {
    const left = await leftOfPlan(plan, async ({ path, before, after }) => {
      await using place = await walker.walk(path);
      await removeLeftOver(place);
      const found = await readAt(place);
      if (isState(found, after)) return 'after';
      return isState(found, before) ? 'before' : 'otherwise';
    });
    if (left.length > 0) await applyFiles(left, walker, readAt);
  };

  return {
    root: walker.root,
    async read(path): Promise<ProjectFile> {
      const { place, found } = await existing(path);
      const form = textForm(found.bytes);
      return {
        path: place.path,
        hash: found.hash,
        bytes: found.bytes.length,
        mode: found.mode,
        encoding: form.encoding,
        text: form.encoding === 'binary' ? '' : decodeText(found.bytes, form),
        target: place.resolved === place.path ? undefined : place.resolved,
      };
    },
    async readBytes(path) {
      return stateOf((await existing(path)).found);
    },
    async check(path) {
      try {
        await using place = await walker.walk(path);
        if (place.kind === 'missing' || place.kind === 'folder') return { kind: place.kind };
        if (place.kind === 'file') return { kind: 'file' };
        return {
          kind: 'refused',
          refusal: 'not-a-file',
          message: `${place.path} is no regular file, and only those are read and written.`,
        };
      } catch (error) {
        if (!(error instanceof PathRefused)) throw error;
        return { kind: 'refused', refusal: error.refusal, message: error.message };
      }
    },
    async list(path) {
      await using place = await walker.walk(path);
      if (place.kind === 'missing')
        throw refused(place.path, 'missing', `${place.path} does not exist. List the folder that it would be in.`);
      if (place.kind !== 'folder')
        throw refused(place.path, 'not-a-file', `${place.path} is no folder. Read it, or list the folder that it is in.`);
      const entries = await readdir(posix.join(place.folder, place.name), { withFileTypes: true }).catch(
        (error: NodeJS.ErrnoException) => {
          throw unreadable(place.path, error);
        },
      );
      return entries
        .filter(
          ({ name }) => !isGitName(name) && !name.startsWith(temporaryPrefix) && !isSecretPath(posix.join(place.resolved, name)),
        )
        .map((entry) => ({
          name: entry.name,
          kind: entry.isSymbolicLink() ? ('link' as const) : entry.isDirectory() ? ('folder' as const) : ('file' as const),
        }))
        .sort((a, b) => (a.name < b.name ? -1 : 1));
    },
    plan: (changes) => planChanges(changes, current, newMode),
    apply: (plan) => applyFiles(plan, walker, readAt),
    async appliedState(hashes) {
      return stateOfAll(await Promise.all(hashes.map(async (each) => ({ ...each, now: await hashNow(each.path, current) }))));
    },
    resume: (plan) => settle(plan),
    rollBack: (plan) => settle(reversePlan(plan)),
  };
}

/** What takes an application back: every file from after to before. */
export function reversePlan(files: readonly PlannedFile[]): PlannedFile[] {
  return files.map((file) => ({ ...file, before: file.after, after: file.before })).reverse();
}

function stateOf({ hash, bytes, mode }: FoundFile): FileState {
  return { hash, bytes, mode };
}

function isState(found: FoundFile | undefined, state: FileState | undefined): boolean {
  return found?.hash === state?.hash && found?.mode === state?.mode;
}

async function hashNow(
  path: string,
  current: (path: string) => Promise<{ state: FileState | undefined }>,
): Promise<string | undefined | 'refused'> {
  try {
    return (await current(path)).state?.hash;
  } catch (error) {
    if (error instanceof PathRefused) return 'refused';
    throw error;
  }
}
