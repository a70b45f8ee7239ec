import { z } from 'zod';
import { TimonelError } from '../../errors.ts';
import { installationOperator } from '../../identity/installation.ts';
import { aliasShape, providerOf, type Route, routeDefinition, storedDefinition } from '../../llm/routes/route.ts';
import type { HttpDependencies, TypedFastify } from '../contract.ts';
import { requestPrincipalOf } from '../guard.ts';
import { expectedVersion, ifMatch } from '../if-match.ts';
import { askerText, recordDeed } from '../requests.ts';

const route = storedDefinition.extend({
  alias: z.string(),
  version: z.number().int().describe('0 for a route of the environment or the project'),
  source: z.enum(['environment', 'project', 'workspace', 'direct']),
});
const version = z.object({
  alias: z.string(),
  version: z.number().int(),
  definition: storedDefinition.nullable().describe('null: the version that removed the route'),
  createdBy: z.string(),
  createdAt: z.string(),
});
const provider = z.object({
  name: z.string(),
  reachable: z.boolean(),
  detail: z.string().optional().describe('Why it cannot be reached; for operators of the installation'),
  models: z.array(z.string()).describe('provider/model, as the provider lists them now'),
});
const price = z.object({
  input: z.number().describe('US dollars per million tokens'),
  output: z.number(),
  cacheRead: z.number().optional(),
  cacheWrite: z.number().optional(),
  source: z.string(),
  date: z.string().describe('Day on which the source said so'),
});
const alias = z.object({ alias: aliasShape });

