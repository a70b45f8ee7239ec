/** Telegram by the Bot API. It signs nothing: a secret in a header is all that tells its webhooks from others. */
import { buffer } from 'node:stream/consumers';
import { FormData } from 'undici';
import { z } from 'zod';
import type { MediaPart } from '../../vocabulary.ts';
import { commonSettings, secretText } from '../connection-settings.ts';
import {
  type Channel,
  ChannelMediaError,
  type ConnectionFinding,
  type IncomingContent,
  type IncomingMedia,
  type OpenConnection,
  type OutgoingContent,
  type Remedy,
  type Rendered,
  type Sending,
  type SendResult,
  type Update,
  type WebhookRequest,
  type WireMessage,
} from '../contract.ts';
import { asArray, asObject, asText, type Json, numberOf } from '../json-reading.ts';
import { failedSend, type ProviderAnswer, type ProviderClient } from '../provider-client.ts';
import { captionedPart, choiceOf, cleanText, numberedText, pieces } from '../rendering.ts';
import { onlyHeader, sameText, validSecrets } from '../signatures.ts';

const settings = z.strictObject({
  ...commonSettings,
  botId: z.string().regex(/^\d{3,20}$/, 'must be the number before the colon of the token that BotFather gave'),
});
const secrets = z.strictObject({
  token: secretText.regex(/^\d+:[\w-]+$/, 'must be the token that BotFather gave, e.g. 123456:ABC…'),
  webhookSecret: secretText.regex(/^[\w-]{8,256}$/, 'must be 8 to 256 letters, digits, _ and -'),
});

/** Of a message; `callback_data` of a button has 64 bytes. */
const limits = {
  text: 4_096,
  body: 4_096,
  buttons: { most: 8, title: 60 },
  list: { most: 0, title: 0, description: 0 },
  id: 64,
};
const longestCaption = 1_024;
/** A bot may load files of up to 20 MB. */
const largestFile = 20_971_520;

/** @param base of the Bot API, without a slash at the end. */
export function telegramChannel(client: ProviderClient, base: string): Channel {
  const call = (
    connection: OpenConnection,
    method: string,
    body: object | FormData,
    signal: AbortSignal,
  ): Promise<ProviderAnswer> => {
    const url = `${base}/bot${connection.secrets['token'] ?? ''}/${method}`;
    return body instanceof FormData
      ? client.call('POST', url, { body, signal })
      : client.call('POST', url, { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body), signal });
  };
  return {
    name: 'telegram',
    label: () => 'telegram',
    settings,
    secrets,
    accountOf: (given) => String(given['botId']),
    // 30 messages a second in all, one a second to one person.
    rates: { account: { intervalMs: 34, burst: 25 }, pair: { intervalMs: 1_000, burst: 20 } },
    fileBytes: { image: 52_428_800, audio: 52_428_800, file: 52_428_800 },
    windowOf: () => undefined,
    verify: ({ headers }, connection) => {
      const token = onlyHeader(headers['x-telegram-bot-api-secret-token']);
      return (
        token !== undefined &&
        validSecrets(connection, 'webhookSecret')
          .map((each) => sameText(each, token))
          .includes(true)
      );
    },
    parse: parseTelegram,
    render: renderTelegram,
    async send(connection, sending) {
      const chat = sending.to.find(({ kind }) => kind === 'telegram')?.value;
      if (chat === undefined)
        return {
          kind: 'refused',
          error: { code: 'no-address', message: 'The contact has no address on this channel.' },
          remedy: 'wrong',
        };
      const { method, ...body } = sending.message.body;
      try {
        const answer = await call(connection, String(method), await formOf(chat, body, sending), sending.signal);
        return resultOf(answer);
      } catch (error) {
        return failedSend(error);
      }
    },
    remedyOf: ({ code }) => remedyOf(Number(code)),
    async acknowledge(connection, { sender }, signal) {
      const chat = sender.find(({ kind }) => kind === 'telegram')?.value;
      if (chat !== undefined) await call(connection, 'sendChatAction', { chat_id: chat, action: 'typing' }, signal);
    },
    load: (connection, media, signal) => load(client, base, connection, media, signal),
    async check(connection, signal): Promise<ConnectionFinding[]> {
      const me = await call(connection, 'getMe', {}, signal);
      const bot = asObject(me.body['result']);
      const number: ConnectionFinding = {
        what: 'bot',
        ok: me.status === 200 && asText(bot['id']) === connection.account,
        detail: me.status === 200 ? `@${asText(bot['username'])} (${asText(bot['id'])})` : `Answered with ${me.status}.`,
      };
      const info = asObject((await call(connection, 'getWebhookInfo', {}, signal)).body['result']);
      const url = asText(info['url']) ?? '';
      const failed = asText(info['last_error_message']);
      const set = url.endsWith(`/api/v1/channels/${connection.id}/webhook`);
      const told = failed === undefined ? url : `${url}: ${failed}`;
      return [
        number,
        { what: 'webhook at Telegram', ok: set, detail: set ? told : `It is "${url}". Call setWebhook with the address above.` },
      ];
    },
  };
}

