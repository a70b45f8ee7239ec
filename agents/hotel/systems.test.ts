/** A hotel is connected to its reservation system, tried, and sold through it, by the front door. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freshStoreEnvironment, storeKinds } from '../../test/stores.ts';
import { startTimonel, type TestTimonel } from '../../test/timonel.ts';
import { hotel } from './agent.ts';
import { PretendHotel } from './rehearsal/pretend-hotel.ts';
import { qloAppsKey, speakAsQloApps } from './rehearsal/qloapps-server.ts';
import { sampleHotel } from './sample-hotel.ts';

const now = new Date('2026-11-19T12:00:00-03:00');
const at = '/api/v1/agents/hotel';

describe.each(storeKinds)('a hotel that is kept elsewhere (%s)', (kind) => {
  const rooms = ['105', '106'].map((number) => ({ id: `9${number}`, number }));
  const there = new PretendHotel([{ id: '1001', name: 'Doble', price: 20_000_00, rooms }]);
  let timonel: TestTimonel;
  let remove: () => Promise<void>;
  let system: Record<string, string>;

  beforeAll(async () => {
    const fresh = await freshStoreEnvironment(kind);
    remove = fresh.remove;
    const environment = { ...fresh.environment, TIMONEL_AGENT_PRIVATE_ADDRESSES: 'true' };
    timonel = await startTimonel(kind, { agents: [hotel] }, { now: () => now, environment });
    system = {
      hotel: sampleHotel.name,
      kind: 'qloapps',
      url: `${await speakAsQloApps(there)}/`,
      property: '1',
      secret: qloAppsKey,
    };
    await timonel.timonel.store.pool.executeText(
      `UPDATE hotel_room_types SET external = '1001' WHERE code = 'DBL' OR name = 'Doble'`,
    );
    await timonel.timonel.store.pool.executeText(`UPDATE hotel_rooms SET external = '9' || number WHERE number IN ('105', '106')`);
  });
  afterAll(async () => {
    await timonel.close();
    await there.close();
    await remove();
  });

  const test = async () => (await timonel.call('POST', `${at}/commands/pms-test`, {})).body;

  it('keeps credentials sealed and shows none', async () => {
    expect(await test()).toMatchObject({ ok: true, system: 'built in' });
    const added = await timonel.call<{ id: string; version: number }>('POST', `${at}/systems`, { ...system, secret: 'wrong' });
    expect([added.status, added.body]).toMatchObject([201, { kind: 'qloapps', secret: '********' }]);
    expect(await test()).toMatchObject({ ok: false, why: expect.stringContaining('401') });
    const match = { 'if-match': `"${added.body.version}"` };
    const changed = await timonel.call('PATCH', `${at}/systems/${added.body.id}`, { secret: qloAppsKey }, match);
    expect([changed.status, changed.body['secret']]).toEqual([200, '********']);
    const rows = await timonel.timonel.store.pool.executeText<{ secret: string; url: string }>(
      'SELECT secret, url FROM hotel_systems',
    );
    expect(rows).toEqual([{ secret: expect.not.stringContaining(qloAppsKey), url: system['url']?.replace(/\/$/, '') }]);
  });

  it('says what is known here, and sells at the prices of there', async () => {
    expect(await test()).toMatchObject({
      system: 'qloapps',
      types: [{ id: '1001', here: 'Doble', roomsNotHere: [] }],
      typesNotThere: expect.arrayContaining(['Suite']),
      sample: { offers: [{ type: 'Doble', total: 20_000, left: 2 }] },
    });
    const conversation = await timonel.converse('hotel');
    expect((await timonel.say(conversation, 'una doble del 10 al 12 de abril para 2')).reply.text).toMatch(/40\.000/);
    there.away = true;
    const desk = await timonel.call('POST', `${at}/stays`, {
      checkIn: '2026-11-23',
      checkOut: '2026-11-26',
      type: 'Doble',
      adults: 2,
      name: 'Rita Sosa',
      phone: '223 555 9900',
    });
    expect([desk.status, desk.body['detail']]).toEqual([expect.any(Number), expect.stringContaining('qloapps')]);
  });

  it('asks nobody in its own network where that is not allowed', async () => {
    await timonel.close(false);
    timonel = await startTimonel(
      kind,
      { agents: [hotel] },
      { now: () => now, environment: { ...timonel.environment, TIMONEL_AGENT_PRIVATE_ADDRESSES: 'false' } },
    );
    const before = there.asked.length;
    expect(await test()).toMatchObject({ ok: false, why: expect.stringContaining('https://') });
    expect(there.asked).toHaveLength(before);
  });
});
