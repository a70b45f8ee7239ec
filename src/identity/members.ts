import type pg from 'pg';
import { TimonelError } from '../errors.ts';
import type { DatabasePool } from '../store/database.ts';
import type { JsonObject } from '../vocabulary.ts';
import type { AccessNotices } from './access.ts';
import type { RecordDeed } from './deeds.ts';
import { type Origin, type Principal, requireHeld } from './principal.ts';
import type { Roles } from './roles.ts';
import type { Sessions } from './sessions.ts';
import { requireMayName, storeUserName } from './user-names.ts';
import { lockWorkspace } from './workspaces.ts';

/** A person as the workspace knows them. */
export interface Member {
  id: string;
  email: string;
  name: string;
  userName: string | null;
  role: string;
  emailVerified: boolean;
  secondFactor: boolean;
  disabled: boolean;
  /** The agents whose conversations they see; null: all. */
  agents: string[] | null;
  /** The connections to channels whose conversations they see, by id; null: all, and those on none. */
  connections: string[] | null;
  memberSince: Date;
}

export interface MemberSettings {
  pool: DatabasePool;
  notices: AccessNotices;
  roles: Roles;
  sessions: Sessions;
  record: RecordDeed;
  now(): Date;
}

const columns = `u.id, u.email, u.name, u.user_name AS "userName", m.role, u.email_verified_at IS NOT NULL AS "emailVerified",
  u.totp_confirmed_at IS NOT NULL AS "secondFactor", (m.disabled_at IS NOT NULL OR u.disabled_at IS NOT NULL) AS disabled, m.agents, m.connections,
  m.created_at AS "memberSince"`;

/**
 * The page is taken before anybody's account is looked at, and each account by its key: left to itself the planner merges the two tables
 * from their beginnings, which reads through thousands of accounts for a late page.
 */
const pageOf = (filter: string) => `
  SELECT ${columns}
  FROM (SELECT * FROM memberships WHERE workspace_id = $1 AND user_id > $2 ${filter} ORDER BY user_id LIMIT $3) m,
    LATERAL (SELECT * FROM users WHERE id = m.user_id OFFSET 0) u
  ORDER BY m.user_id`;

const page = { name: 'members', text: pageOf('') };
const pageOfRole = { name: 'members-of-role', text: pageOf('AND role = $4') };
const one = {
  name: 'member',
  text: `SELECT ${columns} FROM memberships m JOIN users u ON u.id = m.user_id WHERE m.workspace_id = $1 AND m.user_id = $2`,
};

/** The members of a workspace, and what they may do. What is taken away is gone at once, in every process. */
export class Members {
  readonly #settings: MemberSettings;

  constructor(settings: MemberSettings) {
    this.#settings = settings;
  }

  /** A page of members, in the order of their ids; `after` is the last id of the page before. */
  async list(
    workspaceId: string,
    { after, limit, role }: { after?: string | undefined; limit: number; role?: string | undefined },
  ) {
    const values = [workspaceId, after ?? '00000000-0000-0000-0000-000000000000', limit];
    const { pool } = this.#settings;
    return role === undefined ? pool.execute<Member>(page, values) : pool.execute<Member>(pageOfRole, [...values, role]);
  }

  /** @throws TimonelError `not_found` */
  async get(workspaceId: string, userId: string): Promise<Member> {
    const [member] = await this.#settings.pool.execute<Member>(one, [workspaceId, userId]);
    if (member === undefined) throw noSuchMember(userId);
    return member;
  }

  /** Adds somebody who has an account; changes their role where they are a member already. For those who act on the installation itself. */
  async add(client: pg.ClientBase, workspaceId: string, userId: string, role: string): Promise<void> {
    await client.query(
      `INSERT INTO memberships (workspace_id, user_id, role) VALUES ($1, $2, $3)
       ON CONFLICT (workspace_id, user_id) DO UPDATE SET role = excluded.role, disabled_at = NULL`,
      [workspaceId, userId, role],
    );
  }

