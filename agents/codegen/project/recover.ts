import type { ProjectFiles } from '../../../src/files.ts';
import type { ApplyJournal, JournalledFile } from './contract.ts';
import { IndexLock, runsElsewhere } from './index-lock.ts';
import { plannedFile, rollOn, settle } from './journalled-files.ts';
import { ProjectRefused } from './project-refused.ts';
import { resolveNames } from './repository.ts';
import { branchOf } from './run-name.ts';
import { contains } from './tree-changes.ts';
import type { CheckedOutProject } from './working-files.ts';

/**
 * Ends a merge that a crash cut off. The branch decides: where it was moved, working files and index follow; where it was not, the files are put back. What a
 * person wrote into one of them since stays.
 */
export async function recover({ repository, files }: CheckedOutProject, run: string, journal: ApplyJournal): Promise<void> {
  branchOf(run);
  const lock = new IndexLock(repository.directory, run);
  const begun = await lock.begun();
  if (begun !== undefined && (await runsElsewhere(begun.mark.owner)))
    throw new ProjectRefused('Another process is merging this. Try again when it has ended.');
  const journalled = await journal.find(run);
  const { move, entries = '' } = begun?.mark ?? {};
  if (begun !== undefined && move === undefined && journalled !== undefined) await rollOn(files, journalled);
  // Without the lock nothing was written, or all of it.
  if (begun?.held === true && move !== undefined && journalled !== undefined) {
    const { branch, target } = move;
    const opened = await repository.open();
    const [tip] = await resolveNames(opened, [`refs/heads/${branch}`]);
    if (tip !== undefined && (await contains(opened, tip, target))) {
      await settle(journalled, (plan) => files.resume(plan.map(plannedFile)), 'rest');
      const present = journalled.filter(({ after }) => after !== undefined).map(({ path }) => repository.prefix + path);
      await lock.write(opened, entries, present);
    } else await takeBack(files, journalled);
  }
  await lock.release();
  if (journalled !== undefined) await journal.end(run);
}

export async function takeBack(files: ProjectFiles, journalled: readonly JournalledFile[]): Promise<void> {
  await settle(journalled, (plan) => files.rollBack(plan.map(plannedFile)), 'rest');
}
