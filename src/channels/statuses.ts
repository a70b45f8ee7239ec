/** What providers say later of messages that they took: applied to deliveries in any order, and to what was in doubt. */
import type pg from 'pg';
import type { DatabasePool } from '../store/database.ts';
import { storableJson } from '../store/storable.ts';
import type { Channel, OpenConnection, OutgoingContent, ProviderError, Remedy, SendStatus } from './contract.ts';
import { statusRank } from './outbox.ts';
import { reopeningTemplate } from './templates.ts';

interface FreshRow {
  external_id: string;
  status: SendStatus;
  reference: string | null;
  error: ProviderError | null;
  delivery_id: string | null;
  old: boolean;
}

interface FailedRow {
  id: string;
  contact_id: string;
  conversation_id: string | null;
  content: OutgoingContent;
  attempts: number;
  parts: number | null;
  name: string | null;
}

/** A message that failed after the provider took it, and what is to be done for it. */
export interface LateFailure {
  deliveryId: string;
  conversationId: string | null;
  contactId: string;
  error: ProviderError;
  remedy: Remedy;
  /** Another delivery was made in its place. */
  replaced: boolean;
}

export interface AppliedStatuses {
  /** How many of each status were applied. */
  statuses: SendStatus[];
  /** Deliveries that were in doubt and are known to have been taken. */
  reconciled: string[];
  failures: LateFailure[];
  more: boolean;
}

/** Attempts of a message that the provider takes and fails to deliver. */
const mostLateAttempts = 4;
const batch = 500;
/** After so many minutes a status of a message that is not ours is not waited for any more. */
const orphanMinutes = 10;

export class Statuses {
  readonly #pool: DatabasePool;

  constructor(pool: DatabasePool) {
    this.#pool = pool;
  }

  async due(): Promise<string[]> {
    const rows = await this.#pool.execute<{ id: string }>(
      { name: 'channel-statuses-due', text: 'SELECT DISTINCT connection_id AS id FROM channel_statuses WHERE NOT applied' },
      [],
    );
    return rows.map(({ id }) => id);
  }

  apply(connection: OpenConnection, channel: Channel): Promise<AppliedStatuses> {
    return this.#pool.inTransaction(async (client) => {
      const place = [connection.workspaceId, connection.id];
      const { rows } = await client.query<FreshRow>(
        `SELECT s.external_id, s.status, s.reference, s.error, x.delivery_id, s.received_at < now() - interval '${orphanMinutes} minutes' AS old
         FROM channel_statuses s LEFT JOIN channel_sends x ON x.connection_id = s.connection_id AND x.external_id = s.external_id
         WHERE s.workspace_id = $1 AND s.connection_id = $2 AND NOT s.applied ORDER BY s.received_at LIMIT ${batch} FOR UPDATE OF s SKIP LOCKED`,
        place,
      );
      const applied: AppliedStatuses = { statuses: [], reconciled: [], failures: [], more: rows.length === batch };
      if (rows.length === 0) return applied;
      for (const row of rows.filter(({ delivery_id }) => delivery_id === null)) {
        row.delivery_id = await reconcile(client, connection, row);
        if (row.delivery_id !== null) applied.reconciled.push(row.delivery_id);
      }
      const known = rows.filter(({ delivery_id }) => delivery_id !== null);
      const done = rows.filter(({ delivery_id, old }) => delivery_id !== null || old);
      if (known.length > 0) await fold(client, connection, known);
      await client.query(
        `UPDATE channel_statuses s SET applied = true FROM unnest($3::text[], $4::text[]) AS d(external_id, status)
         WHERE s.workspace_id = $1 AND s.connection_id = $2 AND s.external_id = d.external_id AND s.status = d.status`,
        [...place, done.map(({ external_id }) => external_id), done.map(({ status }) => status)],
      );
      applied.statuses.push(...known.map(({ status }) => status));
      for (const row of known.filter(({ status }) => status === 'failed')) {
        const failure = await late(client, connection, channel, row);
        if (failure !== undefined) applied.failures.push(failure);
      }
      applied.more &&= done.length > 0;
      return applied;
    });
  }
}

