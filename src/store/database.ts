/**
 * The one way to the database: a pool of PostgreSQL connections, whichever store is behind it.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { drizzle, type NodePgQueryResultHKT } from 'drizzle-orm/node-postgres';
import type { PgDatabase } from 'drizzle-orm/pg-core';
import pg from 'pg';
import { messageOf, TimonelError } from '../errors.ts';
import { untilAborted } from './until-aborted.ts';

/** A Drizzle handle inside one transaction that sees the rows of one workspace only. */
export type Database = PgDatabase<NodePgQueryResultHKT, Record<string, never>>;

export interface PoolSettings {
  /** Connections at most. */
  size: number;
  acquireTimeoutMs: number;
  statementTimeoutMs: number;
  idleInTransactionTimeoutMs: number;
  idleTimeoutMs: number;
  maxLifetimeMs: number;
  /** Asks a connection that has been idle for a second whether it still answers, before it is used. */
  prePing: boolean;
}

/** Live state of the pool. */
export interface PoolStatus {
  size: number;
  open: number;
  idle: number;
  waiting: number;
  /** Statements that waited for a connection in vain, since the start. */
  acquireTimeouts: number;
}

/** A named statement is planned once per connection. */
export interface Statement {
  name: string;
  text: string;
}

/** How many statements crossed the wire; tests hold a turn to its budget with it. */
export interface RoundTrips {
  count: number;
}

type Row = Record<string, unknown>;

/** The transaction that the code at hand runs in, where it runs in one. */
const openTransaction = new AsyncLocalStorage<TransactionClient>();

/** SQLSTATE classes of a database that is gone, full or restarting. */
const transientStates = /^(08|53|57P|57014|25P03)/;

export class DatabasePool {
  readonly embedded: boolean;
  readonly roundTrips: RoundTrips = { count: 0 };
  readonly #pool: pg.Pool;
  readonly #settings: PoolSettings;
  readonly #connection: pg.PoolConfig;
  readonly #lastUsed = new WeakMap<pg.PoolClient, number>();
  #memberRole = false;
  #acquireTimeouts = 0;

