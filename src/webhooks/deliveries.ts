/**
 * Events on their way to endpoints. A row is stored with its event; a look puts it into the queue, which tries it until the endpoint takes it or
 * the attempts are used up: then it is a dead letter, which people see and send again.
 */
import { channels, publishFault, type WebhookAttempted } from '../diagnostics.ts';
import { TimonelError } from '../errors.ts';
import type { DatabasePool } from '../store/database.ts';
import type { WebhookEvent } from '../store/webhook-events.ts';
import type { JsonObject } from '../vocabulary.ts';
import type { EndpointRow, Endpoints } from './endpoints.ts';
import type { WebhookSender } from './sender.ts';

export const deliveryStates = ['stored', 'queued', 'delivered', 'dead'] as const;
export type DeliveryState = (typeof deliveryStates)[number];

export interface WebhookDeliveryView {
  id: string;
  endpoint: string;
  event: string;
  data: JsonObject;
  state: DeliveryState;
  attempts: number;
  status: number | null;
  error: string | null;
  occurredAt: string;
  endedAt: string | null;
}

interface Row {
  id: string;
  sequence: string;
  endpoint_id: string;
  event: WebhookEvent | 'test';
  data: JsonObject;
  state: DeliveryState;
  attempts: number;
  status: number | null;
  error: string | null;
  occurred_at: Date;
  ended_at: Date | null;
}

export interface WebhookDeliveriesDependencies {
  pool: DatabasePool;
  endpoints: Endpoints;
  sender: WebhookSender;
  /** Adds the job that sends one, within the transaction at hand. */
  enqueue(payload: JsonObject): Promise<void>;
}

/** Attempts of one delivery: the queue repeats it so often, with pauses that double up to an hour, about five hours in all. */
export const mostAttempts = 15;
/** Rows that one look puts into the queue. */
const mostAtOnce = 100;
/** Between two looks where an endpoint is known, in milliseconds; elsewhere the minute's job looks. */
const lookEveryMs = 1_000;
/** Dead letters and what was delivered are kept so long. */
export const keptDays = 30;

const columns = 'id, sequence, endpoint_id, event, data, state, attempts, status, error, occurred_at, ended_at';

export class WebhookDeliveries {
  readonly #dependencies: WebhookDeliveriesDependencies;
  #timer: NodeJS.Timeout | undefined;
  #looking: Promise<void> | undefined;
  #closed = false;

  constructor(dependencies: WebhookDeliveriesDependencies) {
    this.#dependencies = dependencies;
  }

