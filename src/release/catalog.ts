import { TimonelError } from '../errors.ts';
import type { AgentDefinition } from '../run/contract.ts';
import type { DatabasePool } from '../store/database.ts';
import type { JsonObject } from '../vocabulary.ts';
import { type AgentVersion, type VersionChanges, versionChanges, versionOf } from './version.ts';

/** A version as it is listed. */
export interface StoredVersion {
  agent: string;
  version: string;
  codeVersion: string;
  changes: VersionChanges;
  content: JsonObject;
  createdBy: string;
  /** ISO 8601. */
  createdAt: string;
}

interface Row {
  agent: string;
  version: string;
  code_version: string;
  changes: unknown;
  content: JsonObject;
  created_by: string;
  created_at: Date;
}

/** What answers under the name of each version: the code of this process, with what operators changed of it. */
export class Catalog {
  readonly #pool: DatabasePool;
  /** By agent: the first is what answers where nobody said otherwise. */
  readonly #code = new Map<string, AgentVersion[]>();
  /** Versions that were looked up, by workspace, agent and name. They never change, so they are kept. */
  readonly #known = new Map<string, AgentVersion | 'gone'>();

  /** @throws TimonelError `config_invalid` for two of one name and one version */
  constructor(pool: DatabasePool, agents: readonly AgentDefinition[]) {
    this.#pool = pool;
    for (const agent of agents) {
      const variants = this.#code.get(agent.name) ?? [];
      if (variants.some(({ codeVersion }) => codeVersion === agent.version)) {
        throw new TimonelError(
          'config_invalid',
          `The project has two agents named "${agent.name}" with the version ${agent.version}; names must differ, or versions.`,
        );
      }
      this.#code.set(agent.name, [...variants, versionOf(agent)]);
    }
  }

  /** The code as it is, first variant. @throws TimonelError `agent_not_found` */
  codeOf(agent: string): AgentVersion {
    const [first] = this.#code.get(agent) ?? [];
    if (first !== undefined) return first;
    throw new TimonelError('agent_not_found', `There is no agent "${agent}". There are: ${[...this.#code.keys()].join(', ')}.`);
  }

  /** All variants of the code of an agent. @throws TimonelError `agent_not_found` */
  variantsOf(agent: string): readonly AgentVersion[] {
    this.codeOf(agent);
    return this.#code.get(agent) ?? [];
  }

  /**
   * A version by its name, from memory where it was asked for before.
   * @returns `undefined` where the code that it needs is not in this project, or nobody made it.
   */
  find(workspaceId: string, agent: string, version: string): AgentVersion | undefined | Promise<AgentVersion | undefined> {
    const code = this.#code.get(agent)?.find((each) => each.version === version);
    if (code !== undefined) return code;
    const known = this.#known.get(keyOf(workspaceId, agent, version));
    if (known !== undefined) return known === 'gone' ? undefined : known;
    return this.#load(workspaceId, agent, version);
  }

  /**
   * Puts changes over the code, without storing anything.
   * @throws TimonelError `agent_not_found`, `invalid_request`
   */
  compose(agent: string, changes: VersionChanges): AgentVersion {
    const variants = this.variantsOf(agent);
    const { codeVersion } = changes;
    const code = codeVersion === undefined ? variants[0] : variants.find((each) => each.codeVersion === codeVersion);
    if (code === undefined) {
      const there = variants.map((each) => each.codeVersion).join(', ');
      throw new TimonelError(
        'invalid_request',
        `codeVersion: ${agent} has no code of version "${codeVersion}". There is: ${there}.`,
      );
    }
    return versionOf(code.code, changes);
  }

  /** Stores a version; the same one again is no fault. */
  async store(
    workspaceId: string,
    agent: string,
    { version, codeVersion, changes, content }: AgentVersion,
    by: string,
  ): Promise<void> {
    await this.#pool.executeText(
      `INSERT INTO agent_versions (workspace_id, agent, version, code_version, changes, content, created_by)
       VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING`,
      [workspaceId, agent, version, codeVersion, JSON.stringify(changes), JSON.stringify(content), by],
    );
    this.#known.delete(keyOf(workspaceId, agent, version));
  }

  /** Versions that were stored, newest first. */
  async list(workspaceId: string, agent: string): Promise<StoredVersion[]> {
    const rows = await this.#pool.executeText<Row>(
      'SELECT * FROM agent_versions WHERE workspace_id = $1 AND agent = $2 ORDER BY created_at DESC, version LIMIT 200',
      [workspaceId, agent],
    );
    return rows.map(storedVersion);
  }

  /** @returns `undefined` where nobody stored it. */
  async stored(workspaceId: string, agent: string, version: string): Promise<StoredVersion | undefined> {
    const [row] = await this.#pool.executeText<Row>(
      'SELECT * FROM agent_versions WHERE workspace_id = $1 AND agent = $2 AND version = $3',
      [workspaceId, agent, version],
    );
    return row === undefined ? undefined : storedVersion(row);
  }

  async #load(workspaceId: string, agent: string, version: string): Promise<AgentVersion | undefined> {
    const stored = await this.stored(workspaceId, agent, version);
    if (stored === undefined) return undefined;
    const composed = this.#recompose(agent, stored);
    this.#known.set(keyOf(workspaceId, agent, version), composed ?? 'gone');
    return composed;
  }

  /** The code may have changed under the same version number: what it would be now is another version, and not passed for this one. */
  #recompose(agent: string, stored: StoredVersion): AgentVersion | undefined {
    try {
      const composed = this.compose(agent, { ...stored.changes, codeVersion: stored.codeVersion });
      return composed.version === stored.version ? composed : undefined;
    } catch (error) {
      if (error instanceof TimonelError) return undefined;
      throw error;
    }
  }
}

function storedVersion(row: Row): StoredVersion {
  return {
    agent: row.agent,
    version: row.version,
    codeVersion: row.code_version,
    changes: versionChanges.parse(row.changes),
    content: row.content,
    createdBy: row.created_by,
    createdAt: row.created_at.toISOString(),
  };
}

function keyOf(workspaceId: string, agent: string, version: string): string {
  return `${workspaceId}\n${agent}\n${version}`;
}
