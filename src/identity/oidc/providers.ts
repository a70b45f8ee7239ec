import {
  allowInsecureRequests,
  authorizationCodeGrant,
  buildAuthorizationUrl,
  type Configuration,
  calculatePKCECodeChallenge,
  discovery,
  type IDToken,
  randomNonce,
  randomPKCECodeVerifier,
  randomState,
} from 'openid-client';
import { z } from 'zod';
import type { OidcProvider } from '../../config.ts';
import { messageOf, TimonelError } from '../../errors.ts';
import { Sealer } from '../sealed.ts';
import type { ServerKeys } from '../secrets.ts';

/** How long somebody may take at the issuer, in seconds. */
export const signInSeconds = 600;

/** Longest wait for an issuer, in seconds. */
const timeout = 10;

/** What an issuer says of a person, once everything about its answer was checked. */
export interface Claims {
  issuer: string;
  subject: string;
  email: string | undefined;
  /** The address is the person's: the issuer says so, or is trusted to have none that is not. */
  emailVerified: boolean;
  /** The issuer is trusted to open any account that has the address. */
  linkByEmail: boolean;
  name: string | undefined;
}

/** A sign-in that was begun in a browser. Kept by that browser alone, sealed, in a cookie. */
const begun = z.object({
  provider: z.string(),
  state: z.string(),
  nonce: z.string(),
  verifier: z.string(),
  workspace: z.string().optional(),
  returnTo: z.string(),
  until: z.number(),
});
type Begun = z.infer<typeof begun>;

export interface OidcProvidersSettings {
  providers: readonly OidcProvider[];
  keys: ServerKeys;
  publicUrl: string;
  now(): Date;
}

/** Speaks OpenID Connect with the issuers: authorization code with PKCE, nonce, and a state that is bound to the browser. */
export class OidcProviders {
  readonly #settings: OidcProvidersSettings;
  readonly #sealer: Sealer;
  readonly #discovered = new Map<string, Promise<Configuration>>();

  constructor(settings: OidcProvidersSettings) {
    this.#settings = settings;
    this.#sealer = new Sealer(settings.keys, 'oidc-sign-in');
  }

  list(): { id: string; name: string }[] {
    return this.#settings.providers.map(({ id, name }) => ({ id, name: name ?? id }));
  }

  /**
   * Begins a sign-in.
   * @param returnTo path to go to afterwards.
   * @returns where to send the browser, and what it has to bring back. @throws TimonelError `not_found`, `oidc_unavailable`
   */
  async begin(id: string, wish: { workspace?: string | undefined; returnTo: string }): Promise<{ url: URL; sealed: string }> {
    const provider = this.#provider(id);
    const configuration = await this.#discover(provider);
    const verifier = randomPKCECodeVerifier();
    const state = randomState();
    const nonce = randomNonce();
    const url = buildAuthorizationUrl(configuration, {
      redirect_uri: this.#redirectUri(id),
      scope: provider.scope,
      code_challenge: await calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      state,
      nonce,
    });
    const until = this.#settings.now().getTime() + signInSeconds * 1000;
    const kept: Begun = { provider: id, state, nonce, verifier, ...wish, until };
    return { url, sealed: this.#sealer.seal(JSON.stringify(kept), 'browser') };
  }

  /**
   * Ends a sign-in: exchanges the code, and checks the issuer's answer.
   * @param sealed what the browser brought back. @param query the query of the callback's address.
   * @throws TimonelError `oidc_refused`, `oidc_unavailable`
   */
  async finish(
    id: string,
    sealed: string | undefined,
    query: string,
  ): Promise<{ claims: Claims; workspace: string | undefined; returnTo: string }> {
    const provider = this.#provider(id);
    const kept = this.#open(sealed);
    if (kept === undefined || kept.provider !== id || kept.until < this.#settings.now().getTime()) {
      throw refused('This browser began no sign-in here in the last ten minutes, or cookies are off.');
    }
    const configuration = await this.#discover(provider);
    let token: IDToken | undefined;
    try {
      const answer = await authorizationCodeGrant(configuration, new URL(`${this.#redirectUri(id)}?${query}`), {
        pkceCodeVerifier: kept.verifier,
        expectedState: kept.state,
        expectedNonce: kept.nonce,
        idTokenExpected: true,
      });
      token = answer.claims();
    } catch (error) {
      if (unreachable(error)) throw unavailable(provider, error);
      throw refused(`${provider.name ?? id} did not sign you in (${messageOf(error)}).`, error);
    }
    if (token === undefined) throw refused(`${provider.name ?? id} did not say who you are.`);
    return { claims: claimsOf(token, provider), workspace: kept.workspace, returnTo: kept.returnTo };
  }

  #provider(id: string): OidcProvider {
    const provider = this.#settings.providers.find((each) => each.id === id);
    if (provider !== undefined) return provider;
    const known = this.#settings.providers.map((each) => each.id).join(', ') || 'none';
    throw new TimonelError('not_found', `There is no service "${id}" to sign in with. There are: ${known}.`);
  }

  #redirectUri(id: string): string {
    return `${this.#settings.publicUrl}/api/v1/auth/oidc/${id}/callback`;
  }

  #open(sealed: string | undefined): Begun | undefined {
    if (sealed === undefined) return undefined;
    try {
      return begun.parse(JSON.parse(this.#sealer.open(sealed, 'browser')));
    } catch {
      return undefined;
    }
  }

  /** The issuer's metadata, asked for once; after a failure again. */
  #discover(provider: OidcProvider): Promise<Configuration> {
    let configuration = this.#discovered.get(provider.id);
    if (configuration === undefined) {
      const issuer = new URL(provider.issuer);
      configuration = discovery(issuer, provider.clientId, provider.clientSecret, undefined, {
        timeout,
        // Settings let that pass for an issuer on this machine only.
        execute: issuer.protocol === 'http:' ? [allowInsecureRequests] : [],
      }).catch((error: unknown) => {
        this.#discovered.delete(provider.id);
        throw unavailable(provider, error);
      });
      this.#discovered.set(provider.id, configuration);
    }
    return configuration;
  }
}

function claimsOf(token: IDToken, provider: OidcProvider): Claims {
  const { email, name } = token;
  // `xms_edov` is how Microsoft says that an address belongs to the organisation; it sends no `email_verified`.
  const verified = token['email_verified'] === true || token['xms_edov'] === true || provider.trustEmail;
  return {
    issuer: token.iss,
    subject: token.sub,
    email: typeof email === 'string' && email.length <= 254 ? email.trim().toLowerCase() : undefined,
    emailVerified: verified,
    linkByEmail: provider.linkByEmail,
    name: typeof name === 'string' && name.trim() !== '' ? name.trim().slice(0, 120) : undefined,
  };
}

/** The network, or the issuer itself; what it answered to this sign-in is another matter. */
function unreachable(error: unknown): boolean {
  if (error instanceof TypeError && error.message === 'fetch failed') return true;
  const { name, status } = error as { name?: unknown; status?: unknown };
  return name === 'TimeoutError' || (typeof status === 'number' && status >= 500);
}

function unavailable(provider: OidcProvider, cause: unknown): TimonelError {
  return new TimonelError(
    'oidc_unavailable',
    `${provider.name ?? provider.id} does not answer as it should. Try again shortly, or sign in with your password.`,
    { cause },
  );
}

function refused(message: string, cause?: unknown): TimonelError {
  return new TimonelError('oidc_refused', `${message} Begin again, and finish in the same browser.`, { cause });
}
