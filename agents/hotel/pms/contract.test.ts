/** One table of behaviours for every reservation system: what is told is what is there, whatever becomes of the requests. */
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { sql } from '../../../src/database.ts';
import { onEachStore } from '../../../test/stores.ts';
import type { Rows } from '../../../test/tool-workspace.ts';
import { hotel as hotelAgent } from '../agent.ts';
import { loadHouses } from '../house.ts';
import { reconcileWrites } from '../reconcile.ts';
import { type ForeignHotel, openForeignHotel } from '../rehearsal/foreign-hotel.ts';
import { openHotel } from '../rehearsal/hotel-under-test.ts';
import type { Fault } from '../rehearsal/pretend-hotel.ts';
import { speakers } from '../rehearsal/speakers.ts';
import { pmsFor } from '../systems.ts';
import type { Pms, PmsOffer, StayRequest } from './contract.ts';

const dates = { checkIn: '2026-11-23', checkOut: '2026-11-26' };
const guest = { name: 'Ana Gómez', phone: '+54 9 223 512-3456', email: 'ana@example.com' };
const couple = { adults: 2, children: [] };

async function offered(pms: Pms, request: StayRequest): Promise<PmsOffer> {
  const [answer] = await pms.offers([request]);
  const [offer] = answer?.offers ?? [];
  if (offer === undefined) throw new Error(`Nothing is offered: ${JSON.stringify(answer)}`);
  return offer;
}

async function book(pms: Pms, request: StayRequest, key: string) {
  const offer = await offered(pms, request);
  const hold = await pms.hold(offer, request, `${key}:hold`);
  if (hold.kind !== 'done') return hold;
  return pms.confirm(hold.value.id, guest, { total: offer.total }, key);
}

/** What each system does, the built-in one too. */
function behaves(open: () => Promise<{ pms(conversationId?: string): Promise<Pms>; typeOf(name: string): Promise<string> }>) {
  it('offers, holds and books once per key, changes, charges, lets leave late and cancels', async () => {
    const place = await open();
    const pms = await place.pms();
    const request = { ...dates, rooms: [couple], typeId: await place.typeOf('Doble') };
    const booked = await book(pms, request, 'book-once');
    expect(booked).toMatchObject({ kind: 'done', value: { status: 'confirmed', ...dates, guest: { name: 'Ana Gómez' } } });
    if (booked.kind !== 'done') return;
    expect(await pms.confirm('', guest, { total: 0 }, 'book-once')).toEqual(booked);
    const { code } = booked.value;
    expect(await pms.find({ code })).toMatchObject([{ code, rooms: [{ type: 'Doble' }] }]);
    expect(await pms.reconcile('book-once')).toMatchObject({ kind: 'happened', stay: { code } });
    expect(await pms.reconcile('never-made')).toEqual({ kind: 'did-not-happen' });

    const later = { ...request, checkIn: '2026-12-01', checkOut: '2026-12-03', changing: code };
    const offer = await offered(pms, later);
    const changed = await pms.change(code, offer, later, 'change');
    expect(changed).toMatchObject({ kind: 'done', value: { checkIn: '2026-12-01', checkOut: '2026-12-03', total: offer.total } });
    expect(await pms.change(code, offer, later, 'change')).toEqual(changed);
    expect(await pms.charge(code, { concept: 'Frigobar', amount: 300_000 }, 'charge')).toMatchObject({ kind: 'done' });
    expect(await pms.lateCheckout(code, '14:00', 0, 'late')).toMatchObject({ kind: 'done' });
    expect(await pms.cancel(code, 1, 'cancel-wrong')).toMatchObject({
      kind: 'refused',
      reason: { kind: 'price-changed', total: 0 },
    });
    expect(await pms.cancel(code, 0, 'cancel')).toMatchObject({ kind: 'done', value: { status: 'cancelled' } });
    expect(await pms.cancel(code, 0, 'cancel-again')).toEqual({ kind: 'refused', reason: { kind: 'not-found' } });
    expect(await pms.charge('NOSUCH', { concept: 'x', amount: 1 }, 'charge-none')).toEqual({
      kind: 'refused',
      reason: { kind: 'not-found' },
    });
  });

  it('keeps the last room for the first who asks, and takes no price that was not told', async () => {
    const place = await open();
    const request = { ...dates, rooms: [couple], typeId: await place.typeOf('Suite') };
    const [first, second] = [await place.pms(), await place.pms()];
    const offer = await offered(first, request);
    const hold = await first.hold(offer, request, 'first');
    expect(hold.kind).toBe('done');
    expect(await second.hold(offer, request, 'second')).toEqual({ kind: 'refused', reason: { kind: 'taken' } });
    expect(await first.hold({ ...offer, total: offer.total - 1 }, request, 'cheaper')).toEqual({
      kind: 'refused',
      reason: { kind: 'price-changed', total: offer.total },
    });
    expect(await first.confirm('00000000-0000-7000-8000-000000000000', guest, { total: 1 }, 'no-hold')).toEqual({
      kind: 'refused',
      reason: { kind: 'expired' },
    });
  });
}

