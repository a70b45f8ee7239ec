import { z } from 'zod';
import { listProcesses } from '../../store/process-list.ts';
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

const process = z.object({
  id: z.string(),
  host: z.string(),
  pid: z.int(),
  state: z
    .enum(['serving', 'draining', 'gone', 'unknown'])
    .describe('`gone`: its lease has lapsed, and it is forgotten a minute later. `unknown`: its version tells nothing of itself'),
  version: z.string().nullable(),
  startedAt: z.string().nullable(),
  seenAt: z.date().nullable(),
  address: z.string().nullable().describe('Where it listens'),
  load: z.object({ runs: z.int(), streams: z.int(), memoryBytes: z.int(), eventLoopDelayMs: z.number() }).nullable(),
  secret: z
    .object({ signs: z.string(), accepts: z.array(z.string()) })
    .nullable()
    .describe('Generations of TIMONEL_SECRET, by names that tell nothing of them'),
});

const secretReport = z.object({
  secrets: z.array(
    z.object({
      name: z.string(),
      kind: z.enum(['own', 'foreign']).describe('Whether Timonel makes the next one'),
      protects: z.string(),
      source: z.enum(['file', 'environment']),
      changedAt: z.date().nullable(),
    }),
  ),
  rotation: z
    .object({
      accepts: z.enum(['next', 'previous']).describe('`next`: the new one does not sign yet. `previous`: it does'),
      since: z.date().nullable(),
      sealedBefore: z.int().nullable().describe('Texts that are still sealed with the one before'),
    })
    .nullable(),
});

const mostFailed = 200;

/** The installation as a whole: what all its processes share, and this one's own look at it. */
export function operationRoutes(
  app: TypedFastify,
  { validateInstallation, jobs, identity, pool, secrets }: HttpDependencies,
): void {
  app.get(
    '/api/v1/processes',
    {
      config: { permission: 'operations:read', installation: true },
      schema: {
        summary: 'All processes of this installation, and what each tells of itself',
        response: { 200: z.object({ processes: z.array(process) }) },
      },
    },
    async () => ({
      processes: (await listProcesses(pool)).map(({ about, ...row }) => ({
        ...row,
        version: about?.version ?? null,
        startedAt: about?.startedAt ?? null,
        address: about?.address ?? null,
        load: about?.load ?? null,
        secret: about === null ? null : { signs: about.secret.signs, accepts: [...about.secret.accepts] },
      })),
    }),
  );

  app.get(
    '/api/v1/secrets',
    {
      config: { permission: 'operations:read', installation: true },
      schema: {
        summary: 'Which secrets are set, how old they are, and how far a rotation is; never what one is',
        response: { 200: secretReport },
      },
    },
    () => secrets(),
  );

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
