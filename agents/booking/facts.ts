/** What the policy rules need to know of the store, loaded before a call is decided on. */
import { z } from 'zod';
import type { Contact, ToolContext } from '../../src/index.ts';
import { findService, loadCatalogue } from './catalogue.ts';
import { appointmentByCode, isOfVerifiedContact, openAppointmentsOf } from './customers.ts';
import { localTime } from './local-time.ts';

export const bookingFacts = z.object({
  limits: z.object({
    noticeMinutes: z.number(),
    changeMinutes: z.number().default(0),
    horizonDays: z.number(),
    maxOpenBookings: z.number(),
    maxCallsPerConversation: z.number(),
  }),
  /** Name and aliases of the service concerned; null where the workspace has no such service or appointment. */
  serviceNames: z.array(z.string()).nullable(),
  /** Future confirmed appointments of the customer's phone number or e-mail address. */
  openBookings: z.number(),
  /** The appointment that the code names, if there is one. */
  appointment: z
    .object({
      code: z.string(),
      date: z.string(),
      time: z.string(),
      bookedHere: z.boolean(),
      ofVerifiedContact: z.boolean(),
    })
    .nullable(),
});
export type BookingFacts = z.infer<typeof bookingFacts>;

/** What the call is about. */
export interface CallSubject {
  service?: string | undefined;
  customer?: Pick<Contact, 'phone' | 'email'> | undefined;
  code?: string | undefined;
}

/** Loads the facts in one transaction. Changes nothing. */
export function loadBookingFacts(context: ToolContext, subject: CallSubject): Promise<BookingFacts> {
  const { contact, conversationId } = context;
  return context.query(async (database) => {
    const catalogue = await loadCatalogue(database, context);
    const { customer, code } = subject;
    const said = customer?.phone !== undefined || customer?.email !== undefined;
    const open = customer === undefined ? [] : await openAppointmentsOf(database, context, (said ? customer : contact) ?? {});
    const appointment = code === undefined ? undefined : await appointmentByCode(database, context, code);
    const service = appointment?.service ?? (subject.service === undefined ? undefined : findService(catalogue, subject.service));
    const { noticeMinutes, changeMinutes, horizonDays, maxOpenBookings, maxCallsPerConversation } = catalogue.settings;
    return {
      limits: { noticeMinutes, changeMinutes, horizonDays, maxOpenBookings, maxCallsPerConversation },
      serviceNames: service === undefined ? null : [service.name, ...service.aliases],
      openBookings: open.length,
      appointment:
        appointment === undefined
          ? null
          : {
              code: appointment.code,
              ...localTime(appointment.start, context.timeZone),
              bookedHere: appointment.conversationId === conversationId,
              ofVerifiedContact: isOfVerifiedContact(appointment, contact),
            },
    };
  });
}
