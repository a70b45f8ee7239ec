/**
 * What the booking agent's tools take and answer. Dates are ISO 8601 local dates, times are HH:MM of the workspace's time zone,
 * money is a decimal number in the workspace's currency. Everything the domain can answer is a value here, never an exception.
 */
import { z } from 'zod';
import type { MediaPart } from '../../src/index.ts';

const date = z.iso.date().describe('Local date, YYYY-MM-DD');
const time = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d$/)
  .describe('Local time, HH:MM, 24 hours');
const serviceName = z.string().min(1).max(200).describe('Name of the service as get_services answers it');
const staffName = z.string().min(1).max(200).describe('Name of the person who attends; leave it out when anyone will do');
const email = z.email().max(254);
const phone = z
  .string()
  .regex(/^\+?\d[\d\s().-]{5,24}$/)
  .describe('Phone number, with country code if known');

export const getServicesInput = z.object({ service: serviceName.optional() });
export type ServiceView = {
  name: string;
  description: string;
  category: string;
  price: number;
  currency: string;
  durationMinutes: number;
  staff: string[];
};
/** `unknown` when a service was named that is not offered; `services` then holds all of them. */
export type GetServicesOutput = { kind: 'services' | 'unknown'; services: ServiceView[] };

export const getBusinessHoursInput = z.object({ date: date.optional() });
export type OpeningPeriod = { from: string; to: string };
export type GetBusinessHoursOutput = {
  /** Monday = 1 … Sunday = 7; no periods: closed. */
  week: { weekday: number; periods: OpeningPeriod[] }[];
  /** Coming exceptions (holidays, special openings). */
  specialDates: { date: string; periods: OpeningPeriod[]; reason: string }[];
  /** The day asked for, if one was. */
  day?: { date: string; periods: OpeningPeriod[]; reason?: string };
  timeZone: string;
  address?: string;
  phone?: string;
};

export const getPromotionsInput = z.object({ service: serviceName.optional() });
export type GetPromotionsOutput = {
  promotions: { name: string; description: string; discountPercent: number; services: string[]; until?: string }[];
};

export const getAvailabilityInput = z.object({
  service: serviceName,
  from: date.describe('First day to look at'),
  to: date.optional().describe('Last day to look at, included; the first day alone when absent'),
  timeFrom: time.optional().describe('Earliest start, HH:MM'),
  timeTo: time.optional().describe('Starts before this time, HH:MM; the same as timeFrom to ask for exactly that time'),
  staff: staffName.optional(),
  moving: z.string().trim().min(4).max(12).optional().describe('Code of the appointment to be moved: its own time counts as free'),
});
export type Slot = { date: string; time: string; staff: string };
export type GetAvailabilityOutput =
  | {
      kind: 'available';
      service: string;
      durationMinutes: number;
      /** Opening hours of the day, where a single day was asked for. */
      hours?: OpeningPeriod[];
      /** Where a single day was asked for, what the service costs on that day, else the list price. */
      price: number;
      currency: string;
      /** Name of the promotion that made the price. */
      promotion?: string;
      /** In order of time, one per start time (any of the staff who are free), at most 12 a day and 60 in all. */
      slots: Slot[];
    }
  /** `reason` says why nothing fits; `alternatives` are the nearest free slots otherwise. */
  | {
      kind: 'none';
      service: string;
      reason: 'closed' | 'full' | 'too-soon' | 'too-far' | 'past' | 'staff-absent' | 'no-such-time';
      /** Opening hours of the day, where a single day was asked for; none: closed all day. */
      hours?: OpeningPeriod[];
      alternatives: Slot[];
    }
  | { kind: 'unknown-service'; services: string[] }
  | { kind: 'unknown-staff'; staff: string[] };

export const holdSlotInput = z.object({ service: serviceName, date, time, staff: staffName.optional() });
/** A hold keeps the slot for this conversation while the customer confirms; it expires by itself. A new hold releases the earlier one. */
export type HoldSlotOutput =
  | {
      kind: 'held';
      slot: Slot;
      service: string;
      durationMinutes: number;
      price: number;
      currency: string;
      /** Name of the promotion that made the price. */
      promotion?: string;
      /** Instant, ISO 8601 in UTC. */
      expiresAt: string;
    }
  | { kind: 'taken'; alternatives: Slot[] }
  | Extract<GetAvailabilityOutput, { kind: 'none' | 'unknown-service' | 'unknown-staff' }>;

export const bookAppointmentInput = z.object({
  service: serviceName,
  date,
  time,
  staff: staffName.optional(),
  name: z.string().trim().min(2).max(120),
  phone: phone.optional(),
  email: email.optional(),
});
export type AppointmentView = {
  /** Short code for people, e.g. `K7M2QX`. */
  code: string;
  service: string;
  date: string;
  time: string;
  durationMinutes: number;
  staff: string;
  name: string;
  price: number;
  currency: string;
  /** Name of the promotion that made the price. */
  promotion?: string;
  status: 'confirmed' | 'cancelled';
};
/** The iCalendar file of an appointment. */
export interface CalendarFile {
  /** Where it is, for who has no account too; expires a month after the appointment. */
  calendarUrl: string;
  /** It goes with the reply; absent for appointments that were booked before there were artifacts. */
  calendar?: MediaPart;
  /** Where the customer sees, moves and cancels it without an account; expires with the file. Absent in calls of before there was such a page. */
  manageUrl?: string;
}
export type BookAppointmentOutput =
  | ({ kind: 'booked'; appointment: AppointmentView } & CalendarFile)
  | Exclude<HoldSlotOutput, { kind: 'held' }>;

export const findAppointmentsInput = z.object({
  phone: phone.optional(),
  email: email.optional(),
  code: z.string().trim().min(4).max(12).optional(),
  name: z.string().trim().min(2).max(120).optional(),
});
/**
 * Future appointments of this customer: those booked in this conversation, those of a contact that the channel vouches for, and the one whose
 * code the customer gave. Two weaker facts that belong together (contact and name, phone and e-mail) show dates only, `code-needed`: others
 * can know both.
 */
export type FindAppointmentsOutput =
  | { kind: 'found'; appointments: AppointmentView[] }
  /** Dates and times of their coming appointments; everything else, and any change, needs the code. */
  | { kind: 'code-needed'; appointments: { date: string; time: string }[] }
  /** `code`: contact and name were tried too often within the hour, by whomever. */
  | { kind: 'not-enough'; missing: ('contact' | 'name-or-code' | 'code')[] };

export const rescheduleAppointmentInput = z.object({
  code: z.string().trim().min(4).max(12),
  date,
  time,
  staff: staffName.optional(),
});
export type RescheduleAppointmentOutput =
  | ({ kind: 'moved'; appointment: AppointmentView; from: { date: string; time: string } } & CalendarFile)
  | { kind: 'not-found' }
  | Exclude<HoldSlotOutput, { kind: 'held' }>;

export const cancelAppointmentInput = z.object({ code: z.string().trim().min(4).max(12), reason: z.string().max(500).optional() });
export type CancelAppointmentOutput = { kind: 'cancelled'; appointment: AppointmentView } | { kind: 'not-found' };

export const escalateToHumanInput = z.object({ reason: z.string().min(1).max(500) });
export type EscalateToHumanOutput = { kind: 'escalated'; message: string };
