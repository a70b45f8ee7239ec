/**
 * The one way to the database: a pool of PostgreSQL connections, whichever store is behind it.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { drizzle, type NodePgQueryResultHKT } from 'drizzle-orm/node-postgres';
import type { PgDatabase } from 'drizzle-orm/pg-core';
import pg from 'pg';
import { messageOf, TimonelError } from '../errors.ts';
import { driverError, isAnswer, isTransient, storeUnavailable } from './database-errors.ts';
import { storableValue } from './storable.ts';
import { type AsRuntime, type RoundTrips, TransactionClient, WorkspaceClient } from './transaction-client.ts';
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

type Row = Record<string, unknown>;

/** The transaction that the code at hand runs in, where it runs in one. */
const openTransaction = new AsyncLocalStorage<TransactionClient>();

/** For how long a connection to the embedded store is tried. */
const reconnectMs = 500;

/** Runs a statement: at once, or within a transaction. */
export type RunStatement = <Row>(text: string, values: unknown[]) => Promise<Row[]>;

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
      ...(embedded ? { onConnect: takeOverSession } : { options: sessionOptions(settings) }),
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
      const result = await client.query({ name: statement.name, text: statement.text, values: values.map(storableValue) });
      return result.rows as T[];
    });
  }

  /** One statement, or several without values, as the runtime itself; not prepared. For what runs rarely and for pg-boss. */
  async executeText<T = Row>(text: string, values: unknown[] = []): Promise<T[]> {
    return this.#withConnection(async (client) => {
      this.roundTrips.count++;
      const result = await client.query(text, values.length === 0 ? undefined : values.map(storableValue));
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

  /** Runs `work` after the commit of the transaction that the caller runs in, and at once where there is none. `work` does not throw. */
  afterCommit(work: () => void): void {
    const transaction = openTransaction.getStore();
    if (transaction?.open === true) transaction.committed.push(work);
    else work();
  }

  /**
   * Runs `work` in one transaction that sees the rows of one workspace only.
   * Opening it takes one round trip, the commit another. When `signal` aborts, the transaction is undone without waiting for `work`.
   * @param work gets a handle for code of agents, whose statements are screened (`statement-screen.ts`), and the connection itself for the
   * runtime's own statements in the same transaction.
   */
  async inWorkspace<T>(
    workspaceId: string,
    work: (database: Database, client: pg.PoolClient, asRuntime: AsRuntime) => Promise<T>,
    signal?: AbortSignal,
  ): Promise<T> {
    const role = this.#memberRole ? '; SET LOCAL ROLE timonel_member' : '';
    return this.#transaction(
      (client) => `BEGIN; SET LOCAL timonel.workspace = ${client.escapeLiteral(workspaceId)}${role}`,
      (client) => {
        const screened = new WorkspaceClient(client, this.#memberRole);
        // Drizzle needs no more of a client than `query`.
        return work(drizzle(screened as unknown as pg.PoolClient) as unknown as Database, client, screened.asRuntime);
      },
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
    let committed: (() => void)[] = [];
    const done = await this.#withConnection(async (client) => {
      const guarded = new TransactionClient(client, this.roundTrips);
      try {
        await guarded.client.query(begin(client));
        const working = openTransaction.run(guarded, () => work(guarded.client));
        const result = await (signal === undefined ? working : untilAborted(working, signal));
        const { command } = await guarded.client.query('COMMIT');
        // The work went on after a statement that failed: PostgreSQL then undoes the whole, and calls that no error.
        if (command === 'ROLLBACK') throw new Error('The transaction was undone, because one of its statements had failed.');
        committed = guarded.committed;
        return result;
      } catch (error) {
        guarded.close();
        await client.query('ROLLBACK').catch(() => {});
        throw error;
      } finally {
        guarded.close();
      }
    });
    for (const work of committed) work();
    return done;
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
   * on their tables yet: it gets them here. Before the first migration there are none. Rights on the database itself are not copied with it: one that
   * was restored or copied under another name lets everybody make temporary tables, which stand before ours of that name, until here.
   */
  async detectMemberRole(): Promise<boolean> {
    const [row] = await this.executeText<{ usable: boolean; granted: boolean; temporary: boolean }>(
      `SELECT pg_has_role(current_user, oid, 'MEMBER') AS usable, COALESCE(has_table_privilege(oid, to_regclass('runs'), 'SELECT'), true) AS granted,
         to_regclass('runs') IS NOT NULL AND has_database_privilege(oid, current_database(), 'TEMPORARY') AS temporary
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
    if (row?.usable === true && row.temporary) {
      await this.executeText(`
        DO $$ DECLARE others text; BEGIN
          SELECT string_agg(quote_ident(rolname), ', ') INTO others FROM pg_roles WHERE rolname <> 'timonel_member' AND rolname !~ '^pg_';
          EXECUTE format('GRANT TEMPORARY ON DATABASE %I TO %s', current_database(), others);
          EXECUTE format('REVOKE TEMPORARY ON DATABASE %I FROM PUBLIC', current_database());
        EXCEPTION WHEN insufficient_privilege THEN
          RAISE NOTICE 'what PUBLIC may do could not be narrowed: %', SQLERRM;
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
      const cause = error instanceof TimonelError ? error.cause : driverError(error);
      const transient = isTransient(error instanceof TimonelError ? error : cause);
      // What the server answered leaves the connection as good as before; a new one would lose its statements, and its place.
      if (transient && cause instanceof Error && !isAnswer(cause)) broken = cause;
      throw transient && !(error instanceof TimonelError) ? storeUnavailable(cause) : error;
    } finally {
      this.#lastUsed.set(client, Date.now());
      client.release(broken);
    }
  }

  async #acquire(): Promise<pg.PoolClient> {
    // An embedded database that opens again, or has not let go of a broken connection yet, takes a moment.
    const patientUntil = this.embedded ? performance.now() + reconnectMs : 0;
    for (let attempt = 0; ; attempt++) {
      let client: pg.PoolClient;
      try {
        client = await this.#pool.connect();
      } catch (error) {
        if (isTransient(error) && performance.now() < patientUntil) {
          await sleep(20);
          continue;
        }
        if (/timeout exceeded when trying to connect/.test(messageOf(error))) this.#acquireTimeouts++;
        throw storeUnavailable(error);
      }
      const idleSince = this.#lastUsed.get(client);
      if (!this.#settings.prePing || this.embedded || idleSince === undefined || Date.now() - idleSince < 1_000) return client;
      try {
        await client.query('SELECT 1');
        return client;
      } catch (error) {
        client.release(error instanceof Error ? error : true);
        if (attempt >= this.#settings.size) throw storeUnavailable(error);
      }
    }
  }
}

/**
 * For statements that find their rows by key. Their plans are kept from when the tables were small, when reading a table whole looked
 * cheapest; and compiling a statement costs more than running it.
 */
export const planning = ['enable_seqscan=off', 'jit=off'] as const;

/**
 * PGlite has one session for all connections, and it survives them: what the last one left there (a transaction, named statements, settings)
 * is taken away before the next one begins. The first statement only brings the protocol back in step: a session whose last message was
 * refused in the middle of a request ignores everything up to the end of the next one.
 */
async function takeOverSession(client: pg.ClientBase): Promise<void> {
  const inStep: pg.QueryConfig & { queryMode: 'extended' } = { text: 'ROLLBACK', queryMode: 'extended' };
  await client.query(inStep);
  await client.query('ROLLBACK');
  await client.query('DISCARD ALL');
}

/** The workspace is `*` until a transaction narrows it: see `timonel_protect` in migration 0000. */
function sessionOptions(settings: PoolSettings): string {
  return [
    '-c timonel.workspace=*',
    // What the screen of tools' statements takes for granted.
    '-c standard_conforming_strings=on',
    ...planning.map((setting) => `-c ${setting}`),
    `-c statement_timeout=${settings.statementTimeoutMs}`,
    `-c idle_in_transaction_session_timeout=${settings.idleInTransactionTimeoutMs}`,
  ].join(' ');
}
