/** Addresses that agents bring, held to the same rules as Timonel's own. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { TimonelError } from '../../errors.ts';
import type { AnyRoute, PageAnswer, RouteRequest } from '../../run/route.ts';
import { pageCookiesOf, sendPage } from '../agent-pages.ts';
import type { HttpDependencies, TypedFastify } from '../contract.ts';
import { requestPrincipalOf } from '../guard.ts';
import { PublicLimits } from '../public-limits.ts';
import { originOf } from '../requests.ts';

/** Bytes of a body that a route takes as it comes. */
const largestRaw = 1_048_576;

const workspaceName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'must be the id of a workspace, e.g. default')
  .default('default')
  .describe('The workspace');

/** To be called after all other routes were declared. @throws TimonelError `config_invalid` */
export async function agentOwnRoutes(app: TypedFastify, dependencies: HttpDependencies): Promise<void> {
  const limits = new PublicLimits();
  const taken = new Set(app.declaredRoutes.map(({ method, url }) => shapeOf(method, url)));
  for (const agent of dependencies.agents.values()) {
    for (const route of agent.routes ?? []) {
      const url = `/api/v1/agents/${agent.name}${route.path}`;
      const { permission } = route;
      const fault = taken.has(shapeOf(route.method, url))
        ? 'there is such an address already.'
        : permission !== undefined && !dependencies.identity.permissions.texts.has(permission)
          ? `it asks for the permission "${permission}", which nobody declares. Declare it: permissions: { '${agent.name}:…': { description: '…' } }.`
          : undefined;
      if (fault !== undefined)
        throw new TimonelError('config_invalid', `The route ${route.method} ${route.path} of the agent "${agent.name}": ${fault}`);
      taken.add(shapeOf(route.method, url));
      await app.register(async (scope) =>
        declare(scope as unknown as TypedFastify, dependencies, { agent: agent.name, route, url, limits }),
      );
    }
  }
}

interface Declared {
  agent: string;
  route: AnyRoute;
  url: string;
  limits: PublicLimits;
}

function declare(app: TypedFastify, { routeCall }: HttpDependencies, { agent, route, url, limits }: Declared): void {
  const { method, summary, description, permission, params, body, raw, answer, mediaType, page, perMinute } = route;
  const query = route.public === true ? (route.query ?? z.strictObject({})).safeExtend({ workspace: workspaceName }) : route.query;
  if (raw === true) {
    app.removeAllContentTypeParsers();
    app.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: largestRaw }, (_request, bytes, done) => done(null, bytes));
  }
  app.route({
    method,
    url,
    config: permission === undefined ? { public: true } : { permission, spends: true },
    schema: {
      tags: [agent],
      summary,
      ...(description === undefined ? {} : { description }),
      ...(params === undefined ? {} : { params }),
      ...(query === undefined ? {} : { querystring: query }),
      ...(body === undefined ? {} : { body }),
      response: responsesOf(route),
    },
    async handler(request, reply) {
      // Those with a limit of their own are counted by it: one that is asked often must not shut the others.
      if (permission === undefined)
        limits.count(perMinute === undefined ? agent : `${agent} ${method} ${url}`, request.ip, perMinute);
      const { workspace, ...asked } = (request.query ?? {}) as Record<string, unknown> & { workspace?: string };
      const sent: RouteRequest<unknown, unknown, unknown> = {
        params: request.params,
        query: permission === undefined ? asked : request.query,
        body: raw === true ? (request.body ?? Buffer.alloc(0)) : request.body,
        headers: headersOf(request),
        cookies: pageCookiesOf(request, agent),
      };
      const given = await routeCall({
        agent,
        route,
        by: permission === undefined ? { workspaceId: workspace ?? 'default' } : { principal: requestPrincipalOf(request) },
        origin: { ...originOf(request), requestId: request.id },
        request: sent,
      });
      if (mediaType !== undefined) return (reply as FastifyReply).type(mediaType).send(String(given));
      if (page === true) return sendPage(reply, agent, given as PageAnswer);
      return answer === undefined ? reply.code(204).send(null) : reply.send(given);
    },
  });
}

function responsesOf({ page, answer, mediaType }: AnyRoute): Record<number, object> {
  if (page === true) return pageResponses;
  if (mediaType !== undefined) {
    const [type = mediaType] = mediaType.split(';');
    return { 200: { description: 'A text', content: { [type]: { schema: z.string() } } } };
  }
  return answer === undefined ? { 204: z.null() } : { 200: answer };
}

const pageResponses = {
  200: { description: 'A page', content: { 'text/html': { schema: z.string() } } },
  303: { description: 'On to another address', content: { 'text/plain': { schema: z.string() } } },
};

/** Without what lets a caller in. */
function headersOf({ headers }: FastifyRequest): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined || secret.has(name) ? [] : [[name, Array.isArray(value) ? value.join(', ') : value]],
    ),
  );
}

const secret: ReadonlySet<string> = new Set(['authorization', 'x-api-key', 'cookie', 'x-csrf-token']);

function shapeOf(method: string, url: string): string {
  return `${method} ${url.replaceAll(/:\w+/g, ':')}`;
}
