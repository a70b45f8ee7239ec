/**
 * Files of a project as an editor has them open: a text that is not saved yet is what is read and edited; every other file is bytes on the disk. What may be
 * read or written is decided by the project's files first: an editor opens no path that they refuse.
 */

import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { LRUCache } from 'lru-cache';
import { stateOfAll } from './applied-state.ts';
import {
  type AppliedState,
  type ChangeRefusal,
  ChangeRefused,
  type FileState,
  PathRefused,
  type PlannedFile,
  type PlannedHashes,
  type ProjectFile,
  type ProjectFiles,
} from './contract.ts';
import { decodeText, textForm } from './encoding.ts';
import { leftOfPlan } from './left-of-plan.ts';
import { planChanges } from './plan.ts';
import { reversePlan } from './project-files.ts';
import { hashOf } from './read-file.ts';
import { hasPrivateKey, keyHeadBytes } from './secret-paths.ts';
import { writeBytes } from './whole-file.ts';

/** The texts of an editor. Both functions may throw. */
export interface EditorBuffers {
  /** The text of a file as the editor shows it, saved or not; `undefined` where it has none. @param path relative to the project, with `/`, without links */
  read(path: string): Promise<string | undefined>;
  /** Gives the editor a text for a file, which it shows, and saves if it does so. Absent where it takes none. */
  write?(path: string, text: string): Promise<void>;
}

/** A file as it is for those who work beside the editor. */
interface Current {
  resolved: string;
  state: FileState | undefined;
  /** The editor has a text for it. */
  shown: boolean;
  /** The editor's own text, where it is not what is on the disk. */
  unsaved: string | undefined;
}

/** For how long after a file changed on the disk an editor that shows what was there before may not have seen it yet. */
const catchUpMs = 3_000;
/** Files of which it is known what they were when the editor showed them as they are. */
const mostKnown = 2_000;

/**
 * Lays the texts of an editor over files. A text that says what is on the disk leaves the file as it is there, whatever the editor makes of its line ends and
 * its encoding. A text that differs takes the place of the file, in its encoding and with its line ends. Changes of texts that differ, and of open files in plain
 * UTF-8, are given to the editor; other files are written by their bytes, which an editor may not keep.
 */
export function withEditorBuffers(files: ProjectFiles, buffers: EditorBuffers): ProjectFiles {
  const newMode = 0o666 & ~process.umask();
  const shownClean = new LRUCache<string, string>({ max: mostKnown });

  const current = async (path: string): Promise<Current & { disk: ProjectFile | undefined }> => {
    for (;;) {
      const disk = await onDisk(files, path);
      const resolved = disk?.file.target ?? disk?.file.path ?? plain(path);
      const text = disk?.file.encoding === 'binary' ? undefined : await buffers.read(resolved);
      if (text === undefined) return { resolved, state: disk?.state, shown: false, unsaved: undefined, disk: disk?.file };
      const bytes = bytesOf(resolved, disk?.state.bytes, text);
      const hash = hashOf(bytes);
      if (hash === disk?.state.hash) {
        shownClean.set(resolved, hash);
        return { resolved, state: disk.state, shown: true, unsaved: undefined, disk: disk.file };
      }
      // What was saved before a command or an edit changed the file is not unsaved: the editor has not looked yet.
      if (hash === shownClean.get(resolved) && (await ageOf(files.root, resolved)) < catchUpMs) {
        await sleep(100);
        continue;
      }
      if (hasPrivateKey(bytes.subarray(0, keyHeadBytes)))
        throw new PathRefused(resolved, 'secret', `${resolved} has the content of a file for secrets; it is not read or written.`);
      return { resolved, state: { hash, bytes, mode: disk?.state.mode ?? newMode }, shown: true, unsaved: text, disk: disk?.file };
    }
  };

  /** What goes to the editor, with what it shows now, and what goes to the disk. */
  const split = async (plan: readonly PlannedFile[]) => {
    const open: Open[] = [];
    const disk: PlannedFile[] = [];
    const refusals: ChangeRefusal[] = [];
    for (const file of plan) {
      const { unsaved, shown, state } = await current(file.path);
      const refuse = (why: string) => refusals.push({ path: file.path, reason: 'stale', message: `${file.path} ${why}` });
      if (unsaved === undefined) {
        if (shown && buffers.write !== undefined && isPlain(file)) open.push({ file, unsaved });
        else disk.push(file);
      } else if (buffers.write === undefined)
        refuse('has changes in the editor that are not saved, and the editor takes no text. Save it first.');
      else if (file.after === undefined)
        refuse('has changes in the editor that are not saved. Save them, or take them back, before it is removed.');
      else if (state?.hash !== file.before?.hash)
        refuse('changed in the editor after the change was worked out. Read it again, and plan the change anew.');
      else open.push({ file, unsaved });
    }
    if (refusals.length > 0) throw new ChangeRefused(refusals);
    return { open, disk };
  };

  const give = async ({ file, unsaved }: Open): Promise<void> => {
    const bytes = file.after?.bytes ?? Buffer.of();
    try {
      await buffers.write?.(file.path, textFor(unsaved, bytes));
    } catch (error) {
      // What the editor does not take, and what is in it no other than on the disk, is a file like any other.
      if (unsaved !== undefined) throw error;
      await files.apply([file]);
    }
  };

  const apply = async (plan: readonly PlannedFile[]): Promise<void> => {
    const { open, disk } = await split(plan);
    if (disk.length > 0) await files.apply(disk);
    const given: Open[] = [];
    try {
      for (const each of open) {
        if (each.unsaved === undefined) await sameOnDisk(files, each.file);
        given.push(each);
        await give(each);
      }
    } catch (error) {
      for (const each of given.reverse()) await takeBack(each).catch(() => undefined);
      if (disk.length > 0) await files.rollBack(disk);
      throw error;
    }
  };

  const takeBack = async ({ file, unsaved }: Open): Promise<void> => {
    const { state } = await current(file.path);
    if (state?.hash !== file.after?.hash) return;
    if (file.before === undefined) await files.rollBack([file]);
    else await buffers.write?.(file.path, unsaved ?? textFor(undefined, file.before.bytes));
  };

  const settle = async (plan: readonly PlannedFile[]): Promise<void> => {
    const left = await leftOfPlan(plan, async ({ path, before, after }) => {
      const { state } = await current(path);
      if (state?.hash === after?.hash) return 'after';
      return state?.hash === before?.hash ? 'before' : 'otherwise';
    });
    if (left.length > 0) await apply(left);
  };

  return {
    root: files.root,
    async read(path): Promise<ProjectFile> {
      const { resolved, state, unsaved, disk } = await current(path);
      if (unsaved === undefined || state === undefined) return disk ?? files.read(path);
      const form = textForm(state.bytes);
      return {
        path: disk?.path ?? resolved,
        hash: state.hash,
        bytes: state.bytes.byteLength,
        mode: state.mode,
        encoding: form.encoding,
        text: decodeText(state.bytes, form),
        target: disk?.target,
      };
    },
    async readBytes(path) {
      return (await current(path)).state ?? files.readBytes(path);
    },
    async check(path) {
      const found = await files.check(path);
      return found.kind === 'missing' && (await current(path)).unsaved !== undefined ? { kind: 'file' } : found;
    },
    list: (path) => files.list(path),
    plan: (changes) => planChanges(changes, current, newMode),
    apply,
    appliedState: async (hashes): Promise<AppliedState> =>
      stateOfAll(await Promise.all(hashes.map(async (each) => ({ ...each, now: await hashNow(each, current) })))),
    resume: settle,
    rollBack: (plan) => settle(reversePlan(plan)),
  };
}

