/** Tools that change files: what the model last read is what it may change, every change can be undone, and a crash doubles none. */
import { z } from 'zod';
import { sql } from '../../src/database.ts';
import { ChangeRefused, type FileChange, type PlannedFile, parseChanges, type TextEdit } from '../../src/files.ts';
import { defineTool, type JsonValue, type Reconciliation, type ToolContext } from '../../src/index.ts';
import { changeOfKey, keepChange, loadImages, markApplied } from './changes.ts';
import type { CoderChange, CoderMode } from './contract.ts';
import type { Fault } from './diagnostics/contract.ts';
import type { CoderProject } from './project.ts';
import { modeAndReads } from './sessions.ts';

/** Characters of a diff in an answer; the whole of a longer one is shown by `/diff`. */
const longestDiff = 12_000;

const path = z.string().min(1).max(1_000).describe('Relative to the project, with /');
const textEdit = z.object({
  old: z.string().min(1).describe('Text that is there once, with enough lines around it to be unique'),
  new: z.string(),
  all: z.boolean().optional().describe('Replace every occurrence'),
});

const editInput = z.object({
  path: path.optional(),
  edits: z.array(textEdit).min(1).max(100).optional(),
  files: z
    .array(z.object({ path, edits: z.array(textEdit).min(1).max(100) }))
    .min(1)
    .max(50)
    .optional(),
  patch: z.string().max(400_000).optional().describe('A unified diff, or a patch between *** Begin Patch and *** End Patch'),
});
const writeInput = z.object({ path, text: z.string().max(1_000_000).describe('The whole new content') });

type EditInput = z.infer<typeof editInput>;
type WriteInput = z.infer<typeof writeInput>;

/** What rules look at before files change. */
export interface EditFacts {
  mode: CoderMode;
  paths: readonly string[];
  doubts: readonly { path: string; doubt: string; message: string }[];
  /** It will not be possible; there is nothing to ask about. */
  refused: boolean;
}

type EditAnswer =
  | {
      kind: 'changed';
      files: { path: string; change: 'created' | 'changed' | 'removed'; matched?: string }[];
      diff: string;
      notes: string[];
      /** Faults that were not there before. Absent where nothing looked, or the process ended before it could. */
      diagnostics?: { faults: readonly Fault[]; more?: number; checkedBy: readonly string[]; notChecked?: readonly string[] };
      /** What checkers say quotes the project. */
      untrusted?: true;
    }
  | { kind: 'refused'; because: string[] };

/** @throws Error where the input names no change, or the patch is none */
export function changesOf(input: EditInput): FileChange[] {
  if (input.patch !== undefined) {
    const parsed = parseChanges(input.patch);
    if (parsed.kind === 'malformed') throw new Error(parsed.message);
    return [...parsed.changes];
  }
  const files = [
    ...(input.path !== undefined && input.edits !== undefined ? [{ path: input.path, edits: input.edits }] : []),
    ...(input.files ?? []),
  ];
  if (files.length === 0) throw new Error('Give path and edits, or files, or patch.');
  return files.map(({ path: each, edits }) => ({ kind: 'edit', path: each, edits: edits as TextEdit[] }));
}

/** Each change with the content that the model knows of its file. A file that it does not know may be made, and not be written over. */
function withReads(changes: readonly FileChange[], reads: ReadonlyMap<string, string>): FileChange[] {
  return changes.map((change) => {
    const known = reads.get(change.path);
    if (change.kind === 'write') return { ...change, hash: known ?? null };
    return known === undefined ? change : { ...change, hash: known };
  });
}

const pathsOf = (changes: readonly FileChange[]) =>
  changes.flatMap((change) => (change.kind === 'move' ? [change.path, change.to] : [change.path]));

/** The changes that a call would make, as files. */
async function planned(project: CoderProject, context: ToolContext, wanted: readonly FileChange[]) {
  const { mode, diagnostics, reads } = await modeAndReads(context, context.conversationId, pathsOf(wanted));
  const files = await project.filesOf(context, context.conversationId);
  return { mode, diagnostics, files, plan: await files.plan(withReads(wanted, reads)) };
}

