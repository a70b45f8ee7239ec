/**
 * Reads the accounts whose provider calls nobody. One process reads an account at a time: the row of the connection names it, and its lease in the
 * run record says whether it lives. A frozen one that wakes up is told at its next word that another one reads.
 */
import { type ChannelRead, channels as diagnostics, publishFault } from '../diagnostics.ts';
import type { MailAnswer } from '../handoff/mail-answers.ts';
import type { DatabasePool } from '../store/database.ts';
import { storableJson } from '../store/storable.ts';
import type { JsonObject } from '../vocabulary.ts';
import { canonicalAddress } from './addresses.ts';
import type { Connections } from './connections.ts';
import { AccountRefusedError, type Address, type OpenConnection, type Reading, type Update } from './contract.ts';
import type { Inbox } from './inbox.ts';
import { Loop } from './loop.ts';

export interface ReceiversDependencies {
  pool: DatabasePool;
  connections: Connections;
  inbox: Inbox;
  /** Of the run record: its lease says whether this process lives. */
  processId: string;
  /** Something was stored. */
  wake(): void;
  /** A person of the workspace answers a notice; the same one may come again. */
  onAnswer(answer: MailAnswer): Promise<void>;
}

interface Reader {
  connection: OpenConnection;
  stop: AbortController;
  ended: Promise<void>;
}

/** Between two looks for accounts that nobody reads, in milliseconds. */
const lookEveryMs = 1_000;
/** Pauses after failures, in milliseconds. */
const shortestPauseMs = 1_000;
const longestPauseMs = 300_000;
/** For how long a mail in doubt is looked for, in minutes. */
const doubtMinutes = 60;

export class Receivers {
  readonly #dependencies: ReceiversDependencies;
  readonly #loop: Loop;
  readonly #readers = new Map<string, Reader>();
  readonly #failures = new Map<string, { count: number; after: number }>();

