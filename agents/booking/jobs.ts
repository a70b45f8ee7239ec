/** What the booking agent does in the background. */
import { sql } from '../../src/database.ts';
import { type Job, type JobContext, type LocalizedText, TimonelError, type ToolContext } from '../../src/index.ts';
import { expireHolds } from './appointments.ts';
import type { Settings } from './catalogue.ts';
import { failedClaimsToAppointments } from './claims.ts';
import { localTime } from './local-time.ts';

const hourMs = 3_600_000;

const remindJob = 'remind';

/**
 * Has a reminder fall due some hours before an appointment; none where that is in the past already. A reminder of a time that the
 * appointment no longer has is dropped when it falls due, so moving it needs no cancelling.
 * @param start epoch milliseconds.
 */
export async function scheduleReminder(
  context: Pick<ToolContext, 'now' | 'schedule'>,
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
    run: (_payload, access) => access.query((database) => failedClaimsToAppointments.forgetOld(database, access)),
  },
  {
    name: remindJob,
    async run({ appointmentId, startsAt }, context) {
      if (typeof appointmentId === 'string' && typeof startsAt === 'string') await remind(appointmentId, startsAt, context);
    },
  },
];

/**
 * Reminds the customer where the appointment was made. It is sent under the key of the appointment and its time: a job that died after that sends
 * nothing the second time. What the house booked itself has no conversation, and one that was closed or erased takes no message: such a
 * reminder is `dropped`.
 */
async function remind(appointmentId: string, startsAt: string, context: JobContext): Promise<void> {
  const { workspaceId } = context;
  const now = context.now().toISOString();
  const { rows } = await context.query((database) =>
    database.execute<{ conversation: string; service: string; staff: string; house: string | null; address: string | null }>(sql`
      WITH due AS (
        SELECT workspace_id, id, starts_at, conversation_id, service_id, staff_id FROM booking_appointments
        WHERE workspace_id = ${workspaceId} AND id = ${appointmentId} AND status = 'confirmed'
          AND starts_at = ${startsAt}::timestamptz AND starts_at > ${now}::timestamptz
      ), noted AS (
        INSERT INTO booking_reminders (workspace_id, appointment_id, starts_at, created_at)
        SELECT workspace_id, id, starts_at, ${now}::timestamptz FROM due ON CONFLICT DO NOTHING
      )
      SELECT d.conversation_id AS conversation, s.name AS service, p.name AS staff, h.name AS house, h.address
      FROM due d JOIN booking_services s ON s.workspace_id = d.workspace_id AND s.id = d.service_id
        JOIN booking_staff p ON p.workspace_id = d.workspace_id AND p.id = d.staff_id
        LEFT JOIN booking_settings h ON h.workspace_id = d.workspace_id`),
  );
  const [due] = rows;
  if (due === undefined) return;
  const text = reminderOf(due, localTime(Date.parse(startsAt), context.timeZone));
  let status = 'sent';
  try {
    const key = `reminder:${appointmentId}:${startsAt}`;
    await context.send({ conversation: due.conversation, parts: [{ type: 'text', text }], key });
  } catch (error) {
    if (!(error instanceof TimonelError) || !unreachable.has(error.code)) throw error;
    status = 'dropped';
  }
  context.metrics.add('reminders', { result: status });
  await context.query((database) =>
    database.execute(sql`
      UPDATE booking_reminders SET status = ${status}
      WHERE workspace_id = ${workspaceId} AND appointment_id = ${appointmentId} AND starts_at = ${startsAt}::timestamptz`),
  );
}

/** Nobody reads there. */
const unreachable: ReadonlySet<string> = new Set(['conversation_not_found', 'conversation_closed']);

interface Due {
  service: string;
  staff: string;
  house: string | null;
  address: string | null;
}

function reminderOf({ service, staff, house, address }: Due, { date, time }: { date: string; time: string }): LocalizedText {
  const day = (language: string) =>
    new Intl.DateTimeFormat(language, { weekday: 'long', day: 'numeric', month: 'long', timeZone: 'UTC' }).format(new Date(date));
  const place = [house, address].filter((each) => each !== null).join(', ');
  return {
    es: `Te recordamos tu turno: ${service} con ${staff}, el ${day('es')} a las ${time}${place === '' ? '' : `, en ${place}`}. Si no podés venir, avisanos por acá.`,
    en: `A reminder of your appointment: ${service} with ${staff}, on ${day('en')} at ${time}${place === '' ? '' : `, at ${place}`}. If you cannot come, tell us here.`,
  };
}
