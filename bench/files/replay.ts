/** Replays commits as edits through the public functions and compares bytes. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openProjectFiles, type TextEdit } from '../../src/files.ts';
import type { HistoricChange } from './history.ts';
import { editsOf } from './hunks.ts';

export type ReplayVerdict =
  | 'right'
  | 'wrong'
  | 'refused'
  | 'line-ends-only'
  | 'encoding-changed'
  | 'binary'
  | 'not-unique'
  | 'secret';

export interface Replayed {
  verdict: ReplayVerdict;
  message: string;
  /** The edits, where there were any. */
  edits: readonly TextEdit[];
}

export interface ReplayOptions {
  folder: string;
  /** Send line ends as `\n`, as models do. */
  plainLineEnds: boolean;
}

export async function replay({ before, after, path }: HistoricChange, { folder, plainLineEnds }: ReplayOptions): Promise<Replayed> {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const name = `file${/\.[a-z0-9]+$/i.exec(path)?.[0] ?? ''}`;
  const file = join(folder, name);
  writeFileSync(file, before);
  const files = await openProjectFiles(folder);
  const outcome = (verdict: ReplayVerdict, message = '', edits: readonly TextEdit[] = []): Replayed => ({
    verdict,
    message,
    edits,
  });
  const allowed = await files.check(name);
  if (allowed.kind === 'refused') return outcome('secret');
  const read = await files.read(name).catch(() => undefined);
  if (read === undefined) return outcome('secret');
  writeFileSync(file, after);
  const wanted = await files.read(name);
  writeFileSync(file, before);
  if (read.encoding === 'binary' || wanted.encoding === 'binary') return outcome('binary');
  if (read.encoding !== wanted.encoding) return outcome('encoding-changed');
  const plain = (text: string) => text.replace(/\r\n|\r/g, '\n');
  if (plain(read.text) === plain(wanted.text)) return outcome('line-ends-only');
  const edits = editsOf(read.text, wanted.text);
  if (edits === undefined || edits.length === 0) return outcome('not-unique');
  const sent = plainLineEnds ? edits.map((edit) => ({ old: plain(edit.old), new: plain(edit.new) })) : edits;
  const plan = await files.plan([{ kind: 'edit', path: name, edits: sent }]);
  if (plan.kind === 'refused') return outcome('refused', plan.refusals.map(({ message }) => message).join('\n'), sent);
  await files.apply(plan.files);
  return outcome(readFileSync(file).equals(after) ? 'right' : 'wrong', plan.files[0]?.rung ?? '', sent);
}
