/** What the people of a house manage themselves: its services, staff, hours, prices and appointments. */
import { z } from 'zod';
import { sql } from '../../src/database.ts';
import { defineResource, type ResourceContext, type ResourceField, type RowFault } from '../../src/index.ts';
import { appointments } from './appointment-resource.ts';

const permissions = { read: 'booking:read', write: 'booking:manage' } as const;

const name = z.string().trim().min(1).max(200);
const aliases = z.array(z.string().trim().min(1).max(200)).default([]).describe('Other names that customers use');
const text = z.string().max(2_000).default('');
const active = z.boolean().default(true);
const position = z.int().min(0).default(0).describe('Order in which it is offered');
const time = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be a time such as 09:30');
const closing = z.string().regex(/^(([01]\d|2[0-3]):[0-5]\d|24:00)$/, 'must be a time such as 18:30; 24:00 is midnight');
const weekday = z.int().min(1).max(7).describe('Monday = 1 … Sunday = 7');

const label = (es: string, en: string): ResourceField => ({ label: { es, en } });
const named = {
  name: label('Nombre', 'Name'),
  aliases: label('Alias', 'Aliases'),
  active: label('Activo', 'Active'),
  position: label('Orden', 'Position'),
};
const oneOfStaff: ResourceField = {
  ...label('Persona', 'Staff'),
  column: 'staff_id',
  reference: { table: 'booking_staff', by: 'name' },
};

const services = defineResource({
  name: 'services',
  title: { es: 'Servicios', en: 'Services' },
  description: 'What is offered, how long it takes and what it costs.',
  table: 'booking_services',
  permissions,
  schema: z.object({
    name,
    aliases,
    description: text,
    category: z.string().max(200).default(''),
    price: z.number().min(0).max(9_999_999_999).describe("In the house's currency"),
    durationMinutes: z.int().min(5).max(1_440),
    bufferBeforeMinutes: z.int().min(0).max(480).default(0).describe('Minutes that whoever attends is busy before'),
    bufferAfterMinutes: z.int().min(0).max(480).default(0),
    active,
    position,
  }),
  fields: {
    ...named,
    description: label('Descripción', 'Description'),
    category: label('Categoría', 'Category'),
    price: label('Precio', 'Price'),
    durationMinutes: label('Duración', 'Duration'),
    bufferBeforeMinutes: label('Margen antes', 'Buffer before'),
    bufferAfterMinutes: label('Margen después', 'Buffer after'),
  },
  key: ['name'],
  order: ['position', 'name', 'price', 'durationMinutes'],
  filters: ['active', 'category', 'price'],
  search: ['name', 'aliases', 'description'],
  hooks: {
    async removing(ids, { query, workspaceId }) {
      const list = sql.param([...ids]);
      // Promotions keep ids in a list, which no foreign key looks after.
      await query((database) =>
        database.execute(sql`UPDATE booking_promotions SET service_ids = ARRAY(SELECT unnest(service_ids) EXCEPT SELECT unnest(${list}::uuid[]))
          WHERE workspace_id = ${workspaceId} AND service_ids && ${list}::uuid[] AND NOT service_ids <@ ${list}::uuid[]`),
      );
      const { rows } = await query((database) =>
        database.execute<{ name: string }>(sql`SELECT name FROM booking_promotions
          WHERE workspace_id = ${workspaceId} AND service_ids && ${list}::uuid[] AND service_ids <> '{}'`),
      );
      // Without services a promotion is for all of them.
      return rows.map((row) => ({ reason: `the promotion "${row.name}" is for this service alone. Remove the promotion first` }));
    },
  },
});

const staff = defineResource({
  name: 'staff',
  title: { es: 'Personal', en: 'Staff' },
  description: 'Who attends, and which services they do.',
  table: 'booking_staff',
  permissions,
  schema: z.object({
    name,
    aliases,
    services: z.array(name).default([]).describe('Names of the services that they do'),
    active,
    position,
  }),
  fields: {
    ...named,
    services: {
      ...label('Servicios', 'Services'),
      reference: {
        table: 'booking_services',
        by: 'name',
        through: { table: 'booking_staff_services', own: 'staff_id', other: 'service_id' },
      },
    },
  },
  key: ['name'],
  order: ['position', 'name'],
  filters: ['active', 'services'],
  search: ['name', 'aliases'],
});

const openingHours = defineResource({
  name: 'opening-hours',
  title: { es: 'Horarios', en: 'Opening hours' },
  description: 'Periods of the week: those of the house, or of one person, who then works at no other times.',
  table: 'booking_opening_hours',
  permissions,
  schema: z
    .object({ staff: name.nullable().default(null).describe('Empty: the house'), weekday, opens: time, closes: closing })
    .refine(({ opens, closes }) => closes > opens, { path: ['closes'], message: 'must be later than opens' }),
  fields: { staff: oneOfStaff, weekday: label('Día', 'Weekday'), opens: label('Abre', 'Opens'), closes: label('Cierra', 'Closes') },
  key: ['staff', 'weekday', 'opens'],
  order: ['weekday', 'opens'],
  filters: ['staff', 'weekday'],
  hooks: {
    written: (rows, context) =>
      overlaps(
        rows.map(({ id }) => id),
        context,
      ),
  },
});

