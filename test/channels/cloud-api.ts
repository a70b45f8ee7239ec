/**
 * A strict stand-in for Meta's Cloud API: it refuses what the API refuses (limits, closed window, too many messages to one person, unknown media and
 * templates, a wrong token), signs webhooks, and fails in the ways in which networks fail.
 */
import { createHash, createHmac, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { faultOfMessage } from './message-limits.ts';

export const phoneNumberId = '106540352242922';
export const secrets = { accessToken: 'test-access-token', appSecret: 'test-app-secret', verifyToken: 'test-verify-token' };

type Json = Record<string, unknown>;

export interface SentMessage {
  id: string;
  /** Phone or business-scoped user id. */
  to: string;
  field: 'to' | 'recipient';
  body: Json;
  reference: string | undefined;
}

/** How the next request for a message fails. */
export type Fault =
  | { kind: 'answer'; status: number; body: Json; headers?: Record<string, string> }
  /** It is taken, and nobody is told: the connection breaks. */
  | { kind: 'taken-then-reset' }
  /** The connection breaks before it is read. */
  | { kind: 'reset' };

export const graphError = (code: number, message = 'refused'): Fault => ({
  kind: 'answer',
  status: code === 131056 || code === 130429 ? 429 : 400,
  body: { error: { code, message, type: 'OAuthException', error_data: { details: message } } },
});

const windowMs = 86_400_000;
const pair = { everyMs: 6_000, burst: 45 };

export class CloudApi {
  readonly sent: SentMessage[] = [];
  /** Requests for messages that were refused, with the reason. */
  readonly refused: string[] = [];
  readonly receipts: Json[] = [];
  readonly faults: Fault[] = [];
  /** `name/language` and how many parameters. */
  readonly templates = new Map<string, number>();
  /** Status of a template where it is not approved. */
  readonly templateStates = new Map<string, string>();
  now: () => number = () => Date.now();
  /** When a person wrote last; who is not here never did. */
  readonly heard = new Map<string, number>();
  checksPair = true;
  /** How long a message takes, in milliseconds. */
  delayMs = 0;
  mediaExpiresMs = 300_000;
  readonly mediaRequests: string[] = [];
  readonly #pairs = new Map<string, number>();
  readonly #media = new Map<string, { bytes: Buffer; mediaType: string }>();
  readonly #links = new Map<string, { id: string; until: number }>();
  #server: Server | undefined;
  url = '';

  static async start(): Promise<CloudApi> {
    const api = new CloudApi();
    const server = createServer((request, response) => {
      api.#answer(request, response).catch((error: unknown) => response.writeHead(500).end(String(error)));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    api.#server = server;
    api.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v23.0`;
    return api;
  }

  close(): void {
    this.#server?.closeAllConnections();
    this.#server?.close();
  }

  /** A file that a person sent. @returns what its webhook says of it */
  file(bytes: Buffer, mediaType: string): { id: string; mime_type: string; sha256: string } {
    const id = String(Math.floor(Math.random() * 1e15));
    this.#media.set(id, { bytes, mediaType });
    return { id, mime_type: mediaType, sha256: createHash('sha256').update(bytes).digest('base64') };
  }

  /** A file that was uploaded to be sent. */
  uploaded(id: string): { bytes: Buffer; mediaType: string } | undefined {
    return this.#media.get(id);
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', this.url);
    const json = (status: number, body: Json, headers: Record<string, string> = {}) =>
      void response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
    const refuse = (status: number, code: number, details: string) =>
      json(status, { error: { code, message: details, error_data: { details } } });
    if (request.headers.authorization !== `Bearer ${secrets.accessToken}`) {
      this.mediaRequests.push(`401 ${url.pathname}`);
      return refuse(401, 190, 'The access token is not valid.');
    }
    const path = url.pathname.replace('/v23.0/', '');
    if (request.method === 'POST' && path === `${phoneNumberId}/messages`) return this.#message(request, json, refuse);
    if (request.method === 'POST' && path === `${phoneNumberId}/media`) {
      const { bytes, mediaType, fault } = await uploaded(request);
      if (fault !== undefined) {
        this.refused.push(`media ${fault}`);
        return refuse(400, 131053, fault);
      }
      const id = String(Math.floor(Math.random() * 1e15));
      this.#media.set(id, { bytes, mediaType });
      return json(200, { id });
    }
    if (path === phoneNumberId)
      return json(200, { display_phone_number: '+1 555-078-3881', verified_name: 'Salon', quality_rating: 'GREEN' });
    if (path.endsWith('/message_templates')) {
      const data = [...this.templates].map(([key, count]) => {
        const [name, language] = key.split('/');
        const text = Array.from({ length: count }, (_, index) => `{{${index + 1}}}`).join(' ');
        return { name, language, status: this.templateStates.get(key) ?? 'APPROVED', components: [{ type: 'BODY', text }] };
      });
      return json(200, { data });
    }
    if (path.startsWith('file/')) return this.#download(path.slice(5), response);
    return this.#resolve(path, url, json, refuse);
  }

  #resolve(
    id: string,
    url: URL,
    json: (status: number, body: Json) => void,
    refuse: (status: number, code: number, details: string) => void,
  ): void {
    const found = this.#media.get(id);
    this.mediaRequests.push(`resolve ${id}`);
    if (found === undefined || url.searchParams.get('phone_number_id') !== phoneNumberId)
      return void refuse(400, 100, 'Unsupported get request.');
    const token = randomUUID();
    this.#links.set(token, { id, until: Date.now() + this.mediaExpiresMs });
    const sha256 = createHash('sha256').update(found.bytes).digest('hex');
    json(200, { url: `${this.url}/file/${token}`, mime_type: found.mediaType, sha256, file_size: found.bytes.length, id });
  }

  #download(token: string, response: ServerResponse): void {
    const link = this.#links.get(token);
    const found = link === undefined ? undefined : this.#media.get(link.id);
    this.mediaRequests.push(`download ${link?.id}`);
    if (link === undefined || found === undefined || link.until < Date.now()) return void response.writeHead(404).end();
    response.writeHead(200, { 'content-type': found.mediaType, 'content-length': found.bytes.length }).end(found.bytes);
  }

  async #message(
    request: IncomingMessage,
    json: (status: number, body: Json, headers?: Record<string, string>) => void,
    refuse: (status: number, code: number, details: string) => void,
  ): Promise<void> {
    const body = JSON.parse((await buffer(request)).toString()) as Json;
    if (body['status'] === 'read') {
      this.receipts.push(body);
      return json(200, { success: true });
    }
    const fault = this.faults.shift();
    if (fault?.kind === 'reset') return void request.socket.destroy();
    if (fault?.kind === 'answer') {
      this.refused.push(`fault ${JSON.stringify(fault.body)}`);
      return json(fault.status, fault.body, fault.headers);
    }
    const field = body['recipient'] === undefined ? 'to' : 'recipient';
    const to = String(body[field] ?? '');
    const no = (status: number, code: number, details: string) => {
      this.refused.push(`${code} ${details}`);
      return refuse(status, code, details);
    };
    if (to === '') return no(400, 131009, 'No recipient.');
    const wrong = faultOfMessage(body, new Set(this.#media.keys()), this.templates);
    if (wrong !== undefined) return no(400, Number(/^\d{6}/.exec(wrong)?.[0] ?? 131009), wrong);
    const now = this.now();
    if (body['type'] !== 'template' && now - (this.heard.get(to) ?? -Infinity) > windowMs)
      return no(400, 131047, 'More than 24 hours have passed.');
    if (this.checksPair) {
      const spent = Math.max(this.#pairs.get(to) ?? 0, Date.now());
      if (spent > Date.now() + pair.everyMs * (pair.burst - 1)) return no(429, 131056, 'Too many messages to this person.');
      this.#pairs.set(to, spent + pair.everyMs);
    }
    const reference = body['biz_opaque_callback_data'] as string | undefined;
    const message = { id: `wamid.${randomUUID()}`, to, field, body, reference } satisfies SentMessage;
    this.sent.push(message);
    if (this.delayMs > 0) await sleep(this.delayMs);
    if (fault?.kind === 'taken-then-reset') return void request.socket.destroy();
    json(200, { messaging_product: 'whatsapp', contacts: [{ input: to, wa_id: to }], messages: [{ id: message.id }] });
  }
}

/** A multipart form with the file, what it is for, and its type. */
async function uploaded(request: IncomingMessage): Promise<{ bytes: Buffer; mediaType: string; fault?: string }> {
  const form = await new Response(await buffer(request), {
    headers: { 'content-type': request.headers['content-type'] ?? '' },
  }).formData();
  const file = form.get('file');
  if (!(file instanceof File) || file.size === 0) return { bytes: Buffer.alloc(0), mediaType: '', fault: 'file is missing' };
  const told = { bytes: Buffer.from(await file.arrayBuffer()), mediaType: file.type };
  if (form.get('messaging_product') !== 'whatsapp') return { ...told, fault: 'messaging_product must be whatsapp' };
  return form.get('type') === file.type ? told : { ...told, fault: 'type is not that of the file' };
}

/** The header that Meta sends with these bytes. */
export function signatureOf(body: Buffer | string, secret = secrets.appSecret): string {
  return `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;
}
