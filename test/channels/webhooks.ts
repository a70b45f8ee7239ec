/** Webhooks of WhatsApp as Meta writes them: entries × changes × messages and statuses, with escapes where Meta escapes. */
import { phoneNumberId } from './cloud-api.ts';

type Json = Record<string, unknown>;

export interface Person {
  phone?: string;
  user?: string;
  name?: string;
}

let count = 0;

/** A message of a person. */
export function message(person: Person, content: string | Json, id = `wamid.in-${process.pid}-${++count}`): Json {
  const own = typeof content === 'string' ? { type: 'text', text: { body: content } } : content;
  return {
    ...(person.phone === undefined ? {} : { from: person.phone }),
    ...(person.user === undefined ? {} : { from_user_id: person.user }),
    id,
    timestamp: String(Math.floor(Date.now() / 1_000)),
    ...own,
  };
}

export function status(id: string, name: string, extra: Json = {}): Json {
  return { id, status: name, timestamp: String(Math.floor(Date.now() / 1_000)), recipient_id: '5491155550000', ...extra };
}

/** One change with messages and statuses. */
export function change(person: Person | undefined, messages: Json[], statuses: Json[] = [], account = phoneNumberId): Json {
  const contacts =
    person === undefined
      ? []
      : [
          {
            profile: { name: person.name ?? 'Ana' },
            ...(person.phone && { wa_id: person.phone }),
            ...(person.user && { user_id: person.user }),
          },
        ];
  return {
    field: 'messages',
    value: {
      messaging_product: 'whatsapp',
      metadata: { display_phone_number: '15550783881', phone_number_id: account },
      ...(contacts.length > 0 ? { contacts } : {}),
      ...(messages.length > 0 ? { messages } : {}),
      ...(statuses.length > 0 ? { statuses } : {}),
    },
  };
}

/** A body of one entry, or of several. */
export function webhook(...entries: Json[][]): string {
  const body = { object: 'whatsapp_business_account', entry: entries.map((changes, index) => ({ id: String(index), changes })) };
  // Meta escapes what is not ASCII, and slashes.
  return JSON.stringify(body)
    .replaceAll('/', '\\/')
    .replace(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
