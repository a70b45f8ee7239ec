/**
 * The outbox: which messages are to be sent next, and what became of them. A delivery is claimed with a lease and a fence; what a process that died
 * had under way may have been sent, and is never sent again by itself.
 */
import type { DatabasePool, Statement } from '../store/database.ts';
import { storableJson } from '../store/storable.ts';
import {
  type Address,
  type Channel,
  type IncomingContent,
  type OpenConnection,
  type OutgoingContent,
  type ProviderError,
  sendStatuses,
} from './contract.ts';

/** A delivery that this process sends now. */
export interface ClaimedDelivery {
  id: string;
  workspaceId: string;
  conversationId: string | null;
  contactId: string;
  fence: number;
  attempts: number;
  partsSent: number;
  content: OutgoingContent;
  to: Address[];
  name: string | null;
  /** When the contact wrote last. */
  heardAt: Date | null;
  stopped: ProviderError | null;
  /** `assistant`, `person`, `channel`. */
  saidBy: string;
  /** The contact spoke last. */
  spoken: boolean;
  createdAt: Date;
}

/** How long a process has for a delivery before it is taken for dead, in seconds. Longer than the longest wait for a provider. */
export const deliveryLeaseSeconds = 120;

/**
 * Nobody will tell what became of it: the lease ended, or the process is dead, for longer than a busy one is late with its lease.
 */
const abandoned = `(lease_until < now() OR NOT EXISTS (SELECT FROM processes p WHERE p.id = owner AND p.lease_until > now() - interval '10 seconds'))`;

const claimStatement: Statement = {
  name: 'channel-claim',
  text: `
    WITH account AS (
      -- One claim at a time: the rate of the account is one row.
      SELECT id, GREATEST(rate_spent_until, now()) AS spent FROM channel_connections
      WHERE id = $1 AND workspace_id = $2 AND disabled_at IS NULL AND suspended IS NULL FOR UPDATE SKIP LOCKED
    ), allowance AS (
      SELECT LEAST($3::int, GREATEST(0, floor($5::int - extract(epoch FROM spent - now()) * 1000 / $4::float8)))::int AS most FROM account
    ), first AS (
      SELECT DISTINCT ON (contact_id) id, contact_id, state, due_at, sequence FROM channel_deliveries
      WHERE connection_id = $1 AND workspace_id = $2 AND state IN ('pending', 'sending') ORDER BY contact_id, sequence
    ), due AS (
      SELECT f.id, f.contact_id FROM first f LEFT JOIN channel_threads t ON t.connection_id = $1 AND t.contact_id = f.contact_id
      WHERE f.state = 'pending' AND f.due_at <= now() AND COALESCE(t.rate_spent_until, '-infinity') <= now() + $6::float8 * ($7::int - 1) * interval '1 millisecond'
      ORDER BY f.sequence LIMIT COALESCE((SELECT most FROM allowance), 0)
    ), taken AS (
      UPDATE channel_deliveries d SET state = 'sending', fence = d.fence + 1, attempts = d.attempts + 1, owner = $8,
        lease_until = now() + interval '${deliveryLeaseSeconds} seconds'
      FROM due WHERE d.id = due.id AND d.state = 'pending'
      RETURNING d.*
    ), paced AS (
      UPDATE channel_threads t SET rate_spent_until = GREATEST(t.rate_spent_until, now()) + $6::float8 * interval '1 millisecond'
      FROM taken WHERE t.connection_id = $1 AND t.contact_id = taken.contact_id
    ), spent AS (
      UPDATE channel_connections c SET rate_spent_until = account.spent + (SELECT count(*) FROM taken) * $4::float8 * interval '1 millisecond'
      FROM account WHERE c.id = account.id AND EXISTS (SELECT FROM taken)
    )
    SELECT d.id, d.workspace_id, d.conversation_id, d.contact_id, d.fence, d.attempts, d.parts_sent, d.content, d.said_by, d.created_at, k.name, t.spoken,
      t.heard_at, CASE WHEN t.stopped_until > now() THEN t.stopped END AS stopped,
      (SELECT json_agg(json_build_object('kind', a.kind, 'value', a.value)) FROM channel_addresses a
       WHERE a.workspace_id = d.workspace_id AND a.contact_id = d.contact_id) AS addresses
    FROM taken d
      LEFT JOIN channel_threads t ON t.connection_id = d.connection_id AND t.contact_id = d.contact_id
      LEFT JOIN channel_contacts k ON k.id = d.contact_id
    ORDER BY d.sequence`,
};

const rank = (status: string) => `array_position(ARRAY['${sendStatuses.join("','")}'], ${status})`;

