import type { ProjectConfig } from './project.ts';

/** Where code is made on this machine. */
export interface BundledOptions {
  /** The data directory: new projects of the agent `codegen` are made in it. */
  home: string;
  /** Folders in which its projects may lie beside those. */
  codegenRoots: readonly string[];
}

/** The agents that ship with Timonel, for a project without a `timonel.config.ts`. */
export async function bundledProject(
  { home, codegenRoots }: BundledOptions = { home: '.timonel', codegenRoots: [] },
): Promise<ProjectConfig> {
  const { booking } = await import('../agents/booking/agent.ts');
  const { hotel } = await import('../agents/hotel/agent.ts');
  const { tutor } = await import('../agents/tutor/agent.ts');
  const { codegen } = await import('../agents/codegen/agent.ts');
  return { agents: [booking, hotel, tutor, ...codegen({ dataFolder: home, roots: codegenRoots })] };
}

/** The agents of a person's own, with what is closed once they have ended. They are in no project of a server. */
export interface OwnProject extends AsyncDisposable {
  project: ProjectConfig;
}

/**
 * What `timonel code` works with: the coding assistant of one folder.
 * @param mcp where settings, tokens and approvals of servers of the Model Context Protocol are
 */
export async function codingProject(
  folder: string,
  environment: Readonly<Record<string, string | undefined>>,
  userFolder: string,
  mcp: { settings: string; tokens: string; approvals: string },
): Promise<OwnProject> {
  const [{ coder }, { mcpServersOf }] = await Promise.all([
    import('../agents/coder/agent.ts'),
    import('../agents/coder/mcp-servers.ts'),
  ]);
  const servers = mcpServersOf(folder, environment, mcp);
  return {
    project: { agents: [coder({ folder, environment, userFolder, mcp: servers })] },
    [Symbol.asyncDispose]: () => servers[Symbol.asyncDispose](),
  };
}

/** What `timonel codegen` works with, where no server is asked: all folders of the user who started it, whose name git's settings say. */
export async function codegenProject(
  dataFolder: string,
  environment: Readonly<Record<string, string | undefined>> = {},
): Promise<OwnProject> {
  const { codegen } = await import('../agents/codegen/agent.ts');
  return {
    project: { agents: codegen({ dataFolder, roots: ['/'], singleUser: true, environment }) },
    async [Symbol.asyncDispose]() {},
  };
}
