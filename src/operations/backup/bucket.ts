/** Backups in a bucket of S3: an object each, and one more that says that it was verified. */
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { codeOf, emptyHash, expectStatus, S3Client, S3Refused, type S3Request } from '../../artifacts/storage/s3-client.ts';
import type { BackupBucket } from '../../backup-settings.ts';
import { publishFault } from '../../diagnostics.ts';
import { messageOf, TimonelError } from '../../errors.ts';
import type { BackupSink, BackupTarget, PlacedBackup } from './contract.ts';
import { backupPrefix, markName, newestFirst, readBackupName } from './names.ts';
import { PartWriter } from './part-writer.ts';

/** All parts of an object but the last are of one size, which some servers ask for. Ten thousand parts are the most that S3 takes: 156 GiB. */
const partBytes = 16_777_216;
/** A server that puts the parts together may take its time. */
const completeMs = 600_000;
const attempts = 4;
const pauseMs = 250;
/** Uploads that were begun so long ago belong to processes that have died. */
const staleMs = 12 * 3_600_000;

/** The mark of a verified file; it stands for the object as it was then. */
interface BucketMark {
  verifiedAt: string;
  bytes: number;
  etag: string;
}

interface ListedObject {
  name: string;
  bytes: number;
  etag: string;
}

export class BackupsInBucket implements BackupTarget {
  readonly description: string;
  readonly #bucketUrl: string;
  readonly #prefix: string;
  readonly #client: S3Client;
  readonly #now: () => Date;
  /** Marks by their ETag: what was read once does not change. */
  readonly #marks = new Map<string, BucketMark>();

  readonly #pageSize: number;

  /** @param pageSize objects of one answer at most, while the bucket is listed */
  constructor(settings: BackupBucket, now: () => Date, pageSize = 1_000) {
    const { origin, pathname } = new URL(settings.url);
    const parts = pathname.split('/').filter((part) => part !== '');
    const bucket = settings.pathStyle ? parts.splice(0, 1) : [];
    this.#bucketUrl = [origin, ...bucket].join('/');
    this.#prefix = parts.map((part) => `${decodeURIComponent(part)}/`).join('');
    this.#client = new S3Client(settings);
    this.#now = now;
    this.#pageSize = pageSize;
    this.description = settings.url.replace(/\/+$/, '');
  }

  async list(): Promise<PlacedBackup[]> {
    const objects = await this.#objects();
    const byName = new Map(objects.map((each) => [each.name, each]));
    const files = objects.map(async ({ name, bytes, etag }) => {
      const named = readBackupName(name);
      if (named === undefined) return [];
      const mark = await this.#mark(byName.get(markName(name)));
      const same = mark !== undefined && mark.bytes === bytes && mark.etag === etag;
      return [{ ...named, bytes, revision: etag, ...(same ? { verifiedAt: new Date(mark.verifiedAt) } : {}) }];
    });
    return newestFirst((await Promise.all(files)).flat());
  }

  async #objects(): Promise<ListedObject[]> {
    const found: ListedObject[] = [];
    let token: string | undefined;
    do {
      const query: Record<string, string> = {
        'list-type': '2',
        'max-keys': String(this.#pageSize),
        prefix: `${this.#prefix}${backupPrefix}`,
      };
      if (token !== undefined) query['continuation-token'] = token;
      const xml = await this.#text('GET', this.#ofBucket(query), 'listing the bucket');
      for (const [, entry = ''] of xml.matchAll(/<Contents>(.*?)<\/Contents>/gs)) {
        const name = (elementOf(entry, 'Key') ?? '').slice(this.#prefix.length);
        found.push({ name, bytes: Number(elementOf(entry, 'Size')), etag: unquoted(elementOf(entry, 'ETag') ?? '') });
      }
      token = elementOf(xml, 'IsTruncated') === 'true' ? elementOf(xml, 'NextContinuationToken') : undefined;
    } while (token !== undefined);
    return found;
  }

  async #mark(object: ListedObject | undefined): Promise<BucketMark | undefined> {
    if (object === undefined) return undefined;
    const key = `${object.name} ${object.etag}`;
    const known = this.#marks.get(key);
    if (known !== undefined) return known;
    const text = await this.#text('GET', this.#at(object.name), 'reading what was verified');
    try {
      const mark = JSON.parse(text) as BucketMark;
      this.#marks.set(key, mark);
      return mark;
    } catch {
      return undefined;
    }
  }