  /** An endpoint was added or changed: this process looks for events often from here on. */
  watch(): void {
    if (this.#timer !== undefined || this.#closed) return;
    this.#timer = setInterval(() => {
      this.look().catch((error: unknown) => publishFault('telling webhooks', error));
    }, lookEveryMs);
    this.#timer.unref();
  }

  /** Puts what is stored into the queue. Where no endpoint is left, this process looks no more by itself. */
  look(): Promise<void> {
    this.#looking ??= this.#look().finally(() => {
      this.#looking = undefined;
    });
    return this.#looking;
  }

  /** What the minute's job does: looks, and removes what is old. */
  async sweep(): Promise<void> {
    const { pool } = this.#dependencies;
    // What the queue lost is put into it again: its own attempts are over long before.
    await pool.executeText(
      `UPDATE webhook_deliveries SET state = 'stored' WHERE state = 'queued' AND queued_at < now() - interval '12 hours'`,
    );
    await this.look();
    await pool.executeText(`DELETE FROM webhook_deliveries WHERE ended_at < now() - make_interval(days => $1)`, [keptDays]);
    const [known] = await pool.executeText<{ known: boolean }>('SELECT EXISTS (SELECT FROM webhook_endpoints) AS known');
    if (known?.known === true) this.watch();
    else this.#rest();
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#rest();
    await this.#looking?.catch(() => {});
  }

  #rest(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  async #look(): Promise<void> {
    const { pool, enqueue } = this.#dependencies;
    for (let full = true; full && !this.#closed; ) {
      full = await pool.inTransaction(async (client) => {
        const { rows } = await client.query<{ id: string; workspace_id: string }>(
          `WITH due AS (
             SELECT d.id FROM webhook_deliveries d JOIN webhook_endpoints e ON e.id = d.endpoint_id
             WHERE d.state = 'stored' AND e.disabled_at IS NULL ORDER BY d.sequence LIMIT ${mostAtOnce} FOR UPDATE OF d SKIP LOCKED
           )
           UPDATE webhook_deliveries d SET state = 'queued', queued_at = now() FROM due WHERE d.id = due.id RETURNING d.id, d.workspace_id`,
        );
        for (const { id, workspace_id: workspaceId } of rows) await enqueue({ delivery: id, workspaceId });
        return rows.length === mostAtOnce;
      });
    }
  }

  /** The job: one attempt. @throws where another one is worth it */
  async deliver(payload: JsonObject): Promise<void> {
    const { pool, endpoints, sender } = this.#dependencies;
    const { delivery, workspaceId } = payload as { delivery: string; workspaceId: string };
    const [row] = await pool.executeText<Row & { endpoint: Omit<EndpointRow, 'created_at' | 'disabled_at'>; disabled: boolean }>(
      `SELECT ${columns.replaceAll(/\b(\w+)/g, 'd.$1')}, json_build_object('id', e.id, 'url', e.url, 'secrets', e.secrets) AS endpoint,
         e.disabled_at IS NOT NULL AS disabled
       FROM webhook_deliveries d JOIN webhook_endpoints e ON e.id = d.endpoint_id WHERE d.id = $1 AND d.workspace_id = $2 AND d.state = 'queued'`,
      [delivery, workspaceId],
    );
    if (row === undefined) return;
    if (row.disabled) {
      // It waits until the endpoint is enabled.
      await pool.executeText(
        `UPDATE webhook_deliveries SET state = 'stored' WHERE id = $1 AND workspace_id = $2 AND state = 'queued'`,
        [delivery, workspaceId],
      );
      return;
    }
    const body = JSON.stringify({ type: row.event, timestamp: row.occurred_at.toISOString(), data: { workspaceId, ...row.data } });
    let status: number | null = null;
    let error: string | null = null;
    try {
      status = await sender.send({ url: row.endpoint.url, secrets: endpoints.secretsOf(row.endpoint), id: `msg_${row.id}`, body });
      if (status >= 300) error = status < 400 ? `It answered ${status}; redirections are not followed.` : `It answered ${status}.`;
    } catch (thrown) {
      error = describe(thrown);
    }
    const attempts = row.attempts + 1;
    // An endpoint says with 410 that it is no more.
    const state = error === null ? 'delivered' : attempts >= mostAttempts || status === 410 ? 'dead' : 'queued';
    await pool.executeText(
      `UPDATE webhook_deliveries SET state = $3, attempts = $4, status = $5, error = $6, ended_at = CASE WHEN $3 IN ('delivered', 'dead') THEN now() END
       WHERE id = $1 AND workspace_id = $2 AND state = 'queued'`,
      [delivery, workspaceId, state, attempts, status, error],
    );
    const result = state === 'queued' ? 'retried' : state;
    if (channels.webhookAttempted.hasSubscribers)
      channels.webhookAttempted.publish({ event: row.event, result } satisfies WebhookAttempted);
    if (state === 'queued') throw new Error(`The webhook ${row.endpoint.id} was not told: ${error}`);
  }

  /** The latest first. */
  async list(
    workspaceId: string,
    filter: { endpoint?: string | undefined; state?: DeliveryState | undefined; before?: string | undefined; limit: number },
  ): Promise<{ deliveries: WebhookDeliveryView[]; next: string | null }> {
    const { endpoint, state, before, limit } = filter;
    const rows = await this.#dependencies.pool.executeText<Row>(
      `SELECT ${columns} FROM webhook_deliveries WHERE workspace_id = $1 AND ($2::uuid IS NULL OR endpoint_id = $2)
         AND ($3::text IS NULL OR state = $3) AND ($4::bigint IS NULL OR sequence < $4) ORDER BY sequence DESC LIMIT $5`,
      [workspaceId, endpoint ?? null, state ?? null, before ?? null, limit + 1],
    );
    const page = rows.slice(0, limit);
    return { deliveries: page.map(viewOf), next: rows.length > limit ? (page.at(-1)?.sequence ?? null) : null };
  }

  /** Sends what ended once more, with the same id: a receiver that had it knows it. @throws TimonelError `not_found`, `delivery_not_failed` */
  async replay(workspaceId: string, id: string): Promise<WebhookDeliveryView> {
    const { pool } = this.#dependencies;
    const [row] = await pool.executeText<Row>(
      `UPDATE webhook_deliveries SET state = 'stored', attempts = 0, ended_at = NULL WHERE workspace_id = $1 AND id = $2 AND state IN ('dead', 'delivered')
       RETURNING ${columns}`,
      [workspaceId, id],
    );
    if (row !== undefined) {
      this.watch();
      return viewOf(row);
    }
    const [known] = await pool.executeText('SELECT 1 FROM webhook_deliveries WHERE workspace_id = $1 AND id = $2', [
      workspaceId,
      id,
    ]);
    if (known === undefined)
      throw new TimonelError('not_found', `There is no such event ${id}. GET /api/v1/webhook-deliveries lists them.`);
    throw new TimonelError('delivery_not_failed', 'It is on its way still. Only what ended is sent again.');
  }

  /** Stores an event that means nothing, for one endpoint. */
  async test(workspaceId: string, endpointId: string): Promise<WebhookDeliveryView> {
    const [row] = await this.#dependencies.pool.executeText<Row>(
      `INSERT INTO webhook_deliveries (workspace_id, endpoint_id, event, data)
       SELECT workspace_id, id, 'test', '{}' FROM webhook_endpoints WHERE workspace_id = $1 AND id = $2 RETURNING ${columns}`,
      [workspaceId, endpointId],
    );
    if (row === undefined)
      throw new TimonelError('not_found', `There is no webhook ${endpointId} in this workspace. GET /api/v1/webhooks lists them.`);
    this.watch();
    return viewOf(row);
  }
}

function viewOf(row: Row): WebhookDeliveryView {
  return {
    id: row.id,
    endpoint: row.endpoint_id,
    event: row.event,
    data: row.data,
    state: row.state,
    attempts: row.attempts,
    status: row.status,
    error: row.error,
    occurredAt: row.occurred_at.toISOString(),
    endedAt: row.ended_at?.toISOString() ?? null,
  };
}

/** The sentence of an error and of its cause: an address that is refused says why behind the failed connection. */
function describe(thrown: unknown): string {
  const error = thrown as { message?: string; cause?: { message?: string } };
  return [error.message, error.cause?.message]
    .filter((each) => each !== undefined && each !== '')
    .join(': ')
    .slice(0, 500);
}
