import { z } from 'zod';
import { TimonelError } from '../../errors.ts';
import { listApprovals } from '../../run/approval-list.ts';
import { boundedMembers } from '../bounded-values.ts';
import type { HttpDependencies, TypedFastify } from '../contract.ts';
import { requestPrincipalOf } from '../guard.ts';
import { fitting } from '../pages.ts';
import { principalLimitsOf } from '../requests.ts';
import * as schemas from '../schemas.ts';

/** Approvals of the workspace, for those who decide: `POST /api/v1/runs/:id/approvals/:callId` decides about one. */
export function approvalRoutes(app: TypedFastify, { pool }: HttpDependencies): void {
  app.get(
    '/api/v1/approvals',
    {
      config: { permission: 'runs:decide' },
      schema: {
        summary: 'Calls that wait for a person, the oldest first',
        querystring: z.object({
          status: schemas.approval.shape.status.optional().describe('`pending` where absent'),
          remembered: z
            .string()
            .optional()
            .describe('Present: the approvals that hold beyond their call, which `DELETE /api/v1/runs/:id/approvals/:callId` ends'),
          after: z.string().max(200).optional().describe('`next` of the page before'),
          limit: z.coerce.number().int().min(1).max(100).default(50),
        }),
        response: {
          200: z.object({
            approvals: z.array(
              schemas.approval.omit({ decisionReason: true }).extend({
                runId: z.string(),
                conversationId: z.string(),
                agent: z.string(),
                createdAt: z.string(),
              }),
            ),
            next: z.string().nullable(),
          }),
        },
      },
    },
    async (request) => {
      const { after, limit } = request.query;
      const remembered = request.query.remembered !== undefined;
      const status = request.query.status ?? (remembered ? 'approved' : 'pending');
      const rows = await listApprovals(
        pool,
        requestPrincipalOf(request).workspaceId,
        { status, remembered },
        after === undefined ? undefined : placeOf(after),
        limit,
        principalLimitsOf(requestPrincipalOf(request)),
      );
      // The whole of large arguments is at the run.
      const approvals = fitting(
        rows.map(({ pattern, remember, decidedBy, createdAt, ...row }) => ({
          ...row,
          args: boundedMembers(row.args).data,
          pattern: pattern ?? undefined,
          remember: remember ?? undefined,
          decidedBy: decidedBy ?? undefined,
          createdAt: createdAt.toISOString(),
        })),
      );
      const last = approvals.length === limit || approvals.length < rows.length ? approvals.at(-1) : undefined;
      return { approvals, next: last === undefined ? null : `${last.createdAt}|${last.runId}|${last.callId}` };
    },
  );
}

/** @throws TimonelError `invalid_request` */
function placeOf(after: string): { createdAt: string; runId: string; callId: string } {
  const [, createdAt, runId, callId] = /^([\d-]{10}T[\d:.]{8,12}Z)\|([\da-f-]{36})\|(\d+\.\d+)$/.exec(after) ?? [];
  if (createdAt === undefined || runId === undefined || callId === undefined)
    throw new TimonelError('invalid_request', '"after" must be the "next" of a page, as it was answered.');
  return { createdAt, runId, callId };
}
