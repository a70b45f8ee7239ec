import { randomBytes } from 'node:crypto';
import { TimonelError } from '../errors.ts';
import type { AccessNotices } from './access.ts';
import type { Members } from './members.ts';
import type { Origin } from './principal.ts';
import type { SignedIn } from './sessions.ts';
import type { SignIn } from './sign-in.ts';
import { tokenDigest, type Users } from './users.ts';

export interface LocalSignInSettings {
  users: Users;
  members: Members;
  signIn: SignIn;
  notices: AccessNotices;
  now(): Date;
  newId(): string;
}

/** A link that opens the console once. */
export interface LocalLink {
  token: string;
  expiresAt: Date;
}

/** How long a link can be used, in milliseconds. */
const linkMs = 10 * 60_000;

/** Links that wait to be used; the oldest goes for a new one. */
const mostLinks = 20;

/** The account that a link opens. It has no password: a link is the only way in. */
const localAdministrator = 'administrator@localhost';

/**
 * Signing in at the machine that Timonel runs on, without an account: by a link that is shown in its terminal, good once and for ten minutes,
 * in the process that made it. Reading that terminal is reading the administrator's key beside it, so that a link gives nothing new.
 */
export class LocalSignIn {
  readonly #settings: LocalSignInSettings;
  /** When a link expires, by the digest of its token; the oldest first. */
  readonly #links = new Map<string, { expiresAt: Date; workspaceId: string }>();

  constructor(settings: LocalSignInSettings) {
    this.#settings = settings;
  }

  /** Makes a link into a workspace. */
  issue(workspaceId: string): LocalLink {
    const token = `tl_${randomBytes(32).toString('base64url')}`;
    const expiresAt = new Date(this.#settings.now().getTime() + linkMs);
    const [oldest] = this.#links.keys();
    if (oldest !== undefined && this.#links.size >= mostLinks) this.#links.delete(oldest);
    this.#links.set(tokenDigest(token).toString('base64url'), { expiresAt, workspaceId });
    return { token, expiresAt };
  }

  /**
   * Uses a link up, and begins a session of the local administrator.
   * @throws TimonelError `credentials_refused` where the link is not known here, was used, or has expired; `forbidden` where that account was
   *   disabled
   */
  async enter(token: string, origin: Origin): Promise<SignedIn> {
    const { users, members, signIn, notices, now, newId } = this.#settings;
    const digest = tokenDigest(token).toString('base64url');
    const link = this.#links.get(digest);
    this.#links.delete(digest);
    if (link === undefined || link.expiresAt <= now()) {
      throw new TimonelError(
        'credentials_refused',
        'The link was used already, or has expired. "npx timonel console" prints another one.',
      );
    }
    const { workspaceId } = link;
    let user = await users.byEmail(localAdministrator);
    if (user === undefined) {
      await notices.change(async (client, tell) => {
        const id = newId();
        const made = { id, email: localAdministrator, name: 'Local administrator', passwordHash: null, verifiedAt: now() };
        if (!(await users.create(client, made))) return;
        await members.add(client, workspaceId, id, 'admin');
        tell({ kind: 'user', id });
      });
      user = await users.byEmail(localAdministrator);
    }
    if (user === undefined || user.disabledAt !== null) {
      throw new TimonelError('forbidden', `The account ${localAdministrator} is disabled. Sign in with an account of your own.`);
    }
    return signIn.enter(user, workspaceId, origin);
  }
}
