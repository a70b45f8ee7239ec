/** What the hotel agent does in the background. Reminders and requests for a review are looked for by day, so that a change needs no cancelling. */
import { sql } from '../../src/database.ts';
import { type Job, type JobContext, type LocalizedText, TimonelError } from '../../src/index.ts';
import { addDays, localMoment } from './calendar-dates.ts';
import { refreshCalendars } from './calendars/refresh.ts';
import { failedClaimsToStays } from './claims.ts';
import { closeDay } from './closing.ts';
import { type House, loadHouses } from './house.ts';
import { endHolds, nowOf } from './pms/embedded/rows.ts';
import { reconcileWrites } from './reconcile.ts';
import { loadStays, type StayRecord, stayView } from './stays.ts';
import type { PmsSystems } from './systems.ts';

/** Local hours within which guests are written to; reminders go out from the later one on. */
const from = '10:00';
const until = '21:00';
/** Days after the departure on which a guest is asked how it was, until they answer. */
export const reviewDays = [1, 4, 7] as const;

type Kind = 'arrival-7' | 'arrival-1' | 'review-1' | 'review-2' | 'review-3';

export const hotelJobs = (systems: PmsSystems): readonly Job[] => [
  {
    name: 'expire-holds',
    cron: '* * * * *',
    run: (_payload, access) =>
      access.query(async (database) => void (await endHolds(database, access, sql`b.hold_expires_at <= ${nowOf(access)}`))),
  },
  { name: 'reconcile', cron: '* * * * *', run: (_payload, context) => reconcileWrites(systems, context) },
  { name: 'read-calendars', cron: '*/15 * * * *', run: async (_payload, context) => void (await refreshCalendars(context)) },
  { name: 'notify', cron: '*/30 * * * *', run: (_payload, context) => notify(context) },
  {
    name: 'close-day',
    cron: '20 * * * *',
    async run(_payload, access) {
      await access.query((database) => closeDay(database, access));
      await access.query((database) => failedClaimsToStays.forgetOld(database, access));
    },
  },
];

/** Sends what is due on this day of each hotel. */
export async function notify(context: JobContext): Promise<void> {
  const houses = await context.query((database) => loadHouses(database, context));
  for (const house of houses) {
    const { date: today, time } = localMoment(context.now(), house.timeZone);
    if (time < from || time >= until) continue;
    for (const days of [7, 1] as const) await remind(context, house, addDays(today, days), `arrival-${days}`);
    for (const [index, days] of reviewDays.entries()) {
      // Not before it is a day since they had to leave, wherever the hour of leaving lies.
      if (time < house.checkOutUntil && days === 1) continue;
      await askForReview(context, house, addDays(today, -days), `review-${index + 1}` as Kind);
    }
  }
}

const wantsMessages = sql`NOT coalesce(g.no_messages, true) AND b.conversation_id IS NOT NULL`;
const notYet = (kind: Kind, day: string) => sql`NOT EXISTS (SELECT FROM hotel_notices n WHERE n.workspace_id = b.workspace_id
  AND n.booking_id = b.id AND n.kind = ${kind} AND n.day = ${day}::date AND n.status <> 'due')`;

async function remind(context: JobContext, house: House, day: string, kind: Kind): Promise<void> {
  const stays = await context.query((database) =>
    loadStays(
      database,
      context,
      sql`b.hotel_id = ${house.id} AND b.status = 'confirmed' AND b.check_in = ${day}::date AND ${wantsMessages} AND ${notYet(kind, day)}
        AND (b.created_at AT TIME ZONE ${house.timeZone})::date < (${context.now().toISOString()}::timestamptz AT TIME ZONE ${house.timeZone})::date`,
    ),
  );
  for (const stay of stays) await sendNotice(context, stay, kind, day, reminderOf(stay, house, kind, context.now()));
}

