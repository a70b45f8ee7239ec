/** A backup as a file: written in one pass to a name of its own, which becomes the real one when all is on the disk. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { Readable, Transform } from 'node:stream';
import { finished, pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import { extract, pack } from 'tar-stream';
import { messageOf, TimonelError } from '../../errors.ts';

/** First bytes of a file of age. https://age-encryption.org/v1 */
const ageMark = 'age-encryption.org/v1';

/** Bytes of one entry at most, where they come from a stream of unknown length. */
const partBytes = 4_000_000;

/** Writes entries, one after the other. */
export interface ArchiveWriter {
  /** An entry that is whole in memory. */
  add(name: string, content: string | Uint8Array): Promise<void>;
  /** An entry of known length. */
  stream(name: string, bytes: number, content: Readable): Promise<void>;
  /** Takes bytes of unknown length, and writes them as `<name>/000001` and so on. */
  parts(name: string): { write(chunk: Uint8Array): Promise<void>; end(): Promise<void> };
}

/**
 * Writes a file through `write`; it has its name only when it is whole.
 * @param recipient of age (`age1…`); not encrypted where absent.
 * @returns its size in bytes and its SHA-256.
 */
export async function writeArchive(
  path: string,
  recipient: string | undefined,
  write: (archive: ArchiveWriter) => Promise<void>,
): Promise<{ bytes: number; sha256: string }> {
  const partial = `${path}.partial`;
  const tar = pack();
  // It is destroyed with the error of the disk, which the caller gets; an event that nobody hears would end the process.
  tar.on('error', () => {});
  const hash = createHash('sha256');
  let bytes = 0;
  const counted = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      bytes += chunk.length;
      done(null, chunk);
    },
  });
  const file = await open(partial, 'wx', 0o600);
  try {
    const compressed = tar.pipe(createGzip({ level: 6 }));
    const sealed = recipient === undefined ? compressed : await encrypted(compressed, recipient);
    const written = pipeline(sealed, counted, file.createWriteStream({ flush: true }));
    // A failure of the disk must not wait for an entry that nobody takes any more.
    written.catch((error: unknown) => tar.destroy(error instanceof Error ? error : new Error(String(error))));
    await Promise.race([write(writerOf(tar)), written.then(() => Promise.reject(new Error('the file ended early')))]);
    tar.finalize();
    await written;
    await rename(partial, path);
    return { bytes, sha256: hash.digest('hex') };
  } catch (error) {
    tar.destroy();
    await file.close().catch(() => {});
    await rm(partial, { force: true });
    throw error;
  }
}

function writerOf(tar: ReturnType<typeof pack>): ArchiveWriter {
  const add = (name: string, content: string | Uint8Array) =>
    new Promise<void>((resolve, reject) => {
      tar.entry({ name }, Buffer.from(content as Uint8Array), (error) => (error ? reject(error) : resolve()));
    });
  return {
    add,
    async stream(name, bytes, content) {
      const entry = tar.entry({ name, size: bytes });
      await pipeline(content, entry);
    },
    parts(name) {
      let held: Uint8Array[] = [];
      let size = 0;
      let part = 0;
      const flush = async () => {
        part += 1;
        const content = Buffer.concat(held);
        held = [];
        size = 0;
        await add(`${name}/${String(part).padStart(6, '0')}`, content);
      };
      return {
        async write(chunk) {
          held.push(chunk);
          size += chunk.length;
          if (size >= partBytes) await flush();
        },
        async end() {
          if (size > 0) await flush();
        },
      };
    },
  };
}

async function encrypted(content: Readable, recipient: string): Promise<Readable> {
  const { Encrypter } = await import('age-encryption');
  const encrypter = new Encrypter();
  try {
    encrypter.addRecipient(recipient);
  } catch (error) {
    throw new TimonelError(
      'config_invalid',
      `"${recipient.slice(0, 12)}…" is not a recipient of age (${messageOf(error)}). \`age-keygen\` prints one: it begins with "age1".`,
      { cause: error },
    );
  }
  return Readable.fromWeb((await encrypter.encrypt(Readable.toWeb(content) as never)) as never);
}

/** An entry as it is read; its content has to be read before the next entry. */
export interface ArchiveEntry {
  name: string;
  bytes: number;
  content: Readable;
}

/**
 * Reads the entries of a file in order.
 * @param use returns `'enough'` where the rest is not wanted.
 * @param identity of age (`AGE-SECRET-KEY-…`), where the file is encrypted.
 * @throws TimonelError `backup_invalid`
 */
export async function readArchive(
  path: string,
  identity: string | undefined,
  use: (entry: ArchiveEntry) => Promise<'enough' | undefined>,
): Promise<void> {
  const tar = extract();
  const source = createReadStream(path);
  try {
    const opened = (await isEncrypted(path)) ? await decrypted(source, identity) : source;
    const unpacking = pipeline(opened, createGunzip(), tar);
    unpacking.catch(() => {});
    for await (const entry of tar) {
      const { name, size } = entry.header;
      if ((await use({ name, bytes: size ?? 0, content: entry as unknown as Readable })) === 'enough') return;
      entry.resume();
    }
    await unpacking;
  } catch (error) {
    if (error instanceof TimonelError) throw error;
    throw new TimonelError(
      'backup_invalid',
      `${path} is not a whole backup (${messageOf(error)}). Nothing was restored from it. Take another one.`,
      { cause: error },
    );
  } finally {
    source.destroy();
    tar.destroy();
    await finished(source).catch(() => {});
  }
}

export async function isEncrypted(path: string): Promise<boolean> {
  const file = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(ageMark.length), 0, ageMark.length, 0);
    return buffer.subarray(0, bytesRead).toString('latin1') === ageMark;
  } finally {
    await file.close();
  }
}

async function decrypted(content: Readable, identity: string | undefined): Promise<Readable> {
  if (identity === undefined)
    throw new TimonelError(
      'backup_invalid',
      'The backup is encrypted. Give the file with its age identity: --identity <file>, or TIMONEL_BACKUP_IDENTITY_FILE.',
    );
  const { Decrypter } = await import('age-encryption');
  const decrypter = new Decrypter();
  try {
    decrypter.addIdentity(identity);
    return Readable.fromWeb((await decrypter.decrypt(Readable.toWeb(content) as never)) as never);
  } catch (error) {
    throw new TimonelError(
      'backup_invalid',
      `The backup cannot be decrypted with this identity (${messageOf(error)}). It is that of the recipient it was made for.`,
      { cause: error },
    );
  }
}