  /**
   * Changes a member's role, the agents and connections whose conversations they see, their user name, or disables and enables them.
   * @throws TimonelError `not_found`, `forbidden` where it takes or gives permissions that the principal does not have, or names a person
   *   who is in other workspaces too, `last_admin`, `user_name_taken`
   */
  async change(
    principal: Principal,
    userId: string,
    change: {
      role?: string | undefined;
      disabled?: boolean | undefined;
      userName?: string | null | undefined;
      agents?: readonly string[] | null | undefined;
      connections?: readonly string[] | null | undefined;
    },
    origin: Origin,
  ): Promise<Member> {
    const { roles, sessions, now } = this.#settings;
    const { workspaceId } = principal;
    if (change.role !== undefined) {
      requireHeld(principal, await roles.permissions(workspaceId, change.role), `The role "${change.role}"`);
    }
    if (change.agents !== undefined) requireWithin('agents', principal.agents, change.agents);
    if (change.connections !== undefined) requireWithin('connections', principal.connections, change.connections);
    await this.#changing(principal, userId, origin, async (client, before) => {
      if (change.userName !== undefined) {
        await requireMayName(client, workspaceId, userId);
        await storeUserName(client, userId, change.userName);
      }
      if (change.agents !== undefined) {
        const values = [workspaceId, userId, change.agents];
        await client.query('UPDATE memberships SET agents = $3 WHERE workspace_id = $1 AND user_id = $2', values);
      }
      if (change.connections !== undefined) {
        await requireConnections(client, workspaceId, change.connections);
        const values = [workspaceId, userId, change.connections];
        await client.query('UPDATE memberships SET connections = $3 WHERE workspace_id = $1 AND user_id = $2', values);
      }
      const losesAdmin = (change.role !== undefined && change.role !== 'admin') || change.disabled === true;
      if (before.role === 'admin' && losesAdmin) await requireAnotherAdmin(client, workspaceId, userId);
      await client.query(
        `UPDATE memberships SET role = COALESCE($3, role),
           disabled_at = CASE WHEN $4::boolean IS NULL THEN disabled_at WHEN $4 THEN COALESCE(disabled_at, $5) END
         WHERE workspace_id = $1 AND user_id = $2`,
        [workspaceId, userId, change.role ?? null, change.disabled ?? null, now()],
      );
      if (change.disabled === true) await sessions.endAll(client, { userId, workspaceId }, 'member-disabled');
      const action = change.disabled === undefined ? 'member-changed' : change.disabled ? 'member-disabled' : 'member-enabled';
      const agents = change.agents === undefined ? {} : { agents: change.agents?.join(', ') ?? 'all' };
      const connections = change.connections === undefined ? {} : { connections: change.connections?.join(', ') ?? 'all' };
      const role = change.role === undefined ? {} : { before: before.role, role: change.role };
      const personal = change.userName === undefined ? undefined : { userName: change.userName };
      return { action, details: { ...role, ...agents, ...connections }, personal };
    });
    return this.get(workspaceId, userId);
  }

  /** Ends a membership; the account stays. @throws TimonelError `not_found`, `forbidden`, `last_admin` */
  async remove(principal: Principal, userId: string, origin: Origin): Promise<void> {
    const { sessions } = this.#settings;
    const { workspaceId } = principal;
    await this.#changing(principal, userId, origin, async (client, before) => {
      if (before.role === 'admin') await requireAnotherAdmin(client, workspaceId, userId);
      await client.query('DELETE FROM memberships WHERE workspace_id = $1 AND user_id = $2', [workspaceId, userId]);
      await client.query(
        'DELETE FROM invitations i USING users u WHERE u.id = $2 AND i.email = u.email AND i.workspace_id = $1 AND i.accepted_at IS NULL',
        [workspaceId, userId],
      );
      await sessions.endAll(client, { userId, workspaceId }, 'member-removed');
      return { action: 'member-removed', details: { role: before.role } };
    });
  }

  /** Changes of the members of one workspace go one after the other: two admins cannot remove each other at the same moment. */
  async #changing(
    principal: Principal,
    userId: string,
    origin: Origin,
    work: (
      client: pg.ClientBase,
      before: { role: string },
    ) => Promise<{ action: string; details: { [key: string]: string }; personal?: JsonObject | undefined }>,
  ): Promise<void> {
    const { notices, record, roles } = this.#settings;
    const { workspaceId } = principal;
    await notices.change(async (client, tell) => {
      await lockWorkspace(client, workspaceId);
      const { rows } = await client.query<{ role: string; permissions: string[] | null }>(
        `SELECT m.role, r.permissions FROM memberships m LEFT JOIN roles r ON r.workspace_id = m.workspace_id AND r.name = m.role
         WHERE m.workspace_id = $1 AND m.user_id = $2`,
        [workspaceId, userId],
      );
      const [before] = rows;
      if (before === undefined) throw noSuchMember(userId);
      requireHeld(principal, roles.of(before.role, before.permissions), `The role that this member has ("${before.role}")`);
      const { action, details, personal } = await work(client, before);
      tell({ kind: 'user', id: userId });
      const target = { kind: 'user', id: userId };
      await record({ workspaceId, actor: principal, action, target, origin, details, personal }, client);
    });
  }
}

/** Nobody opens conversations to others that they do not see themselves. @throws TimonelError `forbidden` */
function requireWithin(what: 'agents' | 'connections', own: readonly string[] | undefined, given: readonly string[] | null): void {
  if (own === undefined || given?.every((each) => own.includes(each)) === true) return;
  throw new TimonelError(
    'forbidden',
    `You see the conversations of ${own.join(', ')}. Give others some of these: "${what}": ["${own[0] ?? ''}"].`,
  );
}

/** @throws TimonelError `connection_not_found` */
async function requireConnections(client: pg.ClientBase, workspaceId: string, ids: readonly string[] | null): Promise<void> {
  const { rows } = await client.query<{ id: string }>(
    'SELECT id FROM channel_connections WHERE workspace_id = $1 AND id = ANY($2::uuid[])',
    [workspaceId, ids ?? []],
  );
  const missing = ids?.find((id) => !rows.some((row) => row.id === id));
  if (missing !== undefined)
    throw new TimonelError(
      'connection_not_found',
      `There is no connection ${missing} in this workspace. GET /api/v1/channels lists them.`,
    );
}

async function requireAnotherAdmin(client: pg.ClientBase, workspaceId: string, userId: string): Promise<void> {
  const { rows } = await client.query(
    `SELECT FROM memberships m JOIN users u ON u.id = m.user_id
     WHERE m.workspace_id = $1 AND m.role = 'admin' AND m.user_id <> $2 AND m.disabled_at IS NULL AND u.disabled_at IS NULL LIMIT 1`,
    [workspaceId, userId],
  );
  if (rows.length === 0) {
    throw new TimonelError('last_admin', 'This is the last admin of the workspace. Make somebody else an admin first.');
  }
}

function noSuchMember(userId: string): TimonelError {
  return new TimonelError('not_found', `There is no member ${userId} in this workspace. GET /api/v1/users lists the members.`);
}
