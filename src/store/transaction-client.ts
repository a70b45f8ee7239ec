/** Connections for the length of one transaction: the runtime's own, and the one that code of agents gets. */
import type pg from 'pg';
import { StatementRefused, screened } from './statement-screen.ts';
import { storableValue } from './storable.ts';

/** How many statements crossed the wire; tests hold a turn to its budget with it. */
export interface RoundTrips {
  count: number;
}

/** Runs statements of the runtime within a workspace's transaction, out of reach of row-level security. */
export type AsRuntime = <T>(work: (client: pg.PoolClient) => Promise<T>) => Promise<T>;

/**
 * A connection for the length of one transaction. What is still running when the transaction ended (a tool past its timeout) would
 * otherwise go on outside of any transaction, on a connection that somebody else has by then.
 */
export class TransactionClient {
  readonly client: pg.PoolClient;
  /** What is to run once it is committed; not where it is undone. */
  readonly committed: (() => void)[] = [];
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
 * What code of agents sends its statements through. Every statement is screened, and travels by the extended protocol, in which the server
 * takes one statement at a time, whatever the screen has overlooked.
 */
export class WorkspaceClient {
  readonly #client: pg.PoolClient;
  readonly #memberRole: boolean;
  /** The transaction is the runtime's for a moment; statements of the agent wait for its end. */
  #held: Promise<unknown> | undefined;
  /**
   * The connection may still have the runtime's role. It is given back before the next statement of the agent, so that statements of the runtime
   * that follow each other take one change of roles. A savepoint is a statement of the agent: to roll back to it brings the agent's role back.
   */
  #asRuntimeStill = false;

  constructor(client: pg.PoolClient, memberRole: boolean) {
    this.#client = client;
    this.#memberRole = memberRole;
  }

  /** Takes what Drizzle sends: a text or a query with one, and values. */
  async query(statement: unknown, values?: unknown[]): Promise<unknown> {
    const given = typeof statement === 'string' ? { text: statement } : statement;
    if (!isQuery(given)) throw new StatementRefused('A query of a tool is a text with values, or what Drizzle makes of it.');
    const text = screened(given.text);
    for (;;) {
      while (this.#held !== undefined) await this.#held;
      if (!this.#asRuntimeStill) break;
      await this.#holding(this.#giveBack());
    }
    // Without its name: a named statement stays on the connection, beside the runtime's.
    const { rowMode, types } = given;
    return this.#client.query({
      text,
      values: (values ?? given.values ?? []).map(storableValue),
      queryMode: 'extended',
      ...(rowMode === undefined ? {} : { rowMode }),
      ...(types === undefined ? {} : { types }),
    } as Partial<pg.QueryConfig> as pg.QueryConfig);
  }

  readonly asRuntime: AsRuntime = async (work) => {
    if (!this.#memberRole) return work(this.#client);
    while (this.#held !== undefined) await this.#held;
    return this.#holding(this.#asRuntime(work));
  };

  /** Nothing else is sent until `working` is over. */
  async #holding<T>(working: Promise<T>): Promise<T> {
    const held = working.then(
      () => {},
      () => {},
    );
    this.#held = held;
    try {
      return await working;
    } finally {
      if (this.#held === held) this.#held = undefined;
    }
  }

  /** Where it fails the transaction has failed, and the statement after it is refused with it. */
  async #giveBack(): Promise<void> {
    this.#asRuntimeStill = false;
    await this.#client.query('SET LOCAL ROLE timonel_member').catch(() => {});
  }

  async #asRuntime<T>(work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
    if (!this.#asRuntimeStill) {
      this.#asRuntimeStill = true;
      await this.#client.query('SET LOCAL ROLE NONE');
    }
    return work(this.#client);
  }
}

interface Query {
  text: string;
  values?: unknown[];
  rowMode?: 'array';
  types?: pg.CustomTypesConfig;
}

/** Objects that drive the protocol themselves (cursors, COPY streams) are none. */
function isQuery(given: unknown): given is Query {
  return typeof given === 'object' && given !== null && !('submit' in given) && 'text' in given && typeof given.text === 'string';
}
