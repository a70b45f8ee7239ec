import { TimonelError } from '../errors.ts';
import type { DatabasePool } from '../store/database.ts';
import { reachValues, withinReach } from '../store/reach.ts';
import type { Reach } from '../vocabulary.ts';

/** A conversation after one of its answers. */
export interface PlaceAfter {
  conversationId: string;
  agent: string;
  /** Its last turn now: what people of the workspace said since is behind the answer. */
  lastTurn: number;
  /** The user said something since. */
  wentOn: boolean;
}

/**
 * Where a conversation stands after the answer to a message, by the id of its run; also where a person had the conversation, and no run answered.
 * @throws TimonelError `run_not_found`
 */
export async function placeAfter(pool: DatabasePool, workspaceId: string, runId: string, reach: Reach): Promise<PlaceAfter> {
  const [row] = await pool.execute<PlaceAfter>(
    {
      name: 'place-after',
      text: `
        WITH answer AS (
          SELECT conversation_id, turn FROM runs WHERE id = $2 AND workspace_id = $1
          UNION SELECT conversation_id, turn FROM messages WHERE run_id = $2 AND held AND workspace_id = $1
        )
        SELECT c.id AS "conversationId", c.agent, c.last_turn AS "lastTurn",
          EXISTS (SELECT FROM messages u WHERE u.conversation_id = c.id AND u.role = 'user' AND u.turn > a.turn) AS "wentOn"
        FROM answer a JOIN conversations c ON c.id = a.conversation_id
        WHERE ${withinReach('c')}`,
    },
    [workspaceId, runId, ...reachValues(reach)],
  );
  if (row === undefined) throw new TimonelError('run_not_found', `There is no run ${runId} in this workspace.`);
  return row;
}
