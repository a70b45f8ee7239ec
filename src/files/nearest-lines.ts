import { linesOf } from './line-ends.ts';

/** Lines of a file that are looked at for likeness; a longer one is looked at in part. */
const mostLines = 50_000;
const mostShown = 8;
const longestShown = 160;

/** Says which lines of a file are most like a text that is not in it, so that it can be quoted right. */
export function nearestLines(text: string, wanted: string): string {
  const advice = 'Read the file, and quote the lines as they are.';
  const sought = linesOf(wanted).map((line) => line.trim());
  const lines = linesOf(text.length > 4_000_000 ? text.slice(0, 4_000_000) : text).slice(0, mostLines);
  const words = sought.map(wordsOf);
  const known = new Map(sought.map((line, position) => [line, position] as const).filter(([line]) => line !== ''));
  const scores = new Map<number, number>();
  for (const [position, line] of lines.entries()) {
    const content = line.trim();
    const same = known.get(content);
    const [best, at] = same === undefined ? likest(wordsOf(content), words) : [1, same];
    if (best >= 0.5) scores.set(position - at, (scores.get(position - at) ?? 0) + best);
  }
  const [nearest] = [...scores].sort(([, a], [, b]) => b - a);
  if (nearest === undefined) return `No line is like it. ${advice}`;
  const first = Math.max(0, nearest[0]);
  const shown = lines.slice(first, first + Math.min(mostShown, Math.max(1, sought.length)));
  const quoted = shown.map((line, position) => `${first + position + 1} | ${cut(line.replace(/[\r\n]+$/, ''))}`);
  return `Nearest is line ${first + 1}. ${advice}\n${quoted.join('\n')}`;
}

function wordsOf(line: string): Set<string> {
  return new Set(line.match(/[\p{L}\p{N}_]+/gu));
}

/** Share of words that two lines have in common, and with which line it is largest. */
function likest(words: Set<string>, all: readonly Set<string>[]): [number, number] {
  let best: [number, number] = [0, 0];
  if (words.size === 0) return best;
  for (const [position, each] of all.entries()) {
    if (each.size === 0 || each.size > words.size * 2 || words.size > each.size * 2) continue;
    let shared = 0;
    for (const word of words) if (each.has(word)) shared += 1;
    const share = shared / (words.size + each.size - shared);
    if (share > best[0]) best = [share, position];
  }
  return best;
}

function cut(line: string): string {
  return line.length > longestShown ? `${line.slice(0, longestShown)}…` : line;
}
