/** What policy rules need to know of the store, loaded before a call is decided on. */
import { z } from 'zod';
import { normaliseCode, type ToolContext } from '../../src/index.ts';
import { houseById, loadHouses } from './house.ts';
import { storedOffer } from './offers.ts';
import { countOpenStays, isOfVerifiedContact, stayByCode } from './own-stays.ts';
import { staysHere } from './place.ts';
import { amountOf, cancellationAt } from './stays.ts';

export const hotelFacts = z.object({
  /** Most open stays of one contact, by the hotel concerned; the strictest one where none is. */
  maxOpenStays: z.number(),
  /** Open stays of the phone number or address that the call names, else of the contact. */
  openStays: z.number(),
  /** The offer that the call names, where this conversation was given it. */
  offer: z
    .object({
      id: z.string(),
      checkIn: z.string(),
      checkOut: z.string(),
      types: z.array(z.string()),
      total: z.number(),
      currency: z.string(),
      /** Instant, ISO 8601. */
      expiresAt: z.string(),
      /** Code of the stay that it would change. */
      changing: z.string().nullable(),
    })
    .nullable(),
  /** The open stay that the code names, if there is one. */
  stay: z
    .object({
      code: z.string(),
      checkIn: z.string(),
      checkOut: z.string(),
      status: z.string(),
      bookedHere: z.boolean(),
      ofVerifiedContact: z.boolean(),
      /** What cancelling costs at this moment. */
      cancelFee: z.number(),
      refundable: z.boolean(),
    })
    .nullable(),
});
export type HotelFacts = z.infer<typeof hotelFacts>;

export interface FactSubject {
  offer?: string | undefined;
  code?: string | undefined;
  contact?: { phone?: string | undefined; email?: string | undefined } | undefined;
}

/** Changes nothing. */
export async function loadHotelFacts(context: ToolContext, subject: FactSubject): Promise<HotelFacts> {
  const stored = subject.offer === undefined ? undefined : await storedOffer(context, subject.offer);
  const here = subject.code === undefined ? undefined : await staysHere(context);
  return context.query(async (database) => {
    const stay = subject.code === undefined ? undefined : await stayByCode(database, context, subject.code, here);
    const hotelId = stored?.hotelId ?? stay?.hotelId;
    const house = hotelId === undefined ? undefined : await houseById(database, context, hotelId);
    const limits = house === undefined ? await loadHouses(database, context) : [house];
    const { contact } = subject;
    const said = contact?.phone !== undefined || contact?.email !== undefined;
    const cancelling =
      stay === undefined || house === undefined ? undefined : cancellationAt(stay.cancellation, stay, house, context.now());
    return {
      maxOpenStays: Math.min(...limits.map(({ maxOpenStays }) => maxOpenStays), 100),
      openStays: await countOpenStays(database, context, (said ? contact : context.contact) ?? {}),
      offer:
        stored === undefined
          ? null
          : {
              id: stored.id,
              checkIn: stored.request.checkIn,
              checkOut: stored.request.checkOut,
              types: stored.offer.rooms.map(({ type }) => type),
              total: amountOf(stored.offer.total),
              currency: stored.offer.currency,
              expiresAt: new Date(stored.expires).toISOString(),
              changing: stored.changing,
            },
      stay:
        stay === undefined
          ? null
          : {
              code: normaliseCode(stay.code),
              checkIn: stay.checkIn,
              checkOut: stay.checkOut,
              status: stay.status,
              bookedHere: stay.conversationId === context.conversationId,
              ofVerifiedContact: isOfVerifiedContact(stay, context.contact),
              cancelFee: amountOf(cancelling?.fee ?? 0),
              refundable: cancelling?.refundable ?? false,
            },
    };
  });
}
