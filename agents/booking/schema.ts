/**
 * The booking agent's tables, as the files in `migrations/` create them. Every row belongs to a workspace; row-level
 * security backs the `where` of every query.
 */
import {
  boolean,
  customType,
  date,
  integer,
  jsonb,
  numeric,
  pgTable,
  primaryKey,
  smallint,
  text,
  time,
  timestamp,
  uuid,
} from '../../src/database.ts';
import type { Contact } from '../../src/index.ts';
import type { OpeningPeriod } from './contract.ts';

/** Range of instants in PostgreSQL's notation: `[2026-11-20T12:00:00Z,2026-11-20T12:45:00Z)`. */
const instantRange = customType<{ data: string }>({ dataType: () => 'tstzrange' });

const instant = (name: string) => timestamp(name, { withTimezone: true });
const money = (name: string) => numeric(name, { precision: 12, scale: 2 });

/** One row a workspace; a workspace without one goes by the defaults of `catalogue.ts`. */
export const bookingSettings = pgTable('booking_settings', {
  workspaceId: text('workspace_id').primaryKey(),
  name: text('name').notNull(),
  address: text('address'),
  phone: text('phone'),
  email: text('email'),
  /** ISO 4217. */
  currency: text('currency').notNull().default('ARS'),
  /** Distance of the start times that are offered, counted from the opening. */
  slotStepMinutes: integer('slot_step_minutes').notNull().default(30),
  /** Nothing is booked that starts sooner than this. */
  noticeMinutes: integer('notice_minutes').notNull().default(60),
  /** Customers move and cancel until so long before the start. */
  changeMinutes: integer('change_minutes').notNull().default(0),
  /** Nothing is booked later than this many days from today. */
  horizonDays: integer('horizon_days').notNull().default(60),
  holdMinutes: integer('hold_minutes').notNull().default(10),
  reminderHours: integer('reminder_hours').notNull().default(24),
  /** Future confirmed appointments of one phone number or e-mail address. */
  maxOpenBookings: integer('max_open_bookings').notNull().default(4),
  /** Calls of each writing tool in one conversation. */
  maxCallsPerConversation: integer('max_calls_per_conversation').notNull().default(15),
  updatedAt: instant('updated_at').notNull().defaultNow(),
});

export const bookingServices = pgTable(
  'booking_services',
  {
    workspaceId: text('workspace_id').notNull(),
    id: uuid('id').notNull(),
    name: text('name').notNull(),
    aliases: text('aliases').array().notNull().default([]),
    description: text('description').notNull().default(''),
    category: text('category').notNull().default(''),
    price: money('price').notNull(),
    durationMinutes: integer('duration_minutes').notNull(),
    /** The staff member is busy this long before and after; the buffers may lie outside of the opening hours. */
    bufferBeforeMinutes: integer('buffer_before_minutes').notNull().default(0),
    bufferAfterMinutes: integer('buffer_after_minutes').notNull().default(0),
    active: boolean('active').notNull().default(true),
    position: integer('position').notNull().default(0),
  },
  (table) => [primaryKey({ columns: [table.workspaceId, table.id] })],
);

export const bookingStaff = pgTable(
  'booking_staff',
  {
    workspaceId: text('workspace_id').notNull(),
    id: uuid('id').notNull(),
    name: text('name').notNull(),
    aliases: text('aliases').array().notNull().default([]),
    active: boolean('active').notNull().default(true),
    /** Where the customer does not mind who attends, the first free person in this order does. */
    position: integer('position').notNull().default(0),
  },
  (table) => [primaryKey({ columns: [table.workspaceId, table.id] })],
);

/** Who does what. */
export const bookingStaffServices = pgTable(
  'booking_staff_services',
  {
    workspaceId: text('workspace_id').notNull(),
    staffId: uuid('staff_id').notNull(),
    serviceId: uuid('service_id').notNull(),
  },
  (table) => [primaryKey({ columns: [table.workspaceId, table.staffId, table.serviceId] })],
);

