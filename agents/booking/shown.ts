/** What earlier answers of the tools showed to the customer. The records come from the store as JSON, so nothing is taken for granted. */
import { z } from 'zod';
import { type CallRecord, normaliseCode } from '../../src/index.ts';
import { findNamed } from './names.ts';

const slot = z.object({ date: z.string(), time: z.string() });
const shownSlots = z.object({
  service: z.string().optional(),
  slot: slot.optional(),
  slots: z.array(slot).optional(),
  alternatives: z.array(slot).optional(),
});
const namedService = z.object({ service: z.string() });
const appointment = z.object({ code: z.string(), date: z.string().optional(), time: z.string().optional() });
const shownAppointments = z.object({ appointment: appointment.optional(), appointments: z.array(appointment).optional() });
const held = z.object({ kind: z.literal('held'), slot: slot.extend({ staff: z.string().optional() }), expiresAt: z.string() });

/** A slot to be booked; `serviceNames` are the name of its service and all aliases. */
export interface WantedSlot {
  date: string;
  time: string;
  serviceNames: readonly string[];
}

/**
 * True where the answer offered this slot for this service: as free, as held, or as an alternative. Who attends makes no difference:
 * a list of times names one of several people.
 */
export function showsSlot(record: CallRecord, wanted: WantedSlot): boolean {
  const output = shownSlots.safeParse(record.output);
  if (!output.success) return false;
  const { slot: one, slots = [], alternatives = [] } = output.data;
  const service = output.data.service ?? namedService.safeParse(record.args).data?.service;
  // A refused move names no service: its alternatives are for the appointment's own.
  const sameService = service === undefined ? record.tool === 'reschedule_appointment' : names(wanted.serviceNames, service);
  const offered = [...(one === undefined ? [] : [one]), ...slots, ...alternatives];
  return sameService && offered.some(({ date, time }) => date === wanted.date && time === wanted.time);
}

function names([name = '', ...aliases]: readonly string[], text: string): boolean {
  return findNamed([{ name, aliases }], text) !== undefined;
}

/** Codes of the appointments that the answer showed to be the customer's. */
export function codesIn(record: CallRecord): string[] {
  return appointmentsIn(record).map(({ code }) => code);
}

/** The appointments that the answer showed to be the customer's, as they were then. */
export function appointmentsIn(record: CallRecord): z.infer<typeof appointment>[] {
  if (!['find_appointments', 'book_appointment', 'reschedule_appointment'].includes(record.tool)) return [];
  const output = shownAppointments.safeParse(record.output);
  if (!output.success) return [];
  const { appointment: one, appointments = [] } = output.data;
  return [...(one === undefined ? [] : [one]), ...appointments].map((each) => ({ ...each, code: normaliseCode(each.code) }));
}

/** The slot that the conversation holds at this moment: of the latest hold that was granted. `records` come latest first. */
export function heldSlot(records: readonly CallRecord[], now: Date): { date: string; time: string } | undefined {
  for (const record of records) {
    if (record.tool !== 'hold_slot') continue;
    const output = heldIn(record);
    if (output !== undefined) return Date.parse(output.expiresAt) > now.getTime() ? output.slot : undefined;
  }
  return undefined;
}

/** What a hold kept; `undefined` where it was refused. */
export function heldIn(record: CallRecord): z.infer<typeof held> | undefined {
  return record.tool === 'hold_slot' ? held.safeParse(record.output).data : undefined;
}
