/** Who writes, and what: identities of contacts, files, bursts, and what cannot be taken. */
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { canonicalAddress } from '../../src/channels/addresses.ts';
import { defineAgent } from '../../src/index.ts';
import { storeKinds } from '../stores.ts';
import { signatureOf } from './cloud-api.ts';
import { echoAgent } from './echo-agent.ts';
import { openSalon, type Salon } from './salon.ts';
import { change, message, webhook } from './webhooks.ts';

const patient = { timeout: 30_000, interval: 50 };
const png = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);
/** The head of a voice message. */
const opus = Buffer.concat([Buffer.from('OggS\0\x02'), Buffer.alloc(22), Buffer.from('OpusHead\x01\x01'), Buffer.alloc(64)]);
const contacts = (salon: Salon) =>
  salon.rows<{ kind: string; value: string; contact_id: string }>(
    'SELECT kind, value, contact_id FROM channel_addresses ORDER BY kind, value',
  );

describe.each(storeKinds)('a contact on WhatsApp (%s)', (kind) => {
  it('is known without a phone, and the same one once the phone comes', async () => {
    await using salon = await openSalon(kind);
    const user = 'AR.13491208655302741918';
    await salon.hear({ user, name: 'Ana' }, 'sin número');
    await expect.poll(() => salon.textsTo(user), patient).toEqual(['echo: sin número']);
    expect(salon.api.sent[0]?.field).toBe('recipient');
    await salon.hear({ user, phone: '5491155550010' }, 'con número');
    await expect.poll(() => salon.textsTo('5491155550010'), patient).toEqual(['echo: con número']);
    expect(new Set((await contacts(salon)).map(({ contact_id }) => contact_id)).size).toBe(1);
    expect(await salon.rows('SELECT 1 FROM conversations')).toHaveLength(1);
  });

  it('is one person under all spellings of the number, and merges with what was known apart', async () => {
    await using salon = await openSalon(kind);
    await salon.hear({ phone: '5491155550011' }, 'a');
    await expect.poll(() => salon.textsTo('5491155550011'), patient).toHaveLength(1);
    await salon.hear({ phone: '541155550011' }, 'b');
    // What the provider wrote last is what it is sent.
    await expect.poll(() => salon.textsTo('541155550011'), patient).toEqual(['echo: b']);
    await salon.hear({ user: 'AR.2' }, 'c');
    await expect.poll(() => salon.textsTo('AR.2'), patient).toEqual(['echo: c']);
    expect(new Set((await contacts(salon)).map(({ contact_id }) => contact_id)).size).toBe(2);
    await salon.hear({ user: 'AR.2', phone: '5491155550011' }, 'd');
    await expect.poll(() => salon.textsTo('5491155550011'), patient).toEqual(['echo: a', 'echo: d']);
    expect(new Set((await contacts(salon)).map(({ contact_id }) => contact_id)).size).toBe(1);
    expect(await salon.rows('SELECT 1 FROM channel_threads')).toHaveLength(1);
  });

  it('keeps its conversation over a change of number, and loses it to nobody who gets the number', async () => {
    await using salon = await openSalon(kind);
    const [old, fresh] = ['5491155550012', '5491155550013'];
    await salon.hear({ phone: old, user: 'AR.3' }, 'a');
    await expect.poll(() => salon.textsTo(old), patient).toHaveLength(1);
    const system = { type: 'system', system: { type: 'user_changed_number', wa_id: fresh, body: 'changed' } };
    await salon.post(webhook([change(undefined, [message({ phone: old }, system)])]));
    await salon.hear({ phone: fresh, user: 'AR.3' }, 'b');
    await expect.poll(() => salon.textsTo(fresh), patient).toEqual(['echo: b']);
    expect(await salon.rows('SELECT 1 FROM conversations')).toHaveLength(1);
    // Another person with the number of the first one.
    await salon.hear({ phone: fresh, user: 'AR.4' }, 'c');
    await expect.poll(() => salon.textsTo(fresh), patient).toEqual(['echo: b', 'echo: c']);
    expect(await salon.rows('SELECT 1 FROM conversations')).toHaveLength(2);
    const owners = await contacts(salon);
    const owner = (value: string) => owners.find((each) => each.value === value)?.contact_id;
    expect(owner(fresh)).toBe(owner('AR.4'));
    expect(owner('AR.3')).not.toBe(owner('AR.4'));
  });

  it('sends a burst that becomes one turn, where the connection waits for it', async () => {
    await using salon = await openSalon(kind, { settings: { quietMs: 1_500 } });
    const ana = { phone: '5491155550014' };
    for (const text of ['hola', 'quería un turno', 'para mañana']) await salon.hear(ana, text);
    await expect.poll(() => salon.textsTo(ana.phone), patient).toEqual(['echo: hola\nquería un turno\npara mañana']);
  });

  it('is told once that something cannot be taken, and is answered by nothing to a reaction', async () => {
    await using salon = await openSalon(kind);
    const ana = { phone: '5491155550015' };
    for (const type of ['sticker', 'unsupported', 'hologram']) await salon.hear(ana, { type, [type]: { id: '1' } });
    await salon.hear(ana, { type: 'reaction', reaction: { message_id: 'x', emoji: '👍' } });
    await salon.hear(ana, { type: 'revoke', revoke: { original_message_id: 'x' } });
    await salon.hear(ana, 'hola');
    await expect.poll(() => salon.textsTo(ana.phone), patient).toEqual([expect.stringContaining('no puedo ver'), 'echo: hola']);
    const results = await salon.rows<{ result: string }>('SELECT result FROM channel_inbox ORDER BY id');
    expect(results.map(({ result }) => result)).toEqual(['declined', 'declined', 'declined', 'ignored', 'ignored', 'run']);
  });

  it('sends files, which are loaded with the token while their address is good, or asked for again', async () => {
    const agent = defineAgent({ ...echoAgent, parts: ['image', 'file'] });
    await using salon = await openSalon(kind, { agent });
    const ana = { phone: '5491155550016' };
    const image = { ...salon.api.file(png, 'image/png'), caption: 'mirá' };
    await salon.hear(ana, { type: 'image', image });
    await expect.poll(() => salon.textsTo(ana.phone), patient).toHaveLength(1);
    const [artifact] = await salon.rows<{ media_type: string; sha256: string; conversation_id: string }>(
      'SELECT media_type, sha256, conversation_id FROM artifacts',
    );
    expect(artifact).toMatchObject({ media_type: 'image/png', sha256: createHash('sha256').update(png).digest('hex') });
    expect(salon.api.mediaRequests).toEqual([`resolve ${image.id}`, `download ${image.id}`]);
    // Not the bytes that were announced.
    await salon.hear(ana, { type: 'image', image: { ...salon.api.file(png, 'image/png'), sha256: `${'A'.repeat(43)}=` } });
    await expect.poll(() => salon.textsTo(ana.phone).at(-1), patient).toContain('No pude abrir');
    // A text that calls itself a picture.
    await salon.rows(`UPDATE channel_threads SET declined_at = '-infinity'`);
    await salon.hear(ana, { type: 'image', image: salon.api.file(Buffer.from('hola'), 'image/png') });
    await expect.poll(() => salon.textsTo(ana.phone).length, patient).toBe(3);
    // To an agent that cannot hear.
    await salon.rows(`UPDATE channel_threads SET declined_at = '-infinity'`);
    await salon.hear(ana, { type: 'audio', audio: { ...salon.api.file(opus, 'audio/ogg'), voice: true } });
    await expect.poll(() => salon.textsTo(ana.phone).at(-1), patient).toContain('no se pueden escuchar acá');
  });
});

