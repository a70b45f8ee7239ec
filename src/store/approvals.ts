/** What people decide about calls: one call, or every call like it in the run or the conversation. */
import { TimonelError } from '../errors.ts';
import type { JsonObject } from '../vocabulary.ts';
import type { DatabasePool } from './database.ts';
import { askerOf } from './run-rows.ts';
import type { GivenApproval } from './runs.ts';
import type { Step } from './steps.ts';
import { storableJson } from './storable.ts';

/** How far an approval holds beyond its call. */
export type Remember = 'run' | 'conversation';

export interface CallDecision {
  decision: 'approve' | 'reject';
  /** For the calls with the pattern that the rule gave; for this call alone where absent. */
  remember?: Remember | undefined;
  /** Name of who decides, and who that is ("user:…"): an approval is void once they could no longer give it. */
  by: string;
  asker: string;
  reason: string | undefined;
}

interface ApprovalRow {
  call_id: string;
  status: string;
  call_hash: string;
  tool: string;
  rule: string;
  pattern: JsonObject | null;
}

/**
 * Stores a person's decision about one call. When it was the last one missing, the run is queued to go on. An approval that is remembered decides about
 * the other calls of the run that wait with its pattern, too.
 * @returns the conversation to resume, where the run is ready, and what was decided about.
 * @throws TimonelError `approval_not_found`, `approval_decided`, `approval_not_rememberable`
 */
export function decideApproval(
  pool: DatabasePool,
  workspaceId: string,
  runId: string,
  callId: string,
  decision: CallDecision,
): Promise<{ conversationId: string; agent: string; ready: boolean; tool: string; rule: string }> {
  return pool.inWorkspace(workspaceId, async (_database, client) => {
    const run = await client.query<{ conversation_id: string; agent: string; status: string; fence: number }>(
      'SELECT conversation_id, agent, status, fence FROM runs WHERE id = $1 AND workspace_id = $2 FOR UPDATE',
      [runId, workspaceId],
    );
    const approvals = await client.query<ApprovalRow>(
      `SELECT call_id, status, call_hash, tool, rule, pattern FROM approvals WHERE run_id = $1 AND workspace_id = $2
       ORDER BY split_part(call_id, '.', 1)::int, split_part(call_id, '.', 2)::int`,
      [runId, workspaceId],
    );
    const [owner] = run.rows;
    const approval = approvals.rows.find((row) => row.call_id === callId);
    if (owner === undefined || approval === undefined) throw notFound(runId, callId);
    if (approval.status !== 'pending') {
      throw new TimonelError('approval_decided', `The call ${callId} was already ${approval.status}.`);
    }
    const { remember } = decision;
    if (remember !== undefined) refuseToRemember(decision, approval);
    const alike = (other: ApprovalRow) =>
      other.status === 'pending' &&
      other.rule === approval.rule &&
      other.tool === approval.tool &&
      same(other.pattern, approval.pattern);
    const decided =
      remember === undefined ? [approval] : [approval, ...approvals.rows.filter((row) => row !== approval && alike(row))];
    await client.query(
      `UPDATE approvals SET status = $3, decided_by = $4, decision_reason = $5, decided_by_id = $6, decided_at = now(),
         remember = CASE WHEN call_id = $7 THEN $8 END, conversation_id = $9
       WHERE run_id = $1 AND workspace_id = $10 AND call_id = ANY($2::text[])`,
      [
        runId,
        decided.map(({ call_id }) => call_id),
        decision.decision === 'approve' ? 'approved' : 'rejected',
        decision.by,
        decision.reason ?? null,
        decision.asker,
        callId,
        remember ?? null,
        owner.conversation_id,
        workspaceId,
      ],
    );
    const steps = decided.map(
      ({ call_id, call_hash }): Step => ({
        kind: 'approval',
        callId: call_id,
        decision: decision.decision,
        by: decision.by,
        callHash: call_hash,
        ...(remember === undefined || call_id !== callId ? {} : { remember }),
        ...(decision.reason === undefined ? {} : { reason: decision.reason }),
      }),
    );
    await client.query(
      `INSERT INTO steps (workspace_id, run_id, index, kind, fence, data)
       SELECT $1, $2, first.index + s.position - 1, 'approval', $3, s.step
       FROM (SELECT COALESCE(max(index) + 1, 0) AS index FROM steps WHERE run_id = $2) first,
         jsonb_array_elements($4::jsonb) WITH ORDINALITY AS s(step, position)`,
      [workspaceId, runId, owner.fence, storableJson(steps)],
    );
    const told = await client.query<{ ready: boolean }>(
      `UPDATE runs SET answers = answers + $2, waits_left = waits_left - $2,
         status = CASE WHEN waits_left <= $2 THEN 'queued' ELSE status END
       WHERE id = $1 AND status = 'waiting' RETURNING status = 'queued' AS ready`,
      [runId, decided.length],
    );
    // Nobody took the conversation for it: it needs nobody any more.
    await client.query(
      `UPDATE handoffs SET closed_at = now(), closed_how = 'decided', closed_by = $3, closed_by_name = $4
       WHERE conversation_id = $2 AND closed_at IS NULL AND reason = 'approval' AND taken_at IS NULL
         AND NOT EXISTS (SELECT FROM approvals a WHERE a.run_id = $1 AND a.status = 'pending')`,
      [runId, owner.conversation_id, decision.asker, decision.by],
    );
    const { tool, rule } = approval;
    return { conversationId: owner.conversation_id, agent: owner.agent, ready: told.rows[0]?.ready === true, tool, rule };
  });
}

