import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, link, lstat, mkdir, open, readdir, rename, rmdir, unlink } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { type ChangeRefusal, ChangeRefused, type FileState, type PlannedFile } from './contract.ts';
import { type FoundFile, hashOf, unreadable } from './read-file.ts';
import type { WalkedPlace, Walker } from './walk.ts';

/** Reads what is at a place. @throws PathRefused */
export type ReadPlace = (place: WalkedPlace) => Promise<FoundFile | undefined>;

/** One file on its way. */
interface Staged {
  file: PlannedFile;
  place: WalkedPlace;
  found: FoundFile | undefined;
  /** Where the new content lies, synced, until it is renamed. */
  temporary: string | undefined;
}

const createFlags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | (constants.O_NOFOLLOW ?? 0);
/** How names of files begin that are on their way; a crash can leave one, and going on or back takes it away. */
export const temporaryPrefix = '.timonel-';

/**
 * Writes files: all, or none. First each new content is written beside its place and synced, then all are renamed; where a rename fails, those before it
 * are taken back.
 */
export async function applyFiles(files: readonly PlannedFile[], walker: Walker, read: ReadPlace): Promise<void> {
  await using stack = new AsyncDisposableStack();
  const made: string[] = [];
  const staged: Staged[] = [];
  try {
    for (const file of files) staged.push(await stage(file, walker, read, made, stack));
    const changed = (await Promise.all(staged.map(stillSame))).flat();
    if (changed.length > 0) throw new ChangeRefused(changed);
  } catch (error) {
    await discard(staged);
    await removeFolders(walker, made);
    throw error;
  }
  const done: Staged[] = [];
  try {
    for (const each of staged) {
      await put(each);
      done.push(each);
    }
  } catch (error) {
    await discard(staged);
    for (const each of done.reverse()) await takeBack(each);
    await removeFolders(walker, made);
    throw error;
  }
  await syncFolders(staged);
}

async function stage(
  file: PlannedFile,
  walker: Walker,
  read: ReadPlace,
  made: string[],
  stack: AsyncDisposableStack,
): Promise<Staged> {
  let place = stack.use(await walker.walk(file.path));
  const found = await read(place);
  if (place.resolved !== file.path || found?.hash !== file.before?.hash) throw new ChangeRefused([changedMeanwhile(file.path)]);
  if (file.after === undefined) return { file, place, found, temporary: undefined };
  let folder = posix.dirname(file.path);
  const missing = place.missingFolders.map((_, position) => {
    const path = folder;
    folder = posix.dirname(folder);
    return { path, depth: place.missingFolders.length - position };
  });
  for (const { path } of missing.reverse()) {
    await using parent = await walker.walk(path);
    if (parent.kind !== 'missing') continue;
    await mkdir(join(parent.folder, parent.name)).catch(failed(file.path));
    made.push(path);
    await syncFolder(parent);
  }
  if (missing.length > 0) {
    place = stack.use(await walker.walk(file.path));
    if (place.resolved !== file.path || place.kind !== 'missing') throw new ChangeRefused([changedMeanwhile(file.path)]);
  }
  const mode = found !== undefined && file.before?.mode === file.after.mode ? found.mode : file.after.mode;
  return { file, place, found, temporary: await writeBeside(place, { ...file.after, mode }, found) };
}

/** Writes and syncs a file in the folder of a place, with the mode and the owner that it will have. */
async function writeBeside(place: WalkedPlace, { bytes, mode }: FileState, like: FoundFile | undefined): Promise<string> {
  const temporary = join(place.folder, temporaryName(place));
  const handle = await open(temporary, createFlags, 0o600).catch(failed(place.path));
  try {
    await handle.writeFile(bytes);
    await keepOwner(handle, like, place.path);
    await handle.chmod(mode);
    await handle.sync();
    return temporary;
  } catch (error) {
    await unlink(temporary).catch(() => undefined);
    throw error;
  } finally {
    await handle.close();
  }
}

