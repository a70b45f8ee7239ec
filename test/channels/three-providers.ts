/** One Timonel with a connection of each provider, and the strict stand-ins of the three behind one way to say and to look. */
import { createHash, createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { expect } from 'vitest';
import { scriptedModel } from '../scripted-model.ts';
import { freshStoreEnvironment, type StoreKind } from '../stores.ts';
import { startTimonel, type TestTimonel } from '../timonel.ts';
import { CloudApi, phoneNumberId, secrets, signatureOf } from './cloud-api.ts';
import { echoAgent, lastSaid } from './echo-agent.ts';
import { change, message, webhook } from './webhooks.ts';

export const providerNames = ['whatsapp', 'telegram', 'twilio'] as const;
type ProviderName = (typeof providerNames)[number];

/** What reached the customer. `sha256` and `mediaType` are of the bytes as the provider got them. */
export interface Received {
  kind: 'text' | 'image' | 'audio' | 'file' | 'location';
  text?: string;
  name?: string;
  mediaType?: string;
  sha256?: string;
  place?: [latitude: number, longitude: number];
}

export interface Provider {
  /** A customer writes; the same id is the same message. */
  say(text: string, id: string): Promise<number>;
  received(): Promise<Received[]>;
  /** What the stand-in refused, with the reason. */
  readonly refused: string[];
}

const publicUrl = 'https://timonel.example.com';
const twilioToken = 'a-test-auth-token';
const accountSid = `AC${'0'.repeat(32)}`;
const bot = { token: '123456:test-token', webhookSecret: 'a-webhook-secret' };
const hash = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

export interface ThreeProviders extends AsyncDisposable {
  test: TestTimonel;
  providers: Record<ProviderName, Provider>;
}

export async function openThree(kind: StoreKind): Promise<ThreeProviders> {
  const cloud = await CloudApi.start();
  const small = await smallApis();
  const fresh = await freshStoreEnvironment(kind);
  const test = await startTimonel(
    kind,
    { agents: [echoAgent], models: { default: scriptedModel(({ prompt }) => `echo: ${lastSaid(prompt)}`) } },
    {
      environment: {
        ...fresh.environment,
        TIMONEL_PUBLIC_URL: publicUrl,
        TIMONEL_WHATSAPP_URL: cloud.url,
        TIMONEL_TELEGRAM_URL: small.url,
        TIMONEL_TWILIO_URL: small.url,
      },
    },
  );
  const connect = async (channel: ProviderName, settings: object, held: object) => {
    const added = await test.call<{ id: string }>('POST', '/api/v1/channels', {
      channel,
      name: channel,
      agent: 'echo',
      settings,
      secrets: held,
    });
    expect(added.status, JSON.stringify(added.body)).toBe(201);
    const path = `/api/v1/channels/${added.body.id}/webhook`;
    return async (payload: string, headers: (path: string) => Record<string, string>) =>
      (await test.timonel.app.inject({ method: 'POST', url: path, payload, headers: headers(path) })).statusCode;
  };
  const toWhatsapp = await connect('whatsapp', { phoneNumberId }, secrets);
  const toTelegram = await connect('telegram', { botId: '123456' }, bot);
  const toTwilio = await connect('twilio', { accountSid, from: '+15557122661' }, { authToken: twilioToken });
  const ana = { phone: '5491155550001', name: 'Ana' };
  cloud.heard.set(ana.phone, Date.now());
  const providers: ThreeProviders['providers'] = {
    whatsapp: {
      say(text, id) {
        const body = webhook([change(ana, [message(ana, text, id)])]);
        return toWhatsapp(body, () => ({ 'content-type': 'application/json', 'x-hub-signature-256': signatureOf(body) }));
      },
      received: async () => cloud.sent.map(({ body }) => ofWhatsapp(body, cloud)),
      refused: cloud.refused,
    },
    telegram: {
      say(text, id) {
        const from = { id: 42, is_bot: false, first_name: 'Ana' };
        const own = { message_id: 7, date: 1_700_000_000, chat: { id: 42, type: 'private' }, from, text };
        return toTelegram(
          JSON.stringify({ update_id: Number.parseInt(hash(Buffer.from(id)).slice(0, 8), 16), message: own }),
          () => ({
            'content-type': 'application/json',
            'x-telegram-bot-api-secret-token': bot.webhookSecret,
          }),
        );
      },
      received: async () => small.telegram,
      refused: small.refused,
    },
    twilio: {
      say(text, id) {
        const fields = { Body: text, From: '+5491155550001', MessageSid: id, SmsStatus: 'received', To: '+15557122661' };
        const signed = Object.entries(fields).flat().join('');
        return toTwilio(new URLSearchParams(fields).toString(), (path) => ({
          'content-type': 'application/x-www-form-urlencoded',
          'x-twilio-signature': createHmac('sha1', twilioToken).update(`${publicUrl}${path}${signed}`).digest('base64'),
        }));
      },
      // Twilio loads a file itself, from the address that it was given, as anybody could.
      received: () => Promise.all(small.twilio.map((fields) => ofTwilio(fields, test))),
      refused: small.refused,
    },
  };
  return {
    test,
    providers,
    async [Symbol.asyncDispose]() {
      await test.close();
      cloud.close();
      small.close();
      await fresh.remove();
    },
  };
}

function ofWhatsapp(body: Record<string, unknown>, cloud: CloudApi): Received {
  const type = String(body['type']);
  const own = body[type] as {
    body?: string;
    id?: string;
    caption?: string;
    filename?: string;
    latitude: number;
    longitude: number;
  };
  if (type === 'text') return { kind: 'text', text: own.body ?? '' };
  if (type === 'location') return { kind: 'location', place: [own.latitude, own.longitude] };
  const file = cloud.uploaded(own.id ?? '');
  return {
    kind: type === 'document' ? 'file' : (type as 'image' | 'audio'),
    ...(own.caption === undefined ? {} : { text: own.caption }),
    ...(own.filename === undefined ? {} : { name: own.filename }),
    mediaType: file?.mediaType.split(';')[0] ?? '',
    sha256: hash(file?.bytes ?? Buffer.alloc(0)),
  };
}

async function ofTwilio(fields: Record<string, string>, test: TestTimonel): Promise<Received> {
  const { Body: text, MediaUrl: address } = fields;
  const place = /maps\.google\.com\/\?q=(-?[\d.]+),(-?[\d.]+)$/.exec(text ?? '');
  if (place !== null) return { kind: 'location', place: [Number(place[1]), Number(place[2])] };
  if (address === undefined) return { kind: 'text', text: text ?? '' };
  const url = new URL(address);
  expect(url.origin).toBe(publicUrl);
  const answer = await test.timonel.app.inject(url.pathname);
  expect(answer.statusCode).toBe(200);
  const mediaType = String(answer.headers['content-type']).split(';')[0] ?? '';
  const kind = mediaType.startsWith('image/') ? 'image' : mediaType.startsWith('audio/') ? 'audio' : 'file';
  return { kind, ...(text === undefined ? {} : { text }), mediaType, sha256: hash(answer.rawPayload) };
}

const telegramFiles: Readonly<Record<string, [field: string, kind: Received['kind']]>> = {
  sendPhoto: ['photo', 'image'],
  sendVoice: ['voice', 'audio'],
  sendDocument: ['document', 'file'],
};

/** The Bot API and Twilio's REST API on one port: they refuse what the real ones refuse. */
async function smallApis() {
  const telegram: Received[] = [];
  const twilio: Record<string, string>[] = [];
  const refused: string[] = [];
  const server = createServer(async (request, response) => {
    const path = request.url ?? '';
    const fault = path.startsWith('/bot') ? await takeTelegram(path, request, telegram) : await takeTwilio(request, twilio);
    if (fault !== undefined) refused.push(fault);
    const body = path.startsWith('/bot')
      ? fault === undefined
        ? { ok: true, result: { message_id: telegram.length, chat: { id: 42 } } }
        : { ok: false, error_code: 400, description: `Bad Request: ${fault}` }
      : fault === undefined
        ? { sid: `SM${twilio.length}` }
        : { code: 21_602, message: fault };
    response.writeHead(fault === undefined ? 200 : 400, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { url, telegram, twilio, refused, close: () => void server.close() };
}

async function formOf(request: IncomingMessage): Promise<FormData> {
  const headers = { 'content-type': request.headers['content-type'] ?? '' };
  return new Response(await buffer(request), { headers }).formData();
}

async function takeTelegram(path: string, request: IncomingMessage, taken: Received[]): Promise<string | undefined> {
  const [, token, method = ''] = /^\/bot([^/]+)\/(\w+)$/.exec(path) ?? [];
  if (token !== bot.token) return 'Unauthorized';
  const multipart = request.headers['content-type']?.startsWith('multipart/form-data') === true;
  const file = telegramFiles[method];
  if (file !== undefined) {
    if (!multipart) return 'there is no file in the request';
    const form = await formOf(request);
    const [field, kind] = file;
    const sent = form.get(field);
    if (form.get('chat_id') !== '42' || !(sent instanceof File) || sent.size === 0) return `wrong ${field}`;
    const caption = form.get('caption');
    if (caption !== null && String(caption).length > 1_024) return 'message caption is too long';
    const bytes = new Uint8Array(await sent.arrayBuffer());
    const text = caption === null ? {} : { text: String(caption) };
    const name = kind === 'file' ? { name: sent.name } : {};
    taken.push({ kind, ...text, ...name, mediaType: sent.type.split(';')[0] ?? '', sha256: hash(bytes) });
    return undefined;
  }
  const body = JSON.parse((await buffer(request)).toString()) as Record<string, unknown>;
  if (String(body['chat_id']) !== '42') return 'chat not found';
  if (method === 'sendChatAction') return undefined;
  if (method === 'sendLocation') {
    const { latitude, longitude } = body;
    if (typeof latitude !== 'number' || typeof longitude !== 'number') return 'wrong location';
    taken.push({ kind: 'location', place: [latitude, longitude] });
    return undefined;
  }
  const { text } = body;
  if (method !== 'sendMessage' || typeof text !== 'string' || text.trim() === '') return 'message text is empty';
  if (text.length > 4_096) return 'message is too long';
  taken.push({ kind: 'text', text });
  return undefined;
}

async function takeTwilio(request: IncomingMessage, taken: Record<string, string>[]): Promise<string | undefined> {
  if (request.headers.authorization !== `Basic ${btoa(`${accountSid}:${twilioToken}`)}`) return 'Authenticate';
  const fields = Object.fromEntries(new URLSearchParams((await buffer(request)).toString()));
  if (fields['To'] !== '+5491155550001' || fields['From'] !== '+15557122661') return 'A To and a From are required.';
  const { Body: text, MediaUrl: address } = fields;
  if ((text ?? '').trim() === '' && address === undefined) return 'A body or a media URL is required.';
  if ((text ?? '').length > 1_600) return 'The body exceeds 1600 characters.';
  taken.push(fields);
  return undefined;
}