describe('secrets of a connection', () => {
  it('are two during a rotation, one afterwards, and in no answer', async () => {
    let ahead = 0;
    await using salon = await openSalon('embedded', { now: () => new Date(Date.now() + ahead) });
    const path = `/api/v1/channels/${salon.connection.id}`;
    const rotated = await salon.test.call('PUT', `${path}/secrets`, {
      secrets: { appSecret: 'another-app-secret' },
      overlapSeconds: 60,
    });
    expect(rotated.status).toBe(200);
    expect(JSON.stringify(rotated.body)).not.toMatch(/another-app-secret|test-app-secret/);
    const ana = { phone: '5491155550017' };
    const body = webhook([change(ana, [message(ana, 'a')])]);
    const statusOf = async (secret: string) =>
      (await salon.post(body, { 'x-hub-signature-256': signatureOf(body, secret) })).statusCode;
    expect([await statusOf('test-app-secret'), await statusOf('another-app-secret')]).toEqual([200, 200]);
    ahead = 61_000;
    expect([await statusOf('test-app-secret'), await statusOf('another-app-secret')]).toEqual([401, 200]);
    const [row] = await salon.rows<{ secrets: string }>('SELECT secrets FROM channel_connections');
    expect(row?.secrets).not.toMatch(/secret/);
    expect((await salon.test.call('PATCH', path, { enabled: false })).status).toBe(200);
    expect(await statusOf('another-app-secret')).toBe(404);
  });
});

