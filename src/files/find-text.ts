import { candidateRegions, type TextRegion } from './candidate-regions.ts';
import { carryOver } from './carry-over.ts';
import type { EditPlace, MatchRung, TextEdit } from './contract.ts';
import { type LinePair, reindent } from './indentation.ts';
import { anyLineEnd, lineNumbers, lineStart, neighbourLineEnd, nextLineStart, startOfLine } from './line-ends.ts';
import { nearestLines } from './nearest-lines.ts';
import { isWhole, sourceRange, type TextView, viewOf } from './text-view.ts';

/** Part of a text, from `start` up to `end`, that takes another text. */
export interface TextSplice {
  start: number;
  end: number;
  text: string;
  rung: MatchRung;
}

export type FoundEdit =
  | { kind: 'found'; splices: readonly TextSplice[] }
  | { kind: 'refused'; reason: 'no-match' | 'several-matches' | 'malformed'; message: string };

/** One way in which the old text is in the file; the new text is worked out for the one that is taken. */
interface Match {
  start: number;
  end: number;
  replace(): { kind: 'text'; text: string } | { kind: 'refused'; message: string };
}

export interface FindOptions {
  /** The looser rungs are for texts; bytes match exactly or not at all. */
  exactOnly: boolean;
  /** Where the edit before this one ended, and by how many lines it was away from where its patch said. */
  from: number;
  drift: number;
}

const looseRungs = ['line-ends', 'trailing-blanks', 'unicode', 'indentation'] as const;
const tabWidths = [undefined, 4, 2, 8] as const;
/** Places of a text that is to be there once; more are not counted. */
const mostMatches = 1_000;
/** Larger than a text that somebody quotes; looser rungs would take too long on it. */
const mostQuoted = 1_000_000;

/** Where an edit's old text stands, and what takes its place: by the first rung that finds it, if that finds it once. */
export function findText(text: string, edit: TextEdit, options: FindOptions): FoundEdit {
  if (edit.old === '') return insertion(text, edit);
  const exact = exactMatches(text, edit, options);
  if (exact.length > 0) return chosen(text, edit, 'exact', exact, options);
  if (options.exactOnly || edit.old.length > mostQuoted) return noMatch(text, edit);
  const quoted = edit.old.replace(anyLineEnd, '\n');
  const next = edit.new.replace(anyLineEnd, '\n');
  const regions = candidateRegions(text, edit.old);
  for (const rung of looseRungs) {
    if (edit.all === true && rung !== 'line-ends') break;
    const matches =
      rung === 'indentation'
        ? indentedMatches(text, regions, quoted, next, edit.place)
        : viewMatches(text, regions, quoted, next, rung, edit.place);
    if (matches.length > 0) return chosen(text, edit, rung, matches, options);
  }
  return noMatch(text, edit);
}

/** A patch adds lines between two others and quotes none. */
function insertion(text: string, { new: added, place }: TextEdit): FoundEdit {
  const refused = (message: string): FoundEdit => ({ kind: 'refused', reason: 'malformed', message });
  if (place?.line === undefined && place?.atEnd !== true && place?.after === undefined)
    return refused('the old text is empty. Quote the lines that the new ones go between, or write the whole file.');
  const anchored = place.line === undefined && place.atEnd !== true ? afterAnchors(text, place.after ?? []) : text.length;
  const start = place.line === undefined ? anchored : startOfLine(text, place.line);
  if (start === undefined) return refused('there is no such place in the file. Quote the lines that the new ones go between.');
  const lineEnd = neighbourLineEnd(text, start);
  const lines = added.replace(anyLineEnd, lineEnd);
  const open = start === text.length && start > 0 && lineStart(text, start) !== start;
  const inserted = open ? lineEnd + (lines.endsWith(lineEnd) ? lines.slice(0, -lineEnd.length) : lines) : lines;
  return { kind: 'found', splices: [{ start, end: start, text: inserted, rung: 'exact' }] };
}

function exactMatches(text: string, { old, new: next, all, place }: TextEdit, { exactOnly }: FindOptions): Match[] {
  const matches: Match[] = [];
  const step = all === true ? old.length : 1;
  for (let start = text.indexOf(old); start !== -1; start = text.indexOf(old, start + step)) {
    const end = start + old.length;
    if (!fits(text, start, end, place) || (!exactOnly && cutsCharacter(text, start, end))) continue;
    if (matches.length === mostMatches && all !== true && place === undefined) break;
    matches.push({ start, end, replace: () => ({ kind: 'text', text: withOwnLineEnds(old, next, text, start, exactOnly) }) });
  }
  return matches;
}

