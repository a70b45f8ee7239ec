import { z } from 'zod';
import type { Principal } from '../../identity/principal.ts';
import type { HttpDependencies, TypedFastify } from '../contract.ts';
import { runEvents } from '../events.ts';
import { principalOf } from '../guard.ts';
import { onlyOf } from '../requests.ts';
import * as schemas from '../schemas.ts';
import { afterEvent, turnOf } from '../turns.ts';

const parameters = z.object({ id: schemas.identifier });

export function runRoutes(app: TypedFastify, dependencies: HttpDependencies): void {
  const { views, runner, streams } = dependencies;

  app.get(
    '/api/v1/runs/:id',
    {
      config: { permission: 'conversations:read' },
      schema: {
        summary: 'A run with its reply and its approvals',
        params: parameters,
        response: { 200: schemas.turn.extend({ approvals: z.array(schemas.approval) }) },
      },
    },
    async (request) => {
      const principal = principalOf(request);
      const { workspaceId } = principal;
      const view = await views.run(workspaceId, request.params.id, onlyOf(principal, 'conversations:read-all'));
      return { ...turnOf(view), approvals: await views.approvals(workspaceId, request.params.id) };
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
      const principal = principalOf(request);
      const { workspaceId } = principal;
      const only = onlyOf(principal, 'conversations:read-all');
      const runId = request.params.id;
      const after = afterEvent(request.headers['last-event-id']);
      // An unknown run is a 404, not an empty stream.
      await views.run(workspaceId, runId, only);
      const reader = {
        principal,
        may: (now: Principal) =>
          now.permissions.has('conversations:read') && (only !== undefined || now.permissions.has('conversations:read-all')),
      };
      await streams.send(reply, reader, (signal) => runEvents(runner, views, { workspaceId, runId }, after, signal));
      return reply;
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
        response: { 200: z.object({ callId: z.string(), status: z.enum(['approved', 'rejected']), resumed: z.boolean() }) },
      },
    },
    async (request) => {
      const { workspaceId, name } = principalOf(request);
      const { id, callId } = request.params;
      const { decision, reason } = request.body;
      const { conversationId, ready } = await views.decide(workspaceId, id, callId, { decision, reason, by: name });
      if (ready) await runner.resume(conversationId);
      return { callId, status: decision === 'approve' ? ('approved' as const) : ('rejected' as const), resumed: ready };
    },
  );
}
