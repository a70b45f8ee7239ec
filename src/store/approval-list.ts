/** Approvals of a workspace, for people who decide. */
import type { JsonObject } from '../vocabulary.ts';
import type { DatabasePool } from './database.ts';
import type { ApprovalView } from './run-views.ts';

export interface ListedApproval {
  runId: string;
  conversationId: string;
  agent: string;
  callId: string;
  tool: string;
  args: JsonObject;
  rule: string;
  reason: { es: string; en: string };
  status: ApprovalView['status'];
  createdAt: Date;
}

/** @param after the last of the page before, as `createdAt|runId|callId`; from the oldest on where absent. @param agents of these only; of all where absent. */
export async function listApprovals(
  pool: DatabasePool,
  workspaceId: string,
  status: ApprovalView['status'],
  after: { createdAt: string; runId: string; callId: string } | undefined,
  limit: number,
  agents?: readonly string[],
): Promise<ListedApproval[]> {
  return pool.execute<ListedApproval>(
    {
      name: 'approvals-list',
      text: `
        SELECT a.run_id AS "runId", r.conversation_id AS "conversationId", r.agent, a.call_id AS "callId", a.tool, a.args, a.rule, a.reason, a.status,
          a.created_at AS "createdAt"
        FROM approvals a JOIN runs r ON r.id = a.run_id
        WHERE a.workspace_id = $1 AND a.status = $2 AND ($7::text[] IS NULL OR r.agent = ANY($7))
          AND ($3::timestamptz IS NULL OR (date_trunc('milliseconds', a.created_at), a.run_id, a.call_id) > ($3::timestamptz, $4::uuid, $5::text))
        ORDER BY date_trunc('milliseconds', a.created_at), a.run_id, a.call_id LIMIT $6`,
    },
    [workspaceId, status, after?.createdAt ?? null, after?.runId ?? null, after?.callId ?? null, limit, agents ?? null],
  );
}
