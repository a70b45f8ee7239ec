import { diffArrays } from 'diff';
import { decodeText, encodeText, firstUnencodable, type TextForm, textForm } from './encoding.ts';
import { anyLineEnd, linesOf } from './line-ends.ts';

export type WrittenBytes =
  | { kind: 'written'; bytes: Uint8Array }
  | { kind: 'refused'; reason: 'binary' | 'unencodable'; message: string };

const utf8: TextForm = { encoding: 'utf-8', markBytes: 0 };
/** Beyond so many differing lines, lines are not told apart by what they were. */
const mostLineEdits = 5_000;

/**
 * The bytes of a file that is written as a whole. One that exists keeps its encoding and byte order mark, and where its lines do not end in `\n` and the text's do, each line
 * that stays keeps its end and a new one takes that of its neighbours.
 */
export function writeBytes(path: string, now: Uint8Array | undefined, text: string): WrittenBytes {
  const form = now === undefined ? utf8 : textForm(now);
  if (now !== undefined && form.encoding === 'binary')
    return {
      kind: 'refused',
      reason: 'binary',
      message: `${path} is a binary file, which is not written as text. Delete it first if that is meant.`,
    };
  const marked = form.markBytes > 0 && text.startsWith('\ufeff') ? text.slice(1) : text;
  const body = now === undefined ? marked : withLineEndsOf(decodeText(now, form), marked);
  const bytes = encodeText(body, form);
  if (bytes === undefined || now === undefined) {
    return bytes === undefined
      ? { kind: 'refused', reason: 'unencodable', message: unencodable(path, body, form) }
      : { kind: 'written', bytes };
  }
  return { kind: 'written', bytes: Buffer.concat([now.subarray(0, form.markBytes), bytes]) };
}

export function unencodable(path: string, text: string, form: TextForm): string {
  const character = firstUnencodable(text, form) ?? '';
  if (form.encoding.startsWith('utf-8'))
    return `${path}: the text has half of a character (${JSON.stringify(character)}), which no file can have. Send whole characters.`;
  return `${path} is encoded as ${form.encoding}, which has no ${JSON.stringify(character)}. Leave the character out, or write it as an escape.`;
}

function withLineEndsOf(old: string, text: string): string {
  if (!old.includes('\r') || text.includes('\r')) return text;
  const oldLines = linesOf(old);
  const lines = linesOf(text);
  const content = (line: string) => line.replace(/[\r\n]+$/, '');
  const endOf = (line: string | undefined) => line?.match(anyLineEnd)?.at(-1);
  const commonest = endOf(oldLines[0]) ?? '\n';
  const changes = diffArrays(oldLines.map(content), lines.map(content), { maxEditLength: mostLineEdits });
  if (changes === undefined) return text.replaceAll('\n', commonest);
  let [result, at, nextAt] = ['', 0, 0];
  let end = commonest;
  for (const { value, added, removed } of changes) {
    for (const line of value) {
      if (!removed) {
        end = (added ? undefined : endOf(oldLines[at])) ?? end;
        result += line + (lines[nextAt]?.endsWith('\n') === true ? end : '');
        nextAt += 1;
      }
      if (!added) at += 1;
    }
  }
  return result;
}
