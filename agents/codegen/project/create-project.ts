import { lstat, mkdir, readdir, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { type Environment, gitText } from '../../../src/shell.ts';
import type { CodegenProject } from './contract.ts';
import { type CodegenProjectOptions, openCodegenProject, surroundingRepository } from './open-project.ts';
import { pathFault, plain, shownPath } from './path-fault.ts';
import { ProjectRefused } from './project-refused.ts';

/** Why a project cannot be called so; `undefined` where it can. A name becomes a folder. */
export function projectNameFault(name: string): string | undefined {
  const fault = pathFault(name);
  if (fault !== undefined) return fault;
  if (/^[a-z0-9][a-z0-9._-]{0,62}$/.test(name)) return undefined;
  return `${shownPath(name)} names no project. Take up to 63 small letters, digits, "-", "_" and ".", a letter or digit first, such as price-list.`;
}

/**
 * Makes a project in a folder of projects: a folder of its own, in git, with nothing in it. Its first commit is the first one that somebody approves. Where the
 * project is there already it is opened, so that an attempt can be made again.
 *
 * @param projects folder of projects; made where it is not there
 * @throws ProjectRefused for a name that is none, a name that is taken, and where the folder lies in another repository
 */
export async function createCodegenProject(
  projects: string,
  name: string,
  options: CodegenProjectOptions = {},
): Promise<CodegenProject> {
  const fault = projectNameFault(name);
  if (fault !== undefined) throw new ProjectRefused(fault);
  await mkdir(projects, { recursive: true, mode: 0o700 });
  const parent = await realpath(projects);
  const around = surroundingRepository(parent);
  if (around !== undefined)
    throw new ProjectRefused(
      `${parent} lies in the repository ${around}, and a repository is not made within another. Let the data directory be outside of it, or give the path of a folder of that repository.`,
    );
  const twin = (await readdir(parent)).find((each) => each !== name && plain(each) === plain(name));
  if (twin !== undefined)
    throw new ProjectRefused(
      `There is a project ${shownPath(twin)}, and many file systems take both names for one. Take another one.`,
    );
  const folder = join(parent, name);
  await mkdir(folder, { mode: 0o755 }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
  });
  if (!(await lstat(folder)).isDirectory()) throw new ProjectRefused(`${folder} is there, and is no folder. Take another name.`);
  const names = await readdir(folder);
  if (names.length > 0 && !names.includes('.git'))
    throw new ProjectRefused(`${folder} is there and has files. Take another name, or give its path to work in it.`);
  // Of an attempt that was cut off, git makes the rest.
  if (names.every((each) => each === '.git')) await initialise(folder, options.environment);
  return openCodegenProject(folder, options);
}

async function initialise(folder: string, environment: Environment | undefined): Promise<void> {
  await gitText(folder, ['init', '--quiet', '--initial-branch=main'], environment === undefined ? {} : { environment });
}

/** Names of the projects in a folder of projects. */
export async function codegenProjects(projects: string): Promise<string[]> {
  const entries = await readdir(projects, { withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  return entries
    .filter((entry) => entry.isDirectory() && projectNameFault(entry.name) === undefined)
    .map(({ name }) => name)
    .sort();
}