async function onDisk(files: ProjectFiles, path: string) {
  try {
    const [file, state] = await Promise.all([files.read(path), files.readBytes(path)]);
    return { file, state };
  } catch (error) {
    if (error instanceof PathRefused && error.refusal === 'missing') return undefined;
    throw error;
  }
}

/** As the editor would save it: in the form of the file that is there. */
function bytesOf(path: string, disk: Uint8Array | undefined, text: string): Uint8Array {
  const written = writeBytes(path, disk, text);
  return written.kind === 'written' ? written.bytes : Buffer.from(text, 'utf8');
}

/** A text for the editor: with its own line ends, where it makes all of them one. */
function textFor(was: string | undefined, bytes: Uint8Array): string {
  const text = decodeText(bytes, textForm(bytes));
  return was === undefined || was.includes('\r') ? text : text.replace(/\r\n?/g, '\n');
}

/** A file that is changed on its way to the editor. */
interface Open {
  file: PlannedFile;
  /** What the editor shows, where that is not what is on the disk. */
  unsaved: string | undefined;
}

/** A file of which an editor keeps every byte: UTF-8 without a mark, lines that end in `\n`, no other mode. */
function isPlain({ before, after, encoding }: PlannedFile): boolean {
  if (after === undefined || encoding !== 'utf-8') return false;
  if (before !== undefined && (before.mode !== after.mode || textForm(before.bytes).encoding !== 'utf-8')) return false;
  return ![before, after].some((state) => state?.bytes.includes(0x0d) === true);
}

/** @throws ChangeRefused where the file is not as the plan saw it */
async function sameOnDisk(files: ProjectFiles, { path, before, after }: PlannedFile): Promise<void> {
  const hashes = { path, before: before?.hash, after: after?.hash };
  if ((await files.appliedState([hashes])) === 'did-not-happen') return;
  const message = `${path} changed after the change was worked out. Read it again, and plan the change anew.`;
  throw new ChangeRefused([{ path, reason: 'stale', message }]);
}

/** Milliseconds since a file changed on the disk. */
async function ageOf(root: string, path: string): Promise<number> {
  const stats = await lstat(join(root, path)).catch(() => undefined);
  return stats === undefined ? Number.POSITIVE_INFINITY : Date.now() - stats.mtimeMs;
}

function plain(path: string): string {
  return path
    .split('/')
    .filter((part) => part !== '' && part !== '.')
    .join('/');
}

async function hashNow(
  { path }: PlannedHashes,
  current: (path: string) => Promise<Current>,
): Promise<string | undefined | 'refused'> {
  try {
    return (await current(path)).state?.hash;
  } catch (error) {
    if (error instanceof PathRefused) return 'refused';
    throw error;
  }
}