const sentStatement: Statement = {
  name: 'channel-sent',
  text: `
    WITH held AS (
      -- What was taken for unclear meanwhile is clear now.
      UPDATE channel_deliveries SET parts_sent = $4::int + 1, parts = $6,
        state = CASE WHEN $4::int + 1 >= $6::int THEN 'sent' ELSE 'sending' END,
        status = CASE WHEN $4::int + 1 >= $6::int THEN COALESCE(status, 'sent') ELSE status END,
        ended_at = CASE WHEN $4::int + 1 >= $6::int THEN now() END, error = NULL,
        lease_until = now() + interval '${deliveryLeaseSeconds} seconds'
      WHERE workspace_id = $1 AND id = $2 AND fence = $3 AND state IN ('sending', 'unclear')
      RETURNING id, workspace_id, connection_id, contact_id
    ), known AS (
      INSERT INTO channel_sends (delivery_id, part, workspace_id, connection_id, external_id)
      SELECT id, $4, workspace_id, connection_id, $5 FROM held
      ON CONFLICT (delivery_id, part) DO UPDATE SET external_id = excluded.external_id
    ), paced AS (
      UPDATE channel_threads t SET rate_spent_until = GREATEST(t.rate_spent_until, now()) + $7::float8 * interval '1 millisecond',
        offered = CASE WHEN $9::boolean THEN $8::jsonb ELSE t.offered END
      FROM held WHERE t.connection_id = held.connection_id AND t.contact_id = held.contact_id
    )
    SELECT id FROM held`,
};

export class Outbox {
  readonly #pool: DatabasePool;
  readonly #processId: string;

  /** @param processId of the run record: its lease says whether this process lives. */
  constructor(pool: DatabasePool, processId: string) {
    this.#pool = pool;
    this.#processId = processId;
  }

