/** From a wish to offers, or to the reason why there are none with other ways to stay. */
import type { ToolContext } from '../../src/index.ts';
import { addDays, nightsBetween } from './calendar-dates.ts';
import type { Alternatives, Misread, NoRoom, RequestView, SearchRoomsInput, SearchRoomsOutput, SystemDown } from './contract.ts';
import type { House } from './house.ts';
import { findNamed } from './names.ts';
import { tellOffers } from './offers.ts';
import { type NothingReason, PmsDown, type PmsOffer, type PmsOffers, type StayRequest } from './pms/contract.ts';
import { shareOut } from './pms/embedded/offers.ts';
import { todayOf } from './stays.ts';
import { type PmsSystems, pmsFor } from './systems.ts';

/** Days around the wished ones that are looked at, the nearest first. */
const shifts = [1, -1, 2, -2, 3, -3, 7, -7];
const mostOtherDates = 3;
const mostOtherTypes = 3;

export interface Search {
  systems: PmsSystems;
  context: ToolContext;
  house: House;
}

/** A wish that is of a shape that can be sold. */
export interface Wish {
  request: StayRequest;
  adults: number;
  children: number[];
}

/** @returns what is wrong with it, before anything is looked up. */
export function readWish(house: House, input: Omit<SearchRoomsInput, 'hotel'>, now: Date): Wish | Misread {
  const { checkIn, checkOut, adults, children = [], childrenWithoutAge = 0, rooms = 1, type } = input;
  const today = todayOf(house, now);
  const no = (reason: Extract<Misread, { kind: 'refused' }>['reason'], limit?: number | string): Misread => ({
    kind: 'refused',
    reason,
    ...(limit === undefined ? {} : { limit }),
  });
  if (checkOut <= checkIn) return no('dates-in-order');
  if (checkIn < today) return no('past');
  if (nightsBetween(checkIn, checkOut) > house.maxNights) return no('too-long', house.maxNights);
  const last = addDays(today, house.horizonDays);
  if (checkOut > last) return no('too-far', last);
  if (adults < 1) return no('adult-needed');
  if (childrenWithoutAge > 0) return { kind: 'needs-ages', children: childrenWithoutAge };
  const found = type === undefined ? undefined : findNamed(house.types, type);
  if (type !== undefined && found === undefined) return { kind: 'unknown-type', types: house.types.map(({ name }) => name) };
  const most = (of: 'sleeps' | 'adults') => house.types.reduce((sum, each) => sum + each[of] * each.rooms.length, 0);
  if (adults > most('adults')) return no('too-many-guests', most('adults'));
  if (adults + children.length > most('sleeps')) return no('too-many-guests', most('sleeps'));
  const shared = shareOut(adults, children, rooms);
  if (shared === undefined) return no('more-rooms-than-guests', adults);
  return { request: { checkIn, checkOut, rooms: shared, ...(found === undefined ? {} : { typeId: found.id }) }, adults, children };
}

export function requestView({ request, adults, children }: Wish): RequestView {
  const { checkIn, checkOut, rooms } = request;
  return { checkIn, checkOut, nights: nightsBetween(checkIn, checkOut), adults, children, rooms: rooms.length };
}

/** Offers for a wish. */
export async function searchFor(search: Search, wish: Wish): Promise<SearchRoomsOutput> {
  const { context, house, systems } = search;
  const { conversationId } = context;
  try {
    const pms = pmsFor(systems, { access: context, house, conversationId });
    const [found] = await pms.offers([wish.request]);
    if (found === undefined || found.offers.length === 0) return await noRoom(search, wish, found?.nothing ?? { kind: 'sold-out' });
    const offers = await tellOffers(
      context,
      house,
      found.offers.map((offer) => ({ request: wish.request, offer })),
    );
    const asOf = found.asOf === undefined ? {} : { asOf: new Date(found.asOf).toISOString() };
    return { kind: 'available', hotel: house.name, request: requestView(wish), offers, ...asOf };
  } catch (error) {
    return down(error);
  }
}

export function down(error: unknown): SystemDown {
  if (error instanceof PmsDown) return { kind: 'system-down' };
  throw error;
}

export async function noRoom(search: Search, wish: Wish, nothing: NothingReason): Promise<NoRoom> {
  return {
    kind: 'none',
    hotel: search.house.name,
    request: requestView(wish),
    reason: nothing.kind,
    ...(nothing.kind === 'min-nights' ? { minNights: nothing.nights } : {}),
    alternatives: await alternativesTo(search, wish, nothing),
  };
}

/** Same type on days nearby, other types on the same days, more rooms. Asked for in one go. */
export async function alternativesTo(search: Search, wish: Wish, nothing?: NothingReason): Promise<Alternatives> {
  const { context, house, systems } = search;
  const { request } = wish;
  const pms = pmsFor(systems, { access: context, house, conversationId: context.conversationId });
  const today = todayOf(house, context.now());
  const last = addDays(today, house.horizonDays);
  const possible = ({ checkIn, checkOut }: StayRequest) => checkIn >= today && checkOut <= last;
  const { typeId, ...anyType } = request;
  const crowded = nothing?.kind === 'occupancy';
  const longer = nothing?.kind === 'min-nights' ? [{ ...request, checkOut: addDays(request.checkIn, nothing.nights) }] : [];
  const shifted = shifts.map((days) => ({
    ...request,
    checkIn: addDays(request.checkIn, days),
    checkOut: addDays(request.checkOut, days),
  }));
  const dates = crowded ? [] : [...longer, ...shifted].filter(possible);
  const types = typeId === undefined ? [] : [anyType];
  const shared = [1, 2, 3].flatMap((more) => {
    const rooms = shareOut(wish.adults, wish.children, request.rooms.length + more);
    return rooms === undefined ? [] : [rooms];
  });
  const rooms = shared.flatMap((each) => [
    { ...request, rooms: each },
    ...(typeId === undefined ? [] : [{ ...anyType, rooms: each }]),
  ]);
  const asked = [...dates, ...types, ...rooms];
  const answers = await pms.offers(asked);
  const told = asked.map((each, index) => ({ request: each, found: answers[index] }));
  const first = (list: typeof told, most: number) => list.flatMap((each) => offersOf(each).slice(0, 1)).slice(0, most);
  const otherDates = first(told.slice(0, dates.length), mostOtherDates);
  const otherTypes = told
    .slice(dates.length, dates.length + types.length)
    .flatMap(offersOf)
    .slice(0, mostOtherTypes);
  const moreRooms = first(told.slice(dates.length + types.length), 2);
  const all = await tellOffers(context, house, [...otherDates, ...otherTypes, ...moreRooms]);
  const middle = otherDates.length + otherTypes.length;
  return {
    otherDates: all.slice(0, otherDates.length),
    otherTypes: all.slice(otherDates.length, middle),
    moreRooms: all.slice(middle),
  };
}

function offersOf({ request, found }: { request: StayRequest; found: PmsOffers | undefined }) {
  return (found?.offers ?? []).map((offer: PmsOffer) => ({ request, offer }));
}
