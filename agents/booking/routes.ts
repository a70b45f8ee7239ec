/** The page of an appointment, for the customer who holds its link. Changes go by the code of the tools, and by the same limits. */
import { z } from 'zod';
import { defineRoute, type PageAnswer, type RouteContext } from '../../src/index.ts';
import { appointmentPage, cancelPage, gonePage, movePage, type OfferedDay, type PageState } from './appointment-page.ts';
import { cancel, reschedule } from './appointment-tools.ts';
import { appointmentLink } from './appointments.ts';
import { bookableDates, slotView } from './availability.ts';
import { loadCatalogue, priceOn } from './catalogue.ts';
import { type AppointmentRecord, appointmentById } from './customers.ts';
import { scheduleReminder } from './jobs.ts';
import { addDays, localTime } from './local-time.ts';
import { type BookingPlace, lookUp, refuse } from './lookup.ts';
import { type Notice, notices, type PageLanguage } from './page-words.ts';
import { tooLateToChange } from './policy.ts';

const language = z.enum(['es', 'en']).optional().catch(undefined);
const revision = z.coerce.number().int().min(0);

const show = defineRoute({
  method: 'GET',
  path: '/appointment',
  summary: 'The page of an appointment, for the customer who holds its link: see it, and choose what to do',
  linked: true,
  page: true,
  perMinute: 300,
  query: z.object({
    language,
    view: z.enum(['move', 'cancel']).optional().catch(undefined),
    date: z.iso.date().optional().catch(undefined),
    said: z.enum(notices).optional().catch(undefined),
  }),
  async handle({ query, headers }, context): Promise<PageAnswer> {
    const spoken = query.language ?? languageOf(headers);
    return context.query(async (database) => {
      const appointment = await appointmentById(database, context, context.link?.subject ?? '');
      if (appointment === undefined) return gonePage(spoken);
      const { settings } = await loadCatalogue(database, context);
      const now = context.now().getTime();
      const late = tooLateToChange(appointment.start, now, settings.changeMinutes);
      const state: PageState = {
        language: spoken,
        link: linkOf(context),
        timeZone: context.timeZone,
        now,
        notice: query.said,
        settings,
        appointment,
        refused: late,
      };
      if (appointment.status === 'cancelled' || late !== undefined || query.view === undefined) return appointmentPage(state);
      if (query.view === 'cancel') return cancelPage(state);
      return movePage(state, await offeredDay(database, context, appointment, query.date));
    });
  },
});

const move = defineRoute({
  method: 'POST',
  path: '/appointment/move',
  summary: 'Moves the appointment of the link to a free time',
  linked: true,
  page: true,
  raw: true,
  perMinute: 60,
  query: z.object({ language }),
  async handle({ query, body, headers }, context): Promise<PageAnswer> {
    const spoken = query.language ?? languageOf(headers);
    const fields = new URLSearchParams(body.toString());
    const asked = z
      .object({ slot: z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d$/), revision })
      .safeParse({ slot: fields.get('slot'), revision: fields.get('revision') });
    if (!asked.success) return onTo(context, spoken, { view: 'move', said: 'choose' });
    const [date = '', time = ''] = asked.data.slot.split('T');
    if (!z.iso.date().safeParse(date).success) return onTo(context, spoken, { view: 'move', said: 'choose' });
    const done = await context.query(async (database) => {
      const now = await changeable(database, context, asked.data.revision);
      if (typeof now === 'string') return now === 'changed' ? whatItIs(database, context, { date, time }) : now;
      if (now.appointment.revision >= now.settings.maxCallsPerConversation) return 'often' as const;
      const moved = await reschedule(database, placeOf(context), {
        code: now.appointment.code,
        date,
        time,
        revision: now.appointment.revision,
      });
      if (moved.kind === 'moved') return moved;
      return moved.kind === 'not-found' ? whatItIs(database, context, { date, time }) : ('taken' as const);
    });
    if (typeof done === 'string')
      return onTo(context, spoken, done === 'taken' ? { view: 'move', date, said: done } : { said: done });
    await scheduleReminder(context, done.record.id, done.record.start, done.settings);
    // The link lasts as long as the appointment: one that was moved far away has another.
    const { pathname, search } = new URL(appointmentLink(context, done.record));
    return { kind: 'redirect', to: `${pathname}${search}&language=${spoken}&said=moved` };
  },
});

