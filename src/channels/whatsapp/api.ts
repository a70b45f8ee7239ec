/** Calls of the Cloud API: messages, receipts, media, templates. */
import { createHash } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { FormData } from 'undici';
import {
  type Address,
  ChannelMediaError,
  type ConnectionFinding,
  type IncomingMedia,
  type OpenConnection,
  type Sending,
  type SendResult,
} from '../contract.ts';
import { asArray, asObject, asText, type Json, numberOf } from '../json-reading.ts';
import { failedSend, type ProviderAnswer, type ProviderClient } from '../provider-client.ts';
import { whatsappRemedy } from './errors.ts';

/** Largest file of a contact that is loaded, in bytes: what the API itself takes as a document. */
const largestFile = 104_857_600;

export class WhatsappApi {
  readonly #client: ProviderClient;
  readonly #base: string;

  /** @param base of the Graph API with its version, without a slash at the end. */
  constructor(client: ProviderClient, base: string) {
    this.#client = client;
    this.#base = base;
  }

  async send(connection: OpenConnection, { to, message, reference, read, signal }: Sending): Promise<SendResult> {
    const target = recipientOf(connection, to);
    if (target === undefined)
      return {
        kind: 'refused',
        error: { code: 'no-address', message: 'The contact has no address on this channel.' },
        remedy: 'wrong',
      };
    let body: Json = message.body;
    if (message.media !== undefined) {
      const uploaded = await this.#upload(connection, { to, message, reference, read, signal } as Sending);
      if ('kind' in uploaded) return uploaded;
      const type = asText(body['type']) ?? 'document';
      const document = type === 'document' ? { filename: message.media.name.slice(0, 240) } : {};
      body = { ...body, [type]: { id: uploaded.id, ...document } };
    }
    const whole = {
      messaging_product: 'whatsapp',
      recipient_type: 'individual',
      ...target,
      ...body,
      biz_opaque_callback_data: reference,
    };
    try {
      const answer = await this.#post(connection, `${connection.account}/messages`, whole, signal);
      const id = asText(asObject(asArray(answer.body['messages'])[0])['id']);
      if (answer.status < 300 && id !== undefined) return { kind: 'sent', externalId: id };
      return refusedBy(answer);
    } catch (error) {
      return failedSend(error);
    }
  }

  /** Uploading a file twice harms nobody: what is in doubt is not sent yet. */
  async #upload(connection: OpenConnection, { message, read, signal }: Sending): Promise<{ id: string } | SendResult> {
    if (message.media === undefined) throw new TypeError('The message has no media.');
    const { stream, mediaType, name } = await read(message.media);
    const form = new FormData();
    form.append('messaging_product', 'whatsapp');
    form.append('type', mediaType);
    form.append('file', new Blob([await buffer(stream)], { type: mediaType }), name);
    try {
      const url = `${this.#base}/${connection.account}/media`;
      const answer = await this.#client.call('POST', url, { headers: bearer(connection), body: form, signal });
      const id = asText(answer.body['id']);
      if (answer.status < 300 && id !== undefined) return { id };
      return refusedBy(answer);
    } catch (error) {
      const failed = failedSend(error);
      return failed.kind === 'unclear'
        ? { kind: 'refused', error: { code: 'upload', message: failed.reason }, remedy: 'wait' }
        : failed;
    }
  }

  async acknowledge(connection: OpenConnection, externalId: string, signal: AbortSignal): Promise<void> {
    const typing = { messaging_product: 'whatsapp', status: 'read', message_id: externalId, typing_indicator: { type: 'text' } };
    await this.#post(connection, `${connection.account}/messages`, typing, signal);
  }

  /** The address of a file expires within minutes: it is asked for anew where it has. @throws ChannelMediaError */
  async load(connection: OpenConnection, media: IncomingMedia, signal: AbortSignal): Promise<AsyncIterable<Uint8Array>> {
    for (let attempt = 0; ; attempt++) {
      const { url, sha256, bytes } = await this.#resolve(connection, media, signal);
      if (bytes !== undefined && bytes > largestFile) throw new ChannelMediaError(`The file has ${bytes} bytes.`, false);
      const { status, length, body } = await this.#client.file(url, bearer(connection), signal).catch((error: unknown) => {
        throw new ChannelMediaError(`The file cannot be loaded (${String(error)}).`, true);
      });
      if (status === 200 && !(length > largestFile)) return verified(body, media.sha256 ?? sha256);
      body.destroy();
      if (status === 200) throw new ChannelMediaError(`The file has ${length} bytes.`, false);
      if (attempt > 0 || ![401, 403, 404, 410].includes(status))
        throw new ChannelMediaError(`The file was answered with ${status}.`, status >= 500 || status === 429);
    }
  }

  async #resolve(connection: OpenConnection, media: IncomingMedia, signal: AbortSignal) {
    const url = `${this.#base}/${encodeURIComponent(media.id)}?phone_number_id=${encodeURIComponent(connection.account)}`;
    const answer = await this.#client.call('GET', url, { headers: bearer(connection), signal }).catch((error: unknown) => {
      throw new ChannelMediaError(`The address of the file cannot be had (${String(error)}).`, true);
    });
    const address = asText(answer.body['url']);
    if (answer.status !== 200 || address === undefined)
      throw new ChannelMediaError(
        `The address of the file was answered with ${answer.status}.`,
        answer.status >= 500 || answer.status === 429,
      );
    if (!this.#mayLoad(address)) throw new ChannelMediaError('The address of the file is not one of the provider.', false);
    return { url: address, sha256: asText(answer.body['sha256']), bytes: numberOf(answer.body['file_size']) };
  }

  /** The token goes with the request: to Meta's own hosts only, or to the host that was configured in its place. */
  #mayLoad(address: string): boolean {
    if (!URL.canParse(address)) return false;
    const { protocol, hostname, origin } = new URL(address);
    if (origin === new URL(this.#base).origin) return true;
    return protocol === 'https:' && /(?:^|\.)(?:fbsbx\.com|fbcdn\.net|whatsapp\.net|facebook\.com)$/.test(hostname);
  }

  async check(connection: OpenConnection, signal: AbortSignal): Promise<ConnectionFinding[]> {
    const findings: ConnectionFinding[] = [];
    const fields = 'display_phone_number,verified_name,quality_rating';
    const number = await this.#get(connection, `${connection.account}?fields=${fields}`, signal);
    findings.push({
      what: 'number',
      ok: number.status === 200,
      detail:
        number.status === 200
          ? `${asText(number.body['display_phone_number'])} (${asText(number.body['verified_name'])}), quality ${asText(number.body['quality_rating'])}`
          : refusalText(number),
    });
    const business = asText(connection.settings['businessAccount']);
    const { templates } = connection.settings;
    if (templates.length === 0) return findings;
    if (business === undefined) {
      findings.push({
        what: 'templates',
        ok: false,
        detail: 'Set "businessAccount" (the WhatsApp Business account id) so that templates can be looked up.',
      });
      return findings;
    }
    const listed = await this.#get(
      connection,
      `${business}/message_templates?fields=name,language,status,components&limit=250`,
      signal,
    );
    if (listed.status !== 200) return [...findings, { what: 'templates', ok: false, detail: refusalText(listed) }];
    const known = asArray(listed.body['data']).map(asObject);
    for (const entry of templates) {
      const what = `template ${entry.name} (${entry.language})`;
      const found = known.find((each) => asText(each['name']) === entry.name && asText(each['language']) === entry.language);
      findings.push({ what, ...templateFinding(found, entry.parameters.length) });
    }
    return findings;
  }

  #post(connection: OpenConnection, path: string, body: object, signal: AbortSignal): Promise<ProviderAnswer> {
    const headers = { ...bearer(connection), 'content-type': 'application/json' };
    return this.#client.call('POST', `${this.#base}/${path}`, { headers, body: JSON.stringify(body), signal });
  }

  #get(connection: OpenConnection, path: string, signal: AbortSignal): Promise<ProviderAnswer> {
    return this.#client.call('GET', `${this.#base}/${path}`, { headers: bearer(connection), signal });
  }
}

