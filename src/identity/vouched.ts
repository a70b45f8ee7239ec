/** Accounts of people for whom an agent vouches, since a system of others has signed them in: a learning platform, say. */
import type pg from 'pg';
import { TimonelError } from '../errors.ts';
import type { DatabasePool } from '../store/database.ts';
import type { AccessNotices } from './access.ts';
import type { RecordDeed } from './deeds.ts';
import type { Origin } from './principal.ts';
import type { Sessions } from './sessions.ts';
import type { Users } from './users.ts';
import { lockWorkspace } from './workspaces.ts';

/** Roles that agents may vouch for, those that may less first. None of them changes who may do what. */
export const vouchedRoles = ['student', 'member', 'instructor'] as const;
export type VouchedRole = (typeof vouchedRoles)[number];

/** A person as the other system names them. */
export interface VouchedPerson {
  /** The system, e.g. the id of its row; the agent and the workspace are added to it. 1 to 200 characters. */
  issuer: string;
  /** The person there. 1 to 255 characters. */
  subject: string;
  /** What they are called, up to 200 characters; "" where the system does not tell. */
  name: string;
  /** One that the agent declares in `vouchesFor`. A person keeps the highest that they were vouched for. */
  role: VouchedRole;
}

/** A session for a page that the agent shows: hand it to the page, never to an address. */
export interface AgentSession {
  userId: string;
  accessToken: string;
  /** Seconds. */
  expiresIn: number;
  refreshToken: string;
  sessionExpiresAt: Date;
}

/**
 * Accounts of the people for whom the agent vouches, in its workspace. Such an account has no password and no e-mail address, is joined to no other
 * account, and is opened by this agent and this workspace alone.
 */
export interface AgentAccounts {
  /**
   * Finds the account of a person, or makes it.
   * @throws TimonelError `forbidden` where the workspace disabled or removed the person, or the role is not declared; `invalid_request`
   */
  vouch(person: VouchedPerson): Promise<{ userId: string }>;
  /**
   * Signs a person in whose account is there.
   * @throws TimonelError `forbidden` where there is none, it is disabled, has a second factor, or was given a role beyond those that the agent declares
   */
  signIn(person: Pick<VouchedPerson, 'issuer' | 'subject'>): Promise<AgentSession>;
}

interface Place {
  workspaceId: string;
  agent: string;
  /** What the agent declares. */
  roles: readonly VouchedRole[];
  origin: Origin;
}

interface VouchedAccountsDependencies {
  pool: DatabasePool;
  users: Users;
  sessions: Sessions;
  notices: AccessNotices;
  record: RecordDeed;
  now(): Date;
  newId(): string;
}

interface Account {
  userId: string;
  name: string;
  /** Null: not a member. */
  role: string | null;
  disabled: boolean;
  secondFactor: boolean;
}

const rank = (role: string) => vouchedRoles.indexOf(role as VouchedRole);

export class VouchedAccounts {
  readonly #dependencies: VouchedAccountsDependencies;

  constructor(dependencies: VouchedAccountsDependencies) {
    this.#dependencies = dependencies;
  }

  for(place: Place): AgentAccounts {
    return {
      vouch: (person) => this.#vouch(place, person),
      signIn: (person) => this.#signIn(place, person),
    };
  }

