import { publishFault } from '../diagnostics.ts';
import { TimonelError } from '../errors.ts';
import type { AccessNotices } from './access.ts';
import type { Attempts } from './attempts.ts';
import { installation } from './audit/audit-log.ts';
import { canonicalEmail } from './canonical-email.ts';
import type { RecordDeed } from './deeds.ts';
import { networkOf } from './network.ts';
import type { Passwords } from './passwords.ts';
import type { Origin, Principal } from './principal.ts';
import { Sampled } from './sampled.ts';
import type { SecondFactor } from './second-factor.ts';
import type { Sessions, SignedIn } from './sessions.ts';
import { isUserName, type User, type Users, type UserWorkspace } from './users.ts';
import { workspaceDisabled } from './workspaces.ts';

export interface SignInSettings {
  users: Users;
  passwords: Passwords;
  attempts: Attempts;
  secondFactor: SecondFactor;
  sessions: Sessions;
  notices: AccessNotices;
  record: RecordDeed;
  /** Whether an address has to be confirmed before its account can be used. */
  emailVerification: boolean;
  now(): Date;
}

export interface SignInRequest {
  /** E-mail address or user name. */
  login: string;
  password: string;
  /** Of the authenticator app, or a recovery code. */
  code?: string | undefined;
  /** Needed by those who belong to several. */
  workspace?: string | undefined;
}

/** Signing in with a password, and a second factor where the person has one. */
export class SignIn {
  readonly #settings: SignInSettings;
  readonly #sampled: Sampled;

  constructor(settings: SignInSettings) {
    this.#settings = settings;
    this.#sampled = new Sampled(settings.now);
  }

  /**
   * @throws TimonelError `credentials_refused` (nobody of that address or user name, a wrong password, a disabled account: one answer, at one price),
   *   `second_factor_required`, `email_unverified`, `workspace_required`, `too_many_attempts`
   */
  async withPassword(request: SignInRequest, origin: Origin): Promise<SignedIn> {
    const user = await this.proven(request, origin);
    return this.enter(user, request.workspace, origin);
  }

  /** The person whose password, and second factor, these are. Guessing is held back. */
  async proven({ login, password, code }: Pick<SignInRequest, 'login' | 'password' | 'code'>, origin: Origin): Promise<User> {
    const { users, attempts } = this.#settings;
    // Guesses by user name count apart from those by address: one count for both would tell which name belongs to which address.
    const account = canonicalEmail(login);
    const isKnown = () => users.signedInFrom(account, origin.address);
    return attempts.during(account, origin.address, isKnown, () => this.#check(account, password, code, origin));
  }

  async #check(account: string, password: string, code: string | undefined, origin: Origin): Promise<User> {
    const { users, passwords, secondFactor, emailVerification } = this.#settings;
    const user = await users.byLogin(account);
    const { valid, rehash } = await passwords.verify(user?.passwordHash ?? undefined, password);
    if (user === undefined || !valid || user.disabledAt !== null) {
      this.#refused(account, user, origin, 'password');
      throw new TimonelError('credentials_refused', 'The e-mail address or user name, or the password, is not right.');
    }
    if (emailVerification && user.emailVerifiedAt === null) {
      throw new TimonelError(
        'email_unverified',
        'Confirm your e-mail address first: open the link in the mail, or have it sent again with POST /api/v1/auth/resend-verification.',
      );
    }
    if (user.totpConfirmedAt !== null) {
      if (code === undefined) {
        throw new TimonelError(
          'second_factor_required',
          'Send "code" too: the six digits of your authenticator app, or one of your recovery codes.',
        );
      }
      if (!(await secondFactor.accepts(user, code, origin))) {
        this.#refused(account, user, origin, 'second-factor');
        throw new TimonelError('credentials_refused', 'The code is not right, or was used already. Wait for the next one.');
      }
    }
    if (rehash) await users.strengthenPassword(user.id, user.passwordHash, await passwords.hash(password));
    return user;
  }

  /** Begins a session of a person who is proven. @throws TimonelError `workspace_required`, `workspace_disabled`, `forbidden` */
  async enter(user: User, workspace: string | undefined, origin: Origin): Promise<SignedIn> {
    const { users, sessions, notices, record } = this.#settings;
    const workspaces = await users.workspaces(user.id);
    const choices = choicesOf(workspaces);
    requireOpen(workspaces, workspace);
    if (choices.length === 0) {
      throw new TimonelError('forbidden', 'You belong to no workspace, or were disabled in it. Ask whoever runs it to invite you.');
    }
    const chosen = workspace === undefined && choices.length === 1 ? choices[0] : choices.find(({ id }) => id === workspace);
    if (chosen === undefined) throw workspaceRequired('Send "workspace" too', choices);
    return notices.change(async (client) => {
      const signedIn = await sessions.begin(client, user.id, chosen.id, origin);
      await record(
        {
          workspaceId: chosen.id,
          actor: { kind: 'user', id: user.id, name: user.name },
          action: 'session-started',
          target: { kind: 'session', id: signedIn.sessionId },
          origin,
        },
        client,
      );
      return signedIn;
    });
  }

