import { z } from 'zod';
import { TimonelError } from '../../errors.ts';
import type { Workspace } from '../../identity/workspaces.ts';
import type { HttpDependencies, TypedFastify } from '../contract.ts';
import { requestPrincipalOf } from '../guard.ts';
import * as shapes from '../identity-schemas.ts';
import { originOf } from '../requests.ts';

/** For operators of the installation: a workspace is a tenant, and its own people see no other. */
const config = { permission: 'workspace:manage', installation: true } as const;

const parameters = z.object({ id: shapes.workspaceId });
const workspace = z.object({
  id: z.string(),
  name: z.string(),
  timeZone: z.string(),
  disabledAt: z.date().nullable().describe('Since when it lets nobody in'),
  createdAt: z.date(),
  seeds: z
    .array(z.string())
    .describe('Agents that filled it: `booking` with what it needs, `booking/sample` with its sample data too'),
});
const filled = z.enum(['done', 'before', 'none']);

/** All workspaces of the installation. */
export function workspacesRoutes(app: TypedFastify, { identity, seeds }: HttpDependencies): void {
  const { workspaces, administration } = identity;

  app.get(
    '/api/v1/workspaces',
    {
      config,
      schema: {
        summary: 'The workspaces of the installation',
        querystring: z.strictObject({
          after: shapes.workspaceId.optional().describe('`next` of the page before'),
          limit: z.coerce.number().int().min(1).max(200).default(50),
        }),
        response: { 200: z.object({ workspaces: z.array(workspace), next: z.string().nullable() }) },
      },
    },
    async ({ query }) => {
      const page = await workspaces.page(query);
      return { workspaces: page.map(viewOf), next: page.length < query.limit ? null : (page.at(-1)?.workspaceId ?? null) };
    },
  );

  app.post(
    '/api/v1/workspaces',
    {
      config,
      schema: {
        summary: 'Make a workspace with somebody to run it: a person who is invited, an admin key, or both',
        description:
          'The agents fill it with what they cannot do without; `POST /api/v1/workspaces/:id/seed` adds sample data. Who makes it has every permission of an admin.',
        body: z.strictObject({
          id: shapes.workspaceId,
          name: shapes.workspaceName,
          timeZone: shapes.timeZone,
          owner: z
            .strictObject({ email: shapes.email, language: shapes.language.default('es') })
            .optional()
            .describe('Invited as admin by mail; an account that is there is not added without accepting it'),
          apiKey: z.boolean().default(false).describe('Makes an admin key'),
        }),
        response: {
          201: z.object({
            workspace,
            invitation: shapes.invitation.nullable(),
            apiKey: z.object({ id: z.string(), apiKey: z.string().describe('The secret: shown now, and never again') }).nullable(),
            failedSeeds: z
              .array(z.object({ agent: z.string(), problem: z.string() }))
              .describe('Agents that could not fill it; once that is mended, POST /api/v1/workspaces/:id/seed'),
          }),
        },
      },
    },
    async (request, reply) => {
      const { id, ...asked } = request.body;
      const by = { principal: requestPrincipalOf(request), origin: originOf(request) };
      const { invitation, key } = await administration.make({ workspaceId: id, ...asked }, by);
      const failedSeeds = await seeds.fillAll(id);
      reply.code(201);
      return {
        workspace: viewOf(await workspaces.get(id)),
        invitation,
        apiKey: key === null ? null : { id: key.id, apiKey: key.secret },
        failedSeeds,
      };
    },
  );

  app.patch(
    '/api/v1/workspaces/:id',
    {
      config,
      schema: {
        summary: 'Change a workspace, or disable and enable it',
        description:
          'Disabled, it lets nobody in: every key and session of it stops at once, in every process, and its streams end. Its data stay, and keys and sessions are good again when it is enabled.',
        params: parameters,
        body: z.strictObject({
          name: shapes.workspaceName.optional(),
          timeZone: shapes.timeZone.optional(),
          disabled: z.boolean().optional(),
        }),
        response: { 200: workspace },
      },
    },
    async (request) => {
      const changes = request.body;
      if (Object.keys(changes).length === 0) {
        throw new TimonelError('invalid_request', 'Send "name", "timeZone", "disabled", or several of them.');
      }
      const by = { principal: requestPrincipalOf(request), origin: originOf(request) };
      return viewOf(await administration.change(request.params.id, changes, by));
    },
  );

  app.post(
    '/api/v1/workspaces/:id/seed',
    {
      config,
      schema: {
        summary: 'Fill a workspace with what an agent brings for it, once',
        params: parameters,
        body: z.strictObject({
          agent: z.string().min(1).max(100).describe('Name of the agent, e.g. booking'),
          sample: z.boolean().default(false).describe('Its sample data too, which are invented'),
        }),
        response: {
          200: z
            .object({ agent: z.string(), seed: filled, sample: filled.optional() })
            .describe('`done` now, `before`, or `none` where the agent brings nothing'),
        },
      },
    },
    async (request) => {
      const { agent, sample } = request.body;
      const { id } = request.params;
      const principal = requestPrincipalOf(request);
      const filled = await seeds.fillAsked(id, agent, sample);
      await administration.recordSeed(id, filled.done, { principal, origin: originOf(request) });
      return { agent, ...filled };
    },
  );
}

function viewOf({
  workspaceId: id,
  name,
  timeZone,
  disabledAt,
  createdAt,
  seededAgents: seeds,
}: Workspace): z.infer<typeof workspace> {
  return { id, name, timeZone, disabledAt, createdAt, seeds };
}
