import type { MatchRung } from './contract.ts';

/**
 * A text as a rung of the ladder sees it, with the way back: each character of the view says which range of the source it stands for. Characters that
 * the rung does not see stand in no range.
 */
export interface TextView {
  text: string;
  starts: Uint32Array;
  ends: Uint32Array;
  /** A line end was added after the last line, which has none. */
  openEnd: boolean;
}

export interface ViewOptions {
  rung: Exclude<MatchRung, 'exact'>;
  /** The source ends where the file ends, so that a missing last line end may be supplied. */
  atEnd: boolean;
  /** Blanks that a tab inside of a line counts as; a tab is a tab where it is left out. */
  tabWidth?: number | undefined;
}

const singleQuotes = '\u2018\u2019\u201a\u201b\u2032\u02bc\u00b4';
const doubleQuotes = '\u201c\u201d\u201e\u201f\u2033';
const dashes = '\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d';
const blanks = '\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000';

const folds = new Map<string, string>([
  ...[...singleQuotes].map((each) => [each, "'"] as const),
  ...[...doubleQuotes].map((each) => [each, '"'] as const),
  ...[...dashes].map((each) => [each, '-'] as const),
  ...[...blanks].map((each) => [each, ' '] as const),
  ['\u2026', '...'],
  ['\u200b', ''],
  ['\u2060', ''],
  ['\ufeff', ''],
]);

/** Characters that writers turn into their plain sisters together: one that is quoted for a plain one says so of all. */
export function plainSister(character: string): { plain: string; family: 'quotes' | 'dashes' | 'blanks' } | undefined {
  if (singleQuotes.includes(character)) return { plain: "'", family: 'quotes' };
  if (doubleQuotes.includes(character)) return { plain: '"', family: 'quotes' };
  if (dashes.includes(character)) return { plain: '-', family: 'dashes' };
  return blanks.includes(character) ? { plain: ' ', family: 'blanks' } : undefined;
}

/** Whether a character has a plain sister that models write in its place, or is such a sister. */
export function isTypographic(character: string): boolean {
  return folds.has(character) || character === "'" || character === '"' || character === '-' || character === ' ';
}

/** A base with its marks; Korean syllables as they are composed. */
const segments = /\r\n|[\u1100-\u115f][\u1160-\u11a7]?[\u11a8-\u11ff]?|[\s\S]\p{M}*/gu;
const plainAscii = /^[\x20-\x7e\t\n\r]*$/;

export function viewOf(source: string, { rung, atEnd, tabWidth }: ViewOptions): TextView {
  const characters: string[] = [];
  const ranges: number[] = [];
  const add = (character: string, start: number, end: number) => {
    characters.push(character);
    ranges.push(start, end);
  };
  const unicode = rung === 'unicode' || rung === 'indentation';
  const dropBlanks = () => {
    while (characters.length > 0 && (characters.at(-1) === ' ' || characters.at(-1) === '\t')) {
      characters.pop();
      ranges.length -= 2;
    }
  };
  for (const { 0: segment, index } of source.matchAll(unicode ? segments : /\r\n|[\s\S]/g)) {
    const end = index + segment.length;
    if (segment === '\n' || segment === '\r\n' || segment === '\r') {
      if (rung !== 'line-ends') dropBlanks();
      add('\n', index, end);
    } else if (segment === '\t' && tabWidth !== undefined) for (let blank = 0; blank < tabWidth; blank++) add(' ', index, end);
    else if (unicode && !plainAscii.test(segment)) {
      const [base = ''] = segment;
      const folded = folds.has(base) ? (folds.get(base) ?? '') + segment.slice(base.length) : segment.normalize('NFC');
      for (const unit of folded.split('')) add(unit, index, end);
    } else add(segment, index, end);
  }
  if (rung !== 'line-ends') dropBlanks();
  const openEnd = atEnd && characters.length > 0 && characters.at(-1) !== '\n';
  if (openEnd) add('\n', source.length, source.length);
  return {
    text: characters.join(''),
    starts: Uint32Array.from(ranges.filter((_, position) => position % 2 === 0)),
    ends: Uint32Array.from(ranges.filter((_, position) => position % 2 === 1)),
    openEnd,
  };
}

/** Whether a range of a view begins and ends between segments of its source. */
export function isWhole({ starts }: TextView, from: number, to: number): boolean {
  const splits = (at: number) => at > 0 && at < starts.length && starts[at] === starts[at - 1];
  return !splits(from) && !splits(to);
}

/** The range of the source that a range of the view stands for. */
export function sourceRange({ starts, ends }: TextView, from: number, to: number): { start: number; end: number } {
  return { start: starts[from] ?? 0, end: ends[to - 1] ?? 0 };
}
