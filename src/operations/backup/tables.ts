/** The tables of a store: which there are, how their rows are read, and how they are written into an empty store. */
import type pg from 'pg';
import { to as copyTo } from 'pg-copy-streams';
import type { BackupHeader, TableDigest } from './contract.ts';
import { copiedValuesOf, LineCutter, RowDigest } from './copy-text.ts';

/** Tables that a backup leaves out: what migrations have written, and what belongs to processes that are gone by then. */
const leftOut = ['public.timonel_migrations', 'public.agent_migrations', 'public.processes'];

/** Of the queue, what was asked of it; its own statistics and its version are made anew. */
const queueTables = ['pgboss.queue', 'pgboss.schedule', 'pgboss.subscription', 'pgboss.job', 'pgboss.job_dependency'];

/** How values are written: the same on every server, with nothing lost. */
const textSettings = `
  SET LOCAL DateStyle = 'ISO, YMD'; SET LOCAL IntervalStyle = 'postgres'; SET LOCAL TimeZone = 'UTC';
  SET LOCAL extra_float_digits = 1; SET LOCAL bytea_output = 'hex'; SET LOCAL statement_timeout = 0;
  SET LOCAL idle_in_transaction_session_timeout = 0; SET LOCAL timonel.workspace = '*'`;

/** Prepares the transaction at hand for reading or writing rows of all workspaces as text. */
export async function prepareTransaction(client: pg.ClientBase): Promise<void> {
  await client.query(textSettings);
}

/** Every table of a backup with its columns but for those that the database computes, in the order of their names. */
export async function listTables(client: pg.ClientBase): Promise<BackupHeader['tables']> {
  const { rows } = await client.query<{ name: string; columns: string[] }>(
    `SELECT nspname || '.' || relname AS name, array_agg(attname::text ORDER BY attnum) AS columns
     FROM pg_class JOIN pg_namespace n ON n.oid = relnamespace JOIN pg_attribute ON attrelid = pg_class.oid
     WHERE (nspname = 'public' OR nspname || '.' || relname = ANY ($2)) AND relkind IN ('r', 'p') AND NOT relispartition
       AND nspname || '.' || relname <> ALL ($1) AND attnum > 0 AND NOT attisdropped AND attgenerated = ''
       AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = pg_class.oid AND deptype = 'e')
     GROUP BY 1 ORDER BY 1`,
    [leftOut, queueTables],
  );
  return rows;
}

/** Reads all rows of a table as COPY writes them. @param use is given the bytes as they come. @returns what was read */
export async function readTable(
  client: pg.ClientBase,
  { name, columns }: { name: string; columns: readonly string[] },
  use: (chunk: Buffer) => Promise<void> = async () => {},
): Promise<TableDigest> {
  const digest = new RowDigest();
  const cutter = new LineCutter();
  const rows = client.query(copyTo(`COPY (SELECT ${columns.map(quoted).join(', ')} FROM ${tableOf(name)}) TO STDOUT`));
  for await (const chunk of rows as AsyncIterable<Buffer>) {
    for (const line of cutter.lines(chunk)) digest.add(line);
    await use(chunk);
  }
  return digest.of(name);
}

/** Rows of one statement at most, and bytes. */
const batchRows = 1_000;
const batchBytes = 4_000_000;

/**
 * Writes rows into a table. COPY FROM would be faster on PostgreSQL; PGlite has it for files only, and one way serves both.
 * @returns what takes the bytes of the table, and what ends it.
 */
