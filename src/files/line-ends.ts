/** The end of a line: `\n`, `\r\n` or `\r`. */
export type LineEnd = '\n' | '\r\n' | '\r';

export const anyLineEnd = /\r\n|\n|\r/g;

/** Lines with their ends; the last one has none where the text ends without one. */
export function linesOf(text: string): string[] {
  return text.match(/[^\r\n]*(?:\r\n|\n|\r)|[^\r\n]+$/g) ?? [];
}

/** Beginning of the line that a position is in. */
export function lineStart(text: string, at: number): number {
  let start = at;
  // Between the two characters of one line end is still the line before.
  if (text[start] === '\n' && text[start - 1] === '\r') start -= 1;
  while (start > 0 && text[start - 1] !== '\n' && text[start - 1] !== '\r') start -= 1;
  return start;
}

/** Beginning of the line after the one that a position is in; the text's end where there is none. */
export function nextLineStart(text: string, at: number): number {
  let end = at;
  while (end < text.length && text[end] !== '\n' && text[end] !== '\r') end += 1;
  if (end === text.length) return end;
  return text[end] === '\r' && text[end + 1] === '\n' ? end + 2 : end + 1;
}

/** Beginning of the line before the one that begins at `start`; 0 where there is none. */
export function previousLineStart(text: string, start: number): number {
  return start === 0 ? 0 : lineStart(text, start - 1);
}

/** How the line ends that a position is in; `undefined` for a last line without an end. */
export function lineEndAt(text: string, at: number): LineEnd | undefined {
  const next = nextLineStart(text, at);
  if (at === text.length || (next === text.length && !/[\r\n]/.test(text.slice(-1)))) return undefined;
  return text[next - 1] === '\r' ? '\r' : text[next - 2] === '\r' && next - 2 >= at ? '\r\n' : '\n';
}

/** How lines end around a position: its own line, else the one before it, else any. */
export function neighbourLineEnd(text: string, at: number): LineEnd {
  const own = lineEndAt(text, at);
  if (own !== undefined) return own;
  const start = lineStart(text, at);
  if (start > 0) return text[start - 1] === '\r' ? '\r' : text[start - 2] === '\r' ? '\r\n' : '\n';
  return '\n';
}

/** Number of the line that a position is in, from 1. */
export function lineNumber(text: string, at: number): number {
  return lineNumbers(text, [at])[0] ?? 1;
}

/** Numbers of the lines that positions are in, from 1; positions in ascending order. */
export function lineNumbers(text: string, positions: readonly number[]): number[] {
  let [line, start] = [1, 0];
  return positions.map((position) => {
    for (let next = nextLineStart(text, start); next <= position && next > start; next = nextLineStart(text, start)) {
      start = next;
      line += 1;
    }
    return line;
  });
}

/** Beginning of a line by its number; `undefined` beyond the line after the last. */
export function startOfLine(text: string, line: number): number | undefined {
  let start = 0;
  for (let number = 1; number < line; number++) {
    if (start === text.length) return undefined;
    start = nextLineStart(text, start);
  }
  return start;
}
