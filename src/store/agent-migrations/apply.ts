/** Applies the migrations of agents, keeps the ledger of them, and takes an agent's tables away again. */
import type pg from 'pg';
import { messageOf, TimonelError } from '../../errors.ts';
import { isDeadlock } from '../database-errors.ts';
import { compareCatalogues, readCatalogue, touchedTables } from './catalogue.ts';
import { type AgentMigrations, type MigrationFile, migrationRefusal, prefixOf, requireDistinctPrefixes } from './files.ts';
import { protectTables } from './protect.ts';

/** A file that was applied. */
export interface LedgerRow {
  agent: string;
  name: string;
  hash: string;
  /** What it made, as `kind name`. */
  created: string[];
}

/** Attempts at one file: a process that still runs may write to the tables that the file changes. */
const attempts = 4;

/** All that was applied, in order; nothing where the core's schema is not there yet. */
export async function readLedger(client: pg.ClientBase): Promise<LedgerRow[]> {
  const { rows: there } = await client.query(`SELECT WHERE to_regclass('public.agent_migrations') IS NOT NULL`);
  if (there.length === 0) return [];
  const { rows } = await client.query<LedgerRow>('SELECT agent, name, hash, created FROM agent_migrations ORDER BY agent, name');
  return rows;
}

/**
 * Applies what is not applied yet, file by file, each in one transaction. To be called under the lock of migrations.
 * @throws TimonelError `migration_refused`; the file that was refused has then changed nothing.
 */
export async function applyAgentMigrations(client: pg.ClientBase, migrations: readonly AgentMigrations[]): Promise<void> {
  const ledger = await readLedger(client);
  requireDistinctPrefixes([...new Set([...ledger.map(({ agent }) => agent), ...migrations.map(({ agent }) => agent)])]);
  for (const { agent, files } of migrations) {
    const applied = ledger.filter((row) => row.agent === agent);
    const pending = pendingFiles(agent, files, applied);
    if (applied.length === 0 && pending.length > 0) await requireFreePrefix(client, agent);
    for (const file of pending) await applyOnce(client, agent, file);
  }
}

/** Files that are not applied yet. @throws TimonelError `migration_refused` where the folder contradicts the ledger. */
export function pendingFiles(agent: string, files: readonly MigrationFile[], applied: readonly LedgerRow[]): MigrationFile[] {
  const last = files.at(-1)?.name ?? '';
  for (const { name, hash } of applied) {
    const file = files.find((each) => each.name === name);
    if (file === undefined) {
      // A later one is a newer version's, which ran before this one: its tables serve this one too.
      if (name > last) continue;
      throw migrationRefusal(
        agent,
        name,
        'the database has it applied, and the folder has no such file any more. Put it back as it was.',
      );
    }
    if (file.hash !== hash) {
      throw migrationRefusal(
        agent,
        name,
        'it was changed after it was applied. Put it back as it was, and write the change as a migration with a new number.',
      );
    }
  }
  const newest = applied.at(-1)?.name ?? '';
  const pending = files.filter((file) => !applied.some(({ name }) => name === file.name));
  const late = pending.find(({ name }) => name < newest);
  if (late !== undefined) {
    throw migrationRefusal(
      agent,
      late.name,
      `${newest} is applied already, and migrations run in order. Give it a number after that.`,
    );
  }
  return pending;
}

/** Tables that have the prefix before the agent's first migration are somebody else's. */
async function requireFreePrefix(client: pg.ClientBase, agent: string): Promise<void> {
  const prefix = prefixOf(agent);
  const { rows } = await client.query<{ name: string }>(
    `SELECT relname AS name FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'm') AND starts_with(relname, $1)`,
    [prefix],
  );
  if (rows.length === 0) return;
  const names = rows.map(({ name }) => name).join(', ');
  throw new TimonelError(
    'migration_refused',
    `The tables of the agent "${agent}" would be named ${prefix}…, and the database has ${names} already, which none of its migrations made. Rename the agent.`,
  );
}

async function applyOnce(client: pg.ClientBase, agent: string, file: MigrationFile): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await applyFile(client, agent, file);
    } catch (error) {
      await client.query('ROLLBACK').catch(() => {});
      if (isDeadlock(error) && attempt < attempts) continue;
      throw error instanceof TimonelError
        ? error
        : migrationRefusal(agent, file.name, `${explained(error, file)} Nothing of it was applied.`, error);
    }
  }
}

