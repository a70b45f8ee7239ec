/** Whether the reservation system of a hotel can be asked, and what of it is known here: `timonel hotel pms-test`. */
import { z } from 'zod';
import { defineCommand, type JsonObject, type ResourceContext, rejectRow } from '../../src/index.ts';
import { addDays } from './calendar-dates.ts';
import { type House, loadHouses } from './house.ts';
import { findNamed } from './names.ts';
import { PmsDown } from './pms/contract.ts';
import type { ForeignSystem } from './pms/foreign/contract.ts';
import { askQuotes } from './pms/foreign/quotes.ts';
import { todayOf } from './stays.ts';
import { foreignFor, type PmsSystems } from './systems.ts';

export const pmsTest = (systems: PmsSystems) =>
  defineCommand({
    name: 'pms-test',
    description:
      'Ask the reservation system of a hotel for its types and a price, and say which of them are known here. Changes nothing',
    permission: 'hotel:manage',
    input: z.object({ hotel: z.string().trim().min(1).max(200).optional().describe('Where the house has several') }),
    asksOutside: true,
    async run(input, context) {
      const houses = await context.query((database) => loadHouses(database, context));
      const named = input['hotel'];
      const house = typeof named === 'string' ? findNamed(houses, named) : houses.length === 1 ? houses[0] : undefined;
      if (house === undefined)
        throw rejectRow(`Say in "hotel" which one. There are: ${houses.map(({ name }) => name).join(', ')}.`);
      if (house.system === null) return { hotel: house.name, system: 'built in', ok: true };
      try {
        const system = foreignFor(systems, { access: context, house });
        return system === undefined ? { hotel: house.name, ok: true } : await check(context, house, system);
      } catch (error) {
        if (error instanceof PmsDown) return { hotel: house.name, system: house.system.kind, ok: false, why: error.message };
        throw error;
      }
    },
  });

async function check(context: ResourceContext, house: House, system: ForeignSystem): Promise<JsonObject> {
  const theirs = await system.types();
  const types = theirs.map(({ id, name, rooms = [] }) => {
    const own = house.types.find(({ external }) => external === id);
    const missing = rooms.filter((room) => !own?.rooms.some(({ external }) => external === room.id)).map(({ number }) => number);
    return { id, name, here: own?.name ?? null, roomsNotHere: missing };
  });
  const unknown = house.types.filter(({ external }) => !theirs.some(({ id }) => id === external)).map(({ name }) => name);
  const checkIn = addDays(todayOf(house, context.now()), 30);
  const request = { checkIn, checkOut: addDays(checkIn, 1), rooms: [{ adults: 1, children: [] }] };
  const quotes = await askQuotes(house, system, request);
  return {
    hotel: house.name,
    system: system.kind,
    ok: unknown.length === 0,
    types,
    typesNotThere: unknown,
    sample: { checkIn, offers: quotes.map(({ type, quote }) => ({ type: type.name, total: quote.total / 100, left: quote.left })) },
  };
}
