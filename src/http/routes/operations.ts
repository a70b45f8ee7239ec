import { z } from 'zod';
import type { HttpDependencies, TypedFastify } from '../contract.ts';
import { recordDeed } from '../requests.ts';

const validation = z.object({
  status: z.enum(['pass', 'fail']).describe('`fail` where a check failed; a warning does not count'),
  checks: z.array(
    z.object({
      name: z.string(),
      status: z.enum(['pass', 'fail', 'warning', 'skipped']),
      said: z.string(),
      advice: z.string().optional().describe('What to do'),
      milliseconds: z.int(),
    }),
  ),
});

const mostFailed = 200;

/** The installation as a whole: what all its processes share, and this one's own look at it. */
export function operationRoutes(app: TypedFastify, { validateInstallation, jobs, identity }: HttpDependencies): void {
  app.post(
    '/api/v1/validations',
    {
      config: { permission: 'operations:manage', installation: true },
      schema: {
        summary: 'Look at all that this installation stands on',
        description: 'Nothing is changed. `liveModel` makes one paid call to the default model.',
        body: z.strictObject({
          beforeDeploy: z.boolean().default(false).describe('Another version is about to start beside this one'),
          liveModel: z.boolean().default(false),
          processes: z.int().min(1).max(1_000).default(1).describe('That will run at once on the database'),
        }),
        response: { 200: validation },
      },
    },
    (request) => validateInstallation(request.body),
  );

  app.get(
    '/api/v1/queues',
    {
      config: { permission: 'operations:read', installation: true },
      schema: {
        summary: 'Queues of background work of all processes',
        response: {
          200: z.object({ queues: z.array(z.object({ queue: z.string(), waiting: z.int(), active: z.int() })) }),
        },
      },
    },
    async () => ({ queues: await jobs.depths() }),
  );

  app.get(
    '/api/v1/queues/failed',
    {
      config: { permission: 'operations:read', installation: true },
      schema: {
        summary: `Jobs that were given up, the last first; ${mostFailed} at most`,
        response: {
          200: z.object({
            jobs: z.array(
              z.object({
                queue: z.string(),
                id: z.string(),
                failedAt: z.date(),
                retries: z.int(),
                message: z.string().nullable().describe('Of the last failure'),
              }),
            ),
          }),
        },
      },
    },
    async () => ({ jobs: await jobs.failed(mostFailed) }),
  );

  app.post(
    '/api/v1/queues/:queue/jobs/:id/retry',
    {
      config: { permission: 'operations:manage', installation: true },
      schema: {
        summary: 'Have a job done again that was given up',
        params: z.object({ queue: z.string().max(200), id: z.uuid() }),
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      const { queue, id } = request.params;
      await jobs.retry(queue, id);
      await recordDeed(identity, request, { action: 'job-retried', target: { kind: 'queues', id: `${queue}/${id}` } });
      return reply.code(204).send(null);
    },
  );
}
