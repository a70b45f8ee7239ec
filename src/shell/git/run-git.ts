import { spawn } from 'node:child_process';
import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { messageOf } from '../../errors.ts';
import { withoutInherited } from '../../sandbox/bubblewrap/inherited.ts';
import type { Environment } from '../contract.ts';
import { searchPath } from '../environment.ts';
import { GitFailed } from './git-failed.ts';
import { type ConfigEntry, harmlessConfig, parseConfig } from './harmless-config.ts';
import { checkedArguments } from './subcommands.ts';

export interface GitOptions {
  /** Path of an index to use in place of the repository's own. */
  index?: string;
  /** Standard input. */
  input?: string | Uint8Array;
  /** The user's environment: search path, home folder and the folder of git's settings are taken from it. */
  environment?: Environment;
  /** Who a commit is by, in place of the user of git's settings. */
  author?: GitPerson;
  /** Who makes the commit; the author by default. */
  committer?: GitPerson;
  /** Objects and refs are synced to the disk before git ends. */
  durable?: boolean;
  /** Run the repository's own hooks. Only where the user asks for it. */
  hooks?: boolean;
  /** Absolute path of the folder of hooks, where `hooks` is set and the repository's own path would be taken from another working tree. */
  hooksPath?: string;
  /** Path of the repository (`.git`), where the folder is a working tree that does not know it. */
  repository?: string;
  signal?: AbortSignal;
  /** Milliseconds; 60,000 by default. */
  wallMs?: number;
  /** Most bytes of standard output; 32 MiB by default. */
  outputBytes?: number;
}

export interface GitPerson {
  name: string;
  email: string;
  /** Now by default. */
  at?: Date;
}

/** Git in one folder, whose settings were read once: for several subcommands in a row. */
export interface OpenGit {
  /** As {@link git}. */
  run(args: readonly string[], options?: GitOptions): Promise<GitResult>;
  /** As {@link gitText}. */
  text(args: readonly string[], options?: GitOptions): Promise<string>;
}

export interface GitResult {
  exitCode: number;
  stdout: Buffer;
  stderr: string;
}

/**
 * Runs git in a folder so that nothing of the repository runs with it: no hooks, file system monitors, filters, external or text converting diffs, pagers,
 * editors, aliases, helpers of signatures or credentials, and no network. What the user's own settings say stays, filters among it.
 *
 * @param args a subcommand and its words; options that start programs or leave the folder are refused
 * @throws GitFailed where git cannot be started, is not allowed to do it, takes too long or says too much; the reason of `signal`. Not where it ends with
 * another code than 0.
 */
export async function git(root: string, args: readonly string[], options: GitOptions = {}): Promise<GitResult> {
  checkedArguments(args, options.hooks === true);
  return (await openGit(root, options)).run(args);
}

/**
 * Reads the settings of a folder's repository, for several subcommands of one undertaking: a process less for each. Settings that change meanwhile do not
 * count, so keep it for as long as the undertaking takes and no longer.
 *
 * @param options hold for every subcommand that does not give its own
 * @throws GitFailed
 */
export async function openGit(root: string, options: GitOptions = {}): Promise<OpenGit> {
  const listed = await execute(root, ['config', '--list', '--show-scope', '-z'], environmentOf(root, options), {
    ...options,
    input: '',
  });
  if (listed.exitCode !== 0) throw new GitFailed(`Git cannot read its settings: ${listed.stderr.trim()}`, listed.exitCode);
  const entries = parseConfig(listed.stdout.toString('utf8'));
  if (options.repository === undefined) checkWorktree(root, entries);
  const submodules = submodulesOf(root);
  const run = (args: readonly string[], own: GitOptions = {}): Promise<GitResult> => {
    const given = { ...options, ...own };
    const words = checkedArguments(args, given.hooks === true);
    const settings = harmlessConfig(entries, given.hooks === true, submodules);
    // An index of one's own leaves nothing in the repository.
    if (given.index !== undefined) settings.set('core.splitIndex', 'false');
    if (given.durable === true) settings.set('core.fsync', 'committed,reference');
    if (given.hooks === true && given.hooksPath !== undefined) settings.set('core.hooksPath', given.hooksPath);
    const environment = { ...environmentOf(root, given), ...settingsInEnvironment(settings) };
    // A hook may name files by patterns, and check-ignore knows no literal ones.
    if (words[0] === 'hook' || words[0] === 'check-ignore') delete environment['GIT_LITERAL_PATHSPECS'];
    return execute(root, words, environment, given);
  };
  return { run, text: async (args, own) => textOf(args, await run(args, own)) };
}

