/**
 * Tells every process on the same database that something changed, in the transaction of the change: who hears of it can look at once.
 *
 * PostgreSQL's own LISTEN and NOTIFY carry it, also where there is Redis: a revocation must not depend on a part that may be down.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import type { DatabasePool } from './database.ts';

const channel = 'timonel_notices';

/** Pause before the listening connection is tried again, in milliseconds. */
const reconnectMs = 1_000;

/** Draws the consequences of what is told, in its transaction. What it tells is looked at in turn. */
export type BeforeCommit<Notice> = (
  client: pg.PoolClient,
  notices: readonly Notice[],
  tell: (notice: Notice) => void,
) => Promise<void>;

/** @typeParam Notice what changed; JSON, and short: PostgreSQL carries up to 8,000 bytes per transaction. */
export class Notices<Notice> {
  readonly #pool: DatabasePool;
  readonly #onFault: (error: unknown) => void;
  readonly #beforeCommit: BeforeCommit<Notice> | undefined;
  readonly #listeners = new Set<(notices: readonly Notice[] | 'anything') => void>();
  #client: pg.Client | undefined;
  #closed = false;

  constructor(pool: DatabasePool, onFault: (error: unknown) => void, beforeCommit?: BeforeCommit<Notice>) {
    this.#pool = pool;
    this.#onFault = onFault;
    this.#beforeCommit = beforeCommit;
  }

  /** Begins to hear what other processes tell. The embedded store has one process. */
  async open(): Promise<void> {
    if (!this.#pool.embedded) await this.#connect();
  }

  /** `'anything'`: the connection was lost for a while, and what was told meanwhile is not known. */
  subscribe(listener: (notices: readonly Notice[] | 'anything') => void): void {
    this.#listeners.add(listener);
  }

  /**
   * Changes something in one transaction, and tells what `tell` was given, here and everywhere, once it is committed.
   * @param open opens the transaction; one of the runtime where absent.
   */
  async change<T>(
    work: (client: pg.PoolClient, tell: (notice: Notice) => void) => Promise<T>,
    open: (run: (client: pg.PoolClient) => Promise<T>) => Promise<T> = (run) => this.#pool.inTransaction(run),
  ): Promise<T> {
    const notices: Notice[] = [];
    try {
      return await open(async (client) => {
        const tell = (notice: Notice) => void notices.push(notice);
        const result = await work(client, tell);
        // A consequence may have consequences of its own.
        for (let from = 0; from < notices.length; ) {
          const fresh = notices.slice(from);
          from = notices.length;
          await this.#beforeCommit?.(client, fresh, tell);
        }
        if (notices.length > 0 && !this.#pool.embedded) {
          await client.query('SELECT pg_notify($1, $2)', [channel, JSON.stringify(notices)]);
        }
        return result;
      });
    } finally {
      // Also when it failed: the commit may have arrived, and forgetting too much harms nobody.
      if (notices.length > 0) this.#tell(notices);
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#client?.end().catch(() => {});
  }

  #tell(notices: readonly Notice[] | 'anything'): void {
    for (const listener of this.#listeners) listener(notices);
  }

  async #connect(): Promise<void> {
    const client = this.#pool.separateClient();
    // A connection that never came about also ends; whoever waits for it tries again.
    let listening = false;
    const onLost = (error?: unknown) => {
      if (!listening) return;
      listening = false;
      if (this.#closed) return;
      this.#onFault(error ?? new Error('The connection ended.'));
      this.#tell('anything');
      client.end().catch(() => {});
      void this.#reconnect();
    };
    client.on('error', onLost);
    client.on('end', onLost);
    client.on('notification', ({ payload }) => {
      try {
        this.#tell(JSON.parse(payload ?? '') as Notice[]);
      } catch {
        this.#tell('anything');
      }
    });
    try {
      await client.connect();
      await client.query(`LISTEN ${channel}`);
    } catch (error) {
      client.end().catch(() => {});
      throw error;
    }
    listening = true;
    this.#client = client;
  }

  async #reconnect(): Promise<void> {
    while (!this.#closed) {
      await sleep(reconnectMs, undefined, { ref: false });
      try {
        await this.#connect();
        // What was told while nobody listened.
        this.#tell('anything');
        return;
      } catch (error) {
        this.#onFault(error);
      }
    }
  }
}
