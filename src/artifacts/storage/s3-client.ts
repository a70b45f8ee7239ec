/** Requests to a server that speaks S3, with signatures of version 4. */
import type { Readable } from 'node:stream';
import { AwsV4Signer } from 'aws4fetch';
import { Agent, request } from 'undici';
import type { S3Settings } from '../contract.ts';

/** SHA-256 of nothing: of requests without a body. */
export const emptyHash = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

const answerMs = 30_000;

/** An answer of a bucket; its body has to be read or dumped. */
export type S3Answer = Awaited<ReturnType<typeof request>>;

/** What a request sends. */
export interface S3Request {
  headers?: Readonly<Record<string, string>>;
  /** Hexadecimal, of the body; of nothing where absent. The server checks what arrived. */
  sha256?: string;
  body?: Readable | Buffer;
  /** Until the answer begins, once all was sent; 30 s. */
  answerMs?: number;
}

export class S3Client {
  readonly #settings: S3Settings;
  readonly #connections = new Agent({ connect: { timeout: 5_000 }, keepAliveTimeout: 10_000 });

  constructor(settings: S3Settings) {
    this.#settings = settings;
  }

  /** Sends a signed request. @throws what the network says */
  async send(method: 'GET' | 'PUT' | 'POST' | 'DELETE', url: string, sent: S3Request = {}): Promise<S3Answer> {
    const { region, keyId, secret } = this.#settings;
    const signer = new AwsV4Signer({
      method,
      url,
      headers: { ...sent.headers, 'x-amz-content-sha256': sent.sha256 ?? emptyHash },
      accessKeyId: keyId,
      secretAccessKey: secret,
      service: 's3',
      region,
    });
    const signed = await signer.sign();
    return request(signed.url, {
      method,
      headers: Object.fromEntries(signed.headers.entries()),
      body: sent.body ?? null,
      dispatcher: this.#connections,
      headersTimeout: sent.answerMs ?? answerMs,
      bodyTimeout: answerMs,
    });
  }

  async close(): Promise<void> {
    await this.#connections.close();
  }
}

/** What a bucket refused. */
export class S3Refused extends Error {
  readonly status: number;
  /** Its own code, e.g. `NoSuchBucket`; empty where it said none. */
  readonly s3Code: string;

  constructor(status: number, s3Code: string) {
    super(`it answered ${status} ${s3Code}`.trim());
    this.status = status;
    this.s3Code = s3Code;
  }
}

/** The body of a refusal is XML with a code in it, which says more than the status. @throws S3Refused */
export async function expectStatus({ statusCode, body }: S3Answer, expected: readonly number[]): Promise<void> {
  if (expected.includes(statusCode)) return void (await body.dump());
  const text = (await body.text()).slice(0, 2_000);
  throw new S3Refused(statusCode, codeOf(text) ?? '');
}

/** The code of an error in XML. */
export function codeOf(xml: string): string | undefined {
  return /<Code>([^<]{1,100})<\/Code>/.exec(xml)?.[1];
}