  constructor(connection: pg.PoolConfig, settings: PoolSettings, embedded: boolean) {
    this.embedded = embedded;
    this.#settings = settings;
    this.#connection = connection;
    this.#pool = new pg.Pool({
      ...connection,
      max: settings.size,
      connectionTimeoutMillis: settings.acquireTimeoutMs,
      idleTimeoutMillis: settings.idleTimeoutMs,
      maxLifetimeSeconds: Math.ceil(settings.maxLifetimeMs / 1000),
      application_name: 'timonel',
      keepAlive: true,
      ...(embedded ? {} : { options: sessionOptions(settings) }),
    });
    // An idle connection that breaks is replaced by the next acquire; without a listener it would end the process.
    this.#pool.on('error', () => {});
    // So would one that breaks while a transaction holds it and no statement is under way; the transaction's next statement reports it.
    this.#pool.on('connect', (client) => client.on('error', () => {}));
  }

  /** True once {@link detectMemberRole} found that workspace queries can run as the role that row-level security binds. */
  get memberRole(): boolean {
    return this.#memberRole;
  }

  status(): PoolStatus {
    return {
      size: this.#settings.size,
      open: this.#pool.totalCount,
      idle: this.#pool.idleCount,
      waiting: this.#pool.waitingCount,
      acquireTimeouts: this.#acquireTimeouts,
    };
  }

  /**
   * Runs one named statement as the runtime itself: the statement carries the workspace of every row that it touches.
   * @throws TimonelError `store_unavailable` when the database does not answer; the outcome is then unknown, not failed.
   */
  async execute<T = Row>(statement: Statement, values: unknown[]): Promise<T[]> {
    return this.#withConnection(async (client) => {
      this.roundTrips.count++;
      const result = await client.query({ name: statement.name, text: statement.text, values });
      return result.rows as T[];
    });
  }

  /** One statement, or several without values, as the runtime itself; not prepared. For what runs rarely and for pg-boss. */
  async executeText<T = Row>(text: string, values: unknown[] = []): Promise<T[]> {
    return this.#withConnection(async (client) => {
      this.roundTrips.count++;
      const result = await client.query(text, values.length === 0 ? undefined : values);
      return (Array.isArray(result) ? result.flatMap((one: { rows: T[] }) => one.rows) : result.rows) as T[];
    });
  }

  /**
   * Like {@link executeText}, within the transaction that the caller runs in, where there is one: what the queue looks up while a tool
   * adds a job to it must not wait for the connection that the tool holds.
   */
  async executeJoining<T = Row>(text: string, values: unknown[] = []): Promise<T[]> {
    const transaction = openTransaction.getStore();
    if (transaction?.open !== true) return this.executeText(text, values);
    const result = await transaction.client.query(text, values);
    return result.rows as T[];
  }

  /**
   * Runs `work` in one transaction that sees the rows of one workspace only.
   * Opening it takes one round trip, the commit another. When `signal` aborts, the transaction is undone without waiting for `work`.
   */
  async inWorkspace<T>(
    workspaceId: string,
    work: (database: Database, client: pg.PoolClient) => Promise<T>,
    signal?: AbortSignal,
  ): Promise<T> {
    const role = this.#memberRole ? `, set_config('role', 'timonel_member', true)` : '';
    return this.#transaction(
      (client) => `BEGIN; SELECT set_config('timonel.workspace', ${client.escapeLiteral(workspaceId)}, true)${role}`,
      (client) => work(drizzle(client) as unknown as Database, client),
      signal,
    );
  }

  /** Runs `work` in one transaction as the runtime itself: each statement carries the workspace of every row that it touches. */
  async inTransaction<T>(work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
    return this.#transaction(() => 'BEGIN', work);
  }

  async #transaction<T>(
    begin: (client: pg.PoolClient) => string,
    work: (client: pg.PoolClient) => Promise<T>,
    signal?: AbortSignal,
  ): Promise<T> {
    return this.#withConnection(async (client) => {
      const guarded = new TransactionClient(client, this.roundTrips);
      try {
        await guarded.client.query(begin(client));
        const working = openTransaction.run(guarded, () => work(guarded.client));
        const result = await (signal === undefined ? working : untilAborted(working, signal));
        await guarded.client.query('COMMIT');
        return result;
      } catch (error) {
        guarded.close();
        await client.query('ROLLBACK').catch(() => {});
        throw error;
      } finally {
        guarded.close();
      }
    });
  }

  /** A connection of its own, outside of the pool and not yet open: for what lasts as long as the process. Not on the embedded store. */
  separateClient(): pg.Client {
    return new pg.Client({ ...this.#connection, application_name: 'timonel', keepAlive: true });
  }

  /** Holds one connection for `work`, e.g. for a session-level advisory lock. */
  async onOneConnection<T>(work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
    return this.#withConnection(work);
  }

  /**
   * Finds out whether this login may act as the member role (see migration 0000). A role that was made after the migrations has no rights
   * on their tables yet: it gets them here.
   */
  async detectMemberRole(): Promise<boolean> {
    const [row] = await this.executeText<{ usable: boolean; granted: boolean }>(
      `SELECT pg_has_role(current_user, oid, 'MEMBER') AS usable, has_table_privilege(oid, 'runs', 'SELECT') AS granted
       FROM pg_roles WHERE rolname = 'timonel_member'`,
    );
    if (row?.usable === true && !row.granted) {
      // Only the tables of workspaces: what `timonel_private` keeps (users, sessions, keys) is none of a tool's business.
      await this.executeText(`
        GRANT USAGE ON SCHEMA public TO timonel_member;
        DO $$ DECLARE target regclass; BEGIN
          FOR target IN SELECT polrelid::regclass FROM pg_policy WHERE polname = 'workspace_rows' LOOP
            EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %s TO timonel_member', target);
          END LOOP;
        END $$`);
    }
    this.#memberRole = row?.usable === true;
    return this.#memberRole;
  }

  async close(): Promise<void> {
    await this.#pool.end();
  }

  async #withConnection<T>(work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
    // With one connection a nested acquire would wait for itself; say so instead of timing out.
    if (openTransaction.getStore()?.open === true && this.#settings.size === 1) {
      throw new Error('A transaction is open on the only connection: use the database handle that the transaction was given.');
    }
    const client = await this.#acquire();
    let broken: Error | undefined;
    try {
      return await work(client);
    } catch (error) {
      const translated = translate(error);
      if (translated.code === 'store_unavailable' && translated.cause instanceof Error) broken = translated.cause;
      throw translated.passThrough ? error : translated.error;
    } finally {
      this.#lastUsed.set(client, Date.now());
      client.release(broken);
    }
  }

  async #acquire(): Promise<pg.PoolClient> {
    for (let attempt = 0; ; attempt++) {
      let client: pg.PoolClient;
      try {
        client = await this.#pool.connect();
      } catch (error) {
        if (/timeout exceeded when trying to connect/.test(messageOf(error))) this.#acquireTimeouts++;
        throw unavailable(error);
      }
      const idleSince = this.#lastUsed.get(client);
      if (!this.#settings.prePing || this.embedded || idleSince === undefined || Date.now() - idleSince < 1_000) return client;
      try {
        await client.query('SELECT 1');
        return client;
      } catch (error) {
        client.release(error instanceof Error ? error : true);
        if (attempt >= this.#settings.size) throw unavailable(error);
      }
    }
  }
}

/**
 * A connection for the length of one transaction. What is still running when the transaction ended (a tool past its timeout) would
 * otherwise go on outside of any transaction, on a connection that somebody else has by then.
 */
class TransactionClient {
  readonly client: pg.PoolClient;
  open = true;

  constructor(connection: pg.PoolClient, roundTrips: RoundTrips) {
    const query = (...args: unknown[]): unknown => {
      if (!this.open) return Promise.reject(new Error('The transaction has ended; its database handle can no longer be used.'));
      roundTrips.count++;
      return Reflect.apply(connection.query, connection, args);
    };
    this.client = Object.create(connection, { query: { value: query } }) as pg.PoolClient;
  }

  close(): void {
    this.open = false;
  }
}

/**
 * For statements that find their rows by key. Their plans are kept from when the tables were small, when reading a table whole looked
 * cheapest; and compiling a statement costs more than running it.
 */
export const planning = ['enable_seqscan=off', 'jit=off'] as const;

/** The workspace is `*` until a transaction narrows it: see `timonel_protect` in migration 0000. */
function sessionOptions(settings: PoolSettings): string {
  return [
    '-c timonel.workspace=*',
    ...planning.map((setting) => `-c ${setting}`),
    `-c statement_timeout=${settings.statementTimeoutMs}`,
    `-c idle_in_transaction_session_timeout=${settings.idleInTransactionTimeoutMs}`,
  ].join(' ');
}

/** Whether an error says "the database is not there (now)" rather than "the statement is wrong". */
export function isTransient(error: unknown): boolean {
  if (error instanceof TimonelError) return error.code === 'store_unavailable';
  if (!(error instanceof Error)) return false;
  const code = (error as { code?: unknown }).code;
  if (typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code)) return transientStates.test(code);
  if (typeof code === 'string' && /^(ECONN|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENOENT)/.test(code)) return true;
  return /Connection terminated|timeout exceeded when trying to connect|not queryable|Client has encountered a connection error/.test(
    error.message,
  );
}

/** Two statements waited for each other and this one was undone: it can be sent again. */
export function isDeadlock(error: unknown): boolean {
  const code = error instanceof Error ? (error as { code?: unknown }).code : undefined;
  return code === '40P01' || code === '40001';
}

function unavailable(error: unknown): TimonelError {
  const state = error instanceof Error && 'code' in error ? String(error.code) : '';
  // A login, a password or a database that is not there: waiting does not help.
  if (/^(28...|3D000)$/.test(state)) {
    return new TimonelError(
      'store_unavailable',
      `The database refuses the connection: ${messageOf(error)}. Correct DATABASE_URL.`,
      {
        cause: error,
      },
    );
  }
  return new TimonelError('store_unavailable', `The database does not answer (${messageOf(error)}). Try again shortly.`, {
    cause: error,
  });
}

function translate(error: unknown): { passThrough: boolean; error: unknown; code?: string; cause?: unknown } {
  if (error instanceof TimonelError) return { passThrough: true, error, code: error.code, cause: error.cause };
  // Drizzle wraps what pg threw.
  const inner = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  if (!isTransient(inner)) return { passThrough: true, error };
  return { passThrough: false, error: unavailable(inner), code: 'store_unavailable', cause: inner };
}
