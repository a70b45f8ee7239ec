import { GitFailed, type OpenGit } from '../../../src/shell.ts';
import { ProjectRefused } from './project-refused.ts';
import type { Repository } from './repository.ts';

/** One path of a difference between two trees; no hash: it is not there. */
export interface TreeChange {
  /** Relative to the top of the working tree. */
  path: string;
  before: { mode: string; hash: string } | undefined;
  after: { mode: string; hash: string } | undefined;
}

export const emptyTrees = {
  sha1: '4b825dc642cb6eb9a060e54bf8d69288fbee4904',
  sha256: '6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321',
} as const;

export async function contains(opened: OpenGit, commit: string, ancestor: string): Promise<boolean> {
  const { exitCode, stderr } = await opened.run(['merge-base', '--is-ancestor', ancestor, commit]);
  if (exitCode > 1) throw new GitFailed(`git merge-base: ${stderr.trim()}`, exitCode);
  return exitCode === 0;
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

export function indexLine({ path, after }: TreeChange, { hashName }: Repository): string {
  return after === undefined
    ? `0 ${'0'.repeat(hashName === 'sha1' ? 40 : 64)}\t${path}\0`
    : `${after.mode} ${after.hash}\t${path}\0`;
}
