/** Steps of a run, page by page from its end. */
import type { DatabasePool } from '../store/database.ts';
import type { Step } from '../store/steps.ts';

/** @param before the index before which they are; all where absent. @returns the last ones, the latest first. */
export async function readSteps(
  pool: DatabasePool,
  workspaceId: string,
  runId: string,
  before: number | undefined,
  limit: number,
): Promise<{ index: number; step: Step }[]> {
  return pool.execute(
    {
      name: 'steps-page',
      text: `SELECT index, data AS step FROM steps WHERE run_id = $2 AND workspace_id = $1 AND ($3::int IS NULL OR index < $3)
        ORDER BY index DESC LIMIT $4`,
    },
    [workspaceId, runId, before ?? null, limit],
  );
}
