/**
 * The connection on which a process hears what others tell through PostgreSQL's LISTEN and NOTIFY: one for all channels, made again when it is
 * lost. The embedded store has one process, and needs none.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { publishFault } from '../faults.ts';
import type { DatabasePool } from './database.ts';

/** Pause before a lost connection is tried again, in milliseconds. */
const reconnectMs = 1_000;

const tellFault = (error: unknown): void => publishFault('hearing what other processes tell', error);

export interface ChannelListener {
  /** Something was told on the channel. */
  heard(payload: string): void;
  /** The connection is lost: what is told from now on is not known. */
  lost?(): void;
  /** The channel is heard; `again` after the connection was lost, when anything may have been told meanwhile. */
  listening?(again: boolean): void;
}

export class ListeningConnection {
  readonly #pool: DatabasePool;
  readonly #channels = new Map<string, ChannelListener>();
  #client: pg.Client | undefined;
  #closed = false;

  constructor(pool: DatabasePool) {
    this.#pool = pool;
  }

  /** @throws Error where the database does not answer. */
  async open(): Promise<void> {
    if (!this.#pool.embedded) await this.#connect(false);
  }

  /** Hears a channel: from now on where the connection is open, else from when it is. */
  hear(channel: string, listener: ChannelListener): void {
    this.#channels.set(channel, listener);
    // Where it fails the connection is lost, and the next one listens to all channels.
    this.#client?.query(`LISTEN ${channel}`).then(() => listener.listening?.(false), tellFault);
  }

  /** Whether {@link notify} has a connection to use. */
  get connected(): boolean {
    return this.#client !== undefined;
  }

  /** Tells something outside of any transaction, on this connection: the pool has no statement more for it. */
  async notify(channel: string, payload: string): Promise<void> {
    if (this.#client === undefined) throw new Error('The listening connection is lost.');
    await this.#client.query('SELECT pg_notify($1, $2)', [channel, payload]);
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#client?.end().catch(() => {});
  }

  async #connect(again: boolean): Promise<void> {
    const client = this.#pool.separateClient();
    // A connection that never came about also ends; whoever waits for it tries again.
    let listening = false;
    const onLost = (error?: unknown) => {
      if (!listening) return;
      listening = false;
      this.#client = undefined;
      if (this.#closed) return;
      tellFault(error ?? new Error('The connection ended.'));
      for (const each of this.#channels.values()) each.lost?.();
      client.end().catch(() => {});
      void this.#reconnect();
    };
    client.on('error', onLost);
    client.on('end', onLost);
    client.on('notification', ({ channel, payload }) => this.#channels.get(channel)?.heard(payload ?? ''));
    try {
      await client.connect();
      for (const channel of this.#channels.keys()) await client.query(`LISTEN ${channel}`);
    } catch (error) {
      client.end().catch(() => {});
      throw error;
    }
    listening = true;
    this.#client = client;
    for (const each of this.#channels.values()) each.listening?.(again);
  }

  async #reconnect(): Promise<void> {
    while (!this.#closed) {
      await sleep(reconnectMs, undefined, { ref: false });
      try {
        return await this.#connect(true);
      } catch (error) {
        tellFault(error);
      }
    }
  }
}
