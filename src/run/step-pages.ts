/** Steps of a run, page by page from its end. */
import type { DatabasePool } from '../store/database.ts';
import type { Step } from '../store/steps.ts';

/** Steps that did not go the plain way: calls that were refused, asked about, failed or recovered, replies that the guard held back, degraded plans. */
const notableStep = `(CASE data->>'kind'
  WHEN 'decision' THEN data->'verdict'->>'kind' <> 'allow'
  WHEN 'tool-call' THEN data->'record'->>'status' <> 'completed' OR data ? 'recovered'
  WHEN 'approval' THEN true
  WHEN 'guard' THEN data->>'verdict' <> 'pass'
  WHEN 'plan' THEN data ? 'degraded'
  ELSE false END)`;

/**
 * @param before the index before which they are; all where absent. @param notable only those that did not go the plain way.
 * @returns the last ones, the latest first.
 */
export async function readSteps(
  pool: DatabasePool,
  workspaceId: string,
  runId: string,
  before: number | undefined,
  limit: number,
  notable = false,
): Promise<{ index: number; step: Step }[]> {
  return pool.execute(
    {
      name: notable ? 'steps-page-notable' : 'steps-page',
      text: `SELECT index, data AS step FROM steps WHERE run_id = $2 AND workspace_id = $1 AND ($3::int IS NULL OR index < $3)${notable ? ` AND ${notableStep}` : ''}
        ORDER BY index DESC LIMIT $4`,
    },
    [workspaceId, runId, before ?? null, limit],
  );
}
