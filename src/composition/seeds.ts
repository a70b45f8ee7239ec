import { messageOf, placeOf, TimonelError } from '../errors.ts';
import { type Base, defaultWorkspace } from './base.ts';
import type { Foundation } from './foundation.ts';

/** Fills the default workspace with what its agents bring, once. @throws TimonelError `config_invalid` where an agent's seed throws */
export async function seedAgents({ agents }: Base, { workspaces, access }: Foundation): Promise<void> {
  const { timeZone } = await workspaces.get(defaultWorkspace);
  for (const { name, seed } of agents.values()) {
    if (seed === undefined) continue;
    await workspaces
      .seedOnce(defaultWorkspace, name, (database) =>
        seed({ ...access(defaultWorkspace, timeZone), query: (work) => work(database) }),
      )
      .catch((error: unknown) => {
        if (error instanceof TimonelError) throw error;
        throw new TimonelError(
          'config_invalid',
          `The seed of the agent "${name}" failed, and nothing of it was kept: ${messageOf(error)}${placeOf(error)}`,
          { cause: error },
        );
      });
  }
}