  async write(name: string): Promise<BackupSink> {
    // Another server may not know how, or may forbid it: no reason to go without a backup.
    await this.#abortStale().catch((error: unknown) => publishFault('cleaning up uploads of backups that were cut off', error));
    const url = this.#at(name);
    const begun = await this.#text('POST', `${url}?uploads=`, 'beginning an upload', {
      headers: { 'content-type': 'application/octet-stream' },
    });
    const id = elementOf(begun, 'UploadId');
    if (id === undefined) throw failed('beginning an upload', 'no UploadId in the answer');
    const upload = `uploadId=${encodeURIComponent(id)}`;
    const content = new PartWriter(partBytes, async (part, number) => {
      const sha256 = createHash('sha256').update(part).digest('hex');
      const { etag } = await this.#send('PUT', `${url}?partNumber=${number}&${upload}`, `sending part ${number}`, {
        headers: { 'content-length': String(part.length) },
        sha256,
        body: part,
      });
      if (etag === undefined) throw failed(`sending part ${number}`, 'no ETag in the answer');
      return etag;
    });
    return {
      content,
      commit: async () => {
        const parts = content.etags.map((etag, at) => `<Part><PartNumber>${at + 1}</PartNumber><ETag>${etag}</ETag></Part>`);
        const body = Buffer.from(`<CompleteMultipartUpload>${parts.join('')}</CompleteMultipartUpload>`);
        const sha256 = createHash('sha256').update(body).digest('hex');
        const headers = { 'content-length': String(body.length), 'content-type': 'application/xml' };
        const xml = await this.#text('POST', `${url}?${upload}`, 'putting the parts together', {
          headers,
          sha256,
          body,
          answerMs: completeMs,
        });
        // Its status was sent before the work was done.
        if (xml.includes('<Error>')) throw failed('putting the parts together', codeOf(xml) ?? 'an error');
      },
      discard: async () => {
        await this.#send('DELETE', `${url}?${upload}`, 'giving up an upload').catch((error: unknown) =>
          publishFault('giving up the upload of a backup', error),
        );
      },
    };
  }

  async #abortStale(): Promise<void> {
    const query = { uploads: '', prefix: `${this.#prefix}${backupPrefix}` };
    const xml = await this.#text('GET', this.#ofBucket(query), 'listing uploads');
    for (const [, entry = ''] of xml.matchAll(/<Upload>(.*?)<\/Upload>/gs)) {
      const [key, id, initiated] = [elementOf(entry, 'Key'), elementOf(entry, 'UploadId'), elementOf(entry, 'Initiated')];
      const name = key?.slice(this.#prefix.length) ?? '';
      if (id === undefined || initiated === undefined || readBackupName(name) === undefined) continue;
      if (this.#now().getTime() - Date.parse(initiated) < staleMs) continue;
      await this.#send('DELETE', `${this.#at(name)}?uploadId=${encodeURIComponent(id)}`, 'giving up an upload');
    }
  }

  /** A connection that breaks is taken up again where it broke, if the object is still the same. */
  async read({ name, revision, bytes }: PlacedBackup): Promise<Readable> {
    const url = this.#at(name);
    const client = this.#client;
    async function* content(): AsyncGenerator<Buffer> {
      let at = 0;
      for (let attempt = 1; at < bytes; attempt++) {
        try {
          const headers = { range: `bytes=${at}-${bytes - 1}` };
          const answer = await client.send('GET', url, { headers });
          if (answer.statusCode !== 206) await expectStatus(answer, []);
          if (unquoted(String(answer.headers['etag'] ?? revision)) !== revision) {
            answer.body.destroy();
            throw new S3Refused(412, 'the object was changed meanwhile');
          }
          for await (const chunk of answer.body as AsyncIterable<Buffer>) {
            at += chunk.length;
            attempt = 1;
            yield chunk;
          }
          if (at < bytes) throw new Error('the answer ended early');
        } catch (error) {
          if (attempt >= attempts || !isPassing(error)) throw failed(`reading ${name}`, error);
          await sleep(pauseMs * 4 ** (attempt - 1));
        }
      }
    }
    return Readable.from(content(), { objectMode: false });
  }

  async markVerified({ name, bytes, revision }: PlacedBackup, verifiedAt: Date): Promise<void> {
    const body = Buffer.from(JSON.stringify({ verifiedAt: verifiedAt.toISOString(), bytes, etag: revision } satisfies BucketMark));
    await this.#send('PUT', this.#at(markName(name)), 'writing what was verified', {
      headers: { 'content-length': String(body.length), 'content-type': 'application/json' },
      sha256: createHash('sha256').update(body).digest('hex'),
      body,
    });
  }

  async remove(name: string): Promise<void> {
    await this.#send('DELETE', this.#at(name), `deleting ${name}`);
    await this.#send('DELETE', this.#at(markName(name)), `deleting ${markName(name)}`);
  }

  async close(): Promise<void> {
    await this.#client.close();
  }

  #at(name: string): string {
    return `${this.#bucketUrl}/${this.#prefix.split('/').map(encodeURIComponent).join('/')}${name}`;
  }

  #ofBucket(query: Record<string, string>): string {
    return `${this.#bucketUrl}?${new URLSearchParams(query)}`.replaceAll('+', '%20');
  }

  async #text(method: 'GET' | 'POST', url: string, doing: string, sent?: S3Request): Promise<string> {
    return (await this.#send(method, url, doing, sent)).text;
  }

  /** Sends what may be sent again, up to four times. @throws TimonelError `backup_target_unavailable` */
  async #send(
    method: 'GET' | 'PUT' | 'POST' | 'DELETE',
    url: string,
    doing: string,
    sent: S3Request = { sha256: emptyHash },
  ): Promise<{ text: string; etag: string | undefined }> {
    for (let attempt = 1; ; attempt++) {
      try {
        const answer = await this.#client.send(method, url, sent);
        if (answer.statusCode >= 300 && !(method === 'DELETE' && answer.statusCode === 404)) await expectStatus(answer, []);
        const etag = answer.headers['etag'];
        return { text: await answer.body.text(), etag: typeof etag === 'string' ? unquoted(etag) : undefined };
      } catch (error) {
        if (attempt >= attempts || !isPassing(error)) throw failed(doing, error);
        await sleep(pauseMs * 4 ** (attempt - 1));
      }
    }
  }
}

