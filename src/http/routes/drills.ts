import { z } from 'zod';
import type { HttpDependencies, TypedFastify } from '../contract.ts';
import { recordDeed } from '../requests.ts';

const report = z.object({
  verdict: z.enum(['pass', 'fail', 'inconclusive']),
  said: z.string().describe('Why that verdict'),
  seed: z.int(),
  store: z.enum(['embedded', 'postgres']),
  startedAt: z.string(),
  milliseconds: z.int(),
  fault: z.string().nullable().describe('What was done; null where it did not come to it'),
  recoveryMs: z.int().nullable().describe('From the undoing to the end of the recovery; null where it did not recover'),
  probes: z.array(
    z.object({
      name: z.string(),
      phase: z.enum(['before', 'fault', 'during', 'throughout', 'after']),
      ok: z.boolean(),
      said: z.string(),
      milliseconds: z.int(),
    }),
  ),
});

const answer = z.object({
  startable: z.boolean().describe('Whether drills may be started from here (TIMONEL_DRILLS)'),
  underWay: z.string().nullable().describe('The drill that was started here and has not ended'),
  drills: z.array(z.object({ name: z.string(), summary: z.string(), last: report.nullable() })),
});

/** Drills are played in a rehearsal beside the installation: they are a matter of whoever runs it. */
export function drillRoutes(app: TypedFastify, { drills, identity }: HttpDependencies): void {
  const page = async () => ({
    startable: drills.startable,
    underWay: drills.underWay ?? null,
    drills: await drills.list(),
  });

  app.get(
    '/api/v1/drills',
    {
      config: { permission: 'operations:read', installation: true },
      schema: { summary: 'The drills, and the last result of each', response: { 200: answer } },
    },
    page,
  );

  app.post(
    '/api/v1/drills',
    {
      config: { permission: 'operations:manage', installation: true },
      schema: {
        summary: 'Start a drill',
        description:
          'It is played in a rehearsal of its own, as `timonel drill` does; GET says when it has ended. One at a time, and only where TIMONEL_DRILLS allows it.',
        body: z.strictObject({
          name: z.string().max(60),
          seed: z.int().min(0).max(4_294_967_295).optional().describe('Makes the same choices again'),
        }),
        response: { 202: answer },
      },
    },
    async (request, reply) => {
      const { name, seed } = request.body;
      await drills.start(name, seed);
      await recordDeed(identity, request, { action: 'drill-started', target: { kind: 'drills', id: name } });
      return reply.code(202).send(await page());
    },
  );
}