/** Routes to models: data that operators change while the process runs. */
export function routeRoutes(app: TypedFastify, { gateway, identity }: HttpDependencies): void {
  const { routes } = gateway;

  app.get(
    '/api/v1/routes',
    {
      config: { permission: 'models:use' },
      schema: { summary: 'The routes in force', response: { 200: z.object({ routes: z.array(route) }) } },
    },
    (request) => ({ routes: routes.list(requestPrincipalOf(request).workspaceId) }),
  );

  app.get(
    '/api/v1/routes/:alias',
    {
      config: { permission: 'models:use' },
      schema: {
        summary: 'A route and its stored versions, newest first',
        params: alias,
        response: { 200: z.object({ route: route.nullable(), versions: z.array(version) }) },
      },
    },
    async (request, reply) => {
      const { workspaceId } = requestPrincipalOf(request);
      const found = routes.find(workspaceId, request.params.alias);
      const versions = await routes.history(workspaceId, request.params.alias);
      if (found === undefined && versions.length === 0) throw unknownRoute(request.params.alias, routes.list(workspaceId));
      reply.header('etag', `"${versions[0]?.version ?? 0}"`);
      return { route: found ?? null, versions };
    },
  );

  app.put(
    '/api/v1/routes/:alias',
    {
      config: { permission: 'models:manage' },
      schema: {
        summary: 'Store a new version of a route; it is in force at once. If-Match: the version that it was made from',
        params: alias,
        headers: ifMatch,
        body: routeDefinition,
        response: { 200: version },
      },
    },
    async (request, reply) => {
      const principal = requestPrincipalOf(request);
      const unknown = request.body.targets.find(({ model }) => !gateway.providers.knows(providerOf(model)));
      if (unknown !== undefined) {
        throw new TimonelError(
          'invalid_request',
          `targets: there is no provider "${providerOf(unknown.model)}". Known: ${gateway.providers.names().join(', ')}.`,
        );
      }
      for (const { model } of request.body.targets) gateway.providers.split(model, 'targets: ');
      const stored = await routes.put(principal.workspaceId, request.params.alias, request.body, {
        by: askerText(principal),
        expected: expectedVersion(request.headers['if-match']),
      });
      const details = { version: stored.version, targets: request.body.targets.map(({ model }) => model) };
      await recordDeed(identity, request, { action: 'route-changed', target: { kind: 'route', id: stored.alias }, details });
      reply.header('etag', `"${stored.version}"`);
      return stored;
    },
  );

  app.delete(
    '/api/v1/routes/:alias',
    {
      config: { permission: 'models:manage' },
      schema: {
        summary: 'Remove a route; its versions stay',
        params: alias,
        querystring: z.object({
          standard: z
            .stringbool()
            .optional()
            .describe('Give it back to what the environment and the project say, rather than remove it'),
        }),
        headers: ifMatch,
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      const principal = requestPrincipalOf(request);
      const { workspaceId } = principal;
      const standard = request.query.standard === true;
      if (!standard && routes.find(workspaceId, request.params.alias) === undefined)
        throw unknownRoute(request.params.alias, routes.list(workspaceId));
      const expected = expectedVersion(request.headers['if-match']);
      await routes.put(workspaceId, request.params.alias, standard ? 'standard' : null, { by: askerText(principal), expected });
      await recordDeed(identity, request, {
        action: 'route-removed',
        target: { kind: 'route', id: request.params.alias },
        details: { standard },
      });
      return reply.code(204).send(null);
    },
  );
}

/** Providers and the breakers before their models. */
export function modelHealthRoutes(app: TypedFastify, { gateway, identity }: HttpDependencies): void {
  const { breakers, providers } = gateway;
  const state = z.enum(['closed', 'open', 'half-open']);

  app.get(
    '/api/v1/models',
    {
      config: { permission: 'models:use' },
      schema: {
        summary: 'The models that can be reached, asked of each provider now',
        response: { 200: z.object({ providers: z.array(provider) }) },
      },
    },
    async (request) => {
      const reachable = await gateway.reachable();
      if (installationOperator(requestPrincipalOf(request))) return { providers: reachable };
      return { providers: reachable.map(({ detail: _detail, ...shown }) => shown) };
    },
  );

  app.get(
    '/api/v1/models/prices',
    {
      config: { permission: 'models:use' },
      schema: {
        summary: 'List prices of the models of the routes in force, and the day on which they were read',
        response: {
          200: z.object({
            prices: z.array(
              z.object({
                model: z.string().describe('provider/model'),
                price: price.nullable().describe('null: no price is known'),
              }),
            ),
          }),
        },
      },
    },
    (request) => {
      const { workspaceId } = requestPrincipalOf(request);
      const models = new Set(gateway.routes.list(workspaceId).flatMap(({ targets }) => targets.map(({ model }) => model)));
      return { prices: [...models].sort().map((model) => ({ model, price: gateway.prices.find(model) ?? null })) };
    },
  );

  app.get(
    '/api/v1/health/circuit-breaker',
    {
      config: { permission: 'operations:read', installation: true },
      schema: {
        summary: 'The circuit breakers before models, and their latest changes, newest first',
        response: {
          200: z.object({
            breakers: z.array(z.object({ target: z.string(), state })),
            history: z.array(z.object({ target: z.string(), state, at: z.string(), reason: z.string() })),
          }),
        },
      },
    },
    () => breakers.view(),
  );

  app.post(
    '/api/v1/health/circuit-breaker',
    {
      config: { permission: 'models:manage', installation: true },
      schema: {
        summary: 'Close a breaker, or let its next call through to see',
        body: z.strictObject({ target: z.string().min(3).max(250), state: z.enum(['closed', 'half-open']) }),
        response: { 200: z.object({ target: z.string(), state }) },
      },
    },
    async (request) => {
      const { target, state: wanted } = request.body;
      if (!breakers.knows(target)) {
        const known = breakers.view().breakers.map((each) => each.target);
        throw new TimonelError(
          'not_found',
          `There is no breaker "${target}": it appears with the first call to that model. Known: ${known.join(', ') || `none yet; providers are ${providers.names().join(', ')}`}.`,
        );
      }
      breakers.force(target, wanted, requestPrincipalOf(request).name);
      const details = { state: wanted };
      await recordDeed(identity, request, { action: 'breaker-forced', target: { kind: 'model', id: target }, details });
      return { target, state: breakers.state(target) };
    },
  );
}

function unknownRoute(name: string, known: readonly Route[]): TimonelError {
  const listed = known.map((each) => each.alias).join(', ');
  return new TimonelError('not_found', `There is no route "${name}". There are: ${listed || 'none'}.`);
}
