/** All of an answer as bytes, in pieces: the loop is not held up while a long one is written. */
import { setImmediate as pause } from 'node:timers/promises';
import { memberOf, plain } from './bounded-output.ts';

const pieceLength = 32_768;
/** Deeper levels are left out. */
const deepest = 100;
/** Room for the note at the end. */
const noteBytes = 64;

/** With these it is no text to whoever reads it; JSON escapes them. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are looked for
const controls = /[\u0000-\u0008\u000e-\u001a\u001c-\u001f]/;

/** Whether the answer is kept as the text that it is, and not as JSON. */
export function isPlainText(value: unknown): value is string {
  return typeof value === 'string' && !controls.test(value.slice(0, 65_536));
}

/** A text as it is, anything else as JSON. What is longer than `most` bytes ends there, with a note. */
export async function* outputBytes(value: unknown, most: number): AsyncGenerator<Buffer> {
  let left = most - noteBytes;
  let text = '';
  const take = function* (): Generator<Buffer> {
    const bytes = Buffer.from(text.toWellFormed());
    text = '';
    let end = Math.min(bytes.length, left);
    // Not within a character.
    while (end < bytes.length && end > 0 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end--;
    left -= bytes.length;
    yield bytes.subarray(0, end);
    if (left < 0) yield Buffer.from(`\n[cut: longer than ${most} bytes]`);
  };
  for (const piece of isPlainText(value) ? slices(value) : jsonPieces(value, new Set())) {
    text += piece;
    if (text.length < pieceLength) continue;
    yield* take();
    if (left < 0) return;
    await pause();
  }
  if (text !== '') yield* take();
}

function* slices(text: string): Generator<string> {
  for (let at = 0; at < text.length; ) {
    // A pair of surrogates stays together.
    const end = at + pieceLength + (/[\uD800-\uDBFF]/.test(text.charAt(at + pieceLength - 1)) ? 1 : 0);
    yield text.slice(at, end);
    at = end;
  }
}

function* jsonPieces(given: unknown, inside: Set<object>): Generator<string> {
  const value = plain(given);
  if (typeof value === 'string') {
    yield '"';
    for (const slice of slices(value)) yield JSON.stringify(slice).slice(1, -1);
    yield '"';
    return;
  }
  if (typeof value !== 'object' || value === null) {
    yield JSON.stringify(value ?? null);
    return;
  }
  if (inside.has(value) || inside.size >= deepest) {
    yield inside.has(value) ? '"[cut: it contains itself]"' : '"[cut: too deep]"';
    return;
  }
  inside.add(value);
  let comma = '';
  if (Array.isArray(value)) {
    yield '[';
    for (let at = 0; at < value.length; at += 1) {
      yield comma;
      yield* jsonPieces(memberOf(value, at), inside);
      comma = ',';
    }
    yield ']';
  } else {
    yield '{';
    for (const key of Object.keys(value)) {
      const item = plain(memberOf(value, key));
      if (item === undefined) continue;
      yield `${comma}${JSON.stringify(key)}:`;
      yield* jsonPieces(item, inside);
      comma = ',';
    }
    yield '}';
  }
  inside.delete(value);
}
