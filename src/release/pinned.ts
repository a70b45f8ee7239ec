import type { AgentDefinition } from '../run/contract.ts';
import type { DatabasePool } from '../store/database.ts';
import type { ClaimedRun } from '../store/runs.ts';
import type { Catalog } from './catalog.ts';
import type { InForce } from './in-force.ts';

export interface PinnedDependencies {
  pool: DatabasePool;
  catalog: Catalog;
  inForce: InForce;
}

/**
 * What answers a run: the version that its conversation began with. Where the code of that version is gone, the conversation moves to the
 * version that is in force, and its record says so.
 */
export class Pinned {
  readonly #dependencies: PinnedDependencies;

  constructor(dependencies: PinnedDependencies) {
    this.#dependencies = dependencies;
  }

  /**
   * From memory, but for the first run of a version that an operator made. A run that moves carries its new version from here on.
   * @throws TimonelError `agent_not_found`, `store_unavailable`
   */
  definitionOf(run: ClaimedRun): AgentDefinition | Promise<AgentDefinition> {
    const found = this.#dependencies.catalog.find(run.workspaceId, run.agent, run.agentVersion);
    if (found instanceof Promise) return found.then((version) => version?.definition ?? this.#moved(run));
    return found?.definition ?? this.#moved(run);
  }

  async #moved(run: ClaimedRun): Promise<AgentDefinition> {
    const { pool, inForce } = this.#dependencies;
    const { version, definition } = inForce.stableOf(run.workspaceId, run.agent);
    await pool.executeText(
      `WITH moved AS (UPDATE conversations SET agent_version = $3, arm = 'stable' WHERE workspace_id = $1 AND id = $2)
       UPDATE runs SET agent_version = $3, arm = 'stable'
       WHERE workspace_id = $1 AND (id = $4 OR (conversation_id = $2 AND status = 'queued'))`,
      [run.workspaceId, run.conversationId, version, run.runId],
    );
    run.agentVersion = version;
    run.arm = 'stable';
    return definition;
  }
}
