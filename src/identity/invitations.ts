import { randomBytes } from 'node:crypto';
import type pg from 'pg';
import { TimonelError } from '../errors.ts';
import type { DatabasePool } from '../store/database.ts';
import type { AccessNotices } from './access.ts';
import type { Doer } from './api-keys.ts';
import { canonicalEmail } from './canonical-email.ts';
import type { RecordDeed } from './deeds.ts';
import { giverOf } from './grants.ts';
import type { Mailer } from './mail/mailer.ts';
import { type Origin, type Principal, requireHeld } from './principal.ts';
import type { Roles } from './roles.ts';
import { tokenDigest } from './users.ts';
import { lockWorkspace, type Workspaces } from './workspaces.ts';

export interface Invitation {
  id: string;
  workspaceId: string;
  email: string;
  role: string;
  createdAt: Date;
  expiresAt: Date;
}

export interface InvitationSettings {
  pool: DatabasePool;
  notices: AccessNotices;
  roles: Roles;
  workspaces: Workspaces;
  mailer: Mailer;
  record: RecordDeed;
  now(): Date;
  newId(): string;
  publicUrl: string;
}

const days = 7;
const columns = `id, workspace_id AS "workspaceId", email, role, created_at AS "createdAt", expires_at AS "expiresAt"`;

/** Invitations into a workspace, by mail. Whether the address has an account elsewhere is nobody's business but its owner's. */
export class Invitations {
  readonly #settings: InvitationSettings;

  constructor(settings: InvitationSettings) {
    this.#settings = settings;
  }

  /**
   * Invites somebody; an invitation before it is void. @throws TimonelError `not_found` for a role that is not there, `forbidden` for one
   * that may do more than who invites, `already_member`
   */
  async invite(
    principal: Principal,
    to: { email: string; role: string; language: 'es' | 'en' },
    origin: Origin,
  ): Promise<Invitation> {
    const { roles, workspaces, notices } = this.#settings;
    const { workspaceId } = principal;
    requireHeld(principal, await roles.permissions(workspaceId, to.role), `The role "${to.role}"`);
    const { name: workspaceName } = await workspaces.get(workspaceId);
    const email = canonicalEmail(to.email);
    return notices.change(async (client) => {
      await lockWorkspace(client, workspaceId);
      const member = await client.query(
        'SELECT FROM users u JOIN memberships m ON m.user_id = u.id WHERE u.email = $2 AND m.workspace_id = $1',
        [workspaceId, email],
      );
      if (member.rows.length > 0) {
        throw new TimonelError(
          'already_member',
          'Somebody with this address is a member already. GET /api/v1/users lists the members.',
        );
      }
      const { invitation, link } = await this.issue(client, { workspaceId, email, role: to.role }, { principal, origin });
      await this.mail({ ...to, email }, { workspaceName, invitedBy: principal.name, link });
      return invitation;
    });
  }

  /**
   * Makes an invitation in the caller's transaction, under the lock of the workspace; one before it is void.
   * @param by absent for the installation itself. @returns it, and the link that accepts it, which is stored nowhere.
   */
  async issue(
    client: pg.ClientBase,
    to: { workspaceId: string; email: string; role: string },
    by?: Doer,
  ): Promise<{ invitation: Invitation; link: string }> {
    const { record, now, newId, publicUrl } = this.#settings;
    const { workspaceId, role } = to;
    const token = `ti_${randomBytes(32).toString('base64url')}`;
    const expiresAt = new Date(now().getTime() + days * 86_400_000);
    const { rows } = await client.query<Invitation>(
      `INSERT INTO invitations (id, workspace_id, email, role, token_hash, invited_by, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
       ON CONFLICT (workspace_id, email) WHERE accepted_at IS NULL
       DO UPDATE SET role = excluded.role, token_hash = excluded.token_hash, invited_by = excluded.invited_by, created_at = excluded.created_at,
         expires_at = excluded.expires_at
       RETURNING ${columns}`,
      [
        newId(),
        workspaceId,
        canonicalEmail(to.email),
        role,
        tokenDigest(token),
        by === undefined ? null : giverOf(by.principal, workspaceId),
        now(),
        expiresAt,
      ],
    );
    const [invitation] = rows;
    if (invitation === undefined) throw new Error('The invitation was not stored.');
    await record(
      {
        workspaceId,
        actor: by?.principal ?? 'system',
        action: 'invitation-sent',
        target: { kind: 'invitation', id: invitation.id },
        origin: by?.origin,
        details: { role },
      },
      client,
    );
    return { invitation, link: `${publicUrl}/invitation?token=${token}` };
  }

  /** Puts the mail with an invitation's link on its way, in the transaction at hand. */
  async mail(
    { email, language }: { email: string; language: 'es' | 'en' },
    { workspaceName, invitedBy, link }: { workspaceName: string; invitedBy: string; link: string },
  ): Promise<void> {
    const content = { kind: 'invitation' as const, workspace: workspaceName, invitedBy, link, days };
    await this.#settings.mailer.send({ to: email, language, content });
  }

  /** The invitation with this token, while it can be accepted. */
  async find(token: string): Promise<Invitation | undefined> {
    const { pool, now } = this.#settings;
    const [row] = await pool.executeText<Invitation>(
      `SELECT ${columns} FROM invitations WHERE token_hash = $1 AND accepted_at IS NULL AND expires_at > $2`,
      [tokenDigest(token), now()],
    );
    return row;
  }

  /** Uses the invitation up, in the caller's transaction. @returns what it gives, and who gave it; `undefined` where it could not be used. */
  async use(
    client: pg.ClientBase,
    token: string,
  ): Promise<{ workspaceId: string; role: string; invitedBy: string | null } | undefined> {
    const { rows } = await client.query<{ workspaceId: string; role: string; invitedBy: string | null }>(
      `UPDATE invitations SET accepted_at = $2 WHERE token_hash = $1 AND accepted_at IS NULL AND expires_at > $2
       RETURNING workspace_id AS "workspaceId", role, invited_by AS "invitedBy"`,
      [tokenDigest(token), this.#settings.now()],
    );
    return rows[0];
  }

  /** Those that wait to be accepted, the latest first. */
  async list(workspaceId: string): Promise<Invitation[]> {
    const { pool, now } = this.#settings;
    return pool.executeText<Invitation>(
      `SELECT ${columns} FROM invitations WHERE workspace_id = $1 AND accepted_at IS NULL AND expires_at > $2 ORDER BY created_at DESC LIMIT 1000`,
      [workspaceId, now()],
    );
  }

  /** @throws TimonelError `not_found` */
  async withdraw(principal: Principal, id: string, origin: Origin): Promise<void> {
    const { notices, record } = this.#settings;
    const { workspaceId } = principal;
    await notices.change(async (client) => {
      await lockWorkspace(client, workspaceId);
      const { rowCount } = await client.query(
        'DELETE FROM invitations WHERE workspace_id = $1 AND id = $2 AND accepted_at IS NULL',
        [workspaceId, id],
      );
      if (rowCount === 0) {
        throw new TimonelError(
          'not_found',
          `No invitation ${id} waits in this workspace. GET /api/v1/invitations lists those that do.`,
        );
      }
      await record(
        { workspaceId, actor: principal, action: 'invitation-withdrawn', target: { kind: 'invitation', id }, origin },
        client,
      );
    });
  }
}
