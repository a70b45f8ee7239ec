import { isSecretPath } from '../../files/secret-paths.ts';
import type { SecretTest } from '../contract.ts';
import { GitFailed } from './git-failed.ts';
import { checkedRevision } from './history.ts';
import { type GitOptions, git, gitText } from './run-git.ts';

/** Puts files as they are into the index, deleted ones too. @throws GitFailed, also for a file with secrets */
export async function gitAdd(
  root: string,
  paths: readonly string[],
  options: GitOptions & { isSecret?: SecretTest } = {},
): Promise<void> {
  if (paths.length === 0) throw new GitFailed('Name the files to add.');
  const isSecret = options.isSecret ?? isSecretPath;
  const dry = await gitText(root, ['add', '--dry-run', '--all', '--', ...paths], options);
  const added = [...dry.matchAll(/^add '(.*)'$/gm)].map(([, path = '']) => path);
  const secret = [...paths, ...added].find(isSecret);
  if (secret !== undefined) throw new GitFailed(`${secret} holds secrets and is not added. Name the other files one by one.`);
  await gitText(root, ['add', '--all', '--', ...paths], options);
}

export interface GitCommitOptions extends GitOptions {
  message: string;
  /** Lines at the end of the message, e.g. `['Assisted-by', 'Timonel coder']`. */
  trailers?: readonly (readonly [name: string, value: string])[];
  amend?: boolean;
  allowEmpty?: boolean;
  /** Whether it is signed; by default as git's settings say. A program that a repository's own settings name never signs. */
  sign?: boolean;
}

/** Commits the index as the user of git's settings; the message comes by standard input. @returns the commit's hash @throws GitFailed */
export async function gitCommit(root: string, options: GitCommitOptions): Promise<string> {
  const { message, trailers = [], amend = false, allowEmpty = false } = options;
  if (message.trim() === '') throw new GitFailed('A commit needs a message.');
  const input = withTrailers(message, trailers);
  const args = ['commit', '--file=-', '--cleanup=verbatim', '--quiet'];
  if (amend) args.push('--amend');
  if (allowEmpty) args.push('--allow-empty');
  if (options.sign !== undefined) args.push(options.sign ? '--gpg-sign' : '--no-gpg-sign');
  if (options.hooks !== true) args.push('--no-verify');
  const { exitCode, stdout, stderr } = await git(root, args, { ...options, input });
  if (exitCode !== 0) {
    const said = `${stderr.trim()}\n${stdout.toString('utf8').trim()}`.trim();
    throw new GitFailed(`git commit: ${said === '' ? 'nothing is staged; add files first.' : said}`, exitCode);
  }
  return (await gitText(root, ['rev-parse', 'HEAD'], options)).trim();
}

/** A message with trailers at its end, in the paragraph of those that it has. Line ends become `\n`. @throws GitFailed where one is no trailer */
export function withTrailers(message: string, trailers: readonly (readonly [name: string, value: string])[]): string {
  for (const [name, value] of trailers)
    if (!/^[A-Za-z][A-Za-z0-9-]*$/.test(name) || /[\n\r\0]/.test(value))
      throw new GitFailed(`"${name}: ${value}" is no trailer. A name has letters, digits and dashes, a value is one line.`);
  const lines = trailers.map(([name, value]) => `${name}: ${value}`).join('\n');
  const body = message.replaceAll('\r\n', '\n').trimEnd();
  const glue = lines === '' ? '' : endsInTrailers(body) ? '\n' : '\n\n';
  return `${body}${glue}${lines}\n`;
}

/** Whether the last paragraph, which is not the subject, is one of trailers already. */
function endsInTrailers(message: string): boolean {
  const paragraphs = message.split(/\n\s*\n/);
  return paragraphs.length > 1 && (paragraphs.at(-1) ?? '').split('\n').every((line) => /^[A-Za-z][A-Za-z0-9-]*: \S/.test(line));
}

export interface GitBranch {
  name: string;
  commit: string;
  upstream: string | undefined;
  current: boolean;
}

/** The local branches. @throws GitFailed */
export async function gitBranches(root: string, options: GitOptions = {}): Promise<GitBranch[]> {
  const text = await gitText(
    root,
    ['for-each-ref', '--format=%(HEAD)%00%(refname:short)%00%(objectname)%00%(upstream:short)', 'refs/heads'],
    options,
  );
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [head = '', name = '', commit = '', upstream = ''] = line.split('\0');
      return { name, commit, upstream: upstream === '' ? undefined : upstream, current: head === '*' };
    });
}

/** Makes a branch, and does not check it out. @throws GitFailed */
export async function gitMakeBranch(root: string, name: string, at = 'HEAD', options: GitOptions = {}): Promise<void> {
  await gitText(root, ['branch', '--no-track', checkedRevision(name), checkedRevision(at)], options);
}
