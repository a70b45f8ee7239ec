/** The project of an agent: its folder, opened with the first call, and what commands of it may use. */
import { isSecretPath, openProjectFiles, type ProjectFiles } from '../../src/files.ts';
import { type Environment, git, sandboxState } from '../../src/shell.ts';
import type { Project } from './analysis/contract.ts';
import { createProjectIndex, type ProjectIndex } from './analysis/project-index.ts';
import type { CoderOptions } from './contract.ts';
import { Diagnostics } from './diagnostics/diagnose.ts';

export class CoderProject {
  readonly folder: string;
  readonly environment: Environment;
  readonly isSecret = isSecretPath;
  readonly diagnostics = new Diagnostics(this);
  #files: Promise<ProjectFiles> | undefined;
  #index: ProjectIndex | undefined;

  constructor({ folder, environment = {} }: CoderOptions) {
    this.folder = folder;
    this.environment = environment;
  }

  files(): Promise<ProjectFiles> {
    this.#files ??= openProjectFiles(this.folder).catch((error: unknown) => {
      // A folder that is not there now may be there with the next call.
      this.#files = undefined;
      throw error;
    });
    return this.#files;
  }

  /** The project as analysis sees it: through the jail, and git that only reads. */
  async analysed(): Promise<Project> {
    const files = await this.files();
    return {
      root: this.folder,
      read: (path) => files.read(path),
      isSecret: this.isSecret,
      git: async (argv, signal) => {
        const options = { environment: this.environment, ...(signal === undefined ? {} : { signal }) };
        const { exitCode, stdout } = await git(this.folder, argv, options).catch(() => ({ exitCode: 1, stdout: Buffer.of() }));
        return exitCode === 0 ? stdout.toString('utf8') : undefined;
      },
    };
  }

  async index(): Promise<ProjectIndex> {
    this.#index ??= createProjectIndex(await this.analysed());
    return this.#index;
  }

  /** Whether commands can run in a sandbox here; probed once. */
  sandbox(): ReturnType<typeof sandboxState> {
    return sandboxState();
  }
}
