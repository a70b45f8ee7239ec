import { createHash, randomBytes } from 'node:crypto';
import type pg from 'pg';
import type { DatabasePool } from '../store/database.ts';
import { canonicalEmail } from './canonical-email.ts';
import { networkOf } from './network.ts';

/** A person's account, in however many workspaces. */
export interface User {
  id: string;
  email: string;
  name: string;
  /** To sign in with instead of the address; as its owner wrote it, compared without regard to case. */
  userName: string | null;
  language: 'es' | 'en';
  passwordHash: string | null;
  emailVerifiedAt: Date | null;
  disabledAt: Date | null;
  /** Sealed; in use once confirmed. */
  totpSecret: string | null;
  totpConfirmedAt: Date | null;
  /** The step of the last code that was accepted. */
  totpCounter: string | null;
}

/** A workspace that a person is a member of, and not a disabled one. */
export interface UserWorkspace {
  workspaceId: string;
  name: string;
  role: string;
  /** The workspace itself lets nobody in. */
  disabled: boolean;
}

export interface NewUser {
  id: string;
  email: string;
  name: string;
  language?: 'es' | 'en' | undefined;
  passwordHash: string | null;
  verifiedAt: Date | null;
}

export type UserTokenPurpose = 'verify-email' | 'reset-password';

const columns = `id, email, name, user_name AS "userName", language, password_hash AS "passwordHash", email_verified_at AS "emailVerifiedAt",
  disabled_at AS "disabledAt", totp_secret AS "totpSecret", totp_confirmed_at AS "totpConfirmedAt", totp_counter AS "totpCounter"`;

const byEmail = { name: 'user-by-email', text: `SELECT ${columns} FROM users WHERE email = $1` };
const userNameOf = `lower(user_name COLLATE "C")`;
const byUserName = { name: 'user-by-user-name', text: `SELECT ${columns} FROM users WHERE ${userNameOf} = $1` };
const byId = { name: 'user-by-id', text: `SELECT ${columns} FROM users WHERE id = $1` };

/** The rows of people. What is decided about them is decided elsewhere. */
export class Users {
  readonly #pool: DatabasePool;

  constructor(pool: DatabasePool) {
    this.#pool = pool;
  }

  async byEmail(email: string): Promise<User | undefined> {
    return (await this.#pool.execute<User>(byEmail, [canonicalEmail(email)]))[0];
  }

  /** The account that one signs in to with this: an e-mail address, or a user name. */
  async byLogin(login: string): Promise<User | undefined> {
    return (await this.#pool.execute<User>(isUserName(login) ? byUserName : byEmail, [canonicalEmail(login)]))[0];
  }

  async byId(id: string): Promise<User | undefined> {
    return (await this.#pool.execute<User>(byId, [id]))[0];
  }

  /** @returns whether the account was made: not where the address has one. */
  async create(client: pg.ClientBase, user: NewUser): Promise<boolean> {
    const { rowCount } = await client.query(
      `INSERT INTO users (id, email, name, language, password_hash, email_verified_at) VALUES ($1, $2, $3, $4, $5, $6)
       ON CONFLICT (email) DO NOTHING`,
      [user.id, canonicalEmail(user.email), user.name, user.language ?? 'es', user.passwordHash, user.verifiedAt],
    );
    return rowCount === 1;
  }

  /** The workspaces of the person, by name; those that let nobody in are marked. */
  async workspaces(userId: string): Promise<UserWorkspace[]> {
    return this.#pool.execute<UserWorkspace>(
      {
        name: 'user-workspaces',
        text: `SELECT m.workspace_id AS "workspaceId", w.name, m.role, w.disabled_at IS NOT NULL AS disabled FROM memberships m JOIN workspaces w ON w.workspace_id = m.workspace_id
          WHERE m.user_id = $1 AND m.disabled_at IS NULL ORDER BY w.name, m.workspace_id LIMIT 200`,
      },
      [userId],
    );
  }

  /** Whether the person signed in from this address before, or from its network, among their last two hundred sessions. */
  async signedInFrom(login: string, address: string): Promise<boolean> {
    const rows = await this.#pool.executeText<{ address: string | null }>(
      `SELECT DISTINCT address FROM (
         SELECT s.address FROM users u, LATERAL (SELECT address FROM sessions WHERE user_id = u.id ORDER BY created_at DESC LIMIT 200) s
         WHERE ${isUserName(login) ? userNameOf : 'u.email'} = $1) latest`,
      [canonicalEmail(login)],
    );
    const network = networkOf(address);
    return rows.some((row) => row.address !== null && networkOf(row.address) === network);
  }

  async setPassword(client: pg.ClientBase, userId: string, passwordHash: string): Promise<void> {
    await client.query('UPDATE users SET password_hash = $2 WHERE id = $1', [userId, passwordHash]);
  }

  /** Stores a stronger hash of the same password, unless the password was changed meanwhile. */
  async strengthenPassword(userId: string, before: string | null, passwordHash: string): Promise<void> {
    await this.#pool.executeText('UPDATE users SET password_hash = $3 WHERE id = $1 AND password_hash = $2', [
      userId,
      before,
      passwordHash,
    ]);
  }

  /** Makes a token for a link in a mail; earlier ones for the same purpose are void. */
  async issueToken(client: pg.ClientBase, userId: string, purpose: UserTokenPurpose, expiresAt: Date): Promise<string> {
    const token = `tl_${randomBytes(32).toString('base64url')}`;
    await client.query('DELETE FROM user_tokens WHERE user_id = $1 AND purpose = $2 AND used_at IS NULL', [userId, purpose]);
    await client.query('INSERT INTO user_tokens (token_hash, purpose, user_id, expires_at) VALUES ($1, $2, $3, $4)', [
      tokenDigest(token),
      purpose,
      userId,
      expiresAt,
    ]);
    return token;
  }

  /** Uses a token up: one of any number of racers gets its person. */
  async useToken(client: pg.ClientBase, token: string, purpose: UserTokenPurpose, now: Date): Promise<string | undefined> {
    const { rows } = await client.query<{ user_id: string }>(
      'UPDATE user_tokens SET used_at = $3 WHERE token_hash = $1 AND purpose = $2 AND used_at IS NULL AND expires_at > $3 RETURNING user_id',
      [tokenDigest(token), purpose, now],
    );
    return rows[0]?.user_id;
  }

  /** Whose token this is, while it can be used. */
  async ownerOfToken(token: string, purpose: UserTokenPurpose, now: Date): Promise<User | undefined> {
    const [row] = await this.#pool.executeText<{ user_id: string }>(
      'SELECT user_id FROM user_tokens WHERE token_hash = $1 AND purpose = $2 AND used_at IS NULL AND expires_at > $3',
      [tokenDigest(token), purpose, now],
    );
    return row === undefined ? undefined : this.byId(row.user_id);
  }
}

/** Whether what somebody signs in with is a user name; else it is an e-mail address. */
export function isUserName(login: string): boolean {
  return !login.includes('@');
}

/** What is stored of a token with 256 random bits. */
export function tokenDigest(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
