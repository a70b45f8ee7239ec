/** Text in a project's files. */
import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Project } from './contract.ts';
import { isBelow, listFiles, plainPath } from './listing.ts';
import { ripgrepLines } from './ripgrep.ts';

export interface SearchOptions {
  /** The words as they are, not a regular expression. */
  literal?: boolean | undefined;
  /** Upper and lower case are told apart. Where absent: only if the words have upper case. */
  caseSensitive?: boolean | undefined;
  /** Whole words only. */
  word?: boolean | undefined;
  under?: string | undefined;
  /** Only files whose path fits, e.g. `*.ts`. */
  glob?: string | undefined;
  /** Files that `.gitignore` leaves out are searched too. */
  ignored?: boolean | undefined;
  /** At most so many lines, 100 where absent. */
  limit?: number | undefined;
  signal?: AbortSignal | undefined;
}

export interface FoundLine {
  path: string;
  line: number;
  column: number;
  /** The line, at most 300 characters around what was found. */
  text: string;
}

export interface SearchResult {
  found: readonly FoundLine[];
  /** There is more than the limit. */
  more: boolean;
  /** Ignored files that were not searched; `undefined` where they were. */
  ignored: number | undefined;
  /** Files with secrets, which are never searched. */
  secrets: number;
}

interface RipgrepText {
  text?: string;
  bytes?: string;
}

interface RipgrepEvent {
  type: string;
  data: { path: RipgrepText; line_number: number; lines: RipgrepText; submatches: { start: number }[] };
}

/** @throws Error with ripgrep's words where the pattern is none */
export async function search(project: Project, pattern: string, options: SearchOptions = {}): Promise<SearchResult> {
  const limit = options.limit ?? 100;
  const argv = [
    '--json',
    '--sort=path',
    options.caseSensitive === true ? '--case-sensitive' : options.caseSensitive === false ? '--ignore-case' : '--smart-case',
    ...(options.literal === true ? ['--fixed-strings'] : []),
    ...(options.word === true ? ['--word-regexp'] : []),
    ...(options.ignored === true ? ['--no-ignore'] : []),
    ...(options.glob === undefined ? [] : ['--glob', options.glob]),
    '--regexp',
    pattern,
    '--',
    '.',
  ];
  const listing = listFiles(project, { under: options.under, ignored: options.ignored, count: true, signal: options.signal });
  listing.catch(() => undefined);
  const below = isBelow(options.under);
  const found: FoundLine[] = [];
  const readable = new Map<string, boolean>();
  let more = false;
  for await (const line of ripgrepLines(project.root, argv, options.signal)) {
    const { type, data } = JSON.parse(line) as RipgrepEvent;
    if (type !== 'match') continue;
    const path = plainPath(textOf(data.path));
    if (project.isSecret(path) || !below(path)) continue;
    const shows = readable.get(path) ?? (await mayShow(project, path));
    readable.set(path, shows);
    if (!shows) continue;
    more = found.length === limit;
    if (more) break;
    found.push({ path, line: data.line_number, ...around(data) });
  }
  const { ignored, secrets } = await listing;
  return { found, more, ignored, secrets };
}

/** A file with a second name may be one with secrets under another name: the jail knows. */
async function mayShow(project: Project, path: string): Promise<boolean> {
  const state = await lstat(join(project.root, path)).catch(() => undefined);
  if (state === undefined || state.nlink < 2) return true;
  return project.read(path).then(
    () => true,
    () => false,
  );
}

function textOf({ text, bytes }: RipgrepText): string {
  return text ?? Buffer.from(bytes ?? '', 'base64').toString('latin1');
}

const widest = 300;

function around({ lines, submatches }: RipgrepEvent['data']): Pick<FoundLine, 'column' | 'text'> {
  const whole = textOf(lines).replace(/\r?\n$/, '');
  const bytes = lines.text === undefined ? Buffer.from(whole, 'latin1') : Buffer.from(whole);
  const column = bytes.subarray(0, submatches[0]?.start ?? 0).toString(lines.text === undefined ? 'latin1' : 'utf8').length;
  if (whole.length <= widest) return { column: column + 1, text: whole };
  const from = Math.max(0, Math.min(column - 80, whole.length - widest));
  const end = Math.min(whole.length, from + widest);
  return { column: column + 1, text: `${from > 0 ? '…' : ''}${whole.slice(from, end)}${end < whole.length ? '…' : ''}` };
}
