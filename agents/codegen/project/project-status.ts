import { type Environment, gitStatus } from '../../../src/shell.ts';
import type { CodegenProject } from './contract.ts';

/** What git says of a project, by paths relative to it. */
export interface ProjectStatus {
  /** Undefined where none is checked out. */
  branch: string | undefined;
  commit: string | undefined;
  upstream: string | undefined;
  ahead: number;
  behind: number;
  staged: readonly string[];
  modified: readonly string[];
  untracked: readonly string[];
  /** With conflicts of a merge. */
  unmerged: readonly string[];
  /** Changed files of the repository outside of the project. */
  elsewhere: number;
}

/** The state of a project's working files; `undefined` for a folder without git. @throws GitFailed */
export async function projectStatus(project: CodegenProject, environment?: Environment): Promise<ProjectStatus | undefined> {
  if (project.kind === 'folder') return undefined;
  const options = environment === undefined ? {} : { environment };
  const { branch, commit, upstream, ahead, behind, files } = await gitStatus(project.folder, options);
  const own = files.flatMap((file) =>
    file.path.startsWith(project.prefix) ? [{ ...file, path: file.path.slice(project.prefix.length) }] : [],
  );
  const where = (wanted: (file: (typeof own)[number]) => boolean) => own.filter(wanted).map(({ path }) => path);
  return {
    branch,
    commit,
    upstream,
    ahead,
    behind,
    staged: where(({ staged }) => !['unchanged', 'untracked', 'unmerged', 'ignored'].includes(staged)),
    modified: where(({ unstaged }) => !['unchanged', 'untracked', 'unmerged', 'ignored'].includes(unstaged)),
    untracked: where(({ staged }) => staged === 'untracked'),
    unmerged: where(({ staged }) => staged === 'unmerged'),
    elsewhere: files.length - own.length,
  };
}
