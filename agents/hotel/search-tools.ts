/** Tools that look for rooms and keep them. */
import { defineTool, type ToolContext } from '../../src/index.ts';
import {
  type HoldRoomOutput,
  holdRoomInput,
  type ListRoomTypesOutput,
  listRoomTypesInput,
  type OfferView,
  type PriceChanged,
  type RoomTypeView,
  type SearchRoomsOutput,
  searchRoomsInput,
  type Taken,
} from './contract.ts';
import { loadHotelFacts } from './facts.ts';
import { heldStay } from './held.ts';
import { type House, houseById } from './house.ts';
import { findNamed } from './names.ts';
import { offerView, type StoredOffer, storedOffer, tellOffers } from './offers.ts';
import { operationState } from './operations.ts';
import { houseOf } from './place.ts';
import type { PmsHold, Written } from './pms/contract.ts';
import { everybody } from './pms/embedded/bookings.ts';
import { mostExtensions } from './pms/embedded/embedded.ts';
import { priceRange } from './price-range.ts';
import { alternativesTo, down, readWish, searchFor } from './search.ts';
import { amountOf, type StayRecord } from './stays.ts';
import { type PmsSystems, pmsFor } from './systems.ts';

/** What a write of the reservation system may take, foreign ones included. */
export const writeTimeoutMs = 45_000;

export function searchTools(systems: PmsSystems) {
  const searchRooms = defineTool({
    name: 'search_rooms',
    description:
      'Free rooms with prices for a stay: total with taxes, price of each night, terms of cancelling. Where there is none it says why, with other ' +
      'dates, other types and more rooms. Call it before anything is held or booked, and again when dates or guests change.',
    input: searchRoomsInput,
    effect: 'read',
    timeoutMs: writeTimeoutMs,
    async execute(input, context): Promise<SearchRoomsOutput> {
      const house = await houseOf(context, input.hotel);
      if ('kind' in house) return house;
      const wish = readWish(house, input, context.now());
      return 'kind' in wish ? wish : searchFor({ systems, context, house }, wish);
    },
  });

  const listRoomTypes = defineTool({
    name: 'list_room_types',
    description: 'Room types of the hotel: for how many, beds, what is in them, and the range of prices of a night. All, or one.',
    input: listRoomTypesInput,
    effect: 'read',
    async execute({ hotel, type }, context): Promise<ListRoomTypesOutput> {
      const house = await houseOf(context, hotel);
      if ('kind' in house) return house;
      const one = type === undefined ? undefined : findNamed(house.types, type);
      if (type !== undefined && one === undefined) return { kind: 'unknown-type', types: house.types.map(({ name }) => name) };
      const ranges = await priceRange(context, house);
      const types = (one === undefined ? house.types : [one]).map((each): RoomTypeView => {
        const range = ranges.get(each.id);
        return {
          name: each.name,
          description: each.description,
          sleeps: each.sleeps,
          adults: each.adults,
          beds: each.beds,
          features: each.features,
          ...(range === undefined ? {} : { priceFrom: amountOf(range.from), priceTo: amountOf(range.to) }),
          currency: house.currency,
          hasPhoto: each.photo !== null,
        };
      });
      return { kind: 'types', hotel: house.name, types };
    },
  });

  const holdRoom = defineTool({
    name: 'hold_room',
    description:
      'Keeps the rooms of an offer for this guest for some minutes while they decide; a new hold releases the earlier one. Called again for the ' +
      'same offer it holds for longer, twice at most. Then tell dates, rooms and total, and ask for a yes.',
    input: holdRoomInput,
    effect: 'write',
    target: 'outside',
    timeoutMs: writeTimeoutMs,
    facts: ({ offer }, context) => loadHotelFacts(context, { offer }),
    execute: ({ offer }, context) => hold(systems, context, offer),
    async reconcile(key, { offer }, context) {
      const state = await operationState(context, key);
      return state === undefined ? { kind: 'did-not-happen' } : { kind: 'happened', output: await hold(systems, context, offer) };
    },
  });

  return { searchRooms, listRoomTypes, holdRoom };
}

async function hold(systems: PmsSystems, context: ToolContext, offerId: string): Promise<HoldRoomOutput> {
  const stored = await storedOffer(context, offerId);
  const house = stored && (await context.query((database) => houseById(database, context, stored.hotelId)));
  if (stored === undefined || house === undefined || stored.changing !== null) return { kind: 'unknown-offer' };
  const held = await heldStay(context, stored.id);
  const written = await keep(systems, context, house, stored, held);
  const offer = offerView(house, stored.id, stored.request, stored.offer, context.now());
  if (written.kind === 'done') {
    const { expires, extended } = written.value;
    return { kind: 'held', offer, expiresAt: new Date(expires).toISOString(), extensionsLeft: mostExtensions - extended };
  }
  if (written.kind === 'unclear') return { kind: 'system-down' };
  const { reason } = written;
  if (reason.kind === 'not-extended') return { kind: 'not-extended', expiresAt: new Date(reason.expires).toISOString() };
  return refusal(systems, context, house, stored, reason.kind);
}

async function keep(
  systems: PmsSystems,
  context: ToolContext,
  house: House,
  stored: StoredOffer,
  held: StayRecord | undefined,
): Promise<Written<PmsHold>> {
  const { conversationId, idempotencyKey } = context;
  try {
    const pms = pmsFor(systems, { access: context, house, conversationId, offerRef: stored.id });
    const first = await operationState(context, idempotencyKey);
    return held !== undefined && first === undefined
      ? await pms.extend(held.id, idempotencyKey)
      : await pms.hold(stored.offer, stored.request, idempotencyKey);
  } catch (error) {
    down(error);
    return { kind: 'refused', reason: { kind: 'down' } };
  }
}

/** Why an offer can no longer be had, with what can. */
export async function refusal(
  systems: PmsSystems,
  context: ToolContext,
  house: House,
  stored: StoredOffer,
  reason: string,
): Promise<PriceChanged | Taken | { kind: 'system-down' }> {
  if (reason === 'down') return { kind: 'system-down' };
  try {
    if (reason === 'price-changed') {
      const offer = await newPrice(systems, context, house, stored);
      if (offer !== undefined) return { kind: 'price-changed', before: amountOf(stored.offer.total), offer };
    }
    const wish = { request: stored.request, ...everybody(stored.request) };
    return { kind: 'taken', hotel: house.name, alternatives: await alternativesTo({ systems, context, house }, wish) };
  } catch (error) {
    return down(error);
  }
}

/** The same rooms and nights at the price that they have now. */
async function newPrice(
  systems: PmsSystems,
  context: ToolContext,
  house: House,
  stored: StoredOffer,
): Promise<OfferView | undefined> {
  const { request, offer } = stored;
  const pms = pmsFor(systems, { access: context, house, conversationId: context.conversationId });
  const [found] = await pms.offers([request]);
  const same = found?.offers.find(({ id }) => id === offer.id);
  if (same === undefined) return undefined;
  return (await tellOffers(context, house, [{ request, offer: same }]))[0];
}
