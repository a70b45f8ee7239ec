import { messageOf, TimonelError, throwSiteOf } from '../errors.ts';
import type { Workspaces } from '../identity/workspaces.ts';
import type { WorkspaceAccess } from '../tools/contract.ts';
import type { AgentDefinition } from './contract.ts';

/** What an agent brings for a workspace: what it cannot do without, and invented data to try it with. */
export type SeedPart = 'seed' | 'sample';

/** What became of filling a workspace: `done` now, `before`, or `none` where the agent brings nothing. */
export type Filled = 'done' | 'before' | 'none';

export interface SeedsDependencies {
  agents: ReadonlyMap<string, AgentDefinition>;
  workspaces: Workspaces;
  access(workspaceId: string, timeZone: string): WorkspaceAccess;
}

/** Fills workspaces with what the agents bring for them, once each. */
export class Seeds {
  readonly #dependencies: SeedsDependencies;

  constructor(dependencies: SeedsDependencies) {
    this.#dependencies = dependencies;
  }

  /** @throws TimonelError `agent_not_found`, `not_found` for the workspace, `config_invalid` where the part throws: nothing of it is kept */
  async fill(workspaceId: string, agent: string, part: SeedPart): Promise<Filled> {
    const { agents, workspaces, access } = this.#dependencies;
    const definition = agents.get(agent);
    if (definition === undefined) {
      throw new TimonelError('agent_not_found', `There is no agent "${agent}". There are: ${[...agents.keys()].join(', ')}.`);
    }
    const { timeZone } = await workspaces.get(workspaceId);
    const work = definition[part];
    if (work === undefined) return 'none';
    try {
      const ran = await workspaces.seedOnce(workspaceId, keyOf(agent, part), (database) =>
        work({ ...access(workspaceId, timeZone), query: (query) => query(database) }),
      );
      return ran ? 'done' : 'before';
    } catch (error) {
      if (error instanceof TimonelError) throw error;
      throw new TimonelError(
        'config_invalid',
        `The ${part} of the agent "${agent}" failed, and nothing of it was kept: ${messageOf(error)}${throwSiteOf(error)}`,
        { cause: error },
      );
    } finally {
      workspaces.forget(workspaceId);
    }
  }

  /** What one agent needs, and its sample data where they are asked for. @returns `done`: the parts that were filled now */
  async fillAsked(workspaceId: string, agent: string, sample: boolean) {
    const filled: { seed: Filled; sample?: Filled; done: string[] } = {
      seed: await this.fill(workspaceId, agent, 'seed'),
      done: [],
    };
    if (filled.seed === 'done') filled.done.push(agent);
    if (sample) filled.sample = await this.fill(workspaceId, agent, 'sample');
    if (filled.sample === 'done') filled.done.push(keyOf(agent, 'sample'));
    return filled;
  }

  /** What every agent needs. A seed that fails keeps none of the others from filling theirs. @returns why each that failed did */
  async fillAll(workspaceId: string): Promise<{ agent: string; problem: string }[]> {
    const failed: { agent: string; problem: string }[] = [];
    for (const agent of this.#dependencies.agents.keys()) {
      try {
        await this.fill(workspaceId, agent, 'seed');
      } catch (error) {
        failed.push({ agent, problem: messageOf(error) });
      }
    }
    return failed;
  }
}

/** As it is written down that a part was filled. */
function keyOf(agent: string, part: SeedPart): string {
  return part === 'seed' ? agent : `${agent}/${part}`;
}
