import type { ProjectConfig } from './project.ts';

/** The agents that ship with Timonel, for a project without a `timonel.config.ts`. */
export async function bundledProject(): Promise<ProjectConfig> {
  const { booking } = await import('../agents/booking/agent.ts');
  const { hotel } = await import('../agents/hotel/agent.ts');
  const { tutor } = await import('../agents/tutor/agent.ts');
  return { agents: [booking, hotel, tutor] };
}

/** What `timonel code` works with: the coding assistant of one folder. It is in no project of a server. */
export async function codingProject(
  folder: string,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<ProjectConfig> {
  const { coder } = await import('../agents/coder/agent.ts');
  return { agents: [coder({ folder, environment })] };
}

/** What `timonel codegen` works with, where no server is asked: all folders of the user who started it. */
export async function codegenProject(dataFolder: string): Promise<ProjectConfig> {
  const { codegen } = await import('../agents/codegen/agent.ts');
  return { agents: codegen({ dataFolder, roots: ['/'], singleUser: true }) };
}