  async #vouch(place: Place, { issuer, subject, name, role }: VouchedPerson): Promise<{ userId: string }> {
    const { agent, roles, workspaceId } = place;
    if (!roles.includes(role)) {
      throw new TimonelError(
        'forbidden',
        `The agent "${agent}" vouches for ${roles.length === 0 ? 'nobody' : roles.join(', ')}, not for "${role}". Declare it in vouchesFor.`,
      );
    }
    const key = { issuer: issuerOf(place, issuer), subject: checked('subject', subject, 255) };
    // What others write is shown in lists and mails.
    const given = name
      .replaceAll(/[<>\p{Cc}]/gu, '')
      .trim()
      .slice(0, 200);
    const known = await this.#find(workspaceId, key);
    if (known !== undefined && isSettled(known, role, given || known.name)) return { userId: known.userId };
    return this.#dependencies.notices.change(async (client, tell) => {
      await lockWorkspace(client, workspaceId);
      // Two at once: the second one finds what the first one made.
      const found = await this.#find(workspaceId, key, client);
      const userId = found?.userId ?? this.#dependencies.newId();
      if (found === undefined) await this.#create(client, place, key, { userId, name: given || 'Anonymous', role });
      else await this.#update(client, place, found, { name: given || found.name, role });
      tell({ kind: 'user', id: userId });
      return { userId };
    });
  }

  async #create(
    client: pg.ClientBase,
    { workspaceId, agent, origin }: Place,
    { issuer, subject }: { issuer: string; subject: string },
    { userId, name, role }: { userId: string; name: string; role: VouchedRole },
  ): Promise<void> {
    const { users, record } = this.#dependencies;
    // No mail goes to a name below .invalid (RFC 2606).
    const email = `${userId}@accounts.invalid`;
    await users.create(client, { id: userId, email, name, passwordHash: null, verifiedAt: null });
    await client.query('INSERT INTO user_identities (issuer, subject, user_id) VALUES ($1, $2, $3)', [issuer, subject, userId]);
    await client.query('INSERT INTO memberships (workspace_id, user_id, role) VALUES ($1, $2, $3)', [workspaceId, userId, role]);
    const target = { kind: 'user', id: userId };
    await record({ workspaceId, actor: 'system', action: 'member-added', target, origin, details: { role, by: agent } }, client);
  }

  async #update(
    client: pg.ClientBase,
    { workspaceId, agent, origin }: Place,
    { userId, role: before, disabled }: Account,
    { name, role }: { name: string; role: VouchedRole },
  ): Promise<void> {
    if (before === null || disabled) throw shutOut();
    await client.query('UPDATE users SET name = $2 WHERE id = $1 AND name <> $2', [userId, name]);
    if (!isRaised(before, role)) return;
    await client.query('UPDATE memberships SET role = $3 WHERE workspace_id = $1 AND user_id = $2', [workspaceId, userId, role]);
    const target = { kind: 'user', id: userId };
    const details = { role, before, by: agent };
    await this.#dependencies.record({ workspaceId, actor: 'system', action: 'member-changed', target, origin, details }, client);
  }

  async #signIn(place: Place, { issuer, subject }: Pick<VouchedPerson, 'issuer' | 'subject'>): Promise<AgentSession> {
    const { workspaceId, roles, origin, agent } = place;
    const { notices, sessions, record } = this.#dependencies;
    const account = await this.#find(workspaceId, { issuer: issuerOf(place, issuer), subject });
    if (account === undefined || account.role === null || account.disabled) throw shutOut();
    if (account.secondFactor || !roles.includes(account.role as VouchedRole)) {
      throw new TimonelError(
        'forbidden',
        `This account may do more than the agent "${agent}" vouches for, or has a second factor: its owner signs in with POST /api/v1/auth/login.`,
      );
    }
    const { userId, name } = account;
    return notices.change(async (client) => {
      const begun = await sessions.begin(client, userId, workspaceId, origin);
      const actor = { kind: 'user' as const, id: userId, name };
      const target = { kind: 'session', id: begun.sessionId };
      await record({ workspaceId, actor, action: 'session-started', target, origin, details: { by: agent } }, client);
      const { accessToken, expiresIn, refreshToken, sessionExpiresAt } = begun;
      return { userId, accessToken, expiresIn, refreshToken, sessionExpiresAt };
    });
  }

  async #find(
    workspaceId: string,
    { issuer, subject }: { issuer: string; subject: string },
    client?: pg.ClientBase,
  ): Promise<Account | undefined> {
    const text = `SELECT u.id AS "userId", u.name, m.role, (m.disabled_at IS NOT NULL OR u.disabled_at IS NOT NULL) AS disabled,
        u.totp_confirmed_at IS NOT NULL AS "secondFactor"
      FROM user_identities i JOIN users u ON u.id = i.user_id LEFT JOIN memberships m ON m.user_id = u.id AND m.workspace_id = $1
      WHERE i.issuer = $2 AND i.subject = $3`;
    const values = [workspaceId, issuer, subject];
    const rows =
      client === undefined
        ? await this.#dependencies.pool.executeText<Account & Record<string, unknown>>(text, values)
        : (await client.query<Account>(text, values)).rows;
    return rows[0];
  }
}

/** No issuer of OpenID Connect is called so: they are addresses. */
function issuerOf({ agent, workspaceId }: Pick<Place, 'agent' | 'workspaceId'>, issuer: string): string {
  return `agent:${agent}:${workspaceId}:${checked('issuer', issuer, 200)}`;
}

function isRaised(before: string, role: VouchedRole): boolean {
  return rank(before) >= 0 && rank(before) < rank(role);
}

function isSettled({ name, role, disabled }: Account, wanted: VouchedRole, shown: string): boolean {
  return role !== null && !disabled && name === shown && !isRaised(role, wanted);
}

function checked(what: string, text: string, most: number): string {
  if (text !== '' && text.length <= most && !text.includes('\u0000')) return text;
  throw new TimonelError('invalid_request', `The ${what} of a person has 1 to ${most} characters.`);
}

function shutOut(): TimonelError {
  return new TimonelError('forbidden', 'You are not in this workspace, or were taken out of it. Ask whoever runs it.');
}
