import { isSecretPath } from '../../files/secret-paths.ts';
import type { SecretTest } from '../contract.ts';
import { GitFailed } from './git-failed.ts';
import { type GitOptions, git, gitText } from './run-git.ts';

export interface GitCommit {
  hash: string;
  parents: readonly string[];
  author: { name: string; email: string };
  /** ISO 8601 with the author's offset. */
  authoredAt: string;
  committedAt: string;
  subject: string;
  body: string;
}

export interface GitLogOptions extends GitOptions {
  /** 50 by default. */
  most?: number;
  /** Where it begins; `HEAD` by default. `a..b`: what `b` has and `a` has not. */
  revision?: string;
  /** Only commits that change these paths. */
  paths?: readonly string[];
}

const format = '%H%x00%P%x00%an%x00%ae%x00%aI%x00%cI%x00%s%x00%b%x00%x01';

/** Commits, the newest first. None before the first commit. @throws GitFailed */
export async function gitLog(root: string, options: GitLogOptions = {}): Promise<GitCommit[]> {
  const { most = 50, revision = 'HEAD', paths = [] } = options;
  const args = [
    'log',
    `--max-count=${most}`,
    `--format=${format}`,
    '--no-show-signature',
    checkedRevision(revision),
    '--',
    ...paths,
  ];
  const { exitCode, stdout, stderr } = await git(root, args, options);
  if (exitCode !== 0) {
    if (revision === 'HEAD' && (await git(root, ['rev-parse', '--verify', '--quiet', 'HEAD'], options)).exitCode !== 0) return [];
    throw new GitFailed(`git log: ${stderr.trim()}`, exitCode);
  }
  return stdout
    .toString('utf8')
    .split('\u0001')
    .filter((entry) => entry.includes('\0'))
    .map(commitOf);
}

function commitOf(entry: string): GitCommit {
  const [hash = '', parents = '', name = '', email = '', authoredAt = '', committedAt = '', subject = '', body = ''] = entry
    .replace(/^\n/, '')
    .split('\0');
  return {
    hash,
    parents: parents === '' ? [] : parents.split(' '),
    author: { name, email },
    authoredAt,
    committedAt,
    subject,
    body: body.trimEnd(),
  };
}

export interface GitDiffOptions extends GitOptions {
  /** `unstaged`: files against the index. `staged`: the index against the last commit. `all`: files against the last commit. Default `all`. */
  what?: 'unstaged' | 'staged' | 'all' | { from: string; to: string };
  paths?: readonly string[];
  /** Lines around a change; 3 by default. */
  context?: number;
  /** Files that are named, but not shown. {@link isSecretPath} by default. */
  isSecret?: SecretTest;
}

export interface GitDiff {
  /** Unified, without colours. */
  text: string;
  /** Changed files that are not shown, since they hold secrets. */
  hidden: readonly string[];
}

/** @throws GitFailed */
export async function gitDiff(root: string, options: GitDiffOptions = {}): Promise<GitDiff> {
  const { what = 'all', paths = [], context = 3 } = options;
  const range =
    what === 'unstaged'
      ? []
      : what === 'staged'
        ? ['--cached']
        : what === 'all'
          ? [await lastCommit(root, options)]
          : [checkedRevision(what.from), checkedRevision(what.to)];
  return shownFiles(root, ['diff', ...range], [`--unified=${context}`], paths, options);
}

/** One commit: its message as {@link gitLog} gives it, and what it changed. @throws GitFailed */
export async function gitShow(
  root: string,
  revision: string,
  options: Omit<GitDiffOptions, 'what'> = {},
): Promise<GitCommit & { diff: GitDiff }> {
  const [commit] = await gitLog(root, { ...options, paths: [], revision, most: 1 });
  if (commit === undefined) throw new GitFailed(`There is no commit ${revision}.`);
  const { paths = [], context = 3 } = options;
  const args = ['diff-tree', '-r', '--root', '--no-commit-id', '-m', '--first-parent', '-M', commit.hash];
  return { ...commit, diff: await shownFiles(root, args, ['-p', `--unified=${context}`], paths, options) };
}

/** Lists the changed files first: those with secrets are left out of the text. */
async function shownFiles(
  root: string,
  args: readonly string[],
  form: readonly string[],
  paths: readonly string[],
  options: GitDiffOptions,
): Promise<GitDiff> {
  const isSecret = options.isSecret ?? isSecretPath;
  const listed = await gitText(root, [...args, '--no-renames', '--name-only', '-z', '--', ...paths], options);
  const names = listed.split('\0').filter((name) => name !== '');
  const hidden = names.filter(isSecret);
  const shown = names.filter((name) => !isSecret(name));
  if (shown.length === 0) return { text: '', hidden };
  // All at once where nothing is hidden: a command line has an end.
  const chosen = hidden.length === 0 ? paths : shown;
  return { text: await gitText(root, [...args, ...form, '--no-color', '--', ...chosen], options), hidden };
}

async function lastCommit(root: string, options: GitOptions): Promise<string> {
  const { exitCode } = await git(root, ['rev-parse', '--verify', '--quiet', 'HEAD'], options);
  if (exitCode === 0) return 'HEAD';
  return (await gitText(root, ['hash-object', '-t', 'tree', '--stdin'], { ...options, input: '' })).trim();
}

/** A revision is a word of its own, and no option. @throws GitFailed */
export function checkedRevision(revision: string): string {
  if (revision === '' || revision.startsWith('-') || /\s/.test(revision)) throw new GitFailed(`"${revision}" is no revision.`);
  return revision;
}
