/** How a batch of messages ends: as a turn, by an answer of the channel itself, or later. */
import type pg from 'pg';
import type { DatabasePool } from '../store/database.ts';
import { storableJson } from '../store/storable.ts';
import type { Address, IncomingContent, OpenConnection } from './contract.ts';

/** Messages of one contact that become one turn. */
export interface MessageBatch {
  connection: OpenConnection;
  batch: string;
  conversationId: string;
  contactId: string;
  attempts: number;
  /** What was read back before, and waits for a yes. */
  unsure: string | null;
  messages: { id: string; externalId: string; content: IncomingContent; sender: Address[] }[];
}

export class BatchEndings {
  readonly #pool: DatabasePool;

  constructor(pool: DatabasePool) {
    this.#pool = pool;
  }

  /** The batch became a turn, or something else that ends it. */
  async done(
    { connection, contactId, messages }: MessageBatch,
    result: string,
    more: { runId?: string; spoken?: boolean } = {},
  ): Promise<void> {
    const { runId = null, spoken = false } = more;
    await this.#pool.execute(
      {
        name: 'channel-inbox-done',
        text: `WITH thread AS (
            UPDATE channel_threads SET unsure = NULL, spoken = $7
            WHERE workspace_id = $1 AND connection_id = $5 AND contact_id = $6 AND (unsure IS NOT NULL OR spoken <> $7)
          )
          UPDATE channel_inbox SET state = 'done', result = $3, run_id = $4, lease_until = NULL WHERE workspace_id = $1 AND id = ANY($2::bigint[])`,
      },
      [connection.workspaceId, messages.map(({ id }) => id), result, runId, connection.id, contactId, spoken],
    );
  }

  /** A voice message was heard: it is paid for once. */
  async heard({ connection, contactId }: MessageBatch, messageId: string, heard: { text: string; unsure: boolean }): Promise<void> {
    await this.#pool.executeText(
      `WITH thread AS (
         UPDATE channel_threads SET spoken = true WHERE workspace_id = $1 AND connection_id = $3 AND contact_id = $4
       )
       UPDATE channel_inbox SET content = content || jsonb_build_object('heard', $5::jsonb) WHERE workspace_id = $1 AND id = $2::bigint`,
      [connection.workspaceId, messageId, connection.id, contactId, storableJson(heard)],
    );
  }

  /** What the contact wrote last in the conversation, the latest first. */
  async lastWords({ workspaceId }: OpenConnection, conversationId: string): Promise<string[]> {
    const rows = await this.#pool.executeText<{ text: string }>(
      `SELECT left(text, 500) AS text FROM messages WHERE workspace_id = $1 AND conversation_id = $2 AND role = 'user' ORDER BY turn DESC LIMIT 3`,
      [workspaceId, conversationId],
    );
    return rows.map(({ text }) => text);
  }

  /** Ends a batch by a question: what was heard is read back, and kept until it is answered. */
  async ask(batch: MessageBatch, heard: string, question: { text: string; options: string[] }): Promise<void> {
    await this.#answer(batch, 'read-back', question, heard);
  }

  /** Another attempt is made after a pause. */
  async postpone({ connection, messages }: MessageBatch, pauseMs: number): Promise<void> {
    await this.#pool.executeText(
      `UPDATE channel_inbox SET owner = NULL, lease_until = now() + $3 * interval '1 millisecond' WHERE workspace_id = $1 AND id = ANY($2::bigint[]) AND state = 'taken'`,
      [connection.workspaceId, messages.map(({ id }) => id), pauseMs],
    );
  }

  /** The conversation ended after the batch was taken: it begins another one. */
  async anew({ connection, messages, contactId, conversationId }: MessageBatch): Promise<void> {
    await this.#pool.executeText(
      `WITH thread AS (
         UPDATE channel_threads SET conversation_id = NULL WHERE workspace_id = $1 AND connection_id = $3 AND contact_id = $4 AND conversation_id = $5
       )
       UPDATE channel_inbox SET state = 'waiting', batch = NULL, conversation_id = NULL, owner = NULL, lease_until = NULL
       WHERE workspace_id = $1 AND id = ANY($2::bigint[]) AND state = 'taken'`,
      [connection.workspaceId, messages.map(({ id }) => id), connection.id, contactId, conversationId],
    );
  }

  /** Ends a batch that the agent cannot take, and says so once a day. */
  async decline(batch: MessageBatch, result: string, text: string, answers = false): Promise<void> {
    if (answers) {
      await this.#answer(batch, result, { text }, null);
      return;
    }
    const { connection, contactId, conversationId, messages } = batch;
    await this.#pool.inTransaction(async (client) => {
      const { rows } = await client.query(
        `UPDATE channel_inbox SET state = 'done', result = $3, lease_until = NULL WHERE workspace_id = $1 AND id = ANY($2::bigint[]) AND state = 'taken' RETURNING 1`,
        [connection.workspaceId, messages.map(({ id }) => id), result],
      );
      if (rows.length > 0) await sayOnce(client, connection, contactId, conversationId, text);
    });
  }

  async #answer(
    batch: MessageBatch,
    result: string,
    said: { text: string; options?: string[] },
    unsure: string | null,
  ): Promise<void> {
    const { connection, contactId, conversationId, messages } = batch;
    await this.#pool.executeText(
      `WITH ended AS (
         UPDATE channel_inbox SET state = 'done', result = $3, lease_until = NULL
         WHERE workspace_id = $1 AND id = ANY($2::bigint[]) AND state = 'taken' RETURNING 1
       ), thread AS (
         UPDATE channel_threads SET unsure = $6 WHERE workspace_id = $1 AND connection_id = $4 AND contact_id = $5 AND EXISTS (SELECT FROM ended)
       )
       INSERT INTO channel_deliveries (workspace_id, connection_id, contact_id, conversation_id, said_by, content)
       SELECT $1, $4, $5, $7, 'channel', $8 WHERE EXISTS (SELECT FROM ended)`,
      [
        connection.workspaceId,
        messages.map(({ id }) => id),
        result,
        connection.id,
        contactId,
        unsure,
        conversationId,
        storableJson(said),
      ],
    );
  }
}

/** Puts a sentence of the channel's own into the outbox: at most one a day to a contact, whatever it is about. */
export async function sayOnce(
  client: pg.PoolClient,
  connection: OpenConnection,
  contactId: string,
  conversationId: string | null,
  text: string,
): Promise<void> {
  await client.query(
    `WITH polite AS (
       UPDATE channel_threads SET declined_at = now()
       WHERE workspace_id = $1 AND connection_id = $2 AND contact_id = $3 AND declined_at < now() - interval '1 day' RETURNING 1
     )
     INSERT INTO channel_deliveries (workspace_id, connection_id, contact_id, conversation_id, said_by, content)
     SELECT $1, $2, $3, $4, 'channel', $5 FROM polite`,
    [connection.workspaceId, connection.id, contactId, conversationId, storableJson({ text })],
  );
}
