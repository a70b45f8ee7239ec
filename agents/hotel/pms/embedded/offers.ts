/** What can be offered for a request, by an agenda. Pure. */
import { datesOf, nightsBetween } from '../../calendar-dates.ts';
import type { House, HouseType } from '../../house.ts';
import type { NothingReason, PmsOffer, PmsOffers, RoomGuests, StayRequest } from '../contract.ts';
import type { Agenda } from './agenda.ts';
import { priceRoom, type RoomPrice, taxesOn } from './prices.ts';

/** For how long a price that was told stands, where it stays free. */
export const offerMinutes = 30;

export function fits(type: Pick<HouseType, 'sleeps' | 'adults'>, { adults, children }: RoomGuests): boolean {
  return adults <= type.adults && adults + children.length <= type.sleeps;
}

/** Rooms of a type that are free for all of the nights. */
export function freeRooms(type: HouseType, agenda: Agenda, checkIn: string, checkOut: string): number {
  let least = type.rooms.length;
  for (const date of datesOf(checkIn, checkOut)) least = Math.min(least, type.rooms.length - agenda.taken(type.id, date));
  return Math.max(0, least);
}

interface PricedRoom extends RoomPrice {
  type: HouseType;
  guests: RoomGuests;
}

/** Offers of one type for all rooms; where there is none, one of several types together. Cheapest first. */
export function offersFor(house: House, agenda: Agenda, request: StayRequest, now: Date): PmsOffers {
  const { typeId, rooms } = request;
  const types = typeId === undefined ? house.types : house.types.filter(({ id }) => id === typeId);
  const suiting = types.filter((type) => rooms.every((guests) => fits(type, guests)));
  const reasons: NothingReason[] = [];
  const offers: PmsOffer[] = [];
  for (const type of suiting) {
    const priced = priceAll(house, agenda, request, () => type);
    const left = freeRooms(type, agenda, request.checkIn, request.checkOut);
    if (!Array.isArray(priced)) reasons.push(priced);
    else if (left < rooms.length) reasons.push({ kind: 'sold-out' });
    else offers.push(offerOf(house, request, priced, Math.floor(left / rooms.length), now));
  }
  if (offers.length === 0 && rooms.length > 1 && typeId === undefined) {
    const mixed = mixedOffer(house, agenda, request, now);
    if (mixed !== undefined) offers.push(mixed);
  }
  if (offers.length > 0) return { offers: offers.sort((one, other) => one.total - other.total) };
  return { offers, nothing: suiting.length === 0 ? { kind: 'occupancy' } : strongest(reasons) };
}

/** The reason that helps most: what can be had by another wish, before what cannot. */
function strongest(reasons: readonly NothingReason[]): NothingReason {
  for (const kind of ['min-nights', 'sold-out', 'closed'] as const) {
    const found = reasons.filter((reason) => reason.kind === kind);
    const least = found.toSorted((one, other) => nightsOf(one) - nightsOf(other))[0];
    if (least !== undefined) return least;
  }
  return reasons[0] ?? { kind: 'no-rate' };
}

const nightsOf = (reason: NothingReason) => (reason.kind === 'min-nights' ? reason.nights : 0);

function priceAll(
  house: House,
  agenda: Agenda,
  request: StayRequest,
  typeFor: (guests: RoomGuests) => HouseType | undefined,
): PricedRoom[] | NothingReason {
  const priced: PricedRoom[] = [];
  for (const guests of request.rooms) {
    const type = typeFor(guests);
    if (type === undefined) return { kind: 'sold-out' };
    const price = priceRoom(agenda.rates, type.id, guests, request, house);
    if ('kind' in price) return price;
    priced.push({ ...price, type, guests });
  }
  return priced;
}

/** For each room the cheapest type that is still free, the fullest room first. */
function mixedOffer(house: House, agenda: Agenda, request: StayRequest, now: Date): PmsOffer | undefined {
  const left = new Map(house.types.map((type) => [type.id, freeRooms(type, agenda, request.checkIn, request.checkOut)]));
  const size = ({ adults, children }: RoomGuests) => adults + children.length;
  const rooms = request.rooms.toSorted((one, other) => size(other) - size(one));
  const priced = priceAll(house, agenda, { ...request, rooms }, (guests) => {
    const candidates = house.types
      .filter((type) => (left.get(type.id) ?? 0) > 0 && fits(type, guests))
      .flatMap((type) => {
        const price = priceRoom(agenda.rates, type.id, guests, request, house);
        return 'kind' in price ? [] : [{ type, total: sumOf(price) }];
      })
      .sort((one, other) => one.total - other.total);
    const type = candidates[0]?.type;
    if (type !== undefined) left.set(type.id, (left.get(type.id) ?? 0) - 1);
    return type;
  });
  return Array.isArray(priced) ? offerOf(house, request, priced, 1, now) : undefined;
}

const sumOf = ({ nightly }: RoomPrice) => nightly.reduce((sum, { price }) => sum + price, 0);

function offerOf(house: House, request: StayRequest, priced: readonly PricedRoom[], left: number, now: Date): PmsOffer {
  const nights = nightsBetween(request.checkIn, request.checkOut);
  const adults = request.rooms.reduce((sum, guests) => sum + guests.adults, 0);
  const nightsTotal = priced.reduce((sum, price) => sum + sumOf(price), 0);
  const { taxes, onTop } = taxesOn(house.taxes, nightsTotal, { nights, adults });
  const total = nightsTotal + onTop;
  const firstNight = priced.reduce((sum, { nightly }) => sum + (nightly[0]?.price ?? 0), 0);
  const refundable = priced.every((price) => price.refundable);
  return {
    id: priced.map(({ type }) => type.id).join('+'),
    rooms: priced.map(({ type, guests, nightly }) => ({
      typeId: type.id,
      type: type.name,
      guests,
      nightly,
      // What comes on top, as the room's share of the nights has it.
      total:
        sumOf({ nightly, refundable }) +
        (nightsTotal === 0 ? 0 : Math.round((onTop * sumOf({ nightly, refundable })) / nightsTotal)),
    })),
    taxes,
    total,
    currency: house.currency,
    cancellation: {
      refundable,
      freeHours: house.freeCancelHours,
      fee: refundable ? Math.min(total, Math.round((firstNight * house.cancelFeePercent) / 100)) : total,
    },
    left,
    expires: now.getTime() + offerMinutes * 60_000,
  };
}

/** Shares the guests out over so many rooms; `undefined` where a room would be without an adult. */
export function shareOut(adults: number, children: readonly number[], rooms: number): RoomGuests[] | undefined {
  if (adults < rooms) return undefined;
  const shared: RoomGuests[] = Array.from({ length: rooms }, (_, index) => ({
    adults: Math.floor(adults / rooms) + (index < adults % rooms ? 1 : 0),
    children: [],
  }));
  const size = (guests: RoomGuests) => guests.adults + guests.children.length;
  for (const age of children.toSorted((one, other) => other - one)) {
    const emptiest = shared.reduce((least, guests) => (size(guests) < size(least) ? guests : least));
    emptiest.children.push(age);
  }
  return shared;
}
