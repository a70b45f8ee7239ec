import type { Readable } from 'node:stream';
import { ModelFailure } from '../attempt/failure.ts';

/** Largest answer that is read, streamed or not: beyond it something is wrong at the other end. */
const longestAnswerBytes = 32 * 1024 * 1024;

/** @throws ModelFailure `malformed` when the body is larger than anybody should send. */
export async function wholeBytes(body: Readable): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    checkLength(bytes);
    chunks.push(chunk);
  }
  return chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks);
}

/** @throws ModelFailure `malformed` when that many bytes of one answer are too many. */
export function checkLength(bytes: number): void {
  if (bytes > longestAnswerBytes)
    throw new ModelFailure('malformed', `the answer is larger than ${longestAnswerBytes / 1024 / 1024} MB`);
}
