/** Rows of the tasks of a round. */
import { sql } from '../../../src/database.ts';
import type { WorkspaceAccess } from '../../../src/index.ts';
import type { GenerationTask, KeptChanges, PlannedTask, TaskState } from '../contract.ts';

type Access = Pick<WorkspaceAccess, 'workspaceId' | 'query'>;

/** Stores tasks that are not stored yet, in their order. */
export async function planTasks(
  { workspaceId, query }: Access,
  generation: string,
  round: number,
  tasks: readonly (PlannedTask & { state?: TaskState; reason?: string; changes?: KeptChanges })[],
): Promise<void> {
  const rows = tasks.map((task, position) => ({
    id: task.id,
    position,
    kind: task.kind,
    description: task.description,
    files: task.files,
    depends_on: task.dependsOn,
    state: task.state ?? 'planned',
    reason: task.reason ?? null,
    changes: task.changes ?? {},
  }));
  await query((database) =>
    database.execute(sql`
      INSERT INTO codegen_tasks (workspace_id, generation_id, round, id, position, kind, description, files, depends_on, state, reason, changes)
      SELECT ${workspaceId}, ${generation}, ${round}, t.id, t.position, t.kind, t.description, t.files, t.depends_on, t.state, t.reason, t.changes
      FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS t(id text, position integer, kind text, description text, files jsonb,
        depends_on jsonb, state text, reason text, changes jsonb)
      ON CONFLICT (workspace_id, generation_id, round, id) DO NOTHING`),
  );
}

/** The plan was changed before anything was done by it. */
export async function dropTasks({ workspaceId, query }: Access, generation: string, round: number): Promise<void> {
  await query((database) =>
    database.execute(
      sql`DELETE FROM codegen_tasks WHERE workspace_id = ${workspaceId} AND generation_id = ${generation} AND round = ${round}`,
    ),
  );
}

export type TaskChange = Partial<Pick<GenerationTask, 'state' | 'attempt' | 'reason' | 'cost' | 'changes' | 'runId'>>;

/** Changes tasks in one statement. `reason: ''` takes the reason away. */
export async function updateTasks(
  { workspaceId, query }: Access,
  generation: string,
  round: number,
  changes: readonly (TaskChange & { id: string })[],
): Promise<void> {
  if (changes.length === 0) return;
  const rows = changes.map(({ id, state, attempt, reason, cost, changes: written, runId }) => ({
    id,
    state,
    attempt,
    reason,
    cost,
    changes: written,
    run_id: runId,
  }));
  await query((database) =>
    database.execute(sql`
      UPDATE codegen_tasks t SET state = coalesce(c.state, t.state), attempt = coalesce(c.attempt, t.attempt),
        reason = nullif(coalesce(c.reason, t.reason), ''), cost = coalesce(c.cost, t.cost), changes = coalesce(c.changes, t.changes),
        run_id = coalesce(c.run_id, t.run_id)
      FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS c(id text, state text, attempt integer, reason text, cost float8, changes jsonb, run_id uuid)
      WHERE t.workspace_id = ${workspaceId} AND t.generation_id = ${generation} AND t.round = ${round} AND t.id = c.id`),
  );
}
