/**
 * Writes down where bytes are about to be stored outside of the database, so that they are found if their artifact never comes. It has to be
 * committed before the transaction that the artifact is part of, which holds a connection of the pool: a second one of the pool, asked for by as
 * many tools as there are connections, would never come.
 */
import type pg from 'pg';
import type { DatabasePool, RunStatement } from '../store/database.ts';
import { announceBytes } from './rows.ts';

export type AnnouncingPool = Pick<DatabasePool, 'embedded' | 'executeText' | 'separateClient'>;

export class Announcements {
  readonly #pool: AnnouncingPool;
  readonly #run: RunStatement;
  #client: Promise<pg.Client> | undefined;
  /** Of the embedded store, which has one connection: stored within transactions of which it is not known how they end. */
  #unsure: { workspaceId: string; location: string; storage: 'disk' | 's3' }[] = [];

  constructor(pool: AnnouncingPool) {
    this.#pool = pool;
    this.#run = (text, values) => pool.executeText(text, values);
  }

  async announce(workspaceId: string, location: string, storage: 'disk' | 's3', withinTransaction: boolean): Promise<void> {
    if (!withinTransaction) return announceBytes(this.#run, workspaceId, location, storage);
    if (this.#pool.embedded) {
      this.#unsure.push({ workspaceId, location, storage });
      return;
    }
    const client = await this.#connected();
    await announceBytes(async (text, values) => (await client.query(text, values)).rows, workspaceId, location, storage);
  }

  /** Writes down what could not be before. */
  async settle(): Promise<void> {
    for (const { workspaceId, location, storage } of this.#unsure.splice(0))
      await announceBytes(this.#run, workspaceId, location, storage);
  }

  async close(): Promise<void> {
    const client = await this.#client?.catch(() => undefined);
    await client?.end();
  }

  #connected(): Promise<pg.Client> {
    this.#client ??= this.#connect();
    return this.#client;
  }

  async #connect(): Promise<pg.Client> {
    const client = this.#pool.separateClient();
    // Whoever comes next connects anew.
    const lost = () => {
      this.#client = undefined;
    };
    client.on('error', lost);
    client.on('end', lost);
    try {
      await client.connect();
      // The runtime itself, as the connections of the pool begin.
      await client.query(`SET timonel.workspace = '*'`);
      return client;
    } catch (error) {
      lost();
      throw error;
    }
  }
}
