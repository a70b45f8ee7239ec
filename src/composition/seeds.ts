import { messageOf, placeOf, TimonelError } from '../errors.ts';
import type { AgentDefinition } from '../run/contract.ts';
import { type Base, defaultWorkspace } from './base.ts';
import type { Foundation } from './foundation.ts';

/**
 * Fills the default workspace with what its agents bring, once: what they cannot do without, and samples where they are wanted.
 * @throws TimonelError `config_invalid` where an agent's part throws
 */
export async function seedAgents({ settings, agents }: Base, foundation: Foundation): Promise<void> {
  for (const { name, seed, sample } of agents.values()) {
    await fill(name, 'seed', seed, foundation);
    if (settings.sample) await fill(`${name}/sample`, 'sample', sample, foundation);
  }
}

async function fill(
  key: string,
  part: 'seed' | 'sample',
  work: AgentDefinition[typeof part],
  { workspaces, access }: Foundation,
): Promise<void> {
  if (work === undefined) return;
  const { timeZone } = await workspaces.get(defaultWorkspace);
  await workspaces
    .seedOnce(defaultWorkspace, key, (database) =>
      work({ ...access(defaultWorkspace, timeZone), query: (query) => query(database) }),
    )
    .catch((error: unknown) => {
      if (error instanceof TimonelError) throw error;
      throw new TimonelError(
        'config_invalid',
        `The ${part} of the agent "${key.split('/')[0]}" failed, and nothing of it was kept: ${messageOf(error)}${placeOf(error)}`,
        { cause: error },
      );
    });
}