/** A status that repeats our mark is of a message whose sending was in doubt: the provider has it. @returns its delivery */
async function reconcile(
  client: pg.PoolClient,
  { workspaceId, id }: OpenConnection,
  { reference, external_id }: FreshRow,
): Promise<string | null> {
  const [, delivery, part] = /^([0-9a-f-]{36}):(\d{1,4})$/.exec(reference ?? '') ?? [];
  if (delivery === undefined) return null;
  const { rows } = await client.query<{ id: string }>(
    `WITH found AS (
       UPDATE channel_deliveries SET parts_sent = $4::int + 1, error = CASE WHEN $4::int + 1 >= COALESCE(parts, 1) THEN NULL ELSE error END,
         state = CASE WHEN $4::int + 1 >= COALESCE(parts, 1) THEN 'sent' ELSE state END
       WHERE workspace_id = $1 AND connection_id = $2 AND id = $3 AND state = 'unclear' AND parts_sent = $4::int
       RETURNING id
     )
     INSERT INTO channel_sends (delivery_id, part, workspace_id, connection_id, external_id)
     SELECT id, $4, $1, $2, $5 FROM found ON CONFLICT (delivery_id, part) DO NOTHING RETURNING delivery_id AS id`,
    [workspaceId, id, delivery, Number(part), external_id],
  );
  return rows[0]?.id ?? null;
}

/** The furthest of all statuses of a message; of a delivery with several messages the one that lags most, and a failure before all. */
async function fold(client: pg.PoolClient, { workspaceId, id }: OpenConnection, known: readonly FreshRow[]): Promise<void> {
  await client.query(
    `UPDATE channel_sends x SET status = f.status FROM (
       SELECT s.external_id, (array_agg(s.status ORDER BY ${statusRank('s.status')} DESC))[1] AS status
       FROM channel_statuses s WHERE s.workspace_id = $1 AND s.connection_id = $2 AND s.external_id = ANY($3::text[]) GROUP BY s.external_id
     ) f
     WHERE x.workspace_id = $1 AND x.connection_id = $2 AND x.external_id = f.external_id AND ${statusRank('x.status')} < ${statusRank('f.status')}`,
    [workspaceId, id, [...new Set(known.map(({ external_id }) => external_id))]],
  );
  await client.query(
    `UPDATE channel_deliveries d SET status = f.status FROM (
       SELECT delivery_id, CASE WHEN bool_or(status = 'failed') THEN 'failed'
         ELSE (array_agg(status ORDER BY ${statusRank('status')}))[1] END AS status
       FROM channel_sends WHERE workspace_id = $1 AND delivery_id = ANY($2::uuid[]) GROUP BY delivery_id
     ) f
     WHERE d.workspace_id = $1 AND d.id = f.delivery_id`,
    [workspaceId, [...new Set(known.map(({ delivery_id }) => delivery_id))]],
  );
}

/** Draws the consequences of a failure that came after the provider took the message. */
async function late(
  client: pg.PoolClient,
  connection: OpenConnection,
  channel: Channel,
  row: FreshRow,
): Promise<LateFailure | undefined> {
  const error = row.error ?? { code: 'unknown', message: 'The provider gave no reason.' };
  const { rows } = await client.query<FailedRow>(
    `UPDATE channel_deliveries d SET error = $3 FROM channel_contacts k
     WHERE d.workspace_id = $1 AND d.id = $2 AND d.status = 'failed' AND k.id = d.contact_id AND k.workspace_id = d.workspace_id
     RETURNING d.id, d.contact_id, d.conversation_id, d.content, d.attempts, d.parts, k.name`,
    [connection.workspaceId, row.delivery_id, storableJson(error)],
  );
  const [failed] = rows;
  // It was delivered after all.
  if (failed === undefined) return undefined;
  const remedy = channel.remedyOf(error);
  let content: OutgoingContent | undefined;
  // Of several messages the others have arrived: a person sees which one did not.
  if (remedy === 'wait' && failed.attempts < mostLateAttempts && failed.parts === 1) content = failed.content;
  if (remedy === 'template' && failed.content.template === undefined) {
    const template = reopeningTemplate(connection, failed.content, failed.name ?? undefined);
    if (template !== undefined) content = { text: failed.content.text, template };
  }
  if (remedy === 'stop') {
    await client.query(
      `UPDATE channel_threads SET stopped_until = now() + interval '1 day', stopped = $4 WHERE workspace_id = $1 AND connection_id = $2 AND contact_id = $3`,
      [connection.workspaceId, connection.id, failed.contact_id, storableJson(error)],
    );
  }
  if (content !== undefined) {
    await client.query(
      `INSERT INTO channel_deliveries (workspace_id, connection_id, contact_id, conversation_id, run_id, turn, said_by, content, attempts, due_at, replays)
       SELECT workspace_id, connection_id, contact_id, conversation_id, run_id, turn, said_by, $3, attempts,
         now() + power(4, attempts) * interval '1 second', id
       FROM channel_deliveries WHERE workspace_id = $1 AND id = $2`,
      [connection.workspaceId, failed.id, storableJson(content)],
    );
  }
  const { id: deliveryId, conversation_id: conversationId, contact_id: contactId } = failed;
  return { deliveryId, conversationId, contactId, error, remedy, replaced: content !== undefined };
}
