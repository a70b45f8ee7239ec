import { Seeds } from '../run/seeds.ts';
import { type Base, defaultWorkspace } from './base.ts';
import type { Foundation } from './foundation.ts';

/**
 * Fills the default workspace with what its agents bring, once: what they cannot do without, and samples where they are wanted. Other
 * workspaces are filled when they are made.
 * @throws TimonelError `config_invalid` where an agent's part throws
 */
export async function seedAgents({ settings, agents }: Base, { workspaces, access }: Foundation): Promise<Seeds> {
  const seeds = new Seeds({ agents, workspaces, access });
  for (const agent of agents.keys()) {
    await seeds.fill(defaultWorkspace, agent, 'seed');
    if (settings.sample) await seeds.fill(defaultWorkspace, agent, 'sample');
  }
  return seeds;
}
