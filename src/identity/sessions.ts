import { createHash, createHmac, randomBytes } from 'node:crypto';
import type pg from 'pg';
import type { SessionSettings as Lasting } from '../config.ts';
import { TimonelError } from '../errors.ts';
import type { DatabasePool } from '../store/database.ts';
import type { AccessNotices } from './access.ts';
import { type AccessTokens, accessTokenSeconds } from './access-tokens.ts';
import type { RecordDeed } from './deeds.ts';
import type { Origin } from './principal.ts';
import type { ServerKeys } from './secrets.ts';
import { workspaceDisabled } from './workspaces.ts';

/** What a sign-in or a refresh brings. */
export interface SignedIn {
  accessToken: string;
  /** Seconds. */
  expiresIn: number;
  refreshToken: string;
  /** When the session ends, whatever is refreshed: the person signs in again. */
  sessionExpiresAt: Date;
  sessionId: string;
  userId: string;
  workspaceId: string;
}

export interface SessionView {
  id: string;
  createdAt: Date;
  lastSeenAt: Date;
  expiresAt: Date;
  address: string | null;
  userAgent: string | null;
}

export type RevocationReason =
  | 'logout'
  | 'revoked'
  | 'reuse'
  | 'password-changed'
  | 'password-reset'
  | 'second-factor-changed'
  | 'member-disabled'
  | 'member-removed'
  | 'user-disabled';

interface SessionRow {
  session_id: string;
  user_id: string;
  workspace_id: string;
  expires_at: Date;
}

export interface SessionsDependencies {
  pool: DatabasePool;
  notices: AccessNotices;
  keys: ServerKeys;
  tokens: AccessTokens;
  record: RecordDeed;
  /** How long a session lasts at most, and without a refresh. */
  lasts: Lasting;
  now(): Date;
  newId(): string;
}

/** How long a used refresh token is answered once more, in milliseconds: the answer to its use may have been lost on the way. */
const graceMs = 10_000;

const purpose = 'refresh-successors';
const tokenForm = /^tr_[\w-]{43}$/;

/** `$2` is now, and `$4` the instant before which a session was refreshed last that ended by itself. */
const open = `s.revoked_at IS NULL AND s.expires_at > $2 AND s.last_seen_at > $4 AND EXISTS (
  SELECT FROM users u JOIN memberships m ON m.user_id = u.id
  WHERE u.id = s.user_id AND m.workspace_id = s.workspace_id AND u.disabled_at IS NULL AND m.disabled_at IS NULL)`;

const inDisabledWorkspace = '(SELECT w.disabled_at IS NOT NULL FROM workspaces w WHERE w.workspace_id = s.workspace_id)';

/**
 * Sessions: a sign-in, and the chain of refresh tokens that it began.
 *
 * A refresh token is used by one conditional update, so that of any number of racers one wins. Its successor is drawn from the token itself
 * and a key of the server: who repeats a refresh whose answer was lost gets the same successor, without its being stored in the clear. A
 * used token that comes back later, or when its successor is in use, was stolen or copied: the session ends for both.
 */
export class Sessions {
  readonly #settings: SessionsDependencies;

  constructor(settings: SessionsDependencies) {
    this.#settings = settings;
  }

  /** Begins a session, in the caller's transaction. @param until when it ends at the latest; as long as a sign-in lasts where absent. */
  async begin(client: pg.ClientBase, userId: string, workspaceId: string, origin: Origin, until?: Date): Promise<SignedIn> {
    const { now, newId } = this.#settings;
    const sessionId = newId();
    const refreshToken = `tr_${randomBytes(32).toString('base64url')}`;
    const expiresAt = until ?? new Date(now().getTime() + this.#settings.lasts.longestMs);
    await client.query(
      `WITH session AS (
         INSERT INTO sessions (id, workspace_id, user_id, created_at, last_seen_at, expires_at, address, user_agent)
         VALUES ($1, $2, $3, $4, $4, $5, $6, $7) RETURNING id
       ) INSERT INTO refresh_tokens (token_hash, session_id, created_at) SELECT $8, id, $4 FROM session`,
      [
        sessionId,
        workspaceId,
        userId,
        now(),
        expiresAt,
        origin.address,
        origin.userAgent?.slice(0, 400) ?? null,
        digestOf(refreshToken),
      ],
    );
    return this.#signedIn(
      { session_id: sessionId, user_id: userId, workspace_id: workspaceId, expires_at: expiresAt },
      refreshToken,
    );
  }

