import type pg from 'pg';
import { publishFault } from '../diagnostics.ts';
import { TimonelError } from '../errors.ts';
import type { AccessNotices } from './access.ts';
import type { Attempts } from './attempts.ts';
import { canonicalEmail } from './canonical-email.ts';
import type { RecordDeed } from './deeds.ts';
import type { Grants } from './grants.ts';
import type { Invitations } from './invitations.ts';
import type { Mailer } from './mail/mailer.ts';
import { requireGoodPassword } from './password-policy.ts';
import type { Passwords } from './passwords.ts';
import type { Origin } from './principal.ts';
import type { SignedIn } from './sessions.ts';
import type { SignIn } from './sign-in.ts';
import { storeUserName } from './user-names.ts';
import type { User, Users } from './users.ts';
import { lockWorkspace, requireEnabled, type Workspaces } from './workspaces.ts';

export interface RegistrationSettings {
  users: Users;
  passwords: Passwords;
  attempts: Attempts;
  invitations: Invitations;
  grants: Grants;
  signIn: SignIn;
  workspaces: Workspaces;
  mailer: Mailer;
  notices: AccessNotices;
  record: RecordDeed;
  now(): Date;
  newId(): string;
  registration: 'open' | 'invite' | 'closed';
  emailVerification: boolean;
  publicUrl: string;
  /** Where those go who register on their own. */
  openWorkspace: string;
}

export interface NewAccount {
  email: string;
  password: string;
  name: string;
  language?: 'es' | 'en' | undefined;
}

const verificationHours = 24;

/** What somebody may do who registered on their own. */
const openRole = 'member';

/** How people get accounts: on their own where that is open, or by an invitation. */
export class Registration {
  readonly #settings: RegistrationSettings;

  constructor(settings: RegistrationSettings) {
    this.#settings = settings;
  }

  /**
   * Makes an account for whoever asks. The answer does not tell whether the address had one: its owner gets a mail either way.
   * @returns a session where addresses need no confirmation; else `undefined`, and a mail is on its way.
   * @throws TimonelError `registration_closed`, `password_refused`, `email_taken` (only where addresses need no confirmation)
   */
  async register(account: NewAccount, origin: Origin): Promise<SignedIn | undefined> {
    const { registration, emailVerification, openWorkspace, users, passwords, attempts, mailer, publicUrl } = this.#settings;
    if (registration !== 'open') {
      throw new TimonelError(
        'registration_closed',
        registration === 'invite'
          ? 'Accounts are made by invitation: send the "invitation" that came in your mail.'
          : 'No accounts are made here. Ask whoever runs this server for one.',
      );
    }
    await this.#requireGoodPassword(account, openWorkspace);
    const email = canonicalEmail(account.email);
    const mayMail = await attempts.mayMail(email, origin.address);
    // Hashed whatever becomes of it, so that the time does not tell whether the address is known.
    const passwordHash = await passwords.hash(account.password);
    const known = await users.byEmail(email);
    if (!emailVerification) {
      if (known !== undefined) throw new TimonelError('email_taken', 'There is an account with this e-mail address. Sign in.');
      await this.#create({ ...account, email }, passwordHash, openWorkspace, openRole, origin, true);
      return this.#settings.signIn.withPassword({ login: email, password: account.password, workspace: openWorkspace }, origin);
    }
    if (known === undefined) await this.#create({ ...account, email }, passwordHash, openWorkspace, openRole, origin, false);
    else if (known.emailVerifiedAt === null) {
      if (mayMail) await this.#sendVerification(known, { passwordHash, name: account.name });
    } else if (mayMail) {
      await mailer.send({
        to: email,
        language: known.language,
        content: { kind: 'already-registered', name: known.name, link: `${publicUrl}/sign-in` },
      });
    }
    return undefined;
  }

