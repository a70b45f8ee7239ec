/** Gives a conversation back to its agent. */
import type pg from 'pg';
import type { HandoffEnding } from './contract.ts';

/**
 * Ends the open hand-off of a conversation within a transaction. Where the last thing said is the customer's and no run answered it, one is
 * queued: the message that came while a person had the conversation, or the one whose run ended as that person took it. What waited for an
 * approval and was decided meanwhile is queued already.
 * @param note what the agent is told for its next turn.
 * @returns the hand-off's id; `undefined` where none is open.
 */
export async function releaseConversation(
  client: pg.ClientBase,
  workspaceId: string,
  conversationId: string,
  ending: { how: HandoffEnding; by: string; byName: string; at: Date; note?: string | undefined },
): Promise<string | undefined> {
  const { how, by, byName, at, note } = ending;
  const told = note === undefined ? null : JSON.stringify({ by: byName, text: note });
  const freed = await client.query(
    `UPDATE conversations SET handler = 'agent', updated_at = now(),
       state = CASE WHEN $3::jsonb IS NULL THEN state ELSE state || jsonb_build_object('handedOn', $3::jsonb) END
     WHERE id = $2 AND workspace_id = $1 RETURNING handler`,
    [workspaceId, conversationId, told],
  );
  const { rows } = await client.query<{ id: string }>(
    `UPDATE handoffs SET closed_at = $3, closed_how = $4, closed_by = $5, closed_by_name = $6
     WHERE conversation_id = $2 AND workspace_id = $1 AND closed_at IS NULL RETURNING id`,
    [workspaceId, conversationId, at, how, by, byName],
  );
  if (freed.rowCount !== 0 && how !== 'conversation-closed') await queuePending(client, workspaceId, conversationId);
  return rows[0]?.id;
}

async function queuePending(client: pg.ClientBase, workspaceId: string, conversationId: string): Promise<void> {
  await client.query(
    `WITH last AS (
       SELECT m.turn, m.role, m.run_id FROM messages m WHERE m.conversation_id = $2 AND m.workspace_id = $1 ORDER BY m.turn DESC, m.role LIMIT 1
     ), pending AS (
       SELECT l.turn, l.run_id AS asked, r.id AS ended, r.asked_by, CASE WHEN r.id IS NULL THEN l.run_id ELSE gen_random_uuid() END AS run
       FROM last l LEFT JOIN runs r ON r.id = l.run_id
       WHERE l.role = 'user' AND (r.id IS NULL OR (r.outcome = 'cancelled' AND r.error->>'code' = 'handled_by_person'))
     ), started AS (
       INSERT INTO runs (id, workspace_id, conversation_id, turn, agent, agent_version, arm, release, status, fence, asked_by)
       SELECT p.run, c.workspace_id, c.id, p.turn, c.agent, c.agent_version, c.arm, c.release, 'queued', 0, COALESCE(p.asked_by, c.started_by)
       FROM pending p, conversations c WHERE c.id = $2 AND c.status = 'open'
       RETURNING id
     )
     UPDATE messages m SET run_id = p.run, held = true FROM pending p, started s
     WHERE m.conversation_id = $2 AND m.turn = p.turn AND m.role = 'user' AND p.ended IS NOT NULL`,
    [workspaceId, conversationId],
  );
}
