/** Tools that hold, book, find, move and cancel. Each write is one transaction together with its idempotency key. */
import { type Database, defineTool, type MediaPart, type ToolContext } from '../../src/index.ts';
import {
  appointmentLink,
  type Customer,
  cancelAppointment as cancelRow,
  confirmHold,
  moveAppointment,
  type Placement,
  releaseHolds,
  storeCalendarFile,
  takeSlot,
} from './appointments.ts';
import type { FreeSlot } from './availability.ts';
import { type CalendarEntry, calendarFile } from './calendar.ts';
import { loadCatalogue, priceOn, type Settings } from './catalogue.ts';
import { failedClaimsToAppointments } from './claims.ts';
import {
  type BookAppointmentOutput,
  bookAppointmentInput,
  type CalendarFile,
  type CancelAppointmentOutput,
  cancelAppointmentInput,
  type FindAppointmentsOutput,
  findAppointmentsInput,
  type HoldSlotOutput,
  holdSlotInput,
  type RescheduleAppointmentOutput,
  rescheduleAppointmentInput,
} from './contract.ts';
import { type AppointmentRecord, appointmentByCode, appointmentView, type Claim, ownAppointments } from './customers.ts';
import { loadBookingFacts } from './facts.ts';
import { scheduleReminder } from './jobs.ts';
import { localTime, timeOf } from './local-time.ts';
import { type BookingPlace, type Lookup, lookUp, type Misunderstanding, refuse, type Wish } from './lookup.ts';

const minuteMs = 60_000;

type Refusal = Exclude<HoldSlotOutput, { kind: 'held' }>;

export const holdSlot = defineTool({
  name: 'hold_slot',
  description:
    'Keeps one free slot for this customer for some minutes while they confirm; a new hold releases the earlier one. ' +
    'Call it as soon as service, date and time are known, then repeat them and ask for confirmation.',
  input: holdSlotInput,
  effect: 'write',
  target: 'database',
  facts: (input, context) => loadBookingFacts(context, { service: input.service }),
  execute(input, context): Promise<HoldSlotOutput> {
    return context.query(async (database) => {
      const lookup = await lookUp(database, context, exactly(input));
      if (lookup.kind !== 'found') return lookup;
      const { search, catalogue } = lookup;
      const expiresAt = context.now().getTime() + catalogue.settings.holdMinutes * minuteMs;
      const { price, promotion } = priceOn(catalogue, search.service, input.date);
      const { currency } = catalogue.settings;
      const taken = await take(database, context, lookup, { price, promotion, currency, holdExpiresAt: expiresAt });
      if (taken === undefined) return refuseExactly(database, context, lookup);
      if (catalogue.hold !== null) await releaseHolds(database, context, context.conversationId, taken.id);
      return {
        kind: 'held',
        slot: { date: taken.slot.date, time: timeOf(taken.slot.minutes), staff: taken.staff },
        service: search.service.name,
        durationMinutes: search.service.durationMinutes,
        price,
        currency,
        ...(promotion === undefined ? {} : { promotion }),
        expiresAt: new Date(expiresAt).toISOString(),
      };
    });
  },
});

export const bookAppointment = defineTool({
  name: 'book_appointment',
  description:
    'Books a slot for a customer, after they confirmed service, day, time and name. Needs a name and a phone number or an e-mail ' +
    'address, whichever the customer has; never ask for both. Uses the slot that hold_slot keeps, if it does.',
  input: bookAppointmentInput,
  effect: 'write',
  target: 'database',
  facts: (input, context) =>
    loadBookingFacts(context, { service: input.service, customer: { phone: input.phone, email: input.email } }),
  async execute(input, context): Promise<BookAppointmentOutput> {
    const booked = await context.query((database) => book(database, context, input));
    if (booked.kind !== 'booked') return booked;
    await scheduleReminder(context, booked.record.id, booked.record.start, booked.settings);
    return { kind: 'booked', appointment: appointmentView(booked.record, context.timeZone), ...booked.file };
  },
  attachments: (output) => (output.kind === 'booked' ? calendarOf(output) : []),
});

type Booking = { kind: 'booked'; record: AppointmentRecord; file: CalendarFile; settings: Settings } | Refusal;

export async function book(
  database: Database,
  context: BookingPlace,
  input: { service: string; date: string; time: string; staff?: string | undefined } & Customer,
): Promise<Booking> {
  const lookup = await lookUp(database, context, exactly(input));
  if (lookup.kind !== 'found') return lookup;
  const customer = customerOf(input, context);
  const place =
    (await takeHeld(database, context, lookup, input, customer)) ?? (await takeNew(database, context, lookup, customer));
  if (place === undefined) return refuseExactly(database, context, lookup);
  const { hold } = lookup.catalogue;
  if (hold !== null && hold.id !== place.id) await releaseHolds(database, context, context.conversationId, place.id);
  const { service } = lookup.search;
  const { settings } = lookup.catalogue;
  const record: AppointmentRecord = {
    ...place,
    service,
    name: customer.name,
    phone: customer.phone ?? null,
    email: customer.email ?? null,
    end: place.start + service.durationMinutes * minuteMs,
    currency: settings.currency,
    status: 'confirmed',
    revision: 0,
    conversationId: context.conversationId,
    fileId: null,
  };
  const file = await storeCalendar(database, context, record, settings);
  return { kind: 'booked', record, file, settings };
}

