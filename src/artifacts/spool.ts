/**
 * Takes in data whose size is not known: counts, hashes and looks at it on its way. Up to a limit it stays in memory, then it goes to a file.
 */
import { createHash, randomUUID } from 'node:crypto';
import { type FileHandle, mkdir, open, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { TimonelError } from '../errors.ts';
import { headBytes } from './media-type.ts';
import { storageFailed } from './storage/failure.ts';

/** Data that came in whole. */
export interface Spooled {
  bytes: number;
  sha256: string;
  head: Buffer;
  content: { kind: 'memory'; data: Buffer } | { kind: 'file'; path: string };
}

export interface SpoolLimits {
  /** Where larger data is put down; `undefined` where nothing larger than `memoryBytes` is taken. */
  folder: string | undefined;
  memoryBytes: number;
  maxBytes: number;
  /** Ends the message of a refusal: what would have worked. */
  advice: string;
}

/**
 * Runs `work` on the data; its file is removed afterwards, unless `work` moved it.
 * @throws TimonelError `payload_too_large`, `artifact_invalid`, `artifact_storage_unavailable`
 */
export async function spooled<T>(
  data: Uint8Array | AsyncIterable<Uint8Array>,
  limits: SpoolLimits,
  work: (spooled: Spooled) => Promise<T>,
): Promise<T> {
  const spool = new Spool(limits);
  try {
    if (data instanceof Uint8Array) await spool.add(data);
    else for await (const chunk of data) await spool.add(chunk);
    return await work(await spool.end());
  } finally {
    await spool.dispose();
  }
}

class Spool {
  readonly #limits: SpoolLimits;
  readonly #hash = createHash('sha256');
  #bytes = 0;
  #chunks: Uint8Array[] = [];
  #head = Buffer.alloc(0);
  #file: { handle: FileHandle; path: string } | undefined;

  constructor(limits: SpoolLimits) {
    this.#limits = limits;
  }

  async add(chunk: Uint8Array): Promise<void> {
    const { maxBytes, memoryBytes, folder, advice } = this.#limits;
    this.#bytes += chunk.byteLength;
    const most = folder === undefined ? Math.min(maxBytes, memoryBytes) : maxBytes;
    if (this.#bytes > most) throw new TimonelError('payload_too_large', `The artifact has more than ${most} bytes. ${advice}`);
    this.#hash.update(chunk);
    if (this.#head.length < headBytes) this.#head = Buffer.concat([this.#head, chunk.subarray(0, headBytes - this.#head.length)]);
    if (this.#file === undefined && this.#bytes <= memoryBytes) {
      // A copy: a parser may use its buffer again.
      this.#chunks.push(Uint8Array.from(chunk));
      return;
    }
    await this.#write(folder ?? '', chunk);
  }

  async #write(folder: string, chunk: Uint8Array): Promise<void> {
    try {
      if (this.#file === undefined) {
        await mkdir(folder, { recursive: true, mode: 0o700 });
        const path = join(folder, randomUUID());
        this.#file = { handle: await open(path, 'wx', 0o600), path };
        for (const earlier of this.#chunks) await this.#file.handle.writeFile(earlier);
        this.#chunks = [];
      }
      await this.#file.handle.writeFile(chunk);
    } catch (error) {
      throw storageFailed('writing to the disk', error);
    }
  }

  async end(): Promise<Spooled> {
    if (this.#bytes === 0) throw new TimonelError('artifact_invalid', 'The artifact is empty. Send at least one byte.');
    const whole = { bytes: this.#bytes, sha256: this.#hash.digest('hex'), head: this.#head };
    if (this.#file === undefined) return { ...whole, content: { kind: 'memory', data: Buffer.concat(this.#chunks) } };
    const { handle, path } = this.#file;
    try {
      // Before a row says that it is there, it has to be there, also after a power cut.
      await handle.sync();
      await handle.close();
    } catch (error) {
      throw storageFailed('writing to the disk', error);
    }
    return { ...whole, content: { kind: 'file', path } };
  }

  async dispose(): Promise<void> {
    if (this.#file === undefined) return;
    await this.#file.handle.close().catch(() => {});
    await rm(this.#file.path, { force: true }).catch(() => {});
  }
}

/** Removes what processes that died put down and never ended. */
export async function removeStale(folder: string): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  for (const name of names) {
    const path = join(folder, name);
    const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: Number.POSITIVE_INFINITY }));
    // By the clock of the file system; no upload is silent for a day.
    if (Date.now() - mtimeMs > 86_400_000) await rm(path, { force: true }).catch(() => {});
  }
}
