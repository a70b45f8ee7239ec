/** OAuth of a server: the client registers itself or is registered, a person gives access in a browser, and tokens are kept by issuer. */
import { randomBytes } from 'node:crypto';
import type {
  OAuthClientInformationContext,
  OAuthClientMetadata,
  OAuthClientProvider,
  OAuthDiscoveryState,
  StoredOAuthClientInformation,
  StoredOAuthTokens,
} from '@modelcontextprotocol/client';
import { type McpHttpSettings, McpNotConnected, type McpOAuthSettings } from './contract.ts';
import type { McpTokenStore } from './token-store.ts';

type Sdk = typeof import('@modelcontextprotocol/client');

/** A person who can be asked for access. */
export interface McpAuthorizer {
  /** Where the browser comes back to. */
  readonly redirectUrl: string;
  /**
   * Shows the person the address, and waits for them to come back.
   * @returns the parameters that the browser came back with
   * @throws Error where they do not, in time
   */
  authorize(url: URL): Promise<URLSearchParams>;
}

const signInWanted = 'The server asks for a sign-in, or for more access than it was given: a person has to log in.';

/** For metadata of a client that nobody can ask for access: it is not registered. */
const nowhere = 'http://127.0.0.1/callback';

/** The provider for servers that a person gives access to. */
export class McpSignIn implements OAuthClientProvider {
  readonly #settings: McpOAuthSettings;
  readonly #store: McpTokenStore;
  /** Absent where nobody can be asked now. */
  #authorizer: McpAuthorizer | undefined;
  #verifier = '';
  #state = '';
  /** The address that a person is to open, once the server asked for it. */
  #asked: URL | undefined;
  /** Scopes that were asked for when nobody could be: the next sign-in asks for them. */
  wantedScope: string | undefined;
  readonly clientMetadataUrl?: string;

  constructor(settings: McpOAuthSettings, store: McpTokenStore, authorizer: McpAuthorizer | undefined) {
    this.#settings = settings;
    this.#store = store;
    this.#authorizer = authorizer;
    if (settings.clientMetadataUrl !== undefined) this.clientMetadataUrl = settings.clientMetadataUrl;
  }

  get redirectUrl(): string {
    return this.#authorizer?.redirectUrl ?? nowhere;
  }

  get clientMetadata(): OAuthClientMetadata {
    const { scope } = this.#settings;
    return {
      client_name: 'Timonel',
      redirect_uris: [this.redirectUrl],
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      ...(scope === undefined ? {} : { scope }),
    };
  }

  state(): string {
    this.#state = randomBytes(24).toString('base64url');
    return this.#state;
  }