  /**
   * When an open session ends, whatever is refreshed; in the caller's transaction. What ends all sessions of the person changes the account
   * first: it waits for this transaction and finds the session that is begun in it, or this one waits and finds the session ended.
   * @throws TimonelError `session_ended`
   */
  async endOf(client: pg.ClientBase, userId: string, sessionId: string): Promise<Date> {
    await client.query('SELECT FROM users WHERE id = $1 FOR SHARE', [userId]);
    const { rows } = await client.query<{ expires_at: Date }>(
      'SELECT expires_at FROM sessions WHERE id = $1 AND user_id = $2 AND revoked_at IS NULL AND expires_at > $3 FOR SHARE',
      [sessionId, userId, this.#settings.now()],
    );
    if (rows[0] === undefined) throw sessionEnded();
    return rows[0].expires_at;
  }

  /**
   * Exchanges a refresh token for its successor and a new access token. In a disabled workspace the token stays unused, and is good again
   * with the workspace.
   * @throws TimonelError `session_ended`, `workspace_disabled`
   */
  async refresh(refreshToken: string, origin: Origin): Promise<SignedIn> {
    if (!tokenForm.test(refreshToken)) throw sessionEnded();
    const { pool, keys, now } = this.#settings;
    const digest = digestOf(refreshToken);
    const successors = keys.all(purpose).map(({ key }) => successorOf(refreshToken, key));
    const [successor = ''] = successors;
    const [won] = await pool.execute<SessionRow>(
      {
        name: 'refresh-use',
        text: `
          WITH used AS (
            UPDATE refresh_tokens t SET used_at = $2 FROM sessions s
            WHERE t.token_hash = $1 AND t.used_at IS NULL AND s.id = t.session_id AND ${open} AND NOT ${inDisabledWorkspace}
            RETURNING s.id AS session_id, s.user_id, s.workspace_id, s.expires_at
          ), seen AS (
            UPDATE sessions s SET last_seen_at = $2 FROM used WHERE s.id = used.session_id
          ), successor AS (
            INSERT INTO refresh_tokens (token_hash, session_id, created_at) SELECT $3, session_id, $2 FROM used
          )
          SELECT * FROM used`,
      },
      [digest, now(), digestOf(successor), this.#idleSince()],
    );
    if (won !== undefined) return this.#signedIn(won, successor);
    return this.#repeated(digest, successors, origin);
  }

  /** Ends the session of a refresh token, also of one that was used. A token that nobody knows ends nothing. */
  async endByToken(refreshToken: string, origin: Origin): Promise<void> {
    const [row] = await this.#settings.pool.executeText<{ id: string; user_id: string; workspace_id: string; name: string }>(
      `SELECT s.id, s.user_id, s.workspace_id, u.name FROM refresh_tokens t JOIN sessions s ON s.id = t.session_id JOIN users u ON u.id = s.user_id
       WHERE t.token_hash = $1`,
      [digestOf(refreshToken)],
    );
    if (row === undefined) return;
    await this.end({ kind: 'user', id: row.user_id, name: row.name, workspaceId: row.workspace_id }, row.id, 'logout', origin);
  }

  /** Ends one session of a person. @throws TimonelError `not_found` */
  async end(
    person: { kind: 'user'; id: string; name: string; workspaceId: string },
    sessionId: string,
    reason: RevocationReason,
    origin: Origin,
  ): Promise<void> {
    const { notices, record, now } = this.#settings;
    await notices.change(async (client, tell) => {
      const { rows } = await client.query<{ revoked: boolean }>(
        `UPDATE sessions SET revoked_at = COALESCE(revoked_at, $3), revoked_reason = COALESCE(revoked_reason, $4)
         WHERE id = $1 AND user_id = $2 RETURNING revoked_at = $3 AS revoked`,
        [sessionId, person.id, now(), reason],
      );
      if (rows.length === 0) {
        throw new TimonelError(
          'not_found',
          `You have no session ${sessionId}. GET /api/v1/auth/sessions lists those that you have.`,
        );
      }
      tell({ kind: 'session', id: sessionId });
      if (rows[0]?.revoked !== true) return;
      await record(
        {
          workspaceId: person.workspaceId,
          actor: person,
          action: 'session-ended',
          target: { kind: 'session', id: sessionId },
          origin,
          details: { reason },
        },
        client,
      );
    });
  }

  /**
   * Ends the sessions of a person, in the caller's transaction: in one workspace or in all, but for `except`.
   * The caller tells that the person changed, which covers their sessions.
   */
  async endAll(
    client: pg.ClientBase,
    of: { userId: string; workspaceId?: string | undefined; except?: string | undefined },
    reason: RevocationReason,
  ): Promise<void> {
    await client.query(
      `UPDATE sessions SET revoked_at = $4, revoked_reason = $5
       WHERE user_id = $1 AND ($2::text IS NULL OR workspace_id = $2) AND ($3::uuid IS NULL OR id <> $3) AND revoked_at IS NULL`,
      [of.userId, of.workspaceId ?? null, of.except ?? null, this.#settings.now(), reason],
    );
  }

  /** The open sessions of a person in a workspace, the latest first. */
  async list(workspaceId: string, userId: string): Promise<SessionView[]> {
    return this.#settings.pool.executeText<SessionView>(
      `SELECT id, created_at AS "createdAt", last_seen_at AS "lastSeenAt", expires_at AS "expiresAt", address, user_agent AS "userAgent"
       FROM sessions WHERE user_id = $2 AND workspace_id = $1 AND revoked_at IS NULL AND expires_at > $3 AND last_seen_at > $4
       ORDER BY created_at DESC LIMIT 200`,
      [workspaceId, userId, this.#settings.now(), this.#idleSince()],
    );
  }

  #idleSince(): Date {
    return new Date(this.#settings.now().getTime() - this.#settings.lasts.idleMs);
  }

  /** A token that was used before: by the same client, whose answer got lost, or by somebody who should not have it. */
  async #repeated(digest: Buffer, successors: string[], origin: Origin): Promise<SignedIn> {
    const { pool, now } = this.#settings;
    const candidates = successors.map((token) => ({ token, digest: digestOf(token) }));
    const [row] = await pool.execute<
      SessionRow & {
        used_at: Date | null;
        open: boolean;
        workspace_disabled: boolean;
        name: string;
        successor: Buffer | null;
        taken: boolean;
      }
    >(
      {
        name: 'refresh-repeat',
        text: `
          SELECT t.used_at, s.id AS session_id, s.user_id, s.workspace_id, s.expires_at, u.name, (${open}) AS open, ${inDisabledWorkspace} AS workspace_disabled,
            n.token_hash AS successor, n.used_at IS NOT NULL AS taken
          FROM refresh_tokens t JOIN sessions s ON s.id = t.session_id JOIN users u ON u.id = s.user_id
            LEFT JOIN refresh_tokens n ON n.token_hash = ANY($3::bytea[]) AND n.session_id = s.id
          WHERE t.token_hash = $1`,
      },
      [digest, now(), candidates.map((candidate) => candidate.digest), this.#idleSince()],
    );
    if (row === undefined || !row.open) throw sessionEnded();
    if (row.workspace_disabled) throw workspaceDisabled(row.workspace_id);
    if (row.used_at === null) throw sessionEnded();
    const again = candidates.find((candidate) => row.successor?.equals(candidate.digest));
    if (again !== undefined && !row.taken && now().getTime() - row.used_at.getTime() <= graceMs)
      return this.#signedIn(row, again.token);
    await this.#endReused(row, origin);
    throw sessionEnded();
  }

  async #endReused(row: SessionRow & { name: string }, origin: Origin): Promise<void> {
    const { notices, record, now } = this.#settings;
    await notices.change(async (client, tell) => {
      const { rowCount } = await client.query(
        `UPDATE sessions SET revoked_at = $2, revoked_reason = 'reuse' WHERE id = $1 AND revoked_at IS NULL`,
        [row.session_id, now()],
      );
      tell({ kind: 'session', id: row.session_id });
      if (rowCount === 0) return;
      await record(
        {
          workspaceId: row.workspace_id,
          actor: 'anonymous',
          action: 'refresh-token-reused',
          target: { kind: 'session', id: row.session_id },
          origin,
          details: { user: row.user_id },
        },
        client,
      );
    });
  }

  async #signedIn(row: SessionRow, refreshToken: string): Promise<SignedIn> {
    return {
      accessToken: await this.#settings.tokens.issue(row.user_id, row.session_id),
      expiresIn: accessTokenSeconds,
      refreshToken,
      sessionExpiresAt: row.expires_at,
      sessionId: row.session_id,
      userId: row.user_id,
      workspaceId: row.workspace_id,
    };
  }
}

function digestOf(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}

function successorOf(token: string, key: Uint8Array): string {
  return `tr_${createHmac('sha256', key).update(token).digest('base64url')}`;
}

function sessionEnded(): TimonelError {
  return new TimonelError('session_ended', 'The session has ended, or the refresh token is not known here. Sign in again.');
}
