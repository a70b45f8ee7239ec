/** Turns replaced ranges of a text into edits that each fit in one place of it. */
import type { FileChange } from '../../../src/files.ts';
import type { Place } from './contract.ts';

/** UTF-16 offsets, end exclusive. */
export interface Span {
  start: number;
  end: number;
  new: string;
}

/** An edit takes whole lines, and as many around them as make its old text the only one of its kind in the file. Spans must not overlap. */
export function changeOfSpans(
  path: string,
  text: string,
  hash: string,
  spans: readonly Span[],
): Extract<FileChange, { kind: 'edit' }> {
  const sorted = [...spans].sort((a, b) => a.start - b.start);
  const lines = lineStarts(text);
  const blocks: { first: number; last: number }[] = [];
  for (const { start, end } of sorted) {
    let block = widened(text, lines, { first: lineAt(lines, start), last: lineAt(lines, end) });
    for (let before = blocks.at(-1); before !== undefined && before.last >= block.first; before = blocks.at(-1)) {
      blocks.pop();
      block = widened(text, lines, { first: Math.min(before.first, block.first), last: Math.max(before.last, block.last) });
    }
    blocks.push(block);
  }
  return {
    kind: 'edit',
    path,
    hash,
    edits: blocks.map(({ first, last }) => {
      const [from, to] = rangeOf(text, lines, first, last);
      let replaced = '';
      let at = from;
      for (const span of sorted) {
        if (span.start < from || span.end > to) continue;
        replaced += text.slice(at, span.start) + span.new;
        at = span.end;
      }
      return { old: text.slice(from, to), new: replaced + text.slice(at, to) };
    }),
  };
}

function widened(text: string, lines: readonly number[], block: { first: number; last: number }): { first: number; last: number } {
  let { first, last } = block;
  for (let up = true; ; up = !up) {
    const [from, to] = rangeOf(text, lines, first, last);
    const old = text.slice(from, to);
    const found = text.indexOf(old);
    if (text.indexOf(old, found + 1) === -1 || (first === 0 && last === lines.length - 1)) return { first, last };
    if ((up && first > 0) || last === lines.length - 1) first -= 1;
    else last += 1;
  }
}

/** Without the line end of the last line, which the file may not have. */
function rangeOf(text: string, lines: readonly number[], first: number, last: number): [number, number] {
  const next = lines[last + 1];
  const to = next === undefined ? text.length : text[next - 2] === '\r' ? next - 2 : next - 1;
  return [lines[first] ?? 0, to];
}

function lineStarts(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}

function lineAt(starts: readonly number[], offset: number): number {
  let [low, high] = [0, starts.length - 1];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((starts[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** Finds places by offset in one text. */
export function placeFinder(path: string, text: string): (offset: number) => Place {
  const starts = lineStarts(text);
  return (offset) => {
    const line = lineAt(starts, offset);
    const start = starts[line] ?? 0;
    return {
      path,
      line: line + 1,
      column: offset - start + 1,
      text: text
        .slice(start, starts[line + 1] ?? text.length)
        .trim()
        .slice(0, 200),
    };
  };
}
