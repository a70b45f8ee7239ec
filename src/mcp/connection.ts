/** The connection to one server: made when it is first asked for, made anew when it is lost, and its tools stay known meanwhile. */
import type { Client, OAuthClientProvider, PriorDiscovery } from '@modelcontextprotocol/client';
import { messageOf } from '../errors.ts';
import type { JsonObject } from '../vocabulary.ts';
import { answerFrom, answerToError, ofNotConnected } from './answers.ts';
import { clientFor, type McpElicit } from './client.ts';
import {
  type McpAnswer,
  type McpCallUnclear,
  McpNotConnected,
  type McpServerEntry,
  type McpServerView,
  type McpState,
  type McpTool,
} from './contract.ts';
import { toolsFrom } from './definitions.ts';
import { type McpAuthorizer, McpSignIn, providerFor } from './sign-in.ts';
import { listSkills, type McpSkill, type McpSkillFile, readSkill } from './skills.ts';
import { plainText } from './text.ts';
import type { McpTokenStore } from './token-store.ts';
import { type OpenedTransport, openTransport } from './transports.ts';

type Sdk = typeof import('@modelcontextprotocol/client');

export interface McpConnectionOptions {
  /** What programs are started with beside what their settings name: it must hold no secrets. */
  environment: Readonly<Record<string, string>>;
  tokens: McpTokenStore;
  /** Answers questions of the server. Without it they are declined beforehand: the server is told that this client takes none. */
  elicit?: McpElicit;
  /** A person who can be asked for access at any time; without one a server that asks for it waits for {@link McpConnection.login}. */
  authorizer?: McpAuthorizer;
  /** Milliseconds before the first attempt to connect anew; doubled up to 30 seconds. 500 where absent. */
  firstDelayMs?: number;
}

interface Opened {
  sdk: Sdk;
  client: Client;
  opened: OpenedTransport;
  provider: OAuthClientProvider | undefined;
}

const connectMs = 30_000;
const longestDelayMs = 30_000;
/** Attempts in a row; then the connection waits until it is asked for. */
const mostAttempts = 8;
/** A connection that stood for so long counts as one that works. */
const steadyMs = 30_000;
/** For how long a list of tools is taken for the server's, where the server says nothing of changes. */
const freshMs = 60_000;
const defaultCallMs = 60_000;
const longestCallMs = 600_000;

export class McpConnection {
  readonly entry: McpServerEntry;
  readonly #options: McpConnectionOptions;
  #state: McpState = 'idle';
  #because: string | undefined;
  #open: Opened | undefined;
  #opening: Promise<Opened> | undefined;
  #prior: PriorDiscovery | undefined;
  #tools: ReadonlyMap<string, McpTool> = new Map();
  #listedAt = Number.NEGATIVE_INFINITY;
  #attempts = 0;
  #connectedAt = 0;
  #timer: NodeJS.Timeout | undefined;
  /** What the server asked for when nobody could sign in. */
  #wantedScope: string | undefined;
  #ended = false;

  constructor(entry: McpServerEntry, options: McpConnectionOptions) {
    this.entry = entry;
    this.#options = options;
    if (entry.settings.disabled === true) this.#state = 'disabled';
  }

