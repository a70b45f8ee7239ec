/** What a person may answer with on a channel: free text while it reaches the customer, a template afterwards, and texts kept for it. */
import { describe, expect, it } from 'vitest';
import { newPerson } from '../identity/people.ts';
import { newWorkspace } from '../new-workspace.ts';
import { storeKinds } from '../stores.ts';
import { openSalon } from './salon.ts';

const patient = { timeout: 30_000, interval: 50 };
const ana = { phone: '5491155557711', name: 'Ana' };
const templates = [
  { name: 'reminder', language: 'es_AR', parameters: ['who', 'when'], text: 'Hola {{who}}, tu turno es {{when}}.' },
  { name: 'bare', language: 'es_AR', parameters: [] },
];

describe.each(storeKinds)('answers of people on WhatsApp (%s)', (kind) => {
  it('are free texts for a day, then templates; a message to an address tries the connection', async () => {
    let ahead = 0;
    await using salon = await openSalon(kind, { now: () => new Date(Date.now() + ahead), settings: { templates } });
    const { test, api, connection, rows } = salon;
    api.templates.set('reminder/es_AR', 2);
    api.templates.set('bare/es_AR', 0);
    await salon.hear(ana, 'hola');
    await expect.poll(() => salon.textsTo(ana.phone), patient).toEqual(['echo: hola']);
    const id = (await rows<{ id: string }>('SELECT id FROM conversations'))[0]?.id ?? '';
    const at = (deed: string) => `/api/v1/conversations/${id}/${deed}`;
    const options = async () => (await test.call('GET', at('reply-options'))).body;
    expect(await options()).toMatchObject({
      connection: { id: connection.id, name: 'salon', channel: 'whatsapp', enabled: true },
      freeUntil: expect.any(String),
      templateOnly: false,
      templates: [
        { name: 'reminder', parameters: ['who', 'when'], reopens: false },
        { name: 'bare', text: null },
      ],
      fileBytes: { image: expect.any(Number) },
    });
    ahead = 86_401_000;
    expect(await options()).toMatchObject({ templateOnly: true });
    await test.call('POST', at('take'), {});
    const wrong = await test.call('POST', at('replies'), { template: { name: 'reminder', parameters: { who: 'Ana' } } });
    expect(wrong).toMatchObject({ status: 422, body: { code: 'template_unknown' } });
    const template = { name: 'reminder', parameters: { who: 'Ana', when: 'mañana' } };
    expect((await test.call('POST', at('replies'), { template }, { 'idempotency-key': 'one' })).status).toBe(201);
    expect((await test.call('POST', at('replies'), { template }, { 'idempotency-key': 'one' })).body).toMatchObject({
      repeated: true,
    });
    await expect.poll(() => api.sent.filter(({ body }) => body['type'] === 'template'), patient).toHaveLength(1);
    expect(JSON.stringify(api.sent.at(-1)?.body)).toContain('mañana');
    const { body } = await test.call<{ messages: { text: string }[] }>('GET', `/api/v1/conversations/${id}`);
    expect(body.messages.at(-1)?.text).toBe('Hola Ana, tu turno es mañana.');

    // A stranger is reached by a template, and not by a free text.
    const message = (sent: object) =>
      test.call<{ id: string; text: string }>('POST', `/api/v1/channels/${connection.id}/messages`, sent);
    const to = '+54 9 351 555-7712';
    expect(await message({ to, template: { name: 'bare' } })).toMatchObject({ status: 201, body: { text: '[bare]' } });
    await expect.poll(() => api.sent.filter((each) => each.to === '5493515557712'), patient).toHaveLength(1);
    const refused = await message({ to, text: 'Hola' });
    await expect
      .poll(() => rows('SELECT error FROM channel_deliveries WHERE id = $1', [refused.body.id]), patient)
      .toMatchObject([{ error: { code: 'window-closed' } }]);
    expect(await message({ to: 'ana@example.com', text: 'Hola' })).toMatchObject({
      status: 400,
      body: { code: 'invalid_request' },
    });
    const fares = { connection: connection.id, heardAt: expect.any(String), waiting: 0, recent: 4, failed: 1 };
    expect((await test.call('GET', '/api/v1/channels/activity')).body).toMatchObject({ activity: [fares] });
    const other = await newWorkspace(test, 'other-salon');
    expect((await test.call('GET', '/api/v1/channels/activity', undefined, other)).body).toEqual({ activity: [] });

    // Kept texts: changed by those who assign, read by those who answer, of one workspace.
    const canned = '/api/v1/canned-texts';
    const put = (text: string) => test.call('PUT', `${canned}/${encodeURIComponent('dirección')}`, { text });
    expect(await put('Estamos en San Martín 1.')).toMatchObject({ status: 200 });
    expect(await put('Hola {name}, estamos en San Martín 12.')).toMatchObject({ status: 200 });
    const luz = await newPerson(test, { role: 'receptionist' });
    expect((await test.call('GET', canned, undefined, luz.headers)).body).toEqual({
      cannedTexts: [{ name: 'dirección', text: 'Hola {name}, estamos en San Martín 12.' }],
    });
    expect((await test.call('PUT', `${canned}/x`, { text: 'x' }, luz.headers)).status).toBe(403);
    expect((await test.call('GET', canned, undefined, other)).body).toEqual({ cannedTexts: [] });
    const remove = () => test.call('DELETE', `${canned}/${encodeURIComponent('dirección')}`);
    expect([(await remove()).status, (await remove()).status]).toEqual([204, 404]);
  });
});
