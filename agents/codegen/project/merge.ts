import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { PathRefused } from '../../../src/files.ts';
import type { OpenGit } from '../../../src/shell.ts';
import { agentPerson, type Person, storeCommit, trailerNames } from './commit-object.ts';
import type { ApplyJournal, ApplyResult } from './contract.ts';
import { currentState } from './git-project.ts';
import { IndexLock } from './index-lock.ts';
import { applyJournalled } from './journalled-files.ts';
import { shownPath } from './path-fault.ts';
import { ProjectRefused } from './project-refused.ts';
import { recover, takeBack } from './recover.ts';
import { type GitProject, resolveNames } from './repository.ts';
import { branchOf } from './run-name.ts';
import { changesBetween, contains, emptyTrees, indexLine, mergedTree, type TreeChange } from './tree-changes.ts';
import { type CheckedOutProject, filesOfMerge } from './working-files.ts';

export async function merge(
  project: CheckedOutProject,
  commit: string,
  run: string,
  author: Person,
  journal: ApplyJournal,
): Promise<ApplyResult> {
  try {
    branchOf(run);
    if (!/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(commit))
      throw new ProjectRefused(`${shownPath(commit)} is no whole hash of a commit.`);
    await recover(project, run, journal);
    return await mergeCommit(project, commit, run, author, journal);
  } catch (error) {
    if (error instanceof ProjectRefused || error instanceof PathRefused) return { kind: 'refused', message: error.message };
    throw error;
  }
}

async function mergeCommit(
  project: CheckedOutProject,
  commit: string,
  run: string,
  author: Person,
  journal: ApplyJournal,
): Promise<ApplyResult> {
  const { repository } = project;
  const opened = await repository.open();
  const { commit: head, branch } = await currentState(opened);
  if (branch === undefined) return refusal('No branch is checked out. Check out the one that the changes are for, and try again.');
  const way = underWay(repository.directory);
  if (way !== undefined) return refusal(`A ${way} is under way in the repository. End it or abort it, and try again.`);
  const [found, parent, oldTree] = await resolveNames(opened, [`${commit}^{commit}`, `${commit}^1`, `${commit}^1^{tree}`]);
  if (found === undefined) return refusal(`The repository has no commit ${commit}.`);
  if (head !== undefined && (await contains(opened, head, commit))) {
    const own = await changesBetween(opened, oldTree ?? emptyTrees[repository.hashName], commit);
    return { kind: 'applied', files: own.map(({ path }) => path.slice(repository.prefix.length)), commit: head, again: true };
  }
  if (parent !== head && (head === undefined || (parent !== undefined && !(await contains(opened, head, parent)))))
    return {
      kind: 'stale',
      message: `${branch} does not have the commit that this one was made over. Check out the branch that it was made for, or generate anew.`,
    };
  const target =
    parent === head ? { kind: 'merged' as const, commit } : await mergedCommit(project, opened, head ?? '', commit, run, author);
  if (target.kind === 'conflict') return target.result;
  const step = { branch, head, target: target.commit, run };
  for (let attempt = 0; attempt < mostAttempts; attempt++) {
    const result = await apply(project, opened, step, journal);
    if (result !== 'index-changed') return result;
  }
  return refusal('The index changes all the time. Try again when nobody works in the repository.');
}

/** A look at the working tree by another program may rewrite the index meanwhile; then it is looked at again. */
const mostAttempts = 5;

interface MergeStep {
  branch: string;
  head: string | undefined;
  target: string;
  run: string;
}

/** Files, branch and index, in this order: until the branch has moved all can be taken back, and from then on all follows it. */
async function apply(
  project: CheckedOutProject,
  opened: OpenGit,
  { branch, head, target, run }: MergeStep,
  journal: ApplyJournal,
): Promise<ApplyResult | 'index-changed'> {
  const { repository } = project;
  const lock = new IndexLock(repository.directory, run);
  const looked = await lock.fingerprint();
  const changes = await changesBetween(opened, head ?? emptyTrees[repository.hashName], target);
  const files = await filesOfMerge(project, opened, head, changes);
  if ('kind' in files) return files;
  const entries = changes.map((change) => indexLine(change, repository)).join('');
  const under = async (): Promise<ApplyResult | 'index-changed'> => {
    if (!(await lock.take({ move: { branch, target }, entries })))
      return refusal('Another git process works in the repository (index.lock is there). Try again when it has ended.');
    if ((await lock.fingerprint()) !== looked) return 'index-changed';
    const failed = await applyJournalled(project.files, files);
    if (failed !== undefined) return failed;
    const words = [
      'update-ref',
      '-m',
      `timonel: merge of ${run}`,
      `refs/heads/${branch}`,
      target,
      head ?? '0'.repeat(target.length),
    ];
    const moved = await opened.run(words, { author: agentPerson });
    if (moved.exitCode !== 0) {
      await takeBack(project.files, files);
      return { kind: 'stale', message: `${branch} cannot be moved: ${moved.stderr.trim()}. Try again.` };
    }
    await lock.write(opened, entries, presentPaths(changes));
    return { kind: 'applied', files: files.map(({ path }) => path), commit: target, again: false };
  };
  await journal.begin(run, files);
  try {
    const result = await under();
    await lock.release();
    await journal.end(run);
    return result;
  } catch (error) {
    // It is not known how far it came. What remains is for the next attempt where this fails too.
    await recover(project, run, journal).catch(() => undefined);
    throw error;
  }
}

const refusal = (message: string): ApplyResult => ({ kind: 'refused', message });
const presentPaths = (changes: readonly TreeChange[]) => changes.filter(({ after }) => after !== undefined).map(({ path }) => path);

/** What a person has begun in a repository, and would be disturbed in. */
function underWay(directory: string): string | undefined {
  const signs = {
    merge: ['MERGE_HEAD'],
    'cherry-pick': ['CHERRY_PICK_HEAD'],
    revert: ['REVERT_HEAD'],
    rebase: ['rebase-merge', 'rebase-apply'],
  };
  return Object.entries(signs).find(([, names]) => names.some((name) => existsSync(join(directory, name))))?.[0];
}

async function mergedCommit(
  { now }: GitProject,
  opened: OpenGit,
  head: string,
  commit: string,
  run: string,
  author: Person,
): Promise<{ kind: 'merged'; commit: string } | { kind: 'conflict'; result: ApplyResult }> {
  const merged = await mergedTree(opened, head, commit);
  if (merged.kind === 'conflict') {
    const message = `${merged.files.map(shownPath).join(', ')} changed on the branch since. Generate over what it is now, or merge by hand.`;
    return { kind: 'conflict', result: { kind: 'conflict', files: merged.files, message } };
  }
  const message = `Merge branch '${branchOf(run)}'`;
  const trailer = [trailerNames.merge, run] as const;
  const draft = { tree: merged.tree, parents: [head, commit], message, trailer, author, committer: agentPerson, at: now() };
  return { kind: 'merged', commit: await storeCommit(opened, draft) };
}
