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
  userFolder?: string,
): Promise<ProjectConfig> {
  const { coder } = await import('../agents/coder/agent.ts');
  return { agents: [coder({ folder, environment, ...(userFolder === undefined ? {} : { userFolder }) })] };
}
