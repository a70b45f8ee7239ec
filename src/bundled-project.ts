import type { ProjectConfig } from './project.ts';

/** The agents that ship with Timonel, for a project without a `timonel.config.ts`. */
export async function bundledProject(): Promise<ProjectConfig> {
  const { booking } = await import('../agents/booking/agent.ts');
  const { hotel } = await import('../agents/hotel/agent.ts');
  const { tutor } = await import('../agents/tutor/agent.ts');
  return { agents: [booking, hotel, tutor] };
}
