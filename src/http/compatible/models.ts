import { z } from 'zod';
import { TimonelError } from '../../errors.ts';
import type { Principal } from '../../identity/principal.ts';
import type { HttpDependencies, TypedFastify } from '../contract.ts';
import { requestPrincipalOf } from '../guard.ts';
import { protocolOf } from './client-errors.ts';

const openaiModel = z.object({ id: z.string(), object: z.literal('model'), created: z.number(), owned_by: z.string() });
const anthropicModel = z.object({ type: z.literal('model'), id: z.string(), display_name: z.string(), created_at: z.string() });

/**
 * What can be put as `"model"`: agents, routes, and the models that routes lead to, in the shape of whoever asks. `timonel models` asks the
 * providers themselves.
 */
export function modelRoutes(app: TypedFastify, { agents, gateway, now }: HttpDependencies): void {
  // When they were made is not known; since when they are offered here is.
  const since = now();
  const known = ({ workspaceId, permissions }: Principal) => {
    const entry = (id: string, owner: string) => ({ id, owner });
    const routes = permissions.has('models:use') ? gateway.routes.list(workspaceId) : [];
    const targets = new Set(routes.flatMap((route) => route.targets.map((target) => target.model)));
    const reachable = [...targets].filter((name) => gateway.providers.find(name.slice(0, name.indexOf('/'))) !== undefined);
    return [
      ...[...agents.keys()].map((name) => entry(name, 'agent')),
      ...routes.filter(({ alias }) => !agents.has(alias)).map(({ alias }) => entry(alias, 'route')),
      ...reachable.sort().map((name) => entry(name, name.slice(0, name.indexOf('/')))),
    ];
  };
  const openai = ({ id, owner }: { id: string; owner: string }) => ({
    id,
    object: 'model' as const,
    created: Math.floor(since.getTime() / 1_000),
    owned_by: owner,
  });
  const anthropic = ({ id }: { id: string }) => ({
    type: 'model' as const,
    id,
    display_name: id,
    created_at: since.toISOString(),
  });

  app.get(
    '/v1/models',
    {
      config: { permission: 'agents:read' },
      schema: {
        summary: "Agents, routes and models, in the shape of OpenAI's list, or of Anthropic's for whoever sends anthropic-version",
        response: {
          200: z.union([
            z.object({ object: z.literal('list'), data: z.array(openaiModel) }),
            z.object({
              data: z.array(anthropicModel),
              has_more: z.boolean(),
              first_id: z.string().nullable(),
              last_id: z.string().nullable(),
            }),
          ]),
        },
      },
    },
    (request) => {
      const models = known(requestPrincipalOf(request));
      if (protocolOf(request.headers).name === 'openai-chat') return { object: 'list' as const, data: models.map(openai) };
      return {
        data: models.map(anthropic),
        has_more: false,
        first_id: models[0]?.id ?? null,
        last_id: models.at(-1)?.id ?? null,
      };
    },
  );

  app.get(
    '/v1/models/*',
    {
      config: { permission: 'agents:read' },
      schema: {
        summary: 'One of them',
        params: z.object({ '*': z.string() }),
        response: { 200: z.union([openaiModel, anthropicModel]) },
      },
    },
    (request) => {
      const { '*': id } = request.params;
      const found = known(requestPrincipalOf(request)).find((each) => each.id === id);
      if (found === undefined) throw new TimonelError('model_not_found', `There is no model "${id}". GET /v1/models lists them.`);
      return protocolOf(request.headers).name === 'openai-chat' ? openai(found) : anthropic(found);
    },
  );
}
