import type { ChangeDoubt, ChangePlan, ChangeRefusal, FileChange, FileState, MatchRung, PlannedFile } from './contract.ts';
import { PathRefused } from './contract.ts';
import { unifiedDiff } from './difference.ts';
import { doubtsOf } from './doubts.ts';
import { editBytes, loosest } from './edit-bytes.ts';
import { decodeText, textForm } from './encoding.ts';
import { hashOf } from './read-file.ts';
import { writeBytes } from './whole-file.ts';

/** A file as a plan sees it while it is worked out. */
interface Drafted {
  path: string;
  before: FileState | undefined;
  after: FileState | undefined;
  rung: MatchRung | undefined;
}

/** Reads the file at a path, and gives it the name that it resolves to; no state where nothing is there. @throws PathRefused */
export type ReadState = (path: string) => Promise<{ resolved: string; state: FileState | undefined }>;

/** Works out what changes make of files. Nothing is written. */
export async function planChanges(changes: readonly FileChange[], read: ReadState, newMode: number): Promise<ChangePlan> {
  const drafts = new Map<string, Drafted>();
  const refusals: ChangeRefusal[] = [];
  const doubts: ChangeDoubt[] = [];
  const draftOf = async (path: string): Promise<Drafted> => {
    const { resolved, state } = await read(path);
    const known = drafts.get(resolved);
    if (known !== undefined) return known;
    const draft: Drafted = { path: resolved, before: state, after: state, rung: undefined };
    drafts.set(resolved, draft);
    return draft;
  };
  for (const change of changes) {
    try {
      const outcome = await makeChange(change, draftOf, newMode);
      refusals.push(...outcome.refusals);
      doubts.push(...outcome.doubts);
    } catch (error) {
      if (!(error instanceof PathRefused)) throw error;
      refusals.push({ path: error.path, reason: error.refusal, message: error.message });
    }
  }
  if (refusals.length > 0) return { kind: 'refused', refusals };
  const finished = [...drafts.values()].filter(isChanged).map(plannedFile);
  if (finished.length === 0) {
    const path = changes[0]?.path ?? '';
    const message = 'The changes leave every file as it is. Nothing has to be written.';
    return { kind: 'refused', refusals: [{ path, reason: 'no-change', message }] };
  }
  return {
    kind: 'planned',
    files: finished.map(({ file }) => file),
    doubts: [...doubts, ...finished.flatMap((each) => each.doubts)],
  };
}

interface Outcome {
  refusals: ChangeRefusal[];
  doubts: ChangeDoubt[];
}

async function makeChange(change: FileChange, draftOf: (path: string) => Promise<Drafted>, newMode: number): Promise<Outcome> {
  const draft = await draftOf(change.path);
  const { path, after: now } = draft;
  const refuse = (reason: ChangeRefusal['reason'], message: string): Outcome => ({
    refusals: [{ path, reason, message }],
    doubts: [],
  });
  if (change.kind === 'write') {
    if (change.hash === null && now !== undefined)
      return refuse('exists', `${path} exists already. Read it and edit it, or write under another name.`);
    if (typeof change.hash === 'string' && now?.hash !== change.hash) return refuse('stale', stale(path, now));
    const written = writeBytes(path, now?.bytes, change.text);
    if (written.kind === 'refused') return refuse(written.reason, written.message);
    draft.after = { bytes: written.bytes, hash: hashOf(written.bytes), mode: change.mode ?? now?.mode ?? newMode };
    return { refusals: [], doubts: [] };
  }
  if (now === undefined) return refuse('missing', `${path} does not exist. List its folder to see the names that do.`);
  if (change.kind === 'edit') {
    const edited = editBytes(path, now.bytes, change.edits);
    if (edited.kind === 'refused') return { refusals: [...edited.refusals], doubts: [] };
    draft.after = { bytes: edited.bytes, hash: hashOf(edited.bytes), mode: change.mode ?? now.mode };
    draft.rung = loosest([draft.rung, edited.rung]);
    const changed = change.hash !== undefined && change.hash !== now.hash;
    const message = `${path} is not as it was read; the lines of the edit are in it all the same.`;
    return { refusals: [], doubts: changed ? [{ path, doubt: 'changed', message }] : [] };
  }
  if (change.hash !== undefined && change.hash !== now.hash) return refuse('stale', stale(path, now));
  draft.after = undefined;
  if (change.kind === 'delete') return { refusals: [], doubts: [] };
  const target = await draftOf(change.to);
  if (target.after !== undefined)
    return refuse('exists', `${target.path} exists already. Delete it first, or move ${path} elsewhere.`);
  target.after = now;
  return { refusals: [], doubts: [] };
}

function stale(path: string, now: FileState | undefined): string {
  return now === undefined
    ? `${path} no longer exists. Write it with hash null to make it anew.`
    : `${path} is not as it was read. Read it again, and base the change on what it is now.`;
}

function isChanged({ before, after }: Drafted): boolean {
  return before?.hash !== after?.hash || before?.mode !== after?.mode;
}

function plannedFile({ path, before, after, rung }: Drafted): { file: PlannedFile; doubts: readonly ChangeDoubt[] } {
  const [old, next] = [before, after].map((state) =>
    state === undefined ? undefined : { form: textForm(state.bytes), bytes: state.bytes },
  );
  const file = { path, before, after, encoding: (next ?? old)?.form.encoding ?? 'utf-8', rung };
  if (old?.form.encoding === 'binary' || next?.form.encoding === 'binary')
    return { file: { ...file, diff: `Binary files a/${path} and b/${path} differ\n` }, doubts: [] };
  const [oldText, nextText] = [old, next].map((each) => (each === undefined ? undefined : decodeText(each.bytes, each.form)));
  return {
    file: { ...file, diff: unifiedDiff(path, oldText, nextText) },
    doubts: nextText === undefined ? [] : doubtsOf(path, oldText, nextText),
  };
}
