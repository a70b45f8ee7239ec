import { z } from 'zod';
import { TimonelError } from '../../errors.ts';
import type { Principal } from '../../identity/principal.ts';
import { audienceOf } from '../audience.ts';
import type { HttpDependencies, TypedFastify } from '../contract.ts';
import { LiveEvents, runEvents } from '../events.ts';
import { requestPrincipalOf } from '../guard.ts';
import { heldAnswer, heldEvents, shownMessages } from '../held.ts';
import { acceptParts } from '../message-parts.ts';
import { actorOf, askerText, principalLimitsOf, reachOf, requireBeginning } from '../requests.ts';
import * as schemas from '../schemas.ts';
import { afterEvent, checkedText, turnOf, wantsEvents } from '../turns.ts';

const parameters = z.object({ id: schemas.identifier });

export function conversationRoutes(app: TypedFastify, dependencies: HttpDependencies): void {
  const { agents, releases, settings, views, runner, newId, replyWaitMs, streams, identity, desk } = dependencies;
  const messageOf = (body: z.infer<typeof schemas.newMessage>, principal: Principal, conversationId: string) =>
    'text' in body ? { text: checkedText(body.text) } : acceptParts(dependencies, principal, conversationId, body.parts);

  app.post(
    '/api/v1/conversations',
    {
      config: { permission: 'conversations:write' },
      schema: {
        summary: 'Start a conversation with an agent',
        body: schemas.newConversation,
        response: {
          201: z.object({
            id: z.string(),
            agent: z.string(),
            release: z.string().nullable(),
            agentVersion: z.string(),
            arm: z.string(),
          }),
        },
      },
    },
    async (request, reply) => {
      const { agent: name, channel, contact } = request.body;
      if (!agents.has(name)) {
        throw new TimonelError('agent_not_found', `There is no agent "${name}". There are: ${[...agents.keys()].join(', ')}.`);
      }
      const principal = requestPrincipalOf(request);
      requireBeginning(principal, name);
      const { workspaceId } = principal;
      const id = newId();
      const assignment = releases.inForce.assign(name, audienceOf(request.raw, principal, settings, { channel, contact }));
      await views.createConversation(workspaceId, {
        id,
        agent: name,
        ...assignment,
        channel,
        contact,
        startedBy: askerText(principal),
      });
      reply.code(201).header('location', `/api/v1/conversations/${id}`);
      const { agentVersion, arm, release = null } = assignment;
      return { id, agent: name, release, agentVersion, arm };
    },
  );

  app.get(
    '/api/v1/conversations/:id',
    {
      config: { permission: 'conversations:read' },
      schema: { summary: 'A conversation with its messages', params: parameters, response: { 200: schemas.conversation } },
    },
    async (request) => {
      const principal = requestPrincipalOf(request);
      const view = await views.conversation(principal.workspaceId, request.params.id, reachOf(principal, 'conversations:read-all'));
      return {
        ...view,
        messages: shownMessages(view.messages, request.params.id, principal),
        release: view.release ?? null,
        contact: view.contact === undefined ? null : { ...view.contact },
      };
    },
  );

  app.post(
    '/api/v1/conversations/:id/close',
    {
      config: { permission: 'conversations:write' },
      schema: { summary: 'Close a conversation', params: parameters, response: { 204: z.null() } },
    },
    async (request, reply) => {
      // Who answers customers closes what they see.
      const answers = requestPrincipalOf(request).permissions.has('conversations:reply');
      const reached = answers ? ('conversations:read-all' as const) : ('conversations:write-all' as const);
      await desk.close(actorOf(request, reached), request.params.id);
      return reply.code(204).send(null);
    },
  );

  app.post(
    '/api/v1/conversations/:id/messages',
    {
      config: { permission: 'conversations:write', spends: true },
      schema: {
        summary: 'Say something, and wait for the reply',
        description:
          'With "Accept: text/event-stream" the turn comes as events, resumable with Last-Event-ID. With an Idempotency-Key the same message is taken once. 202: the turn is still under way after the longest wait, or a person has the conversation (`handler`) and no run was started.',
        params: parameters,
        headers: schemas.idempotencyHeader.extend({
          'last-event-id': z.string().max(20).optional(),
        }),
        body: schemas.newMessage,
        response: { 200: schemas.turn, 202: z.union([schemas.turn, schemas.held]) },
      },
    },
    async (request, reply) => {
      const principal = requestPrincipalOf(request);
      const { workspaceId } = principal;
      const message = {
        workspaceId,
        asker: { kind: principal.kind, id: principal.id },
        onlyOwn: !principal.permissions.has('conversations:write-all'),
        limits: principalLimitsOf(principal),
        conversationId: request.params.id,
        runId: newId(),
        ...(await messageOf(request.body, principal, request.params.id)),
        idempotencyKey: request.headers['idempotency-key'],
      };
      if (wantsEvents(request.headers.accept)) {
        const live = new LiveEvents();
        const { runId, held } = await runner.accept(message, live.push);
        if (held)
          return reply
            .header('content-type', 'text/event-stream; charset=utf-8')
            .code(200)
            .send(heldEvents() as never);
        const run = { workspaceId, runId };
        const after = afterEvent(request.headers['last-event-id']);
        const reader = { principal, may: (now: Principal) => now.permissions.has('conversations:write') };
        await streams.send(reply.header('x-timonel-run', runId), reader, runId, (signal) =>
          runEvents(runner, views, run, after, signal, live),
        );
        return reply;
      }
      const { runId, held } = await runner.accept(message);
      if (held) return reply.code(202).send(heldAnswer);
      const view = await runner.wait(workspaceId, runId, replyWaitMs);
      if ((await identity.access.renewed(principal)) === undefined) {
        throw new TimonelError('unauthenticated', 'You lost access while the turn was under way.');
      }
      reply.header('x-timonel-run', runId);
      if (view.outcome === undefined) return reply.code(202).send(turnOf(view));
      return reply.header('x-timonel-outcome', view.outcome).send(turnOf(view));
    },
  );
}
