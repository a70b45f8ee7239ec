import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { publishFault } from '../../diagnostics.ts';
import type { HttpDependencies, TypedFastify } from '../contract.ts';
import { recordDeed } from '../requests.ts';

const backup = z.object({
  name: z.string(),
  bytes: z.number().int(),
  takenAt: z.date(),
  encrypted: z.boolean(),
  verifiedAt: z.date().nullable().describe('When it was last restored into a store of its own and compared'),
});

/** A backup that is taken by then is told in the answer. */
const patienceMs = 10_000;

/** Backups hold the data of all workspaces: they are a matter of the installation. */
export function backupRoutes(app: TypedFastify, { backups, identity }: HttpDependencies): void {
  const page = async () => ({
    underWay: backups.underWay,
    backups: (await backups.list()).map(({ verifiedAt = null, ...rest }) => ({ ...rest, verifiedAt })),
  });
  const answer = z.object({ underWay: z.boolean(), backups: z.array(backup).describe('The newest first') });

  app.get(
    '/api/v1/backups',
    {
      config: { permission: 'operations:read', installation: true },
      schema: { summary: 'The backups of this installation', response: { 200: answer } },
    },
    page,
  );

  app.post(
    '/api/v1/backups',
    {
      config: { permission: 'operations:manage', installation: true },
      schema: {
        summary: 'Take a backup',
        description:
          'Answers when it is taken, or after ten seconds; GET says whether it is still under way. One is taken at a time.',
        response: { 202: answer },
      },
    },
    async (request, reply) => {
      const taking = backups.create();
      // The caller may have gone, or have had an answer, when it fails.
      taking.catch((error: unknown) => publishFault('taking a backup', error));
      await recordDeed(identity, request, { action: 'backup-started', target: { kind: 'backups', id: 'installation' } });
      await Promise.race([taking, sleep(patienceMs, undefined, { ref: false })]);
      return reply.code(202).send(await page());
    },
  );

  app.post(
    '/api/v1/backups/:name/verify',
    {
      config: { permission: 'operations:manage', installation: true },
      schema: {
        summary: 'Restore a backup into a store of its own and compare every row',
        params: z.object({ name: z.string().max(100) }),
        response: { 200: z.object({ rows: z.number().int(), tables: z.number().int(), artifacts: z.number().int() }) },
      },
    },
    async (request) => {
      const { rows, tables, artifacts } = await backups.verify(request.params.name);
      return { rows, tables, artifacts };
    },
  );
}
