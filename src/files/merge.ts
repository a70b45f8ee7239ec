import { diffArrays } from 'diff';
import type { Merged } from './contract.ts';
import { sharedPrefix, sharedSuffix } from './difference.ts';
import { textForm } from './encoding.ts';
import { lineStart, linesOf, nextLineStart } from './line-ends.ts';

/** Differing lines of one side; a difference of more takes too long. */
const mostEdits = 5_000;

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
  const [ourHunks, theirHunks] = [hunksOf(o, a), hunksOf(o, b)];
  if (ourHunks === undefined || theirHunks === undefined)
    return { message: 'The sides differ in too many lines to be merged. Keep one of them.' };
  const pieces: string[] = [];
  let at = 0;
  for (const group of touching(ourHunks, theirHunks)) {
    pieces.push(o.slice(at, group.from).join(''));
    const [our, their] = [sideOf(o, group, group.ours), sideOf(o, group, group.theirs)];
    if (group.ours.length > 0 && group.theirs.length > 0 && our !== their)
      return { message: conflictAt(linesOf(base.slice(0, prefix)).length, group) };
    pieces.push(group.ours.length > 0 ? our : their);
    at = group.to;
  }
  pieces.push(o.slice(at).join(''));
  // A last line without an end would run into a line that follows it.
  const written = pieces.filter((piece) => piece !== '');
  const open = written.findIndex((piece, position) => (position < written.length - 1 || suffix > 0) && !/[\r\n]$/.test(piece));
  if (open !== -1)
    return {
      message: 'One side changed the last line, which has no end, and the other added lines after it. Change the file by hand.',
    };
  return base.slice(0, prefix) + written.join('') + base.slice(base.length - suffix);
}

/** Lines of the base, from `from` up to `to`, that one side has as `lines`. */
interface MergeHunk {
  from: number;
  to: number;
  lines: readonly string[];
}

interface HunkGroup {
  from: number;
  to: number;
  ours: MergeHunk[];
  theirs: MergeHunk[];
}

function hunksOf(base: readonly string[], side: readonly string[]): MergeHunk[] | undefined {
  const changes = diffArrays([...base], [...side], { maxEditLength: mostEdits });
  if (changes === undefined) return undefined;
  const hunks: MergeHunk[] = [];
  let at = 0;
  for (const { value, added, removed } of changes) {
    const last = hunks.at(-1);
    const to = removed ? at + value.length : at;
    if ((added || removed) && last !== undefined && last.to === at) {
      last.to = to;
      if (added) last.lines = last.lines.concat(value);
    } else if (added || removed) hunks.push({ from: at, to, lines: added ? value : [] });
    at = added ? at : at + value.length;
  }
  return hunks;
}

/** Hunks of both sides that overlap or touch, together; the others each alone. */
function touching(ours: readonly MergeHunk[], theirs: readonly MergeHunk[]): HunkGroup[] {
  const all = [
    ...ours.map((hunk) => ({ hunk, side: 'ours' as const })),
    ...theirs.map((hunk) => ({ hunk, side: 'theirs' as const })),
  ];
  const groups: HunkGroup[] = [];
  for (const { hunk, side } of all.sort((a, b) => a.hunk.from - b.hunk.from || a.hunk.to - b.hunk.to)) {
    let group = groups.at(-1);
    if (group === undefined || hunk.from > group.to) {
      group = { from: hunk.from, to: hunk.to, ours: [], theirs: [] };
      groups.push(group);
    }
    group.to = Math.max(group.to, hunk.to);
    group[side].push(hunk);
  }
  return groups;
}

function sideOf(base: readonly string[], { from, to }: HunkGroup, hunks: readonly MergeHunk[]): string {
  let [text, at] = ['', from];
  for (const hunk of hunks) {
    text += base.slice(at, hunk.from).join('') + hunk.lines.join('');
    at = hunk.to;
  }
  return text + base.slice(at, to).join('');
}

function conflictAt(before: number, { from, to }: HunkGroup): string {
  const first = before + from + 1;
  const range = to - from > 1 ? `lines ${first} to ${before + to}` : `line ${first}`;
  return `Both sides changed ${range} of the content that they come from. Take one side, or change the file by hand.`;
}