function parseTelegram({ body }: WebhookRequest, connection: OpenConnection): Update[] {
  const update = asObject(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body)));
  const id = asText(update['update_id']);
  if (id === undefined) return [{ kind: 'other', what: 'without-update-id' }];
  const callback = asObject(update['callback_query']);
  const edited = update['edited_message'] !== undefined;
  const message = asObject(update['message'] ?? update['edited_message'] ?? callback['message']);
  const from = asObject(callback['from'] ?? message['from']);
  const chat = asObject(message['chat']);
  const person = asText(chat['id']);
  if (person === undefined) return [{ kind: 'other', what: Object.keys(update).find((each) => each !== 'update_id') ?? 'empty' }];
  if (asText(chat['type']) !== 'private') return [{ kind: 'other', what: `chat:${asText(chat['type'])}` }];
  if (from['is_bot'] === true) return [{ kind: 'other', what: 'from-a-bot' }];
  const name = [asText(from['first_name']), asText(from['last_name'])].filter((each) => each !== undefined).join(' ');
  const data = asText(callback['data']);
  return [
    {
      kind: 'message',
      externalId: id,
      account: connection.account,
      sender: [{ kind: 'telegram', value: person }],
      name: name === '' ? undefined : name,
      at: data === undefined ? new Date(1_000 * (numberOf(message['edit_date'] ?? message['date']) ?? 0)) : new Date(),
      content: data === undefined ? contentOf(message, edited) : { kind: 'callback_query', text: data, treat: 'run' },
    },
  ];
}

const mediaFields: readonly [field: string, type: IncomingMedia['type']][] = [
  ['voice', 'audio'],
  ['audio', 'audio'],
  ['video', 'file'],
  ['video_note', 'file'],
  ['document', 'file'],
];

function contentOf(message: Json, edited: boolean): IncomingContent {
  const text = asText(message['text']);
  if (text !== undefined) return { kind: edited ? 'edited_message' : 'text', text, treat: text.trim() === '' ? 'decline' : 'run' };
  if (edited) return { kind: 'edited_message', text: '', treat: 'ignore' };
  const caption = asText(message['caption']) ?? '';
  const location = asObject(message['location']);
  const latitude = numberOf(location['latitude']);
  const longitude = numberOf(location['longitude']);
  if (latitude !== undefined && longitude !== undefined)
    return { kind: 'location', text: '', location: { type: 'location', latitude, longitude }, treat: 'run' };
  const photo = asObject(asArray(message['photo']).at(-1));
  const found: [string, IncomingMedia['type'], Json][] = [
    ['photo', 'image', photo],
    ...mediaFields.map(([field, type]): [string, IncomingMedia['type'], Json] => [field, type, asObject(message[field])]),
  ];
  for (const [kind, type, own] of found) {
    const id = asText(own['file_id']);
    if (id === undefined) continue;
    const media = { id, type, name: asText(own['file_name']) ?? kind, mediaType: asText(own['mime_type']), sha256: undefined };
    return { kind, text: caption, media, treat: 'run' };
  }
  const kind =
    ['sticker', 'animation', 'contact', 'poll', 'dice', 'venue', 'story'].find((each) => message[each] !== undefined) ?? 'unknown';
  const told = ['new_chat_members', 'left_chat_member', 'pinned_message'].some((each) => message[each] !== undefined);
  return { kind, text: '', treat: told ? 'ignore' : 'decline' };
}

