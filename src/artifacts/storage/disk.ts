import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { copyFile, mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname, join, resolve, sep } from 'node:path';
import type { Readable } from 'node:stream';
import type { ArtifactStorage, ByteRange } from '../contract.ts';
import { storageFailed } from './failure.ts';

/** Artifacts as files of a folder, readable for the user of this process alone. */
export class DiskStorage implements ArtifactStorage {
  readonly kind = 'disk';
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = resolve(folder);
  }

  async store(location: string, file: { path: string }): Promise<void> {
    const path = this.#pathOf(location);
    try {
      await mkdir(dirname(path), { recursive: true, mode: 0o700 });
      await moved(file.path, path);
      await synced(dirname(path));
    } catch (error) {
      throw storageFailed('writing to the disk', error);
    }
  }

  async read(location: string, range: ByteRange | undefined): Promise<Readable> {
    const stream = createReadStream(this.#pathOf(location), range);
    try {
      // A file that is missing is told before the head of an answer is sent.
      await once(stream, 'open');
      return stream;
    } catch (error) {
      throw storageFailed('reading from the disk', error);
    }
  }

  async remove(location: string): Promise<void> {
    try {
      await rm(this.#pathOf(location), { force: true });
    } catch (error) {
      throw storageFailed('removing from the disk', error);
    }
  }

  async close(): Promise<void> {}

  #pathOf(location: string): string {
    const path = join(this.#folder, location);
    if (!path.startsWith(this.#folder + sep)) throw new TypeError(`The location "${location}" is outside of the folder.`);
    return path;
  }
}

/** Within one file system a rename, which is whole or not at all. */
async function moved(from: string, to: string): Promise<void> {
  try {
    await rename(from, to);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EXDEV')) throw error;
    await copyFile(from, to);
    await synced(to);
  }
}

async function synced(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