async function keepOwner(handle: FileHandle, like: FoundFile | undefined, path: string): Promise<void> {
  if (like === undefined || process.platform === 'win32') return;
  const { uid, gid } = await handle.stat();
  if (uid === like.stats.uid && gid === like.stats.gid) return;
  await handle.chown(like.stats.uid, like.stats.gid).catch(failed(path));
}

/** A name of its own for each application, known by its beginning to the one that takes away what a crash left. */
function temporaryName(place: WalkedPlace): string {
  return `${temporaryStart(place)}${randomBytes(6).toString('hex')}`;
}

function temporaryStart({ name }: WalkedPlace): string {
  return `${temporaryPrefix}${hashOf(Buffer.from(name)).slice(0, 16)}-`;
}

/** What the user saved since it was read is not written over. */
async function stillSame({ file, place, found }: Staged): Promise<ChangeRefusal[]> {
  const now = await lstat(join(place.folder, place.name)).catch(() => undefined);
  const was = found?.stats;
  const same =
    now === undefined || was === undefined
      ? now === undefined && was === undefined
      : now.ino === was.ino &&
        now.dev === was.dev &&
        now.size === was.size &&
        now.mtimeMs === was.mtimeMs &&
        now.ctimeMs === was.ctimeMs;
  return same ? [] : [changedMeanwhile(file.path)];
}

function changedMeanwhile(path: string): ChangeRefusal {
  return {
    path,
    reason: 'stale',
    message: `${path} changed after the change was worked out. Read it again, and plan the change anew.`,
  };
}

async function put(each: Staged): Promise<void> {
  const { file, place, temporary } = each;
  const target = join(place.folder, place.name);
  if ((await stillSame(each)).length > 0) throw new ChangeRefused([changedMeanwhile(file.path)]);
  if (temporary === undefined) return await unlink(target).catch(failed(file.path));
  if (file.before !== undefined) return await rename(temporary, target).catch(failed(file.path));
  // A link fails where a file has come up meanwhile; a rename would replace it.
  const linked = await link(temporary, target).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'EEXIST') throw new ChangeRefused([changedMeanwhile(file.path)]);
      return false;
    },
  );
  await (linked ? unlink(temporary) : rename(temporary, target)).catch(failed(file.path));
}

async function takeBack({ file, place, found }: Staged): Promise<void> {
  const target = join(place.folder, place.name);
  if (found === undefined) return await unlink(target);
  const temporary = await writeBeside(place, found, found);
  await rename(temporary, target).catch(failed(file.path));
}

async function discard(staged: readonly Staged[]): Promise<void> {
  for (const { temporary } of staged) if (temporary !== undefined) await unlink(temporary).catch(() => undefined);
}

/** Folders that were made for files that did not come. */
async function removeFolders(walker: Walker, made: string[]): Promise<void> {
  for (const path of made.reverse()) {
    await using place = await walker.walk(path);
    await rmdir(join(place.folder, place.name)).catch(() => undefined);
  }
}

async function syncFolders(staged: readonly Staged[]): Promise<void> {
  const folders = new Map(staged.map(({ place }) => [posix.dirname(place.resolved), place]));
  for (const place of folders.values()) await syncFolder(place);
}

async function syncFolder({ folder }: WalkedPlace): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(join(folder, '.'), constants.O_RDONLY);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function failed(path: string) {
  return (error: NodeJS.ErrnoException): never => {
    throw error.code === undefined ? error : unreadable(path, error);
  };
}

/** Takes away what an application that was cut off left beside a place. */
export async function removeLeftOver(place: WalkedPlace): Promise<void> {
  const start = temporaryStart(place);
  for (const name of await readdir(join(place.folder, '.')).catch(() => []))
    if (name.startsWith(start)) await unlink(join(place.folder, name)).catch(() => undefined);
}