function renderTelegram(content: OutgoingContent): Rendered {
  const text = cleanText(content.text).trim();
  const choice = choiceOf({ ...content, text }, limits);
  const buttons = choice.kind === 'buttons' && choice.options.every((option) => Buffer.byteLength(option) <= limits.id);
  const captioned = captionedPart({ ...content, text }, longestCaption);
  const messages: WireMessage[] = (content.parts ?? []).map((part) =>
    part.type === 'location'
      ? { body: { method: 'sendLocation', latitude: part.latitude, longitude: part.longitude } }
      : { body: { method: methodOf(part), ...(part === captioned ? { caption: text } : {}) }, media: part },
  );
  if (captioned !== undefined) return { messages };
  if (choice.kind === 'buttons' && buttons) {
    const rows = choice.options.map((option) => [{ text: option, callback_data: option }]);
    messages.push({ body: { method: 'sendMessage', text, reply_markup: { inline_keyboard: rows } } });
    return { messages };
  }
  const options = choice.kind === 'none' || choice.kind === 'list' ? undefined : choice.options;
  const whole = options === undefined ? text : numberedText(text, options);
  messages.push(...pieces(whole, limits.text).map((piece) => ({ body: { method: 'sendMessage', text: piece } })));
  return { messages, ...(options === undefined ? {} : { numbered: options }) };
}

/** Pictures of up to 10 MB are shown; what is larger, or of another kind, is a document. */
function methodOf({ mediaType, bytes }: MediaPart): string {
  const type = mediaType.split(';')[0]?.trim();
  if ((type === 'image/jpeg' || type === 'image/png') && bytes <= 10_485_760) return 'sendPhoto';
  return type === 'audio/ogg' ? 'sendVoice' : 'sendDocument';
}

const fields: Readonly<Record<string, string>> = { sendPhoto: 'photo', sendVoice: 'voice', sendDocument: 'document' };

async function formOf(
  chat: string,
  body: Readonly<Record<string, unknown>>,
  { message, read }: Sending,
): Promise<object | FormData> {
  if (message.media === undefined) return { chat_id: chat, ...body };
  const { stream, mediaType, name } = await read(message.media);
  const form = new FormData();
  form.append('chat_id', chat);
  if (typeof body['caption'] === 'string') form.append('caption', body['caption']);
  form.append(fields[String(message.body['method'])] ?? 'document', new Blob([await buffer(stream)], { type: mediaType }), name);
  return form;
}

/** Every answer of the Bot API has `ok`; what has none comes from something in between, and the message may have passed. */
function resultOf({ status, body }: ProviderAnswer): SendResult {
  const id = asText(asObject(body['result'])['message_id']);
  const chat = asText(asObject(asObject(body['result'])['chat'])['id']);
  if (body['ok'] === true && id !== undefined) return { kind: 'sent', externalId: `${chat ?? ''}:${id}` };
  if (body['ok'] !== false) return { kind: 'unclear', reason: `Answered with ${status}.` };
  const code = numberOf(body['error_code']) ?? status;
  const after = numberOf(asObject(body['parameters'])['retry_after']);
  const error = { code: String(code), message: (asText(body['description']) ?? '').slice(0, 500) };
  const blocked = code === 403 || (code === 400 && /chat not found|user is deactivated/i.test(error.message));
  return {
    kind: 'refused',
    error,
    remedy: blocked ? 'stop' : remedyOf(code),
    ...(after === undefined ? {} : { retryAfterMs: after * 1_000 }),
  };
}

function remedyOf(code: number): Remedy {
  if (code === 429 || code >= 500) return 'wait';
  if (code === 401 || code === 404) return 'account';
  return code === 403 ? 'stop' : 'wrong';
}

async function load(
  client: ProviderClient,
  base: string,
  connection: OpenConnection,
  media: IncomingMedia,
  signal: AbortSignal,
): Promise<AsyncIterable<Uint8Array>> {
  const token = connection.secrets['token'] ?? '';
  const failed = (why: string, passing: boolean) => new ChannelMediaError(`The file cannot be loaded (${why}).`, passing);
  const headers = { 'content-type': 'application/json' };
  const answer = await client
    .call('POST', `${base}/bot${token}/getFile`, { headers, body: JSON.stringify({ file_id: media.id }), signal })
    .catch((error: unknown) => {
      throw failed(String(error), true);
    });
  const path = asText(asObject(answer.body['result'])['file_path']);
  if (path === undefined || /(?:^|\/)\.\.(?:\/|$)/.test(path))
    throw failed(`answered with ${answer.status}`, answer.status === 429 || answer.status >= 500);
  const { status, length, body } = await client.file(`${base}/file/bot${token}/${path}`, {}, signal).catch(() => {
    throw failed('the connection broke', true);
  });
  if (status === 200 && !(length > largestFile)) return body;
  body.destroy();
  throw failed(`answered with ${status}, ${length} bytes`, status >= 500 || status === 429);
}
