import { diff3Merge } from 'node-diff3';
import type { Merged } from './contract.ts';
import { sharedPrefix, sharedSuffix } from './difference.ts';
import { textForm } from './encoding.ts';
import { lineStart, linesOf, nextLineStart } from './line-ends.ts';

/** Lines between the first and the last difference; a merge of more takes too long. */
const mostLines = 20_000;

/**
 * Merges two descendants of one content, by lines, on their bytes: line ends, encodings and byte order marks are those of the side that a line comes
 * from. Where both sides changed the same or touching lines it is a conflict, which is told; marks of conflicts are never written.
 */
export function mergeThreeWay(base: Uint8Array, ours: Uint8Array, theirs: Uint8Array): Merged {
  const same = (a: Uint8Array, b: Uint8Array) => Buffer.compare(a, b) === 0;
  if (same(ours, base) || same(ours, theirs)) return { kind: 'merged', bytes: theirs };
  if (same(theirs, base)) return { kind: 'merged', bytes: ours };
  const forms = [base, ours, theirs].map((bytes) => textForm(bytes).encoding);
  if (forms.includes('binary')) return { kind: 'conflict', message: 'Both sides changed a binary file. Keep one of them.' };
  const wide = forms.filter((form) => form.startsWith('utf-16'));
  if (wide.length > 0 && new Set(forms).size > 1)
    return { kind: 'conflict', message: 'One side changed the encoding of the file. Keep one of them.' };
  // One character for each byte, or unit: nothing is decoded, so that nothing can be lost.
  const encoding = wide.length > 0 ? 'utf16le' : 'latin1';
  const swapped = forms[0] === 'utf-16be';
  const decode = (bytes: Uint8Array) =>
    (swapped ? Buffer.from(bytes).swap16() : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)).toString(encoding);
  const texts: [string, string, string] = [decode(base), decode(ours), decode(theirs)];
  const merged = mergeTexts(texts);
  if (typeof merged !== 'string') return { kind: 'conflict', message: merged.message };
  const bytes = Buffer.from(merged, encoding);
  return { kind: 'merged', bytes: swapped ? bytes.swap16() : bytes };
}

function mergeTexts([base, ours, theirs]: [string, string, string]): string | { message: string } {
  // Lines that all three begin and end with need no merging.
  const prefix = lineStart(base, Math.min(sharedPrefix(base, ours), sharedPrefix(base, theirs)));
  const most = Math.min(base.length, ours.length, theirs.length) - prefix;
  const shared = Math.min(sharedSuffix(base, ours, most), sharedSuffix(base, theirs, most));
  const from = base.length - shared;
  const suffix = from === base.length ? 0 : base.length - (lineStart(base, from) === from ? from : nextLineStart(base, from));
  const middle = (text: string) => linesOf(text.slice(prefix, text.length - suffix));
  const [o, a, b] = [middle(base), middle(ours), middle(theirs)];
  if (Math.max(o.length, a.length, b.length) > mostLines)
    return { message: 'The sides differ in too many lines to be merged. Keep one of them.' };
  const pieces: string[] = [];
  const before = linesOf(base.slice(0, prefix)).length;
  for (const region of diff3Merge(a, o, b, { excludeFalseConflicts: true })) {
    if (region.conflict !== undefined) {
      const { oIndex, o: lines } = region.conflict;
      const first = before + oIndex + 1;
      const range = lines.length > 1 ? `lines ${first} to ${first + lines.length - 1}` : `line ${first}`;
      return {
        message: `Both sides changed ${range} of the content that they come from. Take one side, or change the file by hand.`,
      };
    }
    pieces.push(...(region.ok ?? []));
  }
  // A last line without an end would run into a line that follows it.
  const open = pieces.findIndex((line, position) => (position < pieces.length - 1 || suffix > 0) && !/[\r\n]$/.test(line));
  if (open !== -1)
    return {
      message: 'One side changed the last line, which has no end, and the other added lines after it. Change the file by hand.',
    };
  return base.slice(0, prefix) + pieces.join('') + base.slice(base.length - suffix);
}
