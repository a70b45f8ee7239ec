import { TimonelError } from '../errors.ts';
import type { ByteRange, StoredArtifact, TextPiece } from './contract.ts';
import { isText } from './media-type.ts';

const textTypes = /^(?:text\/|application\/(?:json|x-ndjson|yaml|sql|xml)$|application\/[\w.+-]+\+(?:json|xml)$)/;

/** Fewer may hold no whole character. */
const leastBytes = 256;

/**
 * Some bytes of a text, cut between characters.
 * @throws TimonelError `artifact_invalid` where it is no text
 */
export async function textPiece(
  artifact: StoredArtifact,
  from: { offset: number; bytes: number },
  read: (range: ByteRange) => Promise<AsyncIterable<Uint8Array>>,
): Promise<TextPiece> {
  const { bytes, mediaType, name } = artifact;
  const offset = Math.max(0, Math.trunc(from.offset));
  if (offset >= bytes) return { text: '', offset: bytes, next: null, bytes };
  const end = Math.min(bytes, offset + Math.max(leastBytes, Math.trunc(from.bytes)));
  const chunks: Uint8Array[] = [];
  for await (const chunk of await read({ start: offset, end: end - 1 })) chunks.push(chunk);
  const data = Buffer.concat(chunks);
  const start = offset === 0 ? 0 : continued(data);
  const stop = end === bytes ? data.length : data.length - begun(data);
  // What begins as another format may be a text all the same.
  if (!textTypes.test(mediaType) && !isText(data.subarray(start, stop)))
    throw new TimonelError('artifact_invalid', `${name} is ${mediaType}, which is no text. Give the id of a text to read.`);
  return {
    text: data.toString('utf8', start, stop),
    offset: offset + start,
    next: end === bytes ? null : offset + stop,
    bytes,
  };
}

/** Bytes at the beginning that belong to the character before. */
function continued(data: Buffer): number {
  let count = 0;
  while (count < 3 && isContinuation(data[count])) count++;
  return count;
}

/** Bytes at the end of a character that goes on after them. */
function begun(data: Buffer): number {
  for (let count = 1; count <= 3 && count < data.length; count++) {
    const byte = data[data.length - count] ?? 0;
    if (isContinuation(byte)) continue;
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
    return length > count ? count : 0;
  }
  return 0;
}

function isContinuation(byte: number | undefined): boolean {
  return byte !== undefined && (byte & 0xc0) === 0x80;
}
