/** Who answers for a call: the person who approved it, or on whose behalf the run works. */
import type { RunStatement } from '../store/database.ts';
import type { CallPlace } from './call-place.ts';
import type { Answerable } from './contract.ts';

const statement = `
  WITH given AS (
    SELECT decided_by_id AS who, decided_by AS name FROM approvals WHERE workspace_id = $1 AND run_id = $2 AND call_id = $3 AND status = 'approved'
  ), answering AS (
    SELECT who, name, true AS approved FROM given UNION ALL SELECT $4, NULL, false WHERE $4::text IS NOT NULL AND NOT EXISTS (SELECT FROM given)
  )
  SELECT a.who, a.approved, COALESCE(u.name, k.name, a.name, '') AS name, u.email
  FROM answering a
    LEFT JOIN api_keys k ON a.who LIKE 'api-key:%' AND k.workspace_id = $1 AND k.id::text = substr(a.who, 9)
    LEFT JOIN users u ON u.id::text = CASE WHEN a.who LIKE 'user:%' THEN substr(a.who, 6) ELSE k.owner_id::text END`;

/** @param run within the tool's transaction, where it has one. */
export async function answerableOf(
  run: RunStatement,
  { run: owner, callId, principal }: CallPlace,
): Promise<Answerable | undefined> {
  const { workspaceId, runId } = owner;
  const asker = principal === undefined ? null : `${principal.kind}:${principal.id}`;
  const [row] = await run<{ who: string | null; approved: boolean; name: string; email: string | null }>(statement, [
    workspaceId,
    runId,
    callId,
    asker,
  ]);
  const [, kind, id] = /(user|api-key):(.+)$/.exec(row?.who ?? '') ?? [];
  if (row === undefined || id === undefined) return undefined;
  return { kind: kind as Answerable['kind'], id, name: row.name, email: row.email ?? undefined, approved: row.approved };
}
