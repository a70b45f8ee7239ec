/** A message to an address that no conversation asked for: to try a connection. */
import { TimonelError } from '../errors.ts';
import type { DatabasePool } from '../store/database.ts';
import { storableJson } from '../store/storable.ts';
import type { Connections } from './connections.ts';
import { Contacts, holdContacts } from './contacts.ts';
import type { Address, ChannelName, OutgoingContent, TemplateUse } from './contract.ts';
import { type DeliveryRow, type DeliveryView, deliveryColumns, deliveryViewOf } from './deliveries.ts';
import { templateOf, templateText } from './templates.ts';

export interface DirectMessage {
  /** As the channel knows people: a phone with its country, a chat id of Telegram, an e-mail address. */
  to: string;
  text?: string | undefined;
  template?: TemplateUse | undefined;
}

export class DirectMessages {
  readonly #pool: DatabasePool;
  readonly #connections: Connections;
  readonly #contacts: Contacts;
  readonly #wake: () => void;

  constructor(dependencies: { pool: DatabasePool; connections: Connections; newId(): string; wake(): void }) {
    this.#pool = dependencies.pool;
    this.#connections = dependencies.connections;
    this.#contacts = new Contacts(dependencies.newId);
    this.#wake = dependencies.wake;
  }

  /**
   * Puts it into the outbox; the delivery tells what became of it.
   * @throws TimonelError `connection_not_found`, `invalid_request`, `template_unknown`
   */
  async send(workspaceId: string, connectionId: string, { to, text, template }: DirectMessage): Promise<DeliveryView> {
    const connection = await this.#connections.whole(workspaceId, connectionId);
    if (this.#connections.find(connectionId) === undefined)
      throw new TimonelError('invalid_request', 'The connection is disabled, and sends nothing. Enable it first.');
    const address = addressOf(connection.channel, to);
    const content: OutgoingContent = { text: text ?? '' };
    if (template !== undefined) {
      const { entry, values } = templateOf(connection, template);
      content.template = { name: entry.name, language: entry.language, parameters: template.parameters ?? {} };
      content.text ||= templateText(entry, values);
    }
    const row = await this.#pool.inTransaction(async (client) => {
      await holdContacts(client, workspaceId);
      const { contact } = await this.#contacts.resolve(client, workspaceId, [address], undefined);
      const { rows } = await client.query<DeliveryRow>(
        `INSERT INTO channel_deliveries (workspace_id, connection_id, contact_id, said_by, content)
         VALUES ($1, $2, $3, 'channel', $4) RETURNING ${deliveryColumns}`,
        [workspaceId, connectionId, contact, storableJson(content)],
      );
      return rows[0];
    });
    if (row === undefined) throw new Error('The delivery was not stored.');
    this.#wake();
    return deliveryViewOf(row);
  }
}

/** @throws TimonelError `invalid_request` where the channel knows nobody by that */
function addressOf(channel: ChannelName, to: string): Address {
  const text = to.trim();
  const digits = text.replace(/[\s().+-]/g, '');
  if ((channel === 'whatsapp' || channel === 'twilio') && /^\d{6,15}$/.test(digits)) return { kind: 'phone', value: digits };
  if (channel === 'telegram' && /^-?\d{1,20}$/.test(text)) return { kind: 'telegram', value: text };
  if (channel === 'email' && /^[^\s<>@,;]{1,64}@[^\s<>@,;]{1,190}$/.test(text)) return { kind: 'email', value: text.toLowerCase() };
  const wanted: Record<ChannelName, string> = {
    whatsapp: 'a phone number with its country, e.g. +54 9 351 555 0101',
    twilio: 'a phone number with its country, e.g. +54 9 351 555 0101',
    telegram: 'the id of a chat, a whole number; the person has to have written to the bot',
    email: 'an e-mail address',
    web: '',
  };
  throw new TimonelError(
    'invalid_request',
    channel === 'web'
      ? 'Nobody can be written to on the web before they wrote: open the chat on its page, and write there.'
      : `"to" must be ${wanted[channel]}.`,
  );
}