async function applyFile(client: pg.ClientBase, agent: string, { name, sql, hash }: MigrationFile): Promise<void> {
  const prefix = prefixOf(agent);
  // One snapshot throughout: what processes change that run meanwhile is not taken for the migration's doing.
  await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ');
  const before = await readCatalogue(client);
  // Within a function PostgreSQL runs all statements of the text, and refuses those that would end the transaction.
  await client.query(`DO $timonel$ BEGIN EXECUTE ${literal(sql)}; END $timonel$`);
  const { faults, created } = compareCatalogues(before, await readCatalogue(client), prefix);
  const touched = await touchedTables(client, before, prefix);
  const named = touched.filter((table) => !faults.some((fault) => fault.includes(table)));
  if (named.length > 0) {
    faults.push(
      `it writes to ${named.join(', ')} or refers to it with a foreign key, which is not the agent's. Copy the id without REFERENCES`,
    );
  }
  if (faults.length === 0) faults.push(...(await protectTables(client, prefix)));
  if (faults.length > 0) throw migrationRefusal(agent, name, `${faults.join('; ')}. Nothing of it was applied.`);
  await client.query('INSERT INTO agent_migrations (agent, name, hash, created) VALUES ($1, $2, $3, $4)', [
    agent,
    name,
    hash,
    created,
  ]);
  await client.query('COMMIT');
}

/** The text as a literal within the dollar quotes of a DO block. */
function literal(sql: string): string {
  if (sql.includes('$timonel$'))
    throw new TimonelError('migration_refused', 'A migration cannot have the dollar quote $timonel$. Name it otherwise.');
  return `E'${sql.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`;
}

/** What PostgreSQL says, with the line where it knows one. */
function explained(error: unknown, file: MigrationFile): string {
  const { internalPosition, hint } = error as { internalPosition?: string; hint?: string };
  const before = internalPosition === undefined ? undefined : file.sql.slice(0, Number(internalPosition) - 1);
  const line = before === undefined ? '' : `line ${before.split('\n').length}: `;
  return `${line}${messageOf(error)}.${hint === undefined ? '' : ` ${hint}`}`;
}

/** What {@link dropAgent} takes away. */
export interface Dropped {
  agent: string;
  /** As `kind name`, e.g. `table library_desk_books`. */
  objects: string[];
}

/** What an agent's migrations made, as far as it is still there. @throws TimonelError `not_found` */
export async function objectsOf(client: pg.ClientBase, agent: string): Promise<Dropped> {
  const ledger = await readLedger(client);
  const rows = ledger.filter((row) => row.agent === agent);
  if (rows.length === 0) {
    const known = [...new Set(ledger.map((row) => row.agent))].join(', ');
    throw new TimonelError(
      'not_found',
      `The database has no migrations of an agent "${agent}".${known === '' ? ' It has none of any agent.' : ` It has those of: ${known}.`}`,
    );
  }
  const { objects } = await readCatalogue(client);
  const { rows: tables } = await client.query<{ name: string }>(
    `SELECT relname AS name FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'S')`,
  );
  const there = new Set([...tables.map(({ name }) => name), ...[...objects.values()].map(({ name }) => name)]);
  const created = [...new Set(rows.flatMap((row) => row.created))];
  return { agent, objects: created.filter((each) => there.has(each.slice(each.indexOf(' ') + 1))) };
}

/**
 * Takes away what an agent's migrations made, its rows in the ledger, and the mark that it was seeded, in one transaction. Everything in
 * its tables is gone. To be called under the lock of migrations.
 * @throws TimonelError `not_found`
 */
export async function dropAgent(client: pg.ClientBase, agent: string): Promise<Dropped> {
  await client.query('BEGIN');
  try {
    const dropped = await objectsOf(client, agent);
    // Tables first: their sequences and row types go with them.
    const order = ['view', 'table', 'sequence', 'function', 'type'];
    const sorted = dropped.objects.toSorted((one, other) => order.indexOf(kindOf(one)) - order.indexOf(kindOf(other)));
    for (const object of sorted) await client.query(`DROP ${kindOf(object).toUpperCase()} IF EXISTS ${quoted(object)} CASCADE`);
    await client.query('DELETE FROM agent_migrations WHERE agent = $1', [agent]);
    await client.query('UPDATE workspaces SET seeded_agents = array_remove(seeded_agents, $1)', [agent]);
    await client.query('COMMIT');
    return dropped;
  } catch (error) {
    await client.query('ROLLBACK').catch(() => {});
    throw error;
  }
}

function kindOf(object: string): string {
  return object.slice(0, object.indexOf(' '));
}

/** The name of `kind name` for a statement; a function's has its arguments. */
function quoted(object: string): string {
  const name = object.slice(object.indexOf(' ') + 1);
  const [plain = '', ...rest] = name.split('(');
  return `public."${plain.replaceAll('"', '""')}"${rest.length === 0 ? '' : `(${rest.join('(')}`}`;
}
