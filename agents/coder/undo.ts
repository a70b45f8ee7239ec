/**
 * Takes changes back, or makes them anew, and loses nothing that a person wrote since: a file that is as the agent left it is restored, one that
 * changed since is merged three-way, and where both changed the same place it is left as it is. The repository's own git is never used.
 */
import { createHash } from 'node:crypto';
import { type FileState, mergeThreeWay, PathRefused, type PlannedFile, type ProjectFiles, unifiedDiff } from '../../src/files.ts';
import type { Database } from '../../src/index.ts';
import { listChanges, loadImages, markUndone } from './changes.ts';
import type { ChangedFile, CoderChange, UndoneFile, UndoReport } from './contract.ts';

/** What is undone: the last turn that changed something, or one change. */
export interface UndoWish {
  direction: 'undo' | 'redo';
  /** Id of a change, or its first characters; the last turn where absent. */
  change?: string | undefined;
}

/** @param key names this undo: it is stored with the files that it took back. */
export async function undo(
  files: ProjectFiles,
  database: Database,
  place: { workspaceId: string; conversationId: string; key: string },
  wish: UndoWish,
): Promise<UndoReport> {
  const { workspaceId, conversationId, key } = place;
  const changes = await listChanges(database, workspaceId, conversationId);
  const titles: string[] = [];
  const results: UndoneFile[] = [];
  const done: { change: string; path: string }[] = [];
  const back = wish.direction === 'undo';
  for (const turn of chooseTurns(changes, wish)) {
    const stuck = new Set(results.map(({ path }) => path));
    const moves = movesOf(turn, back);
    const hashes = moves.flatMap(({ from, to }) => [from, to].filter((hash) => hash !== undefined));
    const images = await loadImages(database, workspaceId, hashes);
    for (const move of moves) {
      // What another change stands on stays where it is.
      if (stuck.has(move.path)) continue;
      const result = await moveFile(files, move, images);
      results.push(result);
      if (moved.has(result.result)) done.push(...move.changes.map((change) => ({ change, path: move.path })));
    }
    titles.push(...turn.map(({ title }) => title));
    // A turn whose files all stay as they are does not keep the one before it from being undone.
    if (done.length > 0) break;
  }
  await markUndone(database, workspaceId, done, back ? key : null);
  return { changes: titles, files: results };
}

const moved: ReadonlySet<UndoneFile['result']> = new Set(['restored', 'merged', 'nothing']);

/** Turns that the wish may be about, the next one first; in each the changes in the order in which they are to be moved. */
export function chooseTurns(newestFirst: readonly CoderChange[], { direction, change }: UndoWish): CoderChange[][] {
  const open = newestFirst.filter(({ files }) => files.some(({ undone }) => undone === (direction === 'redo')));
  if (change !== undefined) {
    const one = open.find(({ id }) => id === change || (change.length >= 4 && id.endsWith(change)));
    return one === undefined ? [] : [[one]];
  }
  // What was undone last is the oldest of what is undone.
  const ordered = direction === 'undo' ? open : open.toReversed();
  return [...Map.groupBy(ordered, ({ runId }) => runId).values()];
}

/** One file, from the content that the agent left to the one that is wanted. */
interface Move {
  path: string;
  from: string | undefined;
  to: string | undefined;
  mode: number | undefined;
  kept: boolean;
  changes: string[];
}

/** Changes of one file that follow each other without a gap are one move. */
function movesOf(changes: readonly CoderChange[], back: boolean): Move[] {
  const moves: Move[] = [];
  for (const change of changes) {
    for (const file of change.files) {
      if (file.undone === back) continue;
      const [from, to] = back ? [file.after, file.before] : [file.before, file.after];
      const last = moves.findLast(({ path }) => path === file.path);
      if (last !== undefined && last.to === from && last.kept && file.kept) {
        last.to = to;
        last.mode = modeOf(file, back);
        last.changes.push(change.id);
      } else moves.push({ path: file.path, from, to, mode: modeOf(file, back), kept: file.kept, changes: [change.id] });
    }
  }
  return moves;
}

