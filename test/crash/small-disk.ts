/** A small disk of its own for the store of a test, in memory. Only root can mount one. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const mebibyte = 1_048_576;

export interface SmallDisk {
  path: string;
  /** Fills it up to so many megabytes. */
  fill(leaving: number): void;
  /** Takes away what {@link fill} put there. */
  free(): void;
  remove(): void;
}

/** Why there can be none here; `undefined` where there can. */
export function noSmallDisk(): string | undefined {
  if (process.platform !== 'linux') return 'a small disk is made by mounting a tmpfs, on Linux';
  if (process.getuid?.() !== 0) return 'only root mounts a tmpfs';
  try {
    mountSmallDisk(1).remove();
    return undefined;
  } catch {
    return 'this root may not mount a tmpfs';
  }
}

export function mountSmallDisk(megabytes: number): SmallDisk {
  const path = mkdtempSync(join(tmpdir(), 'timonel-disk-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', path], { stdio: 'pipe' });
  } catch (error) {
    rmdirSync(path);
    throw error;
  }
  const ballast = join(path, 'ballast');
  let files = 0;
  return {
    path,
    fill(leaving) {
      const { bavail, bsize } = statfsSync(path);
      const bytes = bavail * bsize - leaving * mebibyte;
      if (bytes <= 0) return;
      try {
        writeFileSync(`${ballast}-${files++}`, Buffer.alloc(bytes));
      } catch (error) {
        // Somebody else took the last bytes meanwhile.
        if (!(error instanceof Error && 'code' in error && error.code === 'ENOSPC')) throw error;
      }
    },
    free() {
      while (files > 0) rmSync(`${ballast}-${--files}`);
    },
    remove() {
      execFileSync('umount', ['-l', path], { stdio: 'pipe' });
      rmdirSync(path);
    },
  };
}
