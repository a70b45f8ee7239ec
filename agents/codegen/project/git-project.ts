import { PathRefused } from '../../../src/files.ts';
import { GitFailed, type OpenGit } from '../../../src/shell.ts';
import { agentPerson, commitsWith, type FoundCommit, messageOf, storeCommit, trailerNames } from './commit-object.ts';
import type { ChangedContent, ChangedFiles, CodegenProject, CommitResult, ProjectState, TreeCommit } from './contract.ts';
import { fileDiff } from './difference.ts';
import { runHooks } from './hooks.ts';
import { materialiseTree } from './materialise.ts';
import { pathFault, shownPath } from './path-fault.ts';
import { faultOfPaths, type TreeListing } from './place-fault.ts';
import { ProjectRefused } from './project-refused.ts';
import { treeOver } from './project-tree.ts';
import { type GitProject, readBlobs, resolveNames, withTemporary, writeTree } from './repository.ts';
import { branchOf } from './run-name.ts';

export type GitState = Extract<ProjectState, { kind: 'git' }>;

/** The commit and the branch that are checked out. */
export async function currentState(opened: OpenGit): Promise<GitState> {
  const [[commit], head] = await Promise.all([
    resolveNames(opened, ['HEAD^{commit}']),
    opened.run(['symbolic-ref', '--quiet', 'HEAD']),
  ]);
  const branch = /^refs\/heads\/(.+)\n$/s.exec(head.stdout.toString('utf8'))?.[1];
  return { kind: 'git', commit, branch: head.exitCode === 0 ? branch : undefined };
}

/** @throws ProjectRefused where a state is none of a repository */
export function gitState(state: ProjectState): GitState {
  if (state.kind !== 'git')
    throw new ProjectRefused('The state is one of a folder without git, and the project is in a repository. Take its state anew.');
  if (state.commit !== undefined && !/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(state.commit))
    throw new ProjectRefused(`${shownPath(state.commit)} is no whole hash of a commit.`);
  return state;
}

/** Git, and the files of a state, with all changes judged. @throws ProjectRefused */
export async function judged(
  { folder, repository }: GitProject,
  state: GitState,
  changes: ChangedFiles,
  given?: OpenGit,
): Promise<{ opened: OpenGit; entries: TreeListing['entries'] }> {
  // What is no path needs no process to be told.
  for (const path of Object.keys(changes)) {
    const fault = pathFault(path, true);
    if (fault !== undefined) throw new ProjectRefused(fault, path);
  }
  const opened = given ?? (await repository.open());
  const listing = await repository.listing(opened, state.commit);
  const found = await faultOfPaths(folder, Object.keys(changes), listing);
  if (found !== undefined) throw new ProjectRefused(found.fault, found.path);
  for (const [path, change] of Object.entries(changes))
    if (change === null && !listing.entries.has(path))
      throw new ProjectRefused(`${shownPath(path)} cannot be removed: the commit does not have it. Name a file that it has.`, path);
  return { opened, entries: listing.entries };
}

export async function fault({ folder, repository }: GitProject, path: string): Promise<string | undefined> {
  const written = pathFault(path, true);
  if (written !== undefined) return written;
  const opened = await repository.open();
  const [head] = await resolveNames(opened, ['HEAD^{commit}']);
  return (await faultOfPaths(folder, [path], await repository.listing(opened, head)))?.fault;
}

export async function treeOf(project: GitProject, given: ProjectState, changes: ChangedFiles): Promise<string> {
  const state = gitState(given);
  const { opened } = await judged(project, state, changes);
  return withTemporary((folder) =>
    writeTree(project.repository, opened, state.commit, changes, { index: `${folder}/index`, folder }),
  );
}

export function tree({ repository }: GitProject, given: ProjectState, changes: ChangedFiles): ReturnType<CodegenProject['tree']> {
  const state = gitState(given);
  let opening: Promise<OpenGit> | undefined;
  const opened = () => {
    opening ??= repository.open();
    return opening;
  };
  const entries = async () => (await repository.listing(await opened(), state.commit)).entries;
  const isFile = (mode: string | undefined) => mode?.startsWith('100') === true;
  return treeOver(
    {
      paths: async () => [...(await entries())].filter(([, { mode }]) => isFile(mode)).map(([path]) => path),
      async mode(path) {
        const found = (await entries()).get(path)?.mode;
        return isFile(found) ? (found === '100755' ? 0o755 : 0o644) : undefined;
      },
      async read(path) {
        const entry = (await entries()).get(path);
        if (entry === undefined || !isFile(entry.mode)) return undefined;
        return contentOf(await opened(), path, entry.hash);
      },
    },
    changes,
  );
}

const largestBytes = 64 * 1024 * 1024;

async function contentOf(opened: OpenGit, path: string, hash: string): Promise<Uint8Array | undefined> {
  const [size] = (await opened.text(['cat-file', '--batch-check=%(objectsize)'], { input: `${hash}\n` })).split('\n');
  if (Number(size) > largestBytes)
    throw new PathRefused(path, 'too-large', `${shownPath(path)} has ${size} bytes; files are read up to ${largestBytes}.`);
  return (await readBlobs(opened, [hash])).get(hash);
}