function templateFinding(found: Json | undefined, parameters: number): Omit<ConnectionFinding, 'what'> {
  if (found === undefined) return { ok: false, detail: 'The account has no such template.' };
  const status = asText(found['status']) ?? 'unknown';
  if (status !== 'APPROVED') return { ok: false, detail: `Its status is ${status}.` };
  const text = asArray(found['components'])
    .map(asObject)
    .find((each) => asText(each['type']) === 'BODY');
  const placeholders = new Set((asText(text?.['text']) ?? '').match(/\{\{\s*[\w]+\s*\}\}/g) ?? []).size;
  return placeholders === parameters
    ? { ok: true, detail: 'Approved.' }
    : { ok: false, detail: `Its body has ${placeholders} placeholders, and the registry has ${parameters} parameters.` };
}

/** A phone goes into `to`. A business-scoped user id goes into `recipient`, or where the setting says. */
function recipientOf(connection: OpenConnection, to: readonly Address[]): Record<string, string> | undefined {
  const phone = to.find(({ kind }) => kind === 'phone');
  const user = to.find(({ kind }) => kind === 'whatsapp-user');
  if (phone !== undefined) return { to: phone.value };
  return user === undefined ? undefined : { [connection.settings['userIdField'] === 'to' ? 'to' : 'recipient']: user.value };
}

function bearer({ secrets }: OpenConnection): { authorization: string } {
  return { authorization: `Bearer ${secrets['accessToken'] ?? ''}` };
}

/** A refusal has an error of the Graph API; without one a server in between failed, and the message may have passed. */
function refusedBy({ status, body, retryAfterMs }: ProviderAnswer): SendResult {
  const error = asObject(body['error']);
  const code = asText(error['code']);
  if (code === undefined) {
    if (status === 429)
      return { kind: 'refused', error: { code: '429', message: 'Too many requests.' }, remedy: 'wait', retryAfterMs };
    if (status >= 400 && status < 500)
      return {
        kind: 'refused',
        error: { code: String(status), message: `Answered with ${status}.` },
        remedy: status === 401 ? 'account' : 'wrong',
      };
    return { kind: 'unclear', reason: `Answered with ${status}.` };
  }
  const told = {
    code,
    message: (asText(asObject(error['error_data'])['details']) ?? asText(error['message']) ?? '').slice(0, 500),
  };
  return { kind: 'refused', error: told, remedy: whatsappRemedy(told), retryAfterMs };
}

function refusalText({ status, body }: ProviderAnswer): string {
  const error = asObject(body['error']);
  return `Answered with ${status}: ${asText(error['message']) ?? 'no reason'} (code ${asText(error['code']) ?? 'none'}).`;
}

/** Ends with an error where the bytes are not those that were announced. */
async function* verified(body: AsyncIterable<Uint8Array>, sha256: string | undefined): AsyncGenerator<Uint8Array> {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > largestFile) throw new ChannelMediaError(`The file has more than ${largestFile} bytes.`, false);
    hash.update(chunk);
    yield chunk;
  }
  if (sha256 !== undefined && hash.digest('hex') !== sha256)
    throw new ChannelMediaError('The file is not the one that was announced.', false);
}
