/** The database of the tests' PostgreSQL that others are copied from: the core's migrations and the tables of the queue. */
import pg from 'pg';
import { readSettings } from '../src/config.ts';
import { makeQueueTables } from '../src/run/jobs.ts';
import { migrationsHash } from '../src/store/migrate.ts';
import { openStore } from '../src/store/open.ts';
import { storeEnvironment } from './store-environment.ts';

/** Of another set of migrations it is another one, on a server that outlives the tests. */
const name = `timonel_prepared_${migrationsHash()}`;
let made: Promise<string> | undefined;

/** Its name; the first worker that asks makes it. @param server superuser URL. */
export function preparedDatabase(server: string): Promise<string> {
  made ??= make(server);
  return made;
}

async function make(server: string): Promise<string> {
  const client = new pg.Client({ connectionString: server });
  await client.connect();
  try {
    // Workers start together.
    await client.query(`SELECT pg_advisory_lock(hashtext('${name}'))`);
    const { rows } = await client.query('SELECT FROM pg_database WHERE datname = $1', [name]);
    if (rows.length > 0) return name;
    const { environment } = await storeEnvironment(server);
    const store = await openStore(readSettings(environment));
    await makeQueueTables(store.pool);
    await store.close();
    const [, draft = ''] = /\/(\w+)$/.exec(environment['DATABASE_URL'] ?? '') ?? [];
    await client.query(`ALTER DATABASE ${draft} RENAME TO ${name}`);
    return name;
  } finally {
    await client.end();
  }
}
