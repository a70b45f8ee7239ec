/** Appointments as the house sees them. They are booked, moved and cancelled by the code of the tools: the same hours, the same slots. */
import { z } from 'zod';
import { defineResource, type ResourceContext, type ResourceValues, rejectRow } from '../../src/index.ts';
import { book, cancel, reschedule } from './appointment-tools.ts';
import { bookAppointmentInput, type HoldSlotOutput } from './contract.ts';
import type { BookingPlace } from './lookup.ts';

const { date, time, name, phone, email } = bookAppointmentInput.shape;
const label = (es: string, en: string) => ({ label: { es, en } });

export const appointments = defineResource({
  name: 'appointments',
  title: { es: 'Turnos', en: 'Appointments' },
  description: 'Appointments, confirmed and cancelled. date=today is the day of the house; removing one cancels it.',
  table: 'booking_appointments',
  permissions: { read: 'booking:read', write: 'booking:calendar' },
  where: `t.status IN ('confirmed', 'cancelled')`,
  schema: z.object({
    date,
    time,
    service: z.string().min(1).max(200),
    staff: z.string().min(1).max(200).optional().describe('Anyone who is free where absent'),
    name,
    phone,
    email,
  }),
  readOnly: z.object({
    code: z.string(),
    status: z.enum(['confirmed', 'cancelled']),
    price: z.number(),
    currency: z.string(),
    promotion: z.string().nullable(),
    startsAt: z.iso.datetime(),
    endsAt: z.iso.datetime(),
  }),
  fields: {
    date: { ...label('Fecha', 'Date'), sql: '(t.starts_at AT TIME ZONE :timeZone)::date' },
    time: { ...label('Hora', 'Time'), sql: '(t.starts_at AT TIME ZONE :timeZone)::time' },
    service: { ...label('Servicio', 'Service'), column: 'service_id', reference: { table: 'booking_services', by: 'name' } },
    staff: { ...label('Persona', 'Staff'), column: 'staff_id', reference: { table: 'booking_staff', by: 'name' } },
    name: { ...label('Cliente', 'Customer'), column: 'customer_name' },
    phone: { ...label('Teléfono', 'Phone'), column: 'customer_phone' },
    email: { ...label('Correo', 'E-mail'), column: 'customer_email' },
    code: label('Código', 'Code'),
    status: label('Estado', 'Status'),
    price: label('Precio', 'Price'),
  },
  key: ['code'],
  order: ['startsAt', 'price'],
  filters: ['date', 'service', 'staff', 'status', 'startsAt'],
  search: ['name', 'phone', 'email', 'code'],
  operations: ['create', 'update', 'delete'],
  actions: {
    /** Booked by phone or at the counter: no conversation, and nobody whom a channel knows. */
    async create(values, context) {
      const asked = bookAppointmentInput.parse(values);
      if (asked.phone === undefined && asked.email === undefined)
        throw rejectRow('A booking needs a phone number or an e-mail address.');
      const booked = await context.query((database) => book(database, placeOf(context), asked));
      if (booked.kind !== 'booked') throw refused(booked);
      return booked.record.id;
    },
    async update({ values }, changes, context) {
      const fixed = Object.keys(changes).filter((field) => !['date', 'time', 'staff'].includes(field));
      if (fixed.length > 0)
        throw rejectRow(
          `An appointment is moved by date, time and staff; ${fixed.join(', ')} stays. Cancel it and book another one.`,
        );
      const moved = await context.query((database) =>
        reschedule(database, placeOf(context), {
          code: textOf(values, 'code'),
          date: textOf(changes, 'date') || textOf(values, 'date'),
          time: textOf(changes, 'time') || textOf(values, 'time'),
          ...(changes['staff'] === undefined ? {} : { staff: textOf(changes, 'staff') }),
        }),
      );
      if (moved.kind !== 'moved') throw moved.kind === 'not-found' ? over() : refused(moved);
    },
    async delete({ values }, context) {
      const result = await context.query((database) => cancel(database, placeOf(context), textOf(values, 'code'), 'by the house'));
      if (result.kind !== 'cancelled') throw over();
    },
  },
});

function placeOf(context: ResourceContext): BookingPlace {
  return { ...context, conversationId: context.newId(), contact: undefined };
}

function textOf(values: ResourceValues, field: string): string {
  const value = values[field];
  return typeof value === 'string' ? value : '';
}

function over() {
  return rejectRow('Only appointments that are confirmed and still to come are moved or cancelled.', true);
}

/** Why a slot cannot be had, and what can. */
function refused(result: Exclude<HoldSlotOutput, { kind: 'held' }>) {
  if (result.kind === 'unknown-service') return rejectRow(`There is no such service. There are: ${result.services.join(', ')}.`);
  if (result.kind === 'unknown-staff') return rejectRow(`Nobody of that name does it. There are: ${result.staff.join(', ')}.`);
  const free = result.alternatives.map(({ date: day, time: at, staff }) => `${day} ${at} (${staff})`).join(', ');
  const nearest = free === '' ? '' : ` Free are: ${free}.`;
  return rejectRow(
    result.kind === 'taken' ? `The time is taken.${nearest}` : `The time cannot be booked (${result.reason}).${nearest}`,
    true,
  );
}
