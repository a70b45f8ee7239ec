import { ChangeRefused, PathRefused } from '../../../src/files.ts';
import type { ApplyJournal, ApplyResult, ChangedFiles, JournalledFile, ProjectState } from './contract.ts';
import { currentState, gitState, judged } from './git-project.ts';
import { IndexLock } from './index-lock.ts';
import { applyJournalled, conflict, isDone, keptMode, stateAt } from './journalled-files.ts';
import { ProjectRefused } from './project-refused.ts';
import { recover } from './recover.ts';
import { branchOf } from './run-name.ts';
import { type CheckedOutProject, isClean } from './working-files.ts';

/** Writes changes into the working files of a repository, and commits nothing: index and branches stay as they are. */
export async function writeFiles(
  project: CheckedOutProject,
  given: ProjectState,
  changes: ChangedFiles,
  run: string,
  journal: ApplyJournal,
): Promise<ApplyResult> {
  try {
    branchOf(run);
    await recover(project, run, journal);
    return await write(project, given, changes, run, journal);
  } catch (error) {
    if (error instanceof ChangeRefused) return conflict(error.refusals.map(({ path }) => path));
    if (error instanceof ProjectRefused || error instanceof PathRefused) return { kind: 'refused', message: error.message };
    throw error;
  }
}

async function write(
  project: CheckedOutProject,
  given: ProjectState,
  changes: ChangedFiles,
  run: string,
  journal: ApplyJournal,
): Promise<ApplyResult> {
  const { repository, files } = project;
  const state = gitState(given);
  const { opened, entries } = await judged(project, state, changes);
  const written: JournalledFile[] = [];
  const changed: string[] = [];
  for (const [path, change] of Object.entries(changes)) {
    const now = await stateAt(files, path);
    const before = now && { content: now.bytes, mode: now.mode };
    const after = change === null ? undefined : { content: change.content, mode: keptMode(change.mode, now?.mode) };
    written.push({ path, before, after });
    if (!(await isClean(opened, { path: repository.prefix + path, before: entries.get(path) }, now, false, repository)))
      changed.push(path);
  }
  const paths = written.map(({ path }) => path);
  if (written.every(isDone)) return { kind: 'applied', files: paths, commit: undefined, again: true };
  const { commit: head } = await currentState(opened);
  if (head !== state.commit)
    return {
      kind: 'stale',
      message: 'The repository is at another commit than the generation was made over. Generate over what it is now.',
    };
  if (changed.length > 0) return conflict(changed);
  const lock = new IndexLock(repository.directory, run);
  await journal.begin(run, written);
  await lock.note({ move: undefined, entries: '' });
  const failed = await applyJournalled(files, written);
  await lock.release();
  await journal.end(run);
  return failed ?? { kind: 'applied', files: paths, commit: undefined, again: false };
}