/** Two periods of the same day, of the same person or the house, that overlap. */
async function overlaps(ids: readonly string[], { query, workspaceId }: ResourceContext): Promise<RowFault[]> {
  const { rows } = await query((database) =>
    database.execute<{ id: string; opens: string; closes: string }>(sql`
      SELECT DISTINCT ON (one.id) one.id, to_char(other.opens, 'HH24:MI') AS opens, to_char(other.closes, 'HH24:MI') AS closes
      FROM booking_opening_hours one JOIN booking_opening_hours other ON other.workspace_id = one.workspace_id AND other.id <> one.id
        AND other.weekday = one.weekday AND other.staff_id IS NOT DISTINCT FROM one.staff_id
        AND other.opens < one.closes AND one.opens < other.closes
      WHERE one.workspace_id = ${workspaceId} AND one.id = ANY(${sql.param([...ids])}::uuid[])`),
  );
  return rows.map(({ id, opens, closes }) => ({
    id,
    field: 'opens',
    reason: `overlaps with ${opens} to ${closes} of the same day`,
  }));
}

const period = z
  .object({ from: time, to: closing })
  .refine(({ from, to }) => to > from, { message: 'must end later than it begins' });

const specialDates = defineResource({
  name: 'special-dates',
  title: { es: 'Fechas especiales', en: 'Special dates' },
  description: "Days on which the week's hours do not hold, of the house or of one person; without periods closed, or absent.",
  table: 'booking_special_dates',
  permissions,
  schema: z.object({
    date: z.iso.date(),
    staff: name.nullable().default(null).describe('Empty: the house'),
    periods: z
      .array(period)
      .default([])
      .refine(
        (periods) =>
          periods.every((one, index) => periods.every((two, other) => other <= index || one.to <= two.from || two.to <= one.from)),
        { message: 'must not overlap' },
      )
      .describe('In CSV 09:00-13:00 | 15:00-20:00'),
    reason: z.string().max(200).default(''),
  }),
  fields: {
    date: label('Fecha', 'Date'),
    staff: oneOfStaff,
    periods: { ...label('Horarios', 'Periods'), cell: { read: readPeriods, write: writePeriods } },
    reason: label('Motivo', 'Reason'),
  },
  key: ['date', 'staff'],
  order: ['date'],
  filters: ['date', 'staff'],
  search: ['reason'],
});

function readPeriods(cell: string): { from: string; to: string }[] {
  return cell.split('|').map((part) => {
    const [, from, to] = /^\s*(\d{1,2}:\d\d)\s*(?:-|–|a)\s*(\d{1,2}:\d\d)\s*$/.exec(part) ?? [];
    if (from === undefined || to === undefined) throw new Error(`"${part.trim()}" is no period; write 09:00-13:00 | 15:00-20:00`);
    return { from: from.padStart(5, '0'), to: to.padStart(5, '0') };
  });
}

function writePeriods(value: unknown): string {
  return (value as { from: string; to: string }[]).map(({ from, to }) => `${from}-${to}`).join(' | ');
}

const promotions = defineResource({
  name: 'promotions',
  title: { es: 'Promociones', en: 'Promotions' },
  description: 'Discounts for services on some days; the best one that applies counts.',
  table: 'booking_promotions',
  permissions,
  schema: z
    .object({
      name,
      description: text,
      discountPercent: z.number().gt(0).max(100),
      services: z.array(name).default([]).describe('Names of services; none: all of them'),
      validFrom: z.iso.date().nullable().default(null),
      validTo: z.iso.date().nullable().default(null),
      weekdays: z.array(weekday).default([]).describe('None: every day'),
      active,
    })
    .refine(({ validFrom, validTo }) => validFrom === null || validTo === null || validTo >= validFrom, {
      path: ['validTo'],
      message: 'must not be before validFrom',
    }),
  fields: {
    name: named.name,
    description: label('Descripción', 'Description'),
    active: named.active,
    discountPercent: label('Descuento', 'Discount'),
    services: { ...label('Servicios', 'Services'), column: 'service_ids', reference: { table: 'booking_services', by: 'name' } },
    validFrom: label('Desde', 'From'),
    validTo: label('Hasta', 'Until'),
    weekdays: label('Días', 'Weekdays'),
  },
  key: ['name'],
  order: ['name', 'discountPercent'],
  filters: ['active', 'services'],
  search: ['name', 'description'],
});

const optionalText = z.string().trim().min(1).max(300).nullable().default(null);

const settings = defineResource({
  name: 'settings',
  title: { es: 'Ajustes', en: 'Settings' },
  description: 'The house itself: its name and address, and how it books. One row.',
  table: 'booking_settings',
  permissions,
  schema: z.object({
    name,
    address: optionalText,
    phone: optionalText,
    email: z.email().max(254).nullable().default(null),
    currency: z
      .string()
      .regex(/^[A-Z]{3}$/, 'must be a code such as ARS')
      .default('ARS'),
    slotStepMinutes: z.int().min(5).max(480).default(30).describe('Distance of the start times that are offered'),
    noticeMinutes: z.int().min(0).default(60).describe('Nothing is booked that starts sooner'),
    changeMinutes: z
      .int()
      .min(0)
      .max(43_200)
      .default(0)
      .describe('Customers move and cancel until so many minutes before the start'),
    horizonDays: z.int().min(1).max(730).default(60).describe('Nothing is booked later than this many days from today'),
    holdMinutes: z.int().min(1).max(1_440).default(10),
    reminderHours: z.int().min(1).max(336).default(24),
    maxOpenBookings: z.int().min(1).default(4),
    maxCallsPerConversation: z.int().min(1).default(15),
  }),
  fields: {
    name: label('Nombre', 'Name'),
    address: label('Dirección', 'Address'),
    phone: label('Teléfono', 'Phone'),
    email: label('Correo', 'E-mail'),
    currency: label('Moneda', 'Currency'),
  },
  key: [],
  order: ['name'],
});

export const resources = [services, staff, openingHours, specialDates, promotions, settings, appointments] as const;
