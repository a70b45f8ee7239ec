/** Twilio: SMS, and WhatsApp through it. The account says which by its address: `whatsapp:+…` or `+…`. */
import { createHmac } from 'node:crypto';
import { z } from 'zod';
import { commonSettings, secretText } from '../connection-settings.ts';
import {
  type Address,
  type Channel,
  ChannelMediaError,
  type ConnectionFinding,
  type IncomingContent,
  type OpenConnection,
  type OutgoingContent,
  type ProviderError,
  type Remedy,
  type Rendered,
  type Sending,
  type SendResult,
  type SendStatus,
  type Update,
  type WebhookRequest,
  type WireMessage,
} from '../contract.ts';
import { asText } from '../json-reading.ts';
import { failedSend, type ProviderAnswer, type ProviderClient } from '../provider-client.ts';
import { captionedPart, cleanText, numberedText, offeredOptions, pieces } from '../rendering.ts';
import { onlyHeader, sameText, validSecrets } from '../signatures.ts';
import { templateOf } from '../templates.ts';

const settings = z.strictObject({
  ...commonSettings,
  accountSid: z.string().regex(/^AC[0-9a-f]{32}$/, 'must be the account SID, AC and 32 characters'),
  from: z.string().regex(/^(?:whatsapp:)?\+\d{6,15}$/, 'must be the number, e.g. +15557122661 or whatsapp:+15557122661'),
});
const secrets = z.strictObject({ authToken: secretText });

/** Twilio refuses a body of more than 1,600 characters. */
const longestBody = 1_600;
const largestFile = 16_777_216;
const windowMs = 86_400_000;

const isWhatsapp = (account: string) => account.startsWith('whatsapp:');

/** @param base of the REST API, without a slash at the end. */
export function twilioChannel(client: ProviderClient, base: string): Channel {
  const account = ({ settings: own }: OpenConnection) => `${base}/2010-04-01/Accounts/${String(own['accountSid'])}`;
  const basic = ({ settings: own, secrets: held }: OpenConnection) => ({
    authorization: `Basic ${Buffer.from(`${String(own['accountSid'])}:${held['authToken'] ?? ''}`).toString('base64')}`,
  });
  return {
    name: 'twilio',
    label: (from) => (isWhatsapp(from) ? 'whatsapp' : 'sms'),
    settings,
    secrets,
    accountOf: (given) => String(given['from']),
    rates: { account: { intervalMs: 100, burst: 10 }, pair: { intervalMs: 1_000, burst: 10 } },
    verify,
    parse: parseTwilio,
    render: renderTwilio,
    // What every carrier takes; WhatsApp takes 16 MB.
    fileBytes: { image: 5_242_880, audio: 5_242_880, file: 5_242_880 },
    windowOf: ({ account: from }) => (isWhatsapp(from) ? windowMs : undefined),
    async send(connection, sending) {
      const target = targetOf(connection, sending.to);
      if (target === undefined)
        return { kind: 'refused', error: { code: 'no-address', message: 'The contact has no phone.' }, remedy: 'wrong' };
      const form = new URLSearchParams({ From: connection.account, To: target });
      for (const [name, value] of Object.entries(sending.message.body)) form.set(name, String(value));
      if (sending.message.media !== undefined) form.set('MediaUrl', await sending.link(sending.message.media));
      form.set('StatusCallback', statusAddress(sending));
      try {
        const headers = { ...basic(connection), 'content-type': 'application/x-www-form-urlencoded' };
        const answer = await client.call('POST', `${account(connection)}/Messages.json`, {
          headers,
          body: form.toString(),
          signal: sending.signal,
        });
        return resultOf(answer);
      } catch (error) {
        return failedSend(error);
      }
    },
    remedyOf,
    async load(connection, media, signal) {
      const failed = (why: string, passing: boolean) => new ChannelMediaError(`The file cannot be loaded (${why}).`, passing);
      // The token goes with the request: to Twilio, or to what was configured in its place.
      const origin = URL.canParse(media.id) ? new URL(media.id).origin : '';
      if (origin !== new URL(base).origin) throw failed('its address is not one of the provider', false);
      const broken = () => {
        throw failed('the connection broke', true);
      };
      let answer = await client.file(media.id, basic(connection), signal).catch(broken);
      // Twilio leads to the host that has the file, which needs no token, and gets none.
      if (answer.location !== undefined && isFileHost(answer.location)) {
        answer.body.destroy();
        answer = await client.file(answer.location, {}, signal).catch(broken);
      }
      const { status, length, body } = answer;
      if (status === 200 && !(length > largestFile)) return body;
      body.destroy();
      throw failed(`answered with ${status}`, status >= 500 || status === 429);
    },
    async check(connection, signal): Promise<ConnectionFinding[]> {
      const { status, body } = await client.call('GET', `${account(connection)}.json`, { headers: basic(connection), signal });
      const ok = status === 200 && asText(body['status']) === 'active';
      return [{ what: 'account', ok, detail: ok ? `${asText(body['friendly_name'])} is active` : `Answered with ${status}.` }];
    },
  };
}