  /**
   * Joins a workspace by the token of an invitation, which also proves the address. Who has an account already gives its password. A
   * membership that is there stays what it is: an invitation neither enables it again nor gives it another role.
   * @throws TimonelError `link_invalid`, `registration_closed`, `password_refused`, `credentials_refused`, `already_member`, `forbidden`,
   *   `workspace_disabled`, `user_name_taken`, …
   */
  async accept(
    invitation: string,
    account: {
      name?: string | undefined;
      userName?: string | undefined;
      password: string;
      language?: 'es' | 'en' | undefined;
      code?: string | undefined;
    },
    origin: Origin,
  ): Promise<SignedIn> {
    const { registration, invitations, users, passwords, signIn, notices, record, now, newId } = this.#settings;
    const invited = await invitations.find(invitation);
    if (invited === undefined) throw invalidLink('invitation');
    const { email, workspaceId } = invited;
    const known = await users.byEmail(email);
    // An account that nobody confirmed may be a stranger's, made for this address: the invitation proves whose it is.
    const existing = known?.emailVerifiedAt === null ? undefined : known;
    let userId = known?.id ?? newId();
    if (existing !== undefined)
      ({ id: userId } = await signIn.proven({ login: email, password: account.password, code: account.code }, origin));
    else if (registration === 'closed') {
      throw new TimonelError('registration_closed', 'No accounts are made here. Ask whoever runs this server for one.');
    } else await this.#requireGoodPassword({ ...account, email }, workspaceId);
    const passwordHash = existing === undefined ? await passwords.hash(account.password) : null;
    const name = account.name ?? known?.name ?? email.split('@')[0] ?? email;
    await notices.change(async (client, tell) => {
      await lockWorkspace(client, workspaceId);
      await requireEnabled(client, workspaceId);
      const used = await invitations.use(client, invitation);
      // Whoever sent it may have lost since what it gives.
      if (used === undefined || !(await this.#settings.grants.mayInvite(client, used))) throw invalidLink('invitation');
      const { role } = used;
      if (existing === undefined) {
        await client.query(
          `INSERT INTO users (id, email, name, language, password_hash, email_verified_at) VALUES ($1, $2, $3, $4, $5, $6)
           ON CONFLICT (email) DO UPDATE SET name = excluded.name, password_hash = excluded.password_hash, email_verified_at = excluded.email_verified_at
           WHERE users.email_verified_at IS NULL`,
          [userId, email, name, account.language ?? 'es', passwordHash, now()],
        );
      }
      if (account.userName !== undefined) await storeUserName(client, userId, account.userName);
      const joined = await client.query(
        'INSERT INTO memberships (workspace_id, user_id, role) VALUES ($1, $2, $3) ON CONFLICT (workspace_id, user_id) DO NOTHING',
        [workspaceId, userId, role],
      );
      if (joined.rowCount === 0) throw await memberAlready(client, workspaceId, userId);
      tell({ kind: 'user', id: userId });
      const actor = { kind: 'user' as const, id: userId, name };
      await record(
        {
          workspaceId,
          actor,
          action: 'invitation-accepted',
          target: { kind: 'invitation', id: invited.id },
          origin,
          details: { role },
        },
        client,
      );
    });
    const user = await users.byId(userId);
    if (user === undefined) throw invalidLink('invitation');
    return signIn.enter(user, workspaceId, origin);
  }

  /** Confirms an address by the token of the mail. @throws TimonelError `link_invalid` */
  async verifyEmail(token: string, origin: Origin): Promise<void> {
    const { users, notices, record, now } = this.#settings;
    await notices.change(async (client, tell) => {
      const userId = await users.useToken(client, token, 'verify-email', now());
      if (userId === undefined) throw invalidLink('link');
      const { rows } = await client.query<{ name: string; workspace_id: string | null }>(
        `WITH confirmed AS (UPDATE users SET email_verified_at = COALESCE(email_verified_at, $2) WHERE id = $1 RETURNING id, name)
         SELECT c.name, m.workspace_id FROM confirmed c LEFT JOIN memberships m ON m.user_id = c.id ORDER BY 2`,
        [userId, now()],
      );
      tell({ kind: 'user', id: userId });
      for (const { name, workspace_id: workspaceId } of rows) {
        if (workspaceId === null) continue;
        const target = { kind: 'user', id: userId };
        await record({ workspaceId, actor: { kind: 'user', id: userId, name }, action: 'email-confirmed', target, origin }, client);
      }
    });
  }

  /** Sends the mail again, where there is an account that waits for it; the answer does not tell. */
  async resendVerification(email: string, origin: Origin): Promise<void> {
    const { users, attempts } = this.#settings;
    if (!(await attempts.mayMail(canonicalEmail(email), origin.address))) return;
    // Nobody waits for it: the time would tell whether there is an account.
    void (async () => {
      const user = await users.byEmail(email);
      if (user !== undefined && user.emailVerifiedAt === null && user.disabledAt === null) await this.#sendVerification(user);
    })().catch((error: unknown) => publishFault('sending a link to confirm an address', error));
  }

  async #create(account: NewAccount, passwordHash: string, workspaceId: string, role: string, origin: Origin, verified: boolean) {
    const { users, notices, record, now, newId } = this.#settings;
    const id = newId();
    const { email, name, language } = account;
    await notices.change(async (client) => {
      const created = await users.create(client, { id, email, name, language, passwordHash, verifiedAt: verified ? now() : null });
      // Somebody registered the same address a moment ago, and has the mail.
      if (!created) return;
      await client.query('INSERT INTO memberships (workspace_id, user_id, role) VALUES ($1, $2, $3)', [workspaceId, id, role]);
      if (!verified) await this.#mailVerification(client, { id, email, name, language: language ?? 'es' });
      await record(
        {
          workspaceId,
          actor: { kind: 'user', id, name },
          action: 'user-registered',
          target: { kind: 'user', id },
          origin,
          details: { role },
        },
        client,
      );
    });
  }

  /** The last registration of an address that nobody confirmed counts, and its mail only: the links before it are void. */
  async #sendVerification(user: User, renewed?: { passwordHash: string; name: string }): Promise<void> {
    await this.#settings.notices.change(async (client) => {
      if (renewed !== undefined) {
        await client.query('UPDATE users SET password_hash = $2, name = $3 WHERE id = $1 AND email_verified_at IS NULL', [
          user.id,
          renewed.passwordHash,
          renewed.name,
        ]);
      }
      await this.#mailVerification(client, { ...user, name: renewed?.name ?? user.name });
    });
  }

  async #mailVerification(client: Parameters<Users['issueToken']>[0], user: Pick<User, 'id' | 'email' | 'name' | 'language'>) {
    const { users, mailer, publicUrl, now } = this.#settings;
    const expiresAt = new Date(now().getTime() + verificationHours * 3_600_000);
    const token = await users.issueToken(client, user.id, 'verify-email', expiresAt);
    await mailer.send({
      to: user.email,
      language: user.language,
      content: {
        kind: 'verify-email',
        name: user.name,
        link: `${publicUrl}/verify-email?token=${token}`,
        hours: verificationHours,
      },
    });
  }

  async #requireGoodPassword(account: { email: string; name?: string | undefined; password: string }, workspaceId: string) {
    const { name, classicPasswords } = await this.#settings.workspaces.get(workspaceId);
    const { email, password } = account;
    requireGoodPassword(password, { email, name: account.name, workspace: [workspaceId, name], classicRule: classicPasswords });
  }
}

async function memberAlready(client: pg.ClientBase, workspaceId: string, userId: string): Promise<TimonelError> {
  const { rows } = await client.query('SELECT FROM memberships WHERE workspace_id = $1 AND user_id = $2 AND disabled_at IS NULL', [
    workspaceId,
    userId,
  ]);
  return rows.length > 0
    ? new TimonelError('already_member', 'You are a member of this workspace already. Sign in; an admin can give you another role.')
    : new TimonelError(
        'forbidden',
        'You were disabled in this workspace, which an invitation does not change. Ask an admin to enable you.',
      );
}

function invalidLink(what: string): TimonelError {
  return new TimonelError('link_invalid', `The ${what} is not known, was used already, or is too old. Ask for a new one.`);
}
