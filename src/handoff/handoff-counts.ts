import type { DatabasePool } from '../store/database.ts';

/** Open hand-offs of all workspaces. `overdue` are among the waiting ones. */
export interface HandoffCounts {
  waiting: number;
  overdue: number;
  taken: number;
}

export async function countHandoffs(pool: DatabasePool): Promise<HandoffCounts> {
  const [row] = await pool.execute<HandoffCounts>(
    {
      name: 'handoff-counts',
      text: `SELECT count(*) FILTER (WHERE taken_at IS NULL)::int AS waiting, count(*) FILTER (WHERE taken_at IS NULL AND due_at < now())::int AS overdue,
          count(*) FILTER (WHERE taken_at IS NOT NULL)::int AS taken
        FROM handoffs WHERE closed_at IS NULL`,
    },
    [],
  );
  return row ?? { waiting: 0, overdue: 0, taken: 0 };
}
