import { z } from 'zod';
import { TimonelError } from '../../errors.ts';
import { defaultLimits } from '../../run/limits.ts';
import { inputSchemaOf } from '../../tools/input-schema.ts';
import type { HttpDependencies, TypedFastify } from '../contract.ts';
import { requestPrincipalOf } from '../guard.ts';
import { requireAgent } from '../requests.ts';
import * as schemas from '../schemas.ts';

export function agentRoutes(app: TypedFastify, { agents, gateway, releases }: HttpDependencies): void {
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

  app.get(
    '/api/v1/agents/:agent',
    {
      config: { permission: 'releases:read' },
      schema: {
        summary: 'An agent as it answers in this workspace: the version in force with its instructions, tools, rules and limits',
        params: z.object({ agent: z.string().min(1).max(100) }),
        response: { 200: schemas.agentInForce },
      },
    },
    (request): z.infer<typeof schemas.agentInForce> => {
      const { agent: name } = request.params;
      const principal = requestPrincipalOf(request);
      if (!agents.has(name))
        throw new TimonelError('agent_not_found', `There is no agent "${name}". There are: ${[...agents.keys()].join(', ')}.`);
      requireAgent(principal, name);
      const { version, codeVersion, definition } = releases.inForce.stableOf(principal.workspaceId, name);
      const { steps, toolCalls, wallTimeMs, money } = { ...defaultLimits, ...definition.limits };
      return {
        name,
        version,
        codeVersion,
        description: definition.description,
        route: definition.model ?? null,
        model: gateway.modelOf(principal.workspaceId, definition.model) ?? null,
        prompt: typeof definition.prompt === 'string' ? definition.prompt : null,
        limits: { steps, toolCalls, wallTimeMs, money },
        tools: definition.tools.map((tool) => ({
          name: tool.name,
          description: tool.description,
          effect: tool.effect,
          target: tool.target ?? null,
          permission: tool.permission ?? null,
          input: inputSchemaOf(tool),
        })),
        rules: definition.policy.map(({ id, description, tools, safety }) => ({
          id,
          description,
          tools: [...tools],
          safety: safety === true,
        })),
        flows: definition.flows !== undefined,
        guard: definition.guard !== undefined,
        offers: definition.offers !== undefined,
        parts: [...(definition.parts ?? [])],
        jobs: (definition.jobs ?? []).map((job) => ({ name: job.name, cron: job.cron ?? null })),
        permissions: Object.entries(definition.permissions ?? {}).map(([permission, { description }]) => ({
          name: permission,
          description,
        })),
      };
    },
  );
}
