/** The disk under an embedded store. PGlite panics when it cannot write its log, so writing ends before the disk does. */
import { statfs } from 'node:fs/promises';
import { TimonelError } from '../../errors.ts';

const mebibyte = 1_048_576;

/** A segment of PostgreSQL's write-ahead log, written in advance as a whole. */
const segment = 16 * mebibyte;

/** What runs under way may still write. */
const reserve = 16 * mebibyte;

/** Free bytes that a store which is there needs: the next two segments of its log, and the reserve. */
export const neededBytes = 2 * segment + reserve;

/** Free bytes that a new store takes: its files with the first segment, and {@link neededBytes}. */
export const neededForNew = 48 * mebibyte + neededBytes;

/** Messages are taken again only above this: a disk at the edge must not flicker. */
const enoughAgain = neededBytes + 8 * mebibyte;

const lookEveryMs = 500;

/** Free bytes for an ordinary user; `undefined` where the system does not say. */
export async function freeBytes(directory: string): Promise<number | undefined> {
  try {
    const { bavail, bsize } = await statfs(directory);
    return bavail * bsize;
  } catch {
    return undefined;
  }
}

/** @throws TimonelError `disk_full` that says what is there and what is needed. */
export async function requireSpace(directory: string, needed: number): Promise<void> {
  const free = await freeBytes(directory);
  if (free === undefined || free >= needed) return;
  throw new TimonelError(
    'disk_full',
    `The disk of ${directory} has ${megabytes(free)} MB free, and the embedded database needs ${megabytes(needed)} MB to open. Free some space, or set TIMONEL_HOME to a directory on another disk.`,
  );
}

/** `filling`: it answers and finishes what is under way, and takes nothing new. */
export interface StoreTrouble {
  reason: 'disk_full' | 'filling' | 'reopening';
  /** Bytes, at the last look. */
  free: number | undefined;
  needed: number;
}

/** @throws TimonelError `disk_full` where nothing new is to be begun. */
export function refuseOnFullDisk(trouble: StoreTrouble | undefined): void {
  if (trouble === undefined || trouble.reason === 'reopening') return;
  throw new TimonelError(
    'disk_full',
    'The disk of the database is nearly full. What is under way is finished; send the message again when there is space.',
  );
}

/** Looks at the disk all the time. */
export class DiskWatch {
  readonly #directory: string;
  readonly #onFilling: () => void;
  readonly #timer: NodeJS.Timeout;
  #full = false;
  #free: number | undefined;

  /** @param onFilling hears each look that finds too little space, and enough for a checkpoint: one that cannot write ends PGlite. */
  constructor(directory: string, onFilling: () => void) {
    this.#directory = directory;
    this.#onFilling = onFilling;
    this.#timer = setInterval(() => void this.look(), lookEveryMs);
    this.#timer.unref();
  }

  /** Too little space is left to begin anything. */
  get full(): boolean {
    return this.#full;
  }

  /** At the last look. */
  get free(): number | undefined {
    return this.#free;
  }

  async look(): Promise<void> {
    this.#free = await freeBytes(this.#directory);
    if (this.#free === undefined) return;
    this.#full = this.#free < (this.#full ? enoughAgain : neededBytes);
    if (this.#full && this.#free > segment) this.#onFilling();
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}

function megabytes(bytes: number): number {
  return Math.floor(bytes / mebibyte);
}
