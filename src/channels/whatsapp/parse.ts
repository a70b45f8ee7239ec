/** What a webhook of the Cloud API tells: every entry, change, message and status of it, each with a name. */
import type { Address, IncomingContent, IncomingMedia, SendStatus, Update } from '../contract.ts';
import { asArray, asObject, asText, type Json, numberOf } from '../json-reading.ts';

/** @throws Error where the body is no webhook of WhatsApp */
export function parseWhatsapp(body: Buffer): Update[] {
  // Fatal: what is no UTF-8 was not written by the provider.
  const text = new TextDecoder('utf-8', { fatal: true }).decode(body);
  const root = asObject(JSON.parse(text));
  if (asText(root['object']) !== 'whatsapp_business_account') return [{ kind: 'other', what: 'foreign-object' }];
  return asArray(root['entry']).flatMap((entry) =>
    asArray(asObject(entry)['changes']).flatMap((change) => ofChange(asObject(change))),
  );
}

function ofChange(change: Json): Update[] {
  const field = asText(change['field']) ?? 'unnamed';
  const value = asObject(change['value']);
  if (field !== 'messages') return [{ kind: 'other', what: `field:${field}` }];
  const account = asText(asObject(value['metadata'])['phone_number_id']);
  const messages = asArray(value['messages']);
  const statuses = asArray(value['statuses']);
  if (account === undefined) return [{ kind: 'other', what: 'without-phone-number-id' }];
  if (messages.length === 0 && statuses.length === 0) return [{ kind: 'other', what: 'messages:empty' }];
  const contacts = asArray(value['contacts']).map(asObject);
  return [
    ...messages.map((message) => guarded(() => ofMessage(asObject(message), contacts, account))),
    ...statuses.map((status) => guarded(() => ofStatus(asObject(status), account))),
  ];
}

/** One that cannot be read keeps none of the others from being taken. */
function guarded(read: () => Update): Update {
  try {
    return read();
  } catch {
    return { kind: 'other', what: 'unreadable' };
  }
}

function ofMessage(message: Json, contacts: readonly Json[], account: string): Update {
  const externalId = asText(message['id']);
  const type = asText(message['type']) ?? 'untyped';
  if (externalId === undefined || externalId === '') return { kind: 'other', what: `message:${type}:without-id` };
  const phone = asText(message['from']);
  const user = asText(message['from_user_id']);
  const contact = contactOf(contacts, phone, user);
  const sender = addressesOf(phone ?? asText(contact?.['wa_id']), user ?? asText(contact?.['user_id']));
  const at = new Date(1_000 * (numberOf(message['timestamp']) ?? 0));
  if (type === 'system') return ofSystem(asObject(message['system']), { externalId, account, sender, at });
  if (sender.length === 0) return { kind: 'other', what: `message:${type}:without-sender` };
  if (message['group_id'] !== undefined) return { kind: 'other', what: 'message:group' };
  const name = asText(asObject(contact?.['profile'])['name']);
  return { kind: 'message', externalId, account, sender, name, at, content: contentOf(type, message) };
}

function contactOf(contacts: readonly Json[], phone: string | undefined, user: string | undefined): Json | undefined {
  const found = contacts.find(
    (each) => (phone !== undefined && asText(each['wa_id']) === phone) || (user !== undefined && asText(each['user_id']) === user),
  );
  return found ?? (contacts.length === 1 ? contacts[0] : undefined);
}

function addressesOf(phone: string | undefined, user: string | undefined): Address[] {
  const digits = phone?.replace(/\D/g, '');
  return [
    ...(digits === undefined || digits === '' ? [] : [{ kind: 'phone' as const, value: digits }]),
    ...(user === undefined || user === '' ? [] : [{ kind: 'whatsapp-user' as const, value: user }]),
  ];
}

function ofSystem(system: Json, told: { externalId: string; account: string; sender: Address[]; at: Date }): Update {
  const type = asText(system['type']) ?? 'untyped';
  const { sender: from, ...rest } = told;
  const to =
    type === 'user_changed_number'
      ? addressesOf(asText(system['wa_id']) ?? asText(system['new_wa_id']), asText(system['user_id']))
      : type === 'user_changed_user_id'
        ? addressesOf(undefined, asText(system['user_id']) ?? asText(system['new_user_id']))
        : [];
  if (from.length === 0 || to.length === 0) return { kind: 'other', what: `system:${type}` };
  return { kind: 'moved', ...rest, from, to };
}

const mediaKinds: Readonly<Record<string, IncomingMedia['type']>> = {
  image: 'image',
  sticker: 'image',
  audio: 'audio',
  voice: 'audio',
  video: 'file',
  document: 'file',
};

function contentOf(type: string, message: Json): IncomingContent {
  const own = asObject(message[type]);
  const said = (text: string | undefined): IncomingContent =>
    text === undefined || text.trim() === '' ? { kind: type, text: '', treat: 'decline' } : { kind: type, text, treat: 'run' };
  switch (type) {
    case 'text':
      return said(asText(own['body']));
    case 'button':
      return said(asText(own['text']) ?? asText(own['payload']));
    case 'interactive':
      return ofInteractive(own);
    case 'location':
      return ofLocation(own);
    case 'contacts':
      return said(cardsOf(asArray(message['contacts'])));
    case 'order':
      return said(orderOf(own));
    case 'reaction':
    case 'revoke':
    case 'request_welcome':
    case 'ephemeral':
      return { kind: type, text: '', treat: 'ignore' };
    case 'edit':
      return ofEdit(asObject(own['message']));
    case 'sticker':
      return { kind: type, text: '', treat: 'decline' };
    default:
      return mediaKinds[type] === undefined ? { kind: type, text: '', treat: 'decline' } : ofMedia(type, own);
  }
}

