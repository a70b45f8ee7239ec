import { createReadStream } from 'node:fs';
import type { Readable } from 'node:stream';
import type { ArtifactStorage, ByteRange, S3Settings } from '../contract.ts';
import { storageFailed } from './failure.ts';
import { expectStatus, S3Client } from './s3-client.ts';

/**
 * Artifacts as objects of a bucket, at any server that speaks S3 with signatures of version 4. Sizes and hashes are known before an object is
 * sent, so that one request stores it (up to 5 GiB) and the server checks what arrived.
 */
export class S3Storage implements ArtifactStorage {
  readonly kind = 's3';
  readonly #url: string;
  readonly #client: S3Client;

  constructor(settings: S3Settings) {
    this.#url = settings.url.replace(/\/+$/, '');
    this.#client = new S3Client(settings);
  }

  async store(location: string, { path, bytes, sha256 }: { path: string; bytes: number; sha256: string }): Promise<void> {
    const headers = { 'content-length': String(bytes), 'content-type': 'application/octet-stream' };
    const body = createReadStream(path);
    try {
      const response = await this.#client.send('PUT', this.#at(location), { headers, sha256, body });
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
      const response = await this.#client.send('GET', this.#at(location), { headers });
      if (response.statusCode !== (range === undefined ? 200 : 206)) await expectStatus(response, []);
      return response.body;
    } catch (error) {
      throw storageFailed('reading from S3', error);
    }
  }

  async remove(location: string): Promise<void> {
    try {
      await expectStatus(await this.#client.send('DELETE', this.#at(location)), [200, 204, 404]);
    } catch (error) {
      throw storageFailed('removing from S3', error);
    }
  }

  async close(): Promise<void> {
    await this.#client.close();
  }

  #at(location: string): string {
    return `${this.#url}/${location}`;
  }
}
