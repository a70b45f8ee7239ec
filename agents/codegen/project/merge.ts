import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type FileState, PathRefused, type ProjectFiles } from '../../../src/files.ts';
import { GitFailed, type OpenGit } from '../../../src/shell.ts';
import { agentPerson, type Person, storeCommit, trailerNames } from './commit-object.ts';
import type { ApplyJournal, ApplyResult, JournalledFile } from './contract.ts';
import { currentState } from './git-project.ts';
import { IndexLock, runsElsewhere } from './index-lock.ts';
import { applyJournalled, conflict, keptMode, plannedFile, settle, stateAt } from './journalled-files.ts';
import { shownPath } from './path-fault.ts';
import { faultOfPaths, withFolders } from './place-fault.ts';
import { ProjectRefused } from './project-refused.ts';
import { type GitProject, type Repository, readBlobs, resolveNames } from './repository.ts';
import { branchOf } from './run-name.ts';

/** A project in git, with its working files. */
export interface CheckedOutProject extends GitProject {
  files: ProjectFiles;
}

/** One path of a difference between two trees; no hash: it is not there. */
interface TreeChange {
  /** Relative to the top of the working tree. */
  path: string;
  before: { mode: string; hash: string } | undefined;
  after: { mode: string; hash: string } | undefined;
}

