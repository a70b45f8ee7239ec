/** Runs of roles: which generation they work for, what they may read, and what they cost. */
import { sql } from '../../../src/database.ts';
import type { WorkspaceAccess } from '../../../src/index.ts';
import type { KeptChanges } from '../contract.ts';
import type { RoleName } from '../limits.ts';

type Access = Pick<WorkspaceAccess, 'workspaceId' | 'query'>;

/** @param changes that it sees over the base of the generation */
export async function keepRoleRun(
  { workspaceId, query }: Access,
  { run, generation, role, changes }: { run: string; generation: string; role: RoleName; changes: KeptChanges },
): Promise<void> {
  await query((database) =>
    database.execute(sql`
      INSERT INTO codegen_role_runs (workspace_id, run_id, generation_id, role, changes)
      VALUES (${workspaceId}, ${run}, ${generation}, ${role}, ${JSON.stringify(changes)}::jsonb) ON CONFLICT (workspace_id, run_id) DO NOTHING`),
  );
}

export async function storeCost({ workspaceId, query }: Access, run: string, cost: number | null): Promise<void> {
  if (cost === null) return;
  await query((database) =>
    database.execute(sql`UPDATE codegen_role_runs SET cost = ${cost} WHERE workspace_id = ${workspaceId} AND run_id = ${run}`),
  );
}

export async function readerOf(
  { workspaceId, query }: Access,
  run: string,
): Promise<{ generation: string; changes: KeptChanges } | undefined> {
  const { rows } = await query((database) =>
    database.execute<{ generation: string; changes: KeptChanges }>(
      sql`SELECT generation_id AS generation, changes FROM codegen_role_runs WHERE workspace_id = ${workspaceId} AND run_id = ${run}`,
    ),
  );
  return rows[0];
}
