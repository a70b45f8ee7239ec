import type { ProjectConfig } from './project.ts';

/** The agents that ship with Timonel, for a project without a `timonel.config.ts`. */
export async function bundledProject(): Promise<ProjectConfig> {
  const [{ booking }, { hotel }] = await Promise.all([import('../agents/booking/agent.ts'), import('../agents/hotel/agent.ts')]);
  return { agents: [booking, hotel] };
}
