import { GitFailed, type OpenGit, withTrailers } from '../../../src/shell.ts';
import { ProjectRefused } from './project-refused.ts';

export interface Person {
  name: string;
  email: string;
}

/** Who makes the commits that others author. The domain is one that no mail reaches. */
export const agentPerson: Person = { name: 'Timonel codegen', email: 'codegen@timonel.invalid' };

/** Trailers of our own; the ones that a model writes into a message do not count. */
export const trailerNames = { commit: 'Timonel-Run', merge: 'Timonel-Merge', revert: 'Timonel-Revert' } as const;

export interface CommitDraft {
  tree: string;
  parents: readonly string[];
  message: string;
  trailer: readonly [name: string, value: string];
  author: Person;
  committer: Person;
  at: Date;
}

/** Stores a commit; the same draft gives the same commit. */
export async function storeCommit(opened: OpenGit, draft: CommitDraft): Promise<string> {
  const { tree, parents, author, committer, at } = draft;
  const args = ['commit-tree', tree, ...parents.flatMap((parent) => ['-p', parent]), '-F', '-'];
  const people = { author: { ...cleanPerson(author), at }, committer: { ...cleanPerson(committer), at } };
  return (await opened.text(args, { ...people, input: messageOf(draft) })).trim();
}

/** The whole message. @throws ProjectRefused where it says nothing */
export function messageOf({ message, trailer }: Pick<CommitDraft, 'message' | 'trailer'>): string {
  const own = /^Timonel-(?:Run|Merge|Revert)[ \t]*:/i;
  const lines = message
    .replace(/\r\n?/g, '\n')
    // biome-ignore lint/suspicious/noControlCharactersInRegex: a log prints messages to a terminal
    .replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, '')
    .split('\n')
    .filter((line) => !own.test(line));
  const text = lines.join('\n').trim();
  if (text === '')
    throw new ProjectRefused('A commit needs a message. Give one line of up to 72 characters that says what it does.');
  return withTrailers(text, [trailer]);
}

/** A name and an address that fit into a commit; git takes no name that is empty. */
function cleanPerson({ name, email }: Person): Person {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a line end would begin another header
  const clean = (text: string) => text.replace(/[\u0000-\u001f\u007f-\u009f<>]/g, '').trim();
  const address = clean(email);
  const own = clean(name).replace(/^[.,:;"'\\ ]+|[.,:;"'\\ ]+$/g, '');
  return { name: own || address.split('@')[0] || 'unknown', email: address };
}

/** What is known of a commit that was found. */
export interface FoundCommit {
  hash: string;
  tree: string;
  parents: readonly string[];
  committer: string;
  /** Values of our trailers in its last paragraph, as `Name: value`. */
  trailers: readonly string[];
}

const format = '%H%x00%T%x00%P%x00%ce%x00%B%x01';

/** Commits that carry a trailer of ours, the newest first. @param where revisions as `git log` takes them */
export async function commitsWith(
  opened: OpenGit,
  [name, value]: readonly [string, string],
  where: readonly string[],
): Promise<FoundCommit[]> {
  const args = ['log', '--fixed-strings', `--grep=${name}: ${value}`, `--format=${format}`, '--no-show-signature', ...where, '--'];
  const { exitCode, stdout, stderr } = await opened.run(args);
  // There is no commit yet.
  if (exitCode !== 0 && /does not have any commits|bad default revision/.test(stderr)) return [];
  if (exitCode !== 0) throw new GitFailed(`git log: ${stderr.trim()}`, exitCode);
  return stdout
    .toString('utf8')
    .split('\u0001')
    .filter((entry) => entry.includes('\0'))
    .map(foundCommit)
    .filter(({ trailers }) => trailers.includes(`${name}: ${value}`));
}

function foundCommit(entry: string): FoundCommit {
  const [hash = '', tree = '', parents = '', committer = '', message = ''] = entry.replace(/^\n/, '').split('\0');
  return {
    hash,
    tree,
    parents: parents === '' ? [] : parents.split(' '),
    committer,
    trailers:
      message
        .trimEnd()
        .split(/\n[ \t]*\n/)
        .at(-1)
        ?.split('\n') ?? [],
  };
}