/** Hosts on which Twilio keeps files. */
function isFileHost(address: string): boolean {
  if (!URL.canParse(address)) return false;
  const { protocol, hostname } = new URL(address);
  return protocol === 'https:' && /(?:^|\.)(?:twilio\.com|twiliocdn\.com|amazonaws\.com)$/.test(hostname);
}

/** The webhook of the connection, with the mark of the message in its query: the status then names its delivery. */
function statusAddress({ callback, reference }: Sending): string {
  return `${callback}?reference=${encodeURIComponent(reference)}`;
}

/**
 * HMAC-SHA1 with the auth token over the address that Twilio called, and the parameters by name. The address is the public one: what a proxy in
 * between makes of it is not signed. Source: Twilio's page on webhook security.
 */
function verify({ headers, path, body }: WebhookRequest, connection: OpenConnection, publicUrl: string): boolean {
  const signature = onlyHeader(headers['x-twilio-signature']);
  if (signature === undefined) return false;
  const parameters = [...new URLSearchParams(body.toString('utf8'))].sort(([one], [other]) =>
    one < other ? -1 : one > other ? 1 : 0,
  );
  const signed = `${publicUrl}${path}${parameters.map(([name, value]) => `${name}${value}`).join('')}`;
  return validSecrets(connection, 'authToken')
    .map((token) => sameText(createHmac('sha1', token).update(signed, 'utf8').digest('base64'), signature))
    .includes(true);
}

const statuses: Readonly<Record<string, SendStatus>> = {
  sent: 'sent',
  delivered: 'delivered',
  read: 'read',
  failed: 'failed',
  undelivered: 'failed',
};

function parseTwilio({ body, query }: WebhookRequest, connection: OpenConnection): Update[] {
  const form = new URLSearchParams(new TextDecoder('utf-8', { fatal: true }).decode(body));
  const sid = form.get('MessageSid') ?? form.get('SmsSid');
  if (sid === null) return [{ kind: 'other', what: 'without-message-sid' }];
  const state = form.get('MessageStatus') ?? form.get('SmsStatus');
  if (state !== null && state !== 'received') {
    const status = statuses[state];
    if (status === undefined) return [{ kind: 'other', what: `status:${state}` }];
    const code = form.get('ErrorCode');
    const error = code === null ? undefined : { code, message: form.get('ErrorMessage') ?? '' };
    const reference = query['reference'];
    const told = { ...(reference === undefined ? {} : { reference }), ...(error === undefined ? {} : { error }) };
    return [{ kind: 'status', account: connection.account, externalId: sid, status, at: new Date(), ...told }];
  }
  const sender = sendersOf(form);
  if (sender.length === 0) return [{ kind: 'other', what: 'message:without-sender' }];
  return [
    {
      kind: 'message',
      externalId: sid,
      account: form.get('To') ?? connection.account,
      sender,
      name: form.get('ProfileName') ?? undefined,
      at: new Date(),
      content: contentOf(form),
    },
  ];
}