function refuseToRemember({ decision }: CallDecision, { pattern, rule }: ApprovalRow): void {
  if (decision === 'reject')
    throw new TimonelError('approval_not_rememberable', 'Only an approval is remembered. Reject this call without "remember".');
  if (pattern !== null) return;
  const message = `The rule ${rule} does not say which calls are like this one. Approve this call without "remember".`;
  throw new TimonelError('approval_not_rememberable', message);
}

/** Both come from the same evaluation, whose members are sorted. */
function same(one: JsonObject | null, other: JsonObject | null): boolean {
  return one !== null && other !== null && JSON.stringify(one) === JSON.stringify(other);
}

/**
 * Ends what an approval holds for beyond its call. What was made by it stays made.
 * @throws TimonelError `approval_not_found`
 */
export async function forgetApproval(
  pool: DatabasePool,
  workspaceId: string,
  runId: string,
  callId: string,
): Promise<{ tool: string; rule: string }> {
  const [row] = await pool.executeText<{ tool: string; rule: string }>(
    `UPDATE approvals SET remember = NULL WHERE workspace_id = $1 AND run_id = $2 AND call_id = $3 AND remember IS NOT NULL AND status = 'approved'
     RETURNING tool, rule`,
    [workspaceId, runId, callId],
  );
  if (row === undefined) throw notFound(runId, callId, 'is not remembered');
  return row;
}

/** The approvals that are remembered for a run, or for its conversation. */
export async function rememberedApprovals(
  pool: DatabasePool,
  { workspaceId, conversationId, runId }: { workspaceId: string; conversationId: string; runId: string },
): Promise<GivenApproval[]> {
  const rows = await pool.execute<Omit<GivenApproval, 'giver'> & { giver: string | null }>(
    {
      name: 'approvals-remembered',
      text: `
        SELECT run_id AS "runId", call_id AS "callId", rule, tool, pattern, decided_by_id AS giver FROM approvals
        WHERE conversation_id = $2 AND workspace_id = $1 AND remember IS NOT NULL AND status = 'approved' AND pattern IS NOT NULL
          AND (remember = 'conversation' OR run_id = $3)
        ORDER BY decided_at, run_id, call_id`,
    },
    [workspaceId, conversationId, runId],
  );
  return rows.map(({ giver, ...approval }) => ({ ...approval, giver: askerOf(giver) }));
}

function notFound(runId: string, callId: string, how = 'is not waiting for an approval'): TimonelError {
  return new TimonelError('approval_not_found', `The call ${callId} of run ${runId} ${how} in this workspace.`);
}
