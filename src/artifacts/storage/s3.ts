import { createReadStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { AwsV4Signer } from 'aws4fetch';
import { Agent, request } from 'undici';
import type { ArtifactStorage, ByteRange, S3Settings } from '../contract.ts';
import { storageFailed } from './failure.ts';

const timeouts = { headersTimeout: 30_000, bodyTimeout: 30_000 };

/**
 * Artifacts as objects of a bucket, at any server that speaks S3 with signatures of version 4. Sizes and hashes are known before an object is
 * sent, so that one request stores it (up to 5 GiB) and the server checks what arrived.
 */
export class S3Storage implements ArtifactStorage {
  readonly kind = 's3';
  readonly #settings: S3Settings;
  readonly #connections = new Agent({ connect: { timeout: 5_000 }, keepAliveTimeout: 10_000 });

  constructor(settings: S3Settings) {
    this.#settings = { ...settings, url: settings.url.replace(/\/+$/, '') };
  }

  async store(location: string, { path, bytes, sha256 }: { path: string; bytes: number; sha256: string }): Promise<void> {
    const headers = { 'content-length': String(bytes), 'content-type': 'application/octet-stream' };
    const body = createReadStream(path);
    try {
      const response = await this.#send('PUT', location, headers, sha256, body);
      await expectStatus(response, [200, 201, 204]);
    } catch (error) {
      throw storageFailed('writing to S3', error);
    } finally {
      body.destroy();
    }
  }

  async read(location: string, range: ByteRange | undefined): Promise<Readable> {
    try {
      const headers: Record<string, string> = range === undefined ? {} : { range: `bytes=${range.start}-${range.end}` };
      const response = await this.#send('GET', location, headers, emptyHash);
      if (response.statusCode !== (range === undefined ? 200 : 206)) await expectStatus(response, []);
      return response.body;
    } catch (error) {
      throw storageFailed('reading from S3', error);
    }
  }

  async remove(location: string): Promise<void> {
    try {
      await expectStatus(await this.#send('DELETE', location, {}, emptyHash), [200, 204, 404]);
    } catch (error) {
      throw storageFailed('removing from S3', error);
    }
  }

  async close(): Promise<void> {
    await this.#connections.close();
  }

  async #send(method: 'GET' | 'PUT' | 'DELETE', location: string, given: Record<string, string>, sha256: string, body?: Readable) {
    const { url, region, keyId, secret } = this.#settings;
    const signer = new AwsV4Signer({
      method,
      url: `${url}/${location}`,
      headers: { ...given, 'x-amz-content-sha256': sha256 },
      accessKeyId: keyId,
      secretAccessKey: secret,
      service: 's3',
      region,
    });
    const signed = await signer.sign();
    const headers = Object.fromEntries(signed.headers.entries());
    return request(signed.url, { method, headers, body: body ?? null, dispatcher: this.#connections, ...timeouts });
  }
}

const emptyHash = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

type Answer = Awaited<ReturnType<typeof request>>;

/** The body of a refusal is XML with a code in it, which says more than the status. */
async function expectStatus({ statusCode, body }: Answer, expected: readonly number[]): Promise<void> {
  if (expected.includes(statusCode)) return void (await body.dump());
  const text = (await body.text()).slice(0, 2_000);
  throw new Error(`it answered ${statusCode} ${/<Code>([^<]{1,100})<\/Code>/.exec(text)?.[1] ?? ''}`.trim());
}
