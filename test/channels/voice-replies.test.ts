/** Voice by Telegram and by WhatsApp through Twilio, at the wire: loaded, heard, and answered in voice and in words; never by SMS. */
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { scriptedModel } from '../scripted-model.ts';
import { freshStoreEnvironment, storeKinds } from '../stores.ts';
import { startTimonel, type TestTimonel } from '../timonel.ts';
import { echoAgent, lastSaid } from './echo-agent.ts';
import { oggOf, type Recogniser, startRecogniser } from './recogniser.ts';

const patient = { timeout: 20_000, interval: 50 };
const publicUrl = 'https://timonel.example.com';
const bot = { token: '123456:test-token', webhookSecret: 'a-webhook-secret' };
const accountSid = `AC${'0'.repeat(32)}`;
const authToken = 'a-test-auth-token';
const basic = `Basic ${btoa(`${accountSid}:${authToken}`)}`;

/** The Bot API and Twilio's, with one sound of the customer behind either's way to files. */
async function providers(sound: Buffer<ArrayBuffer>) {
  const telegram: { method: string; voice?: Buffer; text?: string }[] = [];
  const twilio: Record<string, string>[] = [];
  const server = createServer(async (request, response) => {
    const path = request.url ?? '';
    const body = await buffer(request);
    const json = (answer: object, status = 200) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
    if (path === `/file/bot${bot.token}/voice/file_7.oga`) return void response.end(sound);
    if (path === '/2010-04-01/Media/ME1')
      return void response.writeHead(request.headers.authorization === basic ? 200 : 401).end(sound);
    const method = path.startsWith(`/bot${bot.token}/`) ? path.slice(`/bot${bot.token}/`.length) : undefined;
    if (method === 'getFile') return void json({ ok: true, result: { file_path: 'voice/file_7.oga' } });
    if (method === 'sendVoice') {
      const form = await new Response(body, { headers: { 'content-type': request.headers['content-type'] ?? '' } }).formData();
      const file = form.get('voice') as File;
      telegram.push({ method, voice: Buffer.from(await file.arrayBuffer()) });
    } else if (method === 'sendMessage') {
      telegram.push({ method, text: (JSON.parse(body.toString()) as { text: string }).text });
    } else if (method === undefined) {
      twilio.push(Object.fromEntries(new URLSearchParams(body.toString())));
      return void json({ sid: `SM${twilio.length}` }, 201);
    }
    return void json({ ok: true, result: { message_id: telegram.length, chat: { id: 42 } } });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { url, telegram, twilio, close: () => void server.close() };
}

describe.each(storeKinds)('voice by the smaller channels (%s)', (kind) => {
  let recogniser: Recogniser;
  let stand: Awaited<ReturnType<typeof providers>>;
  let test: TestTimonel;
  let remove = async () => {};
  const heard = { text: 'Quiero un turno el jueves.', duration: 2, segments: [{ start: 0, end: 2, avg_logprob: -0.05 }] };
  const sound = oggOf(`${kind} voice`);

  beforeAll(async () => {
    recogniser = await startRecogniser();
    recogniser.means(sound, heard);
    stand = await providers(sound);
    const fresh = await freshStoreEnvironment(kind);
    remove = fresh.remove;
    const environment = {
      ...fresh.environment,
      TIMONEL_PUBLIC_URL: publicUrl,
      TIMONEL_TELEGRAM_URL: stand.url,
      TIMONEL_TWILIO_URL: stand.url,
      TIMONEL_OPENAI_URL: recogniser.url,
      OPENAI_API_KEY: 'test',
      TIMONEL_TRANSCRIPTION_MODEL: 'openai/whisper-1',
      TIMONEL_SPEECH_MODEL: 'openai/tts-1',
    };
    const models = { default: scriptedModel(({ prompt }) => `echo: ${lastSaid(prompt)}`) };
    test = await startTimonel(kind, { agents: [echoAgent], models }, { environment });
  }, 60_000);
  afterAll(async () => {
    await test?.close();
    stand?.close();
    recogniser?.[Symbol.dispose]();
    await remove();
  });

  const connect = async (channel: string, name: string, settings: object, secrets: object) => {
    const wanted = { channel, name, agent: 'echo', settings: { ...settings, voiceReplies: true }, secrets };
    const added = await test.call<{ id: string }>('POST', '/api/v1/channels', wanted);
    expect(added.status, JSON.stringify(added.body)).toBe(201);
    return `/api/v1/channels/${added.body.id}/webhook`;
  };
  const post = async (url: string, payload: string, headers: Record<string, string>) =>
    expect((await test.timonel.app.inject({ method: 'POST', url, payload, headers })).statusCode).toBe(200);
  /** As Twilio signs it. */
  const fromTwilio = (path: string, fields: Record<string, string>) => {
    const parameters = Object.entries(fields).sort(([one], [other]) => (one < other ? -1 : 1));
    const signed = `${publicUrl}${path}${parameters.flat().join('')}`;
    return post(path, new URLSearchParams(fields).toString(), {
      'content-type': 'application/x-www-form-urlencoded',
      'x-twilio-signature': createHmac('sha1', authToken).update(signed).digest('base64'),
    });
  };

  it('is heard on Telegram, and answered by a voice message before the words; words are answered by words', async () => {
    const path = await connect('telegram', 'bot', { botId: '123456' }, bot);
    const update = (id: number, content: object) =>
      post(
        path,
        JSON.stringify({
          update_id: id,
          message: {
            message_id: id,
            date: 1_700_000_000,
            chat: { id: 42, type: 'private' },
            from: { id: 42, first_name: 'Ana' },
            ...content,
          },
        }),
        { 'content-type': 'application/json', 'x-telegram-bot-api-secret-token': bot.webhookSecret },
      );
    await update(1, { voice: { file_id: 'F7', duration: 2, mime_type: 'audio/ogg' } });
    const spoken = [
      { method: 'sendVoice', voice: recogniser.voice },
      { method: 'sendMessage', text: `echo: ${heard.text}` },
    ];
    await expect.poll(() => stand.telegram, patient).toEqual(spoken);
    expect(recogniser.spoken.at(-1)).toMatchObject({ input: `echo: ${heard.text}`, response_format: 'opus' });
    await update(2, { text: 'gracias' });
    await expect.poll(() => stand.telegram, patient).toEqual([...spoken, { method: 'sendMessage', text: 'echo: gracias' }]);
  });

  it('is heard on WhatsApp through Twilio, which loads the voice of the reply from a link', async () => {
    const from = 'whatsapp:+15557122661';
    const path = await connect('twilio', 'whatsapp', { accountSid, from }, { authToken });
    const media = { NumMedia: '1', MediaUrl0: `${stand.url}/2010-04-01/Media/ME1`, MediaContentType0: 'audio/ogg' };
    const message = { MessageSid: 'SM-in-1', From: 'whatsapp:+5491155550001', To: from, Body: '', SmsStatus: 'received', ...media };
    await fromTwilio(path, message);
    await expect.poll(() => stand.twilio.map(({ Body }) => Body), patient).toEqual([undefined, `echo: ${heard.text}`]);
    const link = new URL(stand.twilio[0]?.['MediaUrl'] ?? '');
    expect(link.origin).toBe(publicUrl);
    const loaded = await test.timonel.app.inject(`${link.pathname}${link.search}`);
    expect(loaded.headers['content-type']).toMatch(/^audio\/ogg/);
    expect(loaded.rawPayload.equals(recogniser.voice)).toBe(true);
  });

  it('is not spoken by SMS', async () => {
    const before = [stand.twilio.length, recogniser.spoken.length] as const;
    const from = '+15557122662';
    const path = await connect('twilio', 'sms', { accountSid, from }, { authToken });
    const media = { NumMedia: '1', MediaUrl0: `${stand.url}/2010-04-01/Media/ME1`, MediaContentType0: 'audio/ogg' };
    await fromTwilio(path, { MessageSid: 'SM-in-2', From: '+5491155550002', To: from, Body: '', SmsStatus: 'received', ...media });
    await expect.poll(() => stand.twilio.slice(before[0]).map(({ Body }) => Body), patient).toEqual([`echo: ${heard.text}`]);
    expect(stand.twilio.at(-1)?.['MediaUrl']).toBeUndefined();
    expect(recogniser.spoken.length).toBe(before[1]);
  });
});
