/** Connections: a channel's accounts in workspaces, with sealed secrets. Kept in memory: a webhook is checked without asking the database. */
import { publishFault } from '../diagnostics.ts';
import { TimonelError } from '../errors.ts';
import type { AccessNotices } from '../identity/access.ts';
import { channelPurpose, Sealer } from '../identity/sealed.ts';
import type { ServerKeys } from '../identity/secrets.ts';
import type { DatabasePool } from '../store/database.ts';
import { KeptCopy } from '../store/kept-copy.ts';
import { storableJson } from '../store/storable.ts';
import type { Channel, ChannelName, CommonSettings, OpenConnection } from './contract.ts';

/** A connection as people see it: no secret, but their names. */
export interface ConnectionView {
  id: string;
  channel: ChannelName;
  name: string;
  agent: string;
  account: string;
  settings: Record<string, unknown>;
  /** Names of the secrets that are set. */
  secrets: string[];
  /** Until when the secrets before the last rotation are taken too. */
  previousUntil: string | null;
  /** Why nothing is sent until a person has looked. */
  suspended: { code: string; message: string } | null;
  createdAt: string;
  disabledAt: string | null;
}

export interface NewConnection {
  channel: ChannelName;
  name: string;
  agent: string;
  settings: Record<string, unknown>;
  secrets: Record<string, string>;
}

interface Sealed {
  current: Record<string, string>;
  previous?: Record<string, string>;
  /** Milliseconds since the epoch. */
  previousUntil?: number;
}

interface Row {
  id: string;
  workspace_id: string;
  channel: ChannelName;
  name: string;
  agent: string;
  account: string;
  settings: Record<string, unknown>;
  secrets: string;
  suspended: ConnectionView['suspended'];
  created_at: Date;
  disabled_at: Date | null;
}

export interface ConnectionsDependencies {
  pool: DatabasePool;
  keys: ServerKeys;
  notices: AccessNotices;
  channels: ReadonlyMap<ChannelName, Channel>;
  now(): Date;
  newId(): string;
  /** Connections that were enabled and are not any more. */
  onGone(ids: readonly string[]): void;
}

/** How long the secrets before a rotation are taken, in seconds, where nothing else is asked for. */
export const overlapSeconds = 86_400;

const columns = 'id, workspace_id, channel, name, agent, account, settings, secrets, suspended, created_at, disabled_at';

export class Connections {
  readonly #dependencies: ConnectionsDependencies;
  readonly #sealer: Sealer;
  readonly #copy: KeptCopy;
  #open = new Map<string, OpenConnection & { previousUntil: number; suspended: boolean }>();

  constructor(dependencies: ConnectionsDependencies) {
    this.#dependencies = dependencies;
    this.#sealer = new Sealer(dependencies.keys, channelPurpose);
    const { notices } = dependencies;
    this.#copy = new KeptCopy({ read: () => this.#read(), notices, kind: 'channels' });
  }

  open(): Promise<void> {
    return this.#copy.open();
  }

  close(): void {
    this.#copy.close();
  }