  clientInformation(context?: OAuthClientInformationContext): StoredOAuthClientInformation | undefined {
    const { clientId, clientSecret, issuer } = this.#settings;
    if (clientId !== undefined)
      return {
        client_id: clientId,
        ...(clientSecret === undefined ? {} : { client_secret: clientSecret }),
        ...(issuer === undefined ? {} : { issuer }),
      };
    const kept = context === undefined ? undefined : this.#store.read().clients[context.issuer];
    if (kept !== undefined && this.#mayUse(kept)) return kept;
    // A client that is registered without anybody to sign in would be left behind at the server.
    if (this.#authorizer === undefined) throw new McpNotConnected('login', signInWanted);
    return undefined;
  }

  /** A client that was registered for another address to come back to cannot be used to sign in; tokens of it can be refreshed. */
  #mayUse(client: StoredOAuthClientInformation): boolean {
    const addresses = 'redirect_uris' in client ? client.redirect_uris : undefined;
    return this.#authorizer === undefined || !Array.isArray(addresses) || addresses.includes(this.redirectUrl);
  }

  saveClientInformation(client: StoredOAuthClientInformation, context?: OAuthClientInformationContext): void {
    if (this.#settings.clientId !== undefined || context === undefined) return;
    const kept = this.#store.read();
    this.#store.write({ ...kept, clients: { ...kept.clients, [context.issuer]: client } });
  }

  tokens(context?: OAuthClientInformationContext): StoredOAuthTokens | undefined {
    const { tokens, latest } = this.#store.read();
    const issuer = context?.issuer ?? latest;
    return issuer === undefined ? undefined : tokens[issuer];
  }

  saveTokens(tokens: StoredOAuthTokens, context?: OAuthClientInformationContext): void {
    const kept = this.#store.read();
    const issuer = context?.issuer ?? kept.latest ?? '';
    // Those of other issuers are of no use any more.
    this.#store.write({ ...kept, tokens: { [issuer]: tokens }, latest: issuer });
    this.wantedScope = undefined;
  }

  redirectToAuthorization(url: URL): void {
    if (this.#authorizer === undefined) {
      this.wantedScope = url.searchParams.get('scope') ?? undefined;
      throw new McpNotConnected('login', signInWanted);
    }
    this.#asked = url;
  }

  saveCodeVerifier(verifier: string): void {
    this.#verifier = verifier;
  }

  codeVerifier(): string {
    return this.#verifier;
  }

  saveDiscoveryState(discovery: OAuthDiscoveryState): void {
    this.#store.write({ ...this.#store.read(), discovery });
  }

  /** Only between the way to the browser and back: a server that moves to another issuer is found out each time else. */
  discoveryState(): OAuthDiscoveryState | undefined {
    return this.#asked === undefined ? undefined : this.#store.read().discovery;
  }

  invalidateCredentials(what: 'all' | 'client' | 'tokens' | 'verifier' | 'discovery'): void {
    const kept = this.#store.read();
    if (what === 'all' || what === 'tokens') this.#store.write({ clients: what === 'all' ? {} : kept.clients, tokens: {} });
    else if (what === 'client') this.#store.write({ ...kept, clients: {} });
    else if (what === 'verifier') this.#verifier = '';
  }

  /** Whether the server sent the person to a page that they have not been at yet. */
  get waits(): boolean {
    return this.#asked !== undefined;
  }

  /**
   * Has the person go there, and come back.
   * @returns what the browser came back with; its `state` is the one that was sent
   */
  async ask(): Promise<URLSearchParams> {
    const url = this.#asked;
    if (url === undefined || this.#authorizer === undefined) throw new McpNotConnected('login', signInWanted);
    const back = await this.#authorizer.authorize(url);
    // RFC 6749 §10.12: an answer to a question of somebody else.
    if (back.get('state') !== this.#state)
      throw new McpNotConnected('login', 'The browser came back with another state than it was sent with. Sign in again.');
    return back;
  }

  done(): void {
    this.#asked = undefined;
  }

  /** The person has gone: what is asked for from here on waits until one signs in again. */
  leave(): void {
    this.#authorizer = undefined;
  }
}

/** The provider for a server's settings. */
export async function providerFor(
  sdk: Sdk,
  { oauth = {} }: McpHttpSettings,
  store: McpTokenStore,
  authorizer: McpAuthorizer | undefined,
): Promise<OAuthClientProvider> {
  const provider = withoutPerson(sdk, oauth) ?? new McpSignIn(oauth, store, authorizer);
  if (oauth.dpop !== true) return provider;
  const session = await sdk.DpopSession.create();
  return Object.assign(provider, { dpop: () => session });
}

/** Grants of machines. Their tokens are had again at any time, so that none is kept. */
function withoutPerson(sdk: Sdk, settings: McpOAuthSettings): OAuthClientProvider | undefined {
  const { grant, clientId = '', clientSecret = '', privateKey, algorithm = 'ES256', issuer, scope } = settings;
  const named = {
    clientId,
    clientName: 'Timonel',
    ...(issuer === undefined ? {} : { expectedIssuer: issuer }),
    ...(scope === undefined ? {} : { scope }),
  };
  if (grant === 'client_credentials')
    return privateKey === undefined
      ? new sdk.ClientCredentialsProvider({ ...named, clientSecret })
      : new sdk.PrivateKeyJwtProvider({ ...named, privateKey, algorithm });
  if (grant === 'cross-app' && settings.identityProvider !== undefined) {
    const { tokenEndpoint, clientId: known, idToken } = settings.identityProvider;
    return new sdk.CrossAppAccessProvider({
      ...named,
      clientSecret,
      async assertion({ authorizationServerUrl, resourceUrl, fetchFn }) {
        const { jwtAuthGrant } = await sdk.requestJwtAuthorizationGrant({
          tokenEndpoint,
          audience: authorizationServerUrl,
          resource: resourceUrl,
          idToken,
          clientId: known,
          fetchFn,
        });
        return jwtAuthGrant;
      },
    });
  }
  if (grant === 'jwt-bearer') return new WorkloadSignIn(settings);
  return undefined;
}

/** RFC 7523 §2.1: what a workload is trusted for by its platform is exchanged for a token. */
class WorkloadSignIn implements OAuthClientProvider {
  readonly redirectUrl = undefined;
  readonly #settings: McpOAuthSettings;
  #tokens: StoredOAuthTokens | undefined;

  constructor(settings: McpOAuthSettings) {
    this.#settings = settings;
  }

  get clientMetadata(): OAuthClientMetadata {
    return { client_name: 'Timonel', redirect_uris: [], grant_types: ['urn:ietf:params:oauth:grant-type:jwt-bearer'] };
  }

  clientInformation(): StoredOAuthClientInformation {
    const { clientId = '', issuer } = this.#settings;
    return { client_id: clientId, ...(issuer === undefined ? {} : { issuer }) };
  }

  tokens = () => this.#tokens;
  saveTokens(tokens: StoredOAuthTokens): void {
    this.#tokens = tokens;
  }

  prepareTokenRequest(scope?: string): URLSearchParams {
    return new URLSearchParams({
      grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
      assertion: this.#settings.assertion ?? '',
      ...(scope === undefined ? {} : { scope }),
    });
  }

  redirectToAuthorization(): void {
    throw new McpNotConnected('failed', 'The server did not take the assertion of this workload.');
  }
  saveCodeVerifier = () => undefined;
  codeVerifier = () => '';
}