type Place = Pick<AppointmentRecord, 'id' | 'code' | 'staffId' | 'staff' | 'start' | 'price' | 'promotion'>;

/** The conversation's hold, when it is for just this; what was promised with it (person, price) stays. */
async function takeHeld(
  database: Database,
  context: BookingPlace,
  { catalogue, search }: Lookup,
  asked: { date: string; time: string },
  customer: Customer,
): Promise<Place | undefined> {
  const { hold } = catalogue;
  if (hold === null || hold.serviceId !== search.service.id) return undefined;
  const held = localTime(hold.start, context.timeZone);
  const person = search.staff.find((member) => member.id === hold.staffId);
  if (held.date !== asked.date || held.time !== asked.time || person === undefined) return undefined;
  // Also when its time is up: as long as nobody ended it the slot is still kept.
  if (!(await confirmHold(database, context, hold.id, customer))) return undefined;
  return { ...hold, staff: person.name };
}

async function takeNew(database: Database, context: BookingPlace, lookup: Lookup, customer: Customer): Promise<Place | undefined> {
  const slot = lookup.slots[0];
  if (slot === undefined) return undefined;
  const { price, promotion } = priceOn(lookup.catalogue, lookup.search.service, slot.date);
  const taken = await take(database, context, lookup, { price, promotion, currency: lookup.catalogue.settings.currency, customer });
  return taken === undefined ? undefined : { ...taken, start: slot.start, price, promotion: promotion ?? null };
}

export const findAppointments = defineTool({
  name: 'find_appointments',
  description:
    'Coming appointments of this customer: those booked in this conversation, those of a contact that the channel vouches for, and the one whose ' +
    'code they give. Phone or e-mail together with the name give dates only (code-needed): ask for the code. Call it before one is moved or cancelled.',
  input: findAppointmentsInput,
  effect: 'read',
  async execute(input, context): Promise<FindAppointmentsOutput> {
    return context.query((database) => find(database, context, input));
  },
});

async function find(database: Database, context: ToolContext, input: Claim): Promise<FindAppointmentsOutput> {
  const { appointments, likely, complete, full } = await ownAppointments(database, context, input, context);
  const known = context.contact?.verified === true || full.code !== undefined;
  // What the channel or the code vouches for is not slowed down by those who guess.
  const claims = appointments.length === 0 && complete && !known;
  if (claims) {
    if (await failedClaimsToAppointments.areTooMany(database, context, full)) return { kind: 'not-enough', missing: ['code'] };
    if (likely.length > 0) {
      return { kind: 'code-needed', appointments: likely.map(({ start }) => localTime(start, context.timeZone)) };
    }
    await failedClaimsToAppointments.record(database, context, context.conversationId, full);
  }
  if (appointments.length > 0 || complete) {
    return { kind: 'found', appointments: appointments.map((appointment) => appointmentView(appointment, context.timeZone)) };
  }
  const missing: Extract<FindAppointmentsOutput, { kind: 'not-enough' }>['missing'] = [];
  if (full.phone === undefined && full.email === undefined) missing.push('contact');
  if (full.name === undefined) missing.push('name-or-code');
  return { kind: 'not-enough', missing };
}

export const rescheduleAppointment = defineTool({
  name: 'reschedule_appointment',
  description: 'Moves an appointment to another time. It keeps its old time when the new one is taken.',
  input: rescheduleAppointmentInput,
  effect: 'write',
  target: 'database',
  facts: (input, context) => loadBookingFacts(context, { code: input.code }),
  async execute(input, context): Promise<RescheduleAppointmentOutput> {
    const moved = await context.query((database) => reschedule(database, context, input));
    if (moved.kind !== 'moved') return moved;
    await scheduleReminder(context, moved.record.id, moved.record.start, moved.settings);
    const appointment = appointmentView(moved.record, context.timeZone);
    return { kind: 'moved', appointment, from: moved.from, ...moved.file };
  },
  attachments: (output) => (output.kind === 'moved' ? calendarOf(output) : []),
});

type Rescheduling =
  | {
      kind: 'moved';
      record: AppointmentRecord;
      from: { date: string; time: string };
      file: CalendarFile;
      settings: Settings;
    }
  | { kind: 'not-found' }
  | Refusal;

