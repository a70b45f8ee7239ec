/**
 * Hand-offs as the run record opens them: in the statement that ends a run, so that none is lost between the two. What people do with them is
 * `src/handoff`.
 */
import type pg from 'pg';
import { TimonelError } from '../errors.ts';
import type { HandoffReason, HandoffSummary } from '../vocabulary.ts';

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
 * Holds the conversation for the length of the transaction, and sees that the agent has it: what an agent says by itself, outside of a run, asks
 * this in the transaction that stores it, so that a person who takes the conversation meanwhile comes either before or after.
 * @throws TimonelError `conversation_not_found`, `handled_by_person`
 */
export async function requireAgentHandles(client: pg.ClientBase, workspaceId: string, conversationId: string): Promise<void> {
  const { rows } = await client.query<{ handler: 'agent' | 'person' }>(
    'SELECT handler FROM conversations WHERE id = $2 AND workspace_id = $1 FOR NO KEY UPDATE',
    [workspaceId, conversationId],
  );
  if (rows[0] === undefined)
    throw new TimonelError('conversation_not_found', `There is no conversation ${conversationId} in this workspace.`);
  if (rows[0].handler === 'person')
    throw new TimonelError('handled_by_person', 'A person has the conversation. The agent may speak once it is handed back.');
}
