/**
 * Tells every process on the same database that something changed, in the transaction of the change: who hears of it can look at once.
 *
 * PostgreSQL's own LISTEN and NOTIFY carry it, also where there is Redis: a revocation must not depend on a part that may be down.
 */
import type pg from 'pg';
import type { DatabasePool } from './database.ts';
import { ListeningConnection } from './listening.ts';

const channel = 'timonel_notices';

/** Draws the consequences of what is told, in its transaction. What it tells is looked at in turn. */
export type BeforeCommit<Notice> = (
  client: pg.PoolClient,
  notices: readonly Notice[],
  tell: (notice: Notice) => void,
) => Promise<void>;

/** @typeParam Notice what changed; JSON, and short: PostgreSQL carries up to 8,000 bytes per transaction. */
export class Notices<Notice> {
  readonly #pool: DatabasePool;
  /** What else the process hears of others goes over the same connection. */
  readonly connection: ListeningConnection;
  readonly #beforeCommit: BeforeCommit<Notice> | undefined;
  readonly #listeners = new Set<(notices: readonly Notice[] | 'anything') => void>();

  constructor(pool: DatabasePool, beforeCommit?: BeforeCommit<Notice>) {
    this.#pool = pool;
    this.#beforeCommit = beforeCommit;
    this.connection = new ListeningConnection(pool);
    this.connection.hear(channel, {
      heard: (payload) => this.#hear(payload),
      lost: () => this.#tell('anything'),
      // What was told while nobody listened.
      listening: (again) => {
        if (again) this.#tell('anything');
      },
    });
  }

  /** Begins to hear what other processes tell. The embedded store has one process. */
  async open(): Promise<void> {
    await this.connection.open();
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
    await this.connection.close();
  }

  #tell(notices: readonly Notice[] | 'anything'): void {
    for (const listener of this.#listeners) listener(notices);
  }

  #hear(payload: string): void {
    try {
      this.#tell(JSON.parse(payload) as Notice[]);
    } catch {
      this.#tell('anything');
    }
  }
}
