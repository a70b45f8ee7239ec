/** Replays commits with noise in what is quoted: the old text is not in the file as it is sent, and the bytes that were meant are known. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openProjectFiles, type TextEdit } from '../../src/files.ts';
import type { HistoricChange } from './history.ts';
import { editsOf } from './hunks.ts';

type Noise = (edit: TextEdit) => TextEdit;

const both =
  (change: (text: string) => string): Noise =>
  ({ old, new: next }) => ({ old: change(old), new: change(next) });
const oldOnly =
  (change: (text: string) => string): Noise =>
  ({ old, new: next }) => ({ old: change(old), new: next });

const curly = (text: string) => {
  let open = false;
  return text.replaceAll("'", '\u2019').replace(/"/g, () => {
    open = !open;
    return open ? '\u201c' : '\u201d';
  });
};
const straight = (text: string) =>
  text
    .replace(/[\u2018\u2019]/g, "'")
    .replace(/[\u201c\u201d]/g, '"')
    .replace(/[\u2013\u2014]/g, '-')
    .replaceAll('\u00a0', ' ');
const withoutTrailing = (text: string) => text.replace(/[ \t]+(?=\r?\n|$)/g, '');
const fourBlanks = (text: string) => text.replaceAll('\t', '    ');
const leadingFourBlanks = (text: string) => text.replace(/^\t+/gm, (tabs) => '    '.repeat(tabs.length));

function sharedIndentation(texts: readonly string[]): string {
  const indents = texts
    .flatMap((text) => text.split('\n'))
    .filter((line) => line.trim() !== '')
    .map((line) => /^[ \t]*/.exec(line)?.[0] ?? '');
  let [shared = ''] = indents;
  for (const indent of indents) while (!indent.startsWith(shared)) shared = shared.slice(0, -1);
  return shared;
}
const dedented = (text: string, by: string) =>
  text
    .split('\n')
    .map((line) => (line.startsWith(by) ? line.slice(by.length) : line.trim() === '' ? '' : line))
    .join('\n');
const dedent: Noise = ({ old, new: next }) => {
  const by = sharedIndentation([old, next]);
  return { old: dedented(old, by), new: dedented(next, by) };
};
const dedentOld: Noise = ({ old, new: next }) => ({ old: dedented(old, sharedIndentation([old])), new: next });
const indentMore: Noise = both((text) => text.replace(/^(?=.*\S)/gm, '    '));

/** Files of one line are not what models quote. */
const longestQuoted = 20_000;

export const noises: Readonly<Record<string, Noise>> = {
  'curly-quotes': both(curly),
  'curly-quotes-old': oldOnly(curly),
  'plain-quotes': both(straight),
  'trailing-blanks': both(withoutTrailing),
  'trailing-blanks-old': oldOnly(withoutTrailing),
  nfd: both((text) => text.normalize('NFD')),
  'nfd-old': oldOnly((text) => text.normalize('NFD')),
  'indentation-lost': dedent,
  'indentation-lost-old': dedentOld,
  'indentation-added': indentMore,
  'tabs-to-blanks': both(fourBlanks),
  'tabs-to-blanks-old': oldOnly(fourBlanks),
  'leading-tabs': both(leadingFourBlanks),
};

export interface NoiseCount {
  right: number;
  refused: number;
  wrong: number;
  /** Bytes outside of the quoted lines changed. */
  outside: number;
}

export interface NoiseOutcome {
  verdict: 'right' | 'refused' | 'wrong' | 'outside';
  message: string;
  sent: TextEdit;
  got: string;
  intended: string;
}

/** The first edit of a change, with a noise; `undefined` where the noise leaves it findable as it is. */
export async function replayNoisy(
  { before, path }: HistoricChange,
  edit: TextEdit,
  noise: Noise,
  folder: string,
): Promise<NoiseOutcome | undefined> {
  const text = before.toString('utf8');
  const sent = noise(edit);
  if (sent.old === edit.old || text.includes(sent.old) || sent.old === sent.new) return undefined;
  const start = text.indexOf(edit.old);
  const intended = text.slice(0, start) + edit.new + text.slice(start + edit.old.length);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const name = `file${/\.[a-z0-9]+$/i.exec(path)?.[0] ?? ''}`;
  writeFileSync(join(folder, name), before);
  const files = await openProjectFiles(folder);
  if ((await files.check(name)).kind === 'refused') return undefined;
  const plan = await files.plan([{ kind: 'edit', path: name, edits: [sent] }]);
  if (plan.kind === 'refused')
    return { verdict: 'refused', message: plan.refusals.map(({ message }) => message).join('\n'), sent, got: '', intended };
  await files.apply(plan.files);
  const after = readFileSync(join(folder, name));
  const got = after.toString('utf8');
  const rest = [Buffer.from(text.slice(0, start)), Buffer.from(text.slice(start + edit.old.length))] as const;
  const kept = after.subarray(0, rest[0].length).equals(rest[0]) && after.subarray(after.length - rest[1].length).equals(rest[1]);
  const verdict = !kept ? 'outside' : after.equals(Buffer.from(intended)) ? 'right' : 'wrong';
  return { verdict, message: plan.files[0]?.rung ?? '', sent, got, intended };
}

/** The edits of a change that noise can be tried on: of texts in UTF-8. */
export function noisyEdits({ before, after }: HistoricChange): readonly TextEdit[] {
  const texts = [before, after].map((bytes) => bytes.toString('utf8'));
  if (texts.some((text) => text.includes('\ufffd') || text.includes('\0') || text.includes('\r'))) return [];
  return (editsOf(texts[0] ?? '', texts[1] ?? '') ?? []).filter(({ old }) => old.length < longestQuoted);
}