const cancelled = defineRoute({
  method: 'POST',
  path: '/appointment/cancel',
  summary: 'Cancels the appointment of the link',
  linked: true,
  page: true,
  raw: true,
  perMinute: 60,
  query: z.object({ language }),
  async handle({ query, body, headers }, context): Promise<PageAnswer> {
    const spoken = query.language ?? languageOf(headers);
    const fields = new URLSearchParams(body.toString());
    const asked = z
      .object({ reason: z.string().trim().max(500).nullable(), revision })
      .safeParse({ reason: fields.get('reason'), revision: fields.get('revision') });
    if (!asked.success) return onTo(context, spoken, { view: 'cancel' });
    const said = await context.query(async (database): Promise<Notice> => {
      const now = await changeable(database, context, asked.data.revision);
      if (typeof now === 'string') return now === 'changed' ? whatItIs(database, context, 'cancelled') : now;
      const { appointment } = now;
      const reason = asked.data.reason === null || asked.data.reason === '' ? undefined : asked.data.reason;
      const result = await cancel(database, placeOf(context), appointment.code, reason, appointment.revision);
      return result.kind === 'cancelled' ? 'cancelled' : whatItIs(database, context, 'cancelled');
    });
    return onTo(context, spoken, { said });
  },
});

type Access = Parameters<Parameters<RouteContext['query']>[0]>[0];

/** The appointment as the customer saw it, in time to be changed; or why not. */
async function changeable(database: Access, context: RouteContext, revisionSeen: number) {
  const appointment = await appointmentById(database, context, context.link?.subject ?? '');
  const { settings } = await loadCatalogue(database, context);
  if (appointment === undefined || appointment.status === 'cancelled' || appointment.revision !== revisionSeen)
    return 'changed' as const;
  const late = tooLateToChange(appointment.start, context.now().getTime(), settings.changeMinutes);
  return late === undefined ? { appointment, settings } : ('late' as const);
}

/** What is said to a form that came late: the same form twice has done what it asks, whichever of the two did it. */
async function whatItIs(
  database: Access,
  context: RouteContext,
  wanted: 'cancelled' | { date: string; time: string },
): Promise<Notice> {
  const appointment = await appointmentById(database, context, context.link?.subject ?? '');
  if (appointment === undefined) return 'changed';
  if (wanted === 'cancelled') return appointment.status === 'cancelled' ? 'cancelled' : 'changed';
  const { date, time } = localTime(appointment.start, context.timeZone);
  return appointment.status === 'confirmed' && date === wanted.date && time === wanted.time ? 'moved' : 'changed';
}

/** The free times of a day for it; the day that it has where none was asked for. */
async function offeredDay(
  database: Access,
  context: RouteContext,
  appointment: AppointmentRecord,
  asked: string | undefined,
): Promise<OfferedDay> {
  const place = placeOf(context);
  const date = asked ?? localTime(appointment.start, context.timeZone).date;
  const wish = { service: appointment.service, from: date, moving: appointment.code, preferredStaffId: appointment.staffId };
  const lookup = await lookUp(database, place, wish);
  if (lookup.kind !== 'found') throw new TypeError('A service that is known was not found.');
  const { first, last } = bookableDates(lookup.agenda);
  const day = lookup.search.from;
  const times = lookup.slots.filter(({ start }) => start !== appointment.start).map(slotView);
  const others = times.length > 0 ? [] : (await refuse(database, place, lookup)).alternatives;
  const sameDay = day === localTime(appointment.start, context.timeZone).date;
  const price = sameDay ? appointment.price : priceOn(lookup.catalogue, appointment.service, day).price;
  return {
    date: day,
    first,
    last,
    before: day > first ? addDays(day, -1) : undefined,
    after: day < last ? addDays(day, 1) : undefined,
    times,
    others,
    price: price === appointment.price ? undefined : price,
  };
}

/** Holds are a conversation's; a page has none, and leaves those that the chat has. */
function placeOf(context: RouteContext): BookingPlace {
  return { ...context, conversationId: context.newId(), contact: undefined };
}

function onTo(context: RouteContext, spoken: PageLanguage, more: { view?: string; date?: string; said?: Notice }): PageAnswer {
  const query = new URLSearchParams({ link: linkOf(context), language: spoken, ...more });
  return { kind: 'redirect', to: `${new URL(linkAddress(context)).pathname}?${query}` };
}

/** The link that the page was opened with: the same subject and the same end. */
function linkAddress({ links, link, now }: RouteContext): string {
  const expiresIn = Math.max(1, (link?.expiresAt.getTime() ?? 0) - now().getTime());
  return links.to('/appointment', link?.subject ?? '', { expiresIn });
}

function linkOf(context: RouteContext): string {
  return new URL(linkAddress(context)).searchParams.get('link') ?? '';
}

function languageOf(headers: Readonly<Record<string, string>>): PageLanguage {
  return /^\s*es\b/i.test(headers['accept-language'] ?? '') ? 'es' : 'en';
}

export const routes = [show, move, cancelled];
