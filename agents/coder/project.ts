/** The project of an agent: its folder, opened with the first call, and what commands of it may use. */
import { isSecretPath, openProjectFiles, type ProjectFiles } from '../../src/files.ts';
import { type Environment, sandboxState } from '../../src/shell.ts';
import type { CoderOptions } from './contract.ts';

export class CoderProject {
  readonly folder: string;
  readonly environment: Environment;
  readonly isSecret = isSecretPath;
  #files: Promise<ProjectFiles> | undefined;

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

  /** Whether commands can run in a sandbox here; probed once. */
  sandbox(): ReturnType<typeof sandboxState> {
    return sandboxState();
  }
}
