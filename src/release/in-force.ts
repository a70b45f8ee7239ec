import { publishFault } from '../diagnostics.ts';
import { messageOf, TimonelError } from '../errors.ts';
import type { AccessNotices } from '../identity/access.ts';
import type { DatabasePool } from '../store/database.ts';
import { KeptCopy } from '../store/kept-copy.ts';
import { assign } from './assign.ts';
import type { Catalog } from './catalog.ts';
import type { Assignment, Audience, ReleaseInForce } from './release.ts';
import { releasesInForce } from './release-rows.ts';
import { type AgentVersion, versionChanges } from './version.ts';

export interface InForceDependencies {
  pool: DatabasePool;
  catalog: Catalog;
  notices: AccessNotices;
}

/** What answers now, in each workspace. Kept in memory: a conversation begins without asking the database. */
export class InForce {
  readonly #dependencies: InForceDependencies;
  #running = new Map<string, ReleaseInForce>();
  #stable = new Map<string, AgentVersion>();
  readonly #copy: KeptCopy;

  constructor(dependencies: InForceDependencies) {
    this.#dependencies = dependencies;
    const { notices } = dependencies;
    this.#copy = new KeptCopy({ read: () => this.#read(), notices, kind: 'releases' });
  }

  /** Reads what is in force, and reads it again when somebody tells of a change, and now and then. */
  open(): Promise<void> {
    return this.#copy.open();
  }

  close(): void {
    this.#copy.close();
  }

  /** The releases that run, of all workspaces. */
  running(): ReleaseInForce[] {
    return [...this.#running.values()];
  }

  runningOf(workspaceId: string, agent: string): ReleaseInForce | undefined {
    return this.#running.get(keyOf(workspaceId, agent));
  }

  /** The version that everybody gets who is not given another one. @throws TimonelError `agent_not_found` */
  stableOf(workspaceId: string, agent: string): AgentVersion {
    return this.#stable.get(keyOf(workspaceId, agent)) ?? this.#dependencies.catalog.codeOf(agent);
  }

  /** How a conversation begins. @throws TimonelError `agent_not_found` */
  assign(agent: string, audience: Audience): Assignment {
    const stable = this.stableOf(audience.workspaceId, agent);
    const release = this.runningOf(audience.workspaceId, agent);
    if (release === undefined) return { agentVersion: stable.version, arm: 'stable' };
    return assign({ ...release, stable: stable.version }, audience);
  }

  /** Reads again; who calls while it is being read gets what was stored by then, too. */
  read(): Promise<void> {
    return this.#copy.read();
  }

  /** Waits until a change that this process made is in force here. */
  settled(): Promise<void> {
    return this.#copy.settled();
  }

  async #read(): Promise<void> {
    const rows = await releasesInForce(this.#dependencies.pool);
    const running = new Map<string, ReleaseInForce>();
    const stable = new Map<string, AgentVersion>();
    for (const row of rows) {
      const key = keyOf(row.workspaceId, row.agent);
      if (row.status === 'running') running.set(key, row);
      else {
        const version = await this.#promoted(row);
        if (version !== undefined) stable.set(key, version);
      }
    }
    this.#running = running;
    this.#stable = stable;
  }

  /**
   * What was promoted last. Where its code is not in this project any more, what the operator had changed is put over the code that is:
   * their prompt outlives an update.
   */
  async #promoted({ workspaceId, agent, canary }: ReleaseInForce): Promise<AgentVersion | undefined> {
    const { catalog } = this.#dependencies;
    const version = await catalog.find(workspaceId, agent, canary);
    if (version !== undefined) return version;
    try {
      const stored = await catalog.stored(workspaceId, agent, canary);
      const { codeVersion: _gone, ...changes } = versionChanges.parse(stored?.changes ?? {});
      const composed = catalog.compose(agent, changes);
      await catalog.store(workspaceId, agent, composed, 'system');
      return composed;
    } catch (error) {
      // An agent that this process does not have is another one's business.
      if (!(error instanceof TimonelError) || error.code === 'agent_not_found') return undefined;
      publishFault(
        `${agent} ${canary} was promoted and does not fit the code that is here; the code answers as it is: ${messageOf(error)}`,
        error,
      );
      return undefined;
    }
  }
}

function keyOf(workspaceId: string, agent: string): string {
  return `${workspaceId}\n${agent}`;
}
