import { z } from 'zod';
import { channels, type FeedbackGiven } from '../../diagnostics.ts';
import { TimonelError } from '../../errors.ts';
import type { Principal } from '../../identity/principal.ts';
import { storeFeedback } from '../../run/feedback.ts';
import { readRunTree } from '../../run/run-tree.ts';
import { decideApproval, forgetApproval } from '../../store/approvals.ts';
import type { HttpDependencies, TypedFastify } from '../contract.ts';
import { runEvents } from '../events.ts';
import { requestPrincipalOf } from '../guard.ts';
import { askerText, principalLimitsOf, reachOf, recordDeed, sameLimits } from '../requests.ts';
import * as schemas from '../schemas.ts';
import { afterEvent, turnOf } from '../turns.ts';

const parameters = z.object({ id: schemas.identifier });

export function runRoutes(app: TypedFastify, dependencies: HttpDependencies): void {
  const { identity, pool, views, runner, streams, newId, feed } = dependencies;
  /** Nobody decides in a conversation that they do not see. @throws TimonelError `run_not_found` */
  const requireWithin = async (principal: Principal, runId: string) => {
    const limits = principalLimitsOf(principal);
    if (Object.keys(limits).length > 0) await views.run(principal.workspaceId, runId, limits);
  };

  app.get(
    '/api/v1/runs/:id',
    {
      config: { permission: 'conversations:read' },
      schema: {
        summary: 'A run with its reply and its approvals',
        params: parameters,
        querystring: z.object({ tree: z.string().optional().describe('Present: the runs that it started, too, and theirs') }),
        response: { 200: schemas.turn.extend({ approvals: z.array(schemas.approval), tree: schemas.runTreeSchema.optional() }) },
      },
    },
    async (request) => {
      const principal = requestPrincipalOf(request);
      const { workspaceId } = principal;
      const view = await views.run(workspaceId, request.params.id, reachOf(principal, 'conversations:read-all'));
      const approvals = await views.approvals(workspaceId, request.params.id);
      if (request.query.tree === undefined) return { ...turnOf(view), approvals };
      return { ...turnOf(view), approvals, tree: await readRunTree(pool, workspaceId, request.params.id) };
    },
  );

  app.get(
    '/api/v1/runs/:id/events',
    {
      config: { permission: 'conversations:read' },
      schema: {
        summary: 'The events of a run (server-sent), from the one after Last-Event-ID on, until its turn ends',
        params: parameters,
        headers: z.object({ 'last-event-id': z.string().max(20).optional() }),
      },
    },
    async (request, reply) => {
      const principal = requestPrincipalOf(request);
      const { workspaceId } = principal;
      const reach = reachOf(principal, 'conversations:read-all');
      const runId = request.params.id;
      const after = afterEvent(request.headers['last-event-id']);
      // An unknown run is a 404, not an empty stream.
      await views.run(workspaceId, runId, reach);
      const reader = {
        principal,
        may: (now: Principal) =>
          now.permissions.has('conversations:read') &&
          sameLimits(now, principal) &&
          (reach.startedBy !== undefined || now.permissions.has('conversations:read-all')),
      };
      await streams.send(reply.header('x-timonel-run', runId), reader, runId, (signal) =>
        runEvents(runner, views, { workspaceId, runId }, after, signal),
      );
      return reply;
    },
  );

  app.post(
    '/api/v1/runs/:id/cancel',
    {
      config: { permission: 'conversations:write' },
      schema: {
        summary: 'Cancel a run, with all runs that it started',
        description:
          'What is under way stops, calls of models and tools included; what was done stays done, and the record is kept. A run that has ended is refused, with its outcome.',
        params: parameters,
        response: { 200: schemas.turn },
      },
    },
    async (request) => {
      const principal = requestPrincipalOf(request);
      const { workspaceId } = principal;
      const { id } = request.params;
      await views.run(workspaceId, id, reachOf(principal, 'conversations:write-all'));
      const view = await runner.cancel(workspaceId, id, principal.name);
      await recordDeed(identity, request, { action: 'run-cancelled', target: { kind: 'run', id } });
      return turnOf(view);
    },
  );

  app.post(
    '/api/v1/runs/:id/resubmit',
    {
      config: { permission: 'conversations:write' },
      schema: {
        summary: 'Submit the message of a run that failed once more, as a new turn of its conversation',
        description: 'A second time it answers with the run of the first. What the failed run did before it failed stays done.',
        params: parameters,
        response: { 202: schemas.turn },
      },
    },
    async (request, reply) => {
      const principal = requestPrincipalOf(request);
      const { workspaceId } = principal;
      const own = reachOf(principal, 'conversations:write-all');
      const failed = await views.run(workspaceId, request.params.id, own);
      if (failed.outcome !== 'failed') {
        throw new TimonelError(
          'run_not_failed',
          'Only a run whose outcome is "failed" is submitted again. Send a new message instead.',
        );
      }
      const { runId, held } = await runner.accept({
        workspaceId,
        conversationId: failed.conversationId,
        runId: newId(),
        ...(await views.messageOf(workspaceId, failed.id)),
        idempotencyKey: `resubmit:${failed.id}`,
        asker: { kind: principal.kind, id: principal.id },
        onlyOwn: own.startedBy !== undefined,
        limits: own,
      });
      if (held)
        throw new TimonelError(
          'handled_by_person',
          'A person has the conversation, and sees the message. Hand it back, and the agent answers.',
        );
      return reply.code(202).send(turnOf(await views.run(workspaceId, runId)));
    },
  );

  app.post(
    '/api/v1/runs/:id/approvals/:callId',
    {
      config: { permission: 'runs:decide' },
      schema: {
        summary: 'Decide about a call that waits for a person',
        description: 'The decision holds for exactly this call; the policy is evaluated again before it is made.',
        params: parameters.extend({ callId: z.string().max(40) }),
        body: schemas.decision,
        response: {
          200: z.object({
            callId: z.string(),
            status: z.enum(['approved', 'rejected']),
            remember: schemas.decision.shape.remember,
            resumed: z.boolean(),
          }),
        },
      },
    },
    async (request) => {
      const principal = requestPrincipalOf(request);
      const { workspaceId, name: by } = principal;
      const { id, callId } = request.params;
      const { decision, reason, remember } = request.body;
      // Approvals of a key that expired meanwhile count no more.
      await pool.inTransaction((client) => identity.grants.settleRun(client, workspaceId, id));
      await requireWithin(principal, id);
      const asker = askerText(principal);
      const decided = await decideApproval(pool, workspaceId, id, callId, { decision, remember, reason, by, asker });
      const { conversationId, agent, ready, tool, rule } = decided;
      feed.tell({ kind: 'approval-decided', workspaceId, conversationId, runId: id, agent });
      if (remember !== undefined) {
        const target = { kind: 'approval', id: `${id}/${callId}` };
        await recordDeed(identity, request, { action: 'approval-remembered', target, details: { tool, rule, remember } });
      }
      if (ready) await runner.resume(conversationId);
      return { callId, status: decision === 'approve' ? ('approved' as const) : ('rejected' as const), remember, resumed: ready };
    },
  );

  app.delete(
    '/api/v1/runs/:id/approvals/:callId',
    {
      config: { permission: 'runs:decide' },
      schema: {
        summary: 'Forget an approval that is remembered: calls like it are asked about again',
        description: 'Calls that were made by it stay made, and its own call stays approved.',
        params: parameters.extend({ callId: z.string().max(40) }),
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      const { id, callId } = request.params;
      const principal = requestPrincipalOf(request);
      await requireWithin(principal, id);
      const details = await forgetApproval(pool, principal.workspaceId, id, callId);
      const target = { kind: 'approval', id: `${id}/${callId}` };
      await recordDeed(identity, request, { action: 'approval-forgotten', target, details });
      return reply.code(204).send(null);
    },
  );

  app.post(
    '/api/v1/runs/:id/feedback',
    {
      config: { permission: 'conversations:write' },
      schema: {
        summary: 'Say how good a turn was; saying it again replaces it',
        params: parameters,
        body: z.strictObject({
          rating: z.number().min(-1).max(1).describe('-1 (bad) to 1 (good)'),
          comment: z.string().trim().min(1).max(2_000).optional(),
        }),
        response: { 200: z.object({ runId: z.string(), rating: z.number() }) },
      },
    },
    async (request) => {
      const principal = requestPrincipalOf(request);
      const { workspaceId } = principal;
      const runId = request.params.id;
      const { rating, comment } = request.body;
      const only = reachOf(principal, 'conversations:write-all');
      const run = await storeFeedback(pool, workspaceId, runId, { rating, comment, by: askerText(principal) }, only);
      if (channels.feedbackGiven.hasSubscribers) {
        channels.feedbackGiven.publish({ workspaceId, runId, ...run, rating } satisfies FeedbackGiven);
      }
      return { runId, rating };
    },
  );
}
