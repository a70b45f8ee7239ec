import type { ProjectConfig } from './project.ts';

/** The agents that ship with Timonel, for a project without a `timonel.config.ts`. */
export async function bundledProject(): Promise<ProjectConfig> {
  const { booking } = await import('../agents/booking/agent.ts');
  const { hotel } = await import('../agents/hotel/agent.ts');
  const { tutor } = await import('../agents/tutor/agent.ts');
  return { agents: [booking, hotel, tutor] };
}

/** What `timonel code` works with: the coding assistant of one folder. It is in no project of a server. */
export interface CodingProject extends AsyncDisposable {
  project: ProjectConfig;
}

/** @param mcp where settings, tokens and approvals of servers of the Model Context Protocol are */
export async function codingProject(
  folder: string,
  environment: Readonly<Record<string, string | undefined>>,
  userFolder: string,
  mcp: { settings: string; tokens: string; approvals: string },
): Promise<CodingProject> {
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