/** Nobody is asked again who answered, or who wants to be left alone. */
async function askForReview(context: JobContext, house: House, day: string, kind: Kind): Promise<void> {
  const stays = await context.query((database) =>
    loadStays(
      database,
      context,
      sql`b.hotel_id = ${house.id} AND b.status = 'checked_out' AND b.check_out = ${day}::date AND ${wantsMessages} AND ${notYet(kind, day)}
        AND NOT EXISTS (SELECT FROM hotel_requests r WHERE r.workspace_id = b.workspace_id AND r.booking_id = b.id AND r.kind = 'review')`,
    ),
  );
  for (const stay of stays) await sendNotice(context, stay, kind, day, reviewOf(stay, house));
}

/** Nobody reads there. */
const unreachable: ReadonlySet<string> = new Set(['conversation_not_found', 'conversation_closed']);

/** Sent under the key of the stay, the kind and the day: a job that died after that sends nothing the second time. */
async function sendNotice(context: JobContext, stay: StayRecord, kind: Kind, day: string, text: LocalizedText): Promise<void> {
  if (stay.conversationId === null) return;
  let status = 'sent';
  try {
    await context.send({ conversation: stay.conversationId, parts: [{ type: 'text', text }], key: `${kind}:${stay.id}:${day}` });
  } catch (error) {
    if (!(error instanceof TimonelError) || !unreachable.has(error.code)) throw error;
    status = 'dropped';
  }
  context.metrics.add('notices', { kind: kind.startsWith('review') ? 'review' : 'reminder', result: status });
  await context.query((database) =>
    database.execute(sql`
      INSERT INTO hotel_notices (workspace_id, booking_id, kind, day, status, created_at)
      VALUES (${context.workspaceId}, ${stay.id}, ${kind}, ${day}::date, ${status}, ${nowOf(context)})
      ON CONFLICT (workspace_id, booking_id, kind, day) DO UPDATE SET status = excluded.status`),
  );
}

const dayText = (date: string, language: string) =>
  new Intl.DateTimeFormat(language, { weekday: 'long', day: 'numeric', month: 'long', timeZone: 'UTC' }).format(new Date(date));

function reminderOf(stay: StayRecord, house: House, kind: Kind, now: Date): LocalizedText {
  const { type, code, checkIn, checkOut, checkInFrom, deposit, cancellation } = stayView(stay, house, now);
  const place = [house.name, house.address].filter((each) => each !== null).join(', ');
  const soon = kind === 'arrival-1';
  const es = [
    `${soon ? 'Mañana te esperamos' : 'Falta una semana para tu estadía'} en ${place}: ${type}, del ${dayText(checkIn, 'es')} al ${dayText(checkOut, 'es')} (reserva ${code}).`,
    ...(soon ? [`La habitación está lista desde las ${checkInFrom}. ¿A qué hora llegás?`] : []),
    ...(!soon && cancellation.freeUntil !== undefined
      ? [
          `Podés cancelar sin cargo hasta el ${dayText(cancellation.freeUntil.slice(0, 10), 'es')} a las ${cancellation.freeUntil.slice(11)}.`,
        ]
      : []),
    ...(deposit === undefined ? [] : ['Si todavía no mandaste la seña, escribinos por acá.']),
  ];
  const en = [
    `${soon ? 'We expect you tomorrow' : 'Your stay is a week away'} at ${place}: ${type}, from ${dayText(checkIn, 'en')} to ${dayText(checkOut, 'en')} (booking ${code}).`,
    ...(soon ? [`The room is ready from ${checkInFrom}. When will you arrive?`] : []),
    ...(!soon && cancellation.freeUntil !== undefined
      ? [
          `You can cancel for free until ${dayText(cancellation.freeUntil.slice(0, 10), 'en')} at ${cancellation.freeUntil.slice(11)}.`,
        ]
      : []),
    ...(deposit === undefined ? [] : ['If you have not sent the deposit yet, write to us here.']),
  ];
  return { es: es.join(' '), en: en.join(' ') };
}

function reviewOf(stay: StayRecord, house: House): LocalizedText {
  const name = stay.guest?.name.split(' ')[0] ?? '';
  return {
    es: `Hola ${name}, ¿cómo estuvo tu estadía en ${house.name}? Contanos si estuvo bien o si algo falló. Si no querés que te escribamos, decinos "no".`,
    en: `Hello ${name}, how was your stay at ${house.name}? Tell us if it was good, or if something went wrong. If you want no more messages, say "no".`,
  };
}
