import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { TimonelError } from '../../errors.ts';
import { covers } from '../../identity/principal.ts';
import {
  type ConnectionBody,
  connection,
  connectionActivityShape,
  connectionName,
  connectionSecrets,
  connectionSettings,
  delivery,
  directMessage,
} from '../channel-schemas.ts';
import type { HttpDependencies, TypedFastify } from '../contract.ts';
import { requestPrincipalOf } from '../guard.ts';
import { askerText, principalLimitsOf, recordDeed, requireAgent, requireBeginning } from '../requests.ts';
import * as schemas from '../schemas.ts';

/** Providers send up to 3 MB. */
const webhookBytes = 3_145_728;

const parameters = z.object({ connection: schemas.identifier });

/** Connections to channels, the webhooks of their providers, and what was delivered. */
export async function channelRoutes(app: TypedFastify, dependencies: HttpDependencies): Promise<void> {
  const { channels, agents, identity, settings: server } = dependencies;
  const shown = (each: ConnectionBody) => ({
    ...each,
    webhook: each.channel === 'email' ? null : `${server.publicUrl}/api/v1/channels/${each.id}/webhook`,
    script:
      each.channel === 'web'
        ? `<script async src="${server.publicUrl}/api/v1/web/widget.js" data-connection="${each.id}"></script>`
        : null,
  });
  /** A connection within what who asks is limited to. @throws TimonelError `connection_not_found` */
  const seen = async (request: FastifyRequest, id: string) => {
    const principal = requestPrincipalOf(request);
    const found = await channels.get(principal.workspaceId, id);
    if (covers(principal, { agent: found.agent, connectionId: id })) return found;
    throw new TimonelError(
      'connection_not_found',
      `There is no connection ${id} in this workspace. GET /api/v1/channels lists them.`,
    );
  };
  const known = (agent: string) => {
    if (!agents.has(agent))
      throw new TimonelError('agent_not_found', `There is no agent "${agent}". There are: ${[...agents.keys()].join(', ')}.`);
  };

  // Within a scope of its own: the bytes are taken as they come, because signatures are over them.
  await app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
    const answer = async (request: FastifyRequest, method: 'GET' | 'POST') => {
      const { connection: id } = request.params as { connection: string };
      const query = Object.entries(request.query as Record<string, unknown>).filter(
        (each): each is [string, string] => typeof each[1] === 'string',
      );
      const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
      const { headers, ip } = request;
      return channels.webhook(id, { method, path: request.raw.url ?? '', query: Object.fromEntries(query), headers, body }, ip);
    };
    for (const method of ['GET', 'POST'] as const) {
      scope.route({
        method,
        url: '/api/v1/channels/:connection/webhook',
        config: { public: true, storesOnly: true },
        bodyLimit: webhookBytes,
        schema: { hide: true, params: parameters },
        handler: async (request, reply) => {
          const { status, body } = await answer(request, method);
          return reply.code(status).type('text/plain; charset=utf-8').send(body);
        },
      });
    }
  });

  app.get(
    '/api/v1/channels',
    {
      config: { permission: 'channels:read' },
      schema: { summary: 'Connections to channels', response: { 200: z.object({ connections: z.array(connection) }) } },
    },
    async (request) => {
      const principal = requestPrincipalOf(request);
      const all = await channels.list(principal.workspaceId);
      return { connections: all.filter(({ id, agent }) => covers(principal, { agent, connectionId: id })).map(shown) };
    },
  );

  app.post(
    '/api/v1/channels',
    {
      config: { permission: 'channels:manage' },
      schema: {
        summary: 'Connect an account of a channel to an agent',
        body: z.strictObject({
          channel: z.enum(channels.names as [string, ...string[]]),
          name: connectionName,
          agent: z.string(),
          settings: connectionSettings.default({}),
          secrets: connectionSecrets.default({}),
        }),
        response: { 201: connection },
      },
    },
    async (request, reply) => {
      const principal = requestPrincipalOf(request);
      const { channel, agent } = request.body;
      known(agent);
      requireBeginning(principal, agent);
      const added = await channels.add(principal.workspaceId, request.body, askerText(principal));
      const details = { channel, name: added.name, agent, account: added.account };
      await recordDeed(identity, request, { action: 'channel-connected', target: { kind: 'connection', id: added.id }, details });
      return reply.code(201).header('location', `/api/v1/channels/${added.id}`).send(shown(added));
    },
  );

  app.get(
    '/api/v1/channels/activity',
    {
      config: { permission: 'channels:read' },
      schema: {
        summary: 'How connections fare: the last message of a contact, what waits, what failed of the latest hundred',
        response: { 200: z.object({ activity: z.array(connectionActivityShape) }) },
      },
    },
    async (request) => {
      const principal = requestPrincipalOf(request);
      const [all, activity] = await Promise.all([channels.list(principal.workspaceId), channels.activity(principal.workspaceId)]);
      const seen = new Set(all.filter(({ id, agent }) => covers(principal, { agent, connectionId: id })).map(({ id }) => id));
      return { activity: activity.filter((each) => seen.has(each.connection)) };
    },
  );

  app.get(
    '/api/v1/channels/:connection',
    {
      config: { permission: 'channels:read' },
      schema: { summary: 'A connection', params: parameters, response: { 200: connection } },
    },
    async (request) => shown(await seen(request, request.params.connection)),
  );

  app.patch(
    '/api/v1/channels/:connection',
    {
      config: { permission: 'channels:manage' },
      schema: {
        summary: 'Change, disable or enable a connection; a suspended one sends again',
        params: parameters,
        body: z.strictObject({
          name: connectionName.optional(),
          agent: z.string().optional(),
          settings: connectionSettings.optional(),
          enabled: z.boolean().optional(),
        }),
        response: { 200: connection },
      },
    },
    async (request) => {
      const { agent, enabled } = request.body;
      if (agent !== undefined) known(agent);
      await seen(request, request.params.connection);
      if (agent !== undefined) requireAgent(requestPrincipalOf(request), agent);
      const changed = await channels.update(requestPrincipalOf(request).workspaceId, request.params.connection, request.body);
      const action = enabled === false ? 'channel-disabled' : 'channel-changed';
      await recordDeed(identity, request, {
        action,
        target: { kind: 'connection', id: changed.id },
        details: { name: changed.name },
      });
      return shown(changed);
    },
  );

  app.put(
    '/api/v1/channels/:connection/secrets',
    {
      config: { permission: 'channels:manage' },
      schema: {
        summary: 'Replace secrets of a connection; those before are taken for a while',
        params: parameters,
        body: z.strictObject({ secrets: connectionSecrets, overlapSeconds: z.int().min(0).max(2_592_000).optional() }),
        response: { 200: connection },
      },
    },
    async (request) => {
      const { secrets: given, overlapSeconds } = request.body;
      await seen(request, request.params.connection);
      const changed = await channels.rotate(
        requestPrincipalOf(request).workspaceId,
        request.params.connection,
        given,
        overlapSeconds,
      );
      const details = { secrets: Object.keys(given) };
      await recordDeed(identity, request, {
        action: 'channel-secrets-rotated',
        target: { kind: 'connection', id: changed.id },
        details,
      });
      return shown(changed);
    },
  );

  app.post(
    '/api/v1/channels/:connection/test',
    {
      config: { permission: 'channels:manage' },
      schema: {
        summary: 'Ask the provider about the account, and about the templates of the connection',
        params: parameters,
        response: {
          200: z.object({
            ok: z.boolean(),
            findings: z.array(z.object({ what: z.string(), ok: z.boolean(), detail: z.string() })),
          }),
        },
      },
    },
    async (request) => {
      await seen(request, request.params.connection);
      const findings = await channels.test(requestPrincipalOf(request).workspaceId, request.params.connection);
      return { ok: findings.every(({ ok }) => ok), findings };
    },
  );

  app.post(
    '/api/v1/channels/:connection/messages',
    {
      config: { permission: 'channels:manage' },
      schema: {
        summary: 'Send a message to an address, to try a connection',
        description:
          'It goes through the outbox, in no conversation; the delivery tells what became of it. On WhatsApp a free text reaches those alone who wrote within 24 hours; a template reaches the others.',
        params: parameters,
        body: directMessage,
        response: { 201: delivery },
      },
    },
    async (request, reply) => {
      const { id } = await seen(request, request.params.connection);
      const made = await channels.message(requestPrincipalOf(request).workspaceId, id, request.body);
      const details = { delivery: made.id, template: request.body.template?.name ?? null };
      await recordDeed(identity, request, { action: 'channel-message-sent', target: { kind: 'connection', id }, details });
      return reply.code(201).send(made);
    },
  );

  app.get(
    '/api/v1/deliveries',
    {
      config: { permission: 'conversations:read-all' },
      schema: {
        summary: 'Messages to contacts and what became of them, the latest first',
        querystring: z.strictObject({
          connection: schemas.identifier.optional(),
          conversation: schemas.identifier.optional(),
          state: delivery.shape.state.optional(),
          failed: z.stringbool().optional().describe('Refused, unclear, or failed after the provider took it'),
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
    (request) => {
      const principal = requestPrincipalOf(request);
      return channels.deliveries(principal.workspaceId, { ...request.query, limits: principalLimitsOf(principal) });
    },
  );

  app.post(
    '/api/v1/deliveries/:id/replay',
    {
      config: { permission: 'channels:manage' },
      schema: {
        summary: 'Send once more what was refused, is unclear, or failed',
        params: z.object({ id: schemas.identifier }),
        response: { 201: delivery },
      },
    },
    async (request, reply) => {
      const made = await channels.replay(
        requestPrincipalOf(request).workspaceId,
        request.params.id,
        principalLimitsOf(requestPrincipalOf(request)),
      );
      await recordDeed(identity, request, { action: 'delivery-replayed', target: { kind: 'delivery', id: request.params.id } });
      return reply.code(201).send(made);
    },
  );
}
