import { TimonelError } from '../errors.ts';
import type { DatabasePool } from '../store/database.ts';
import { reachValues, runWithinLimits } from '../store/reach.ts';
import type { Reach } from '../vocabulary.ts';

export interface Feedback {
  /** -1 (bad) to 1 (good). */
  rating: number;
  comment: string | undefined;
  /** "user:…" or "api-key:…"; each says it once a run, and may say it anew. */
  by: string;
}

/** The run that feedback was given on. */
export interface RatedRun {
  agent: string;
  agentVersion: string;
  arm: string;
}

/**
 * Stores how good somebody found a turn. One round trip.
 * @param reach of whoever says it.
 * @throws TimonelError `run_not_found`
 */
export async function storeFeedback(
  pool: DatabasePool,
  workspaceId: string,
  runId: string,
  { rating, comment, by }: Feedback,
  reach?: Reach,
): Promise<RatedRun> {
  const [row] = await pool.execute<{ agent: string; agent_version: string; arm: string }>(
    {
      name: 'run-feedback',
      text: `
        WITH rated AS (
          SELECT r.id, r.release, r.agent, r.agent_version, r.arm FROM runs r JOIN conversations c ON c.id = r.conversation_id
          WHERE r.id = $2 AND r.workspace_id = $1 AND ($6::text IS NULL OR c.started_by = $6)
            AND ${runWithinLimits('r', '$7::jsonb')}
        ), given AS (
          INSERT INTO run_feedback (workspace_id, run_id, given_by, rating, comment, release)
          SELECT $1, id, $3, $4, $5, release FROM rated
          ON CONFLICT (run_id, given_by) DO UPDATE SET rating = excluded.rating, comment = excluded.comment
        )
        SELECT agent, agent_version, arm FROM rated`,
    },
    [workspaceId, runId, by, rating, comment ?? null, ...reachValues(reach)],
  );
  if (row === undefined) throw new TimonelError('run_not_found', `There is no run ${runId} in this workspace.`);
  return { agent: row.agent, agentVersion: row.agent_version, arm: row.arm };
}
