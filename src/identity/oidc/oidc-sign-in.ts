import type pg from 'pg';
import { TimonelError } from '../../errors.ts';
import type { DatabasePool } from '../../store/database.ts';
import type { AccessNotices } from '../access.ts';
import type { RecordDeed } from '../deeds.ts';
import type { Grants } from '../grants.ts';
import type { Mailer } from '../mail/mailer.ts';
import type { Members } from '../members.ts';
import type { Origin } from '../principal.ts';
import { Sealer } from '../sealed.ts';
import type { ServerKeys } from '../secrets.ts';
import type { Sessions, SignedIn } from '../sessions.ts';
import type { SignIn } from '../sign-in.ts';
import type { User, Users } from '../users.ts';
import { lockWorkspace } from '../workspaces.ts';
import { type Claims, signInSeconds } from './providers.ts';

export interface OidcSignInSettings {
  pool: DatabasePool;
  users: Users;
  members: Members;
  grants: Grants;
  sessions: Sessions;
  signIn: SignIn;
  notices: AccessNotices;
  record: RecordDeed;
  now(): Date;
  newId(): string;
  keys: ServerKeys;
  mailer: Mailer;
  publicUrl: string;
  registration: 'open' | 'invite' | 'closed';
  /** Where those go who register on their own. */
  openWorkspace: string;
}

/** What a sign-in comes to: a session, or a question for the password, whose asker the browser keeps sealed. */
export type Entered = { kind: 'in'; signedIn: SignedIn } | { kind: 'link'; sealed: string };

/** What the browser keeps meanwhile. */
interface Kept {
  claims: Claims;
  workspace: string | undefined;
  userId: string;
  /** Milliseconds since the epoch. */
  until: number;
}

/**
 * From what an issuer says of a person to a session of theirs. The issuer and its subject name the account; an address leads to one only
 * the first time, and only where it is proven.
 */
export class OidcSignIn {
  readonly #settings: OidcSignInSettings;
  readonly #sealer: Sealer;

  constructor(settings: OidcSignInSettings) {
    this.#settings = settings;
    this.#sealer = new Sealer(settings.keys, 'oidc-link');
  }

  /**
   * @returns a session; or, where an account has the address which its owner confirmed and the issuer may not open it by that alone, what the
   *   browser keeps until {@link link}.
   * @throws TimonelError `email_unverified`, `registration_closed`, `credentials_refused` (a disabled account), `second_factor_required`,
   *   `workspace_required`
   */
  async enter(claims: Claims, workspace: string | undefined, origin: Origin): Promise<Entered> {
    const known = await this.#linked(claims);
    if (known !== undefined) return this.#enter(known, workspace, origin);
    const { users, now } = this.#settings;
    const email = provenAddress(claims);
    const existing = await users.byEmail(email);
    if (existing !== undefined) requireNoSecondFactor(existing);
    if (existing !== undefined && existing.emailVerifiedAt !== null && !claims.linkByEmail) {
      const kept: Kept = { claims, workspace, userId: existing.id, until: now().getTime() + signInSeconds * 1000 };
      return { kind: 'link', sealed: this.#sealer.seal(JSON.stringify(kept), 'browser') };
    }
    return this.#enter(await users.byId(await this.#link(claims, email, existing, origin)), workspace, origin);
  }

  /**
   * Joins the account elsewhere to the one here, once its password was given. @param sealed what {@link enter} gave to the browser.
   * @throws TimonelError `oidc_refused`, `credentials_refused`, `second_factor_required`, `too_many_attempts`
   */
  async link(sealed: string | undefined, password: string, origin: Origin): Promise<Extract<Entered, { kind: 'in' }>> {
    const { users, signIn, now } = this.#settings;
    const kept = this.#open(sealed);
    const user = kept === undefined || kept.until < now().getTime() ? undefined : await users.byId(kept.userId);
    if (kept === undefined || user === undefined || user.email !== kept.claims.email) {
      throw new TimonelError('oidc_refused', 'This browser signed in with no other service in the last ten minutes. Begin again.');
    }
    requireNoSecondFactor(user);
    await signIn.proven({ login: user.email, password }, origin);
    await this.#link(kept.claims, user.email, user, origin);
    return this.#enter(user, kept.workspace, origin);
  }

  async #enter(user: User | undefined, workspace: string | undefined, origin: Origin): Promise<Extract<Entered, { kind: 'in' }>> {
    if (user === undefined || user.disabledAt !== null) throw new TimonelError('credentials_refused', 'The account is disabled.');
    requireNoSecondFactor(user);
    return { kind: 'in', signedIn: await this.#settings.signIn.enter(user, workspace, origin) };
  }

  #open(sealed: string | undefined): Kept | undefined {
    if (sealed === undefined) return undefined;
    try {
      return JSON.parse(this.#sealer.open(sealed, 'browser')) as Kept;
    } catch {
      return undefined;
    }
  }

  async #linked({ issuer, subject }: Claims): Promise<User | undefined> {
    const { pool, users, now } = this.#settings;
    const [row] = await pool.executeText<{ user_id: string }>(
      'UPDATE user_identities SET last_used_at = $3 WHERE issuer = $1 AND subject = $2 RETURNING user_id',
      [issuer, subject, now()],
    );
    return row === undefined ? undefined : users.byId(row.user_id);
  }

