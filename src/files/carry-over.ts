import { diffArrays } from 'diff';
import type { MatchRung } from './contract.ts';
import { anyLineEnd, type LineEnd, neighbourLineEnd } from './line-ends.ts';
import { isTypographic, plainSister, sourceRange, type TextView, viewOf } from './text-view.ts';

/** A part of a file that a text was matched with, as views of equal text. */
export interface MatchedPart {
  /** The whole text of the file. */
  text: string;
  /** View of a region of the file that begins at `offset`. */
  view: TextView;
  offset: number;
  /** The match in that view. */
  from: number;
  to: number;
  rung: Exclude<MatchRung, 'exact'>;
  tabWidth: number | undefined;
}

/** More differing lines than these are not aligned: all of them are taken for new. */
const mostLineEdits = 2_000;
const mostTokenEdits = 800;

const token = /\n|[^\S\n]+|[\p{L}\p{N}_][\p{L}\p{M}\p{N}_]*|\P{M}\p{M}*|\p{M}+/gu;

/**
 * Makes a change of a quoted text a change of the part of the file that it was matched with: what `old` and `next` share keeps the bytes of the file,
 * the rest is taken from `next`, in the file's line ends and, where the match shows which, in its quotes, dashes and normal form.
 * @param old as it was quoted, line ends as `\n`
 * @param next what takes its place, line ends as `\n`
 */
export function carryOver(old: string, next: string, part: MatchedPart): string {
  const { text, view, offset, from, to, rung, tabWidth } = part;
  const quoted = viewOf(old, { rung, atEnd: view.openEnd && to === view.text.length && !old.endsWith('\n'), tabWidth });
  const source = (start: number, end: number) => text.slice(offset + start, offset + end);
  const first = sourceRange(view, from, to);
  let lineEnd: LineEnd | undefined;
  const firstEnd = source(first.start, first.end).match(anyLineEnd)?.[0] as LineEnd | undefined;
  const adapt = adaptation(old, quoted, part);

  /** What stands in the file where `old` has a range; `undefined` where the range cuts a character of it. */
  const kept = (start: number, end: number): string | undefined => {
    let low = lowerBound(quoted.starts, start);
    let high = low;
    while (high < quoted.ends.length && (quoted.ends[high] ?? 0) <= end && (quoted.starts[high] ?? 0) < end) high += 1;
    // Blanks that the view does not have are the new text's own.
    if (low === high) return /^\s+$/.test(old.slice(start, end)) ? undefined : '';
    low += from;
    high += from;
    if (low > 0 && view.starts[low] === view.starts[low - 1] && view.ends[low] === view.ends[low - 1] && low > from)
      return undefined;
    if (high < to && view.starts[high] === view.starts[high - 1] && view.ends[high] === view.ends[high - 1]) return undefined;
    const range = sourceRange(view, low, high);
    return source(range.start, range.end);
  };
  const remember = (piece: string) => {
    const ends = piece.match(anyLineEnd);
    if (ends !== null) lineEnd = ends.at(-1) as LineEnd;
    return piece;
  };
  const added = (piece: string) =>
    adapt(piece).replaceAll('\n', () => lineEnd ?? firstEnd ?? neighbourLineEnd(text, offset + first.end));

  let result = '';
  let at = 0;
  for (const group of alignedLines(old, next)) {
    const end = at + group.old.length;
    if (group.equal) result += remember(kept(at, end) ?? added(group.next));
    else
      for (const run of alignedTokens(group.old, group.next)) {
        const runEnd = at + run.old.length;
        if (run.equal) result += remember(kept(at, runEnd) ?? added(run.next));
        else result += added(run.next);
        at = runEnd;
      }
    at = end;
  }
  // The last line has no end in the file; it gets none by a match that was quoted with one.
  const supplied = view.openEnd && to === view.text.length;
  return supplied ? result.replace(/(?:\r\n|\n|\r)$/, '') : result;
}

interface Aligned {
  equal: boolean;
  old: string;
  next: string;
}

function alignedLines(old: string, next: string): Aligned[] {
  const lines = (text: string) => text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
  return aligned(lines(old), lines(next), mostLineEdits).map(({ equal, ...group }) => ({
    equal,
    old: group.old.join(''),
    next: group.next.join(''),
  }));
}