/** Variables under which a `git` that a command starts runs nothing that the repository's settings name. */
export async function harmlessGitEnvironment(
  folder: string,
  environment: Environment | undefined,
): Promise<Record<string, string>> {
  const options = environment === undefined ? {} : { environment };
  let entries: ConfigEntry[] = [];
  try {
    const listed = await execute(folder, ['config', '--list', '--show-scope', '-z'], environmentOf(folder, options), {
      ...options,
      input: '',
    });
    entries = parseConfig(listed.stdout.toString('utf8'));
  } catch (error) {
    // Where there is no git, a command starts none.
    if (!(error instanceof GitFailed)) throw error;
  }
  return {
    ...settingsInEnvironment(harmlessConfig(entries, false, submodulesOf(folder))),
    GIT_NO_LAZY_FETCH: '1',
    GIT_ALLOW_PROTOCOL: 'none',
  };
}

/** As {@link git}, and its output as text. @throws GitFailed also where it ends with another code than 0 */
export async function gitText(root: string, args: readonly string[], options: GitOptions = {}): Promise<string> {
  return textOf(args, await git(root, args, options));
}

function textOf(args: readonly string[], { exitCode, stdout, stderr }: GitResult): string {
  if (exitCode !== 0) throw new GitFailed(`git ${args[0] ?? ''}: ${stderr.trim() || `ended with ${exitCode}`}`, exitCode);
  return stdout.toString('utf8');
}

/** A repository's settings can make another folder its working tree, so that git would read and write there. */
function checkWorktree(root: string, entries: readonly ConfigEntry[]): void {
  for (const { scope, key, value } of entries) {
    if (key !== 'core.worktree' || !isOfRepository(scope)) continue;
    if (!isAbove(resolve(gitDirectory(root), value), root) && !isAbove(resolve(root, value), root))
      throw new GitFailed(
        `The settings of this repository say that its files are in ${value}. Remove core.worktree from .git/config.`,
      );
  }
}

/** Where settings of a repository count from; a submodule's is elsewhere, and its `.git` a file that says where. */
function gitDirectory(folder: string): string {
  const top = topOf(folder) ?? folder;
  try {
    const [, directory] = /^gitdir: (.+?)\n*$/s.exec(readFileSync(join(top, '.git'), 'utf8')) ?? [];
    if (directory !== undefined) return resolve(top, directory);
  } catch {
    // It is a folder.
  }
  return join(top, '.git');
}

/** The folder with `.git` that a folder is in, or is. */
function topOf(folder: string): string | undefined {
  for (let top = folder; ; top = dirname(top)) {
    if (existsSync(join(top, '.git'))) return top;
    if (dirname(top) === top) return undefined;
  }
}

/** Names of the submodules of the repository that a folder is in. */
function submodulesOf(folder: string): string[] {
  const top = topOf(folder);
  return top === undefined ? [] : submoduleNames(top);
}

function submoduleNames(top: string): string[] {
  try {
    const text = readFileSync(join(top, '.gitmodules'), 'utf8');
    return [...text.matchAll(/\[\s*submodule\s+"((?:[^"\\\n]|\\.)*)"/gi)].map(([, name = '']) => name.replace(/\\(.)/g, '$1'));
  } catch {
    // It has none.
    return [];
  }
}

function isAbove(folder: string, path: string): boolean {
  try {
    const [outer, inner] = [realpathSync(folder), realpathSync(path)];
    return inner === outer || inner.startsWith(`${outer}/`);
  } catch {
    return false;
  }
}

export const isOfRepository = (scope: string) => scope === 'local' || scope === 'worktree';

