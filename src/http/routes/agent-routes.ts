/** Addresses that agents bring, held to the same rules as Timonel's own. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { TimonelError } from '../../errors.ts';
import { agentLinkShape } from '../../identity/agent-links.ts';
import type { AnyRoute, PageAnswer, RouteCall, RouteRequest } from '../../run/route.ts';
import { pageCookiesOf, sendPage, troublePage } from '../agent-pages.ts';
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

const linkText = z.string().regex(agentLinkShape, 'must be the whole link').describe('The signed link');

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
  const { linked } = route;
  const ownQuery = route.query ?? z.strictObject({});
  const query =
    linked === true
      ? // A page answers a link that is cut short in words.
        ownQuery.safeExtend({ link: page === true ? z.string().max(700).default('').describe('The signed link') : linkText })
      : route.public === true
        ? ownQuery.safeExtend({ workspace: workspaceName })
        : route.query;
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
      const { by, query: asked } = callerOf(request, route);
      const sent: RouteRequest<unknown, unknown, unknown> = {
        params: request.params,
        query: asked,
        body: raw === true ? (request.body ?? Buffer.alloc(0)) : request.body,
        headers: headersOf(request),
        cookies: pageCookiesOf(request, agent),
      };
      const call = async () => {
        // Those with a limit of their own are counted by it: one that is asked often must not shut the others.
        if (permission === undefined)
          limits.count(perMinute === undefined ? agent : `${agent} ${method} ${url}`, request.ip, perMinute);
        if ('link' in by) limits.count(`${agent} link`, by.link);
        return routeCall({ agent, route, by, origin: { ...originOf(request), requestId: request.id }, request: sent });
      };
      const given = await call().catch((error: unknown) => {
        // Who followed a link reads a page, not the JSON of a problem.
        if (linked === true && page === true && error instanceof TimonelError)
          return troublePage(error, request.headers['accept-language']);
        throw error;
      });
      if (mediaType !== undefined) return (reply as FastifyReply).type(mediaType).send(String(given));
      if (page === true) return sendPage(reply, agent, given as PageAnswer);
      return answer === undefined ? reply.code(204).send(null) : reply.send(given);
    },
  });
}

function callerOf(request: FastifyRequest, route: AnyRoute): { by: RouteCall['by']; query: unknown } {
  if (route.permission !== undefined) return { by: { principal: requestPrincipalOf(request) }, query: request.query };
  const name = route.linked === true ? 'link' : 'workspace';
  const { [name]: named = '', ...query } = (request.query ?? {}) as Record<string, string>;
  return { by: name === 'link' ? { link: named } : { workspaceId: named }, query };
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