/** A correction is said again: the agent sees both. A corrected caption has been seen with its picture. */
function ofEdit(message: Json): IncomingContent {
  const text = asText(asObject(message['text'])['body']);
  return text === undefined || text.trim() === ''
    ? { kind: 'edit', text: '', treat: 'ignore' }
    : { kind: 'edit', text, treat: 'run' };
}

function ofMedia(type: string, own: Json): IncomingContent {
  const id = asText(own['id']);
  if (id === undefined) return { kind: type, text: '', treat: 'decline' };
  const mediaType = asText(own['mime_type'])?.split(';')[0]?.trim();
  const name = asText(own['filename']) ?? type;
  const media = { id, type: mediaKinds[type] ?? 'file', name, mediaType, sha256: hexadecimal(asText(own['sha256'])) };
  return { kind: type, text: asText(own['caption']) ?? '', media, treat: 'run' };
}

/** Meta writes the hash in base64, and some in hexadecimal. */
function hexadecimal(hash: string | undefined): string | undefined {
  if (hash === undefined || /^[0-9a-f]{64}$/.test(hash)) return hash;
  const bytes = Buffer.from(hash, 'base64');
  return bytes.length === 32 ? bytes.toString('hex') : undefined;
}

function ofInteractive(own: Json): IncomingContent {
  const type = asText(own['type']) ?? 'untyped';
  const kind = `interactive:${type}`;
  if (type === 'button_reply' || type === 'list_reply') {
    const reply = asObject(own[type]);
    // The id is the whole option; the title may be its beginning.
    const text = asText(reply['id']) ?? asText(reply['title']) ?? '';
    return { kind, text, treat: text.trim() === '' ? 'decline' : 'run' };
  }
  if (type === 'nfm_reply') return { kind, text: formOf(asText(asObject(own['nfm_reply'])['response_json'])), treat: 'run' };
  if (type === 'call_permission_reply') return { kind, text: '', treat: 'ignore' };
  return { kind, text: '', treat: 'decline' };
}

/** The fields of a form, without the token that names it. */
function formOf(json: string | undefined): string {
  let fields: Json = {};
  try {
    fields = asObject(JSON.parse(json ?? '{}'));
  } catch {
    // A form that cannot be read was sent all the same.
  }
  const lines = Object.entries(fields)
    .filter(([name]) => name !== 'flow_token')
    .map(([name, value]) => `${name}: ${typeof value === 'string' ? value : JSON.stringify(value)}`);
  return lines.join('\n') || '[form]';
}

function ofLocation(own: Json): IncomingContent {
  const latitude = numberOf(own['latitude']);
  const longitude = numberOf(own['longitude']);
  if (latitude === undefined || longitude === undefined) return { kind: 'location', text: '', treat: 'decline' };
  const name = [asText(own['name']), asText(own['address'])].filter((each) => each !== undefined && each !== '').join(', ');
  const location = { type: 'location' as const, latitude, longitude, ...(name === '' ? {} : { name: name.slice(0, 200) }) };
  return { kind: 'location', text: '', location, treat: 'run' };
}

function cardsOf(cards: readonly unknown[]): string {
  return cards
    .map((each) => {
      const card = asObject(each);
      const name = asText(asObject(card['name'])['formatted_name']) ?? '';
      const phones = asArray(card['phones']).map((phone) => asText(asObject(phone)['phone']) ?? '');
      return [name, ...phones].filter((part) => part !== '').join(', ');
    })
    .filter((line) => line !== '')
    .join('\n');
}

function orderOf(own: Json): string {
  const items = asArray(own['product_items']).map((each) => {
    const item = asObject(each);
    return `${numberOf(item['quantity']) ?? 1} × ${asText(item['product_retailer_id']) ?? '?'}`;
  });
  return [asText(own['text']), ...items].filter((line) => line !== undefined && line !== '').join('\n');
}

function ofStatus(status: Json, account: string): Update {
  const externalId = asText(status['id']);
  const name = asText(status['status']) ?? 'unnamed';
  if (externalId === undefined || !isStatus(name)) return { kind: 'other', what: `status:${name.toLowerCase()}` };
  if (asText(status['recipient_type']) === 'group') return { kind: 'other', what: 'status:group' };
  const at = new Date(1_000 * (numberOf(status['timestamp']) ?? 0));
  const reference = asText(status['biz_opaque_callback_data']);
  const [first] = asArray(status['errors']).map(asObject);
  const error =
    first === undefined
      ? undefined
      : {
          code: String(numberOf(first['code']) ?? 'unknown'),
          message: asText(asObject(first['error_data'])['details']) ?? asText(first['title']) ?? '',
        };
  return {
    kind: 'status',
    account,
    externalId,
    status: name,
    at,
    ...(reference === undefined ? {} : { reference }),
    ...(error && { error }),
  };
}

function isStatus(name: string): name is SendStatus {
  return ['sent', 'delivered', 'read', 'played', 'failed'].includes(name);
}
