/** A shop owner sets up her own shop: the sample goes, two files come in, a customer books, and she keeps her appointments. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { storeKinds } from '../../test/stores.ts';
import { startTimonel, type TestTimonel } from '../../test/timonel.ts';
import { booking } from './agent.ts';

// Thursday, 9:00 in Buenos Aires.
const now = new Date('2026-11-19T12:00:00Z');
const at = '/api/v1/agents/booking';
const csv = (text: string, type = 'text/csv') => [text, { 'content-type': type }] as const;

interface Row {
  id: string;
  version: number;
  [field: string]: unknown;
}

describe.each(storeKinds)('a shop of one’s own (%s)', (kind) => {
  let at0: TestTimonel;
  const call: TestTimonel['call'] = (...args) => at0.call(...args);
  const list = async (resource: string, query = '') =>
    (await call<{ items: Row[] }>('GET', `${at}/${resource}${query}`)).body.items;

  beforeAll(async () => {
    at0 = await startTimonel(kind, { agents: [booking] }, { now: () => now });
  });
  afterAll(() => at0.close());

  it('sends the sample salon away with one command', async () => {
    expect((await list('services')).length).toBeGreaterThan(10);
    const { status, body } = await call('POST', `${at}/commands/remove-sample`, {});
    expect([status, body]).toMatchObject([200, { removed: { settings: 1, staff: 4, services: 16, promotions: 3 } }]);
    for (const resource of ['services', 'staff', 'opening-hours', 'special-dates', 'promotions', 'settings']) {
      expect([resource, await list(resource)]).toEqual([resource, []]);
    }
    const talk = await at0.converse('booking');
    expect((await at0.say(talk, 'qué servicios tienen?')).reply.text).not.toContain('Mechas');
  });

  it('takes what it offers from files, and understands it at once', async () => {
    const services =
      'Nombre;Precio;Duración;Alias\r\nMasaje relajante;14000,50;60;masaje | masajes\r\nReflexología;9000;45;pies\r\n';
    const imported = await call('POST', `${at}/services/import`, Buffer.from(`\uFEFF${services}`).toString(), csv('')[1]);
    expect([imported.status, imported.body]).toMatchObject([200, { rows: 2, added: 2, delimiter: ';' }]);
    const staff = 'name,services\nAna Ruiz,Masaje relajante | Reflexología\nLuz,Reflexología\n';
    expect((await call('POST', `${at}/staff/import`, ...csv(staff))).body).toMatchObject({ rows: 2, added: 2 });
    const hours = [1, 2, 3, 4, 5].map((weekday) => ({ weekday, opens: '09:00', closes: '18:00' }));
    expect((await call('POST', `${at}/opening-hours/import`, hours)).body).toMatchObject({ added: 5 });
    expect((await call('POST', `${at}/settings`, { name: 'Casa Luz', address: 'Belgrano 12', currency: 'ARS' })).status).toBe(201);
    expect(await list('services', '?q=reflexologia&active=true')).toMatchObject([
      { name: 'Reflexología', price: 9000, aliases: ['pies'] },
    ]);
    expect(await list('staff', '?services=Masaje%20relajante')).toMatchObject([
      { name: 'Ana Ruiz', services: ['Masaje relajante', 'Reflexología'] },
    ]);
    const talk = await at0.converse('booking');
    expect((await at0.say(talk, 'cuánto sale el masaje?')).reply.text).toContain('14.000');
  });

  it('books for a customer, whom the owner finds, moves and takes along', async () => {
    const talk = await at0.converse('booking', { name: 'Eva Gómez', phone: '+54 351 555-7788' });
    for (const said of ['quiero un masaje mañana a las 10', 'sí', 'soy Eva Gómez', 'sí']) await at0.say(talk, said);
    const [appointment] = await list('appointments', '?date=2026-11-20');
    expect(appointment).toMatchObject({
      time: '10:00',
      service: 'Masaje relajante',
      staff: 'Ana Ruiz',
      name: 'Eva Gómez',
      status: 'confirmed',
      price: 14000.5,
    });
    const url = `${at}/appointments/${appointment?.id}`;
    const match = { 'if-match': `"${appointment?.version}"` };
    expect((await call('PATCH', url, { time: '11:00' })).body).toMatchObject({ code: 'version_required', status: 428 });
    const early = await call('PATCH', url, { time: '07:00' }, match);
    expect([early.status, early.body['detail']]).toEqual([409, expect.stringMatching(/cannot be booked.*Free are/)]);
    const moved = await call<Row>('PATCH', url, { time: '11:00' }, match);
    expect([moved.status, moved.body]).toMatchObject([200, { time: '11:00', version: (appointment?.version ?? 0) + 1 }]);
    expect((await call('PATCH', url, { time: '12:00' }, match)).body).toMatchObject({ code: 'version_conflict' });
    const byPhone = {
      date: '2026-11-19',
      time: '15:00',
      service: 'Reflexología',
      staff: 'Luz',
      name: 'Rita Sosa',
      phone: '351 555 9900',
    };
    expect((await call('POST', `${at}/appointments`, byPhone)).status).toBe(201);
    expect((await call('POST', `${at}/appointments`, byPhone)).body).toMatchObject({ code: 'row_conflict' });
    expect(await list('appointments', '?date=today')).toMatchObject([{ name: 'Rita Sosa', time: '15:00', staff: 'Luz' }]);
    expect((await list('appointments', '?staff=Ana%20Ruiz')).map(({ name }) => name)).toEqual(['Eva Gómez']);
    const exported = await call<string>('GET', `${at}/appointments/export?date.from=2026-11-20`);
    const [header, line, ...rest] = exported.body.trim().split('\r\n');
    expect([header, rest]).toEqual([expect.stringContaining('id,date,time,service,staff,name,phone'), []]);
    // A phone number that begins with a plus is no formula.
    expect(line).toContain(`2026-11-20,11:00,Masaje relajante,Ana Ruiz,Eva Gómez,'+54 351 555-7788`);
    expect((await call('DELETE', url)).status).toBe(204);
    expect(await list('appointments', '?date=2026-11-20')).toMatchObject([{ status: 'cancelled' }]);
    expect((await call('DELETE', url)).body).toMatchObject({ code: 'row_conflict' });
    expect((await at0.say(await at0.converse('booking'), 'hay lugar mañana a las 11 para un masaje?')).reply.text).toMatch(/11/);
  });

  it('refuses what a schema cannot say', async () => {
    const [monday] = await list('opening-hours', '?weekday=1');
    const overlap = await call('POST', `${at}/opening-hours`, { weekday: 1, opens: '17:00', closes: '20:00' });
    expect([overlap.status, overlap.body['detail']]).toEqual([422, expect.stringContaining('overlaps with 09:00 to 18:00')]);
    expect((await call('PATCH', `${at}/opening-hours/${monday?.id}`, { closes: '08:00' }, { 'if-match': '*' })).body).toMatchObject(
      { code: 'row_invalid' },
    );
    const [ana] = await list('staff', '?q=ana');
    const used = await call('DELETE', `${at}/staff/${ana?.id}`);
    expect([used.status, used.body['detail']]).toEqual([409, expect.stringContaining('booking_appointments refer to it')]);
    const twice = await call('POST', `${at}/services`, { name: 'Reflexología', price: 1, durationMinutes: 30 });
    expect([twice.status, twice.body['detail']]).toEqual([409, expect.stringContaining('the same name')]);
    const nobody = await call('POST', `${at}/opening-hours`, { staff: 'Nadie', weekday: 1, opens: '09:00', closes: '10:00' });
    expect(nobody.body['detail']).toContain('there is no "Nadie". There are: Ana Ruiz, Luz');
    expect((await call('POST', `${at}/settings`, { name: 'Another' })).body).toMatchObject({ code: 'row_conflict' });
  });
});
