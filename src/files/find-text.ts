import type { MatchRung, TextEdit } from './contract.ts';

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

/** Where an edit's old text stands, and what takes its place. */
export function findText(text: string, edit: TextEdit): FoundEdit {
  if (edit.old === '')
    return { kind: 'refused', reason: 'malformed', message: 'the old text is empty; quote what is to be replaced' };
  const exact = occurrences(text, edit.old);
  if (exact.length === 1 || (edit.all === true && exact.length > 0))
    return {
      kind: 'found',
      splices: exact.map((start) => ({
        start,
        end: start + edit.old.length,
        text: withLineEnds(edit.new, text, start),
        rung: 'exact',
      })),
    };
  if (exact.length > 1) return { kind: 'refused', reason: 'several-matches', message: 'the old text is there several times' };
  return { kind: 'refused', reason: 'no-match', message: 'the old text is not in the file' };
}

function occurrences(text: string, wanted: string): number[] {
  const found: number[] = [];
  for (let at = text.indexOf(wanted); at !== -1; at = text.indexOf(wanted, at + 1)) found.push(at);
  return found;
}

function withLineEnds(added: string, text: string, start: number): string {
  const before = text.lastIndexOf('\n', start);
  const crlf = before > 0 ? text[before - 1] === '\r' : text.startsWith('\r\n', text.indexOf('\n') - 1);
  return crlf ? added.replace(/\r\n|\n/g, '\r\n') : added;
}
