/** Statements of a conversation that passes into a person's hands. */
import type pg from 'pg';
import type { Principal } from '../identity/principal.ts';
import { spokenLanguage } from '../language/spoken-language.ts';
import { dueAt } from '../store/handoffs.ts';
import { cancelStatement } from '../store/run-families.ts';
import type { HandoffReason } from '../vocabulary.ts';

/**
 * Ends what is under way in a conversation: the run that is worked on, and messages that wait for their turn. What waits for an approval, a time
 * or an answer from outside stays, and goes on once the agent has the conversation again.
 * @param roots the runs of the conversation that were ended are added; `all`: those that they started too.
 */
export async function cancelUnderWay(
  client: pg.ClientBase,
  workspaceId: string,
  conversationId: string,
  error: object,
  roots: string[],
  all: string[],
): Promise<void> {
  const { rows } = await client.query<{ id: string }>(
    `SELECT r.id FROM runs r JOIN conversations c ON c.active_run = r.id WHERE c.id = $2 AND c.workspace_id = $1 AND r.status = 'running'
     UNION SELECT r.id FROM runs r WHERE r.conversation_id = $2 AND r.workspace_id = $1 AND r.status = 'queued' AND r.waiting_for IS NULL`,
    [workspaceId, conversationId],
  );
  for (const { id } of rows) {
    // What a run of the family started at the same moment shows at the next look.
    for (;;) {
      const ended = await client.query<{ id: string; cancelled: boolean }>(cancelStatement, [
        workspaceId,
        id,
        JSON.stringify(error),
      ]);
      const cancelled = ended.rows.filter((row) => row.cancelled);
      if (cancelled.length === 0) break;
      if (cancelled.some((row) => row.id === id)) roots.push(id);
      all.push(...cancelled.map((row) => row.id));
    }
  }
}

interface OpenedByHand {
  workspaceId: string;
  conversationId: string;
  reason: Extract<HandoffReason, 'taken' | 'assigned'>;
  at: Date;
  assignee?: Pick<Principal, 'kind' | 'id' | 'name'> | undefined;
  /** It is nobody's from here on. */
  nobody?: boolean;
  takenAt?: Date;
  priority?: 'normal' | 'urgent' | undefined;
}

/** Opens a hand-off that no run opened, or changes the open one. @returns its id */
export async function openByHand(client: pg.ClientBase, opened: OpenedByHand): Promise<string> {
  const { workspaceId, conversationId, reason, at, assignee, nobody = false, takenAt, priority } = opened;
  const said = await client.query<{ text: string }>(
    `SELECT left(text, 2000) AS text FROM messages WHERE conversation_id = $1 AND role = 'user' ORDER BY turn DESC LIMIT 5`,
    [conversationId],
  );
  const language = spokenLanguage(said.rows.map(({ text }) => text)) ?? 'es';
  const { rows } = await client.query<{ id: string }>(
    `INSERT INTO handoffs AS h (workspace_id, conversation_id, agent, reason, priority, language, summary, waiting_since, due_at, assignee, assignee_name,
       taken_at, person_at)
     SELECT $1, c.id, c.agent, $3, COALESCE($4, 'normal'), $10, jsonb_build_object('who', c.contact, 'wanted', '', 'tried', '[]'::jsonb, 'last',
         COALESCE((SELECT jsonb_agg(jsonb_build_object('role', m.role, 'text', left(m.text, 500)) ORDER BY m.turn, m.role DESC)
           FROM (SELECT turn, role, text FROM messages WHERE conversation_id = c.id ORDER BY turn DESC, role LIMIT 5) m), '[]'::jsonb)),
       $5, ${dueAt(`COALESCE($4, 'normal')`)}, $6, $7, $8, $8
     FROM conversations c LEFT JOIN handoff_settings s ON s.workspace_id = c.workspace_id WHERE c.id = $2 AND c.workspace_id = $1
     ON CONFLICT (conversation_id) WHERE closed_at IS NULL DO UPDATE
     SET assignee = CASE WHEN $9 THEN NULL ELSE COALESCE($6, h.assignee) END, assignee_name = CASE WHEN $9 THEN NULL ELSE COALESCE($7, h.assignee_name) END,
       taken_at = COALESCE($8, h.taken_at), person_at = COALESCE($8, CASE WHEN h.person_at IS NOT NULL THEN $5 END),
       priority = COALESCE($4, h.priority),
       due_at = CASE WHEN $4 = 'urgent' AND h.priority = 'normal' THEN LEAST(h.due_at, excluded.due_at) ELSE h.due_at END
     RETURNING h.id`,
    [
      workspaceId,
      conversationId,
      reason,
      priority ?? null,
      at,
      assignee === undefined ? null : `${assignee.kind}:${assignee.id}`,
      assignee?.name ?? null,
      takenAt ?? null,
      nobody,
      language,
    ],
  );
  return rows[0]?.id ?? '';
}
