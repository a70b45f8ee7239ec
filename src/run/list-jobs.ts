/** Jobs of the queue, the newest first: what waits, what runs, and what was given up after its last attempt. */
import type { DatabasePool } from '../store/database.ts';
import { type Place, placeIn } from '../store/list-places.ts';

/** `failed`: a dead letter. */
export const jobStates = ['created', 'retry', 'active', 'completed', 'cancelled', 'failed'] as const;
export type JobState = (typeof jobStates)[number];

export interface ListedJob {
  id: string;
  queue: string;
  state: JobState;
  attempts: number;
  createdAt: Date;
  /** Not before then. */
  startAfter: Date;
  startedAt: Date | null;
  completedAt: Date | null;
  /** The beginning of why the last attempt failed. */
  failure: string | null;
  place: Place;
}

/** @param installation also those that belong to no workspace. One round trip. */
export async function listJobs(
  pool: DatabasePool,
  workspaceId: string,
  installation: boolean,
  filter: { state?: JobState | undefined; queue?: string | undefined; after: Place | undefined; limit: number },
): Promise<ListedJob[]> {
  const { state, queue, after, limit } = filter;
  return pool.execute<ListedJob>(
    {
      name: 'jobs-list',
      text: `
        SELECT j.id, j.name AS queue, j.state::text AS state, j.retry_count AS attempts, j.created_on AS "createdAt", j.start_after AS "startAfter",
          j.started_on AS "startedAt", j.completed_on AS "completedAt",
          CASE WHEN j.state IN ('failed', 'retry') THEN left(COALESCE(j.output->>'message', j.output::text), 500) END AS failure,
          ${placeIn('j.created_on', 'j.id')} AS place
        FROM pgboss.job j
        WHERE NOT starts_with(j.name, '__') AND (j.data->>'workspaceId' = $1 OR ($2 AND j.data->>'workspaceId' IS NULL))
          AND ($3::text IS NULL OR j.state::text = $3) AND ($4::text IS NULL OR j.name = $4)
          AND ($5::timestamptz IS NULL OR (j.created_on, j.id) < ($5, $6::uuid))
        ORDER BY j.created_on DESC, j.id DESC LIMIT $7`,
    },
    [workspaceId, installation, state ?? null, queue ?? null, after?.[0] ?? null, after?.[1] ?? null, limit],
  );
}
