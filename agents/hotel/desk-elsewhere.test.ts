/** The desk of a hotel that is kept elsewhere: sees who comes, whoever booked them, and books, changes and cancels through the system. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freshStoreEnvironment } from '../../test/stores.ts';
import { startTimonel, type TestTimonel } from '../../test/timonel.ts';
import { hotel } from './agent.ts';
import { PretendHotel } from './rehearsal/pretend-hotel.ts';
import { speakers } from './rehearsal/speakers.ts';
import { sampleHotel } from './sample-hotel.ts';

const now = new Date('2026-11-19T12:00:00-03:00');
const at = '/api/v1/agents/hotel';

interface List {
  stays: { code: string; guest: string; rooms: string[]; status: string; source: string; phone: string | null }[];
  unreachable: string[];
}

describe('the desk of a hotel that is kept elsewhere', () => {
  let timonel: TestTimonel;
  let remove: () => Promise<void>;
  beforeAll(async () => {
    const fresh = await freshStoreEnvironment('embedded');
    remove = fresh.remove;
    const environment = { ...fresh.environment, TIMONEL_AGENT_PRIVATE_ADDRESSES: 'true' };
    timonel = await startTimonel('embedded', { agents: [hotel] }, { now: () => now, environment });
    await timonel.timonel.store.pool.executeText(`UPDATE hotel_room_types SET external = '1001' WHERE code = 'DBL'`);
    await timonel.timonel.store.pool.executeText(
      `UPDATE hotel_rooms SET external = '9' || number WHERE number IN ('105', '106', '107')`,
    );
  });
  afterAll(async () => {
    await timonel.close();
    await remove();
  });
  const command = (name: string, input: object) => timonel.call<Record<string, unknown>>('POST', `${at}/commands/${name}`, input);
  const list = async (name: string, date: string) => (await timonel.call<List>('GET', `${at}/${name}?date=${date}`)).body;

  it.each(speakers.map((speaker) => [speaker.kind, speaker] as const))('is the same on %s', async (kind, speaker) => {
    const rooms = ['105', '106', '107'].map((number) => ({ id: `9${number}`, number }));
    const there = new PretendHotel([{ id: '1001', name: 'Doble', price: 20_000_00, rooms }]);
    const url = await speaker.listen(there);
    const system = await timonel.call<{ id: string; version: number }>('POST', `${at}/systems`, {
      hotel: sampleHotel.name,
      kind,
      url,
      property: speaker.property,
      secret: speaker.secret,
      settings: { identityUrl: url, writeSeconds: '2' },
    });
    expect(system.status).toBe(201);
    there.outsider('1001', '2026-11-23', '2026-11-26', '9106');
    const another = there.outsider('1001', '2026-11-23', '2026-11-24', '9107');
    there.outsider('1001', '2026-11-10', '2026-11-12', '9106').status = 'cancelled';

    const wanted = {
      checkIn: '2026-11-23',
      checkOut: '2026-11-25',
      type: 'DBL',
      adults: 2,
      name: 'Rita Sosa',
      phone: '223 555 9900',
    };
    const booked = await command('book-stay', { ...wanted, reference: `walk-in-${kind}` });
    expect([booked.status, booked.body]).toMatchObject([200, { state: 'done', status: 'confirmed', total: 40_000 }]);
    const { code } = booked.body;
    expect((await command('book-stay', { ...wanted, reference: `walk-in-${kind}` })).body).toMatchObject({ code });
    expect(there.bookings.filter(({ status }) => status === 'confirmed')).toHaveLength(3);
    expect(await command('book-stay', { ...wanted, name: 'Tercera Persona' })).toMatchObject({ status: 409 });
    // A second system of one hotel is a mistake.
    expect(await timonel.call('POST', `${at}/systems`, { hotel: sampleHotel.name, kind, url, property: '2' })).toMatchObject({
      status: 409,
    });
    another.status = 'cancelled';

    const arrivals = await list('arrivals', '2026-11-23');
    expect(arrivals.unreachable).toEqual([]);
    const byGuest = arrivals.stays.toSorted((one, other) => one.guest.localeCompare(other.guest));
    expect(byGuest).toMatchObject([
      { guest: 'Otra Agencia', rooms: ['106'], source: kind, phone: null },
      { guest: 'Rita Sosa', code, source: kind, phone: '223 555 9900' },
    ]);
    expect((await list('departures', '2026-11-26')).stays).toMatchObject([{ guest: 'Otra Agencia' }]);
    expect((await list('in-house', '2026-11-24')).stays).toHaveLength(2);

    const elsewhere = () => timonel.call('GET', `${at}/elsewhere?from=2026-11-23&days=4`);
    expect((await elsewhere()).body).toMatchObject({
      hotels: [
        { system: kind, reached: true, stays: expect.arrayContaining([expect.objectContaining({ code, guest: 'Rita Sosa' })]) },
      ],
    });
    // Rooms are given there, not here.
    const { body: board } = await timonel.call<{ rooms: { stays: { id: string; code: string; version: number }[] }[] }>(
      'GET',
      `${at}/board?from=2026-11-23`,
    );
    const seat = board.rooms.flatMap(({ stays }) => stays).find((each) => each.code === code);
    const moved = await timonel.call('PUT', `${at}/seats/${seat?.id}`, { room: '107', version: seat?.version });
    expect([moved.status, moved.body['detail']]).toEqual([409, expect.stringContaining(`in the system "${kind}"`)]);

    const longer = await command('change-stay', { code, checkOut: '2026-11-26' });
    expect([longer.status, longer.body]).toMatchObject([200, { state: 'done', checkOut: '2026-11-26', total: 60_000 }]);
    expect((await list('departures', '2026-11-26')).stays).toHaveLength(2);

    // Cancelled at the system itself: booked here, and not there any more.
    const own = there.bookings.find(({ guest }) => guest.name === 'Rita Sosa');
    if (own !== undefined) own.status = 'cancelled';
    expect((await list('arrivals', '2026-11-23')).stays).toContainEqual(expect.objectContaining({ code, status: 'not-there' }));
    if (own !== undefined) own.status = 'confirmed';

    there.away = true;
    expect(await list('arrivals', '2026-11-23')).toMatchObject({
      unreachable: [sampleHotel.name],
      stays: [{ code, source: 'here' }],
    });
    expect(await command('cancel-stay', { code })).toMatchObject({ status: 409 });
    expect((await elsewhere()).body).toMatchObject({ hotels: [{ reached: false, stays: [] }] });
    there.away = false;
    const cancelled = await command('cancel-stay', { code });
    expect([cancelled.status, cancelled.body]).toMatchObject([200, { state: 'done', status: 'cancelled' }]);
    expect(there.bookings.filter(({ status }) => status === 'confirmed').map(({ guest }) => guest.name)).toEqual(['Otra Agencia']);

    // An answer that is lost is looked up and booked once.
    there.faults.push('lost');
    const lost = await command('book-stay', { ...wanted, reference: `lost-${kind}` });
    expect(lost.body['state']).toMatch(/done|unclear/);
    expect(there.bookings.filter(({ status }) => status === 'confirmed')).toHaveLength(2);
    await timonel.timonel.store.pool.executeText('DELETE FROM hotel_operations; DELETE FROM hotel_bookings');
    await timonel.call('DELETE', `${at}/systems/${system.body.id}`);
    await there.close();
  });
});
