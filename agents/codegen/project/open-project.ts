import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { openProjectFiles } from '../../../src/files.ts';
import { type Environment, GitFailed, gitText } from '../../../src/shell.ts';
import type { CodegenProject } from './contract.ts';
import { FolderProject } from './folder-project.ts';
import * as inGit from './git-project.ts';
import { merge } from './merge.ts';
import { recover } from './recover.ts';
import { remarksOn } from './remarks.ts';
import { findRepository, type Repository } from './repository.ts';
import { revert } from './revert.ts';
import type { CheckedOutProject } from './working-files.ts';
import { writeFiles } from './write.ts';

export interface CodegenProjectOptions {
  /** The user's environment; git's search path and home folder are taken from it. */
  environment?: Environment;
  /** Time of merges and of commits that take others back. */
  now?: () => Date;
}

/**
 * Opens a folder that code is generated for: as a part of the repository that it is in, or as a folder without git where it is in none, or where that
 * repository ignores it.
 * @throws where there is no such folder; GitFailed where its repository cannot be used
 */
export async function openCodegenProject(folder: string, options: CodegenProjectOptions = {}): Promise<CodegenProject> {
  const { environment, now = () => new Date() } = options;
  const files = await openProjectFiles(folder);
  const repository = await repositoryOf(files.root, environment);
  if (repository === undefined) return inFolder(new FolderProject(files));
  const project: CheckedOutProject = { folder: files.root, repository, now, files };
  return {
    folder: files.root,
    kind: 'git',
    prefix: repository.prefix,
    state: async () => inGit.currentState(await repository.open()),
    tree: (state, changes = {}) => inGit.tree(project, state, changes),
    fault: (path) => inGit.fault(project, path),
    treeOf: (state, changes) => inGit.treeOf(project, state, changes),
    diff: (state, changes) => inGit.diff(project, state, changes),
    remarks: (changes) => remarksOn(project, changes),
    commit: (commit) => inGit.commit(project, commit),
    commitOf: (run) => inGit.commitOf(project, run),
    merge: (commit, run, author, journal) => merge(project, commit, run, author, journal),
    write: (state, changes, run, journal) => writeFiles(project, state, changes, run, journal),
    recover: (run, journal) => recover(project, run, journal),
    revert: (commit, run, author) => revert(project, commit, run, author),
    materialise: (state, changes, target) => inGit.materialise(project, state, changes, target),
  };
}

function inFolder(project: FolderProject): CodegenProject {
  const message =
    'The folder is in no repository, so that there is nothing to commit to. Run git init in it, or have the files written.';
  return {
    folder: project.folder,
    kind: 'folder',
    prefix: '',
    state: (paths) => project.state(paths),
    tree: (state, changes = {}) => project.tree(state, changes),
    fault: (path) => project.fault(path),
    treeOf: (state, changes) => project.treeOf(state, changes),
    diff: (state, changes) => project.diff(state, changes),
    remarks: () => Promise.resolve([]),
    commit: () => Promise.resolve({ kind: 'refused', message }),
    commitOf: () => Promise.resolve(undefined),
    merge: () => Promise.resolve({ kind: 'refused', message }),
    write: (state, changes, run, journal) => project.write(state, changes, run, journal),
    recover: (run, journal) => project.recover(run, journal),
    revert: () => Promise.resolve({ kind: 'refused', message }),
    materialise: (state, changes, target) => project.materialise(state, changes, target),
  };
}

async function repositoryOf(folder: string, environment: Environment | undefined): Promise<Repository | undefined> {
  let repository: Repository | undefined;
  try {
    repository = await findRepository(folder, environment);
  } catch (error) {
    // Without git installed, a folder outside of every repository can still be written to.
    if (!(error instanceof GitFailed) || error.exitCode !== undefined || surroundingRepository(folder) !== undefined) throw error;
    return undefined;
  }
  if (repository === undefined || repository.prefix === '') return repository;
  const ignored = await gitText(folder, ['check-ignore', '--stdin', '-z'], {
    input: `${folder}\0`,
    ...(environment === undefined ? {} : { environment }),
  }).catch((error: unknown) => {
    // It ends with 1 where nothing is ignored.
    if (error instanceof GitFailed && error.exitCode === 1) return '';
    throw error;
  });
  return ignored === '' ? repository : undefined;
}

/** The folder with `.git` that a folder is in, or is. */
export function surroundingRepository(folder: string): string | undefined {
  for (let top = folder; ; top = dirname(top)) {
    if (existsSync(join(top, '.git'))) return top;
    if (dirname(top) === top) return undefined;
  }
}
