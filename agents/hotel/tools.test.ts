/** The tools on the built-in system, as a run calls them. Friday is expensive, and the sample has one Suite (401). */
import { beforeAll, expect, it } from 'vitest';
import { onEachStore } from '../../test/stores.ts';
import type { Rows, ToolConversation } from '../../test/tool-workspace.ts';
import { hotel as hotelAgent } from './agent.ts';
import type { BookStayOutput, OfferView, SearchRoomsOutput } from './contract.ts';
import { openHotel, type TestHotel } from './rehearsal/hotel-under-test.ts';
import { hotelTools } from './tools.ts';

const tools = hotelTools({});
const ana = { name: 'Ana Gómez', phone: '+54 9 223 512-3456' };
/** Monday to Thursday, out of season. The test's day is Thursday, 19 November 2026. */
const midweek = { checkIn: '2026-11-23', checkOut: '2026-11-26' };
const couple = { ...midweek, adults: 2 };

function offerOf(answer: SearchRoomsOutput, type?: string): OfferView {
  if (answer.kind !== 'available') throw new Error(`Nothing: ${JSON.stringify(answer)}`);
  const found = type === undefined ? answer.offers[0] : answer.offers.find((offer) => offer.type === type);
  if (found === undefined) throw new Error(`No ${type}`);
  return found;
}

function bookedOf(answer: BookStayOutput) {
  if (answer.kind !== 'booked') throw new Error(`Not booked: ${JSON.stringify(answer)}`);
  return answer.stay;
}