  /** Connections with something to send, or with something that was under way in a process that died. One round trip. */
  async due(): Promise<string[]> {
    const rows = await this.#pool.execute<{ id: string }>(
      {
        name: 'channel-outbox-due',
        text: `SELECT DISTINCT connection_id AS id FROM channel_deliveries
          WHERE (state = 'pending' AND due_at <= now()) OR (state = 'sending' AND ${abandoned})`,
      },
      [],
    );
    return rows.map(({ id }) => id);
  }

  /** Claims up to `limit` deliveries: the first open one of each contact, within the rates of the account and of the pair. */
  async claim(connection: OpenConnection, { rates }: Channel, limit: number): Promise<ClaimedDelivery[]> {
    const perSecond = Number(connection.settings['messagesPerSecond']);
    const interval = perSecond > 0 ? 1_000 / perSecond : rates.account.intervalMs;
    const burst = perSecond > 0 ? Math.min(rates.account.burst, perSecond) : rates.account.burst;
    const rows = await this.#pool.execute<{
      id: string;
      workspace_id: string;
      conversation_id: string | null;
      contact_id: string;
      fence: number;
      attempts: number;
      parts_sent: number;
      content: OutgoingContent;
      addresses: Address[] | null;
      name: string | null;
      heard_at: Date | number | null;
      stopped: ProviderError | null;
      said_by: string;
      spoken: boolean | null;
      created_at: Date;
    }>(claimStatement, [
      connection.id,
      connection.workspaceId,
      limit,
      interval,
      burst,
      rates.pair.intervalMs,
      rates.pair.burst,
      this.#processId,
    ]);
    return rows.map((row) => ({
      id: row.id,
      workspaceId: row.workspace_id,
      conversationId: row.conversation_id,
      contactId: row.contact_id,
      fence: row.fence,
      attempts: row.attempts,
      partsSent: row.parts_sent,
      content: row.content,
      to: row.addresses ?? [],
      name: row.name,
      // Minus infinity comes as a number.
      heardAt: row.heard_at instanceof Date ? row.heard_at : null,
      stopped: row.stopped,
      saidBy: row.said_by,
      spoken: row.spoken === true,
      createdAt: row.created_at,
    }));
  }

  /**
   * One message of a delivery was taken by the provider. @param numbered options that it numbered; `undefined` where another message of the delivery has them.
   * @returns whether the delivery is still this process's
   */
  async sent(
    { workspaceId, id, fence }: ClaimedDelivery,
    message: { part: number; parts: number; externalId: string; pairMs: number; numbered: readonly string[] | null },
  ): Promise<boolean> {
    const { part, parts, externalId, pairMs, numbered } = message;
    const last = part + 1 >= parts;
    const values = [
      workspaceId,
      id,
      fence,
      part,
      externalId,
      parts,
      part === 0 ? 0 : pairMs,
      numbered === null ? null : storableJson(numbered),
      last,
    ];
    return (await this.#pool.execute(sentStatement, values)).length > 0;
  }

  /** What is sent has more to it from now on, at every attempt. @returns whether the delivery is still this process's */
  async extended({ workspaceId, id, fence }: ClaimedDelivery, content: OutgoingContent): Promise<boolean> {
    const rows = await this.#pool.executeText(
      `UPDATE channel_deliveries SET content = $4 WHERE workspace_id = $1 AND id = $2 AND fence = $3 AND state = 'sending' RETURNING 1`,
      [workspaceId, id, fence, storableJson(content)],
    );
    return rows.length > 0;
  }

  /** It takes no message at the provider. */
  nothingToSend(delivery: ClaimedDelivery): Promise<boolean> {
    return this.#end(delivery, `state = 'sent', status = 'sent', parts = 0, ended_at = now(), error = NULL`, []);
  }

  /** Another attempt is made after a pause, with other content perhaps. */
  again(delivery: ClaimedDelivery, pauseMs: number, error: ProviderError, content?: OutgoingContent): Promise<boolean> {
    return this.#end(
      delivery,
      `state = 'pending', due_at = now() + $4::float8 * interval '1 millisecond', error = $5::jsonb, content = COALESCE($6::jsonb, content), lease_until = NULL`,
      [pauseMs, storableJson(error), content === undefined ? null : storableJson(content)],
    );
  }

  refused(delivery: ClaimedDelivery, error: ProviderError): Promise<boolean> {
    return this.#end(delivery, `state = 'refused', error = $4::jsonb, ended_at = now(), lease_until = NULL`, [storableJson(error)]);
  }

  unclear(delivery: ClaimedDelivery, reason: string, parts: number): Promise<boolean> {
    return this.#end(delivery, `state = 'unclear', parts = $5, error = $4::jsonb, ended_at = now(), lease_until = NULL`, [
      storableJson({ code: 'unclear', message: reason }),
      parts,
    ]);
  }

  /** What was under way in processes that died, or were frozen: nobody knows whether the provider has it. */
  async doubtful(
    connection: OpenConnection,
    { readHere }: Channel,
  ): Promise<{ id: string; conversationId: string | null; attempts: number }[]> {
    const rows = await this.#pool.execute<{ id: string; conversation_id: string | null; attempts: number }>(
      {
        name: 'channel-doubtful',
        text: `UPDATE channel_deliveries SET ended_at = now(), lease_until = NULL,
            state = CASE WHEN $3::boolean THEN 'sent' ELSE 'unclear' END, status = CASE WHEN $3::boolean THEN 'sent' ELSE status END,
            parts = CASE WHEN $3::boolean THEN 1 ELSE parts END, parts_sent = CASE WHEN $3::boolean THEN 1 ELSE parts_sent END,
            error = CASE WHEN NOT $3::boolean THEN '{"code": "unclear", "message": "The process that was sending it died."}'::jsonb END
          WHERE workspace_id = $1 AND connection_id = $2 AND state = 'sending' AND ${abandoned}
          RETURNING id, conversation_id, attempts`,
      },
      [connection.workspaceId, connection.id, readHere === true],
    );
    return rows.map(({ id, conversation_id: conversationId, attempts }) => ({ id, conversationId, attempts }));
  }

  /** Nothing reaches the contact for a while, unless it writes. */
  async stop(connection: OpenConnection, contactId: string, error: ProviderError): Promise<void> {
    await this.#pool.executeText(
      `UPDATE channel_threads SET stopped_until = now() + interval '1 day', stopped = $4
       WHERE workspace_id = $1 AND connection_id = $2 AND contact_id = $3`,
      [connection.workspaceId, connection.id, contactId, storableJson(error)],
    );
  }

  /** The message of the contact that a delivery answers. */
  async answeredBy({
    workspaceId,
    id,
  }: ClaimedDelivery): Promise<{ externalId: string; mail: IncomingContent['mail'] } | undefined> {
    const [row] = await this.#pool.executeText<{ external_id: string; mail: IncomingContent['mail'] | null }>(
      `SELECT i.external_id, i.content->'mail' AS mail FROM channel_deliveries d
         JOIN channel_inbox i ON i.workspace_id = d.workspace_id AND i.connection_id = d.connection_id AND i.contact_id = d.contact_id
       WHERE d.workspace_id = $1 AND d.id = $2 AND i.external_id IS NOT NULL AND i.result IS DISTINCT FROM 'ignored'
       ORDER BY (i.run_id = d.run_id) IS TRUE DESC, (i.conversation_id = d.conversation_id) IS TRUE DESC, i.id DESC LIMIT 1`,
      [workspaceId, id],
    );
    return row === undefined ? undefined : { externalId: row.external_id, mail: row.mail ?? undefined };
  }

  async #end({ workspaceId, id, fence }: ClaimedDelivery, assignments: string, values: unknown[]): Promise<boolean> {
    const rows = await this.#pool.executeText(
      `UPDATE channel_deliveries SET ${assignments} WHERE workspace_id = $1 AND id = $2 AND fence = $3 AND state = 'sending' RETURNING 1`,
      [workspaceId, id, fence, ...values],
    );
    return rows.length > 0;
  }
}

export { rank as statusRank };