  view(): McpServerView {
    const { name, origin, settings, shown, launch } = this.entry;
    const peer = this.#open?.client.getServerVersion();
    const protocol = this.#open?.client.getNegotiatedProtocolVersion();
    return {
      name,
      origin,
      kind: settings.kind,
      state: this.#state,
      shown,
      launch,
      ...(this.#because === undefined ? {} : { because: this.#because }),
      tools: [...this.#tools.keys()],
      ...(peer === undefined ? {} : { version: plainText(`${peer.name} ${peer.version}`, 200) }),
      ...(protocol === undefined ? {} : { protocol }),
    };
  }

  /** Tools as they were last heard of: without asking. */
  get known(): ReadonlyMap<string, McpTool> {
    return this.#tools;
  }

  /** Connects where there is no connection. @throws McpNotConnected */
  async connect(): Promise<void> {
    await this.#opened();
  }

  /**
   * The tools of the server. Where it does not tell now, those that it told last.
   * @param fresh asks the server, however recently it was asked
   * @throws McpNotConnected where there is no connection, and none are known
   */
  async tools({ fresh = false }: { fresh?: boolean } = {}): Promise<ReadonlyMap<string, McpTool>> {
    try {
      const open = await this.#opened();
      if (fresh || performance.now() - this.#listedAt > freshMs) await this.#list(open);
    } catch (error) {
      if (this.#tools.size === 0) throw error;
      this.#because = plainText(messageOf(error), 500);
    }
    return this.#tools;
  }

  /**
   * Calls a tool, once.
   * @throws McpNotConnected nothing happened; {@link McpCallUnclear} it may have
   */
  async call(
    tool: string,
    args: JsonObject,
    { signal, progress }: { signal?: AbortSignal; progress?: (message: string) => void } = {},
  ): Promise<McpAnswer> {
    const timeout = Math.min(this.entry.settings.timeoutMs ?? defaultCallMs, longestCallMs);
    for (let attempt = 1; ; attempt++) {
      const open = await this.#opened();
      try {
        const result = await open.client.callTool(
          { name: tool, arguments: args },
          {
            timeout,
            maxTotalTimeout: longestCallMs,
            resetTimeoutOnProgress: true,
            ...(signal === undefined ? {} : { signal }),
            ...(progress === undefined
              ? {}
              : {
                  onprogress: ({ message, progress: done, total }) =>
                    progress(plainText(message ?? `${done}/${total ?? '?'}`, 500)),
                }),
          },
        );
        return answerFrom(result);
      } catch (error) {
        // What was refused for want of access, or of a session that the server lost, was not carried out.
        if (attempt === 1 && (await this.#mended(open, error))) continue;
        return answerToError(open.sdk, error);
      }
    }
  }

  /** Skills that the server offers; none where it knows no skills. @throws McpNotConnected */
  async skills(): Promise<readonly McpSkill[]> {
    return listSkills((await this.#opened()).client);
  }

  /** A file of a skill; SKILL.md where none is named. @throws McpNotConnected where it is not what the list says of it */
  async skillFile(uri: string, file?: string): Promise<McpSkillFile> {
    return readSkill((await this.#opened()).client, uri, file);
  }

  /**
   * Has a person give access, then connects.
   * @throws McpNotConnected
   */
  async login(authorizer: McpAuthorizer): Promise<void> {
    await this.disconnect();
    this.#state = 'idle';
    const opening = this.#begin(authorizer);
    await opening;
  }

  /** Forgets the tokens. */
  async logout(): Promise<void> {
    await this.disconnect();
    this.#options.tokens.remove();
  }

  async disconnect(): Promise<void> {
    clearTimeout(this.#timer);
    await this.#opening?.catch(() => undefined);
    const open = this.#open;
    this.#open = undefined;
    if (this.#state !== 'disabled') this.#state = 'idle';
    this.#because = undefined;
    this.#attempts = 0;
    if (open !== undefined) await closeAll(open);
  }

  async close(): Promise<void> {
    this.#ended = true;
    await this.disconnect();
  }

  async #opened(): Promise<Opened> {
    if (this.#state === 'disabled')
      throw new McpNotConnected('disabled', `The server ${this.entry.name} is switched off in its settings.`);
    return this.#open ?? this.#opening ?? this.#begin(this.#options.authorizer);
  }

  #begin(authorizer: McpAuthorizer | undefined): Promise<Opened> {
    clearTimeout(this.#timer);
    this.#state = 'connecting';
    this.#opening = this.#connect(authorizer)
      .then((open) => {
        if (authorizer !== this.#options.authorizer && open.provider instanceof McpSignIn) open.provider.leave();
        this.#open = open;
        this.#state = 'connected';
        this.#because = undefined;
        this.#connectedAt = performance.now();
        return open;
      })
      .catch((error: unknown) => {
        throw this.#failed(error);
      })
      .finally(() => {
        this.#opening = undefined;
      });
    return this.#opening;
  }

  #failed(error: unknown): McpNotConnected {
    const known = ofNotConnected(error);
    const { name } = this.entry;
    this.#state = known?.state === 'login' ? 'login' : 'failed';
    this.#because = plainText(messageOf(error), 1_000);
    const told =
      this.#state === 'login'
        ? `${name} asks for a sign-in: timonel code mcp login ${name}, or /mcp login ${name}.`
        : `${name} is not connected: ${this.#because}`;
    return new McpNotConnected(this.#state, told, { cause: error });
  }

  async #connect(authorizer: McpAuthorizer | undefined): Promise<Opened> {
    const sdk = await import('@modelcontextprotocol/client');
    const { settings } = this.entry;
    const provider = settings.kind === 'stdio' ? undefined : await providerFor(sdk, settings, this.#options.tokens, authorizer);
    if (this.#wantedScope !== undefined && provider instanceof McpSignIn && authorizer !== undefined && settings.kind !== 'stdio')
      await this.#widen(sdk, settings.url, provider, this.#wantedScope);
    for (let attempt = 1; ; attempt++) {
      const opened = await openTransport(settings, this.#options.environment, provider);
      const client = clientFor(sdk, settings, this.#options.elicit, (tools) => {
        if (tools === undefined) this.#listedAt = Number.NEGATIVE_INFINITY;
        else this.#take(tools);
      });
      try {
        await client.connect(opened.transport, {
          timeout: connectMs,
          ...(this.#prior === undefined ? {} : { prior: this.#prior }),
        });
        const open = { sdk, client, opened, provider };
        this.#remember(client);
        client.onclose = () => this.#lost(open);
        await this.#list(open).catch((error: unknown) => {
          // Tools that were known stay known: one failure says nothing of them.
          if (this.#tools.size === 0) throw error;
        });
        return open;
      } catch (error) {
        const complaint = opened.complaint();
        const signedIn = attempt <= 2 && (await this.#signIn(provider, opened));
        await client.close().catch(() => undefined);
        await opened.close().catch(() => undefined);
        if (signedIn) continue;
        // A verdict that was right of an older server.
        if (this.#prior !== undefined) {
          this.#prior = undefined;
          continue;
        }
        if (complaint === '') throw error;
        throw new Error(`${messageOf(error)} The program said: ${complaint}`, { cause: error });
      }
    }
  }

  #remember(client: Client): void {
    if (this.entry.settings.kind !== 'stdio' || this.entry.settings.protocol !== undefined) return;
    const discover = client.getDiscoverResult();
    this.#prior = discover === undefined ? { kind: 'legacy' } : { kind: 'modern', discover };
  }

  async #list({ client }: Opened): Promise<void> {
    if (client.getServerCapabilities()?.tools === undefined) return this.#take([]);
    const { tools } = await client.listTools(undefined, { timeout: connectMs, cacheMode: 'refresh' });
    this.#take(tools);
  }

  #take(tools: Parameters<typeof toolsFrom>[0]): void {
    this.#tools = toolsFrom(tools);
    this.#listedAt = performance.now();
  }

  /** @returns whether the call can be made again: it was refused, and what it was refused for is mended */
  async #mended(open: Opened, error: unknown): Promise<boolean> {
    const { sdk, provider, opened, client } = open;
    if (await this.#signIn(provider, opened)) return true;
    if (provider instanceof McpSignIn && provider.wantedScope !== undefined) {
      this.#wantedScope = provider.wantedScope;
      this.#because = `It asks for more access than was given: ${plainText(provider.wantedScope, 200)}`;
    }
    // A server that was started anew knows no session of before (2025-11-25, basic/transports, session management).
    const gone = error instanceof sdk.SdkHttpError && error.status === 404 && client.getDiscoverResult() === undefined;
    if (!gone || this.#open !== open) return false;
    this.#open = undefined;
    await closeAll(open);
    return true;
  }

  async #signIn(provider: OAuthClientProvider | undefined, { finishSignIn }: OpenedTransport): Promise<boolean> {
    if (!(provider instanceof McpSignIn) || !provider.waits || finishSignIn === undefined) return false;
    try {
      await finishSignIn(await provider.ask());
      return true;
    } finally {
      provider.done();
    }
  }

  /** A sign-in for scopes that the server asked for earlier, when nobody was there. */
  async #widen(sdk: Sdk, serverUrl: string, provider: McpSignIn, scope: string): Promise<void> {
    this.#wantedScope = undefined;
    const opened = await openTransport(this.entry.settings, {}, provider);
    try {
      await sdk.auth(provider, {
        serverUrl,
        scope,
        forceReauthorization: true,
        ...(opened.fetch === undefined ? {} : { fetchFn: opened.fetch }),
      });
      await this.#signIn(provider, opened);
    } finally {
      await opened.close();
    }
  }

  /** The program ended, or the stream did. */
  #lost(open: Opened): void {
    if (this.#open !== open) return;
    this.#open = undefined;
    void open.opened.close().catch(() => undefined);
    if (this.#ended) return;
    // One that ends as soon as it began is not started over and over.
    if (performance.now() - this.#connectedAt > steadyMs) this.#attempts = 0;
    this.#state = 'retrying';
    const complaint = open.opened.complaint();
    this.#because = complaint === '' ? 'The connection was closed.' : `The connection was closed. The program said: ${complaint}`;
    this.#later();
  }

  #later(): void {
    if (this.#attempts >= mostAttempts) {
      this.#state = 'failed';
      return;
    }
    const delay = Math.min((this.#options.firstDelayMs ?? 500) * 2 ** this.#attempts++, longestDelayMs);
    this.#timer = setTimeout(() => {
      if (this.#open !== undefined || this.#opening !== undefined || this.#ended) return;
      this.#begin(this.#options.authorizer).catch(() => {
        if (this.#state !== 'failed' || this.#ended) return;
        this.#state = 'retrying';
        this.#later();
      });
    }, delay);
    this.#timer.unref();
  }
}

async function closeAll({ client, opened }: Opened): Promise<void> {
  client.onclose = () => undefined;
  await opened.close().catch(() => undefined);
  await client.close().catch(() => undefined);
}