/** Marks and the second halves of surrogate pairs belong to the character before. */
function cutsCharacter(text: string, start: number, end: number): boolean {
  const continues = (at: number) => /^[\u0300-\u036f\udc00-\udfff]/.test(text.slice(at, at + 1));
  return continues(end) || (start > 0 && continues(start) && /[\ud800-\udbff]/.test(text[start - 1] ?? ''));
}

/** A text that quotes a line end exactly has the file's; one that quotes none gets those of its neighbours, or keeps its own where the file has none. */
function withOwnLineEnds(old: string, next: string, text: string, start: number, binary: boolean): string {
  if (binary || /[\r\n]/.test(old) || !/[\r\n]/.test(next) || !/[\r\n]/.test(text)) return next;
  return next.replace(anyLineEnd, neighbourLineEnd(text, start));
}

function viewMatches(
  text: string,
  regions: readonly TextRegion[],
  quoted: string,
  next: string,
  rung: 'line-ends' | 'trailing-blanks' | 'unicode',
  place: EditPlace | undefined,
): Match[] {
  const wanted = viewOf(quoted, { rung, atEnd: false }).text;
  if (wanted.trim() === '') return [];
  return regions.flatMap(({ start: offset, end }) => {
    const view = viewOf(text.slice(offset, end), { rung, atEnd: end === text.length });
    const matches: Match[] = [];
    for (let from = view.text.indexOf(wanted); from !== -1; from = view.text.indexOf(wanted, from + 1)) {
      const to = from + wanted.length;
      const range = sourceRange(view, from, to);
      const [start, stop] = [offset + range.start, offset + range.end];
      if (!isWhole(view, from, to) || !fits(text, start, stop, place) || cutsCharacter(text, start, stop)) continue;
      const part = { text, view, offset, from, to, rung, tabWidth: undefined };
      matches.push({ start, end: stop, replace: () => ({ kind: 'text', text: carryOver(quoted, next, part) }) });
    }
    return matches;
  });
}

/** Whole lines that are the same but for their indentation, and tabs inside of them. */
function indentedMatches(
  text: string,
  regions: readonly TextRegion[],
  quoted: string,
  next: string,
  place: EditPlace | undefined,
): Match[] {
  for (const tabWidth of quoted.includes('\t') || regions.some(({ start, end }) => text.slice(start, end).includes('\t'))
    ? tabWidths
    : [undefined]) {
    const matches = regions.flatMap((region) => indentedIn(text, region, quoted, next, tabWidth, place));
    if (matches.length > 0) return matches;
  }
  return [];
}

function indentedIn(
  text: string,
  { start: offset, end }: TextRegion,
  quoted: string,
  next: string,
  tabWidth: number | undefined,
  place: EditPlace | undefined,
): Match[] {
  const closed = quoted.endsWith('\n');
  const wanted = (closed ? quoted.slice(0, -1) : quoted).split('\n');
  const wantedKeys = wanted.map((line) => contentKey(line, tabWidth));
  if (wantedKeys.every((key) => key === '')) return [];
  const starts = [offset];
  for (let at = offset; at < end; ) {
    at = nextLineStart(text, at);
    starts.push(at);
  }
  const lines = starts.slice(0, -1).map((start, position) => text.slice(start, starts[position + 1]).replace(/[\r\n]+$/, ''));
  const keys = lines.map((line) => contentKey(line, tabWidth));
  const matches: Match[] = [];
  for (let first = 0; first + wanted.length <= keys.length; first++) {
    if (!wantedKeys.every((key, position) => key === keys[first + position])) continue;
    const start = starts[first] ?? offset;
    const last = first + wanted.length - 1;
    const stop = closed ? (starts[last + 1] ?? end) : (starts[last] ?? offset) + (lines[last] ?? '').length;
    if (!fits(text, start, stop, place)) continue;
    const pairs: LinePair[] = wanted.map((line, position) => ({ quoted: line, found: lines[first + position] ?? '' }));
    matches.push({ start, end: stop, replace: () => reindented(text, { start, end: stop }, pairs, quoted, next, tabWidth) });
  }
  return matches;
}

