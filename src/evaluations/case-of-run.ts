/** A case from what happened: the messages of a conversation up to a run, and what came of each turn. */
import { TimonelError } from '../errors.ts';
import type { DatabasePool } from '../store/database.ts';
import { type CaseDefinition, mostTurns } from './case.ts';

interface TurnRow {
  agent: string;
  conversation_id: string;
  text: string;
  parts: unknown[] | null;
  outcome: string | null;
  awaiting: string | null;
  tools: string[] | null;
  created_at: Date;
}

/**
 * What was reached stands as what is expected: whoever makes a case of a run changes what should have come instead.
 * @throws TimonelError `run_not_found`; `row_invalid` where a turn has not ended, a message has parts, or there are too many turns
 */
export async function caseOfRun(
  pool: DatabasePool,
  workspaceId: string,
  runId: string,
): Promise<CaseDefinition & { agent: string; conversationId: string }> {
  const rows = await pool.executeText<TurnRow>(
    `SELECT r.agent, r.conversation_id, m.text, m.parts, r.outcome, r.awaiting, r.created_at,
       (SELECT array_agg(s.data->'record'->>'tool' ORDER BY s.index) FROM steps s
        WHERE s.run_id = r.id AND s.data->>'kind' = 'tool-call' AND s.data->'record'->>'status' = 'completed') AS tools
     FROM runs last JOIN runs r ON r.conversation_id = last.conversation_id AND r.turn <= last.turn
       JOIN messages m ON m.conversation_id = r.conversation_id AND m.turn = r.turn AND m.role = 'user'
     WHERE last.id = $2 AND last.workspace_id = $1 AND r.workspace_id = $1 ORDER BY r.turn LIMIT ${mostTurns + 1}`,
    [workspaceId, runId],
  );
  const [first] = rows;
  if (first === undefined)
    throw new TimonelError('run_not_found', `There is no run ${runId} in this workspace with a message to answer.`);
  if (rows.length > mostTurns)
    throw new TimonelError('row_invalid', `A case has ${mostTurns} turns at most. Take an earlier run of the conversation.`);
  if (rows.some(({ outcome }) => outcome === null))
    throw new TimonelError('row_invalid', 'The turn is under way. Make a case of it when it has ended.');
  if (rows.some(({ parts }) => parts !== null && parts.length > 0))
    throw new TimonelError(
      'row_invalid',
      'A case has texts only, and a message of the conversation has pictures, files or places.',
    );
  return {
    agent: first.agent,
    conversationId: first.conversation_id,
    now: first.created_at.toISOString(),
    turns: rows.map(({ text, outcome, awaiting, tools }) => ({
      user: text,
      expect: {
        ...(outcome === null ? {} : { outcome }),
        ...(awaiting === null ? {} : { awaiting }),
        tools: [...new Set(tools ?? [])],
      },
    })),
  };
}
