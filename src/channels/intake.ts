/**
 * Takes what the inbox holds: finds the contact and the conversation of each message, and puts messages of one contact into the run record in the
 * order in which they came. A message that is taken twice is one turn: its batch is the idempotency key.
 */
import type pg from 'pg';
import type { InForce } from '../release/in-force.ts';
import type { DatabasePool } from '../store/database.ts';
import { conversationValues, insertConversation } from '../store/run-views.ts';
import type { Contact } from '../vocabulary.ts';
import { type MessageBatch, sayOnce } from './batch-endings.ts';
import type { Connections } from './connections.ts';
import { Contacts, holdContacts } from './contacts.ts';
import type { Address, IncomingContent, OpenConnection } from './contract.ts';
import { chosenOption } from './rendering.ts';
import { declineText } from './sentences.ts';

interface WaitingRow {
  id: string;
  kind: string;
  external_id: string;
  sender: { addresses: Address[]; name?: string | null; vouched?: boolean };
  content: IncomingContent & { to?: Address[] };
  sent_at: Date;
}

interface OpenRow extends WaitingRow {
  contact_id: string;
  state: 'waiting' | 'taken';
  batch: string | null;
  conversation_id: string | null;
  attempts: number;
  /** Milliseconds since it came. */
  age: number;
  free: boolean;
}

interface Thread {
  conversation_id: string | null;
  offered: string[] | null;
  open: boolean | null;
  stale: boolean;
  polite: boolean;
  name: string | null;
  unsure: string | null;
  /** Whether the contact of its conversation is proven. */
  verified: boolean | null;
}

export interface IntakeDependencies {
  pool: DatabasePool;
  connections: Connections;
  inForce: Pick<InForce, 'assign'>;
  /** Of the run record: its lease says whether this process lives. */
  processId: string;
  now(): Date;
  newId(): string;
}

/** How long a process has for a batch before another one takes it, in seconds. */
const leaseSeconds = 60;
/** Nobody works on it: its lease ended, or its process is dead. */
const free = (row: string) => `(${row}.lease_until IS NULL OR ${row}.lease_until < now()
  OR (${row}.owner IS NOT NULL AND NOT EXISTS (SELECT FROM processes p WHERE p.id = ${row}.owner AND p.lease_until > now())))`;
/** Messages of a burst at most, and for how long one is waited for at most. */
const mostOfBurst = 20;
const longestBurstMs = 30_000;
/** Contacts that are taken in one transaction: on the embedded store webhooks wait for its end. */
const mostContacts = 5;

export class Intake {
  readonly #dependencies: IntakeDependencies;
  readonly #contacts: Contacts;

  constructor(dependencies: IntakeDependencies) {
    this.#dependencies = dependencies;
    this.#contacts = new Contacts(dependencies.newId);
  }

