import { lineStart, linesOf, nextLineStart, previousLineStart } from './line-ends.ts';

/** Part of a text, on whole lines. */
export interface TextRegion {
  start: number;
  end: number;
}

/** Words that no rung changes: letters without accents, and ideographs. */
const anchorWord = /[A-Za-z0-9_]{2,}|[\u4e00-\u9fff]{2,}/g;
/** A word that is there more often is no anchor. */
const mostOccurrences = 2_000;
const wordsTried = 6;

/**
 * Where in a text something like the wanted lines can stand. Looking closely costs many times what finding a word does, so the rarest word of the wanted
 * text says where to look; without one it is the whole text.
 */
export function candidateRegions(text: string, wanted: string): readonly TextRegion[] {
  const lines = linesOf(wanted);
  const words = lines
    .flatMap((line, position) =>
      [...line.matchAll(anchorWord)].map((found) => ({ word: trimmedWord(line, found), line: position })),
    )
    .filter(({ word }) => word.length >= 2)
    .sort((a, b) => b.word.length - a.word.length);
  const tried = new Map(words.map((each) => [each.word, each]).slice(0, wordsTried * 4) as [string, (typeof words)[number]][]);
  let best: { at: number[]; line: number } | undefined;
  for (const { word, line } of [...tried.values()].slice(0, wordsTried)) {
    const at = occurrencesOf(text, word, best?.at.length ?? mostOccurrences);
    if (at === undefined) continue;
    best = { at, line };
    if (at.length <= 1) break;
  }
  if (best === undefined) return [{ start: 0, end: text.length }];
  const { line } = best;
  return merged(best.at.map((at) => regionAround(text, at, line, lines.length)));
}

/** Without a last letter that a mark after it could belong to. */
function trimmedWord(line: string, found: RegExpExecArray): string {
  const [word] = found;
  return /^\p{M}/u.test(line.slice(found.index + word.length)) ? word.slice(0, -1) : word;
}

function occurrencesOf(text: string, word: string, most: number): number[] | undefined {
  const found: number[] = [];
  for (let at = text.indexOf(word); at !== -1; at = text.indexOf(word, at + word.length)) {
    if (found.length === most) return undefined;
    found.push(at);
  }
  return found;
}

function regionAround(text: string, at: number, linesBefore: number, lines: number): TextRegion {
  let start = lineStart(text, at);
  for (let line = 0; line < linesBefore; line++) start = previousLineStart(text, start);
  let end = nextLineStart(text, at);
  for (let line = linesBefore + 1; line < lines; line++) end = nextLineStart(text, end);
  return { start, end };
}

function merged(regions: TextRegion[]): TextRegion[] {
  const result: TextRegion[] = [];
  for (const region of regions.sort((a, b) => a.start - b.start)) {
    const last = result.at(-1);
    if (last !== undefined && region.start < last.end) last.end = Math.max(last.end, region.end);
    else result.push({ ...region });
  }
  return result;
}