export const emptyTrees = {
  sha1: '4b825dc642cb6eb9a060e54bf8d69288fbee4904',
  sha256: '6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321',
} as const;

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
  const files = await journalled(project, opened, head, changes);
  if ('kind' in files) return files;
  const entries = changes.map((change) => indexLine(change, repository)).join('');
  const under = async (): Promise<ApplyResult | 'index-changed'> => {
    if (!(await lock.take({ branch, target, entries })))
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

export async function contains(opened: OpenGit, commit: string, ancestor: string): Promise<boolean> {
  const { exitCode, stderr } = await opened.run(['merge-base', '--is-ancestor', ancestor, commit]);
  if (exitCode > 1) throw new GitFailed(`git merge-base: ${stderr.trim()}`, exitCode);
  return exitCode === 0;
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

/** The tree of two commits together. Nothing but objects is written. @throws ProjectRefused where git is too old or they have nothing in common */
export async function mergedTree(
  opened: OpenGit,
  ours: string,
  theirs: string,
): Promise<{ kind: 'merged'; tree: string } | { kind: 'conflict'; files: string[] }> {
  const { exitCode, stdout, stderr } = await opened.run([
    'merge-tree',
    '--write-tree',
    '-z',
    '--name-only',
    '--no-messages',
    ours,
    theirs,
  ]);
  if (exitCode > 1 || exitCode < 0)
    throw new ProjectRefused(
      `Git cannot merge here: ${stderr.trim().split('\n')[0] ?? ''} (it takes git 2.38 or newer). Merge by hand.`,
    );
  const [tree = '', ...files] = stdout
    .toString('utf8')
    .split('\0')
    .filter((part) => part !== '');
  return exitCode === 0 ? { kind: 'merged', tree } : { kind: 'conflict', files: [...new Set(files)] };
}

export async function changesBetween(opened: OpenGit, from: string, to: string): Promise<TreeChange[]> {
  const text = await opened.text(['diff-tree', '-r', '-z', '--raw', '--no-abbrev', '--no-renames', from, to]);
  const fields = text.split('\0');
  const changes: TreeChange[] = [];
  for (let at = 0; at + 1 < fields.length; at += 2) {
    const [oldMode = '', newMode = '', oldHash = '', newHash = ''] = (fields[at] ?? '').slice(1).split(' ');
    const side = (mode: string, hash: string) => (/^0+$/.test(mode) ? undefined : { mode, hash });
    changes.push({ path: fields[at + 1] ?? '', before: side(oldMode, oldHash), after: side(newMode, newHash) });
  }
  return changes;
}

function indexLine({ path, after }: TreeChange, { hashName }: Repository): string {
  return after === undefined
    ? `0 ${'0'.repeat(hashName === 'sha1' ? 40 : 64)}\t${path}\0`
    : `${after.mode} ${after.hash}\t${path}\0`;
}

/** The working files that a merge would write, as they are and as they will be; or what stands against it. */
async function journalled(
  { folder, files, repository }: CheckedOutProject,
  opened: OpenGit,
  head: string | undefined,
  changes: readonly TreeChange[],
): Promise<JournalledFile[] | Exclude<ApplyResult, { kind: 'applied' }>> {
  const { prefix } = repository;
  const foreign = changes.find(({ path }) => !path.startsWith(prefix));
  if (foreign !== undefined)
    throw new ProjectRefused(`The commit changes ${shownPath(foreign.path)}, which is outside of the project. Merge it by hand.`);
  const odd = changes.find(({ before, after }) =>
    [before, after].some((side) => side !== undefined && !side.mode.startsWith('100')),
  );
  if (odd !== undefined)
    throw new ProjectRefused(`The commit changes ${shownPath(odd.path)}, a link or a submodule. Merge it by hand.`);
  const found = await faultOfPaths(
    folder,
    changes.map(({ path }) => path.slice(prefix.length)),
    await repository.listing(opened, head),
  );
  if (found !== undefined) throw new ProjectRefused(found.fault, found.path);
  const index = await readIndex(opened);
  if (index.unmerged) throw new ProjectRefused('The index has conflicts that are not resolved. Resolve them, and try again.');
  const blobs = await readBlobs(
    opened,
    changes.flatMap(({ after }) => after?.hash ?? []),
  );
  const result: JournalledFile[] = [];
  const changed: string[] = [];
  for (const change of changes) {
    const path = change.path.slice(prefix.length);
    const now = await stateAt(files, path);
    if (index.differs(change) || !(await isClean(opened, change, now, index.skipped.has(change.path), repository)))
      changed.push(path);
    result.push({ path, before: now && { content: now.bytes, mode: now.mode }, after: afterOf(change, blobs, now) });
  }
  return changed.length > 0 ? (conflict(changed) as Exclude<ApplyResult, { kind: 'applied' }>) : result;
}

function afterOf(
  { before, after }: TreeChange,
  blobs: Map<string, Uint8Array>,
  now: FileState | undefined,
): JournalledFile['after'] {
  const content = after === undefined ? undefined : blobs.get(after.hash);
  if (after === undefined || content === undefined) return undefined;
  // Permissions that a person gave stay, where the commit does not change them.
  const mode =
    now !== undefined && before?.mode === after.mode ? now.mode : keptMode(after.mode === '100755' ? 0o755 : 0o644, now?.mode);
  return { content, mode };
}

/** Whether a working file is as the last commit has it: to the byte, or after what git does to line ends and by filters of the user. */
async function isClean(
  opened: OpenGit,
  { path, before }: TreeChange,
  now: FileState | undefined,
  skipped: boolean,
  { hashName }: Repository,
): Promise<boolean> {
  if (before === undefined || now === undefined) return before === now || (now === undefined && skipped);
  const hash = createHash(hashName).update(`blob ${now.bytes.length}\0`).update(now.bytes).digest('hex');
  if (hash === before.hash) return true;
  const input = Buffer.from(now.bytes);
  const filtered = await opened.run(['hash-object', '--stdin', `--path=${path}`], { input });
  return filtered.exitCode === 0 && filtered.stdout.toString('utf8').trim() === before.hash;
}

interface IndexState {
  unmerged: boolean;
  /** Paths that a sparse working tree leaves out. */
  skipped: ReadonlySet<string>;
  /** Whether a path, or one above or below it, is not as the last commit has it. */
  differs(change: TreeChange): boolean;
}

async function readIndex(opened: OpenGit): Promise<IndexState> {
  const text = await opened.text(['ls-files', '--stage', '-t', '-z'], { outputBytes: 512 * 1024 * 1024 });
  const entries = new Map<string, string>();
  const folders = new Set<string>();
  const skipped = new Set<string>();
  let unmerged = false;
  for (const line of text.split('\0')) {
    const tab = line.indexOf('\t');
    if (tab < 0) continue;
    const [tag, mode, hash, stage] = line.slice(0, tab).split(' ');
    const path = line.slice(tab + 1);
    if (stage !== '0') unmerged = true;
    if (tag === 'S') skipped.add(path);
    entries.set(path, `${mode} ${hash}`);
    for (let end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1)) {
      const folder = path.slice(0, end);
      if (folders.has(folder)) break;
      folders.add(folder);
    }
  }
  return {
    unmerged,
    skipped,
    differs({ path, before }) {
      if (entries.get(path) !== (before === undefined ? undefined : `${before.mode} ${before.hash}`)) return true;
      return folders.has(path) || withFolders(path).some((each) => each !== path && entries.has(each));
    },
  };
}

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
  // Without the lock nothing was written, or all of it.
  if (begun?.held === true && journalled !== undefined) {
    const { branch, target, entries } = begun.mark;
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

async function takeBack(files: ProjectFiles, journalled: readonly JournalledFile[]): Promise<void> {
  await settle(journalled, (plan) => files.rollBack(plan.map(plannedFile)), 'rest');
}
