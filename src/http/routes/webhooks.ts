import { z } from 'zod';
import { webhookEvents } from '../../store/webhook-events.ts';
import { deliveryStates } from '../../webhooks/deliveries.ts';
import type { HttpDependencies, TypedFastify } from '../contract.ts';
import { requestPrincipalOf } from '../guard.ts';
import { byOf, recordDeed, requireAllAgents, requireAllConnections } from '../requests.ts';
import * as schemas from '../schemas.ts';

const parameters = z.object({ id: schemas.identifier });
const address = z.url({ protocol: /^https?$/ }).max(2_000);
const events = z.array(z.enum(webhookEvents)).min(1).max(webhookEvents.length);

const endpoint = z.object({
  id: z.string(),
  url: z.string(),
  events,
  previousUntil: z.string().nullable().describe('Until when requests are signed with the secret before the last rotation too'),
  createdAt: z.string(),
  disabledAt: z.string().nullable(),
});
const withSecret = endpoint.extend({ secret: z.string().describe('Shown this once; verifies requests (Standard Webhooks)') });

const delivery = z.object({
  id: z.string().describe('`msg_` and this is the webhook-id'),
  endpoint: z.string(),
  event: z.string(),
  data: z.record(z.string(), z.unknown()),
  state: z.enum(deliveryStates).describe('`dead`: all attempts were made'),
  attempts: z.int(),
  status: z.int().nullable().describe('What the endpoint answered last'),
  error: z.string().nullable(),
  occurredAt: z.string(),
  endedAt: z.string().nullable(),
});

/** Webhooks out: endpoints of the workspace, and what they were told. */
export function webhookRoutes(app: TypedFastify, { webhooks, identity }: HttpDependencies): void {
  const { endpoints, deliveries } = webhooks;
  const config = { permission: 'webhooks:manage' } as const;
  // An endpoint is told of all conversations of the workspace.
  const workspaceOf = (request: Parameters<typeof requestPrincipalOf>[0]) => {
    const principal = requestPrincipalOf(request);
    requireAllAgents(principal);
    requireAllConnections(principal);
    return principal.workspaceId;
  };

  app.get(
    '/api/v1/webhooks',
    {
      config,
      schema: { summary: 'Endpoints that are told of what happens', response: { 200: z.object({ webhooks: z.array(endpoint) }) } },
    },
    async (request) => ({ webhooks: await endpoints.list(workspaceOf(request)) }),
  );

  app.post(
    '/api/v1/webhooks',
    {
      config,
      schema: {
        summary: 'Have an address told of what happens',
        description: 'Requests follow Standard Webhooks. The secret is in this answer, and nowhere afterwards.',
        body: z.strictObject({ url: address, events }),
        response: { 201: withSecret },
      },
    },
    async (request, reply) => {
      const added = await endpoints.add(workspaceOf(request), request.body, byOf(request));
      return reply.code(201).header('location', `/api/v1/webhooks/${added.id}`).send(added);
    },
  );

  app.get(
    '/api/v1/webhooks/:id',
    { config, schema: { summary: 'An endpoint', params: parameters, response: { 200: endpoint } } },
    (request) => endpoints.get(workspaceOf(request), request.params.id),
  );

  app.patch(
    '/api/v1/webhooks/:id',
    {
      config,
      schema: {
        summary: 'Change, disable or enable an endpoint; what happens while it is disabled is not told',
        params: parameters,
        body: z.strictObject({ url: address.optional(), events: events.optional(), enabled: z.boolean().optional() }),
        response: { 200: endpoint },
      },
    },
    (request) => endpoints.update(workspaceOf(request), request.params.id, request.body, byOf(request)),
  );

  app.delete(
    '/api/v1/webhooks/:id',
    {
      config,
      schema: { summary: 'Remove an endpoint, with all that waits for it', params: parameters, response: { 204: z.null() } },
    },
    async (request, reply) => {
      await endpoints.remove(workspaceOf(request), request.params.id, byOf(request));
      return reply.code(204).send(null);
    },
  );

  app.post(
    '/api/v1/webhooks/:id/rotate',
    {
      config,
      schema: {
        summary: 'A new secret; for a while requests carry a signature of the one before, too',
        params: parameters,
        body: z.strictObject({ overlapSeconds: z.int().min(0).max(2_592_000).default(86_400) }).nullish(),
        response: { 200: withSecret },
      },
    },
    (request) => endpoints.rotate(workspaceOf(request), request.params.id, request.body?.overlapSeconds ?? 86_400, byOf(request)),
  );

  app.post(
    '/api/v1/webhooks/:id/test',
    {
      config,
      schema: { summary: 'Send the event `test`', params: parameters, response: { 202: delivery } },
    },
    async (request, reply) => reply.code(202).send(await deliveries.test(workspaceOf(request), request.params.id)),
  );

  app.get(
    '/api/v1/webhook-deliveries',
    {
      config,
      schema: {
        summary: 'Events for endpoints and what became of them, the latest first; `state=dead` are the dead letters',
        querystring: z.strictObject({
          endpoint: schemas.identifier.optional(),
          state: z.enum(deliveryStates).optional(),
          before: z
            .string()
            .regex(/^\d{1,18}$/)
            .optional()
            .describe('"next" of the page before'),
          limit: z.coerce.number().int().min(1).max(100).default(50),
        }),
        response: { 200: z.object({ deliveries: z.array(delivery), next: z.string().nullable() }) },
      },
    },
    (request) => deliveries.list(workspaceOf(request), request.query),
  );

  app.post(
    '/api/v1/webhook-deliveries/:id/replay',
    {
      config,
      schema: { summary: 'Send what ended once more, with the same webhook-id', params: parameters, response: { 202: delivery } },
    },
    async (request, reply) => {
      const made = await deliveries.replay(workspaceOf(request), request.params.id);
      await recordDeed(identity, request, { action: 'webhook-replayed', target: { kind: 'webhook-delivery', id: made.id } });
      return reply.code(202).send(made);
    },
  );
}
