import type { TableOfData } from './contract.ts';

/** Who is behind the person's conversations on channels. */
const contacts = `SELECT contact_id FROM conversations WHERE workspace_id = :workspace AND id = ANY(:conversations) AND contact_id IS NOT NULL`;
/** A contact is kept as long as it has a thread. */
const unheard = (contact: string) => `NOT EXISTS (SELECT FROM channel_threads t WHERE t.contact_id = ${contact})`;

/** Tables of channels: to be erased before the conversations by which their rows are found. */
export const channelTables: readonly TableOfData[] = [
  {
    table: 'channel_statuses',
    personal: true,
    // The ids of some providers tell of the number.
    columns: ['external_id', 'error'],
    whose: `external_id IN (SELECT x.external_id FROM channel_sends x JOIN channel_deliveries d ON d.id = x.delivery_id
      WHERE d.workspace_id = :workspace AND d.contact_id IN (${contacts}))`,
    erase: 'delete',
    ages: { kind: 'conversations', at: 'received_at' },
  },
  {
    table: 'channel_sends',
    personal: true,
    columns: ['external_id'],
    whose: `delivery_id IN (SELECT id FROM channel_deliveries WHERE workspace_id = :workspace AND contact_id IN (${contacts}))`,
    erase: 'delete',
    ages: { kind: 'conversations', at: 'sent_at' },
  },
  {
    table: 'channel_deliveries',
    personal: true,
    columns: ['content', 'error'],
    whose: `contact_id IN (${contacts})`,
    erase: 'delete',
    ages: { kind: 'conversations', at: 'created_at', when: `state NOT IN ('pending', 'sending')` },
  },
  {
    table: 'channel_inbox',
    personal: true,
    columns: ['external_id', 'sender', 'content'],
    whose: `contact_id IN (${contacts})`,
    // The hash stays: a webhook that comes again would make another contact of the person.
    erase: {
      external_id: 'NULL',
      sender: `'{"addresses": []}'::jsonb`,
      content: `'{}'::jsonb`,
      state: `'done'`,
      result: `COALESCE(result, 'erased')`,
    },
    ages: { kind: 'conversations', at: 'received_at', when: `state = 'done'` },
  },
  {
    table: 'channel_threads',
    personal: true,
    columns: ['offered', 'stopped', 'unsure'],
    whose: `contact_id IN (${contacts})`,
    erase: 'delete',
    ages: { kind: 'conversations', at: 'heard_at', when: `heard_at > '-infinity'` },
  },
  {
    table: 'channel_addresses',
    personal: true,
    columns: ['canonical', 'value'],
    whose: `contact_id IN (${contacts})`,
    erase: 'delete',
    ages: { kind: 'conversations', at: 'created_at', when: unheard('channel_addresses.contact_id') },
  },
  {
    table: 'channel_contacts',
    personal: true,
    columns: ['name'],
    whose: `id IN (${contacts})`,
    erase: 'delete',
    ages: { kind: 'conversations', at: 'created_at', when: unheard('channel_contacts.id') },
  },
  {
    table: 'webhook_deliveries',
    personal: true,
    columns: ['data'],
    whose: `data->>'conversationId' = ANY(SELECT unnest(:conversations::uuid[])::text)`,
    erase: 'delete',
    ages: { kind: 'conversations', at: 'occurred_at', when: `state IN ('delivered', 'dead')` },
  },
  {
    table: 'webhook_endpoints',
    personal: true,
    columns: ['created_by'],
    whose: 'created_by = :asker',
    withheld: ['secrets'],
    sealed: ['secrets'],
    erase: { created_by: `'erased'` },
  },
  {
    table: 'channel_connections',
    personal: true,
    columns: ['created_by'],
    whose: 'created_by = :asker',
    withheld: ['secrets'],
    sealed: ['secrets'],
    erase: { created_by: `'erased'` },
  },
];
