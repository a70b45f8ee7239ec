/** All servers of an agent: read from settings, connected when they are asked for, and none of a project before somebody said yes. */
import { messageOf } from '../errors.ts';
import type { JsonObject } from '../vocabulary.ts';
import type { McpApprovals } from './approvals-file.ts';
import { argumentFaults } from './arguments.ts';
import type { McpElicit } from './client.ts';
import { McpConnection } from './connection.ts';
import { type McpAnswer, McpNotConnected, type McpServerEntry, type McpServerView, type McpTool } from './contract.ts';
import { type McpSource, readMcpSettings } from './settings.ts';
import type { McpAuthorizer } from './sign-in.ts';
import type { McpSkill, McpSkillFile } from './skills.ts';
import { type McpTokenStore, tokensInMemory } from './token-store.ts';

export interface McpHubOptions {
  /** The files with servers, those of the user first. Asked again and again: what changed is taken up. */
  sources(): Promise<readonly McpSource[]>;
  /** What `${NAME}` in the files stands for. */
  variables: Readonly<Record<string, string | undefined>>;
  /** What programs are started with beside what the files name for them: it must hold no secrets. */
  environment: Readonly<Record<string, string>>;
  approvals: McpApprovals;
  /** Where tokens of a server are kept; while the process lives where absent. */
  tokens?(url: string): McpTokenStore;
  /** Answers questions of servers; without it they are told that none are taken. */
  elicit?: McpElicit;
  /** Milliseconds before the first attempt to connect anew; 500 where absent. */
  firstDelayMs?: number;
}

export class McpHub implements AsyncDisposable {
  readonly #options: McpHubOptions;
  readonly #connections = new Map<string, McpConnection>();
  #faults: readonly string[] = [];
  #reading: Promise<void> | undefined;

  constructor(options: McpHubOptions) {
    this.#options = options;
  }

  /** All servers that the settings name now, and what is wrong in the settings. */
  async servers(): Promise<{ servers: readonly McpServerView[]; faults: readonly string[] }> {
    await this.#read();
    const servers = [...this.#connections.values()].map((connection) => {
      const view = connection.view();
      return view.state === 'idle' && !this.#isApproved(connection.entry) ? { ...view, state: 'unapproved' as const } : view;
    });
    return { servers, faults: this.#faults };
  }

  /** @throws McpNotConnected where no settings name it */
  async entry(name: string): Promise<McpServerEntry> {
    return (await this.#find(name)).entry;
  }

  async isApproved(name: string): Promise<boolean> {
    return this.#isApproved((await this.#find(name)).entry);
  }

  /**
   * A person said yes to how the server is started.
   * @param launch of the entry that the person saw
   * @throws McpNotConnected where it is another one by now
   */
  async approve(name: string, launch: string): Promise<void> {
    const { entry } = await this.#find(name);
    if (entry.launch !== launch)
      throw new McpNotConnected(
        'unapproved',
        `The settings of ${name} are other ones by now. Look at them again before you say yes.`,
      );
    this.#options.approvals.add(launch);
  }

  /** @throws McpNotConnected */
  async connect(name: string): Promise<void> {
    await (await this.#approved(name)).connect();
  }

  async disconnect(name: string): Promise<void> {
    await (await this.#find(name)).disconnect();
  }

  /** Has a person give access. @throws McpNotConnected */
  async login(name: string, authorizer: McpAuthorizer): Promise<void> {
    await (await this.#approved(name)).login(authorizer);
  }

  async logout(name: string): Promise<void> {
    await (await this.#find(name)).logout();
  }

  /** @throws McpNotConnected */
  async tools(name: string, options: { fresh?: boolean } = {}): Promise<ReadonlyMap<string, McpTool>> {
    return (await this.#approved(name)).tools(options);
  }

  /** Skills of a server. @throws McpNotConnected */
  async skills(name: string): Promise<readonly McpSkill[]> {
    return (await this.#approved(name)).skills();
  }

  /** A file of a skill; SKILL.md where none is named. @throws McpNotConnected */
  async skillFile(name: string, uri: string, file?: string): Promise<McpSkillFile> {
    return (await this.#approved(name)).skillFile(uri, file);
  }

  /** Whether the user's own settings let the tool run without a question. */
  async isAllowed(name: string, tool: string): Promise<boolean> {
    const { entry } = await this.#find(name);
    return entry.origin === 'user' && entry.settings.allow?.includes(tool) === true;
  }

  /** What is wrong with arguments, by the server's own schema; empty where nothing is. */
  async faultsOf({ inputSchema }: McpTool, args: JsonObject): Promise<readonly string[]> {
    return argumentFaults(inputSchema, args);
  }

  /** Calls a tool, once. @throws McpNotConnected nothing happened; McpCallUnclear it may have */
  async call(
    name: string,
    tool: string,
    args: JsonObject,
    options: { signal?: AbortSignal; progress?: (message: string) => void } = {},
  ): Promise<McpAnswer> {
    return (await this.#approved(name)).call(tool, args, options);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#connections.values()].map((connection) => connection.close()));
    this.#connections.clear();
  }

  #isApproved({ origin, launch }: McpServerEntry): boolean {
    return origin === 'user' || this.#options.approvals.has(launch);
  }

  async #approved(name: string): Promise<McpConnection> {
    const connection = await this.#find(name);
    const { entry } = connection;
    if (!this.#isApproved(entry))
      throw new McpNotConnected(
        'unapproved',
        `The project names the server ${name}, and nobody said yes to it yet: ${entry.shown}`,
      );
    return connection;
  }

  async #find(name: string): Promise<McpConnection> {
    await this.#read();
    const connection = this.#connections.get(name);
    if (connection !== undefined) return connection;
    const all = [...this.#connections.keys()];
    throw new McpNotConnected(
      'failed',
      `There is no server "${name}". ${all.length === 0 ? 'None are set up.' : `There are: ${all.join(', ')}.`}`,
    );
  }

  #read(): Promise<void> {
    this.#reading ??= this.#readNow().finally(() => {
      this.#reading = undefined;
    });
    return this.#reading;
  }

  /** A server whose settings changed is another one: its connection ends. */
  async #readNow(): Promise<void> {
    const { sources, variables, environment, tokens, elicit, firstDelayMs } = this.#options;
    const unread: string[] = [];
    const found = await sources().catch((error: unknown) => {
      // An agent goes on without servers rather than not at all.
      unread.push(`The settings of servers cannot be read: ${messageOf(error)}`);
      return [];
    });
    const { entries, faults } = readMcpSettings(found, variables);
    this.#faults = [...unread, ...faults];
    const gone = [...this.#connections].filter(([name, { entry }]) => {
      const now = entries.find((each) => each.name === name);
      return now === undefined || JSON.stringify(now) !== JSON.stringify(entry);
    });
    for (const [name] of gone) this.#connections.delete(name);
    for (const entry of entries) {
      if (this.#connections.has(entry.name)) continue;
      const url = entry.settings.kind === 'stdio' ? undefined : entry.settings.url;
      const kept = url === undefined ? undefined : tokens?.(url);
      this.#connections.set(
        entry.name,
        new McpConnection(entry, {
          environment,
          tokens: kept ?? tokensInMemory(),
          ...(elicit === undefined ? {} : { elicit }),
          ...(firstDelayMs === undefined ? {} : { firstDelayMs }),
        }),
      );
    }
    await Promise.all(gone.map(([, connection]) => connection.close().catch(() => undefined)));
  }
}