/** Periods of the week: the house's where `staffId` is null, else that person's, who then works at no other times. */
export const bookingOpeningHours = pgTable(
  'booking_opening_hours',
  {
    workspaceId: text('workspace_id').notNull(),
    id: uuid('id').notNull(),
    staffId: uuid('staff_id'),
    /** Monday = 1 … Sunday = 7. */
    weekday: smallint('weekday').notNull(),
    opens: time('opens').notNull(),
    /** `24:00` for midnight. */
    closes: time('closes').notNull(),
  },
  (table) => [primaryKey({ columns: [table.workspaceId, table.id] })],
);

/** Replaces the week's hours on one date, of the house or of one person. */
export const bookingSpecialDates = pgTable(
  'booking_special_dates',
  {
    workspaceId: text('workspace_id').notNull(),
    id: uuid('id').notNull(),
    date: date('date').notNull(),
    staffId: uuid('staff_id'),
    periods: jsonb('periods').$type<OpeningPeriod[]>().notNull().default([]),
    reason: text('reason').notNull().default(''),
  },
  (table) => [primaryKey({ columns: [table.workspaceId, table.id] })],
);

export const bookingPromotions = pgTable(
  'booking_promotions',
  {
    workspaceId: text('workspace_id').notNull(),
    id: uuid('id').notNull(),
    name: text('name').notNull(),
    description: text('description').notNull().default(''),
    discountPercent: numeric('discount_percent', { precision: 5, scale: 2 }).notNull(),
    /** Empty: every service. */
    serviceIds: uuid('service_ids').array().notNull().default([]),
    validFrom: date('valid_from'),
    validTo: date('valid_to'),
    /** Empty: every day. */
    weekdays: smallint('weekdays').array().notNull().default([]),
    active: boolean('active').notNull().default(true),
  },
  (table) => [primaryKey({ columns: [table.workspaceId, table.id] })],
);

/** Holds and appointments: both take the slot, by the same constraint. */
export const bookingAppointments = pgTable(
  'booking_appointments',
  {
    workspaceId: text('workspace_id').notNull(),
    id: uuid('id').notNull(),
    code: text('code').notNull(),
    serviceId: uuid('service_id').notNull(),
    staffId: uuid('staff_id').notNull(),
    /** Null while the slot is only held. */
    customerName: text('customer_name'),
    customerPhone: text('customer_phone'),
    customerEmail: text('customer_email'),
    /** See `contacts.ts`. */
    phoneKey: text('phone_key'),
    emailKey: text('email_key'),
    startsAt: instant('starts_at').notNull(),
    endsAt: instant('ends_at').notNull(),
    /** From start to end with the service's buffers: the time that the person who attends is busy. */
    period: instantRange('period').notNull(),
    price: money('price').notNull(),
    currency: text('currency').notNull(),
    /** Name of the promotion that made the price. */
    promotion: text('promotion'),
    status: text('status', { enum: ['held', 'confirmed', 'cancelled', 'expired'] }).notNull(),
    holdExpiresAt: instant('hold_expires_at'),
    conversationId: uuid('conversation_id').notNull(),
    /** The iCalendar file, kept up to date when the appointment moves. */
    fileId: text('file_id'),
    /** Counts changes after the booking: the `SEQUENCE` of the calendar file. */
    revision: integer('revision').notNull().default(0),
    cancelReason: text('cancel_reason'),
    createdAt: instant('created_at').notNull(),
    updatedAt: instant('updated_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.workspaceId, table.id] })],
);

/** Reminders that fell due, once per appointment and start. */
export const bookingReminders = pgTable(
  'booking_reminders',
  {
    workspaceId: text('workspace_id').notNull(),
    appointmentId: uuid('appointment_id').notNull(),
    startsAt: instant('starts_at').notNull(),
    status: text('status', { enum: ['due', 'sent', 'dropped'] })
      .notNull()
      .default('due'),
    createdAt: instant('created_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.workspaceId, table.appointmentId, table.startsAt] })],
);

/** Conversations that wait for a person. */
export const bookingHandoffs = pgTable(
  'booking_handoffs',
  {
    workspaceId: text('workspace_id').notNull(),
    id: uuid('id').notNull(),
    conversationId: uuid('conversation_id').notNull(),
    runId: uuid('run_id').notNull(),
    channel: text('channel').notNull(),
    contact: jsonb('contact').$type<Contact>(),
    reason: text('reason').notNull(),
    status: text('status', { enum: ['open', 'done'] })
      .notNull()
      .default('open'),
    createdAt: instant('created_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.workspaceId, table.id] })],
);