const modeOf = (file: ChangedFile, back: boolean) => (back ? file.beforeMode : file.afterMode);

async function moveFile(files: ProjectFiles, move: Move, images: ReadonlyMap<string, Uint8Array>): Promise<UndoneFile> {
  const { path, from, to } = move;
  // Of such a file it is not known what it was: nothing is not the same as no file.
  if (!move.kept) return { path, result: 'not-kept', message: 'Its content was too large to keep.' };
  try {
    const current = await stateOfFile(files, path);
    if (current?.hash === to) return { path, result: 'nothing' };
    const wanted = to === undefined ? undefined : images.get(to);
    if (to !== undefined && wanted === undefined)
      return { path, result: 'not-kept', message: 'Its content was too large to keep.' };
    if (current?.hash === from) {
      const after = wanted === undefined || to === undefined ? undefined : { hash: to, bytes: wanted, mode: move.mode ?? 0o644 };
      return await write(files, path, current, after, 'restored');
    }
    return await merge(files, move, current, images, wanted);
  } catch (error) {
    // It is as it was: the file changed at this very moment, or the path leads elsewhere now.
    return { path, result: 'refused', message: error instanceof Error ? error.message : String(error) };
  }
}

async function merge(
  files: ProjectFiles,
  { path, from }: Move,
  current: FileState | undefined,
  images: ReadonlyMap<string, Uint8Array>,
  wanted: Uint8Array | undefined,
): Promise<UndoneFile> {
  const base = from === undefined ? undefined : images.get(from);
  if (current === undefined) return conflict(path, 'It was removed since, and stays so.');
  if (wanted === undefined) return conflict(path, 'It was changed since it was made, and stays.', base, current.bytes);
  if (base === undefined) return conflict(path, 'It was made anew since, and stays as it is.', wanted, current.bytes);
  const merged = mergeThreeWay(base, current.bytes, wanted);
  if (merged.kind === 'conflict') return conflict(path, merged.message, base, current.bytes);
  const after = { hash: hashOf(merged.bytes), bytes: merged.bytes, mode: current.mode };
  if (after.hash === current.hash) return { path, result: 'nothing' };
  return write(files, path, current, after, 'merged');
}

async function write(
  files: ProjectFiles,
  path: string,
  before: FileState | undefined,
  after: FileState | undefined,
  result: 'restored' | 'merged',
): Promise<UndoneFile> {
  const diff = diffOf(path, before?.bytes, after?.bytes);
  const planned: PlannedFile = { path, before, after, encoding: 'utf-8', rung: undefined, diff };
  await files.apply([planned]);
  return { path, result, diff };
}

/** Of texts in UTF-8; of anything else it is only said that it differs. */
function diffOf(path: string, before: Uint8Array | undefined, after: Uint8Array | undefined): string {
  const texts = [before, after].map((bytes) => (bytes === undefined ? undefined : textOf(bytes)));
  if (texts.includes(null)) return `${path}: bytes that are no text\n`;
  return unifiedDiff(path, texts[0] ?? undefined, texts[1] ?? undefined);
}

function textOf(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}

/** What the person changed since, beside the reason. */
function conflict(path: string, message: string, base?: Uint8Array, current?: Uint8Array): UndoneFile {
  const diff = base === undefined || current === undefined ? undefined : diffOf(path, base, current);
  return { path, result: 'conflict', message, ...(diff === undefined ? {} : { diff }) };
}

/** `undefined`: there is no such file. */
export async function stateOfFile(files: ProjectFiles, path: string): Promise<FileState | undefined> {
  try {
    return await files.readBytes(path);
  } catch (error) {
    if (error instanceof PathRefused && error.refusal === 'missing') return undefined;
    throw error;
  }
}

export function hashOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
