/** A run with the runs that it started, and theirs. */

import type { DatabasePool } from '../store/database.ts';
import type { RunView } from '../store/run-views.ts';
import type { Outcome } from '../vocabulary.ts';

export interface RunTree {
  id: string;
  agent: string;
  key: string | null;
  status: RunView['status'];
  outcome: Outcome | null;
  children: RunTree[];
}

/** Runs of a tree that are shown; a deeper look asks for the tree of one of them. */
const mostRuns = 1_000;

export async function readRunTree(pool: DatabasePool, workspaceId: string, runId: string): Promise<RunTree | undefined> {
  const rows = await pool.execute<Omit<RunTree, 'children'> & { parent: string | null }>(
    {
      name: 'run-tree',
      text: `
        WITH RECURSIVE family AS (
          SELECT r.id, r.depth FROM runs r WHERE r.id = $2 AND r.workspace_id = $1
          UNION ALL
          SELECT c.id, c.depth FROM runs c JOIN family f ON c.parent_run = f.id
        )
        SELECT r.id, r.parent_run AS parent, r.agent, r.run_key AS key, r.status, r.outcome
        FROM family f JOIN runs r ON r.id = f.id ORDER BY r.depth, r.created_at, r.id LIMIT ${mostRuns}`,
    },
    [workspaceId, runId],
  );
  const trees = new Map(rows.map(({ parent: _parent, ...row }) => [row.id, { ...row, children: [] as RunTree[] }]));
  for (const { id, parent } of rows) {
    const tree = trees.get(id);
    if (parent !== null && id !== runId && tree !== undefined) trees.get(parent)?.children.push(tree);
  }
  return trees.get(runId);
}