  /** Those that are enabled, in workspaces that are. */
  get enabled(): OpenConnection[] {
    return [...this.#open.keys()].flatMap((id) => this.find(id) ?? []);
  }

  /** Those that may send. */
  get sending(): OpenConnection[] {
    return this.enabled.filter(({ id }) => this.#open.get(id)?.suspended === false);
  }

  find(id: string): OpenConnection | undefined {
    const found = this.#open.get(id);
    if (found === undefined) return undefined;
    const { previousUntil, suspended: _, ...connection } = found;
    return previousUntil > this.#dependencies.now().getTime() ? connection : { ...connection, previous: undefined };
  }

  /** The connection of a workspace to an account of a channel. */
  ofAccount(workspaceId: string, channel: ChannelName, account: string): OpenConnection | undefined {
    return this.enabled.find((each) => each.workspaceId === workspaceId && each.channel === channel && each.account === account);
  }

  channelOf(name: ChannelName): Channel {
    const channel = this.#dependencies.channels.get(name);
    if (channel === undefined) throw new TypeError(`There is no channel "${name}".`);
    return channel;
  }

  /** @throws TimonelError `connection_exists`, `invalid_request` */
  async add(workspaceId: string, wanted: NewConnection, by: string): Promise<ConnectionView> {
    const channel = this.channelOf(wanted.channel);
    const settings = checked(() => channel.settings.parse(wanted.settings), 'settings');
    const secrets = checked(() => channel.secrets.parse(wanted.secrets), 'secrets');
    const id = this.#dependencies.newId();
    const row = await this.#change(workspaceId, (query) =>
      query(
        `INSERT INTO channel_connections (id, workspace_id, channel, name, agent, account, settings, secrets, created_by)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING RETURNING ${columns}`,
        [
          id,
          workspaceId,
          wanted.channel,
          wanted.name,
          wanted.agent,
          channel.accountOf(settings),
          storableJson(settings),
          this.#seal(id, { current: secrets }),
          by,
        ],
      ),
    );
    if (row === undefined) {
      throw new TimonelError(
        'connection_exists',
        `A connection is called "${wanted.name}" already, or another one is connected to that account. Take another name, or disable the other one first.`,
      );
    }
    await this.#copy.read();
    return this.#view(row);
  }

  async list(workspaceId: string): Promise<ConnectionView[]> {
    const rows = await this.#dependencies.pool.executeText<Row>(
      `SELECT ${columns} FROM channel_connections WHERE workspace_id = $1 ORDER BY created_at, id`,
      [workspaceId],
    );
    return rows.map((row) => this.#view(row));
  }

  /** @throws TimonelError `connection_not_found` */
  async get(workspaceId: string, id: string): Promise<ConnectionView> {
    return this.#view(await this.#row(workspaceId, id));
  }

  /** With its secrets, disabled or not. @throws TimonelError `connection_not_found` */
  async whole(workspaceId: string, id: string): Promise<OpenConnection> {
    return this.#opened(await this.#row(workspaceId, id));
  }

  /** New settings or another agent; what is not given stays. @throws TimonelError `connection_not_found`, `connection_exists`, `invalid_request` */
  async update(
    workspaceId: string,
    id: string,
    change: {
      name?: string | undefined;
      agent?: string | undefined;
      settings?: Record<string, unknown> | undefined;
      enabled?: boolean | undefined;
    },
  ): Promise<ConnectionView> {
    const before = await this.#row(workspaceId, id);
    const channel = this.channelOf(before.channel);
    const settings =
      change.settings === undefined
        ? before.settings
        : checked(() => channel.settings.parse({ ...before.settings, ...change.settings }), 'settings');
    const account = channel.accountOf(settings);
    if (account !== before.account)
      throw new TimonelError('invalid_request', 'A connection stays with its account. Add another connection for another account.');
    const row = await this.#change(workspaceId, (query) =>
      query(
        // What a person changed may have cured what the account suffered from.
        `UPDATE channel_connections SET name = $3, agent = $4, settings = $5, suspended = NULL, updated_at = now(),
           disabled_at = CASE WHEN $6::boolean IS NULL THEN disabled_at WHEN $6 THEN NULL ELSE COALESCE(disabled_at, now()) END
         WHERE id = $2 AND workspace_id = $1 RETURNING ${columns}`,
        [workspaceId, id, change.name ?? before.name, change.agent ?? before.agent, storableJson(settings), change.enabled ?? null],
      ),
    ).catch((error: unknown) => {
      if (error instanceof Error && 'constraint' in error)
        throw new TimonelError('connection_exists', 'Another connection has that name, or that account.', { cause: error });
      throw error;
    });
    if (row === undefined) throw notFound(id);
    await this.#copy.read();
    return this.#view(row);
  }

