import { createHash } from 'node:crypto';
import { ChangeRefused, type FileState, PathRefused, type PlannedFile, type ProjectFiles } from '../../../src/files.ts';
import type { ApplyResult, JournalledFile } from './contract.ts';
import { shownPath } from './path-fault.ts';

export const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

/** What is at a path now; `undefined` where nothing is. @throws PathRefused */
export async function stateAt(files: ProjectFiles, path: string): Promise<FileState | undefined> {
  try {
    return await files.readBytes(path);
  } catch (error) {
    if (error instanceof PathRefused && error.refusal === 'missing') return undefined;
    throw error;
  }
}

export const executable = (mode: number) => (mode & 0o100) !== 0;

/** The bits of a file that is there stay, where it is as executable as it should be. */
export function keptMode(mode: number, before: number | undefined): number {
  if (before !== undefined && executable(before) === executable(mode)) return before;
  return executable(mode) ? 0o755 : 0o644;
}

export function isDone({ before, after }: JournalledFile): boolean {
  if (before === undefined || after === undefined) return before === after;
  return before.mode === after.mode && Buffer.from(before.content).equals(after.content);
}

/** Writes files as a journal holds them: all, or none. @returns why none was written */
export async function applyJournalled(
  files: ProjectFiles,
  journalled: readonly JournalledFile[],
): Promise<ApplyResult | undefined> {
  const plan = journalled.filter((file) => !isDone(file)).map(plannedFile);
  try {
    if (plan.length > 0) await files.apply(plan);
    return undefined;
  } catch (error) {
    if (error instanceof ChangeRefused) return conflict(error.refusals.map(({ path }) => path));
    if (error instanceof PathRefused) return { kind: 'refused', message: error.message };
    throw error;
  }
}

export function conflict(files: readonly string[]): ApplyResult {
  const named = files.map(shownPath).join(', ');
  return {
    kind: 'conflict',
    files,
    message: `${named} changed since the generation began. Nothing was written; generate over what it is now.`,
  };
}

export function plannedFile({ path, before, after }: JournalledFile): PlannedFile {
  return { path, before: fileState(before), after: fileState(after), encoding: 'binary', rung: undefined, diff: '' };
}

function fileState(side: JournalledFile['before']): FileState | undefined {
  return side === undefined ? undefined : { bytes: side.content, hash: sha256(side.content), mode: side.mode };
}

/**
 * Brings files to where a plan says, although a person may have changed some since. `rest`: those are left out; `none`: nothing is written then.
 * @returns the files that a person changed
 */
export async function settle(
  files: readonly JournalledFile[],
  how: (plan: readonly JournalledFile[]) => Promise<void>,
  otherwise: 'rest' | 'none',
): Promise<readonly string[]> {
  try {
    await how(files);
    return [];
  } catch (error) {
    if (!(error instanceof ChangeRefused)) throw error;
    const changed = error.refusals.map(({ path }) => path);
    if (otherwise === 'rest') await how(files.filter(({ path }) => !changed.includes(path)));
    return changed;
  }
}

/** Writes what is as before. Where a person changed a file meanwhile, not all can be written any more: what was is put back, and what the person wrote stays. */
export async function rollOn(files: ProjectFiles, journalled: readonly JournalledFile[]): Promise<void> {
  const changed = await settle(journalled, (plan) => files.resume(plan.map(plannedFile)), 'none');
  if (changed.length > 0) await settle(journalled, (plan) => files.rollBack(plan.map(plannedFile)), 'rest');
}
