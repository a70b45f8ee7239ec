/** From what a system answers to offers of ours. */
import { sql } from '../../../../src/database.ts';
import type { Database } from '../../../../src/index.ts';
import { datesOf, nightsBetween } from '../../calendar-dates.ts';
import type { House, HouseType } from '../../house.ts';
import type { PmsOffer, PmsOffers, StayRequest } from '../contract.ts';
import type { BookingPlace } from '../embedded/bookings.ts';
import { fits, offerMinutes } from '../embedded/offers.ts';
import { nowOf } from '../embedded/rows.ts';
import type { ForeignQuote, ForeignSystem } from './contract.ts';

/** A price there, of a type here. */
export interface TypedQuote {
  type: HouseType;
  quote: ForeignQuote;
}

/** Asks for the types that suit a wish and are known there. @throws PmsDown */
export async function askQuotes(house: House, system: ForeignSystem, request: StayRequest): Promise<TypedQuote[]> {
  const { typeId, rooms, checkIn, checkOut } = request;
  const suiting = house.types.filter(
    (type) => type.external !== null && (typeId === undefined || type.id === typeId) && rooms.every((guests) => fits(type, guests)),
  );
  if (suiting.length === 0) return [];
  const quotes = await system.quote({ checkIn, checkOut, rooms, types: suiting.map(({ external }) => external ?? '') });
  return quotes.flatMap((quote) => {
    const type = suiting.find(({ external }) => external === quote.type);
    return type === undefined ? [] : [{ type, quote }];
  });
}

/** Rooms of a type that our own holds keep on these nights and the system does not know of yet; one too many rather than one too few. */
export async function heldHere(
  database: Database,
  { access, house, conversationId }: BookingPlace,
  { checkIn, checkOut }: StayRequest,
): Promise<(typeId: string) => number> {
  const { rows } = await database.execute<{ type: string; count: number }>(sql`
    SELECT s.type_id AS type, count(*)::int AS count FROM hotel_stays s
      JOIN hotel_bookings b ON b.workspace_id = s.workspace_id AND b.id = s.booking_id
    WHERE s.workspace_id = ${access.workspaceId} AND s.type_id = ANY(${sql.param(house.types.map(({ id }) => id))}::uuid[])
      AND s.status = 'held' AND s.nights && daterange(${checkIn}::date, ${checkOut}::date)
      AND NOT (b.status = 'held' AND (b.hold_expires_at <= ${nowOf(access)}
        OR coalesce(b.conversation_id = ${conversationId ?? null}::uuid, false)))
    GROUP BY 1`);
  const counts = new Map(rows.map(({ type, count }) => [type, count]));
  return (typeId) => counts.get(typeId) ?? 0;
}

export function offersFrom(
  house: House,
  request: StayRequest,
  quotes: readonly TypedQuote[],
  held: (typeId: string) => number,
  now: Date,
): PmsOffers {
  const wanted = request.rooms.length;
  const offers = quotes
    .map(({ type, quote }) => offerOf(house, request, { type, quote }, Math.floor((quote.left - held(type.id)) / wanted), now))
    .filter(({ left }) => left > 0)
    .sort((one, other) => one.total - other.total);
  if (offers.length > 0) return { offers };
  const { typeId, rooms } = request;
  const suits = house.types.some(
    (type) => (typeId === undefined || type.id === typeId) && rooms.every((guests) => fits(type, guests)),
  );
  return { offers, nothing: { kind: suits ? 'sold-out' : 'occupancy' } };
}

function offerOf(house: House, request: StayRequest, { type, quote }: TypedQuote, left: number, now: Date): PmsOffer {
  const { rooms, checkIn, checkOut } = request;
  const nights = nightsBetween(checkIn, checkOut);
  const each = Math.floor(quote.total / rooms.length);
  const nightly =
    quote.nightly ?? datesOf(checkIn, checkOut).map((date) => ({ date, price: Math.floor(quote.total / rooms.length / nights) }));
  const refundable = quote.refundable ?? true;
  const firstNights = (nightly[0]?.price ?? 0) * rooms.length;
  return {
    id: rooms.map(() => type.id).join('+'),
    rooms: rooms.map((guests, index) => ({
      typeId: type.id,
      type: type.name,
      guests,
      nightly,
      total: index === 0 ? quote.total - each * (rooms.length - 1) : each,
    })),
    taxes: quote.taxes ?? [],
    total: quote.total,
    currency: house.currency,
    cancellation: {
      refundable,
      freeHours: house.freeCancelHours,
      fee: refundable ? Math.min(quote.total, Math.round((firstNights * house.cancelFeePercent) / 100)) : quote.total,
    },
    left,
    expires: now.getTime() + offerMinutes * 60_000,
  };
}
