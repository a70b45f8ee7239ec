import { z } from 'zod';
import { TimonelError } from '../../errors.ts';
import type { Principal } from '../../identity/principal.ts';
import type { HttpDependencies, TypedFastify } from '../contract.ts';
import { principalOf } from '../guard.ts';

const model = z.object({ id: z.string(), object: z.literal('model'), created: z.number(), owned_by: z.string() });

/** What can be put as `"model"`: agents, routes, and the models that routes lead to. `timonel models` asks the providers themselves. */
export function modelRoutes(app: TypedFastify, { agents, gateway }: HttpDependencies): void {
  const known = ({ workspaceId, permissions }: Principal) => {
    const entry = (id: string, owned_by: string) => ({ id, object: 'model' as const, created: 0, owned_by });
    const routes = permissions.has('models:use') ? gateway.routes.list(workspaceId) : [];
    const targets = new Set(routes.flatMap((route) => route.targets.map((target) => target.model)));
    const reachable = [...targets].filter((name) => gateway.providers.find(name.slice(0, name.indexOf('/'))) !== undefined);
    return [
      ...[...agents.keys()].map((name) => entry(name, 'agent')),
      ...routes.filter(({ alias }) => !agents.has(alias)).map(({ alias }) => entry(alias, 'route')),
      ...reachable.sort().map((name) => entry(name, name.slice(0, name.indexOf('/')))),
    ];
  };

  app.get(
    '/v1/models',
    {
      config: { permission: 'agents:read' },
      schema: {
        summary: 'Agents, routes and models, in the shape of OpenAI',
        response: { 200: z.object({ object: z.literal('list'), data: z.array(model) }) },
      },
    },
    (request) => ({ object: 'list' as const, data: known(principalOf(request)) }),
  );

  app.get(
    '/v1/models/*',
    {
      config: { permission: 'agents:read' },
      schema: { summary: 'One of them', params: z.object({ '*': z.string() }), response: { 200: model } },
    },
    (request) => {
      const { '*': id } = request.params;
      const found = known(principalOf(request)).find((each) => each.id === id);
      if (found === undefined) throw new TimonelError('model_not_found', `There is no model "${id}". GET /v1/models lists them.`);
      return found;
    },
  );
}