function environmentOf(root: string, options: GitOptions): Record<string, string> {
  const { environment = {}, index, author, committer = author, repository } = options;
  const kept = (name: string) => (environment[name] === undefined ? {} : { [name]: environment[name] });
  return {
    PATH: searchPath(environment['PATH'], root),
    HOME: environment['HOME'] ?? homedir(),
    ...kept('XDG_CONFIG_HOME'),
    LC_ALL: 'C.UTF-8',
    GIT_TERMINAL_PROMPT: '0',
    GIT_OPTIONAL_LOCKS: '0',
    GIT_PAGER: 'cat',
    GIT_EDITOR: 'false',
    GIT_SEQUENCE_EDITOR: 'false',
    GIT_ASKPASS: 'false',
    GIT_ALLOW_PROTOCOL: 'none',
    GIT_NO_LAZY_FETCH: '1',
    GIT_LITERAL_PATHSPECS: '1',
    ...(index === undefined ? {} : { GIT_INDEX_FILE: index }),
    ...(repository === undefined ? {} : { GIT_DIR: repository, GIT_WORK_TREE: root }),
    ...personVariables('AUTHOR', author),
    ...personVariables('COMMITTER', committer),
  };
}

function personVariables(role: 'AUTHOR' | 'COMMITTER', person: GitPerson | undefined): Record<string, string> {
  if (person === undefined) return {};
  const named = { [`GIT_${role}_NAME`]: person.name, [`GIT_${role}_EMAIL`]: person.email };
  return person.at === undefined ? named : { ...named, [`GIT_${role}_DATE`]: `${Math.floor(person.at.getTime() / 1000)} +0000` };
}

/** Settings come by the environment: a name may hold what the command line would read as the end of it. */
function settingsInEnvironment(settings: ReadonlyMap<string, string>): Record<string, string> {
  const variables: Record<string, string> = { GIT_CONFIG_COUNT: `${settings.size}` };
  for (const [at, [key, value]] of [...settings].entries()) {
    variables[`GIT_CONFIG_KEY_${at}`] = key;
    variables[`GIT_CONFIG_VALUE_${at}`] = value;
  }
  return variables;
}

function execute(
  root: string,
  args: readonly string[],
  environment: Record<string, string>,
  options: GitOptions,
): Promise<GitResult> {
  const { signal, input, wallMs = 60_000, outputBytes = 32 * 1024 * 1024 } = options;
  signal?.throwIfAborted();
  return new Promise((done, reject) => {
    const child = spawn('git', ['--no-pager', ...args], {
      cwd: root,
      env: environment,
      stdio: ['pipe', 'pipe', 'pipe', ...withoutInherited(3)],
      detached: true,
    });
    let failure: Error | undefined;
    const fail = (error: Error) => {
      failure ??= error;
      try {
        if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
      } catch {
        // It ended meanwhile.
      }
    };
    const abort = () => fail(signal?.reason instanceof Error ? signal.reason : new GitFailed('Stopped.'));
    const timer = setTimeout(() => fail(new GitFailed(`git ${args[0] ?? ''} took longer than ${wallMs} ms.`)), wallMs);
    signal?.addEventListener('abort', abort, { once: true });
    const parts: Buffer[] = [];
    let bytes = 0;
    child.stdout?.on('data', (part: Buffer) => {
      bytes += part.length;
      if (bytes > outputBytes) fail(new GitFailed(`git ${args[0] ?? ''} says more than ${outputBytes} bytes; ask for less.`));
      else parts.push(part);
    });
    let stderr = '';
    child.stderr?.on('data', (part: Buffer) => {
      if (stderr.length < 16_384) stderr += part.toString('utf8');
    });
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(input ?? '');
    const settle = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
    };
    child.once('error', (error) => {
      settle();
      reject(new GitFailed(`Git could not be started: ${messageOf(error)}`));
    });
    child.once('close', (code) => {
      settle();
      if (failure === undefined) done({ exitCode: code ?? -1, stdout: Buffer.concat(parts), stderr });
      else reject(failure);
    });
  });
}
