/** The project of an agent: its folder, opened with the first call, and what commands of it may use. */
import { isSecretPath, openProjectFiles, type ProjectFiles, withEditorBuffers } from '../../src/files.ts';
import type { WorkspaceAccess } from '../../src/index.ts';
import type { McpHub } from '../../src/mcp.ts';
import { type Environment, git, sandboxState } from '../../src/shell.ts';
import type { Project } from './analysis/contract.ts';
import { createProjectIndex, type ProjectIndex } from './analysis/project-index.ts';
import type { CoderOptions } from './contract.ts';
import { Diagnostics } from './diagnostics/diagnose.ts';
import { buffersOf, type EditorAddress, editorOf, saveEditor } from './editor.ts';
import { mcpServersOf } from './mcp-servers.ts';
import { type CoderSettings, readCoderSettings } from './settings.ts';

export class CoderProject {
  readonly folder: string;
  readonly environment: Environment;
  /** The user's folder of settings, commands and skills. */
  readonly userFolder: string | undefined;
  readonly isSecret = isSecretPath;
  readonly mcp: McpHub;
  readonly diagnostics = new Diagnostics(this);
  #files: Promise<ProjectFiles> | undefined;
  #index: ProjectIndex | undefined;
  /** Files as sessions see them, those of sessions without an editor too: sessions are asked for it once. */
  readonly #ofSessions = new Map<string, Promise<ProjectFiles>>();

  constructor({ folder, environment = {}, userFolder, mcp }: CoderOptions) {
    this.folder = folder;
    this.userFolder = userFolder;
    this.environment = environment;
    this.mcp = mcp ?? mcpServersOf(folder, environment);
  }

  files(): Promise<ProjectFiles> {
    this.#files ??= openProjectFiles(this.folder).catch((error: unknown) => {
      // A folder that is not there now may be there with the next call.
      this.#files = undefined;
      throw error;
    });
    return this.#files;
  }

  /** The files as they are for a session: with what is not saved in its editor, where it has one. */
  filesOf(access: Pick<WorkspaceAccess, 'workspaceId' | 'query'>, conversation: string): Promise<ProjectFiles> {
    let files = this.#ofSessions.get(conversation);
    if (files === undefined) {
      files = editorOf(access, conversation).then((editor) => this.#withEditor(editor));
      files.catch(() => this.#ofSessions.delete(conversation));
      this.#ofSessions.set(conversation, files);
    }
    return files;
  }

  /** @param editor `undefined`: it was closed */
  async connectEditor(
    access: Pick<WorkspaceAccess, 'workspaceId' | 'now' | 'query'>,
    conversation: string,
    editor: EditorAddress | undefined,
  ): Promise<void> {
    await saveEditor(access, conversation, editor);
    this.#ofSessions.set(conversation, this.#withEditor(editor));
  }

  async #withEditor(editor: EditorAddress | undefined): Promise<ProjectFiles> {
    const files = await this.files();
    return editor === undefined ? files : withEditorBuffers(files, buffersOf(editor));
  }

  /** The user's own folder; `undefined` where there is none now. */
  async userFiles(): Promise<ProjectFiles | undefined> {
    if (this.userFolder === undefined) return undefined;
    return openProjectFiles(this.userFolder).catch(() => undefined);
  }

  /** The settings of the user and of the project, as they are now. */
  async settings(): Promise<CoderSettings> {
    return readCoderSettings(await this.files(), this.userFolder);
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
