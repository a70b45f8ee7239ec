/** Addresses at which a workspace wants to be told of what happens, with sealed secrets. */
import { randomBytes } from 'node:crypto';
import { TimonelError } from '../errors.ts';
import { ownAddressIn } from '../foreign-addresses.ts';
import type { AccessNotices } from '../identity/access.ts';
import type { ChangeAuthor } from '../identity/audit/audit-log.ts';
import type { RecordDeed } from '../identity/deeds.ts';
import { Sealer, webhookPurpose } from '../identity/sealed.ts';
import type { ServerKeys } from '../identity/secrets.ts';
import type { DatabasePool } from '../store/database.ts';
import type { WebhookEvent } from '../store/webhook-events.ts';

/** An endpoint as people see it: without its secrets. */
export interface EndpointView {
  id: string;
  url: string;
  events: WebhookEvent[];
  /** Until when requests are signed with the secret before the last rotation too. */
  previousUntil: string | null;
  createdAt: string;
  disabledAt: string | null;
}

interface Secrets {
  current: string;
  previous?: string;
  /** Milliseconds since the epoch. */
  previousUntil?: number;
}

export interface EndpointRow {
  id: string;
  workspace_id: string;
  url: string;
  events: WebhookEvent[];
  secrets: string;
  created_at: Date;
  disabled_at: Date | null;
}

export interface EndpointsDependencies {
  pool: DatabasePool;
  keys: ServerKeys;
  notices: AccessNotices;
  record: RecordDeed;
  /** Also http, and addresses of this machine and its network. */
  anywhere: boolean;
  now(): Date;
  newId(): string;
}

const columns = 'id, workspace_id, url, events, secrets, created_at, disabled_at';
/** In a workspace: each event is a row for each of them. */
const mostEndpoints = 20;

export class Endpoints {
  readonly #dependencies: EndpointsDependencies;
  readonly #sealer: Sealer;

  constructor(dependencies: EndpointsDependencies) {
    this.#dependencies = dependencies;
    this.#sealer = new Sealer(dependencies.keys, webhookPurpose);
  }

  async list(workspaceId: string): Promise<EndpointView[]> {
    const rows = await this.#dependencies.pool.executeText<EndpointRow>(
      `SELECT ${columns} FROM webhook_endpoints WHERE workspace_id = $1 ORDER BY created_at, id`,
      [workspaceId],
    );
    return rows.map((row) => this.#view(row));
  }

  /** @throws TimonelError `not_found` */
  async get(workspaceId: string, id: string): Promise<EndpointView> {
    return this.#view(await this.#row(workspaceId, id));
  }

