import { agentPerson, commitsWith, type Person, storeCommit, trailerNames } from './commit-object.ts';
import type { CommitResult } from './contract.ts';
import { currentState, makeBranch } from './git-project.ts';
import { shownPath } from './path-fault.ts';
import { ProjectRefused } from './project-refused.ts';
import { type GitProject, resolveNames } from './repository.ts';
import { branchOf } from './run-name.ts';
import { contains, mergedTree } from './tree-changes.ts';

export async function revert(project: GitProject, commit: string, run: string, author: Person): Promise<CommitResult> {
  try {
    return await revertCommit(project, commit, run, author);
  } catch (error) {
    if (error instanceof ProjectRefused) return { kind: 'refused', message: error.message };
    throw error;
  }
}

async function revertCommit({ repository, now }: GitProject, commit: string, run: string, author: Person): Promise<CommitResult> {
  const branch = branchOf(run, 'revert-');
  if (!/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(commit))
    throw new ProjectRefused(`${shownPath(commit)} is no whole hash of a commit.`);
  const opened = await repository.open();
  const trailer = [trailerNames.revert, run] as const;
  const names = [`refs/heads/${branch}`, `${commit}^{commit}`, `${commit}^1^{tree}`, 'HEAD^{tree}'];
  const [{ commit: head }, [tip, found, oldTree, headTree]] = await Promise.all([
    currentState(opened),
    resolveNames(opened, names),
  ]);
  const earlier = async (where: readonly string[]): Promise<CommitResult | undefined> => {
    const [made] = await commitsWith(opened, trailer, [...where, `^${commit}`]);
    return made === undefined ? undefined : { kind: 'committed', commit: made.hash, branch, again: true };
  };
  if (found === undefined || head === undefined) throw new ProjectRefused(`The repository has no commit ${commit}.`);
  if (tip !== undefined)
    return (
      (await earlier([tip])) ?? {
        kind: 'conflict',
        message: `The branch ${branch} holds something else. Rename or delete it, and try again.`,
      }
    );
  if (!(await contains(opened, head, commit)))
    throw new ProjectRefused(
      `What is checked out does not have the commit ${commit.slice(0, 12)}, so that there is nothing to take back.`,
    );
  const at = now();
  // A child of the commit with the tree of its parent: merged, it is the way back.
  const before = oldTree ?? (await opened.text(['hash-object', '-w', '-t', 'tree', '--stdin'])).trim();
  const back = { tree: before, author, committer: agentPerson, at, trailer };
  const message = await messageOf(opened, commit);
  const undone = await storeCommit(opened, { ...back, parents: [commit], message });
  const merged = head === commit ? { kind: 'merged' as const, tree: back.tree } : await mergedTree(opened, head, undone);
  if (merged.kind === 'conflict')
    return {
      kind: 'conflict',
      message: `${merged.files.map(shownPath).join(', ')} changed since. Take it back by hand, with git revert.`,
    };
  if (merged.tree === headTree) throw new ProjectRefused('It is taken back already: nothing of it is left.');
  const made = head === commit ? undone : await storeCommit(opened, { ...back, tree: merged.tree, parents: [head], message });
  return makeBranch(opened, branch, made, `timonel: revert of ${run}`, earlier);
}

async function messageOf(opened: Parameters<typeof storeCommit>[0], commit: string): Promise<string> {
  const subject = (await opened.text(['log', '--max-count=1', '--format=%s', commit, '--'])).trim();
  const room = 72 - 'Revert ""'.length;
  const short = subject.length > room ? `${subject.slice(0, room - 1)}…` : subject;
  return `Revert "${short}"\n\nThis reverts commit ${commit}.`;
}
