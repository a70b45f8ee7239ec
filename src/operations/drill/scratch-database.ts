/** A database of a drill's own on a PostgreSQL server, which is dropped afterwards. */
import { randomBytes } from 'node:crypto';
import type { NetConnectOpts } from 'node:net';
import { join } from 'node:path';
import pg from 'pg';
import { messageOf, TimonelError } from '../../errors.ts';

export interface ScratchDatabase {
  name: string;
  /** Of the server, for a proxy before it. */
  target: NetConnectOpts;
  /** Its URL by way of a port of this machine. */
  urlBy(port: number): string;
  /** Asks it without the proxy. */
  ask<Row extends pg.QueryResultRow>(text: string, values?: unknown[]): Promise<Row[]>;
}

/** @throws TimonelError `store_unavailable` where the server does not answer, or lets the login make no database */
export async function scratchDatabase(server: string, scope: AsyncDisposableStack): Promise<ScratchDatabase> {
  const name = `timonel_drill_${randomBytes(6).toString('hex')}`;
  await onServer(server, `CREATE DATABASE ${name}`).catch((error: unknown) => {
    throw new TimonelError(
      'store_unavailable',
      `No scratch database could be made (${messageOf(error)}). The login of the URL needs CREATEDB.`,
      { cause: error },
    );
  });
  scope.defer(() => onServer(server, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`));
  const url = new URL(server);
  const socket = url.searchParams.get('host');
  const port = Number(url.port || 5432);
  url.pathname = `/${name}`;
  const direct = url.href;
  url.searchParams.delete('host');
  return {
    name,
    target: socket?.startsWith('/') === true ? { path: join(socket, `.s.PGSQL.${port}`) } : { host: socket ?? url.hostname, port },
    urlBy(through) {
      const by = new URL(url);
      by.hostname = '127.0.0.1';
      by.port = String(through);
      return by.href;
    },
    async ask<Row extends pg.QueryResultRow>(text: string, values: unknown[] = []) {
      const client = new pg.Client({ connectionString: direct });
      await client.connect();
      try {
        return (await client.query<Row>(text, values)).rows;
      } finally {
        await client.end();
      }
    },
  };
}

async function onServer(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
