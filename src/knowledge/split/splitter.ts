/**
 * Cuts a text into passages: at headings, records and pages first, then at paragraphs, sentences and words. Every passage is a slice of the text; what
 * is between two is white space.
 */
import { jsonRecords, tableRecords } from './records.ts';
import { markdownSections, pageSections, type Section, type TextSpan } from './sections.ts';

export type TextFormat = 'text' | 'markdown' | 'csv' | 'json' | 'pages' | 'code';

/** A passage. `[start, end)` counts code points. */
export interface SplitChunk {
  start: number;
  end: number;
  text: string;
  /** Headings above it, the highest first. */
  heading: readonly string[];
}

/** Length that passages of prose are filled up to, in UTF-16 units: about 250 tokens. */
const wanted = 1_200;
/** Of records, which are found better where they are few. */
const wantedOfRecords = 500;
/** No passage is longer: about 400 tokens. */
const longest = 1_600;
/** A shorter rest goes with the passage before it. */
const shortest = 200;

/** Deterministic: the same text gives the same passages. @param text well-formed Unicode @param sections of code, which a parser found */
export function split(text: string, format: TextFormat, sections?: readonly Section[]): SplitChunk[] {
  const isRecords = format === 'csv' || format === 'json';
  const chunks: SplitChunk[] = [];
  const place = codePointsOf(text);
  for (const section of sections ?? sectionsOf(text, format)) {
    const units = section.units ?? paragraphsOf(text, section);
    const pieces = units.flatMap((unit) => piecesOf(text, unit));
    for (const span of filled(pieces, isRecords ? wantedOfRecords : wanted)) {
      const trimmed = trimmedSpan(text, span);
      if (trimmed === undefined) continue;
      const { start, end } = trimmed;
      chunks.push({ start: place(start), end: place(end), text: text.slice(start, end), heading: section.heading });
    }
  }
  return chunks;
}

function sectionsOf(text: string, format: TextFormat): Section[] {
  const whole: Section = { start: 0, end: text.length, heading: [] };
  switch (format) {
    case 'text':
    case 'code':
      return [whole];
    case 'markdown':
      return markdownSections(text);
    case 'pages':
      return pageSections(text);
    case 'csv':
      return [tableRecords(text)];
    case 'json':
      return jsonRecords(text);
  }
}

/** Neighbours together, as long as they fit. */
function filled(pieces: readonly TextSpan[], enough: number): TextSpan[] {
  const spans: TextSpan[] = [];
  for (const piece of pieces) {
    const last = spans.at(-1);
    if (last !== undefined && piece.end - last.start <= enough) last.end = piece.end;
    else spans.push({ ...piece });
  }
  const rest = spans.at(-1);
  const before = spans.at(-2);
  if (rest !== undefined && before !== undefined && rest.end - rest.start < shortest && rest.end - before.start <= longest) {
    before.end = rest.end;
    spans.pop();
  }
  return spans;
}

function paragraphsOf(text: string, { start, end }: TextSpan): TextSpan[] {
  return cutAfter(text, { start, end }, /\n[^\S\n]*\n\s*/g);
}

/** What is too long for one passage is cut at sentences, then at white space, then anywhere between two characters. */
function piecesOf(text: string, unit: TextSpan): TextSpan[] {
  if (unit.end - unit.start <= wanted) return [unit];
  return cutAfter(text, unit, /[.!?…。！？]+["'”’»)\]]*\s+|\n+|[。！？]/g).flatMap((sentence) => partsOf(text, sentence));
}

function partsOf(text: string, sentence: TextSpan): TextSpan[] {
  const parts: TextSpan[] = [];
  for (let start = sentence.start; start < sentence.end; ) {
    const end = sentence.end - start <= longest ? sentence.end : cutWithin(text, start, start + wanted);
    parts.push({ start, end });
    start = end;
  }
  return parts;
}

/** Where to cut between `start` and `limit`. */
function cutWithin(text: string, start: number, limit: number): number {
  const window = text.slice(start, limit);
  const space = /\s\S*$/.exec(window);
  if (space !== null && space.index > window.length / 2) return start + space.index + 1;
  let cut = limit;
  // Neither a pair of surrogates nor a character and its marks are taken apart, however long a run of marks is within reason.
  for (let back = 0; back < 64 && cut > start + 1 && isInside(text, cut); back++) cut--;
  return isLow(text.charCodeAt(cut)) ? cut - 1 : cut;
}

const joined = /^(?:\p{M}|\u200d|[\u{1f3fb}-\u{1f3ff}])/u;

function isInside(text: string, at: number): boolean {
  return isLow(text.charCodeAt(at)) || joined.test(text.slice(at, at + 2)) || text.charCodeAt(at - 1) === 0x200d;
}

function isLow(unit: number): boolean {
  return unit >= 0xdc00 && unit <= 0xdfff;
}

/** Cuts behind every match. */
function cutAfter(text: string, { start, end }: TextSpan, border: RegExp): TextSpan[] {
  const spans: TextSpan[] = [];
  let from = start;
  border.lastIndex = 0;
  for (const match of text.slice(start, end).matchAll(border)) {
    const cut = start + match.index + match[0].length;
    if (cut >= end) break;
    spans.push({ start: from, end: cut });
    from = cut;
  }
  if (from < end) spans.push({ start: from, end });
  return spans;
}

function trimmedSpan(text: string, { start, end }: TextSpan): TextSpan | undefined {
  const slice = text.slice(start, end);
  const trimmedStart = start + (slice.length - slice.trimStart().length);
  const trimmedEnd = end - (slice.length - slice.trimEnd().length);
  return trimmedStart < trimmedEnd ? { start: trimmedStart, end: trimmedEnd } : undefined;
}

/** From places in UTF-16 units, which only grow, to places in code points. */
function codePointsOf(text: string): (at: number) => number {
  let units = 0;
  let points = 0;
  return (at) => {
    for (; units < at; units++) if (!isLow(text.charCodeAt(units))) points++;
    return points;
  };
}