function reindented(
  text: string,
  { start, end }: TextRegion,
  pairs: readonly LinePair[],
  quoted: string,
  next: string,
  tabWidth: number | undefined,
): ReturnType<Match['replace']> {
  const done = reindent(pairs, quoted, next);
  if (done.kind === 'refused') return done;
  const view: TextView = viewOf(text.slice(start, end), {
    rung: 'indentation',
    atEnd: end === text.length && quoted.endsWith('\n'),
    tabWidth,
  });
  // Lines that differ in more than their indentation would be matched to the wrong characters.
  if (viewOf(done.old, { rung: 'indentation', atEnd: false, tabWidth }).text !== view.text)
    return { kind: 'refused', message: 'its blanks differ in more than the indentation. Quote the lines as they are.' };
  const part = { text, view, offset: start, from: 0, to: view.text.length, rung: 'indentation', tabWidth } as const;
  return { kind: 'text', text: carryOver(done.old, done.next, part) };
}

function contentKey(line: string, tabWidth: number | undefined): string {
  return viewOf(line.trim(), { rung: 'indentation', atEnd: false, tabWidth }).text.trim();
}

/** Whether a match is where its patch wants it: of whole lines, after the lines that it names. */
function fits(text: string, start: number, end: number, place: EditPlace | undefined): boolean {
  if (place === undefined) return true;
  if (lineStart(text, start) !== start) return false;
  if (end !== text.length && lineStart(text, end) !== end && !/[\r\n]/.test(text[end] ?? '')) return false;
  return place.atEnd !== true || nextLineStart(text, end) === text.length;
}

/** Where a text goes on after lines that stand in it in this order. */
function afterAnchors(text: string, anchors: readonly string[]): number | undefined {
  let at = 0;
  for (const anchor of anchors) {
    const wanted = anchor.trim();
    let found: number | undefined;
    while (at < text.length && found === undefined) {
      const end = nextLineStart(text, at);
      if (text.slice(at, end).trim() === wanted) found = end;
      at = end;
    }
    if (found === undefined) return undefined;
  }
  return at;
}

function chosen(text: string, edit: TextEdit, rung: MatchRung, matches: readonly Match[], options: FindOptions): FoundEdit {
  const picked = edit.all === true ? matches : pick(text, edit, matches, options);
  if (picked.length > 1 && edit.all !== true) return several(text, picked, rung);
  const splices: TextSplice[] = [];
  for (const match of picked) {
    const replaced = match.replace();
    if (replaced.kind === 'refused')
      return {
        kind: 'refused',
        reason: 'no-match',
        message: `the old text is not in the file as it is quoted: ${replaced.message}`,
      };
    splices.push({ start: match.start, end: match.end, text: replaced.text, rung });
  }
  return splices.length === 0 ? noMatch(text, edit) : { kind: 'found', splices };
}

/** Several matches, narrowed by what a patch says of the place. */
function pick(text: string, { place }: TextEdit, matches: readonly Match[], { from, drift }: FindOptions): readonly Match[] {
  if (place === undefined || matches.length === 1) return matches;
  const after = place.after === undefined ? 0 : afterAnchors(text, place.after);
  if (after === undefined) return matches;
  const later = matches.filter(({ start }) => start >= Math.max(from, after));
  if (place.line !== undefined) {
    const wanted = [place.line + drift, place.line];
    for (const line of wanted) {
      const start = startOfLine(text, line);
      const there = matches.filter((match) => match.start === start);
      if (there.length === 1) return there;
    }
  }
  return later.length === 0 ? matches : later;
}

function several(text: string, matches: readonly Match[], rung: MatchRung): FoundEdit {
  const shown = matches.slice(0, 10);
  const lines = lineNumbers(
    text,
    shown.map(({ start }) => start),
  );
  const more = matches.length > shown.length ? ` and ${matches.length - shown.length} more` : '';
  const how = rung === 'exact' ? '' : ` (${rung.replace('-', ' ')} aside)`;
  return {
    kind: 'refused',
    reason: 'several-matches',
    message: `the old text is there ${matches.length}${matches.length === mostMatches ? ' or more' : ''} times${how}, on lines ${[...new Set(lines)].join(', ')}${more}. Quote lines before or after it that tell them apart, or replace all.`,
  };
}

function noMatch(text: string, { old }: TextEdit): FoundEdit {
  return { kind: 'refused', reason: 'no-match', message: `the old text is not in the file. ${nearestLines(text, old)}` };
}