  /** Joins the issuer's subject to the account of its address, or makes one where that is allowed. @returns the account's id. */
  async #link(claims: Claims, email: string, existing: User | undefined, origin: Origin): Promise<string> {
    const { notices, record, mailer, publicUrl } = this.#settings;
    const { issuer, subject } = claims;
    const userId = existing?.id ?? this.#settings.newId();
    await notices.change(async (client, tell) => {
      const joins = existing === undefined ? await this.#workspacesToJoin(client, email) : [];
      if (existing === undefined) await this.#create(client, userId, claims, email, joins);
      else if (existing.emailVerifiedAt === null) await this.#claim(client, userId);
      await client.query(
        'INSERT INTO user_identities (issuer, subject, user_id, email) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING',
        [issuer, subject, userId, email],
      );
      tell({ kind: 'user', id: userId });
      if (existing !== undefined) {
        const content = { kind: 'sign-in-linked' as const, name: existing.name, issuer, link: `${publicUrl}/forgot-password` };
        await mailer.send({ to: existing.email, language: existing.language, content });
      }
      const workspaceIds =
        existing === undefined
          ? joins.map(({ workspaceId }) => workspaceId)
          : (
              await client.query<{ id: string }>('SELECT workspace_id AS id FROM memberships WHERE user_id = $1 ORDER BY 1', [
                userId,
              ])
            ).rows.map(({ id }) => id);
      const actor = { kind: 'user' as const, id: userId, name: existing?.name ?? claims.name };
      const target = { kind: 'user', id: userId };
      for (const workspaceId of [...workspaceIds].sort()) {
        await record({ workspaceId, actor, action: 'identity-linked', target, origin, details: { issuer } }, client);
      }
    });
    return userId;
  }

  /** The workspaces that somebody new comes into. @throws TimonelError `registration_closed` */
  async #workspacesToJoin(client: pg.ClientBase, email: string): Promise<Join[]> {
    const { grants, registration, openWorkspace, now } = this.#settings;
    const waiting = `SELECT id AS invitation, workspace_id AS "workspaceId", role, invited_by AS "invitedBy" FROM invitations
      WHERE email = $1 AND accepted_at IS NULL AND expires_at > $2
        AND EXISTS (SELECT FROM workspaces w WHERE w.workspace_id = invitations.workspace_id AND w.disabled_at IS NULL)
      ORDER BY workspace_id`;
    const { rows } = await client.query<Join & { invitedBy: string | null }>(waiting, [email, now()]);
    for (const { workspaceId } of rows) await lockWorkspace(client, workspaceId);
    const invited: Join[] = [];
    // Looked at again under the locks: whoever sent one may have lost since what it gives.
    for (const row of (await client.query<Join & { invitedBy: string | null }>(waiting, [email, now()])).rows) {
      if (await grants.mayInvite(client, row)) invited.push(row);
    }
    if (registration !== 'closed' && invited.length > 0) return invited;
    if (registration === 'open') return [{ workspaceId: openWorkspace, role: 'member', invitation: undefined }];
    throw new TimonelError(
      'registration_closed',
      registration === 'invite'
        ? `Nobody has invited ${email} here. Ask whoever runs your workspace for an invitation to this address.`
        : 'No accounts are made here. Ask whoever runs this server for one.',
    );
  }

  async #create(
    client: Parameters<Users['create']>[0],
    id: string,
    claims: Claims,
    email: string,
    joins: readonly Join[],
  ): Promise<void> {
    const { users, members, now } = this.#settings;
    const name = claims.name ?? email.split('@')[0] ?? email;
    const made = await users.create(client, { id, email, name, passwordHash: null, verifiedAt: now() });
    // Two windows at once: the other one made it.
    if (!made) throw new TimonelError('oidc_refused', 'The account was made a moment ago. Begin again.');
    for (const { workspaceId, role, invitation } of joins) {
      await members.add(client, workspaceId, id, role);
      if (invitation !== undefined)
        await client.query('UPDATE invitations SET accepted_at = $2 WHERE id = $1', [invitation, now()]);
    }
  }

  /** An account that nobody confirmed may be a stranger's, made in wait for this person: its password and its sessions go. */
  async #claim(client: Parameters<Users['create']>[0], userId: string): Promise<void> {
    const { sessions, now } = this.#settings;
    await client.query('UPDATE users SET email_verified_at = $2, password_hash = NULL WHERE id = $1', [userId, now()]);
    await sessions.endAll(client, { userId }, 'password-reset');
  }
}

/** A workspace that somebody new comes into. */
interface Join {
  workspaceId: string;
  role: string;
  invitation: string | undefined;
}

/** @throws TimonelError `email_unverified` */
function provenAddress({ email, emailVerified }: Claims): string {
  if (email !== undefined && emailVerified) return email;
  throw new TimonelError(
    'email_unverified',
    'The service does not say that your e-mail address is yours, so it leads to no account. Confirm it there, or sign in with your password.',
  );
}

/** Who asked for a second factor here is not let in by the first one of somebody else. */
function requireNoSecondFactor({ totpConfirmedAt }: User): void {
  if (totpConfirmedAt === null) return;
  throw new TimonelError(
    'second_factor_required',
    'This account has a second factor: sign in with the password and a code. Turn it off there to let the other service vouch for you.',
  );
}