  constructor(dependencies: ReceiversDependencies) {
    this.#dependencies = dependencies;
    this.#loop = new Loop({
      step: () => this.#look(),
      idle: () => this.#wanted().length === 0 && this.#readers.size === 0,
      everyMs: lookEveryMs,
    });
  }

  start(): void {
    this.#loop.start();
  }

  /** Ends what is read; waits for it, and lets another process go on. */
  async stop(): Promise<void> {
    await this.#loop.stop();
    const readers = [...this.#readers.values()];
    for (const { stop } of readers) stop.abort();
    await Promise.allSettled(readers.map(({ ended }) => ended));
  }

  #wanted(): OpenConnection[] {
    const { connections } = this.#dependencies;
    return connections.sending.filter(({ channel }) => connections.channelOf(channel).receive !== undefined);
  }

  async #look(): Promise<boolean> {
    const wanted = new Map(this.#wanted().map((each) => [each.id, each]));
    for (const [id, { connection, stop }] of this.#readers) {
      const now = wanted.get(id);
      // Changed, disabled or suspended. Another reader begins once this one has ended.
      if (now === undefined || JSON.stringify(now) !== JSON.stringify(connection)) {
        stop.abort();
        this.#failures.delete(id);
      }
    }
    const free = [...wanted.values()].filter(
      ({ id }) => !this.#readers.has(id) && (this.#failures.get(id)?.after ?? 0) <= performance.now(),
    );
    if (free.length === 0) return false;
    for (const { id, cursor } of await this.#claim(free.map(({ id }) => id))) {
      const connection = wanted.get(id);
      if (connection !== undefined) this.#read(connection, cursor ?? undefined);
    }
    return false;
  }

  #claim(ids: readonly string[]): Promise<{ id: string; cursor: JsonObject | null }[]> {
    return this.#dependencies.pool.executeText(
      `UPDATE channel_connections c SET reader = $2
       WHERE id = ANY($1::uuid[]) AND disabled_at IS NULL AND (reader IS NULL OR reader = $2
         OR NOT EXISTS (SELECT FROM processes p WHERE p.id = c.reader AND p.lease_until > now()))
       RETURNING id, read_cursor AS cursor`,
      [ids, this.#dependencies.processId],
    );
  }

  #read(connection: OpenConnection, cursor: JsonObject | undefined): void {
    const stop = new AbortController();
    const { id } = connection;
    const ended = this.#whole(connection, cursor, stop.signal).finally(() => {
      this.#readers.delete(id);
      this.#loop.wake();
    });
    this.#readers.set(id, { connection, stop, ended });
  }

  async #whole(connection: OpenConnection, cursor: JsonObject | undefined, signal: AbortSignal): Promise<void> {
    const { connections } = this.#dependencies;
    try {
      await connections.channelOf(connection.channel).receive?.(connection, this.#readingOf(connection, cursor, signal));
    } catch (error) {
      if (!signal.aborted) await this.#failed(connection, error);
    }
    await this.#dependencies.pool
      .executeText('UPDATE channel_connections SET reader = NULL WHERE id = $1 AND workspace_id = $2 AND reader = $3', [
        connection.id,
        connection.workspaceId,
        this.#dependencies.processId,
      ])
      .catch((error: unknown) => publishFault('giving up an account', error));
  }

  async #failed(connection: OpenConnection, error: unknown): Promise<void> {
    const { id } = connection;
    if (error instanceof AccountRefusedError) {
      const { code, message } = error;
      publishFault('a connection is suspended', new Error(`Connection ${id}: ${code} ${message}`));
      this.#tell(connection, 'refused');
      await this.#dependencies.connections
        .suspend(connection, { code, message })
        .catch((fault: unknown) => publishFault('suspending a connection', fault));
      return;
    }
    const count = (this.#failures.get(id)?.count ?? 0) + 1;
    const pause = Math.min(longestPauseMs, shortestPauseMs * 2 ** (count - 1));
    this.#failures.set(id, { count, after: performance.now() + pause });
    publishFault('reading an account', new Error(`Connection ${id}`, { cause: error }));
    this.#tell(connection, 'failed');
  }

  #readingOf(connection: OpenConnection, begun: JsonObject | undefined, signal: AbortSignal): Reading {
    const { pool, inbox, wake, processId } = this.#dependencies;
    const place = [connection.workspaceId, connection.id];
    const reading: Reading = {
      cursor: begun,
      signal,
      connected: () => {
        this.#failures.delete(connection.id);
        this.#tell(connection, 'connected');
      },
      accept: async (updates: readonly Update[], cursor: JsonObject) => {
        for (const update of updates) if (update.kind === 'answer') await this.#dependencies.onAnswer(answerOf(connection, update));
        const accepted = await inbox.accept(connection, updates);
        if (accepted.messages + accepted.statuses > 0) wake();
        if (updates.length > 0) this.#tell(connection, 'read', accepted);
        if (JSON.stringify(cursor) === JSON.stringify(reading.cursor)) return;
        const rows = await pool.executeText(
          'UPDATE channel_connections SET read_cursor = $4 WHERE workspace_id = $1 AND id = $2 AND reader = $3 RETURNING 1',
          [...place, processId, storableJson(cursor)],
        );
        if (rows.length === 0) throw new Error('Another process reads the account.');
        reading.cursor = cursor;
      },
      turnsOf: (address) => this.#turnsOf(connection, address),
      inDoubt: async () => {
        const rows = await pool.executeText<{ reference: string }>(
          `SELECT id || ':' || parts_sent AS reference FROM channel_deliveries
           WHERE workspace_id = $1 AND connection_id = $2 AND state = 'unclear' AND ended_at > now() - interval '${doubtMinutes} minutes'
           ORDER BY sequence DESC LIMIT 20`,
          place,
        );
        return rows.map(({ reference }) => reference);
      },
    };
    return reading;
  }

  async #turnsOf({ workspaceId, id }: OpenConnection, address: Address): Promise<{ hour: number; day: number }> {
    const [counted = { hour: 0, day: 0 }] = await this.#dependencies.pool.executeText<{ hour: number; day: number }>(
      `WITH own AS (
         SELECT i.received_at FROM channel_addresses a JOIN channel_inbox i ON i.contact_id = a.contact_id
         WHERE a.workspace_id = $1 AND a.kind = $3 AND a.canonical = $4 AND i.connection_id = $2 AND i.content->>'treat' = 'run'
           AND i.received_at > now() - interval '1 day'
         -- Those that nobody looked at yet have no contact.
         UNION ALL SELECT i.received_at FROM channel_inbox i
         WHERE i.workspace_id = $1 AND i.connection_id = $2 AND i.state <> 'done' AND i.contact_id IS NULL AND i.content->>'treat' = 'run'
           AND i.sender->'addresses' @> $5::jsonb
       )
       SELECT count(*) FILTER (WHERE received_at > now() - interval '1 hour')::int AS hour, count(*)::int AS day FROM own`,
      [workspaceId, id, address.kind, canonicalAddress(address), storableJson([address])],
    );
    return counted;
  }

  #tell(
    { channel, id: connectionId }: OpenConnection,
    result: ChannelRead['result'],
    { duplicates = 0, others = [] }: { duplicates?: number; others?: readonly string[] } = {},
  ): void {
    if (diagnostics.channelRead.hasSubscribers)
      diagnostics.channelRead.publish({ channel, connectionId, result, duplicates, others } satisfies ChannelRead);
  }
}

function answerOf({ workspaceId }: OpenConnection, update: Extract<Update, { kind: 'answer' }>): MailAnswer {
  const { token, from, unproven, text, externalId: messageId } = update;
  return { workspaceId, token, from, unproven, text, messageId };
}