async function factsOf(project: CoderProject, context: ToolContext, wanted: () => FileChange[]): Promise<EditFacts> {
  let changes: FileChange[];
  try {
    changes = wanted();
  } catch {
    return { mode: 'ask', paths: [], doubts: [], refused: true };
  }
  const { mode, plan } = await planned(project, context, changes);
  const paths = [...new Set(pathsOf(changes))];
  if (plan.kind === 'refused') return { mode, paths, doubts: [], refused: true };
  return { mode, paths, doubts: plan.doubts.map(({ path: of, doubt, message }) => ({ path: of, doubt, message })), refused: false };
}

async function change(project: CoderProject, context: ToolContext, wanted: () => FileChange[]): Promise<EditAnswer> {
  let changes: FileChange[];
  try {
    changes = wanted();
  } catch (error) {
    return { kind: 'refused', because: [error instanceof Error ? error.message : String(error)] };
  }
  const { files, plan, diagnostics: level } = await planned(project, context, changes);
  if (plan.kind === 'refused') {
    context.metrics.add('edits', { result: 'refused' });
    return { kind: 'refused', because: plan.refusals.map(({ message }) => message) };
  }
  const answer: EditAnswer = {
    kind: 'changed',
    files: plan.files.map((file) => ({
      path: file.path,
      change: file.before === undefined ? 'created' : file.after === undefined ? 'removed' : 'changed',
      ...(file.rung === undefined || file.rung === 'exact' ? {} : { matched: file.rung }),
    })),
    diff: bounded(plan.files.map(({ diff }) => diff).join('\n')),
    notes: plan.doubts.map(({ message }) => message),
  };
  const { idempotencyKey: key, conversationId, runId } = context;
  const title = plan.files.map(({ path: of }) => of).join(', ');
  const kept = {
    key,
    conversationId,
    runId,
    kind: 'edit',
    state: 'planned',
    title,
    answer: answer as unknown as JsonValue,
  } as const;
  // Before anything is written: a process that goes on after a crash finds out by the hashes what became of it.
  await keepChange(context, kept, plan.files);
  try {
    await files.apply(plan.files);
  } catch (error) {
    if (!(error instanceof ChangeRefused)) throw error;
    await forget(context, key);
    return { kind: 'refused', because: error.refusals.map(({ message }) => message) };
  }
  await markApplied(context, key, {
    conversationId,
    files: plan.files.map((file) => ({ path: file.path, hash: file.after?.hash })),
  });
  context.metrics.add('edits', { result: 'applied' });
  const edited = plan.files.map(({ path: of, before, after }) => ({ path: of, before: before?.bytes, after: after?.bytes }));
  // The edit is made: that nothing could look at it does not undo it.
  const found = await project.diagnostics.after(edited, level, context.signal).catch(() => undefined);
  if (found === undefined) return answer;
  const { faults, more, checkedBy, notChecked } = found;
  return {
    ...answer,
    diagnostics: { faults, checkedBy, ...(more === 0 ? {} : { more }), ...(notChecked.length === 0 ? {} : { notChecked }) },
    ...(faults.length === 0 ? {} : { untrusted: true }),
  };
}

function bounded(diff: string): string {
  return diff.length <= longestDiff ? diff : `${diff.slice(0, longestDiff)}\n… ${diff.length - longestDiff} more characters`;
}

/** A change that did not happen. */
async function forget(context: ToolContext, key: string): Promise<void> {
  await context.query((database) =>
    database.execute(
      sql`DELETE FROM coder_changes WHERE workspace_id = ${context.workspaceId} AND key = ${key} AND state = 'planned'`,
    ),
  );
}

/** By the hashes: what is as it was planned to be has happened. Some of several files are written to the end. */
async function reconcile(project: CoderProject, context: ToolContext, key: string): Promise<Reconciliation<EditAnswer>> {
  const found = await context.query((database) => changeOfKey(database, context.workspaceId, key));
  if (found === undefined) return { kind: 'did-not-happen' };
  const happened = { kind: 'happened', output: found.answer as unknown as EditAnswer } as const;
  if (found.state === 'applied') return happened;
  const files = await project.filesOf(context, context.conversationId);
  let state = await files.appliedState(found.files);
  if (state === 'partly') {
    const kept = await keptFiles(context, found);
    if (kept === undefined) return { kind: 'unknown' };
    await files.resume(kept);
    state = await files.appliedState(found.files);
  }
  if (state === 'did-not-happen') {
    await forget(context, key);
    return { kind: 'did-not-happen' };
  }
  if (state !== 'happened') return { kind: 'unknown' };
  const { conversationId } = context;
  await markApplied(context, key, { conversationId, files: found.files.map((file) => ({ path: file.path, hash: file.after })) });
  return happened;
}

