/** WhatsApp by Meta's Cloud API: the reference of the contract. */
import { createHmac } from 'node:crypto';
import { z } from 'zod';
import { commonSettings, secretText } from '../connection-settings.ts';
import type { Channel, OpenConnection, WebhookRequest } from '../contract.ts';
import type { ProviderClient } from '../provider-client.ts';
import { onlyHeader, sameText, validSecrets } from '../signatures.ts';
import { WhatsappApi } from './api.ts';
import { whatsappRemedy } from './errors.ts';
import { parseWhatsapp } from './parse.ts';
import { renderWhatsapp } from './render.ts';

const settings = z.strictObject({
  ...commonSettings,
  phoneNumberId: z
    .string()
    .regex(/^\d{5,30}$/, 'must be the id of the number, a whole number: WhatsApp > API Setup > Phone number ID'),
  businessAccount: z
    .string()
    .regex(/^\d{5,30}$/)
    .optional()
    .describe('Id of the WhatsApp Business account; needed for templates'),
  userIdField: z.enum(['recipient', 'to']).default('recipient').describe('Where the id of a person without a phone goes'),
  messagesPerSecond: z.int().min(1).max(1_000).default(80),
});

const secrets = z.strictObject({
  accessToken: secretText,
  appSecret: secretText,
  verifyToken: secretText,
});

/** @param base of the Graph API with its version. */
export function whatsappChannel(client: ProviderClient, base: string): Channel {
  const api = new WhatsappApi(client, base);
  return {
    name: 'whatsapp',
    label: () => 'whatsapp',
    settings,
    secrets,
    accountOf: (given) => String(given['phoneNumberId']),
    // One message each 6 s to one person, 45 of which may be sent ahead.
    rates: { account: { intervalMs: 12.5, burst: 80 }, pair: { intervalMs: 6_000, burst: 45 } },
    // Source: Meta's page on media of the Cloud API.
    fileBytes: { image: 5_242_880, audio: 16_777_216, file: 104_857_600 },
    windowOf: () => 86_400_000,
    handshake,
    verify,
    parse: ({ body }) => parseWhatsapp(body),
    render: renderWhatsapp,
    send: (connection, sending) => api.send(connection, sending),
    remedyOf: whatsappRemedy,
    acknowledge: (connection, { externalId }, signal) => api.acknowledge(connection, externalId, signal),
    load: (connection, media, signal) => api.load(connection, media, signal),
    check: (connection, signal) => api.check(connection, signal),
  };
}

function handshake({ query }: WebhookRequest, connection: OpenConnection): string | undefined {
  const token = query['hub.verify_token'];
  if (query['hub.mode'] !== 'subscribe' || token === undefined) return undefined;
  const valid = validSecrets(connection, 'verifyToken').map((each) => sameText(each, token));
  const challenge = query['hub.challenge'] ?? '';
  return valid.includes(true) && /^[\w.~-]{1,256}$/.test(challenge) ? challenge : undefined;
}

/** HMAC-SHA256 with the secret of the app, over the bytes as they came: Meta signs the form with escapes, which no parser gives back. */
function verify({ headers, body }: WebhookRequest, connection: OpenConnection): boolean {
  const signature = onlyHeader(headers['x-hub-signature-256']);
  if (signature === undefined) return false;
  const valid = validSecrets(connection, 'appSecret').map((secret) =>
    sameText(`sha256=${createHmac('sha256', secret).update(body).digest('hex')}`, signature),
  );
  return valid.includes(true);
}