  /**
   * Takes new secrets; those before are taken for `overlap` seconds more by webhooks. What is sent uses the new ones at once.
   * @throws TimonelError `connection_not_found`, `invalid_request`
   */
  async rotate(workspaceId: string, id: string, given: Record<string, string>, overlap = overlapSeconds): Promise<ConnectionView> {
    const before = await this.#row(workspaceId, id);
    const { current } = this.#unseal(before);
    const secrets = checked(() => this.channelOf(before.channel).secrets.parse({ ...current, ...given }), 'secrets');
    const previousUntil = this.#dependencies.now().getTime() + overlap * 1_000;
    const sealed = this.#seal(id, { current: secrets, previous: current, previousUntil });
    const row = await this.#change(workspaceId, (query) =>
      query(
        `UPDATE channel_connections SET secrets = $3, suspended = NULL, updated_at = now()
         WHERE id = $2 AND workspace_id = $1 AND secrets = $4 RETURNING ${columns}`,
        [workspaceId, id, sealed, before.secrets],
      ),
    );
    if (row === undefined)
      throw new TimonelError('version_conflict', 'The secrets were changed meanwhile. Look again, then send yours.');
    await this.#copy.read();
    return this.#view(row);
  }

  /** Nothing is sent for the account until a person changes the connection. */
  async suspend(connection: OpenConnection, error: { code: string; message: string }): Promise<void> {
    await this.#change(connection.workspaceId, (query) =>
      query('UPDATE channel_connections SET suspended = $3, updated_at = now() WHERE id = $2 AND workspace_id = $1 RETURNING id', [
        connection.workspaceId,
        connection.id,
        storableJson(error),
      ]),
    );
    await this.#copy.read();
  }

  async #row(workspaceId: string, id: string): Promise<Row> {
    const [row] = await this.#dependencies.pool.executeText<Row>(
      `SELECT ${columns} FROM channel_connections WHERE workspace_id = $1 AND id = $2`,
      [workspaceId, id],
    );
    if (row === undefined) throw notFound(id);
    return row;
  }

  #change(
    workspaceId: string,
    work: (query: (text: string, values: unknown[]) => Promise<Row | undefined>) => Promise<Row | undefined>,
  ) {
    return this.#dependencies.notices.change(async (client, tell) => {
      tell({ kind: 'channels', workspaceId });
      return work(async (text, values) => (await client.query<Row>(text, values)).rows[0]);
    });
  }

  async #read(): Promise<void> {
    const { pool } = this.#dependencies;
    const rows = await pool.executeText<Row>(
      `SELECT ${columns.replaceAll(/\b(\w+)/g, 'c.$1')} FROM channel_connections c JOIN workspaces w USING (workspace_id)
       WHERE c.disabled_at IS NULL AND w.disabled_at IS NULL`,
    );
    const open = new Map<string, OpenConnection & { previousUntil: number; suspended: boolean }>();
    for (const row of rows) {
      try {
        const { previousUntil = 0 } = this.#unseal(row);
        open.set(row.id, { ...this.#opened(row), previousUntil, suspended: row.suspended !== null });
      } catch (error) {
        // One that cannot be opened keeps no other from working.
        publishFault(`opening the connection ${row.id}`, error);
      }
    }
    const gone = [...this.#open.keys()].filter((id) => !open.has(id));
    this.#open = open;
    if (gone.length > 0) this.#dependencies.onGone(gone);
  }

  #opened(row: Row): OpenConnection {
    const { current, previous } = this.#unseal(row);
    const { id, channel, name, agent, account } = row;
    const settings = this.channelOf(channel).settings.parse(row.settings) as OpenConnection['settings'] & CommonSettings;
    return { id, workspaceId: row.workspace_id, channel, name, agent, account, settings, secrets: current, previous };
  }

  #seal(id: string, secrets: Sealed): string {
    return this.#sealer.seal(JSON.stringify(secrets), id);
  }

  #unseal({ id, secrets }: Row): Sealed {
    return JSON.parse(this.#sealer.open(secrets, id)) as Sealed;
  }

  #view(row: Row): ConnectionView {
    const { current, previousUntil = 0 } = this.#unseal(row);
    const { id, channel, name, agent, account, settings, suspended } = row;
    const overlaps = previousUntil > this.#dependencies.now().getTime();
    return {
      id,
      channel,
      name,
      agent,
      account,
      settings,
      secrets: Object.keys(current),
      previousUntil: overlaps ? new Date(previousUntil).toISOString() : null,
      suspended,
      createdAt: row.created_at.toISOString(),
      disabledAt: row.disabled_at?.toISOString() ?? null,
    };
  }
}

function notFound(id: string): TimonelError {
  return new TimonelError(
    'connection_not_found',
    `There is no connection ${id} in this workspace. GET /api/v1/channels lists them.`,
  );
}

/** @throws TimonelError `invalid_request`, naming each member that is wrong and no value: secrets are among them */
function checked<T>(parse: () => T, what: string): T {
  try {
    return parse();
  } catch (error) {
    const issues = (error as { issues?: { path: PropertyKey[]; message: string }[] }).issues;
    if (issues === undefined) throw error;
    const faults = issues.map(({ path, message }) => `${[what, ...path.map(String)].join('.')}: ${message}`);
    throw new TimonelError('invalid_request', `The connection is not valid: ${faults.join('; ')}.`, { details: { faults } });
  }
}
