import { z } from 'zod';
import type { HttpDependencies, TypedFastify } from '../contract.ts';
import { requestPrincipalOf } from '../guard.ts';
import * as schemas from '../schemas.ts';

export function agentRoutes(app: TypedFastify, { agents, gateway }: HttpDependencies): void {
  app.get(
    '/api/v1/agents',
    {
      config: { permission: 'agents:read' },
      schema: { summary: 'The agents of this process', response: { 200: z.object({ agents: z.array(schemas.agent) }) } },
    },
    (request) => ({
      agents: [...agents.values()].map((agent) => ({
        name: agent.name,
        version: agent.version,
        description: agent.description,
        model: gateway.modelOf(requestPrincipalOf(request).workspaceId, agent.model) ?? null,
        tools: agent.tools.map(({ name, description, effect }) => ({ name, description, effect })),
        rules: agent.policy.map(({ id, description }) => ({ id, description })),
      })),
    }),
  );
}
