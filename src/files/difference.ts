import { structuredPatch } from 'diff';

/** Lines that stay around a change in a unified diff. */
const contextLines = 3;
/** Beyond so many differing lines a smallest diff takes too long; the whole middle is shown as replaced then. */
const mostEdits = 4_000;

/** Length of the longest beginning that two texts share. */
export function sharedPrefix(a: string, b: string): number {
  let low = 0;
  let high = Math.min(a.length, b.length);
  // Comparing slices is a comparison of memory: halving the rest is far cheaper than looking at each character.
  while (low < high) {
    const middle = low + Math.ceil((high - low) / 2);
    if (a.slice(low, middle) === b.slice(low, middle)) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** Length of the longest end that two texts share, `most` characters at most. */
export function sharedSuffix(a: string, b: string, most: number): number {
  let low = 0;
  let high = most;
  while (low < high) {
    const middle = low + Math.ceil((high - low) / 2);
    if (a.slice(a.length - middle, a.length - low) === b.slice(b.length - middle, b.length - low)) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** Where two texts differ, on whole lines and with lines around: from `from` up to `oldTo` and `nextTo`. */
export function changedMiddle(old: string, next: string, lines: number): { from: number; oldTo: number; nextTo: number } {
  const prefix = sharedPrefix(old, next);
  const suffix = sharedSuffix(old, next, Math.min(old.length, next.length) - prefix);
  const from = backLines(old, prefix, lines);
  const oldTo = forwardLines(old, old.length - suffix, lines);
  return { from, oldTo, nextTo: next.length - (old.length - oldTo) };
}

/**
 * Unified diff of two texts; lines end with `\n`, and a carriage return belongs to its line. `undefined`: the file does not exist on that side.
 */
export function unifiedDiff(path: string, before: string | undefined, after: string | undefined): string {
  const header = `--- ${before === undefined ? '/dev/null' : `a/${path}`}\n+++ ${after === undefined ? '/dev/null' : `b/${path}`}\n`;
  const old = before ?? '';
  const next = after ?? '';
  if (old === next) return header;
  const { from, oldTo, nextTo } = changedMiddle(old, next, contextLines);
  const skipped = countLines(old, from);
  const a = old.slice(from, oldTo);
  const b = next.slice(from, nextTo);
  const patch = structuredPatch('', '', a, b, '', '', { context: contextLines, maxEditLength: mostEdits });
  const hunks = patch?.hunks ?? [replacedHunk(a, b)];
  const lines = hunks.flatMap(({ oldStart, oldLines, newStart, newLines, lines: inner }) => [
    `@@ -${range(oldStart + skipped, oldLines)} +${range(newStart + skipped, newLines)} @@`,
    ...inner,
  ]);
  return `${header}${lines.join('\n')}\n`;
}

/** An empty range is told by the line before it. */
function range(start: number, lines: number): string {
  return `${lines === 0 ? start - 1 : start},${lines}`;
}

function replacedHunk(a: string, b: string) {
  const marked = (text: string, mark: string) => {
    if (text === '') return [];
    const lines = text.split('\n');
    const open = lines.at(-1) !== '';
    if (!open) lines.pop();
    return [...lines.map((line) => mark + line), ...(open ? ['\\ No newline at end of file'] : [])];
  };
  const count = (lines: string[]) => lines.filter((line) => !line.startsWith('\\')).length;
  const removed = marked(a, '-');
  const added = marked(b, '+');
  return { oldStart: 1, oldLines: count(removed), newStart: 1, newLines: count(added), lines: [...removed, ...added] };
}

/** Beginning of the line that is `lines` before the one that `at` is in. */
function backLines(text: string, at: number, lines: number): number {
  let start = at;
  for (let line = 0; line <= lines; line++) {
    start = start === 0 ? -1 : text.lastIndexOf('\n', start - 1);
    if (start === -1) return 0;
  }
  return start + 1;
}

/** End of the line that is `lines` after the one that `at` is in. */
function forwardLines(text: string, at: number, lines: number): number {
  let end = at === 0 ? 0 : at - 1;
  for (let line = 0; line <= lines; line++) {
    const found = text.indexOf('\n', end);
    if (found === -1) return text.length;
    end = found + 1;
  }
  return end;
}

/** Line ends before `to`. */
export function countLines(text: string, to = text.length): number {
  let lines = 0;
  for (let at = text.indexOf('\n'); at !== -1 && at < to; at = text.indexOf('\n', at + 1)) lines += 1;
  return lines;
}
