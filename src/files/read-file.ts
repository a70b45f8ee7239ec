import { createHash } from 'node:crypto';
import type { Stats } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import type { FileState } from './contract.ts';
import { hasPrivateKey, keyHeadBytes } from './secret-paths.ts';
import { readFlags, refused, type WalkedPlace } from './walk.ts';

/** A file's content with what the file system says of it. */
export interface FoundFile extends FileState {
  stats: Stats;
}

/** Told by the names of the project which inodes are secrets. */
export type IsSecretInode = (stats: Stats) => Promise<boolean>;

export function hashOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** The file at a place; `undefined` where there is none, or no longer. @throws PathRefused */
export async function readPlace(place: WalkedPlace, largest: number, isSecretInode: IsSecretInode): Promise<FoundFile | undefined> {
  if (place.kind === 'missing') return undefined;
  if (place.kind !== 'file') throw notAFile(place);
  const handle = await open(join(place.folder, place.name), readFlags).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    if (error.code === 'ELOOP' || error.code === 'ENXIO') throw notAFile(place);
    throw unreadable(place.path, error);
  });
  if (handle === undefined) return undefined;
  try {
    const stats = await handle.stat();
    if (!stats.isFile()) throw notAFile(place);
    if (stats.size > largest)
      throw refused(
        place.path,
        'too-large',
        `${place.path} has ${stats.size.toLocaleString('en')} bytes; files are read up to ${largest.toLocaleString('en')}. Read a part of it with a command.`,
      );
    if (stats.nlink > 1 && (await isSecretInode(stats))) throw secretContent(place.path);
    const bytes = await readAll(handle, stats.size, largest, place.path);
    if (hasPrivateKey(bytes.subarray(0, keyHeadBytes))) throw secretContent(place.path);
    return { bytes, hash: hashOf(bytes), mode: stats.mode & 0o7777, stats };
  } finally {
    await handle.close();
  }
}

/** Up to its end, which may have moved since its size was asked. */
async function readAll(handle: Awaited<ReturnType<typeof open>>, size: number, largest: number, path: string): Promise<Uint8Array> {
  let bytes = Buffer.allocUnsafeSlow(size + 1);
  let filled = 0;
  while (true) {
    const { bytesRead } = await handle.read(bytes, filled, bytes.length - filled, filled);
    filled += bytesRead;
    if (bytesRead === 0) return bytes.subarray(0, filled);
    if (filled < bytes.length) continue;
    if (filled > largest) throw refused(path, 'too-large', `${path} grows while it is read. Read a part of it with a command.`);
    const longer = Buffer.allocUnsafeSlow(bytes.length * 2 + 65_536);
    bytes.copy(longer, 0, 0, filled);
    bytes = longer;
  }
}

function notAFile(place: WalkedPlace) {
  return refused(
    place.path,
    'not-a-file',
    place.kind === 'folder'
      ? `${place.path === '' ? '.' : place.path} is a folder. List it, or name a file in it.`
      : `${place.path} is no regular file, and only those are read and written.`,
  );
}

function secretContent(path: string) {
  return refused(path, 'secret', `${path} has the content of a file for secrets, under whatever name; it is not read or written.`);
}

export function unreadable(path: string, error: NodeJS.ErrnoException) {
  return refused(
    path,
    'unreadable',
    `${path}: the operating system answers ${error.code ?? error.message}. Its owner can change that.`,
  );
}
