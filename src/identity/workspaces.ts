import { LRUCache } from 'lru-cache';
import type pg from 'pg';
import { TimonelError } from '../errors.ts';
import type { DatabasePool } from '../store/database.ts';

export interface Workspace {
  workspaceId: string;
  name: string;
  /** IANA time zone. */
  timeZone: string;
  /** Asks for an upper-case letter, a lower-case letter and a digit in passwords. */
  classicPasswords: boolean;
}

const columns = 'workspace_id AS "workspaceId", name, time_zone AS "timeZone", classic_passwords AS "classicPasswords"';

/**
 * Makes changes of who may do what in a workspace go one after the other, until the transaction ends. Taken before any other lock: the rows
 * that such a change touches, and the audit log, are reached in different orders.
 */
export async function lockWorkspace(client: pg.ClientBase, workspaceId: string): Promise<void> {
  await client.query('SELECT FROM workspaces WHERE workspace_id = $1 FOR NO KEY UPDATE', [workspaceId]);
}

/** Workspaces: the tenants to which every row belongs. */
export class Workspaces {
  readonly #pool: DatabasePool;
  readonly #known = new LRUCache<string, Workspace>({ max: 10_000, ttl: 5_000 });

  constructor(pool: DatabasePool) {
    this.#pool = pool;
  }

  /** Creates the workspace where it is not there yet. */
  async ensure(workspace: Omit<Workspace, 'classicPasswords'>): Promise<void> {
    await this.#pool.executeText(
      'INSERT INTO workspaces (workspace_id, name, time_zone) VALUES ($1, $2, $3) ON CONFLICT (workspace_id) DO NOTHING',
      [workspace.workspaceId, workspace.name, workspace.timeZone],
    );
  }

  async list(): Promise<Workspace[]> {
    return this.#pool.executeText<Workspace>(`SELECT ${columns} FROM workspaces ORDER BY created_at`);
  }

  /** @throws TimonelError `not_found` */
  async get(workspaceId: string): Promise<Workspace> {
    const known = this.#known.get(workspaceId);
    if (known !== undefined) return known;
    const [row] = await this.#pool.executeText<Workspace>(`SELECT ${columns} FROM workspaces WHERE workspace_id = $1`, [
      workspaceId,
    ]);
    if (row === undefined) throw new TimonelError('not_found', `There is no workspace "${workspaceId}".`);
    this.#known.set(workspaceId, row);
    return row;
  }

  /** Changes what is given, in the caller's transaction; {@link forget} afterwards. Other processes see it within seconds. */
  async change(
    client: pg.ClientBase,
    workspaceId: string,
    changes: { name?: string | undefined; classicPasswords?: boolean | undefined },
  ): Promise<void> {
    await client.query(
      'UPDATE workspaces SET name = COALESCE($2, name), classic_passwords = COALESCE($3, classic_passwords) WHERE workspace_id = $1',
      [workspaceId, changes.name ?? null, changes.classicPasswords ?? null],
    );
  }

  forget(workspaceId: string): void {
    this.#known.delete(workspaceId);
  }

  /**
   * Runs `seed` once per workspace and agent, whichever process comes first; others wait for it.
   * @returns whether it ran.
   */
  async seedOnce(
    workspaceId: string,
    agent: string,
    seed: (database: Parameters<Parameters<DatabasePool['inWorkspace']>[1]>[0]) => Promise<void>,
  ) {
    return this.#pool.inWorkspace(workspaceId, async (database, client) => {
      const { rows } = await client.query(
        `UPDATE workspaces SET seeded_agents = seeded_agents || $2 WHERE workspace_id = $1 AND NOT ($2 = ANY(seeded_agents)) RETURNING 1`,
        [workspaceId, agent],
      );
      if (rows.length === 0) return false;
      await seed(database);
      return true;
    });
  }
}