export async function diff(project: GitProject, given: ProjectState, changes: ChangedFiles): Promise<string> {
  const state = gitState(given);
  const { opened, entries } = await judged(project, state, changes);
  const paths = Object.keys(changes).sort();
  const old = await readBlobs(
    opened,
    paths.flatMap((path) => entries.get(path)?.hash ?? []),
  );
  return paths
    .map((path) => {
      const entry = entries.get(path);
      const content = entry === undefined ? undefined : old.get(entry.hash);
      const before = entry === undefined || content === undefined ? undefined : { content, executable: entry.mode === '100755' };
      return fileDiff(path, before, sideOf(changes[path]));
    })
    .join('');
}

function sideOf(change: ChangedContent | null | undefined) {
  return change === null || change === undefined ? undefined : { content: change.content, executable: (change.mode & 0o100) !== 0 };
}

export async function materialise(project: GitProject, given: ProjectState, changes: ChangedFiles, folder: string): Promise<void> {
  const state = gitState(given);
  const { opened, entries } = await judged(project, state, changes);
  await materialiseTree(opened, entries, changes, folder);
}

export async function commit(project: GitProject, given: TreeCommit): Promise<CommitResult> {
  try {
    return await commitTree(project, given);
  } catch (error) {
    if (error instanceof ProjectRefused || error instanceof PathRefused) return { kind: 'refused', message: error.message };
    throw error;
  }
}

async function commitTree(project: GitProject, given: TreeCommit): Promise<CommitResult> {
  const { repository } = project;
  const state = gitState(given.state);
  const branch = branchOf(given.run);
  const trailer = [trailerNames.commit, given.run] as const;
  const parents = state.commit === undefined ? [] : [state.commit];
  const opened = await repository.open();
  const [head, tip, oldTree] = await resolveNames(opened, [
    'HEAD^{commit}',
    `refs/heads/${branch}`,
    `${state.commit ?? 'HEAD'}^{tree}`,
  ]);
  const isOurs = (found: FoundCommit) => found.tree === given.tree && found.parents.join() === parents.join();
  const earlier = async (where: readonly string[]): Promise<CommitResult | undefined> => {
    const found = (await commitsWith(opened, trailer, [...where, ...parents.map((parent) => `^${parent}`)])).find(isOurs);
    return found === undefined ? undefined : { kind: 'committed', commit: found.hash, branch, again: true };
  };
  if (tip !== undefined)
    return (
      (await earlier([tip])) ?? {
        kind: 'conflict',
        message: `The branch ${branch} holds something else than what was approved. Rename or delete it, and try again.`,
      }
    );
  if (head !== state.commit)
    return (
      (await earlier(['--all'])) ?? {
        kind: 'stale',
        message: `The project was at ${state.commit?.slice(0, 12) ?? 'no commit'} and is at ${head?.slice(0, 12) ?? 'no commit'}. Generate over what it is now.`,
      }
    );
  await judged(project, state, given.changes, opened);
  return withTemporary(async (folder) => {
    const index = `${folder}/index`;
    const tree = await writeTree(repository, opened, state.commit, given.changes, { index, folder });
    if (tree !== given.tree)
      return {
        kind: 'refused',
        message: `The approval was for the tree ${given.tree}, and the changes make ${tree}. Ask for it anew.`,
      };
    if (tree === oldTree) return { kind: 'refused', message: 'The changes leave every file as it is. There is nothing to commit.' };
    let { message } = given;
    if (given.hooks) {
      const passed = await runHooks(project, opened, {
        head,
        tree,
        changes: given.changes,
        index,
        folder,
        message: messageOf({ message, trailer }),
      });
      if (passed.kind === 'refused') return passed;
      message = passed.message;
    }
    const { author, at } = given;
    const made = await storeCommit(opened, { tree, parents, message, trailer, author, committer: agentPerson, at });
    return makeBranch(opened, branch, made, `timonel: commit of ${given.run}`, earlier);
  });
}

/** Makes a branch, which must not exist. */
export async function makeBranch(
  opened: OpenGit,
  branch: string,
  commit: string,
  reason: string,
  earlier: (where: readonly string[]) => Promise<CommitResult | undefined>,
): Promise<CommitResult> {
  const people = { author: agentPerson };
  const args = ['update-ref', '-m', reason, `refs/heads/${branch}`, commit, '0'.repeat(commit.length)];
  const { exitCode, stderr } = await opened.run(args, people);
  if (exitCode === 0) return { kind: 'committed', commit, branch, again: false };
  // Another attempt at the same commit may have been faster.
  const [tip] = await resolveNames(opened, [`refs/heads/${branch}`]);
  if (tip === undefined && !/exists; cannot create/.test(stderr)) throw new GitFailed(`git update-ref: ${stderr.trim()}`, exitCode);
  return (
    (tip === undefined ? undefined : await earlier([tip])) ?? {
      kind: 'conflict',
      message: `The branch ${branch} cannot be made: ${stderr.trim()}. Rename or delete the branch that is in its way, and try again.`,
    }
  );
}

export async function commitOf({ repository }: GitProject, run: string): Promise<string | undefined> {
  const branch = branchOf(run);
  const opened = await repository.open();
  const trailer = [trailerNames.commit, run] as const;
  const [tip] = await resolveNames(opened, [`refs/heads/${branch}`]);
  const onBranch = tip === undefined ? [] : await commitsWith(opened, trailer, ['--max-count=1', tip]);
  const found = onBranch.length > 0 ? onBranch : await commitsWith(opened, trailer, ['--all']);
  // A copy by cherry-pick or rebase has another committer.
  return (found.find(({ committer }) => committer === agentPerson.email) ?? found[0])?.hash;
}