  /** @returns its secret, which is shown this once. @throws TimonelError `invalid_request` */
  async add(
    workspaceId: string,
    { url, events }: { url: string; events: readonly WebhookEvent[] },
    by: ChangeAuthor & { asker: string },
  ): Promise<EndpointView & { secret: string }> {
    requireForeign(url, this.#dependencies.anywhere);
    const id = this.#dependencies.newId();
    const secret = newSecret();
    const row = await this.#change(workspaceId, id, 'webhook-added', by, { url, events: [...events] }, (query) =>
      query(
        `INSERT INTO webhook_endpoints (id, workspace_id, url, events, secrets, created_by)
         SELECT $2, $1, $3, $4, $5, $6 WHERE (SELECT count(*) FROM webhook_endpoints WHERE workspace_id = $1) < ${mostEndpoints} RETURNING ${columns}`,
        [workspaceId, id, url, events, this.#seal(id, { current: secret }), by.asker],
      ),
    );
    if (row === undefined)
      throw new TimonelError('invalid_request', `A workspace has ${mostEndpoints} webhooks at most. Remove one first.`);
    return { ...this.#view(row), secret };
  }

  /** What is not given stays. @throws TimonelError `not_found`, `invalid_request` */
  async update(
    workspaceId: string,
    id: string,
    change: { url?: string | undefined; events?: readonly WebhookEvent[] | undefined; enabled?: boolean | undefined },
    by: ChangeAuthor,
  ): Promise<EndpointView> {
    const { url, events, enabled } = change;
    if (url !== undefined) requireForeign(url, this.#dependencies.anywhere);
    const details = {
      ...(url === undefined ? {} : { url }),
      ...(events === undefined ? {} : { events: [...events] }),
      ...(enabled === undefined ? {} : { enabled }),
    };
    const row = await this.#change(workspaceId, id, 'webhook-changed', by, details, (query) =>
      query(
        `UPDATE webhook_endpoints SET url = COALESCE($3, url), events = COALESCE($4, events), updated_at = now(),
           disabled_at = CASE WHEN $5::boolean IS NULL THEN disabled_at WHEN $5 THEN NULL ELSE COALESCE(disabled_at, now()) END
         WHERE workspace_id = $1 AND id = $2 RETURNING ${columns}`,
        [workspaceId, id, url ?? null, events ?? null, enabled ?? null],
      ),
    );
    if (row === undefined) throw notFound(id);
    return this.#view(row);
  }

  /** With all that waits for it. @throws TimonelError `not_found` */
  async remove(workspaceId: string, id: string, by: ChangeAuthor): Promise<void> {
    const row = await this.#change(workspaceId, id, 'webhook-removed', by, {}, (query) =>
      query(`DELETE FROM webhook_endpoints WHERE workspace_id = $1 AND id = $2 RETURNING ${columns}`, [workspaceId, id]),
    );
    if (row === undefined) throw notFound(id);
  }

  /**
   * A new secret; for `overlap` seconds requests carry a signature of the one before, too.
   * @returns the new secret, which is shown this once. @throws TimonelError `not_found`, `version_conflict`
   */
  async rotate(workspaceId: string, id: string, overlap: number, by: ChangeAuthor): Promise<EndpointView & { secret: string }> {
    const before = await this.#row(workspaceId, id);
    const secret = newSecret();
    const previousUntil = this.#dependencies.now().getTime() + overlap * 1_000;
    const sealed = this.#seal(id, { current: secret, previous: this.#unseal(before).current, previousUntil });
    const row = await this.#change(workspaceId, id, 'webhook-secret-rotated', by, { overlapSeconds: overlap }, (query) =>
      query(
        `UPDATE webhook_endpoints SET secrets = $3, updated_at = now() WHERE workspace_id = $1 AND id = $2 AND secrets = $4 RETURNING ${columns}`,
        [workspaceId, id, sealed, before.secrets],
      ),
    );
    if (row === undefined) throw new TimonelError('version_conflict', 'The secret was changed meanwhile. Look again.');
    return { ...this.#view(row), secret };
  }

  /** What requests to an endpoint are signed with now, the current secret first. */
  secretsOf(row: Pick<EndpointRow, 'id' | 'secrets'>): string[] {
    const { current, previous, previousUntil = 0 } = this.#unseal(row);
    return previous !== undefined && previousUntil > this.#dependencies.now().getTime() ? [current, previous] : [current];
  }

  async #row(workspaceId: string, id: string): Promise<EndpointRow> {
    const [row] = await this.#dependencies.pool.executeText<EndpointRow>(
      `SELECT ${columns} FROM webhook_endpoints WHERE workspace_id = $1 AND id = $2`,
      [workspaceId, id],
    );
    if (row === undefined) throw notFound(id);
    return row;
  }

  /** The change, its entry in the audit log and the word to other processes are one transaction. */
  #change(
    workspaceId: string,
    id: string,
    action: string,
    by: ChangeAuthor,
    details: { [name: string]: string | number | boolean | string[] },
    work: (query: (text: string, values: unknown[]) => Promise<EndpointRow | undefined>) => Promise<EndpointRow | undefined>,
  ): Promise<EndpointRow | undefined> {
    const { notices, record } = this.#dependencies;
    return notices.change(async (client, tell) => {
      const row = await work(async (text, values) => (await client.query<EndpointRow>(text, values)).rows[0]);
      if (row === undefined) return undefined;
      tell({ kind: 'webhooks', workspaceId });
      const { actor, origin } = by;
      await record({ workspaceId, actor, origin, action, target: { kind: 'webhook', id }, details }, client);
      return row;
    });
  }

  #seal(id: string, secrets: Secrets): string {
    return this.#sealer.seal(JSON.stringify(secrets), id);
  }

  #unseal({ id, secrets }: Pick<EndpointRow, 'id' | 'secrets'>): Secrets {
    return JSON.parse(this.#sealer.open(secrets, id)) as Secrets;
  }

  #view(row: EndpointRow): EndpointView {
    const { previousUntil = 0 } = this.#unseal(row);
    return {
      id: row.id,
      url: row.url,
      events: row.events,
      previousUntil: previousUntil > this.#dependencies.now().getTime() ? new Date(previousUntil).toISOString() : null,
      createdAt: row.created_at.toISOString(),
      disabledAt: row.disabled_at?.toISOString() ?? null,
    };
  }
}

/** @throws TimonelError `invalid_request`. A name is looked at when it is connected to. */
function requireForeign(text: string, anywhere: boolean): void {
  const url = new URL(text);
  const why =
    url.username !== '' || url.password !== ''
      ? 'has a user or a password in it; requests are signed, see docs/webhooks.md'
      : anywhere
        ? undefined
        : url.protocol !== 'https:'
          ? 'does not begin with https://'
          : ownAddressIn(url) !== undefined || /^localhost\.?$|\.localhost\.?$/.test(url.hostname)
            ? 'is one of this machine or its network'
            : undefined;
  if (why === undefined) return;
  throw new TimonelError(
    'invalid_request',
    `The address ${url.protocol}//${url.host} ${why}. Take an https:// address of the internet; for tests, TIMONEL_WEBHOOK_PRIVATE_ADDRESSES=true allows the others.`,
  );
}

function newSecret(): string {
  return `whsec_${randomBytes(32).toString('base64')}`;
}

function notFound(id: string): TimonelError {
  return new TimonelError('not_found', `There is no webhook ${id} in this workspace. GET /api/v1/webhooks lists them.`);
}