/** Blanks at the end of a line are not those between words, which the view of a file has. */
const tail = '\0';

function alignedTokens(old: string, next: string): Aligned[] {
  // No text has it; where one does, nothing is aligned.
  if (next.includes(tail)) return [{ equal: false, old, next }];
  const tokens = (text: string) => {
    const all = text.match(token) ?? [];
    return all.map((each, at) => (/^[^\S\n]/.test(each) && (all[at + 1] ?? '\n') === '\n' ? each + tail : each));
  };
  const joined = (pieces: readonly string[]) => pieces.join('').replaceAll(tail, '');
  return aligned(tokens(old), tokens(next), mostTokenEdits).flatMap((run): Aligned[] =>
    run.equal
      ? runsOf(run.old).map((pieces) => ({ equal: true, old: joined(pieces), next: joined(pieces) }))
      : [{ equal: false, old: joined(run.old), next: joined(run.next) }],
  );
}

/** Line ends, and blanks before them, are runs of their own: blanks before the end of a changed line are not kept. */
function runsOf(tokens: readonly string[]): string[][] {
  const runs: string[][] = [];
  let open = false;
  for (const each of tokens) {
    const alone = each === '\n' || each.endsWith(tail);
    const last = runs.at(-1);
    if (open && !alone && last !== undefined) last.push(each);
    else runs.push([each]);
    open = !alone;
  }
  return runs;
}

function aligned(old: string[], next: string[], most: number): { equal: boolean; old: string[]; next: string[] }[] {
  const changes = diffArrays(old, next, { maxEditLength: most });
  if (changes === undefined) return [{ equal: false, old, next }];
  const groups: { equal: boolean; old: string[]; next: string[] }[] = [];
  for (const { value, added, removed } of changes) {
    const last = groups.at(-1);
    if (!added && !removed) groups.push({ equal: true, old: value, next: value });
    else if (last !== undefined && !last.equal) {
      if (removed) last.old = last.old.concat(value);
      else last.next = last.next.concat(value);
    } else groups.push({ equal: false, old: removed ? value : [], next: removed ? [] : value });
  }
  return groups;
}

function lowerBound(sorted: Uint32Array, wanted: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? 0) < wanted) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** How new text is written as the file writes: by what the match shows of its quotes, dashes, blanks and normal form. */
function adaptation(old: string, quoted: TextView, { text, view, offset, from, rung }: MatchedPart): (piece: string) => string {
  if (rung !== 'unicode' && rung !== 'indentation') return (piece) => piece;
  const seen = new Map<string, Set<string>>();
  let form: 'NFC' | 'NFD' | undefined;
  for (let position = 0; position < quoted.text.length; position++) {
    const theirs = old.slice(quoted.starts[position], quoted.ends[position]);
    const ours = text.slice(offset + (view.starts[from + position] ?? 0), offset + (view.ends[from + position] ?? 0));
    if (isTypographic(theirs)) seen.set(theirs, (seen.get(theirs) ?? new Set()).add(ours));
    else if (theirs !== ours && theirs.normalize('NFC') === ours.normalize('NFC'))
      form = ours === ours.normalize('NFC') ? 'NFC' : 'NFD';
  }
  const replaced = new Map(
    [...seen].flatMap(([theirs, ours]) => {
      const [only = theirs] = ours;
      return ours.size === 1 && only !== theirs && isTypographic(only) ? [[theirs, only] as const] : [];
    }),
  );
  const families = new Map<string, boolean>();
  for (const [theirs, ours] of seen) {
    const sister = plainSister(theirs);
    if (sister !== undefined)
      families.set(sister.family, families.get(sister.family) !== false && ours.size === 1 && ours.has(sister.plain));
  }
  const adapted = (character: string): string => {
    const only = replaced.get(character);
    if (only !== undefined || seen.has(character)) return only ?? character;
    const sister = plainSister(character);
    return sister !== undefined && families.get(sister.family) === true ? sister.plain : character;
  };
  return (piece) => Array.from(form === undefined ? piece : piece.normalize(form), adapted).join('');
}
