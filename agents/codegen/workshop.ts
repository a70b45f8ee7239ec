/** What the stages of a generation work with beside the context of their call. */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CheckTree, ScoreOf } from './checks/contract.ts';
import type { ChangedFiles, CodegenProject, ProjectState, ProjectTree } from './project/contract.ts';
import type { ProjectOpener, ProjectRoots } from './projects.ts';
import type { Author } from './stages/person.ts';

export interface Workshop {
  open: ProjectOpener;
  roots: ProjectRoots;
  checkTree: CheckTree;
  scoreOf: ScoreOf;
  /** Who git's settings say that the user of this machine is; `undefined` where they do not, and on a server. */
  gitUser(folder: string): Promise<Author | undefined>;
}

/** Writes the tree into a folder of its own, for a runner of the project, and removes it again. */
export function inFolder(project: CodegenProject, state: ProjectState, changes: ChangedFiles) {
  return async <T>(work: (folder: string) => Promise<T>): Promise<T> => {
    const top = join(tmpdir(), 'timonel-codegen');
    await mkdir(top, { recursive: true, mode: 0o700 });
    const folder = await mkdtemp(join(top, 'tree-'));
    try {
      await project.materialise(state, changes, folder);
      return await work(folder);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  };
}

/** Names a state: what it is compared by. */
export function stateName(state: ProjectState): string {
  if (state.kind === 'git') return state.commit ?? 'no commit yet';
  return JSON.stringify(Object.entries(state.hashes).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Permission bits of a file of the tree. */
export async function modeAt(
  tree: ProjectTree & { mode?(path: string): Promise<number | undefined> },
  path: string,
): Promise<number> {
  return (await tree.mode?.(path)) ?? 0o644;
}
