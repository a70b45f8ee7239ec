/** Work with platforms that no request waits for. */
import { sql } from '../../../src/database.ts';
import type { Job } from '../../../src/index.ts';
import { instantOf } from '../people.ts';
import { tendKeys } from './own-keys.ts';
import { readRosters } from './roster.ts';
import { sendScores } from './send-scores.ts';

export const ltiJobs: readonly Job[] = [
  { name: 'lti-scores', cron: '* * * * *', run: (_payload, context) => sendScores(context) },
  { name: 'lti-rosters', cron: '*/2 * * * *', run: (_payload, context) => readRosters(context) },
  {
    name: 'lti-tending',
    cron: '41 2 * * *',
    async run(_payload, context) {
      await tendKeys(context);
      const { workspaceId } = context;
      await context.query(async (database) => {
        await database.execute(
          sql`DELETE FROM tutor_lti_launches WHERE workspace_id = ${workspaceId} AND expires_at < ${instantOf(context)}`,
        );
        await database.execute(
          sql`DELETE FROM tutor_lti_registrations WHERE workspace_id = ${workspaceId} AND expires_at < ${instantOf(context)} - interval '30 days'`,
        );
      });
    },
  },
];
