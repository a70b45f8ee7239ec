import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Environment, GitFailed, type GitOptions, git, type OpenGit, openGit } from '../../../src/shell.ts';
import type { ChangedFiles } from './contract.ts';
import { listingOf, type TreeEntry, type TreeListing } from './place-fault.ts';

/** Where a project stands in its repository. */
export interface Repository {
  /** Top of the working tree. */
  top: string;
  /** Of the project within the repository: empty, or folders with a slash at the end. */
  prefix: string;
  /** `.git` of this working tree, and the one that all working trees share. */
  directory: string;
  commonDirectory: string;
  hashName: 'sha1' | 'sha256';
  /** Git for one undertaking. */
  open(options?: GitOptions): Promise<OpenGit>;
  /** The files of a commit below the prefix; of none, nothing. */
  listing(opened: OpenGit, commit: string | undefined): Promise<TreeListing>;
}

/** What the functions of a project in git share. */
export interface GitProject {
  folder: string;
  repository: Repository;
  now: () => Date;
}

const mostOutput = 512 * 1024 * 1024;
const keptListings = 4;
/** Stages follow each other within milliseconds, and reading the settings of the repository costs a process each time: half of all that a generation started. */
const settingsAgeMs = 1_000;

/** The repository that a folder is in; `undefined` where it is in none. @throws GitFailed where it is in one that git cannot use */
export async function findRepository(folder: string, environment: Environment | undefined): Promise<Repository | undefined> {
  const base: GitOptions = environment === undefined ? { durable: true } : { environment, durable: true };
  const asked = ['--show-toplevel', '--show-prefix', '--absolute-git-dir', '--git-common-dir', '--show-object-format'];
  const { exitCode, stdout, stderr } = await git(folder, ['rev-parse', '--path-format=absolute', ...asked], base);
  if (exitCode !== 0) {
    if (/not a git repository \(or any/.test(stderr)) return undefined;
    throw new GitFailed(`${folder} is in a repository that git cannot use: ${stderr.trim()}`, exitCode);
  }
  const lines = stdout.toString('utf8').split('\n');
  const [top = '', prefix = '', directory = '', commonDirectory = '', format = ''] = lines;
  if (lines.length !== 6) throw new GitFailed(`The path of ${JSON.stringify(folder)} has a line end. Rename the folder.`);
  const listings = new Map<string, Promise<TreeListing>>();
  let reading: { since: number; opened: Promise<OpenGit> } | undefined;
  const settingsRead = (): Promise<OpenGit> => {
    if (reading === undefined || performance.now() - reading.since > settingsAgeMs) {
      const opened = openGit(top, base);
      reading = { since: performance.now(), opened };
      opened.catch(() => {
        reading = undefined;
      });
    }
    return reading.opened;
  };
  return {
    top,
    prefix,
    directory,
    commonDirectory,
    hashName: format === 'sha256' ? 'sha256' : 'sha1',
    async open(options = {}) {
      const opened = await settingsRead();
      return {
        run: (args, own) => opened.run(args, { ...options, ...own }),
        text: (args, own) => opened.text(args, { ...options, ...own }),
      };
    },
    listing(opened, commit) {
      if (commit === undefined) return Promise.resolve(listingOf(new Map()));
      let listing = listings.get(commit);
      if (listing === undefined) {
        listing = listTree(opened, commit, prefix);
        listings.set(commit, listing);
        listing.catch(() => listings.delete(commit));
        const [oldest] = listings.keys();
        if (listings.size > keptListings && oldest !== undefined) listings.delete(oldest);
      }
      return listing;
    },
  };
}

/** Files of a commit below a prefix, by paths from it on. */
export async function listTree(opened: OpenGit, commit: string, prefix: string): Promise<TreeListing> {
  const below = prefix === '' ? [] : ['--', prefix];
  const text = await opened.text(['ls-tree', '-r', '-z', '--full-tree', commit, ...below], { outputBytes: mostOutput });
  const entries = new Map<string, TreeEntry>();
  for (const line of text.split('\0')) {
    const tab = line.indexOf('\t');
    if (tab < 0) continue;
    const [mode = '', , hash = ''] = line.slice(0, tab).split(' ');
    const path = line.slice(tab + 1);
    if (path.startsWith(prefix)) entries.set(path.slice(prefix.length), { mode, hash });
  }
  return listingOf(entries);
}

/** What names stand for, in their order: a hash, or `undefined` where there is nothing. */
export async function resolveNames(opened: OpenGit, names: readonly string[]): Promise<(string | undefined)[]> {
  const text = await opened.text(['cat-file', '--batch-check=%(objectname)'], { input: `${names.join('\n')}\n` });
  return text
    .split('\n')
    .slice(0, names.length)
    .map((line) => (/^[0-9a-f]{40,64}$/.test(line) ? line : undefined));
}

/** Contents of blobs by their hashes, as they are stored: no filter changes them. @throws GitFailed where one is missing or all are too large */
export async function readBlobs(
  opened: OpenGit,
  hashes: readonly string[],
  outputBytes = mostOutput,
): Promise<Map<string, Uint8Array>> {
  const wanted = [...new Set(hashes)];
  const found = new Map<string, Uint8Array>();
  if (wanted.length === 0) return found;
  const args = ['cat-file', '--batch'];
  const { exitCode, stdout, stderr } = await opened.run(args, { input: `${wanted.join('\n')}\n`, outputBytes });
  if (exitCode !== 0) throw new GitFailed(`git cat-file: ${stderr.trim()}`, exitCode);
  let at = 0;
  for (const hash of wanted) {
    const end = stdout.indexOf(10, at);
    const [, kind, size = ''] = stdout.subarray(at, end).toString('latin1').split(' ');
    if (kind !== 'blob') throw new GitFailed(`The repository lacks the content ${hash}. git fsck tells more.`);
    found.set(hash, stdout.subarray(end + 1, end + 1 + Number(size)));
    at = end + 2 + Number(size);
  }
  return found;
}

/** A folder of one's own for as long as something takes. */
export async function withTemporary<Result>(use: (folder: string) => Promise<Result>): Promise<Result> {
  const folder = await mkdtemp(join(tmpdir(), 'timonel-project-'));
  try {
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * Writes the tree that changes make of a commit, in an index of its own. Paths must have been judged.
 * @param index path of the index; it holds the tree afterwards
 * @param folder one of our own, for contents
 */
export async function writeTree(
  repository: Repository,
  opened: OpenGit,
  base: string | undefined,
  changes: ChangedFiles,
  { index, folder }: { index: string; folder: string },
): Promise<string> {
  const hashes = await writeBlobs(opened, changes, folder);
  await opened.text(['read-tree', base ?? '--empty'], { index });
  const nothing = '0'.repeat(repository.hashName === 'sha1' ? 40 : 64);
  const lines = Object.entries(changes).map(([path, change]) => {
    const mode = change === null ? '0' : change.mode & 0o100 ? '100755' : '100644';
    return `${mode} ${hashes.get(path) ?? nothing}\t${repository.prefix}${path}\0`;
  });
  await opened.text(['update-index', '-z', '--index-info'], { index, input: lines.join('') });
  return (await opened.text(['write-tree'], { index })).trim();
}

/** Stores contents as they are: no filter, no conversion of line ends. */
async function writeBlobs(opened: OpenGit, changes: ChangedFiles, folder: string): Promise<Map<string, string>> {
  const written: [path: string, file: string][] = [];
  for (const [path, change] of Object.entries(changes)) {
    if (change === null) continue;
    const file = join(folder, `${written.length}`);
    await writeFile(file, change.content, { flag: 'wx', mode: 0o600 });
    written.push([path, file]);
  }
  if (written.length === 0) return new Map();
  const input = `${written.map(([, file]) => file).join('\n')}\n`;
  const hashes = (await opened.text(['hash-object', '-w', '--no-filters', '--stdin-paths'], { input })).split('\n');
  return new Map(written.map(([path], position) => [path, hashes[position] ?? '']));
}
