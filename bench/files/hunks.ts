/** What a commit did to a file, as edits that a model would send: lines quoted with as much context as makes them unique. */
import { diffArrays } from 'diff';
import type { TextEdit } from '../../src/files.ts';

const context = 3;

/** `undefined`: no context makes a place unique, or the texts differ too much for a diff. */
export function editsOf(before: string, after: string): TextEdit[] | undefined {
  const old = linesOf(before);
  const next = linesOf(after);
  const changes = diffArrays(old, next, { maxEditLength: 3_000 });
  if (changes === undefined) return undefined;
  /** Ranges of lines: old from/to, new from/to. */
  const ranges: [number, number, number, number][] = [];
  let [at, nextAt] = [0, 0];
  for (const { value, added, removed } of changes) {
    const last = ranges.at(-1);
    if (removed || added) {
      const [oldTo, nextTo] = [at + (removed ? value.length : 0), nextAt + (added ? value.length : 0)];
      if (last !== undefined && last[1] === at && last[3] === nextAt) [last[1], last[3]] = [oldTo, nextTo];
      else ranges.push([at, oldTo, nextAt, nextTo]);
    }
    if (!added) at += value.length;
    if (!removed) nextAt += value.length;
  }
  const edits: TextEdit[] = [];
  for (let position = 0; position < ranges.length; position++) {
    let [from, to, nextFrom, nextTo] = ranges[position] ?? [0, 0, 0, 0];
    let around = context;
    while (true) {
      const lower = Math.min(around, from);
      // Neighbouring changes that the context reaches become one edit.
      let upper = Math.min(around, old.length - to);
      let following = ranges[position + 1];
      while (following !== undefined && following[0] <= to + upper + context) {
        [, to, , nextTo] = following;
        position += 1;
        following = ranges[position + 1];
        upper = Math.min(around, old.length - to);
      }
      const quoted = old.slice(from - lower, to + upper).join('');
      if (quoted !== '' && before.indexOf(quoted) === before.lastIndexOf(quoted)) {
        const previous = edits.at(-1);
        const start = before.indexOf(quoted);
        if (previous !== undefined && before.indexOf(previous.old) + previous.old.length > start) return undefined;
        edits.push({ old: quoted, new: next.slice(nextFrom - lower, nextTo + upper).join('') });
        break;
      }
      if (lower === from && to + upper === old.length) return undefined;
      around *= 2;
    }
  }
  return edits;
}

/** Lines with their ends, of any kind. */
export function linesOf(text: string): string[] {
  return text.match(/[^\r\n]*(?:\r\n|\n|\r)|[^\r\n]+$/g) ?? [];
}
