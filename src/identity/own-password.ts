import { publishFault } from '../diagnostics.ts';
import { TimonelError } from '../errors.ts';
import type { AccessNotices } from './access.ts';
import type { Attempts } from './attempts.ts';
import { canonicalEmail } from './canonical-email.ts';
import type { RecordDeed } from './deeds.ts';
import type { Mailer } from './mail/mailer.ts';
import { requireGoodPassword } from './password-policy.ts';
import type { Passwords } from './passwords.ts';
import type { Origin, Principal } from './principal.ts';
import type { RevocationReason, Sessions } from './sessions.ts';
import type { User, Users } from './users.ts';
import type { Workspaces } from './workspaces.ts';

export interface OwnPasswordSettings {
  users: Users;
  passwords: Passwords;
  attempts: Attempts;
  sessions: Sessions;
  workspaces: Workspaces;
  mailer: Mailer;
  notices: AccessNotices;
  record: RecordDeed;
  now(): Date;
  publicUrl: string;
}

const resetMinutes = 60;

/** A person's password: changed by who knows it, or reset by who reads the person's mail. Either way other sessions end. */
export class OwnPassword {
  readonly #settings: OwnPasswordSettings;

  constructor(settings: OwnPasswordSettings) {
    this.#settings = settings;
  }

  /** @throws TimonelError `credentials_refused`, `password_refused`, `too_many_attempts` */
  async change(principal: Principal, current: string, next: string, origin: Origin): Promise<void> {
    const user = await this.proven(principal.id, current, origin);
    await this.#requireGood(user, next);
    await this.#store(user, next, { kind: 'password-changed', keep: principal.sessionId, origin });
  }

  /** The person, where this is their password: asked again before what matters. @throws TimonelError `credentials_refused` */
  async proven(userId: string, password: string, origin: Origin): Promise<User> {
    const { users, passwords, attempts } = this.#settings;
    const user = await users.byId(userId);
    if (user === undefined) throw new TimonelError('unauthenticated', 'The account is gone.');
    const isKnown = () => users.signedInFrom(user.email, origin.address);
    return attempts.during(user.email, origin.address, isKnown, async () => {
      const { valid } = await passwords.verify(user.passwordHash ?? undefined, password);
      if (!valid) throw new TimonelError('credentials_refused', 'The current password is not right.');
      return user;
    });
  }

  /** Sends a link to choose a new password, where there is such an account; the answer does not tell. */
  async sendReset(email: string, origin: Origin): Promise<void> {
    const { attempts } = this.#settings;
    if (!(await attempts.mayMail(canonicalEmail(email), origin.address))) return;
    // Nobody waits for it: the time would tell whether there is an account.
    void this.#sendReset(email).catch((error: unknown) => publishFault('sending a link to reset a password', error));
  }

  async #sendReset(email: string): Promise<void> {
    const { users, mailer, notices, now, publicUrl } = this.#settings;
    const user = await users.byEmail(email);
    if (user === undefined || user.disabledAt !== null) return;
    await notices.change(async (client) => {
      const token = await users.issueToken(client, user.id, 'reset-password', new Date(now().getTime() + resetMinutes * 60_000));
      const link = `${publicUrl}/reset-password?token=${token}`;
      const content = { kind: 'reset-password' as const, name: user.name, link, minutes: resetMinutes };
      await mailer.send({ to: user.email, language: user.language, content });
    });
  }

  /**
   * Sets a new password by the token of the mail, which also proves the address. All sessions end, and what others guessed is forgotten.
   * @throws TimonelError `link_invalid`, `password_refused`
   */
  async reset(token: string, next: string, origin: Origin): Promise<void> {
    const { users, attempts, now } = this.#settings;
    const user = await users.ownerOfToken(token, 'reset-password', now());
    if (user === undefined || user.disabledAt !== null) throw invalidLink();
    // Before the token is used up: who chose a password that is refused chooses another one.
    await this.#requireGood(user, next);
    await this.#store(user, next, { kind: 'password-reset', token, origin });
    for (const login of [user.email, user.userName])
      if (login !== null) await attempts.clear(canonicalEmail(login), origin.address);
  }

  async #store(
    user: User,
    next: string,
    how: {
      kind: Extract<RevocationReason, 'password-changed' | 'password-reset'>;
      keep?: string | undefined;
      token?: string;
      origin: Origin;
    },
  ): Promise<void> {
    const { users, passwords, sessions, notices, record, mailer, now, publicUrl } = this.#settings;
    const passwordHash = await passwords.hash(next);
    await notices.change(async (client, tell) => {
      if (how.token !== undefined) {
        if ((await users.useToken(client, how.token, 'reset-password', now())) === undefined) throw invalidLink();
        await client.query('UPDATE users SET email_verified_at = COALESCE(email_verified_at, $2) WHERE id = $1', [user.id, now()]);
      }
      await users.setPassword(client, user.id, passwordHash);
      await sessions.endAll(client, { userId: user.id, except: how.keep }, how.kind);
      tell({ kind: 'user', id: user.id });
      const actor = { kind: 'user' as const, id: user.id, name: user.name };
      for (const { workspaceId } of await workspacesOf(client, user.id)) {
        await record({ workspaceId, actor, action: how.kind, target: { kind: 'user', id: user.id }, origin: how.origin }, client);
      }
      const content = { kind: 'password-changed' as const, name: user.name, link: `${publicUrl}/forgot-password` };
      await mailer.send({ to: user.email, language: user.language, content });
    });
  }

  async #requireGood(user: User, password: string): Promise<void> {
    const { users, workspaces } = this.#settings;
    const all = await Promise.all((await users.workspaces(user.id)).map(({ workspaceId }) => workspaces.get(workspaceId)));
    requireGoodPassword(password, {
      email: user.email,
      name: user.name,
      workspace: all.flatMap(({ workspaceId, name }) => [workspaceId, name]),
      classicRule: all.some(({ classicPasswords }) => classicPasswords),
    });
  }
}

async function workspacesOf(client: Parameters<Users['issueToken']>[0], userId: string): Promise<{ workspaceId: string }[]> {
  const { rows } = await client.query<{ workspaceId: string }>(
    'SELECT workspace_id AS "workspaceId" FROM memberships WHERE user_id = $1 ORDER BY 1',
    [userId],
  );
  return rows;
}

function invalidLink(): TimonelError {
  return new TimonelError('link_invalid', 'The link is not known, was used already, or is too old. Ask for a new one.');
}
