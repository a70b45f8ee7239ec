import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { TimonelError } from '../../errors.ts';
import { requirePermission } from '../../identity/principal.ts';
import { type Release, releasePlan } from '../../release/release.ts';
import { versionChanges } from '../../release/version.ts';
import type { HttpDependencies, TypedFastify } from '../contract.ts';
import { requestPrincipalOf } from '../guard.ts';
import { expectedVersion, ifMatch } from '../if-match.ts';
import { historyEntry, releaseEntryOf, releaseView, releaseViewOf, shadowReport } from '../release-views.ts';
import { byOf, requireAgent, requireAllConnections } from '../requests.ts';
import * as schemas from '../schemas.ts';

const parameters = z.object({ id: schemas.identifier });
const reason = z.string().trim().min(1).max(500);

export function releaseRoutes(app: TypedFastify, { releases: part, shadows, settings }: HttpDependencies): void {
  const { releases, catalog, inForce } = part;

  const nameOf = (request: FastifyRequest<{ Params: { id: string }; Headers: { 'if-match'?: string | undefined } }>) => ({
    workspaceId: requestPrincipalOf(request).workspaceId,
    id: request.params.id,
    expected: expectedVersion(request.headers['if-match']),
  });
  const answer = (reply: FastifyReply, release: Release) => {
    reply.header('etag', `"${release.revision}"`);
    return releaseViewOf(release);
  };

  app.get(
    '/api/v1/agents/:agent/versions',
    {
      config: { permission: 'releases:read' },
      schema: {
        summary: 'The version of an agent that is in force, the code of this process, and what was made of it',
        params: z.object({ agent: z.string().max(100) }),
        response: {
          200: z.object({
            inForce: z.string(),
            code: z.array(z.string()),
            versions: z.array(
              z.object({
                version: z.string(),
                codeVersion: z.string(),
                changes: z.record(z.string(), z.unknown()),
                content: z.record(z.string(), z.unknown()),
                createdBy: z.string(),
                createdAt: z.string(),
              }),
            ),
          }),
        },
      },
    },
    async (request) => {
      const { workspaceId } = requestPrincipalOf(request);
      const { agent } = request.params;
      const code = catalog.variantsOf(agent).map(({ version }) => version);
      return { inForce: inForce.stableOf(workspaceId, agent).version, code, versions: await catalog.list(workspaceId, agent) };
    },
  );

  app.get(
    '/api/v1/releases',
    {
      config: { permission: 'releases:read' },
      schema: {
        summary: 'Releases, newest first',
        querystring: z.strictObject({
          agent: z.string().max(100).optional(),
          status: z.enum(['draft', 'running', 'promoted', 'rolled-back']).optional(),
        }),
        response: { 200: z.object({ releases: z.array(releaseView) }) },
      },
    },
    async (request) => {
      const found = await releases.list(requestPrincipalOf(request).workspaceId, request.query);
      return { releases: found.map(releaseViewOf) };
    },
  );

  app.post(
    '/api/v1/releases',
    {
      config: { permission: 'releases:manage' },
      schema: {
        summary: 'Make a version of an agent, and a release that would bring it to people; nobody gets it before it is started',
        body: z.strictObject({
          agent: z.string().min(1).max(100),
          changes: versionChanges
            .default({})
            .describe('Over the code: prompt, model or route, tools, limits; or another codeVersion'),
          plan: z.record(z.string(), z.unknown()).default({}).describe('How it goes on by itself; what is absent has a default'),
        }),
        response: { 201: releaseView },
      },
    },
    async (request, reply) => {
      const { agent, changes } = request.body;
      const plan = planOf(request.body.plan, settings.canary);
      const release = await releases.create(requestPrincipalOf(request).workspaceId, { agent, changes, plan }, byOf(request));
      reply.code(201).header('location', `/api/v1/releases/${release.id}`);
      return answer(reply, release);
    },
  );

  app.get(
    '/api/v1/releases/:id',
    {
      config: { permission: 'releases:read' },
      schema: { summary: 'A release, with what is known of it', params: parameters, response: { 200: releaseView } },
    },
    async (request, reply) => answer(reply, await releases.find(requestPrincipalOf(request).workspaceId, request.params.id)),
  );

  app.get(
    '/api/v1/releases/:id/history',
    {
      config: { permission: 'releases:read' },
      schema: {
        summary: 'What was done to a release, by whom and on which evidence, oldest first; from the audit log',
        params: parameters,
        response: { 200: z.object({ entries: z.array(historyEntry) }) },
      },
    },
    async (request) => {
      const { workspaceId } = requestPrincipalOf(request);
      await releases.find(workspaceId, request.params.id);
      const entries = await releases.history(workspaceId, request.params.id);
      return { entries: entries.map(releaseEntryOf) };
    },
  );

  app.get(
    '/api/v1/releases/:id/shadows',
    {
      // Messages of people are in it, which is more than what a release is.
      config: { permission: 'conversations:read-all' },
      schema: {
        summary: 'What the canary would have answered, beside what the stable version did; the latest 100',
        params: parameters,
        querystring: z.strictObject({ different: z.stringbool().default(false).describe('Only those that do not agree') }),
        response: { 200: shadowReport },
      },
    },
    async (request) => {
      const principal = requestPrincipalOf(request);
      requirePermission(principal, 'releases:read');
      const release = await releases.find(principal.workspaceId, request.params.id);
      requireAgent(principal, release.agent);
      requireAllConnections(principal);
      const { ended, ...sums } = await shadows.summary(release);
      const turns = await shadows.comparisons(principal.workspaceId, release.id, request.query.different);
      return { ...sums, ended: ended ?? null, comparisons: turns };
    },
  );

  app.patch(
    '/api/v1/releases/:id',
    {
      config: { permission: 'releases:manage' },
      schema: {
        summary:
          'Change the share of the canary, or stop and resume assigning; shares only grow. If-Match: the revision it was made from',
        params: parameters,
        headers: ifMatch,
        body: z.strictObject({
          percentage: z.number().gt(0).lt(100).optional(),
          enabled: z.boolean().optional(),
          dryRun: z.boolean().default(false),
        }),
        response: { 200: releaseView },
      },
    },
    async (request, reply) => {
      const { dryRun, ...wanted } = request.body;
      return answer(reply, await releases.configure(nameOf(request), wanted, byOf(request), dryRun));
    },
  );

  const action = { config: { permission: 'releases:manage' as const } };
  const schemaOf = (summary: string) => ({ summary, params: parameters, headers: ifMatch, response: { 200: releaseView } });

  app.post(
    '/api/v1/releases/:id/start',
    {
      ...action,
      schema: {
        ...schemaOf('Begin to give the canary to the first step of people'),
        body: z.strictObject({ enabled: z.boolean().optional() }).nullish(),
      },
    },
    async (request, reply) => {
      const enabled = request.body?.enabled ?? settings.canary.enabled;
      return answer(reply, await releases.start(nameOf(request), byOf(request), enabled));
    },
  );

  app.post(
    '/api/v1/releases/:id/ramp',
    { ...action, schema: schemaOf('Go on to the next step of the plan now') },
    async (request, reply) => answer(reply, await releases.ramp(nameOf(request), byOf(request))),
  );

  app.post(
    '/api/v1/releases/:id/promote',
    {
      ...action,
      schema: {
        ...schemaOf('Give everybody the canary; without proof only by force, with a reason'),
        body: z
          .strictObject({ force: z.boolean().default(false), reason: reason.optional() })
          .refine(({ force, reason: why }) => !force || why !== undefined, 'by force it needs a reason')
          .nullish(),
      },
    },
    async (request, reply) => {
      const wish = { force: request.body?.force ?? false, reason: request.body?.reason };
      return answer(reply, await releases.promote(nameOf(request), wish, byOf(request)));
    },
  );

  app.post(
    '/api/v1/releases/:id/rollback',
    {
      ...action,
      schema: {
        ...schemaOf('Give everybody the stable version again; a draft is thrown away'),
        body: z.strictObject({
          reason,
          moveConversations: z
            .boolean()
            .default(false)
            .describe('Whether open conversations leave the canary too, with their next turn'),
        }),
      },
    },
    async (request, reply) => {
      const { reason: why, moveConversations: moves } = request.body;
      return answer(reply, await releases.rollBack(nameOf(request), { reason: why, moves }, byOf(request)));
    },
  );
}

/**
 * The plan that somebody asked for, over the start values of the installation.
 * @throws TimonelError `invalid_request`, naming all that is wrong
 */
function planOf(wanted: Record<string, unknown>, start: HttpDependencies['settings']['canary']) {
  const steps = releasePlan.parse({}).steps.filter(({ percentage }) => percentage > start.percentage);
  const first = { percentage: start.percentage, bakeMinutes: 30 };
  const parsed = releasePlan.safeParse({ strategy: start.strategy, steps: [first, ...steps], ...wanted });
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map(({ path, message }) => `plan.${path.join('.')}: ${message}`);
  throw new TimonelError('invalid_request', faults.join('; '), { details: { faults } });
}
