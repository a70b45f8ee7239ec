import { readFile, writeFile } from 'node:fs/promises';
import { join, relative, resolve, sep } from 'node:path';
import { type OpenGit, openGit } from '../../../src/shell.ts';
import type { ChangedFiles } from './contract.ts';
import { materialiseTree } from './materialise.ts';
import { listingOf } from './place-fault.ts';
import { type GitProject, listTree } from './repository.ts';

/** Milliseconds that a hook may take. */
const mostTime = 600_000;

interface HookedCommit {
  head: string | undefined;
  tree: string;
  changes: ChangedFiles;
  /** Holds the tree. */
  index: string;
  /** One of our own. */
  folder: string;
  message: string;
}

/**
 * Runs `pre-commit` and `commit-msg`, as `git commit` would, in a copy of the tree that is committed: the person's working files may be others. A hook that
 * changes what is committed refuses it, since the approval was for something else; one that changes the message is followed. Files that git does not know, such
 * as installed packages, are not in the copy.
 */
export async function runHooks(
  { repository }: GitProject,
  opened: OpenGit,
  { head, tree, changes, index, folder, message }: HookedCommit,
): Promise<{ kind: 'passed'; message: string } | { kind: 'refused'; message: string }> {
  const { top, prefix, directory } = repository;
  const said = (await opened.text(['rev-parse', '--git-path', 'hooks'], { hooks: true })).replace(/\n$/, '');
  const hooksPath = resolve(top, said);
  const own = Object.keys(changes).find((path) => isInside(hooksPath, join(top, prefix, path)));
  if (own !== undefined)
    return {
      kind: 'refused',
      message: `${own} is a hook of the repository. Approve it without running hooks, and merge it first.`,
    };
  const entries = head === undefined ? listingOf(new Map()).entries : (await listTree(opened, head, '')).entries;
  const work = join(folder, 'work');
  await materialiseTree(
    opened,
    entries,
    Object.fromEntries(Object.entries(changes).map(([path, change]) => [prefix + path, change])),
    work,
  );
  const hooked = await openGit(work, { repository: directory, index, hooks: true, hooksPath, wallMs: mostTime });
  const refused = (name: string, text: string) => ({
    kind: 'refused' as const,
    message: `The hook ${name} refuses it: ${text.trim().slice(0, 2_000) || 'it says no more'}`,
  });
  const before = await hooked.run(['hook', 'run', '--ignore-missing', 'pre-commit']);
  if (before.exitCode !== 0) return refused('pre-commit', before.stderr + before.stdout.toString('utf8'));
  if ((await opened.text(['write-tree'], { index })).trim() !== tree)
    return {
      kind: 'refused',
      message:
        'The hook pre-commit changed what is committed, and the approval was for what it was. Let the hook only look, or commit without hooks.',
    };
  const file = join(folder, 'COMMIT_EDITMSG');
  await writeFile(file, message);
  const after = await hooked.run(['hook', 'run', '--ignore-missing', 'commit-msg', '--', file]);
  if (after.exitCode !== 0) return refused('commit-msg', after.stderr + after.stdout.toString('utf8'));
  return { kind: 'passed', message: await readFile(file, 'utf8') };
}

function isInside(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way === '' || !(way === '..' || way.startsWith(`..${sep}`));
}