export async function tableWriter(
  client: pg.ClientBase,
  { name, columns }: { name: string; columns: readonly string[] },
): Promise<{ write(chunk: Uint8Array): Promise<void>; end(): Promise<TableDigest> }> {
  const types = await typesOf(client, name);
  const missing = columns.filter((column) => !types.has(column));
  if (missing.length > 0) throw new Error(`the table ${name} has no column ${missing.join(', ')} here`);
  const target = columns.map(quoted).join(', ');
  const values = columns.map((column, at) => `v${at}::${types.get(column)}`).join(', ');
  const sources = columns.map((_, at) => `$${at + 1}::text[]`).join(', ');
  const names = columns.map((_, at) => `v${at}`).join(', ');
  const statement = `INSERT INTO ${tableOf(name)} (${target}) OVERRIDING SYSTEM VALUE SELECT ${values} FROM unnest(${sources}) AS rows (${names})`;
  const digest = new RowDigest();
  const cutter = new LineCutter();
  let batch: (string | null)[][] = columns.map(() => []);
  let rows = 0;
  let bytes = 0;
  const flush = async () => {
    if (rows === 0) return;
    await client.query(statement, batch);
    batch = columns.map(() => []);
    rows = 0;
    bytes = 0;
  };
  return {
    async write(chunk) {
      for (const line of cutter.lines(chunk)) {
        digest.add(line);
        const row = copiedValuesOf(line);
        if (row.length !== columns.length) throw new Error(`a row of ${name} has ${row.length} values, not ${columns.length}`);
        for (const [at, value] of row.entries()) batch[at]?.push(value);
        rows += 1;
        bytes += line.length;
        if (rows >= batchRows || bytes >= batchBytes) await flush();
      }
    },
    async end() {
      if (cutter.rest > 0) throw new Error(`the last row of ${name} is cut off`);
      await flush();
      return digest.of(name);
    },
  };
}

async function typesOf(client: pg.ClientBase, name: string): Promise<Map<string, string>> {
  const { rows } = await client.query<{ column: string; type: string }>(
    `SELECT attname AS column, format_type(atttypid, atttypmod) AS type FROM pg_attribute
     WHERE attrelid = to_regclass($1) AND attnum > 0 AND NOT attisdropped`,
    [tableOf(name)],
  );
  return new Map(rows.map(({ column, type }) => [column, type]));
}

/**
 * Runs `load` while the foreign keys of the tables are away and their triggers rest, as pg_dump's files do, so that the order of tables does
 * not matter. The keys are checked when they come back. Needs the rights of the tables' owner, not those of a superuser.
 */
export async function withoutConstraints(
  client: pg.ClientBase,
  tables: readonly string[],
  load: () => Promise<void>,
): Promise<void> {
  const { rows: keys } = await client.query<{ table: string; name: string; definition: string }>(
    `SELECT conrelid::regclass::text AS table, quote_ident(conname) AS name, pg_get_constraintdef(oid) AS definition
     FROM pg_constraint WHERE contype = 'f' AND conparentid = 0 AND conrelid = ANY (SELECT to_regclass(each) FROM unnest($1::text[]) AS each)`,
    [tables.map(tableOf)],
  );
  const own = tables.filter((name) => name.startsWith('public.'));
  for (const { table, name } of keys) await client.query(`ALTER TABLE ${table} DROP CONSTRAINT ${name}`);
  for (const table of own) await client.query(`ALTER TABLE ${tableOf(table)} DISABLE TRIGGER USER`);
  await load();
  for (const table of own) await client.query(`ALTER TABLE ${tableOf(table)} ENABLE TRIGGER USER`);
  for (const { table, name, definition } of keys) await client.query(`ALTER TABLE ${table} ADD CONSTRAINT ${name} ${definition}`);
}

/** Sets every sequence beyond the highest value of its column. */
export async function advanceSequences(client: pg.ClientBase): Promise<void> {
  const { rows } = await client.query<{ sequence: string; table: string; column: string }>(
    `SELECT s.oid::regclass::text AS sequence, d.refobjid::regclass::text AS table, quote_ident(attname) AS column
     FROM pg_class s JOIN pg_depend d ON d.objid = s.oid AND d.deptype IN ('a', 'i') AND d.refclassid = 'pg_class'::regclass
     JOIN pg_attribute ON attrelid = d.refobjid AND attnum = d.refobjsubid
     WHERE s.relkind = 'S' AND s.relnamespace IN ('public'::regnamespace, to_regnamespace('pgboss'))`,
  );
  for (const { sequence, table, column } of rows) {
    await client.query(`SELECT setval('${sequence}', greatest((SELECT max(${column}) FROM ${table}), 1))`);
  }
}

function tableOf(name: string): string {
  return name.split('.').map(quoted).join('.');
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
