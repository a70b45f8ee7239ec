/** Rules out: two guests in one room, however many ask at once; and a guest who is sent away although there is room. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readSettings } from '../../src/config.ts';
import { openStore, type Store } from '../../src/store/open.ts';
import { freshStoreEnvironment, storeKinds } from '../../test/stores.ts';
import { hotel as hotelAgent } from './agent.ts';
import { openHotel } from './rehearsal/hotel-under-test.ts';
import { overlapsOf, sellAtRandom, sellOnPaper } from './rehearsal/random-sales.ts';
import { hotelTools } from './tools.ts';

const tools = hotelTools({});
const suite = { checkIn: '2026-11-23', checkOut: '2026-11-26', adults: 2, type: 'Suite' };
const racers = Number(process.env['TIMONEL_HOTEL_RACERS'] ?? '150');
const seeds = Number(process.env['TIMONEL_HOTEL_SEEDS'] ?? '60');

describe.each(storeKinds)('the last room (%s)', (kind) => {
  let store: Store;
  let remove: () => Promise<void>;

  beforeAll(async () => {
    const fresh = await freshStoreEnvironment(kind);
    remove = fresh.remove;
    // Everybody waits for a connection at the same time: that is the point.
    const pool = { TIMONEL_POOL_ACQUIRE_TIMEOUT_MS: '120000', ...(kind === 'postgres' ? { TIMONEL_POOL_SIZE: '50' } : {}) };
    store = await openStore(readSettings({ ...fresh.environment, ...pool }), { agents: [hotelAgent] });
  });
  afterAll(async () => {
    await store.close();
    await remove();
  });

  it('goes to one of all who saw it free; the others hear what else there is', { timeout: 300_000 }, async () => {
    const house = await openHotel(store.pool);
    const answers = await Promise.all(
      Array.from({ length: racers }, async (_, index) => {
        const guest = house.conversation();
        const found = await guest.call(tools.searchRooms, suite);
        const offers = found.kind === 'available' ? found.offers : found.kind === 'none' ? found.alternatives.otherTypes : [];
        const [offer] = offers;
        if (found.kind === 'none') return { kind: 'taken' as const, alternatives: found.alternatives };
        return guest.call(tools.bookStay, { offer: offer?.offer ?? '', name: 'Ana Gómez', email: `ana${index}@example.com` });
      }),
    );
    expect(answers.filter((answer) => answer.kind === 'booked')).toHaveLength(1);
    const refused = answers.filter((answer) => answer.kind === 'taken');
    expect(refused).toHaveLength(racers - 1);
    for (const { alternatives } of refused) {
      expect(alternatives.otherTypes.length + alternatives.otherDates.length).toBeGreaterThan(0);
      expect(alternatives.otherTypes.map(({ type }) => type)).not.toContain('Suite');
    }
    expect(await overlapsOf(house)).toBe(0);
  });

  it('is sold whenever capacity allows, and stays move to make room', { timeout: 120_000 }, async () => {
    const house = await openHotel(store.pool);
    const { sold, possible, moved } = await sellAtRandom(house, { type: 'Doble', seed: 7, stays: 60 });
    expect(sold).toBe(possible);
    expect(moved).toBeGreaterThan(0);
    expect(await overlapsOf(house)).toBe(0);
  });
});

it(`20 rooms and 200 stays that overlap, ${seeds} times: no two in a room, and no night that capacity allows is lost`, () => {
  let possible = 0;
  let sold = 0;
  for (let seed = 1; seed <= seeds; seed++) {
    const result = sellOnPaper({ rooms: 20, stays: 200, days: 60, seed });
    expect(result.overlaps).toBe(0);
    possible += result.possibleNights;
    sold += result.soldNights;
  }
  expect(sold / possible).toBeGreaterThanOrEqual(0.999);
});