onEachStore('the hotel tools', (open) => {
  let rows: Rows;
  beforeAll(async () => {
    rows = (await open([hotelAgent])).pool;
  });

  const search = (guest: ToolConversation, wish: Parameters<typeof tools.searchRooms.execute>[0]) =>
    guest.call(tools.searchRooms, wish);
  async function booked(guest: ToolConversation, type: string, wish: Parameters<typeof tools.searchRooms.execute>[0] = couple) {
    const offer = offerOf(await search(guest, wish), type);
    return bookedOf(await guest.call(tools.bookStay, { offer: offer.offer, ...ana }));
  }
  const deskOf = (house: TestHotel) => house.conversation();

  it('offer prices by night with taxes and terms, cheapest first', async () => {
    const guest = deskOf(await openHotel(rows));
    const weekend = await search(guest, { checkIn: '2026-11-26', checkOut: '2026-11-29', adults: 2, children: [5, 1] });
    const family = offerOf(weekend, 'Familiar');
    expect(family.rooms[0]?.nightly.map(({ price }) => price)).toEqual([128000, 140800, 140800]);
    expect([family.total, family.currency, family.averageNight]).toEqual([409600, 'ARS', 136533.33]);
    expect(family.taxes).toEqual([{ name: 'IVA', included: true, amount: 71087.6 }]);
    expect(family.cancellation).toEqual({ refundable: true, freeUntil: '2026-11-24T15:00', fee: 128000 });
    expect(family.deposit).toMatchObject({ amount: 122880, percent: 30 });
    const types = weekend.kind === 'available' ? weekend.offers.map(({ type }) => type) : [];
    expect(types).toEqual(['Triple', 'Familiar']);
    // In season: two nights at least, and a baby stays for nothing.
    const season = await search(guest, { checkIn: '2026-12-20', checkOut: '2026-12-21', adults: 2, type: 'vista al mar' });
    expect(season).toMatchObject({ kind: 'none', reason: 'min-nights', minNights: 2 });
    expect(season.kind === 'none' && season.alternatives.otherDates[0]).toMatchObject({ nights: 2, total: 298000 });
  });

  it('refuse stays that nobody could sell, each with its reason', async () => {
    const guest = deskOf(await openHotel(rows));
    const refusals = [
      [
        { ...couple, checkIn: '2026-11-26', checkOut: '2026-11-23' },
        { kind: 'refused', reason: 'dates-in-order' },
      ],
      [
        { ...couple, checkOut: '2026-11-23' },
        { kind: 'refused', reason: 'dates-in-order' },
      ],
      [
        { ...couple, checkIn: '2026-11-18' },
        { kind: 'refused', reason: 'past' },
      ],
      [
        { ...couple, checkOut: '2027-12-28' },
        { kind: 'refused', reason: 'too-long', limit: 60 },
      ],
      [
        { checkIn: '2029-01-01', checkOut: '2029-01-03', adults: 2 },
        { kind: 'refused', reason: 'too-far' },
      ],
      [
        { ...couple, adults: 0, children: [9] },
        { kind: 'refused', reason: 'adult-needed' },
      ],
      [
        { ...couple, adults: 60, children: [4, 5, 6, 7, 8] },
        { kind: 'refused', reason: 'too-many-guests' },
      ],
      [
        { ...couple, rooms: 3 },
        { kind: 'refused', reason: 'more-rooms-than-guests' },
      ],
      [
        { ...couple, childrenWithoutAge: 2 },
        { kind: 'needs-ages', children: 2 },
      ],
      [{ ...couple, type: 'cabaña' }, { kind: 'unknown-type' }],
    ] as const;
    for (const [wish, answer] of refusals)
      expect(await search(guest, { ...wish, children: [...('children' in wish ? wish.children : [])] })).toMatchObject(answer);
    expect(tools.searchRooms.input.safeParse({ ...couple, checkIn: '2027-06-31' }).success).toBe(false);
    const nine = await search(guest, { ...couple, adults: 9, type: 'doble' });
    expect(nine).toMatchObject({ kind: 'none', reason: 'occupancy' });
    const rooms = nine.kind === 'none' ? nine.alternatives.moreRooms : [];
    expect(rooms.every(({ adults }) => adults === 9)).toBe(true);
    expect(rooms.length).toBeGreaterThan(0);
  });

  it('hold what was offered, for twenty minutes and twice ten more', async () => {
    const house = await openHotel(rows);
    const [guest, other] = [deskOf(house), deskOf(house)];
    const { offer } = offerOf(await search(guest, { ...couple, type: 'suite' }));
    expect(await other.call(tools.holdRoom, { offer })).toEqual({ kind: 'unknown-offer' });
    const held = await guest.call(tools.holdRoom, { offer }, 'first');
    expect(held).toMatchObject({
      kind: 'held',
      expiresAt: '2026-11-19T15:20:00.000Z',
      extensionsLeft: 2,
      offer: { total: 495000 },
    });
    // The same call once more, after a crash: no extension.
    expect(await guest.call(tools.holdRoom, { offer }, 'first')).toMatchObject({ extensionsLeft: 2 });
    expect(await search(other, { ...couple, type: 'suite' })).toMatchObject({ kind: 'none', reason: 'sold-out' });
    // One's own hold does not stand in one's way.
    expect(await search(guest, { ...couple, type: 'suite' })).toMatchObject({ kind: 'available' });
    expect(await guest.call(tools.holdRoom, { offer })).toMatchObject({ expiresAt: '2026-11-19T15:30:00.000Z', extensionsLeft: 1 });
    expect(await guest.call(tools.holdRoom, { offer })).toMatchObject({ expiresAt: '2026-11-19T15:40:00.000Z', extensionsLeft: 0 });
    expect(await guest.call(tools.holdRoom, { offer })).toEqual({ kind: 'not-extended', expiresAt: '2026-11-19T15:40:00.000Z' });
    house.now = new Date('2026-11-19T15:41:00Z');
    const taken = offerOf(await search(other, { ...couple, type: 'suite' }));
    expect(await other.call(tools.holdRoom, { offer: taken.offer })).toMatchObject({ kind: 'held' });
    const late = await guest.call(tools.bookStay, { offer, ...ana });
    expect(late).toMatchObject({ kind: 'taken' });
    expect(late.kind === 'taken' && late.alternatives.otherTypes.length + late.alternatives.otherDates.length).toBeGreaterThan(0);
  });

  it('ask again where the price changed, and sell for what was told where it is held', async () => {
    const house = await openHotel(rows);
    const [early, late] = [deskOf(house), deskOf(house)];
    const [first, second] = [offerOf(await search(early, couple), 'Doble'), offerOf(await search(late, couple), 'Doble')];
    await early.call(tools.holdRoom, { offer: first.offer });
    await rows.executeText(`UPDATE hotel_rates SET price = price + 1000 WHERE workspace_id = '${house.workspaceId}'`);
    const changed = await late.call(tools.bookStay, { offer: second.offer, ...ana });
    expect(changed).toMatchObject({ kind: 'price-changed', before: 228000, offer: { total: 231000 } });
    expect(bookedOf(await early.call(tools.bookStay, { offer: first.offer, ...ana })).total).toBe(228000);
    const again = changed.kind === 'price-changed' ? changed.offer.offer : '';
    expect(bookedOf(await late.call(tools.bookStay, { offer: again, ...ana })).total).toBe(231000);
  });

  it('book once per call, groups as one stay, and need a way to reach the guest', async () => {
    const house = await openHotel(rows);
    const guest = deskOf(house);
    const group = offerOf(await search(guest, { ...couple, adults: 5, children: [4], rooms: 2 }));
    expect([group.rooms.length, group.adults, group.children]).toEqual([2, 5, [4]]);
    expect(await guest.call(tools.bookStay, { offer: group.offer, name: 'Ana Gómez' })).toEqual({ kind: 'contact-needed' });
    const input = { offer: group.offer, ...ana, companions: ['Luis'], arrivalTime: '18:30', request: 'Una cuna' };
    const stay = bookedOf(await guest.call(tools.bookStay, input, 'once'));
    expect(bookedOf(await guest.call(tools.bookStay, input, 'once')).code).toBe(stay.code);
    expect(stay).toMatchObject({ name: 'Ana Gómez', status: 'confirmed', nights: 3, arrivalTime: '18:30', balance: group.total });
    const counts = await rows.executeText<{ bookings: number; requests: number }>(`SELECT
      (SELECT count(*)::int FROM hotel_bookings WHERE workspace_id = '${house.workspaceId}') AS bookings,
      (SELECT count(*)::int FROM hotel_requests WHERE workspace_id = '${house.workspaceId}') AS requests`);
    expect(counts).toEqual([{ bookings: 1, requests: 1 }]);
  });

  it('show stays to those whose they are, and only dates to those who know what others know too', async () => {
    const house = await openHotel(rows);
    const guest = deskOf(house);
    const { code } = await booked(guest, 'Doble');
    const find = (who: ToolConversation, input = {}) => who.call(tools.findStay, input);
    expect(await find(guest)).toMatchObject({ kind: 'found', stays: [{ code }] });
    const verified = house.conversation({ phone: '+5492235123456', verified: true });
    expect(await find(verified)).toMatchObject({ kind: 'found', stays: [{ code }] });
    const claims = house.conversation();
    expect(await find(claims)).toEqual({ kind: 'not-enough', missing: ['contact', 'name-or-code'] });
    const dates = { checkIn: '2026-11-23', checkOut: '2026-11-26' };
    expect(await find(claims, ana)).toEqual({ kind: 'code-needed', stays: [dates] });
    expect(await find(claims, { ...ana, name: 'Otra Persona' })).toEqual({ kind: 'found', stays: [] });
    expect(await find(claims, { code: code.toLowerCase() })).toMatchObject({ kind: 'found', stays: [{ code, name: 'Ana Gómez' }] });
    for (let attempt = 0; attempt < 4; attempt++) await find(claims, { ...ana, name: `Nadie ${attempt}` });
    expect(await find(claims, ana)).toEqual({ kind: 'not-enough', missing: ['code'] });
    // Another workspace knows nothing of it.
    expect(await find((await openHotel(rows)).conversation(), { code })).toEqual({ kind: 'found', stays: [] });
  });

  it('tell of a stay to nobody who gives particles, one word of the name or a list of names', async () => {
    const house = await openHotel(rows);
    await booked(deskOf(house), 'Doble');
    for (const name of ['Gómez', 'de la', 'Ana María Eva Luz Gómez Paz Gil']) {
      expect(await deskOf(house).call(tools.findStay, { ...ana, name }), name).toEqual({ kind: 'found', stays: [] });
    }
  });

  it('change a stay to what was quoted, in its own room where it can', async () => {
    const house = await openHotel(rows);
    const [guest, other] = [deskOf(house), deskOf(house)];
    const suite = await booked(guest, 'Suite');
    const { code } = suite;
    const longer = await guest.call(tools.quoteChange, { code, checkOut: '2026-11-27' });
    expect(longer).toMatchObject({ kind: 'quoted', difference: 165000, after: { nights: 4, total: 660000 } });
    expect(await guest.call(tools.quoteChange, { code, adults: 2 })).toMatchObject({ kind: 'nothing-changes' });
    expect(await guest.call(tools.quoteChange, { code: 'NOSUCH1' })).toEqual({ kind: 'not-found' });
    const offer = longer.kind === 'quoted' ? longer.after.offer : '';
    // An offer for a change is nothing to book, and no other stay's.
    expect(await guest.call(tools.bookStay, { offer, ...ana })).toEqual({ kind: 'unknown-offer' });
    const changed = await guest.call(tools.changeStay, { code, offer });
    expect(changed).toMatchObject({
      kind: 'changed',
      stay: { code, checkOut: '2026-11-27', total: 660000 },
      from: { total: 495000 },
    });
    const next = { checkIn: '2026-11-27', checkOut: '2026-11-29', adults: 2 };
    await booked(other, 'Suite', next);
    expect(await guest.call(tools.quoteChange, { code, checkOut: '2026-11-28' })).toMatchObject({
      kind: 'none',
      reason: 'sold-out',
    });
    expect(await guest.call(tools.quoteChange, { code, adults: 4, type: 'familiar' })).toMatchObject({ kind: 'quoted' });
  });

  it('cancel for the fee that was told, free in time', async () => {
    const house = await openHotel(rows);
    const guest = deskOf(house);
    const { code } = await booked(guest, 'Suite');
    const quote = await guest.call(tools.quoteCancellation, { code });
    expect(quote).toMatchObject({ kind: 'quoted', fee: 0, freeUntil: '2026-11-21T15:00', refundable: true });
    house.now = new Date('2026-11-21T15:01:00-03:00');
    expect(await guest.call(tools.cancelStay, { code, fee: 0 })).toEqual({ kind: 'fee-changed', fee: 165000, currency: 'ARS' });
    expect(await guest.call(tools.quoteCancellation, { code })).toMatchObject({ fee: 165000 });
    const cancelled = await guest.call(tools.cancelStay, { code, fee: 165000, reason: 'enfermo' }, 'cancel');
    expect(cancelled).toMatchObject({ kind: 'cancelled', fee: 165000, stay: { status: 'cancelled' } });
    expect(await guest.call(tools.cancelStay, { code, fee: 165000 }, 'cancel')).toMatchObject({ kind: 'cancelled' });
    expect(await guest.call(tools.cancelStay, { code, fee: 165000 })).toEqual({ kind: 'not-found' });
    expect(await search(guest, { ...couple, type: 'suite' })).toMatchObject({ kind: 'available' });
  });

  it('let guests leave late: for nothing, for a fee, and not where the room is sold', async () => {
    const house = await openHotel(rows);
    const [guest, other] = [deskOf(house), deskOf(house)];
    const { code } = await booked(guest, 'Suite');
    const quote = (until: string) => guest.call(tools.quoteLateCheckout, { code, until });
    expect(await quote('12:00')).toMatchObject({ kind: 'offered', fee: 0, free: true, date: '2026-11-26' });
    expect(await quote('14:00')).toMatchObject({ kind: 'offered', fee: 82500, free: false });
    expect(await quote('16:00')).toMatchObject({ kind: 'refused', reason: 'too-late', latest: '14:00' });
    expect(await quote('10:30')).toMatchObject({ kind: 'refused', reason: 'not-needed' });
    expect(await guest.call(tools.lateCheckout, { code, until: '14:00', fee: 0 })).toMatchObject({
      kind: 'fee-changed',
      fee: 82500,
    });
    const late = await guest.call(tools.lateCheckout, { code, until: '14:00', fee: 82500 }, 'late');
    expect(late).toMatchObject({
      kind: 'granted',
      stay: { checkOutUntil: '14:00', balance: 577500, charges: [{ amount: 82500 }] },
    });
    await guest.call(tools.lateCheckout, { code, until: '14:00', fee: 82500 }, 'late');
    expect(await guest.call(tools.findStay, {})).toMatchObject({ stays: [{ balance: 577500 }] });
    const arriving = { checkIn: '2026-11-26', checkOut: '2026-11-28', adults: 2 };
    const sold = await openHotel(rows);
    const [leaves, arrives] = [deskOf(sold), deskOf(sold)];
    const stay = await booked(leaves, 'Suite');
    await booked(arrives, 'Suite', arriving);
    expect(await leaves.call(tools.quoteLateCheckout, { code: stay.code, until: '13:00' })).toMatchObject({ reason: 'sold' });
    expect(await leaves.call(tools.lateCheckout, { code: stay.code, until: '13:00', fee: 82500 })).toMatchObject({
      kind: 'refused',
      reason: 'sold',
      luggage: true,
    });
    // Where another room is free, whoever arrives gets that one.
    const double = await booked(other, 'Doble');
    await booked(deskOf(house), 'Doble', arriving);
    expect(await other.call(tools.quoteLateCheckout, { code: double.code, until: '13:00' })).toMatchObject({ kind: 'offered' });
  });

  it('pass on to people what only people do', async () => {
    const house = await openHotel(rows);
    const guest = deskOf(house);
    const { code } = await booked(guest, 'Doble');
    expect(await guest.call(tools.earlyArrival, { code, at: '11:00' })).toMatchObject({
      room: 'asked',
      likely: true,
      checkInFrom: '15:00',
    });
    expect(await guest.call(tools.earlyArrival, { code, at: '06:00' })).toMatchObject({ room: 'too-early', likely: false });
    expect(await guest.call(tools.earlyArrival, { code, at: '23:00' })).toMatchObject({ room: 'ready' });
    expect(await guest.call(tools.specialRequest, { code, text: 'Cuna para bebé' })).toMatchObject({ kind: 'passed-on', code });
    expect(await guest.call(tools.specialRequest, { code: 'NOSUCH1', text: 'Cuna' })).toEqual({ kind: 'not-found' });
    expect(await guest.call(tools.paymentProof, { code, note: 'Transferí la seña' })).toMatchObject({
      kind: 'called',
      deskOpen: true,
    });
    house.now = new Date('2026-11-19T23:30:00-03:00');
    expect(await guest.call(tools.callFrontDesk, { reason: 'Hay ruido', urgent: true })).toEqual({
      kind: 'called',
      deskOpen: false,
      opensAt: '2026-11-20T08:00',
      urgent: true,
    });
    expect(await guest.call(tools.findStay, {})).toMatchObject({ stays: [{ paid: 0 }] });
  });

  it('tell what the house says of itself, with a place on the map where that was asked', async () => {
    const guest = deskOf(await openHotel(rows));
    const place = await guest.call(tools.hotelInformation, { topic: 'location' });
    expect(tools.hotelInformation.attachments?.(place)).toEqual([
      { type: 'location', latitude: -38.0055, longitude: -57.5426, name: 'Hotel Timonel (ejemplo / sample)' },
    ]);
    const pool = await guest.call(tools.hotelInformation, { about: 'piscina' });
    expect(pool).toMatchObject({ texts: [{ title: 'Pileta' }] });
    expect(tools.hotelInformation.attachments?.(pool)).toEqual([]);
    expect(await guest.call(tools.hotelInformation, { about: 'casino' })).toMatchObject({ texts: [] });
    expect(await guest.call(tools.listRoomTypes, { type: 'matrimonial' })).toMatchObject({
      types: [{ name: 'Doble', priceFrom: 76000, priceTo: 115000, hasPhoto: false }],
    });
    expect(await guest.call(tools.roomPhoto, { type: 'suite' })).toEqual({ kind: 'no-photo', type: 'Suite' });
  });

  it('say so where the reservation system is away, and change nothing', async () => {
    const house = await openHotel(rows);
    const guest = deskOf(house);
    const { code } = await booked(guest, 'Doble');
    const { offer } = offerOf(await search(guest, couple));
    await rows.executeText(
      `INSERT INTO hotel_systems (workspace_id, id, hotel_id, kind, url, property) SELECT workspace_id, id, id, 'elsewhere', 'https://pms.example', '1'
       FROM hotel_hotels WHERE workspace_id = '${house.workspaceId}'`,
    );
    const down = { kind: 'system-down' };
    expect(await search(guest, couple)).toEqual(down);
    expect(await guest.call(tools.holdRoom, { offer })).toEqual(down);
    expect(await guest.call(tools.bookStay, { offer, ...ana })).toEqual(down);
    expect(await guest.call(tools.cancelStay, { code, fee: 0 })).toEqual(down);
    expect(await guest.call(tools.lateCheckout, { code, until: '12:00', fee: 0 })).toEqual(down);
    expect(await guest.call(tools.findStay, {})).toMatchObject({ stays: [{ code, status: 'confirmed' }] });
  });

  it('sell two hotels in one workspace, each by its own number', async () => {
    const house = await openHotel(rows);
    const id = '019b0000-0000-7000-8000-000000000001';
    await rows.executeText(
      `INSERT INTO hotel_hotels (workspace_id, id, name, connections, position) VALUES ('${house.workspaceId}', '${id}', 'Posada del Sur', '{sur}', 1)`,
    );
    const guest = deskOf(house);
    expect(await search(guest, couple)).toEqual({
      kind: 'which-hotel',
      hotels: ['Hotel Timonel (ejemplo / sample)', 'Posada del Sur'],
    });
    expect(await search(guest, { ...couple, hotel: 'hotel timonel' })).toMatchObject({ kind: 'available' });
    // From then on that one is meant.
    expect(await search(guest, couple)).toMatchObject({ kind: 'available', hotel: 'Hotel Timonel (ejemplo / sample)' });
    const byNumber = { ...deskOf(house).context(), connection: async () => ({ channel: 'whatsapp', name: 'sur', account: '1' }) };
    expect(await tools.hotelInformation.execute({}, byNumber)).toMatchObject({ hotel: 'Posada del Sur' });
  });
});
