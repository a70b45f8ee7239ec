/** A file system of a few megabytes, so that a full disk is a full disk. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, statfs, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { messageOf } from '../../errors.ts';
import type { Probe } from './contract.ts';

const run = promisify(execFile);
const mebibyte = 1_048_576;

/** Why none can be had here, and what would help. */
export async function lacksSmallDisk(): Promise<string | undefined> {
  if (process.platform !== 'linux') return 'a small disk is a tmpfs, which Linux has. Play it in a container.';
  if (process.getuid?.() !== 0) return 'a small disk is a tmpfs, which only root mounts. Play it as root, on a machine for that.';
  try {
    await using scope = new AsyncDisposableStack();
    await SmallDisk.mount(1, scope);
    return undefined;
  } catch (error) {
    return `a tmpfs cannot be mounted (${messageOf(error).split('\n')[0]}). In a container it takes the capability SYS_ADMIN.`;
  }
}

export class SmallDisk {
  readonly path: string;
  #ballast = 0;

  private constructor(path: string) {
    this.path = path;
  }

  static async mount(megabytes: number, scope: AsyncDisposableStack): Promise<SmallDisk> {
    const path = await mkdtemp(join(tmpdir(), 'timonel-drill-disk-'));
    scope.defer(() => rm(path, { recursive: true, force: true }));
    await run('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', path]);
    scope.defer(async () => void (await run('umount', ['-l', path])));
    return new SmallDisk(path);
  }

  /** @param leaving megabytes that stay free */
  async fill(leaving: number): Promise<void> {
    // Others write meanwhile: what is left is taken in smaller pieces.
    for (let tries = 0; tries < 5; tries++) {
      const bytes = (await this.#freeBytes()) - leaving * mebibyte;
      if (bytes <= 0) return;
      await writeFile(join(this.path, `ballast-${this.#ballast++}`), Buffer.alloc(bytes)).catch((error: NodeJS.ErrnoException) => {
        if (error.code !== 'ENOSPC') throw error;
      });
    }
  }

  async free(): Promise<void> {
    while (this.#ballast > 0) await rm(join(this.path, `ballast-${--this.#ballast}`), { force: true });
  }

  isFull(megabytes: number): Probe {
    return {
      name: 'the disk is full',
      withinMs: 5_000,
      look: async () => {
        const free = await this.#freeBytes();
        return { ok: free < megabytes * mebibyte, said: `${Math.floor(free / mebibyte)} MB are free.` };
      },
    };
  }

  async #freeBytes(): Promise<number> {
    const { bavail, bsize } = await statfs(this.path);
    return bavail * bsize;
  }
}
