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
  /** Days that its conversations are kept, where that is less long than the installation keeps them. */
  conversationDays: number | null;
  /** Since when it lets nobody in; null where it does. */
  disabledAt: Date | null;
  createdAt: Date;
  /** Agents that filled it: `booking` with what it needs, `booking/sample` with its sample data. */
  seededAgents: string[];
}

export interface WorkspaceChanges {
  name?: string | undefined;
  timeZone?: string | undefined;
  classicPasswords?: boolean | undefined;
  /** null: as the installation says. */
  conversationDays?: number | null | undefined;
  disabled?: boolean | undefined;
}

const insertion =
  'INSERT INTO workspaces (workspace_id, name, time_zone) VALUES ($1, $2, $3) ON CONFLICT (workspace_id) DO NOTHING';

const columns = `workspace_id AS "workspaceId", name, time_zone AS "timeZone", classic_passwords AS "classicPasswords",
  conversation_days AS "conversationDays",
  disabled_at AS "disabledAt", created_at AS "createdAt", seeded_agents AS "seededAgents"`;

/**
 * Makes changes of who may do what in a workspace go one after the other, until the transaction ends. Taken before any other lock: the rows
 * that such a change touches, and the audit log, are reached in different orders.
 */
export async function lockWorkspace(client: pg.ClientBase, workspaceId: string): Promise<void> {
  await client.query('SELECT FROM workspaces WHERE workspace_id = $1 FOR NO KEY UPDATE', [workspaceId]);
}

/** In the caller's transaction, under the lock of the workspace. @throws TimonelError `workspace_disabled` */
export async function requireEnabled(client: pg.ClientBase, workspaceId: string): Promise<void> {
  const { rows } = await client.query('SELECT FROM workspaces WHERE workspace_id = $1 AND disabled_at IS NOT NULL', [workspaceId]);
  if (rows.length > 0) throw workspaceDisabled(workspaceId);
}

export function workspaceDisabled(workspaceId: string): TimonelError {
  return new TimonelError(
    'workspace_disabled',
    `The workspace "${workspaceId}" is disabled: it takes nothing, and keeps its data. An operator of the installation enables it.`,
    { details: { workspace: workspaceId } },
  );
}

/** Workspaces: the tenants to which every row belongs. */
export class Workspaces {
  readonly #pool: DatabasePool;
  readonly #known = new LRUCache<string, Workspace>({ max: 10_000, ttl: 5_000 });

  constructor(pool: DatabasePool) {
    this.#pool = pool;
  }

  /** Creates the workspace where it is not there yet. */
  async ensure({ workspaceId, name, timeZone }: Pick<Workspace, 'workspaceId' | 'name' | 'timeZone'>): Promise<void> {
    await this.#pool.executeText(insertion, [workspaceId, name, timeZone]);
  }

  /** The same in the caller's transaction. @returns whether it was created: not where there is one of that id. */
  async create(
    client: pg.ClientBase,
    { workspaceId, name, timeZone }: Pick<Workspace, 'workspaceId' | 'name' | 'timeZone'>,
  ): Promise<boolean> {
    return (await client.query(insertion, [workspaceId, name, timeZone])).rowCount === 1;
  }

  async list(): Promise<Workspace[]> {
    return this.#pool.executeText<Workspace>(`SELECT ${columns} FROM workspaces ORDER BY created_at`);
  }

  /** A page of workspaces, in the order of their ids; `after` is the last id of the page before. */
  async page({ after, limit }: { after?: string | undefined; limit: number }): Promise<Workspace[]> {
    return this.#pool.executeText<Workspace>(
      `SELECT ${columns} FROM workspaces WHERE workspace_id > $1 ORDER BY workspace_id LIMIT $2`,
      [after ?? '', limit],
    );
  }

  /** @throws TimonelError `not_found` */
  async get(workspaceId: string): Promise<Workspace> {
    const known = this.#known.get(workspaceId);
    if (known !== undefined) return known;
    const [row] = await this.#pool.executeText<Workspace>(`SELECT ${columns} FROM workspaces WHERE workspace_id = $1`, [
      workspaceId,
    ]);
    if (row === undefined) throw noSuchWorkspace(workspaceId);
    this.#known.set(workspaceId, row);
    return row;
  }

  /** Changes what is given, in the caller's transaction, which tells it. @throws TimonelError `not_found` */
  async change(client: pg.ClientBase, workspaceId: string, changes: WorkspaceChanges): Promise<void> {
    const { rowCount } = await client.query(
      `UPDATE workspaces SET name = COALESCE($2, name), time_zone = COALESCE($3, time_zone), classic_passwords = COALESCE($4, classic_passwords),
         disabled_at = CASE WHEN $5::boolean IS NULL THEN disabled_at WHEN $5 THEN COALESCE(disabled_at, now()) END,
         conversation_days = CASE WHEN $6 THEN $7 ELSE conversation_days END
       WHERE workspace_id = $1`,
      [
        ...[
          workspaceId,
          changes.name ?? null,
          changes.timeZone ?? null,
          changes.classicPasswords ?? null,
          changes.disabled ?? null,
        ],
        ...[changes.conversationDays !== undefined, changes.conversationDays ?? null],
      ],
    );
    if (rowCount === 0) throw noSuchWorkspace(workspaceId);
  }

  /** Forgets what is known of a workspace; of all of them where none is named. */
  forget(workspaceId?: string): void {
    if (workspaceId === undefined) this.#known.clear();
    else this.#known.delete(workspaceId);
  }

  /**
   * Runs `seed` once per workspace and agent, whichever process comes first; others wait for it.
   * @param agent name of the agent, or of a part of it.
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

function noSuchWorkspace(workspaceId: string): TimonelError {
  return new TimonelError(
    'not_found',
    `There is no workspace "${workspaceId}". GET /api/v1/workspaces lists them, and \`timonel workspace list\`.`,
  );
}
