/** The release that runs, under the addresses that dashboards and scripts of older systems know. */
import { z } from 'zod';
import { TimonelError } from '../../errors.ts';
import { type Release, type ReleaseInForce, unitStrategies } from '../../release/release.ts';
import type { HttpDependencies, TypedFastify } from '../contract.ts';
import { requestPrincipalOf } from '../guard.ts';
import { expectedVersion, ifMatch } from '../if-match.ts';
import { releaseView, releaseViewOf } from '../release-views.ts';
import { byOf } from '../requests.ts';

const status = z.object({
  enabled: z.boolean().describe('Whether a release runs and assigns new conversations'),
  releases: z.array(releaseView.extend({ weight: z.number().describe('The percentage, as a number from 0 to 1') })),
});

const config = z
  .strictObject({
    agent: z.string().max(100).optional().describe('Needed where releases of several agents run'),
    percentage: z.number().gt(0, 'must be above 0').lt(100, 'must be below 100; 100 is the promotion').optional(),
    weight: z
      .number()
      .gt(0, 'must be above 0')
      .lt(1, 'must be below 1; 1 is the promotion')
      .optional()
      .describe('The same from 0 to 1'),
    enabled: z.boolean().optional(),
    strategy: z.enum(unitStrategies, `must be one of ${unitStrategies.join(', ')}`).optional(),
    dryRun: z.boolean().default(false),
  })
  .refine(
    ({ percentage, weight }) => percentage === undefined || weight === undefined,
    'give the percentage or the weight, not both',
  );

export function canaryRoutes(app: TypedFastify, { releases: { releases, inForce } }: HttpDependencies): void {
  const running = (workspaceId: string) => inForce.running().filter((release) => release.workspaceId === workspaceId);
  const told = (release: Release) => ({ ...releaseViewOf(release), weight: release.buckets / 10_000 });

  app.get(
    '/metrics/canary/status',
    {
      config: { permission: 'releases:read' },
      schema: { summary: 'The releases that run, with what is known of them', response: { 200: status } },
    },
    async (request) => {
      const found = await releases.list(requestPrincipalOf(request).workspaceId, { status: 'running' });
      return { enabled: found.some(({ enabled }) => enabled), releases: found.map(told) };
    },
  );

  app.post(
    '/metrics/canary/config',
    {
      config: { permission: 'releases:manage' },
      schema: {
        summary: 'Change the release that runs. If-Match: the revision that the change was made from',
        headers: ifMatch,
        body: config,
        response: { 200: releaseView.extend({ weight: z.number(), dryRun: z.boolean() }) },
      },
    },
    async (request, reply) => {
      const { agent, percentage, weight, enabled, strategy, dryRun } = request.body;
      const { workspaceId } = requestPrincipalOf(request);
      const { id } = theOne(running(workspaceId), agent);
      const name = { workspaceId, id, expected: expectedVersion(request.headers['if-match']) };
      const wanted = { percentage: weight === undefined ? percentage : weight * 100, enabled, strategy };
      const release = await releases.configure(name, wanted, byOf(request), dryRun);
      reply.header('etag', `"${release.revision}"`);
      return { ...told(release), dryRun };
    },
  );
}

/** @throws TimonelError `release_not_found`, `invalid_request` where it could be one of several */
function theOne(running: readonly ReleaseInForce[], agent: string | undefined): ReleaseInForce {
  const fitting = agent === undefined ? running : running.filter((release) => release.agent === agent);
  const [first, second] = fitting;
  if (first === undefined) {
    throw new TimonelError(
      'release_not_found',
      `No release${agent === undefined ? '' : ` of ${agent}`} runs. Make one with POST /api/v1/releases, and start it.`,
    );
  }
  if (second === undefined) return first;
  throw new TimonelError(
    'invalid_request',
    `agent: releases of ${fitting.map((release) => release.agent).join(', ')} run; say which.`,
  );
}
