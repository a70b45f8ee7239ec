/** Approvals of a workspace, for people who decide. */

import type { DatabasePool } from '../store/database.ts';
import { limitsValue, runWithinLimits } from '../store/reach.ts';
import type { ApprovalView } from '../store/run-views.ts';
import type { AccessLimits, JsonObject } from '../vocabulary.ts';

export interface ListedApproval extends Pick<ApprovalView, 'callId' | 'tool' | 'args' | 'rule' | 'reason' | 'status'> {
  runId: string;
  conversationId: string;
  agent: string;
  pattern: JsonObject | null;
  remember: ApprovalView['remember'] | null;
  decidedBy: string | null;
  createdAt: Date;
}

/**
 * @param remembered those only that hold beyond their call.
 * @param after the last of the page before, as `createdAt|runId|callId`; from the oldest on where absent.
 * @param limits of whoever asks.
 */
export async function listApprovals(
  pool: DatabasePool,
  workspaceId: string,
  { status, remembered }: { status: ApprovalView['status']; remembered: boolean },
  after: { createdAt: string; runId: string; callId: string } | undefined,
  limit: number,
  limits: AccessLimits,
): Promise<ListedApproval[]> {
  return pool.execute<ListedApproval>(
    {
      name: 'approvals-list',
      text: `
        SELECT a.run_id AS "runId", r.conversation_id AS "conversationId", r.agent, a.call_id AS "callId", a.tool, a.args, a.rule, a.reason, a.status, a.pattern, a.remember,
          a.decided_by AS "decidedBy", a.created_at AS "createdAt"
        FROM approvals a JOIN runs r ON r.id = a.run_id
        WHERE a.workspace_id = $1 AND a.status = $2 AND (NOT $7 OR a.remember IS NOT NULL) AND ${runWithinLimits('r', '$8::jsonb')}
          AND ($3::timestamptz IS NULL OR (date_trunc('milliseconds', a.created_at), a.run_id, a.call_id) > ($3::timestamptz, $4::uuid, $5::text))
        ORDER BY date_trunc('milliseconds', a.created_at), a.run_id, a.call_id LIMIT $6`,
    },
    [
      workspaceId,
      status,
      after?.createdAt ?? null,
      after?.runId ?? null,
      after?.callId ?? null,
      limit,
      remembered,
      limitsValue(limits),
    ],
  );
}
