/**
 * Hand-offs as the run record opens them: in the statement that ends a run, so that none is lost between the two. What people do with them is
 * `src/handoff`.
 */
import type { HandoffReason, HandoffSummary } from '../vocabulary.ts';
import type { DatabasePool } from './database.ts';

/** A conversation that needs a person. One is open for each conversation at most. */
export interface NewHandoff {
  reason: HandoffReason;
  priority: 'normal' | 'urgent';
  language: 'es' | 'en';
  summary: HandoffSummary;
}

/** Minutes, where a workspace has set none: until somebody takes a conversation, and of a person's silence until the agent has it back. */
export const defaultMinutes = { due: 10, urgent: 5, silence: 60 } as const;

/** SQL of the moment until which a hand-off wants to be taken. `s` is the row of `handoff_settings`, which may be missing. */
export const dueAt = (priority: string) => `
  now() + make_interval(mins => CASE ${priority} WHEN 'urgent' THEN COALESCE(s.urgent_minutes, ${defaultMinutes.urgent})
    ELSE COALESCE(s.due_minutes, ${defaultMinutes.due}) END)`;

/**
 * CTE `opened` of a statement that ends runs. One that is open already gets the new summary, and becomes more urgent but not less.
 * @param ended rows with `id`, `workspace_id`, `conversation_id`, `agent`, and `handoff` (JSON of {@link NewHandoff}, or null).
 */
export const openHandoffs = (ended: string) => `
    opened AS (
      INSERT INTO handoffs (workspace_id, conversation_id, agent, run_id, reason, priority, language, summary, due_at)
      SELECT DISTINCT ON (e.conversation_id) e.workspace_id, e.conversation_id, e.agent, e.id, e.handoff->>'reason',
        e.handoff->>'priority', e.handoff->>'language', (e.handoff->'summary')::jsonb, ${dueAt(`e.handoff->>'priority'`)}
      FROM ${ended} e LEFT JOIN handoff_settings s ON s.workspace_id = e.workspace_id
      WHERE e.handoff IS NOT NULL AND e.status IN ('finished', 'waiting')
      ON CONFLICT (conversation_id) WHERE closed_at IS NULL DO UPDATE
      SET run_id = excluded.run_id, reason = excluded.reason, summary = excluded.summary, language = excluded.language,
        priority = CASE WHEN 'urgent' IN (handoffs.priority, excluded.priority) THEN 'urgent' ELSE 'normal' END,
        due_at = LEAST(handoffs.due_at, excluded.due_at)
      RETURNING run_id
    )`;

/**
 * Opens a hand-off because what the agent said does not reach the customer. One that is open already stays as it is, and so does a
 * conversation that a person has.
 * @param why what became of the message, for the summary.
 * @returns whether one was opened.
 */
export async function openUndelivered(
  pool: DatabasePool,
  {
    workspaceId,
    conversationId,
    language,
    why,
  }: { workspaceId: string; conversationId: string; language: 'es' | 'en'; why: string },
): Promise<boolean> {
  const rows = await pool.execute(
    {
      name: 'handoff-undelivered',
      text: `
        INSERT INTO handoffs (workspace_id, conversation_id, agent, reason, language, summary, due_at)
        SELECT c.workspace_id, c.id, c.agent, 'undelivered', $3, jsonb_build_object(
            'who', c.contact,
            'wanted', COALESCE((SELECT text FROM messages m WHERE m.conversation_id = c.id AND m.role = 'user' ORDER BY turn DESC LIMIT 1), ''),
            'tried', jsonb_build_array($4::text),
            'last', COALESCE((SELECT jsonb_agg(jsonb_build_object('role', l.role, 'text', l.text) ORDER BY l.turn, l.role DESC) FROM
              (SELECT turn, role, text FROM messages m WHERE m.conversation_id = c.id ORDER BY turn DESC, role LIMIT 5) l), '[]')
          ), ${dueAt(`'normal'`)}
        FROM conversations c LEFT JOIN handoff_settings s ON s.workspace_id = c.workspace_id
        WHERE c.id = $2 AND c.workspace_id = $1 AND c.handler = 'agent' AND c.status = 'open'
        ON CONFLICT (conversation_id) WHERE closed_at IS NULL DO NOTHING RETURNING 1`,
    },
    [workspaceId, conversationId, language, why],
  );
  return rows.length > 0;
}
