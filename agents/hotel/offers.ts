/** What conversations are offered, kept so that what is held and booked is what was told. */
import { randomInt } from 'node:crypto';
import { sql } from '../../src/database.ts';
import type { ToolContext } from '../../src/index.ts';
import { nightsBetween } from './calendar-dates.ts';
import type { OfferView } from './contract.ts';
import type { House } from './house.ts';
import type { PmsOffer, StayRequest } from './pms/contract.ts';
import { everybody } from './pms/embedded/bookings.ts';
import { amountOf, cancellationView, depositOf, typesText } from './stays.ts';

export interface StoredOffer {
  id: string;
  hotelId: string;
  request: StayRequest;
  offer: PmsOffer;
  changing: string | null;
  /** Epoch milliseconds. */
  expires: number;
}

type OfferPlace = Pick<ToolContext, 'workspaceId' | 'now' | 'newId' | 'query' | 'conversationId'>;

const letters = '23456789abcdefghjkmnpqrstuvwxyz';
const newOfferId = () => `of${Array.from({ length: 8 }, () => letters.charAt(randomInt(letters.length))).join('')}`;

/** Stores offers, and answers how they are told. */
export async function tellOffers(
  place: OfferPlace,
  house: House,
  offers: readonly { request: StayRequest; offer: PmsOffer }[],
): Promise<OfferView[]> {
  if (offers.length === 0) return [];
  const stored = offers.map(({ request, offer }) => ({ id: newOfferId(), request, offer }));
  const rows = stored.map(({ id, request, offer }) => ({
    id,
    request,
    offer,
    changing: request.changing ?? null,
    expires_at: new Date(offer.expires).toISOString(),
  }));
  await place.query((database) =>
    database.execute(sql`
      INSERT INTO hotel_offers (workspace_id, id, hotel_id, conversation_id, request, offer, changing, expires_at)
      SELECT ${place.workspaceId}, o.id, ${house.id}, ${place.conversationId}, o.request, o.offer, o.changing, o.expires_at
      FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
        AS o(id text, request jsonb, offer jsonb, changing text, expires_at timestamptz)`),
  );
  return stored.map(({ id, request, offer }) => offerView(house, id, request, offer, place.now()));
}

/** The offer of this conversation with this id. */
export async function storedOffer(place: OfferPlace, id: string): Promise<StoredOffer | undefined> {
  const { rows } = await place.query((database) =>
    database.execute<{ stored: StoredOffer }>(sql`
      SELECT json_build_object('id', id, 'hotelId', hotel_id, 'request', request, 'offer', offer, 'changing', changing,
        'expires', (extract(epoch FROM expires_at) * 1000)::bigint) AS stored
      FROM hotel_offers WHERE workspace_id = ${place.workspaceId} AND id = ${id.toLowerCase()}
        AND conversation_id = ${place.conversationId}`),
  );
  return rows[0]?.stored;
}

/** Few rooms are worth telling. */
const fewLeft = 3;

export function offerView(house: House, id: string, request: StayRequest, offer: PmsOffer, now: Date): OfferView {
  const { checkIn, checkOut } = request;
  const nights = nightsBetween(checkIn, checkOut);
  const names = [...new Set(offer.rooms.map(({ typeId }) => typeId))];
  const described = names.flatMap((typeId) => house.types.find((type) => type.id === typeId)?.description ?? []);
  return {
    offer: id,
    hotel: house.name,
    type: typesText(offer.rooms.map(({ type }) => type)),
    description: described.filter((text) => text !== '').join(' '),
    checkIn,
    checkOut,
    nights,
    ...everybody(request),
    rooms: offer.rooms.map(({ type, guests, nightly, total }) => ({
      type,
      ...guests,
      nightly: nightly.map(({ date, price }) => ({ date, price: amountOf(price) })),
      total: amountOf(total),
    })),
    taxes: offer.taxes.map((tax) => ({ ...tax, amount: amountOf(tax.amount) })),
    total: amountOf(offer.total),
    averageNight: amountOf(Math.round(offer.total / nights)),
    currency: offer.currency,
    cancellation: cancellationView(offer.cancellation, request, house, now),
    ...depositOf(house, offer.total),
    ...(offer.left <= fewLeft ? { left: offer.left } : {}),
    expiresAt: new Date(offer.expires).toISOString(),
  };
}