onEachStore('the port to reservation systems', (openStore, kind) => {
  let rows: Rows;
  beforeAll(async () => {
    rows = (await openStore([hotelAgent])).pool;
  });

  describe('the built-in one', () => {
    behaves(async () => {
      const hotel = await openHotel(rows);
      const [house] = await hotel.access.query((database) => loadHouses(database, hotel.access));
      if (house === undefined) throw new Error('The sample has no hotel.');
      return {
        pms: async (conversationId = hotel.access.newId()) => pmsFor({}, { access: hotel.access, house, conversationId }),
        typeOf: async (name) => house.types.find((type) => type.name === name)?.id ?? '',
      };
    });
  });

  describe.each(speakers)('$kind', (speaker) => {
    let place: ForeignHotel;
    const open = async () => {
      place = await openForeignHotel(rows, speaker);
      return place;
    };
    afterEach(() => place.close());
    behaves(open);
    const confirmed = () => place.there.bookings.filter(({ status }) => status === 'confirmed');
    const doble = async () => ({ ...dates, rooms: [couple], typeId: await place.typeOf('Doble') });

    const outcomes: [Fault, 'done' | 'refused' | 'unclear', number][] = [
      ['error-but-done', 'done', 1],
      ['error', 'refused', 0],
      ['lost', 'done', 1],
      ['slow', 'done', 1],
      ['broken', 'unclear', 0],
    ];
    it.each(outcomes)('a booking that meets "%s" is told as %s', async (fault, told, there) => {
      await open();
      const pms = await place.pms();
      const request = await doble();
      const offer = await offered(pms, request);
      const hold = await pms.hold(offer, request, 'hold');
      if (hold.kind !== 'done') throw new Error('Not held.');
      place.there.faults.push(fault);
      const written = await pms.confirm(hold.value.id, guest, { total: offer.total }, 'book');
      expect([written.kind, confirmed().length]).toEqual([told, there]);
      // Made again with its key it is not made twice.
      const again = await pms.confirm(hold.value.id, guest, { total: offer.total }, 'book');
      expect([again.kind, confirmed().length]).toEqual([told, there]);
      if (told !== 'unclear') return;
      expect(await pms.reconcile('book')).toEqual({ kind: 'unknown' });
      // Nothing can be under way any more: it did not happen, and the rooms are let go.
      place.hotel.now = new Date(place.hotel.now.getTime() + 5 * 60_000);
      await reconcileWrites({}, place.hotel.access);
      expect(await pms.reconcile('book')).toEqual({ kind: 'did-not-happen' });
    });

    it('a change, a charge and a cancellation that were not answered are looked up', async () => {
      await open();
      const pms = await place.pms();
      const booked = await book(pms, await doble(), 'book');
      if (booked.kind !== 'done') throw new Error('Not booked.');
      const { code } = booked.value;
      const later = { ...(await doble()), checkIn: '2026-12-01', checkOut: '2026-12-03', changing: code };
      const offer = await offered(pms, later);
      place.there.faults.push('lost');
      expect(await pms.change(code, offer, later, 'change')).toMatchObject({ kind: 'done', value: { checkIn: '2026-12-01' } });
      place.there.faults.push('error-but-done');
      expect((await pms.charge(code, { concept: 'Frigobar', amount: 100 }, 'charge')).kind).toBe('done');
      place.there.faults.push('lost');
      expect(await pms.cancel(code, 0, 'cancel')).toMatchObject({ kind: 'done', value: { status: 'cancelled' } });
      expect(place.there.bookings).toMatchObject([{ status: 'cancelled', from: '2026-12-01' }]);
    });

    it('a process that dies during the call leaves a booking that is found, and told to the guest once', async () => {
      await open();
      const pms = await place.pms(undefined, (system) => ({ ...system, book: (...args) => system.book(...args).then(dies) }));
      await expect(book(pms, await doble(), 'dying')).rejects.toThrow('The process died.');
      expect(confirmed()).toHaveLength(1);
      place.hotel.now = new Date(place.hotel.now.getTime() + 5 * 60_000);
      await reconcileWrites({}, place.hotel.access);
      await reconcileWrites({}, place.hotel.access);
      expect(place.hotel.sent).toHaveLength(1);
      expect(JSON.stringify(place.hotel.sent)).toContain('quedó confirmada');
      expect(await (await place.pms()).reconcile('dying')).toMatchObject({ kind: 'happened', stay: { status: 'confirmed' } });
      expect(confirmed()).toHaveLength(1);
    });

    it('a system that stays away is told to a person, and offers are of then and are not held', async () => {
      await open();
      const pms = await place.pms();
      const request = await doble();
      const offer = await offered(pms, request);
      const hold = await pms.hold(offer, request, 'hold');
      if (hold.kind !== 'done') throw new Error('Not held.');
      place.there.faults.push('broken');
      expect((await pms.confirm(hold.value.id, guest, { total: offer.total }, 'book')).kind).toBe('unclear');
      place.there.away = true;
      const [known] = await pms.offers([request]);
      expect(known).toMatchObject({ asOf: place.hotel.now.getTime(), offers: [{ id: offer.id }] });
      expect(await (await place.pms()).hold(offer, request, 'other')).toEqual({ kind: 'refused', reason: { kind: 'down' } });
      await expect(pms.offers([{ ...request, checkOut: '2026-11-27' }])).rejects.toThrow();
      place.hotel.now = new Date(place.hotel.now.getTime() + 40 * 60_000);
      await reconcileWrites({}, place.hotel.access);
      await reconcileWrites({}, place.hotel.access);
      const { rows: asked } = await place.hotel.access.query((database) =>
        database.execute<{ text: string }>(
          sql`SELECT text FROM hotel_requests WHERE workspace_id = ${place.hotel.workspaceId} AND urgent`,
        ),
      );
      expect(asked).toHaveLength(1);
    });

    it('a price that is another one by now is asked again, and one that differs in their record is for a person', async () => {
      await open();
      const pms = await place.pms();
      const request = await doble();
      const offer = await offered(pms, request);
      const hold = await pms.hold(offer, request, 'hold');
      if (hold.kind !== 'done') throw new Error('Not held.');
      for (const type of place.there.types) type.price += 500_00;
      const changed = await pms.confirm(hold.value.id, guest, { total: offer.total }, 'book');
      expect(changed).toMatchObject({ kind: 'refused', reason: { kind: 'price-changed', total: offer.total + 3 * 500_00 } });
      expect(place.there.bookings).toEqual([]);
      place.there.drift = 100_00;
      expect(await book(pms, request, 'drifting')).toMatchObject({ kind: 'done', value: { total: offer.total + 3 * 500_00 } });
      const { rows: asked } = await place.hotel.access.query((database) =>
        database.execute<{ text: string }>(sql`SELECT text FROM hotel_requests WHERE workspace_id = ${place.hotel.workspaceId}`),
      );
      expect(asked.map(({ text }) => text)).toEqual([expect.stringContaining('the guest was told')]);
    });

    it('twelve who race for five rooms are told yes five times, each has a room alone, and others who come first there keep theirs', {
      timeout: 60_000,
    }, async () => {
      await open();
      const request = await doble();
      const type = place.there.types.find(({ name }) => name === 'Doble');
      // Three of the eight are gone.
      for (const { id } of type?.rooms.slice(0, 3) ?? []) place.there.outsider(type?.id ?? '', dates.checkIn, dates.checkOut, id);
      const before = place.there.bookings.length;
      place.there.notices = kind === 'embedded';
      const racers = await Promise.all(Array.from({ length: 12 }, () => place.pms()));
      const told = await Promise.all(racers.map((pms, index) => book(pms, request, `racer-${index}`)));
      const winners = told.filter((each) => each.kind === 'done');
      expect(told.map((each) => each.kind).filter((each) => each === 'unclear')).toEqual([]);
      expect(winners).toHaveLength(5);
      expect(place.there.overlaps).toEqual([]);
      expect(place.there.bookings.slice(before).filter(({ status }) => status === 'confirmed')).toHaveLength(5);
      // Others take the very room in the moment before: whoever was told yes still shares none.
      const other = { ...request, checkIn: '2026-12-07', checkOut: '2026-12-09' };
      place.there.intruders = 2;
      const late = await Promise.all(racers.slice(0, 4).map((pms, index) => book(pms, other, `late-${index}`)));
      expect(late.map((each) => each.kind).sort()).toEqual(
        speaker.oversells ? ['done', 'done', 'refused', 'refused'] : ['done', 'done', 'done', 'done'],
      );
      expect(place.there.overlaps).toEqual([]);
    });

    it('credentials that are refused, or a system that fails again and again, are left alone for a while', async () => {
      await open();
      place.there.away = true;
      const pms = await place.pms();
      const request = await doble();
      for (let attempt = 0; attempt < 8; attempt++) await expect(pms.offers([request])).rejects.toThrow();
      expect(place.there.asked.length).toBeLessThan(8);
    });
  });
});

function dies(): never {
  throw new Error('The process died.');
}
