import { describe, expect, it } from 'vitest';
import { storeKinds } from '../stores.ts';
import { secrets, signatureOf } from './cloud-api.ts';
import { openSalon } from './salon.ts';
import { change, message, status, webhook } from './webhooks.ts';

const patient = { timeout: 20_000, interval: 50 };
const ana = { phone: '5491155550001', name: 'Ana' };

describe.each(storeKinds)('a person on WhatsApp (%s)', (kind) => {
  it('is answered once, whatever the provider repeats', async () => {
    await using salon = await openSalon(kind);
    const body = webhook([change(ana, [message(ana, '¿Tenés lugar mañana? 🏨 / @', 'wamid.once')])]);
    salon.api.heard.set(ana.phone, Date.now());
    const answers = await Promise.all(Array.from({ length: 10 }, () => salon.post(body)));
    expect(answers.map(({ statusCode }) => statusCode)).toEqual(Array(10).fill(200));
    await expect.poll(() => salon.textsTo(ana.phone), patient).toEqual(['echo: ¿Tenés lugar mañana? 🏨 / @']);
    await salon.post(body);
    await salon.hear(ana, 'otra');
    await expect.poll(() => salon.textsTo(ana.phone), patient).toHaveLength(2);
    expect(salon.textsTo(ana.phone)[1]).toBe('echo: otra');
    const [conversation] = await salon.rows<{ channel: string; contact: object; last_turn: number }>(
      'SELECT channel, contact, last_turn FROM conversations',
    );
    expect(conversation).toEqual({
      channel: 'whatsapp',
      contact: { name: 'Ana', phone: '+5491155550001', verified: true },
      last_turn: 2,
    });
    await expect.poll(() => salon.api.receipts.length, patient).toBeGreaterThan(0);
  });

  it('is answered for each message of a batch, in order', async () => {
    await using salon = await openSalon(kind);
    salon.api.heard.set(ana.phone, Date.now());
    const texts = Array.from({ length: 12 }, (_, index) => `m${index}`);
    const of = (from: number) =>
      change(
        ana,
        texts.slice(from, from + 2).map((text) => message(ana, text)),
      );
    await salon.post(webhook([of(0), of(2)], [of(4), of(6)], [of(8), of(10)]));
    await expect.poll(() => salon.textsTo(ana.phone), patient).toEqual(texts.map((text) => `echo: ${text}`));
  });

  it('is answered although a status beside the message is of no use', async () => {
    await using salon = await openSalon(kind);
    salon.api.heard.set(ana.phone, Date.now());
    const statuses = [null, { status: 7 }, status('wamid.foreign', 'read'), { id: 'x', status: 'RINGING' }] as unknown as Record<
      string,
      unknown
    >[];
    const { statusCode } = await salon.post(webhook([change(ana, [message(ana, 'hola')], statuses)]));
    expect(statusCode).toBe(200);
    await expect.poll(() => salon.textsTo(ana.phone), patient).toEqual(['echo: hola']);
  });
});

describe('the webhook of WhatsApp', () => {
  it('answers the handshake to who knows the token, and to nobody else', async () => {
    await using salon = await openSalon('embedded');
    const ask = async (query: string) => {
      const { statusCode, body } = await salon.test.timonel.app.inject(`/api/v1/channels/${salon.connection.id}/webhook?${query}`);
      return [statusCode, statusCode === 200 ? body : undefined];
    };
    expect(await ask(`hub.mode=subscribe&hub.verify_token=${secrets.verifyToken}&hub.challenge=1158201444`)).toEqual([
      200,
      '1158201444',
    ]);
    expect(await ask('hub.mode=subscribe&hub.verify_token=wrong&hub.challenge=1')).toEqual([401, undefined]);
    expect(await ask(`hub.mode=subscribe&hub.verify_token=${secrets.verifyToken}&hub.challenge=%3Cscript%3E`)).toEqual([
      401,
      undefined,
    ]);
    expect(await ask('')).toEqual([401, undefined]);
  });

  it('refuses what is not signed by the provider, and what is no webhook', async () => {
    await using salon = await openSalon('embedded');
    const body = webhook([change(ana, [message(ana, '¿mañana a las 5/6? 🏨')])]);
    const statusOf = async (bytes: string | Buffer, headers = {}) => (await salon.post(bytes, headers)).statusCode;
    expect(await statusOf(body, { 'x-hub-signature-256': signatureOf(body, 'another-secret') })).toBe(401);
    expect(await statusOf(body, { 'x-hub-signature-256': 'dummy-signature' })).toBe(401);
    expect(await statusOf(body, { 'x-hub-signature-256': '' })).toBe(401);
    // The same JSON in other bytes is another body.
    const again = JSON.stringify(JSON.parse(body));
    expect(await statusOf(again, { 'x-hub-signature-256': signatureOf(body) })).toBe(401);
    expect(await statusOf(Buffer.from([0x7b, 0xff, 0xfe, 0x7d]))).toBe(400);
    expect(await statusOf('not json')).toBe(400);
    expect(await statusOf('{}')).toBe(200);
    expect(await statusOf(`"${'x'.repeat(3_200_000)}"`)).toBe(413);
    const unknown = await salon.test.timonel.app.inject({
      method: 'POST',
      url: '/api/v1/channels/0190163d-8694-739b-aea5-966c26f8ad91/webhook',
      payload: body,
      headers: { 'content-type': 'application/json' },
    });
    expect(unknown.statusCode).toBe(404);
    expect(await salon.rows('SELECT 1 FROM channel_inbox')).toEqual([]);
  });
});
