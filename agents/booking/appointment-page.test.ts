/** A customer sees, moves and cancels an appointment by the link of its confirmation, without an account. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newWorkspace } from '../../test/new-workspace.ts';
import { storeKinds } from '../../test/stores.ts';
import { startTimonel, type TestTimonel } from '../../test/timonel.ts';
import { booking } from './agent.ts';

// Thursday, 9:00 in Buenos Aires.
const opening = new Date('2026-11-19T12:00:00Z');
const at = '/api/v1/agents/booking';

interface Row {
  id: string;
  status: string;
  date: string;
  time: string;
}

describe.each(storeKinds)('the page of an appointment (%s)', (kind) => {
  let timonel: TestTimonel;
  let now = opening;
  beforeAll(async () => {
    timonel = await startTimonel(kind, { agents: [booking] }, { now: () => now });
  });
  afterAll(() => timonel?.close());

  /** Asks as a browser without an account does, each customer from an address of their own. */
  let visitor = 0;
  const asked = async (method: 'GET' | 'POST', url: string, form?: Record<string, string>, language = 'es-AR,es;q=0.9') => {
    const { statusCode, headers, body } = await timonel.timonel.app.inject({
      method,
      url,
      remoteAddress: `198.51.100.${visitor}`,
      headers: { 'accept-language': language, ...(form && { 'content-type': 'application/x-www-form-urlencoded' }) },
      ...(form && { payload: new URLSearchParams(form).toString() }),
    });
    return { status: statusCode, headers, body, location: String(headers['location'] ?? '') };
  };
  /** Books by talking, and follows the link of the reply. */
  const booked = async (time: string, name: string) => {
    visitor += 1;
    const talk = await timonel.converse('booking', { name, phone: `+54 351 555-${7000 + visitor}` });
    let text = '';
    for (const said of [`corte con Carlos el lunes a las ${time}`, 'sí', `soy ${name}`, 'sí'])
      text = /Tu código es/.test(text) ? text : (await timonel.say(talk, said)).reply.text;
    const link = /Para verlo, cambiarlo o cancelarlo: http:\/\/localhost:\d+(\/\S+)/.exec(text)?.[1] ?? `no link in: ${text}`;
    const code = /Tu código es (\w+)/.exec(text)?.[1] ?? '';
    const row = async () => (await timonel.call<{ items: Row[] }>('GET', `${at}/appointments?q=${code}`)).body.items[0] as Row;
    const act = (name_: 'move' | 'cancel', form: Record<string, string>) =>
      asked('POST', link.replace('/appointment?', `/appointment/${name_}?`), form);
    const revision = async (view: 'move' | 'cancel') =>
      /name="revision" value="(\d+)"/.exec((await asked('GET', `${link}&view=${view}`)).body)?.[1] ?? '';
    return { link, code, row, act, revision };
  };

  it('shows it under a policy without scripts, in the language of the browser, and gives the calendar its address', async () => {
    const { link, code } = await booked('10', 'Eva <Gil>');
    const page = await asked('GET', link);
    expect([page.status, page.headers['cache-control'], page.headers['referrer-policy']]).toEqual([200, 'no-store', 'no-referrer']);
    expect(page.headers['content-security-policy']).toMatch(/default-src 'none'.*form-action 'self'.*frame-ancestors 'none'/);
    for (const shown of ['lunes, 23 de noviembre, 10:00', 'Carlos Medina', code, 'GMT-3', 'Cambiar el horario'])
      expect(page.body).toContain(shown);
    expect(page.body).not.toMatch(/<script|<Gil>/);
    expect((await asked('GET', link, undefined, 'en-GB')).body).toMatch(/<html lang="en">[\s\S]*Monday,? 23 November, 10:00/);
    const [file] = await timonel.timonel.store.pool.executeText<{ id: string }>(
      `SELECT file_id AS id FROM booking_appointments WHERE code = $1`,
      [code],
    );
    const ics = await timonel.call<string>('GET', `/api/v1/artifacts/${file?.id}/content`);
    expect(String(ics.body).replaceAll('\r\n ', '')).toContain(`URL;VALUE=URI:http://localhost:0${link}`);
  });

  it('moves to what is free, once, and not to what others have', async () => {
    const { link, row, act, revision } = await booked('11', 'Beto Ruiz');
    await booked('15', 'Clara Paz');
    const day = (await asked('GET', `${link}&view=move`)).body;
    expect(day).toContain('value="2026-11-23T12:00"');
    const carlos = /value="2026-11-23T15:00"><span>15:00 <span class="quiet small">(?!Carlos)/;
    // Carlos has somebody then: another person is offered, by name.
    expect(day).toMatch(carlos);
    const first = await revision('move');
    const taken = await act('move', { slot: '2026-11-22T11:00', revision: first });
    expect([taken.status, taken.location]).toEqual([303, expect.stringContaining('said=taken')]);
    expect(await row()).toMatchObject({ time: '11:00' });
    const forms = { slot: '2026-11-23T12:00', revision: first };
    // A double click, and another window with another wish at the same time.
    const [one, two, other] = await Promise.all([
      act('move', forms),
      act('move', forms),
      act('move', { ...forms, slot: '2026-11-24T17:00' }),
    ]);
    const came = [one, two, other].map(({ location }) => /said=(\w+)/.exec(location)?.[1]);
    const won = came[2] === 'moved' ? { date: '2026-11-24', time: '17:00' } : { date: '2026-11-23', time: '12:00' };
    expect(came).toEqual(came[2] === 'moved' ? ['changed', 'changed', 'moved'] : ['moved', 'moved', 'changed']);
    expect(await row()).toMatchObject(won);
    // The form of before again.
    expect((await act('move', { slot: '2026-11-25T17:00', revision: first })).location).toContain('said=changed');
    expect(await row()).toMatchObject(won);
    expect((await asked('GET', one.location || link)).status).toBe(200);
    expect((await act('move', { slot: 'tomorrow', revision: first })).location).toContain('said=choose');
    const { body } = await timonel.call<{ entries: { actor: object; target: { id: string }; details: object }[] }>(
      'GET',
      '/api/v1/audit?action=agent-route-called',
    );
    expect(body.entries[0]).toMatchObject({
      target: { id: 'POST /appointment/move' },
      details: { by: 'link', subject: (await row()).id },
    });
    const [due] = await timonel.timonel.store.pool.executeText<{ key: string }>(
      `SELECT singleton_key AS key FROM pgboss.job WHERE name = 'booking.remind' AND data::text LIKE '%' || $1 || '%' ORDER BY created_on DESC`,
      [(await row()).id],
    );
    expect(due).toBeDefined();
  });

  it('cancels once, and is refused by the hour of the house, by which the agent goes too', async () => {
    const late = await booked('16', 'Dante Sosa');
    const { id, version } = (await timonel.call<{ items: (Row & { version: number })[] }>('GET', `${at}/settings`)).body
      .items[0] as Row & { version: number };
    const set = await timonel.call('PATCH', `${at}/settings/${id}`, { changeMinutes: 1_440 }, { 'if-match': `"${version}"` });
    expect(set.status, JSON.stringify(set.body)).toBe(200);
    const revision = await late.revision('cancel');
    now = new Date('2026-11-22T19:30:00Z');
    try {
      const page = await asked('GET', late.link);
      expect(page.body).toContain('hasta 24 h antes');
      expect(page.body).not.toContain('Cancelar el turno');
      expect((await late.act('cancel', { revision })).location).toContain('said=late');
      expect((await late.act('move', { revision, slot: '2026-11-25T17:00' })).location).toContain('said=late');
      const talk = await timonel.converse('booking');
      await timonel.say(talk, `cancelar, código ${late.code}`);
      expect((await timonel.say(talk, 'sí')).reply.text).toContain('hasta 24 h antes');
      expect(await late.row()).toMatchObject({ status: 'confirmed', time: '16:00' });
    } finally {
      now = opening;
    }
    const done = await Promise.all([late.act('cancel', { revision, reason: 'Viaje' }), late.act('cancel', { revision })]);
    expect(done.map(({ location }) => /said=(\w+)/.exec(location)?.[1])).toEqual(['cancelled', 'cancelled']);
    expect(await late.row()).toMatchObject({ status: 'cancelled' });
    expect((await asked('GET', late.link)).body).toContain('Este turno está cancelado.');
    expect((await late.act('move', { revision, slot: '2026-11-25T17:00' })).location).toContain('said=changed');
  });

  it('opens for nothing but the whole link, in its workspace, for as long as it lasts', async () => {
    const { link, row } = await booked('17', 'Elsa Mora');
    const [path = '', token = ''] = link.split('link=');
    const [claim = '', expires = '', signature = ''] = token.split('.');
    await newWorkspace(timonel, `branch-${kind}`);
    const elsewhere = Buffer.from(JSON.stringify([`branch-${kind}`, (await row()).id])).toString('base64url');
    const later = (Number.parseInt(expires, 36) + 86_400).toString(36);
    const end = signature.endsWith('A') ? 'Q' : 'A';
    for (const forged of [
      '',
      'x',
      token.slice(0, -1),
      `${claim}.${later}.${signature}`,
      `${elsewhere}.${expires}.${signature}`,
      `${claim}.${expires}.${signature.slice(0, -1)}${end}`,
      `${claim}.${expires}.${'A'.repeat(22)}`,
    ]) {
      const page = await asked('GET', `${path}link=${forged}`);
      expect([forged, page.status, page.headers['content-type']]).toEqual([forged, 422, 'text/html; charset=utf-8']);
      expect(page.body).toContain('Este enlace ya no sirve');
      const posted = await asked('POST', `${at}/appointment/cancel?link=${forged}`, { revision: '0' });
      expect([forged, posted.status]).toEqual([forged, 422]);
    }
    expect((await asked('GET', `${link}&workspace=branch-${kind}`)).body).toContain('17:00');
    now = new Date('2026-12-24T12:00:00Z');
    try {
      expect((await asked('GET', link)).status).toBe(422);
    } finally {
      now = opening;
    }
    const many = await Promise.all(Array.from({ length: 70 }, () => asked('GET', link)));
    expect(many.filter(({ status }) => status === 429).length).toBeGreaterThanOrEqual(10);
    expect(many.at(-1)?.body).toContain('Esperá un minuto');
    expect(await row()).toMatchObject({ status: 'confirmed', time: '17:00' });
  });
});
