/** A backup as a file: written in one pass, and read in one. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { Readable, Transform } from 'node:stream';
import { finished, pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import { extract, pack } from 'tar-stream';
import { messageOf, TimonelError } from '../../errors.ts';
import type { BackupSink } from './contract.ts';

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
  sink: BackupSink,
  recipient: string | undefined,
  write: (archive: ArchiveWriter) => Promise<void>,
): Promise<{ bytes: number; sha256: string }> {
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
  try {
    const compressed = tar.pipe(createGzip({ level: 6 }));
    const sealed = recipient === undefined ? compressed : await encrypted(compressed, recipient);
    const written = pipeline(sealed, counted, sink.content);
    // A failure of the disk must not wait for an entry that nobody takes any more.
    written.catch((error: unknown) => tar.destroy(error instanceof Error ? error : new Error(String(error))));
    await Promise.race([write(writerOf(tar)), written.then(() => Promise.reject(new Error('the file ended early')))]);
    tar.finalize();
    await written;
    await sink.commit();
    return { bytes, sha256: hash.digest('hex') };
  } catch (error) {
    tar.destroy();
    sink.content.destroy();
    await sink.discard();
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

/** A backup and what opens it. */
export interface BackupToRead {
  /** What messages call it; the file, where there is no `open`. */
  path: string;
  /** Its bytes from the beginning; may be called again. */
  open?: () => Promise<Readable>;
  /** Identity of age (`AGE-SECRET-KEY-…`), where it is encrypted. */
  identity?: string | undefined;
}

/**
 * Reads the entries of a file in order.
 * @param use returns `'enough'` where the rest is not wanted.
 * @throws TimonelError `backup_invalid`, `backup_target_unavailable`
 */
export async function readArchive(
  { path, open, identity }: BackupToRead,
  use: (entry: ArchiveEntry) => Promise<'enough' | undefined>,
): Promise<void> {
  const tar = extract();
  const source = open === undefined ? createReadStream(path) : await open();
  try {
    const { sealed, content } = await lookInto(source);
    const opened = sealed ? await decrypted(content, identity) : content;
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
    // Bytes that could not be fetched say nothing of the backup.
    if (source.errored instanceof TimonelError) throw source.errored;
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

/** Whether the bytes are those of age, and all of them again. */
async function lookInto(source: Readable): Promise<{ sealed: boolean; content: Readable }> {
  const chunks: AsyncIterator<Buffer> = source[Symbol.asyncIterator]();
  let head = Buffer.alloc(0);
  while (head.length < ageMark.length) {
    const next = await chunks.next();
    if (next.done === true) break;
    head = Buffer.concat([head, next.value]);
  }
  async function* all(): AsyncGenerator<Buffer> {
    if (head.length > 0) yield head;
    yield* { [Symbol.asyncIterator]: () => chunks };
  }
  const sealed = head.subarray(0, ageMark.length).toString('latin1') === ageMark;
  return { sealed, content: Readable.from(all(), { objectMode: false }) };
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
    for (const each of identity.split('\n')) decrypter.addIdentity(each);
    return Readable.fromWeb((await decrypter.decrypt(Readable.toWeb(content) as never)) as never);
  } catch (error) {
    throw new TimonelError(
      'backup_invalid',
      `The backup cannot be decrypted with this identity (${messageOf(error)}). It is that of the recipient it was made for.`,
      { cause: error },
    );
  }
}
