import { type GitOptions, gitText } from './run-git.ts';

/** What became of a file. `unmerged`: it has conflicts. */
export type GitChange =
  | 'unchanged'
  | 'added'
  | 'modified'
  | 'deleted'
  | 'renamed'
  | 'copied'
  | 'type-changed'
  | 'unmerged'
  | 'untracked'
  | 'ignored';

export interface GitFileStatus {
  path: string;
  /** Path before a rename or copy. */
  from: string | undefined;
  /** Between the last commit and the index. */
  staged: GitChange;
  /** Between the index and the file. */
  unstaged: GitChange;
  submodule: boolean;
}

export interface GitStatus {
  /** Undefined where no branch is checked out. */
  branch: string | undefined;
  /** Commit that is checked out; undefined before the first. */
  commit: string | undefined;
  upstream: string | undefined;
  ahead: number;
  behind: number;
  files: readonly GitFileStatus[];
}

const changes: Readonly<Record<string, GitChange>> = {
  '.': 'unchanged',
  A: 'added',
  M: 'modified',
  D: 'deleted',
  R: 'renamed',
  C: 'copied',
  T: 'type-changed',
  U: 'unmerged',
};

/** The state of the working tree. Untracked folders are listed file by file. @throws GitFailed */
export async function gitStatus(root: string, options: GitOptions & { ignored?: boolean } = {}): Promise<GitStatus> {
  const args = ['status', '--porcelain=v2', '--branch', '-z', '--untracked-files=all', '--renames'];
  if (options.ignored === true) args.push('--ignored=matching');
  return parseStatus(await gitText(root, args, options));
}

function parseStatus(text: string): GitStatus {
  const status = {
    branch: undefined as string | undefined,
    commit: undefined as string | undefined,
    upstream: undefined as string | undefined,
  };
  let [ahead, behind] = [0, 0];
  const files: GitFileStatus[] = [];
  const fields = text.split('\0');
  for (let at = 0; at < fields.length; at++) {
    const line = fields[at] ?? '';
    const [kind = ''] = line;
    if (kind === '#') {
      const [, name = '', value = '', more = ''] = line.split(' ');
      if (name === 'branch.oid' && value !== '(initial)') status.commit = value;
      if (name === 'branch.head' && value !== '(detached)') status.branch = line.slice('# branch.head '.length);
      if (name === 'branch.upstream') status.upstream = line.slice('# branch.upstream '.length);
      if (name === 'branch.ab') [ahead, behind] = [Number(value), -Number(more)];
    } else if (kind === '1') files.push(tracked(line, 8, undefined));
    else if (kind === '2') files.push(tracked(line, 9, fields[++at]));
    else if (kind === 'u') files.push({ ...tracked(line, 10, undefined), staged: 'unmerged', unstaged: 'unmerged' });
    else if (kind === '?' || kind === '!') {
      const staged = kind === '?' ? 'untracked' : 'ignored';
      files.push({ path: line.slice(2), from: undefined, staged, unstaged: staged, submodule: false });
    }
  }
  return { ...status, ahead, behind, files };
}

/** @param fields how many of them, divided by blanks, come before the path */
function tracked(line: string, fields: number, from: string | undefined): GitFileStatus {
  const parts = line.split(' ');
  const [staged = '.', unstaged = '.'] = parts[1] ?? '';
  return {
    path: parts.slice(fields).join(' '),
    from,
    staged: changes[staged] ?? 'modified',
    unstaged: changes[unstaged] ?? 'modified',
    submodule: (parts[2] ?? '').startsWith('S'),
  };
}