  /** Connections with something to take. One round trip for all workspaces. */
  async due(): Promise<string[]> {
    const rows = await this.#dependencies.pool.execute<{ id: string }>(
      {
        name: 'channel-inbox-due',
        text: `SELECT DISTINCT connection_id AS id FROM channel_inbox
          WHERE state <> 'done' AND ${free('channel_inbox')}`,
      },
      [],
    );
    return rows.map(({ id }) => id);
  }

  /**
   * Takes the next messages of a connection. What needs no run is done when this returns.
   * @returns what is to be put into the run record, and what became of the others: `declined` or `ignored`
   */
  async take(connection: OpenConnection): Promise<{ batches: MessageBatch[]; settled: string[] }> {
    const { workspaceId, id } = connection;
    return this.#dependencies.pool.inTransaction(async (client) => {
      // Contacts belong to the workspace: two connections may hear from one person at the same moment.
      await holdContacts(client, workspaceId);
      await this.#resolve(client, connection);
      const { rows } = await client.query<OpenRow>(
        `SELECT i.id, i.kind, i.external_id, i.sender, i.content, i.sent_at, i.contact_id, i.state, i.batch, i.conversation_id, i.attempts,
           extract(epoch FROM now() - i.received_at)::float8 * 1000 AS age, ${free('i')} AS free
         FROM channel_inbox i
         WHERE i.workspace_id = $1 AND i.connection_id = $2 AND i.state <> 'done' AND i.contact_id IN
           (SELECT contact_id FROM channel_inbox WHERE workspace_id = $1 AND connection_id = $2 AND state <> 'done' AND contact_id IS NOT NULL
            GROUP BY contact_id HAVING bool_and(${free('channel_inbox')}) ORDER BY min(id) LIMIT ${mostContacts})
         ORDER BY i.id`,
        [workspaceId, id],
      );
      const batches: MessageBatch[] = [];
      const settled: string[] = [];
      for (const own of Map.groupBy(rows, ({ contact_id }) => contact_id).values()) {
        const batch = await this.#takeOf(client, connection, own, settled);
        if (batch !== undefined) batches.push(batch);
      }
      return { batches, settled };
    });
  }

  /** Gives new messages their contact, oldest first, and says when contacts were heard. */
  async #resolve(client: pg.PoolClient, connection: OpenConnection): Promise<void> {
    const { workspaceId, id } = connection;
    const { rows } = await client.query<WaitingRow>(
      `SELECT id, kind, external_id, sender, content, sent_at FROM channel_inbox
       WHERE workspace_id = $1 AND connection_id = $2 AND state = 'waiting' AND contact_id IS NULL ORDER BY id LIMIT 100`,
      [workspaceId, id],
    );
    if (rows.length === 0) return;
    const heard: { id: string; contact: string; moved: boolean }[] = [];
    for (const row of rows) {
      const { addresses, name } = row.sender;
      const moved = row.kind === 'moved';
      const { contact, merged } = moved
        ? await this.#contacts.move(client, workspaceId, addresses, row.content.to ?? [])
        : await this.#contacts.resolve(client, workspaceId, addresses, name ?? undefined);
      for (const each of heard) if (merged.includes(each.contact)) each.contact = contact;
      heard.push({ id: row.id, contact, moved });
    }
    const values = [
      workspaceId,
      id,
      heard.map((each) => each.id),
      heard.map(({ contact }) => contact),
      heard.map(({ moved }) => moved),
    ];
    await client.query(
      `WITH heard AS (
         SELECT w.id, w.contact, w.moved, i.sent_at FROM unnest($3::bigint[], $4::uuid[], $5::boolean[]) AS w(id, contact, moved)
         JOIN channel_inbox i ON i.id = w.id AND i.workspace_id = $1
       ), known AS (
         UPDATE channel_inbox i SET contact_id = h.contact, state = CASE WHEN h.moved THEN 'done' ELSE i.state END,
           result = CASE WHEN h.moved THEN 'moved' END
         FROM heard h WHERE i.id = h.id AND i.workspace_id = $1
       )
       -- Who writes may be written to again.
       INSERT INTO channel_threads AS t (connection_id, contact_id, workspace_id, heard_at)
       SELECT $2, contact, $1, max(sent_at) FROM heard WHERE NOT moved GROUP BY contact
       ON CONFLICT (connection_id, contact_id) DO UPDATE
       SET heard_at = GREATEST(t.heard_at, excluded.heard_at), stopped_until = '-infinity', stopped = NULL`,
      values,
    );
  }

  /** The next batch of one contact, of which nothing is under way. */
  async #takeOf(
    client: pg.PoolClient,
    connection: OpenConnection,
    rows: readonly OpenRow[],
    settled: string[],
  ): Promise<MessageBatch | undefined> {
    const { workspaceId } = connection;
    const [first] = rows;
    if (first === undefined || rows.some(({ free }) => !free)) return undefined;
    const { contact_id: contactId } = first;
    const thread = await this.#thread(client, connection, contactId);
    // What another process had taken, and did not finish.
    let chosen = first.state === 'taken' ? rows.filter(({ batch }) => batch === first.batch) : [];
    let conversationId = first.conversation_id;
    let batch = first.batch;
    if (chosen.length === 0) {
      const next = await this.#settleTurnless(client, connection, thread, rows, settled);
      chosen = burstOf(next, connection.settings.quietMs);
      const [message] = chosen;
      if (message === undefined) return undefined;
      conversationId = await this.#conversation(client, connection, contactId, thread, message);
      batch = this.#dependencies.newId();
    }
    if (batch === null || conversationId === null) throw new TypeError('Messages were taken without a batch.');
    const ids = chosen.map(({ id }) => id);
    await client.query(
      `UPDATE channel_inbox SET state = 'taken', batch = $3, conversation_id = $4, attempts = attempts + 1, owner = $5,
         lease_until = now() + interval '${leaseSeconds} seconds'
       WHERE workspace_id = $1 AND id = ANY($2::bigint[])`,
      [workspaceId, ids, batch, conversationId, this.#dependencies.processId],
    );
    const messages = chosen.map(({ id, external_id: externalId, content, sender }) => ({
      id,
      externalId,
      sender: sender.addresses,
      content: { ...content, text: chosenOption(content.text, thread.offered ?? undefined) },
    }));
    return { connection, batch, conversationId, contactId, attempts: (first.attempts ?? 0) + 1, unsure: thread.unsure, messages };
  }

  /** Ends the messages at the beginning that become no turn. @returns the others */
  async #settleTurnless(
    client: pg.PoolClient,
    connection: OpenConnection,
    thread: Thread,
    rows: readonly OpenRow[],
    settled: string[],
  ): Promise<OpenRow[]> {
    const turn = rows.findIndex(({ content }) => content.treat === 'run');
    const turnless = turn === -1 ? rows : rows.slice(0, turn);
    if (turnless.length > 0) {
      await client.query(
        `UPDATE channel_inbox SET state = 'done', result = CASE WHEN content->>'treat' = 'decline' THEN 'declined' ELSE 'ignored' END
         WHERE workspace_id = $1 AND id = ANY($2::bigint[])`,
        [connection.workspaceId, turnless.map(({ id }) => id)],
      );
      settled.push(...turnless.map(({ content }) => (content.treat === 'decline' ? 'declined' : 'ignored')));
      const declined = turnless.find(({ content }) => content.treat === 'decline');
      if (declined !== undefined && !thread.polite) {
        thread.polite = true;
        await sayOnce(
          client,
          connection,
          declined.contact_id,
          thread.conversation_id,
          declineText(connection.settings.language, undefined),
        );
      }
    }
    return turn === -1 ? [] : rows.slice(turn);
  }

  async #thread(client: pg.PoolClient, connection: OpenConnection, contactId: string): Promise<Thread> {
    const { rows } = await client.query<Thread>(
      `SELECT t.conversation_id, t.offered, t.unsure, c.status = 'open' AS open, k.name, t.declined_at >= now() - interval '1 day' AS polite,
         (c.contact->>'verified')::boolean AS verified,
         -- While a person has it, a rest of any length is no end of it.
         COALESCE(c.handler = 'agent' AND c.updated_at < $4::timestamptz - $5 * interval '1 hour', true) AS stale
       FROM channel_threads t
         LEFT JOIN conversations c ON c.id = t.conversation_id AND c.workspace_id = t.workspace_id
         LEFT JOIN channel_contacts k ON k.id = t.contact_id AND k.workspace_id = t.workspace_id
       WHERE t.workspace_id = $1 AND t.connection_id = $2 AND t.contact_id = $3`,
      [connection.workspaceId, connection.id, contactId, this.#dependencies.now(), connection.settings.conversationHours],
    );
    return (
      rows[0] ?? {
        conversation_id: null,
        offered: null,
        open: null,
        stale: true,
        polite: false,
        name: null,
        unsure: null,
        verified: null,
      }
    );
  }

  /** The conversation of a thread, a new one where it is over or rested for too long. */
  async #conversation(
    client: pg.PoolClient,
    connection: OpenConnection,
    contactId: string,
    thread: Thread,
    message: OpenRow,
  ): Promise<string> {
    const { vouched } = message.sender;
    // Where an address can be forged, a message of which it is not proven is no part of a conversation in which it is.
    const same = vouched === undefined || vouched === (thread.verified ?? false);
    if (thread.conversation_id !== null && thread.open === true && !thread.stale && same) return thread.conversation_id;
    const { workspaceId, agent, channel: name, account } = connection;
    const phone = message.sender.addresses.find(({ kind }) => kind === 'phone')?.value;
    const email = message.sender.addresses.find(({ kind }) => kind === 'email')?.value;
    const called = message.sender.name ?? thread.name ?? undefined;
    const channel = this.#dependencies.connections.channelOf(name);
    const contact: Contact = {
      ...(called === undefined ? {} : { name: called }),
      ...(phone === undefined ? {} : { phone: `+${phone}` }),
      ...(email === undefined ? {} : { email }),
      // The provider vouches for the addresses.
      verified: vouched ?? channel.strangers !== true,
    };
    const label = channel.label(account);
    const assignment = this.#dependencies.inForce.assign(agent, { workspaceId, channel: label, contact, address: contactId });
    const id = this.#dependencies.newId();
    await client.query(
      `WITH made AS (${insertConversation.replace('started_by)', 'started_by, connection_id, contact_id)').replace('$11)', '$11, $12, $13)')} RETURNING id)
       UPDATE channel_threads SET conversation_id = $1, offered = NULL WHERE workspace_id = $2 AND connection_id = $12 AND contact_id = $13`,
      [...conversationValues(workspaceId, { id, agent, ...assignment, channel: label, contact }), connection.id, contactId],
    );
    thread.offered = null;
    thread.conversation_id = id;
    return id;
  }
}

/** The messages that become one turn: the first one, or all of a burst once nothing more came for a while. */
function burstOf(rows: readonly OpenRow[], quietMs: number): OpenRow[] {
  const [first] = rows;
  if (first === undefined || quietMs === 0) return first === undefined ? [] : [first];
  const end = rows.findIndex(({ content, sender }) => content.treat !== 'run' || sender.vouched !== first.sender.vouched);
  const burst = (end === -1 ? rows : rows.slice(0, end)).slice(0, mostOfBurst);
  const quiet = (burst.at(-1)?.age ?? 0) >= quietMs || burst.length === mostOfBurst || first.age >= longestBurstMs || end !== -1;
  return quiet ? burst : [];
}