  /**
   * Begins a session in another workspace of a person who is signed in. It asks for nothing that the sign-in did not ask for, and ends no
   * later: a token that was copied must not live longer by it. The present session goes on.
   * @throws TimonelError `forbidden` for a key, `workspace_required` for a workspace that the person does not belong to, `workspace_disabled`,
   *   `session_ended`
   */
  async switch(principal: Principal, workspace: string, origin: Origin): Promise<SignedIn> {
    const { users, sessions, notices, record } = this.#settings;
    const { kind, id, name, sessionId, workspaceId: from } = principal;
    if (kind !== 'user' || sessionId === undefined) {
      throw new TimonelError('forbidden', 'An API key works in its own workspace only: use a key of the other one, or sign in.');
    }
    if (workspace === from) throw new TimonelError('invalid_request', `You are in the workspace "${workspace}" already.`);
    const workspaces = await users.workspaces(id);
    requireOpen(workspaces, workspace);
    const choices = choicesOf(workspaces).filter((choice) => choice.id !== from);
    if (!choices.some((choice) => choice.id === workspace)) {
      throw workspaceRequired(`You do not belong to "${workspace}". Send another "workspace"`, choices);
    }
    return notices.change(async (client) => {
      const until = await sessions.endOf(client, id, sessionId);
      const signedIn = await sessions.begin(client, id, workspace, origin, until);
      const actor = { kind, id, name };
      // Neither entry names the other workspace: where else somebody belongs is their own business.
      const left = { workspaceId: from, action: 'workspace-switched', sessionId };
      const entered = { workspaceId: workspace, action: 'session-started', sessionId: signedIn.sessionId };
      for (const { workspaceId, action, sessionId: session } of from < workspace ? [left, entered] : [entered, left]) {
        await record({ workspaceId, actor, action, target: { kind: 'session', id: session }, origin }, client);
      }
      return signedIn;
    });
  }

  /**
   * Written down for the workspaces of the account that was tried, and for the installation where it is in none, or there is none: of those
   * one per network and minute. Nobody waits for it: the time would tell that there is an account.
   */
  #refused(account: string, user: User | undefined, origin: Origin, by: string): void {
    const { users, record } = this.#settings;
    const action = 'sign-in-refused';
    void (async () => {
      const workspaces = user === undefined ? [] : await users.workspaces(user.id);
      for (const { workspaceId } of workspaces) {
        await record({
          workspaceId,
          actor: 'anonymous',
          action,
          target: { kind: 'user', id: user?.id ?? '' },
          origin,
          details: { by },
        });
      }
      if (workspaces.length > 0) return;
      const unwritten = this.#sampled.take(networkOf(origin.address));
      if (unwritten === undefined) return;
      const personal = isUserName(account) ? { userName: account } : { email: account };
      const details = { by, ...(unwritten > 0 ? { unwritten } : {}) };
      await record({ workspaceId: installation, actor: 'anonymous', action, origin, details, personal });
    })().catch((error: unknown) => publishFault('writing down a refused sign-in', error));
  }
}

interface Choice {
  id: string;
  name: string;
}

function choicesOf(workspaces: readonly UserWorkspace[]): Choice[] {
  return workspaces.filter(({ disabled }) => !disabled).map(({ workspaceId, name }) => ({ id: workspaceId, name }));
}

/** @throws TimonelError `workspace_disabled` where the one that is asked for is, or the only one that there is */
function requireOpen(workspaces: readonly UserWorkspace[], asked: string | undefined): void {
  const meant =
    asked === undefined && workspaces.length === 1 ? workspaces[0] : workspaces.find((each) => each.workspaceId === asked);
  if (meant?.disabled === true) throw workspaceDisabled(meant.workspaceId);
}

function workspaceRequired(sentence: string, choices: readonly Choice[]): TimonelError {
  const listed = choices.length === 0 ? 'you belong to no other' : `you belong to ${choices.map(({ id }) => id).join(', ')}`;
  return new TimonelError('workspace_required', `${sentence}: ${listed}.`, { details: { workspaces: choices } });
}