export async function reschedule(
  database: Database,
  context: BookingPlace,
  input: { code: string; date: string; time: string; staff?: string | undefined; revision?: number },
): Promise<Rescheduling> {
  const before = await appointmentByCode(database, context, input.code);
  if (before === undefined) return { kind: 'not-found' };
  const wish = { ...exactly({ ...input, service: before.service }), moving: before.code, preferredStaffId: before.staffId };
  const lookup = await lookUp(database, context, wish);
  if (lookup.kind !== 'found') return lookup;
  const from = localTime(before.start, context.timeZone);
  // The price was agreed for the day; another day has its own promotions.
  const { price, promotion } =
    from.date === input.date
      ? { price: before.price, promotion: before.promotion ?? undefined }
      : priceOn(lookup.catalogue, before.service, input.date);
  const { conversationId } = context;
  for (const place of placesOf(lookup)) {
    const move = { conversationId, price, promotion, revision: input.revision };
    const result = await moveAppointment(database, context, before.id, place, move);
    if (result === 'gone') return { kind: 'not-found' };
    if (result === 'taken') continue;
    if (lookup.catalogue.hold !== null) await releaseHolds(database, context, conversationId, undefined);
    const { start, end, staffId } = place;
    const staff = lookup.search.staff.find((member) => member.id === staffId)?.name ?? before.staff;
    const revision = before.revision + 1;
    const record: AppointmentRecord = { ...before, start, end, staffId, staff, price, promotion: promotion ?? null, revision };
    const { settings } = lookup.catalogue;
    return { kind: 'moved', record, from, file: await storeCalendar(database, context, record, settings), settings };
  }
  return refuseExactly(database, context, lookup);
}

export const cancelAppointment = defineTool({
  name: 'cancel_appointment',
  description: 'Cancels an appointment and frees its slot. Call it only after the customer confirmed that they want this.',
  input: cancelAppointmentInput,
  effect: 'write',
  target: 'database',
  facts: (input, context) => loadBookingFacts(context, { code: input.code }),
  execute: ({ code, reason }, context) => context.query((database) => cancel(database, context, code, reason)),
});

/** Cancels a coming appointment, and says so in its calendar file. */
export async function cancel(
  database: Database,
  context: BookingPlace,
  code: string,
  reason: string | undefined,
  revision?: number,
): Promise<CancelAppointmentOutput> {
  const appointment = await appointmentByCode(database, context, code);
  if (appointment === undefined || !(await cancelRow(database, context, appointment.id, reason, revision)))
    return { kind: 'not-found' };
  const { settings } = await loadCatalogue(database, context);
  const cancelled: AppointmentRecord = { ...appointment, status: 'cancelled', revision: appointment.revision + 1 };
  await storeCalendar(database, context, cancelled, settings);
  return { kind: 'cancelled', appointment: appointmentView(cancelled, context.timeZone, 'cancelled') };
}

function exactly<Asked extends { date: string; time: string; staff?: string | undefined; service: Wish['service'] }>(
  asked: Asked,
): Wish {
  const { service, date, time, staff } = asked;
  return { service, from: date, to: date, timeFrom: time, timeTo: time, staff };
}

function placesOf({ slots, search }: Lookup): Placement[] {
  const slot: FreeSlot | undefined = slots[0];
  if (slot === undefined) return [];
  const { start, end } = slot;
  return slot.staff.map((member) => ({ service: search.service, staffId: member.id, start, end }));
}

async function take(
  database: Database,
  context: BookingPlace,
  lookup: Lookup,
  appointment: { price: number; promotion: string | undefined; currency: string; holdExpiresAt?: number; customer?: Customer },
): Promise<{ id: string; code: string; staffId: string; staff: string; slot: FreeSlot } | undefined> {
  const slot = lookup.slots[0];
  if (slot === undefined) return undefined;
  const row = { ...appointment, conversationId: context.conversationId };
  const taken = await takeSlot(database, context, placesOf(lookup), row);
  if (taken === undefined) return undefined;
  return { ...taken, slot, staff: slot.staff.find((member) => member.id === taken.staffId)?.name ?? '' };
}

/** `taken` for a time that others have, `none` for one that nobody could have. */
async function refuseExactly(database: Database, context: BookingPlace, { wish, slots, ...lookup }: Lookup): Promise<Refusal> {
  // What looked free and was lost to somebody else in the meantime must not be offered again.
  const fresh: Lookup | Misunderstanding = slots.length > 0 ? await lookUp(database, context, wish) : { ...lookup, wish, slots };
  if (fresh.kind !== 'found') return fresh;
  const refusal = await refuse(database, context, fresh);
  return refusal.reason === 'full' ? { kind: 'taken', alternatives: refusal.alternatives } : refusal;
}

/** What the customer said, and what the channel knows where they said nothing. */
function customerOf({ name, phone, email }: Customer, { contact }: BookingPlace): Customer {
  if (phone !== undefined || email !== undefined) return { name, phone, email };
  return { name, phone: contact?.phone, email: contact?.email };
}

async function storeCalendar(
  database: Database,
  context: BookingPlace,
  record: AppointmentRecord,
  settings: Settings,
): Promise<CalendarFile> {
  const manageUrl = appointmentLink(context, record);
  const entry: CalendarEntry = { ...record, service: record.service.name, manageUrl };
  const file = await storeCalendarFile(database, context, record, calendarFile(entry, settings, context.now().getTime()));
  return { ...file, manageUrl };
}

function calendarOf({ calendar }: CalendarFile): MediaPart[] {
  return calendar === undefined ? [] : [calendar];
}
