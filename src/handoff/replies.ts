/** What the person who has a conversation says in it. */
import { TimonelError } from '../errors.ts';
import type { DatabasePool } from '../store/database.ts';
import { reachValues, withinReach } from '../store/reach.ts';
import { storableJson } from '../store/storable.ts';
import type { PersonMessage, StoredReply } from './contract.ts';
import { type HandoffActor, idOf, notYours, requireOpen, seenConversation } from './refusals.ts';

const replyStatement = {
  name: 'handoff-reply',
  text: `
    WITH turn AS (
      UPDATE conversations c SET last_turn = c.last_turn + 1, seen_turn = c.last_turn + 1, updated_at = now()
      WHERE c.id = $2 AND c.workspace_id = $1 AND ${withinReach('c')} AND c.status = 'open' AND c.handler = 'person'
        AND EXISTS (SELECT FROM handoffs h WHERE h.conversation_id = c.id AND h.closed_at IS NULL AND h.assignee = $5)
        AND ($6::text IS NULL OR NOT EXISTS (SELECT FROM messages m WHERE m.conversation_id = c.id AND m.idempotency_key = $6))
      RETURNING c.id, c.last_turn, c.agent, c.started_by
    ), said AS (
      INSERT INTO messages (workspace_id, conversation_id, turn, role, author, author_name, text, parts, idempotency_key, template)
      SELECT $1, id, last_turn, 'person', $5, $7, $8, $9::jsonb, $6, $11::jsonb FROM turn
      RETURNING created_at
    ), touched AS (
      UPDATE handoffs h SET person_at = $10 FROM turn t WHERE h.conversation_id = t.id AND h.closed_at IS NULL
    )
    SELECT t.last_turn AS turn, t.agent, t.started_by, s.created_at AS at FROM turn t, said s`,
};

interface ReplyRow {
  turn: number;
  at: Date;
  agent: string;
  started_by: string | null;
}

/**
 * Stores a message of the role `person`. One round trip; one that is not stored, or was before, takes more to say why.
 * @returns `conversation`: whose it is, where something was stored.
 * @throws TimonelError `conversation_not_found`, `conversation_closed`, `not_in_your_hands`, `idempotency_key_reused`
 */
export async function storeReply(
  pool: DatabasePool,
  actor: HandoffActor,
  conversationId: string,
  message: PersonMessage,
  now: Date,
): Promise<StoredReply & { conversation?: { agent: string; startedBy: string | undefined } }> {
  const { principal, reach } = actor;
  const key = message.idempotencyKey === undefined ? null : `person:${message.idempotencyKey}`;
  const parts = message.parts === undefined || message.parts.length === 0 ? null : storableJson(message.parts);
  const template = message.template === undefined ? null : storableJson(message.template);
  const place = [principal.workspaceId, conversationId, ...reachValues(reach)];
  const values = [...place, idOf(principal), key, principal.name, message.text, parts, now, template];
  const [stored] = await pool.execute<ReplyRow>(replyStatement, values).catch((error: unknown) => {
    // Two copies at the same moment: the index lets one through, and the other one is found below.
    if (error instanceof Error && 'constraint' in error && error.constraint === 'messages_by_idempotency_key') return [];
    throw error;
  });
  if (stored === undefined) return storedBefore(pool, actor, conversationId, message, key);
  const { turn, at, agent, started_by } = stored;
  return { turn, at, repeated: false, conversation: { agent, startedBy: started_by ?? undefined } };
}

/** The reply that was stored before, or why none was. */
async function storedBefore(
  pool: DatabasePool,
  actor: HandoffActor,
  conversationId: string,
  { text, parts = [] }: PersonMessage,
  key: string | null,
): Promise<StoredReply> {
  return pool.inTransaction(async (client) => {
    const seen = await seenConversation(client, actor, conversationId);
    const { rows } = await client.query<{ turn: number; at: Date; text: string; author: string; artifacts: string[] }>(
      `SELECT turn, created_at AS at, text, author,
         ARRAY(SELECT p->>'artifact' FROM jsonb_array_elements(COALESCE(parts, '[]')) p WHERE p ? 'artifact') AS artifacts
       FROM messages WHERE conversation_id = $1 AND idempotency_key = $2`,
      [conversationId, key],
    );
    const [before] = rows;
    if (before === undefined) {
      requireOpen(seen);
      throw notYours(seen);
    }
    const artifacts = parts.flatMap((part) => (part.type === 'location' ? [] : [part.artifact]));
    const same = before.text === text && before.artifacts.join() === artifacts.join();
    if (same && before.author === idOf(actor.principal)) return { turn: before.turn, at: before.at, repeated: true };
    throw new TimonelError(
      'idempotency_key_reused',
      'The idempotency key was used with another message. Send the same message again, or a new key.',
    );
  });
}