/** The files of a change with their contents, where all of them are kept. */
async function keptFiles(context: ToolContext, { files }: CoderChange): Promise<PlannedFile[] | undefined> {
  const hashes = files.flatMap(({ before, after }) => [before, after].filter((each) => each !== undefined));
  const images = await context.query((database) => loadImages(database, context.workspaceId, hashes));
  if (hashes.some((hash) => !images.has(hash))) return undefined;
  const stateOf = (hash: string | undefined, mode: number | undefined) => {
    const bytes = hash === undefined ? undefined : images.get(hash);
    return hash === undefined || bytes === undefined ? undefined : { hash, bytes, mode: mode ?? 0o644 };
  };
  return files.map((file) => ({
    path: file.path,
    before: stateOf(file.before, file.beforeMode),
    after: stateOf(file.after, file.afterMode),
    encoding: 'utf-8',
    rung: undefined,
    diff: '',
  }));
}

/** The texts of a file before and after a change; `null`: it is not there, or is no text. */
export interface ChangedTexts {
  path: string;
  before: string | null;
  after: string | null;
}

/** @returns the diff that a call would make, and its texts, for those who are asked about it; why it cannot be made otherwise. */
export async function previewOf(
  project: CoderProject,
  access: Pick<ToolContext, 'workspaceId' | 'query'>,
  conversationId: string,
  tool: string,
  args: unknown,
): Promise<{ diff: string; files: ChangedTexts[] }> {
  const wanted = tool === 'write' ? [{ kind: 'write' as const, ...writeInput.parse(args) }] : changesOf(editInput.parse(args));
  const { reads } = await modeAndReads(access, conversationId, pathsOf(wanted));
  const plan = await (await project.filesOf(access, conversationId)).plan(withReads(wanted, reads));
  if (plan.kind === 'refused') return { diff: plan.refusals.map(({ message }) => message).join('\n'), files: [] };
  return {
    diff: plan.files.map(({ diff }) => diff).join('\n'),
    files: plan.files.map(({ path: of, before, after }) => ({
      path: of,
      before: textOf(before?.bytes),
      after: textOf(after?.bytes),
    })),
  };
}

/** Bytes of text that is shown beside a change; of a longer file the diff says what changes. */
const longestText = 400_000;

/** For a person to look at: bytes that are no UTF-8 are shown as such. */
export function textOf(bytes: Uint8Array | undefined): string | null {
  if (bytes === undefined || bytes.byteLength > longestText || bytes.includes(0)) return null;
  return new TextDecoder().decode(bytes);
}

export function editTools(project: CoderProject) {
  const wantedOf = (input: WriteInput) => (): FileChange[] => [{ kind: 'write', ...input }];
  const edit = defineTool({
    name: 'edit',
    description:
      'Changes files. Each edit replaces a text that is there exactly once; nothing else of the file changes. All edits of a call are made, or none. Answers the diff and the faults that are new since, or why it was refused and what would work.',
    input: editInput,
    effect: 'write',
    target: 'outside',
    timeoutMs: 90_000,
    facts: (input, context): Promise<EditFacts> => factsOf(project, context, () => changesOf(input)),
    execute: (input, context): Promise<EditAnswer> => change(project, context, () => changesOf(input)),
    reconcile: (key, _input, context) => reconcile(project, context, key),
    describe: (input) => named('editado', 'edited', input),
  });
  const write = defineTool({
    name: 'write',
    description: 'Writes a whole file: a new one, or one that was read before. For changes of a part use edit.',
    input: writeInput,
    effect: 'write',
    target: 'outside',
    timeoutMs: 90_000,
    facts: (input, context): Promise<EditFacts> => factsOf(project, context, wantedOf(input)),
    execute: (input, context): Promise<EditAnswer> => change(project, context, wantedOf(input)),
    reconcile: (key, _input, context) => reconcile(project, context, key),
    describe: (input) => named('escrito', 'written', input),
  });
  return [edit, write];
}

function named(es: string, en: string, input: EditInput | WriteInput) {
  const what = input.path ?? ('files' in input ? (input.files ?? []).map((file) => file.path).join(', ') : '');
  return { es: `${what} ${es}`.trim(), en: `${what} ${en}`.trim() };
}
