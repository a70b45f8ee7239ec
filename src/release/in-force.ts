import { messageOf, TimonelError } from '../errors.ts';
import type { AccessNotices } from '../identity/access.ts';
import type { DatabasePool } from '../store/database.ts';
import { assign } from './assign.ts';
import type { Catalog } from './catalog.ts';
import type { Assignment, Audience, Release } from './release.ts';
import { releasesInForce } from './release-rows.ts';
import { type AgentVersion, versionChanges } from './version.ts';

export interface InForceDependencies {
  pool: DatabasePool;
  catalog: Catalog;
  notices: AccessNotices;
  onFault(what: string, error: unknown): void;
}

/** How often it is read again although nobody told of a change, in milliseconds. */
const readEveryMs = 10_000;

/** What answers now, in each workspace. Kept in memory: a conversation begins without asking the database. */
export class InForce {
  readonly #dependencies: InForceDependencies;
  #running = new Map<string, Release>();
  #stable = new Map<string, AgentVersion>();
  #timer: NodeJS.Timeout | undefined;
  #reading: Promise<void> | undefined;
  #again = false;

  constructor(dependencies: InForceDependencies) {
    this.#dependencies = dependencies;
  }

  /** Reads what is in force, and reads it again when somebody tells of a change, and now and then. */
  async open(): Promise<void> {
    const { notices, onFault } = this.#dependencies;
    await this.read();
    const again = () => void this.read().catch((error: unknown) => onFault('reading the releases', error));
    notices.subscribe((told) => {
      if (told === 'anything' || told.some(({ kind }) => kind === 'releases')) again();
    });
    this.#timer = setInterval(again, readEveryMs);
    this.#timer.unref();
  }

  close(): void {
    clearInterval(this.#timer);
  }

  /** The releases that run, of all workspaces. */
  running(): Release[] {
    return [...this.#running.values()];
  }

  runningOf(workspaceId: string, agent: string): Release | undefined {
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
  async read(): Promise<void> {
    if (this.#reading !== undefined) {
      this.#again = true;
      return this.#reading;
    }
    this.#reading = (async () => {
      do {
        this.#again = false;
        await this.#read();
      } while (this.#again);
    })().finally(() => {
      this.#reading = undefined;
    });
    return this.#reading;
  }

  async #read(): Promise<void> {
    const rows = await releasesInForce(this.#dependencies.pool);
    const running = new Map<string, Release>();
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
  async #promoted({ workspaceId, agent, canary }: Release): Promise<AgentVersion | undefined> {
    const { catalog, onFault } = this.#dependencies;
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
      onFault(
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
