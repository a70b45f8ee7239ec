import { z } from 'zod';
import { TimonelError } from '../../errors.ts';
import { type HttpDependencies, principalOf, type TypedFastify } from '../contract.ts';
import { LiveEvents, runEvents } from '../events.ts';
import * as schemas from '../schemas.ts';
import { afterEvent, turnOf, wantsEvents } from '../turns.ts';

const parameters = z.object({ id: schemas.identifier });

export function conversationRoutes(app: TypedFastify, dependencies: HttpDependencies): void {
  const { agents, views, runner, newId, replyWaitMs, streams } = dependencies;

  app.post(
    '/api/v1/conversations',
    {
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
      const agent = agents.get(name);
      if (agent === undefined) {
        throw new TimonelError('agent_not_found', `There is no agent "${name}". There are: ${[...agents.keys()].join(', ')}.`);
      }
      const id = newId();
      const arm = 'stable';
      await views.createConversation(principalOf(request).workspaceId, {
        id,
        agent: name,
        agentVersion: agent.version,
        arm,
        channel,
        contact,
      });
      reply.code(201).header('location', `/api/v1/conversations/${id}`);
      return { id, agent: name, release: null, agentVersion: agent.version, arm };
    },
  );

  app.get(
    '/api/v1/conversations/:id',
    { schema: { summary: 'A conversation with its messages', params: parameters, response: { 200: schemas.conversation } } },
    async (request) => {
      const view = await views.conversation(principalOf(request).workspaceId, request.params.id);
      return { ...view, release: view.release ?? null, contact: view.contact === undefined ? null : { ...view.contact } };
    },
  );

  app.post(
    '/api/v1/conversations/:id/close',
    { schema: { summary: 'Close a conversation', params: parameters, response: { 204: z.null() } } },
    async (request, reply) => {
      await views.closeConversation(principalOf(request).workspaceId, request.params.id);
      return reply.code(204).send(null);
    },
  );

  app.post(
    '/api/v1/conversations/:id/messages',
    {
      config: { spends: true },
      schema: {
        summary: 'Say something, and wait for the reply',
        description:
          'With "Accept: text/event-stream" the turn comes as events, resumable with Last-Event-ID. With an Idempotency-Key the same message is taken once. 202: the turn is still under way after the longest wait.',
        params: parameters,
        headers: z.object({
          'idempotency-key': z
            .string()
            .regex(/^[\x21-\x7e]{1,200}$/, 'must be 1 to 200 visible ASCII characters')
            .optional(),
          'last-event-id': z.string().max(20).optional(),
        }),
        body: schemas.newMessage,
        response: { 200: schemas.turn, 202: schemas.turn },
      },
    },
    async (request, reply) => {
      const { workspaceId } = principalOf(request);
      const message = {
        workspaceId,
        conversationId: request.params.id,
        runId: newId(),
        text: checkedText(request.body.text),
        idempotencyKey: request.headers['idempotency-key'],
      };
      if (wantsEvents(request.headers.accept)) {
        const live = new LiveEvents();
        const runId = await runner.submit(message, live.push);
        // Only a run that is new and worked on here was given the listener.
        live.attached = runId === message.runId;
        const run = { workspaceId, runId };
        const after = afterEvent(request.headers['last-event-id']);
        await streams.send(reply, (signal) => runEvents(runner, views, run, after, signal, live));
        return reply;
      }
      const runId = await runner.submit(message);
      const view = await runner.wait(workspaceId, runId, replyWaitMs);
      return reply.code(view.outcome === undefined ? 202 : 200).send(turnOf(view));
    },
  );
}

/** The text as it is stored. @throws TimonelError `message_invalid`, saying what would have been taken. */
function checkedText(text: string): string {
  if (text.length > schemas.longestText) {
    throw new TimonelError('message_invalid', `The text has ${text.length} characters; up to ${schemas.longestText} are taken.`);
  }
  if (text.trim() === '')
    throw new TimonelError('message_invalid', 'The text is empty. Send at least one character that is not a space.');
  return text.toWellFormed();
}
