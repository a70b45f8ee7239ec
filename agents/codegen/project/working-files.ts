import { createHash } from 'node:crypto';
import type { FileState, ProjectFiles } from '../../../src/files.ts';
import type { OpenGit } from '../../../src/shell.ts';
import type { ApplyResult, JournalledFile } from './contract.ts';
import { conflict, keptMode, stateAt } from './journalled-files.ts';
import { shownPath } from './path-fault.ts';
import { faultOfPaths, withFolders } from './place-fault.ts';
import { ProjectRefused } from './project-refused.ts';
import { type GitProject, type Repository, readBlobs } from './repository.ts';
import type { TreeChange } from './tree-changes.ts';

/** A project in git, with its working files. */
export interface CheckedOutProject extends GitProject {
  files: ProjectFiles;
}

/** The working files that a merge would write, as they are and as they will be; or what stands against it. */
export async function filesOfMerge(
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
export async function isClean(
  opened: OpenGit,
  { path, before }: Pick<TreeChange, 'path' | 'before'>,
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