describe('spellings of a number', () => {
  it.each([
    ['5491123456789', '541123456789'],
    ['5493512345678', '543512345678'],
    ['5215512345678', '525512345678'],
    ['5511987654321', '551187654321'],
    ['5521998765432', '552198765432'],
  ])('%s and %s are one', (one, other) => {
    const [first, second] = [one, other].map((value) => canonicalAddress({ kind: 'phone', value }));
    expect(first).toBe(second);
  });

  it.each([
    ['5491123456789', '5491123456780'],
    ['551132654321', '5511932654321'],
    ['34612345678', '5434612345678'],
  ])('%s and %s are two', (one, other) => {
    const [first, second] = [one, other].map((value) => canonicalAddress({ kind: 'phone', value }));
    expect(first).not.toBe(second);
  });
});

describe('a person who is erased', () => {
  it('is in no table of the channels afterwards, and does not come back by a webhook that is repeated', async () => {
    await using salon = await openSalon('embedded');
    const ana = { phone: '5491155550018', user: 'AR.18' };
    const body = webhook([change(ana, [message(ana, 'algo mío', 'wamid.erased')])]);
    salon.api.heard.set(ana.phone, Date.now());
    await salon.post(body);
    await expect.poll(() => salon.textsTo(ana.phone), patient).toEqual(['echo: algo mío']);
    await expect
      .poll(async () => (await salon.rows(`SELECT 1 FROM channel_deliveries WHERE state = 'sent'`)).length, patient)
      .toBe(1);
    const exported = await salon.test.call('POST', '/api/v1/privacy/export', { phone: '+5491155550018' });
    expect(JSON.stringify(exported.body)).toContain('AR.18');
    const erased = await salon.test.call('POST', '/api/v1/privacy/erase', { phone: '+5491155550018' });
    expect(erased.status).toBeLessThan(300);
    for (const table of [
      'channel_addresses',
      'channel_contacts',
      'channel_threads',
      'channel_deliveries',
      'channel_sends',
      'channel_statuses',
    ])
      expect([table, await salon.rows(`SELECT * FROM ${table}`)]).toEqual([table, []]);
    expect(JSON.stringify(await salon.rows('SELECT * FROM channel_inbox'))).not.toMatch(/algo|5491155550018|AR\.18|wamid/);
    expect((await salon.post(body)).statusCode).toBe(200);
    expect(await salon.rows('SELECT 1 FROM channel_inbox')).toHaveLength(1);
    expect(await salon.rows('SELECT 1 FROM channel_contacts')).toEqual([]);
  });
});
