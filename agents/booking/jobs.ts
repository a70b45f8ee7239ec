/** What the booking agent does in the background. */
import { sql } from '../../src/database.ts';
import type { Job, ToolContext } from '../../src/index.ts';
import { expireHolds } from './appointments.ts';
import type { Settings } from './catalogue.ts';
import { forgetOldClaims } from './claims.ts';

const hourMs = 3_600_000;

const remindJob = 'remind';

/**
 * Has a reminder fall due some hours before an appointment; none where that is in the past already. A reminder of a time that the
 * appointment no longer has is dropped when it falls due, so moving it needs no cancelling.
 * @param start epoch milliseconds.
 */
export async function scheduleReminder(
  context: ToolContext,
  appointmentId: string,
  start: number,
  settings: Pick<Settings, 'reminderHours'>,
): Promise<void> {
  const at = new Date(start - settings.reminderHours * hourMs);
  if (at <= context.now()) return;
  const startsAt = new Date(start).toISOString();
  await context.schedule(remindJob, { appointmentId, startsAt }, { at, key: `${appointmentId}:${startsAt}` });
}

export const jobs: readonly Job[] = [
  {
    name: 'expire-holds',
    cron: '* * * * *',
    run: (_payload, access) => access.query((database) => expireHolds(database, access)),
  },
  {
    name: 'forget-claims',
    cron: '17 * * * *',
    run: (_payload, access) => access.query((database) => forgetOldClaims(database, access)),
  },
  {
    // Records that a reminder is due. Nothing is sent: a channel that can write first takes the rows from `booking_reminders`.
    name: remindJob,
    async run({ appointmentId, startsAt }, access) {
      if (typeof appointmentId !== 'string' || typeof startsAt !== 'string') return;
      await access.query((database) =>
        database.execute(sql`
          INSERT INTO booking_reminders (workspace_id, appointment_id, starts_at, created_at)
          SELECT workspace_id, id, starts_at, ${access.now().toISOString()}::timestamptz FROM booking_appointments
          WHERE workspace_id = ${access.workspaceId} AND id = ${appointmentId} AND status = 'confirmed'
            AND starts_at = ${startsAt}::timestamptz AND starts_at > ${access.now().toISOString()}::timestamptz
          ON CONFLICT DO NOTHING`),
      );
    },
  },
];
