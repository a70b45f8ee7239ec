/**
 * A server that speaks S3: s3rver, which checks signatures of version 4 by code of its own. What it lacks is added: uploads are listed and given
 * up, and long lists have pages (its own need a cipher that OpenSSL 3 has no more).
 */
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import S3rver from '@20minutes/s3rver';

/** Key and secret of its one account. */
export const s3Account = 'S3RVER';

/** As much of Koa's context as is used here. */
interface Context {
  method: string;
  path: string;
  query: Record<string, string>;
  params: Record<string, string>;
  headers: Record<string, string | undefined>;
  status: number;
  type: string;
  body: unknown;
  res: { write(chunk: Uint8Array, ...rest: unknown[]): boolean; destroy(): void };
}
type Middleware = (context: Context, next: () => Promise<void>) => Promise<void>;

/** As much of s3rver's store as is used here. */
interface Store {
  listObjects(
    bucket: string,
    options: { prefix: string | undefined; maxKeys: number; startAfter: string | undefined },
  ): Promise<{ objects: { key: string; size: number; metadata: { etag: string } }[]; isTruncated: boolean }>;
}

interface Upload {
  id: string;
  key: string;
  begun: Date;
}

export interface S3Server extends AsyncDisposable {
  /** Address of the bucket, path style. */
  bucketUrl: string;
  /** Uploads that were begun, and neither put together nor given up. */
  uploads(): Upload[];
  /** Where an upload is kept, whose time is that of its start. */
  uploadFolder(id: string): string;
  /** Asked for each request; answers with a status that is sent instead, or with `'cut'`: the connection breaks in the middle of the answer. */
  fault:
    | ((request: { method: string; path: string; query: Readonly<Record<string, string>> }) => number | 'cut' | undefined)
    | undefined;
}

const authenticate = (createRequire(import.meta.url)('@20minutes/s3rver/lib/middleware/authentication.js') as () => Middleware)();

export async function startS3(directory: string, bucket: string): Promise<S3Server> {
  mkdirSync(directory, { recursive: true });
  const server = new S3rver({
    address: '127.0.0.1',
    port: 0,
    silent: true,
    directory,
    configureBuckets: [{ name: bucket, configs: [] }],
  });
  const { store, middleware } = server as unknown as { store: Store; middleware: Middleware[] };
  const folder = join(directory, bucket, '._S3rver_uploads');
  const uploads = (): Upload[] =>
    readdirSync(folder, { withFileTypes: true }).map(({ name }) => ({
      id: name,
      key: readFileSync(join(folder, name, 'key'), 'utf8'),
      begun: statSync(join(folder, name, 'key')).mtime,
    }));
  mkdirSync(folder, { recursive: true });

  const added: Middleware = async (context, next) => {
    const { method, query } = context;
    const does = { abort: method === 'DELETE' && 'uploadId' in query, uploads: method === 'GET' && 'uploads' in query };
    const lists = method === 'GET' && query['list-type'] === '2';
    if (!does.abort && !does.uploads && !lists) return next();
    const [, name = '', ...key] = context.path.split('/').map(decodeURIComponent);
    if (name !== bucket) return next();
    context.params = { bucket: name, ...(key.length === 0 ? {} : { key: key.join('/') }) };
    if (context.headers['authorization'] === undefined) throw new Error('not signed');
    await authenticate(context, async () => {});
    if (does.abort) {
      const { uploadId = '' } = query;
      context.status = uploads().some(({ id }) => id === uploadId) ? 204 : 404;
      rmSync(join(folder, uploadId), { recursive: true, force: true });
      return;
    }
    context.status = 200;
    context.type = 'application/xml';
    context.body = lists ? await pageOf(query) : uploadsXml(query['prefix'] ?? '');
  };
  function uploadsXml(prefix: string): string {
    const entries = uploads().filter(({ key }) => key.startsWith(prefix));
    const xml = entries.map(
      ({ id, key, begun }) =>
        `<Upload><Key>${key}</Key><UploadId>${id}</UploadId><Initiated>${begun.toISOString()}</Initiated></Upload>`,
    );
    return `<ListMultipartUploadsResult>${xml.join('')}</ListMultipartUploadsResult>`;
  }
  async function pageOf({ prefix, 'max-keys': most = '1000', 'continuation-token': token }: Context['query']): Promise<string> {
    const startAfter = token === undefined ? undefined : Buffer.from(token, 'base64').toString();
    const { objects, isTruncated } = await store.listObjects(bucket, { prefix, maxKeys: Number(most), startAfter });
    const xml = objects.map(
      ({ key, size, metadata: { etag } }) => `<Contents><Key>${key}</Key><ETag>${etag}</ETag><Size>${size}</Size></Contents>`,
    );
    const next = isTruncated ? Buffer.from(objects.at(-1)?.key ?? '').toString('base64') : '';
    return `<ListBucketResult><IsTruncated>${isTruncated}</IsTruncated><NextContinuationToken>${next}</NextContinuationToken>${xml.join('')}</ListBucketResult>`;
  }
  const found: S3Server = {
    bucketUrl: '',
    uploads,
    uploadFolder: (id) => join(folder, id),
    fault: undefined,
    async [Symbol.asyncDispose]() {
      await server.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
  const failing: Middleware = async (context, next) => {
    const fault = found.fault?.({ method: context.method, path: context.path, query: context.query });
    if (typeof fault === 'number') {
      context.status = fault;
      context.body = '';
      return;
    }
    if (fault === 'cut') {
      const write = context.res.write.bind(context.res);
      let sent = 0;
      context.res.write = (chunk, ...rest) => {
        sent += chunk.length;
        if (sent > 100_000) context.res.destroy();
        return write(chunk, ...rest);
      };
    }
    await next();
  };
  middleware.unshift(failing);
  middleware.splice(-1, 0, added);
  const { port } = await server.run();
  found.bucketUrl = `http://127.0.0.1:${port}/${bucket}`;
  return found;
}