/** Whether another attempt may have another answer. */
function isPassing(error: unknown): boolean {
  return (
    !(error instanceof S3Refused) || (error.status >= 500 && error.status !== 501) || error.status === 429 || error.status === 408
  );
}

function failed(doing: string, cause: unknown): TimonelError {
  const code = cause instanceof Error && 'code' in cause && !(cause instanceof S3Refused) ? String(cause.code) : '';
  const why = typeof cause === 'string' ? cause : code === '' ? messageOf(cause) : code;
  return new TimonelError(
    'backup_target_unavailable',
    `The bucket of backups failed while ${doing} (${why}). Look at TIMONEL_BACKUP_S3_URL, its region, its key and what the key may do.`,
    { cause },
  );
}

function elementOf(xml: string, tag: string): string | undefined {
  const text = new RegExp(`<${tag}>([^<]*)</${tag}>`).exec(xml)?.[1];
  return text?.replaceAll(/&(quot|apos|lt|gt|amp|#34|#39);/g, (_, name: string) => entities[name] ?? '');
}

const entities: Readonly<Record<string, string>> = { quot: '"', apos: "'", lt: '<', gt: '>', amp: '&', '#34': '"', '#39': "'" };

function unquoted(etag: string): string {
  return etag.replaceAll('"', '');
}
