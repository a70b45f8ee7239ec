import { createHmac, timingSafeEqual } from 'node:crypto';
import { TimonelError } from '../errors.ts';
import type { Access } from './access.ts';
import type { AccessTokens } from './access-tokens.ts';
import type { ApiKeys } from './api-keys.ts';
import type { Principal } from './principal.ts';
import type { ServerKeys } from './secrets.ts';

/** What a request brings to say who it comes from. */
export interface Credentials {
  /** `Authorization: Bearer <API key or access token>`. */
  authorization?: string | undefined;
  /** `X-Api-Key`, which clients of Anthropic's API send. */
  apiKey?: string | undefined;
  /** The access token in the cookie of the console. A browser sends it along whoever makes it ask. */
  cookie?: string | undefined;
  /** `X-Csrf-Token`: shows that the request was written by a page that may read the console's answers. */
  csrfToken?: string | undefined;
  /** The method changes nothing (GET, HEAD). */
  safe: boolean;
}

export interface AuthenticatorSettings {
  apiKeys: ApiKeys;
  tokens: AccessTokens;
  access: Access;
  keys: ServerKeys;
}

const csrfPurpose = 'csrf';
const bearer = /^Bearer ([\x21-\x7e]{1,1024})$/i;

/** A request with the cookie of a session that shows no sign of coming from the console. Whose session it was is known, and written down. */
export class CsrfRefusal extends TimonelError {
  readonly principal: Principal;

  constructor(principal: Principal) {
    super(
      'csrf_failed',
      'A request with the cookie of the console that changes something needs the header "X-Csrf-Token"; its value came with the sign-in.',
    );
    this.principal = principal;
  }
}

/** Finds out who asks: the one place that takes credentials. */
export class Authenticator {
  readonly #settings: AuthenticatorSettings;

  constructor(settings: AuthenticatorSettings) {
    this.#settings = settings;
  }

  /**
   * Who asks; at once where that is known without a question to the database: a program with a key that asked a moment ago.
   * @throws TimonelError `unauthenticated`, `csrf_failed`
   */
  authenticate({ authorization, apiKey, cookie, csrfToken, safe }: Credentials): Principal | Promise<Principal> {
    if (authorization !== undefined) {
      const secret = bearer.exec(authorization)?.[1];
      if (secret === undefined) throw unknownCaller();
      return secret.startsWith('tim_') ? this.#byKey(secret) : this.#byToken(secret);
    }
    if (apiKey !== undefined) return this.#byKey(apiKey);
    if (cookie === undefined) throw unknownCaller();
    return this.#byCookie(cookie, csrfToken, safe);
  }

  /** What a page of the console sends along to show that it could read the answer to its sign-in. Bound to the session. */
  csrfToken(sessionId: string): string {
    return csrfTokenOf(this.#settings.keys.current(csrfPurpose).key, sessionId);
  }

  #byKey(secret: string): Principal | Promise<Principal> {
    const found = this.#settings.apiKeys.find(secret);
    return found instanceof Promise ? found.then(knownKey) : knownKey(found);
  }

  async #byCookie(cookie: string, csrfToken: string | undefined, safe: boolean): Promise<Principal> {
    const principal = await this.#byToken(cookie);
    if (!safe && !this.#isCsrfToken(principal, csrfToken)) throw new CsrfRefusal(principal);
    return principal;
  }

  async #byToken(token: string): Promise<Principal> {
    const { tokens, access } = this.#settings;
    const claims = await tokens.verify(token);
    const principal = claims === undefined ? undefined : await access.ofSession(claims.sessionId);
    if (principal === undefined || principal.id !== claims?.userId) {
      throw new TimonelError(
        'unauthenticated',
        'The access token is not valid, has expired, or its session ended. Get a new one with POST /api/v1/auth/refresh, or sign in again.',
      );
    }
    return principal;
  }

  #isCsrfToken({ sessionId }: Principal, sent: string | undefined): boolean {
    if (sessionId === undefined || sent === undefined) return false;
    const given = Buffer.from(sent);
    return this.#settings.keys.all(csrfPurpose).some(({ key }) => {
      const expected = Buffer.from(csrfTokenOf(key, sessionId));
      return expected.length === given.length && timingSafeEqual(expected, given);
    });
  }
}

function csrfTokenOf(key: Uint8Array, sessionId: string): string {
  return createHmac('sha256', key).update(sessionId).digest('base64url');
}

function knownKey(principal: Principal | undefined): Principal {
  if (principal === undefined) throw new TimonelError('unauthenticated', 'The API key is not known here, was revoked, or expired.');
  return principal;
}

function unknownCaller(): TimonelError {
  return new TimonelError(
    'unauthenticated',
    'Send "Authorization: Bearer <API key or access token>". `timonel up` writes a key to credentials.json; people sign in with POST /api/v1/auth/login.',
  );
}
