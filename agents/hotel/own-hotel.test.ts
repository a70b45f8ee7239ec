/** People of a hotel set up their own: the sample goes, their rooms and rates come in, and the desk books, closes and checks guests in and out. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { storeKinds } from '../../test/stores.ts';
import { startTimonel, type TestTimonel } from '../../test/timonel.ts';
import { hotel } from './agent.ts';

// Thursday, 9:00 in Buenos Aires.
const now = new Date('2026-11-19T12:00:00Z');
const at = '/api/v1/agents/hotel';
const csv = (text: string) => [text, { 'content-type': 'text/csv' }] as const;

interface Row {
  id: string;
  version: number;
  [field: string]: unknown;
}

describe.each(storeKinds)('a hotel of one’s own (%s)', (kind) => {
  let at0: TestTimonel;
  const call: TestTimonel['call'] = (...args) => at0.call(...args);
  const list = async (resource: string, query = '') =>
    (await call<{ items: Row[] }>('GET', `${at}/${resource}${query}`)).body.items;
  const stay = { checkIn: '2026-11-23', checkOut: '2026-11-26', type: 'DBL', adults: 2, name: 'Rita Sosa', phone: '223 555 9900' };

  beforeAll(async () => {
    at0 = await startTimonel(kind, { agents: [hotel] }, { now: () => now });
  });
  afterAll(() => at0.close());

  it('takes rooms and rates from files, once the sample is gone', async () => {
    expect((await list('rooms')).length).toBe(22);
    expect((await call('POST', `${at}/commands/remove-sample`, {})).body).toEqual({ removed: 1 });
    for (const resource of ['hotels', 'room-types', 'rooms', 'rates', 'taxes', 'texts'])
      expect([resource, await list(resource)]).toEqual([resource, []]);
    const house = {
      name: 'Posada del Sur',
      currency: 'ARS',
      desk: [{ weekday: 4, from: '08:00', to: '20:00' }],
      lateUntil: '14:00',
    };
    expect((await call('POST', `${at}/hotels`, house)).status).toBe(201);
    const types = 'code,hotel,name,sleeps,adults\nDBL,Posada del Sur,Doble,3,2\nTPL,Posada del Sur,Triple,3,3\n';
    expect((await call('POST', `${at}/room-types/import`, ...csv(types))).body).toMatchObject({ added: 2 });
    expect((await call('POST', `${at}/rooms/import`, ...csv('number,type\n1,DBL\n2,DBL\n3,TPL\n'))).body).toMatchObject({
      added: 3,
    });
    const rates =
      'type,name,fromDate,toDate,price\nDBL,Base,2026-01-01,2027-12-31,50000.50\nTPL,Base,2026-01-01,2027-12-31,70000\n';
    expect((await call('POST', `${at}/rates/import`, ...csv(rates))).body).toMatchObject({ added: 2 });
    const wrong = await call('POST', `${at}/rates`, { type: 'DBL', fromDate: '2026-05-02', toDate: '2026-05-01', price: 1 });
    expect([wrong.status, wrong.body['detail']]).toEqual([422, expect.stringContaining('before fromDate')]);
  });

  it('books at the desk, at the price of the rates, and moves guests away from a room that is closed', async () => {
    const created = await call<Row>('POST', `${at}/stays`, stay);
    expect([created.status, created.body]).toMatchObject([
      201,
      { total: 150001.5, status: 'confirmed', type: 'Doble', name: 'Rita Sosa' },
    ]);
    const room = String(created.body['rooms']);
    const closed = await call('POST', `${at}/closures`, { room, from: '2026-11-24', to: '2026-11-25', reason: 'Pintura' });
    expect(closed.status).toBe(201);
    const [moved] = await list('stays');
    expect(moved?.['rooms']).toBe(room === '1' ? '2' : '1');
    const other = await call('POST', `${at}/closures`, { room: moved?.['rooms'], from: '2026-11-25', to: '2026-11-26' });
    // Nobody moves in the middle of a stay.
    expect([other.status, await list('closures')]).toMatchObject([409, [{ room, from: '2026-11-24' }]]);
    const full = await call('POST', `${at}/stays`, { ...stay, name: 'Otro Huésped' });
    expect([full.status, full.body['detail']]).toEqual([409, expect.stringContaining('sold-out')]);
    for (const { id } of await list('closures')) expect((await call('DELETE', `${at}/closures/${id}`)).status).toBe(204);
  });

  it('changes, charges, checks in and out, and shows the board', async () => {
    const [booked] = await list('stays');
    const { id, version, code } = booked ?? { id: '', version: 0, code: '' };
    const match = { 'if-match': `"${version}"` };
    expect((await call('PATCH', `${at}/stays/${id}`, { name: 'Nadie' }, match)).body).toMatchObject({ code: 'row_invalid' });
    const longer = await call<Row>('PATCH', `${at}/stays/${id}`, { checkOut: '2026-11-27', paid: 50000 }, match);
    expect([longer.status, longer.body]).toMatchObject([200, { total: 200002, paid: 50000 }]);
    expect((await call('POST', `${at}/charges`, { stay: code, concept: 'Frigobar', amount: 3000 })).status).toBe(201);
    const arrivals = await call('GET', `${at}/arrivals?date=2026-11-23`);
    expect(arrivals.body).toMatchObject({ stays: [{ code, guest: 'Rita Sosa', balance: 153002, rooms: [expect.any(String)] }] });
    expect((await call('POST', `${at}/commands/check-in`, { code })).body).toEqual({ code, status: 'in_house' });
    expect((await call('POST', `${at}/commands/no-show`, { code })).body).toMatchObject({ code: 'row_conflict' });
    expect((await call('GET', `${at}/in-house?date=2026-11-24`)).body).toMatchObject({ stays: [{ code }] });
    const board = await call<{ rooms: { room: string; stays: { code: string }[] }[] }>('GET', `${at}/board?from=2026-11-23&days=7`);
    expect(board.body.rooms.flatMap(({ stays }) => stays.map((each) => each.code))).toEqual([code]);
    expect((await call('POST', `${at}/commands/check-out`, { code })).body).toEqual({ code, status: 'checked_out' });
    const next = await call<Row>('POST', `${at}/stays`, { ...stay, checkIn: '2026-12-01', checkOut: '2026-12-03' });
    expect((await call('DELETE', `${at}/stays/${next.body.id}`)).status).toBe(204);
    expect(await list('stays', '?status=cancelled')).toMatchObject([{ checkIn: '2026-12-01' }]);
    expect((await call<string>('GET', `${at}/stays/export`)).body.split('\r\n')[0]).toContain('hotel,checkIn,checkOut,type');
  });

  it('keeps a photo of a type, and nothing that is none', async () => {
    const pixel = Buffer.from(
      'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
      'base64',
    );
    const put = (payload: Buffer) =>
      at0.timonel.app.inject({
        method: 'PUT',
        url: `${at}/photos/DBL`,
        headers: { authorization: `Bearer ${at0.apiKey}`, 'content-type': 'application/octet-stream' },
        payload,
      });
    expect((await put(pixel)).statusCode).toBe(200);
    expect(await list('room-types')).toMatchObject([{ photo: expect.any(String) }, { photo: null }]);
    expect((await put(Buffer.from('text'))).json()).toMatchObject({ code: 'artifact_invalid' });
  });

  it('gives out and erases what there is of a guest', async () => {
    const erased = await call('POST', '/api/v1/privacy/erase', { phone: '2235559900' });
    expect(erased.status).toBeLessThan(300);
    expect((await list('stays')).every((each) => each['name'] === '' && each['phone'] === null)).toBe(true);
  });
});
