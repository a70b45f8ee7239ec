import { isUtf8 } from 'node:buffer';
import type { FileEncoding } from './contract.ts';

/** How the bytes of a file become text and back, without losing one. */
export interface TextForm {
  encoding: FileEncoding;
  /** Bytes of the byte order mark, which is no part of the text. */
  markBytes: 0 | 2 | 3;
}

const buffer = (bytes: Uint8Array) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);

/** The strictest form that gives every byte back. A file with NUL characters is `binary`. */
export function textForm(bytes: Uint8Array): TextForm {
  const [first, second, third] = bytes;
  if (first === 0xff && second === 0xfe && isUtf16(bytes, 2, 'utf-16le')) return { encoding: 'utf-16le', markBytes: 2 };
  if (first === 0xfe && second === 0xff && isUtf16(bytes, 2, 'utf-16be')) return { encoding: 'utf-16be', markBytes: 2 };
  if (bytes.includes(0)) return { encoding: utf16WithoutMark(bytes) ?? 'binary', markBytes: 0 };
  if (!isUtf8(bytes)) return { encoding: 'latin-1', markBytes: 0 };
  return first === 0xef && second === 0xbb && third === 0xbf
    ? { encoding: 'utf-8-bom', markBytes: 3 }
    : { encoding: 'utf-8', markBytes: 0 };
}

/** Whole units, none of them NUL. A lone surrogate is a unit like any other in a JavaScript string, and comes back as it was. */
function isUtf16(bytes: Uint8Array, from: number, encoding: 'utf-16le' | 'utf-16be'): boolean {
  if ((bytes.length - from) % 2 !== 0) return false;
  return !decode16(bytes.subarray(from), encoding).includes('\0');
}

/** Text in Latin letters has a NUL at every other byte, always on the same side; nothing else that is not text has. */
function utf16WithoutMark(bytes: Uint8Array): 'utf-16le' | 'utf-16be' | undefined {
  if (bytes.length < 4 || bytes.length % 2 !== 0) return undefined;
  const nulls: [number, number] = [0, 0];
  for (let at = bytes.indexOf(0); at !== -1; at = bytes.indexOf(0, at + 1)) nulls[at % 2 === 0 ? 0 : 1] += 1;
  const [even, odd] = nulls;
  if (even > 0 && odd > 0) return undefined;
  if (Math.max(even, odd) < bytes.length * 0.3) return undefined;
  return even > 0 ? 'utf-16be' : 'utf-16le';
}

function decode16(bytes: Uint8Array, encoding: 'utf-16le' | 'utf-16be'): string {
  if (encoding === 'utf-16le') return buffer(bytes).toString('utf16le');
  return Buffer.from(bytes).swap16().toString('utf16le');
}

/** The text without its mark. `binary`: each byte as one character. */
export function decodeText(bytes: Uint8Array, { encoding, markBytes }: TextForm): string {
  const rest = bytes.subarray(markBytes);
  if (encoding === 'utf-16le' || encoding === 'utf-16be') return decode16(rest, encoding);
  return buffer(rest).toString(encoding === 'latin-1' || encoding === 'binary' ? 'latin1' : 'utf8');
}

/** Bytes of a text, without a mark; `undefined` where the encoding has no bytes for one of its characters. */
export function encodeText(text: string, { encoding }: TextForm): Uint8Array | undefined {
  if (encoding === 'utf-16le') return Buffer.from(text, 'utf16le');
  if (encoding === 'utf-16be') return Buffer.from(text, 'utf16le').swap16();
  if (encoding === 'latin-1' || encoding === 'binary')
    return firstUnencodable(text, { encoding, markBytes: 0 }) === undefined ? Buffer.from(text, 'latin1') : undefined;
  return text.isWellFormed() ? Buffer.from(text, 'utf8') : undefined;
}

/** The first character that an encoding has no bytes for. */
export function firstUnencodable(text: string, { encoding }: TextForm): string | undefined {
  if (encoding === 'utf-16le' || encoding === 'utf-16be') return undefined;
  if (encoding === 'latin-1' || encoding === 'binary') return /[\u{100}-\u{10ffff}]/u.exec(text)?.[0];
  return /\p{Surrogate}/u.exec(text)?.[0];
}

/** Where the character at `index` of a decoded text begins in its bytes. */
export function byteOffset(text: string, index: number, { encoding, markBytes }: TextForm): number {
  if (encoding === 'utf-16le' || encoding === 'utf-16be') return markBytes + index * 2;
  if (encoding === 'latin-1' || encoding === 'binary') return markBytes + index;
  return markBytes + Buffer.byteLength(text.slice(0, index), 'utf8');
}