function sendersOf(form: URLSearchParams): Address[] {
  const digits = (form.get('From') ?? '').replace(/\D/g, '');
  const user = form.get('ExternalUserId');
  return [
    ...(digits === '' ? [] : [{ kind: 'phone' as const, value: digits }]),
    ...(user === null || user === '' ? [] : [{ kind: 'whatsapp-user' as const, value: user }]),
  ];
}

function contentOf(form: URLSearchParams): IncomingContent {
  const latitude = Number(form.get('Latitude') ?? Number.NaN);
  const longitude = Number(form.get('Longitude') ?? Number.NaN);
  const text = form.get('ButtonPayload') ?? form.get('ListId') ?? form.get('Body') ?? '';
  if (Number.isFinite(latitude) && Number.isFinite(longitude))
    return { kind: 'location', text, location: { type: 'location', latitude, longitude }, treat: 'run' };
  const address = form.get('MediaUrl0');
  if (address !== null) {
    const mediaType = form.get('MediaContentType0') ?? undefined;
    const type = mediaType?.startsWith('image/') ? 'image' : mediaType?.startsWith('audio/') ? 'audio' : 'file';
    return { kind: 'media', text, media: { id: address, type, name: type, mediaType, sha256: undefined }, treat: 'run' };
  }
  return { kind: 'text', text, treat: text.trim() === '' ? 'decline' : 'run' };
}

function renderTwilio(content: OutgoingContent, connection: OpenConnection): Rendered {
  if (content.template !== undefined) {
    const { entry, values } = templateOf(connection, content.template);
    const variables = Object.fromEntries(values.map((value, index) => [String(index + 1), value]));
    return { messages: [{ body: { ContentSid: entry.name, ContentVariables: JSON.stringify(variables) } }] };
  }
  const text = cleanText(content.text).trim();
  const options = offeredOptions(content.options);
  const captioned = captionedPart({ ...content, text }, longestBody);
  const whole = options.length === 0 ? text : numberedText(text, options);
  const messages: WireMessage[] = (content.parts ?? []).map((part) =>
    part.type === 'location'
      ? {
          body: {
            Body: `${part.name === undefined ? '' : `${part.name}: `}https://maps.google.com/?q=${part.latitude},${part.longitude}`,
          },
        }
      : { body: part === captioned ? { Body: text } : {}, media: part },
  );
  if (captioned !== undefined) return { messages };
  messages.push(...pieces(whole, longestBody).map((piece) => ({ body: { Body: piece } })));
  return { messages, ...(options.length === 0 ? {} : { numbered: options }) };
}

function targetOf(connection: OpenConnection, to: readonly Address[]): string | undefined {
  const phone = to.find(({ kind }) => kind === 'phone')?.value;
  if (phone === undefined) return undefined;
  return `${isWhatsapp(connection.account) ? 'whatsapp:' : ''}+${phone}`;
}

function resultOf({ status, body, retryAfterMs }: ProviderAnswer): SendResult {
  const sid = asText(body['sid']);
  if (status < 300 && sid !== undefined) return { kind: 'sent', externalId: sid };
  const code = asText(body['code']);
  if (code === undefined && status >= 500) return { kind: 'unclear', reason: `Answered with ${status}.` };
  const error = { code: code ?? String(status), message: (asText(body['message']) ?? `Answered with ${status}.`).slice(0, 500) };
  return { kind: 'refused', error, remedy: status === 429 ? 'wait' : status === 401 ? 'account' : remedyOf(error), retryAfterMs };
}

/** Source: Twilio's dictionary of errors. */
function remedyOf({ code }: ProviderError): Remedy {
  const number = Number(code);
  if ([20429, 14107, 30001, 30008, 63018, 20500, 20503].includes(number)) return 'wait';
  if (number === 63016) return 'template';
  if ([21610, 30003, 30004, 30005, 30006, 21614, 63003, 63024].includes(number)) return 'stop';
  if ([20003, 20005, 30002, 63020, 90010].includes(number)) return 'account';
  return 'wrong';
}
