/** Tables that agents bring: made, bound to workspaces, checked, and taken away, on each store. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { booking } from '../agents/booking/agent.ts';
import { readSettings } from '../src/config.ts';
import type { AgentDefinition } from '../src/run/contract.ts';
import { requirePersonalData } from '../src/run/personal-data.ts';
import { dropAgent } from '../src/store/agent-migrations/apply.ts';
import { readAgentMigrations } from '../src/store/agent-migrations/files.ts';
import { migrate, migrating, migrationsFolder, newerSchema, schemaStatus } from '../src/store/migrate.ts';
import { openStore } from '../src/store/open.ts';
import { emptyStoreEnvironment, onEachStore } from './stores.ts';

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** An agent with these files as its migrations. */
function agentWith(files: Record<string, string>, name = 'desk') {
  const folder = mkdtempSync(join(tmpdir(), 'timonel-migrations-'));
  folders.push(folder);
  for (const [file, sql] of Object.entries(files)) writeFileSync(join(folder, file), sql);
  return { name, migrations: pathToFileURL(`${folder}/`) };
}

const books =
  'CREATE TABLE desk_books (workspace_id text NOT NULL, id uuid NOT NULL, title text NOT NULL, PRIMARY KEY (workspace_id, id));';

const loans = 'CREATE TABLE desk_loans (workspace_id text NOT NULL, id uuid NOT NULL, PRIMARY KEY (workspace_id, id));';
const named = (table: string) => ({ table, personal: false as const, because: 'Titles.' });

/** What each of these does is refused, and why; all of it is undone. */
const refused: [string, string, RegExp][] = [
  ['a table without the prefix', 'CREATE TABLE books (workspace_id text NOT NULL);', /table books.*named desk_/],
  ['a table without a workspace', 'CREATE TABLE desk_notes (id uuid);', /desk_notes needs a column "workspace_id text NOT NULL"/],
  ['a workspace that may be null', 'CREATE TABLE desk_notes (workspace_id text);', /workspace_id text NOT NULL/],
  ['a column of a core table', 'ALTER TABLE runs ADD COLUMN desk_mark text;', /changes the table runs/],
  ['rows of a core table', 'UPDATE users SET name = name;', /writes to users/],
  ['no rows of a core table', 'DELETE FROM runs WHERE id IS NULL;', /writes to runs/],
  ['a foreign key to a core table', 'CREATE TABLE desk_x (workspace_id text NOT NULL REFERENCES workspaces);', /workspaces/],
  ['an index on a core table', 'CREATE INDEX desk_runs ON runs (agent);', /desk_runs|runs/],
  ['a right to a core table', 'GRANT SELECT ON users TO timonel_member;', /changes the table users/],
  ['dropping a core table', 'DROP TABLE audit_log CASCADE;', /drops audit_log/],
  ['emptying a core table', 'TRUNCATE steps;', /steps/],
  ['taking a core table over', 'ALTER TABLE steps RENAME TO desk_steps;', /steps/],
  [
    'a function of the core',
    `CREATE OR REPLACE FUNCTION timonel_protect(target regclass) RETURNS void LANGUAGE sql AS 'SELECT'`,
    /function/,
  ],
  ['a function without the prefix', `CREATE FUNCTION one() RETURNS int LANGUAGE sql AS 'SELECT 1'`, /function one\(\)/],
  [
    'a function with the rights of its owner',
    `CREATE FUNCTION desk_one() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1'`,
    /SECURITY DEFINER/,
  ],
  ['a role', 'CREATE ROLE desk_owner;', /role desk_owner/],
  ['a schema', 'CREATE SCHEMA desk_schema;', /schema desk_schema/],
  ['an extension', 'CREATE EXTENSION IF NOT EXISTS ltree;', /extension|ltree/],
  ['dropping an extension', 'DROP EXTENSION pg_trgm CASCADE;', /extension pg_trgm/],
  ['a view that shows everybody', `${books} CREATE VIEW desk_titles AS SELECT title FROM desk_books;`, /security_invoker/],
  ['a materialized view', `${books} CREATE MATERIALIZED VIEW desk_titles AS SELECT title FROM desk_books;`, /materialized/],
  ['a policy that opens a table', `${books} CREATE POLICY all_rows ON desk_books USING (true);`, /all_rows/],
  ['ending the transaction', `${books} COMMIT; CREATE TABLE desk_two (id uuid);`, /transaction commands/],
  ['another role', `${books} SET ROLE timonel_member;`, /role|permission/],
  ['another workspace', `${books} SET timonel.workspace = 'nube';`, /workspace/],
  ['a fault in its SQL', `${books}\nSELECT 1;\nCREATE TABEL desk_two (id uuid);`, /line 3: syntax error at or near "TABEL"/],
];

onEachStore('migrations of agents', (open, kind) => {
  it('makes the tables once, in order, and binds them to workspaces', async () => {
    const first = agentWith({ '0001_books.sql': books });
    const { pool } = await open([first]);
    const second = agentWith({
      '0001_books.sql': books.replaceAll('\n', '\r\n'),
      '0002_shelves.sql': `
        CREATE TYPE desk_state AS ENUM ('in', 'out; or -- lost');
        CREATE TABLE desk_shelves (workspace_id text NOT NULL, number serial PRIMARY KEY, state desk_state NOT NULL DEFAULT 'in');
        INSERT INTO desk_books VALUES ('nube', gen_random_uuid(), 'Rayuela'), ('vecina', gen_random_uuid(), 'It''s \\ "quoted"');
        CREATE FUNCTION desk_count() RETURNS bigint LANGUAGE sql AS $$ SELECT count(*) FROM desk_books; $$;
        CREATE VIEW desk_titles WITH (security_invoker = true) AS SELECT workspace_id, title FROM desk_books;
        ALTER TABLE desk_books ADD COLUMN loaned boolean NOT NULL DEFAULT false;`,
    });
    await migrate(pool, readAgentMigrations([second]));
    await migrate(pool, readAgentMigrations([second]));
    const seen = await pool.inWorkspace('nube', async (_database, client) => {
      await client.query(`INSERT INTO desk_shelves (workspace_id) VALUES ('nube')`);
      return (
        await client.query(
          'SELECT title, desk_count()::int AS count, (SELECT count(*)::int FROM desk_titles) AS viewed FROM desk_books',
        )
      ).rows;
    });
    expect(seen).toEqual([{ title: 'Rayuela', count: 1, viewed: 1 }]);
    await expect(
      pool.inWorkspace('nube', (_database, client) =>
        client.query(`INSERT INTO desk_books VALUES ('vecina', gen_random_uuid(), 'x')`),
      ),
    ).rejects.toThrow(/row-level security/);
    expect((await schemaStatus(pool, readAgentMigrations([second]))).agents).toEqual([
      { agent: 'desk', project: true, applied: ['0001_books.sql', '0002_shelves.sql'], pending: [] },
    ]);
    // An older version of the agent, while a newer one's tables are there.
    await migrate(pool, readAgentMigrations([first]));
  });

  let shared: ReturnType<typeof open> | undefined;
  it.each(refused)('refuses %s, and undoes the whole file', async (_what, sql, why) => {
    shared ??= open([]);
    const { pool } = await shared;
    const before = await everything(pool);
    await expect(migrate(pool, readAgentMigrations([agentWith({ '0001_x.sql': sql })]))).rejects.toMatchObject({
      code: 'migration_refused',
      message: expect.stringMatching(why) as unknown,
    });
    expect(await everything(pool)).toEqual(before);
  });

  it('refuses a published file that was changed, removed or overtaken', async () => {
    const { pool } = await open([agentWith({ '0001_books.sql': books, '0003_more.sql': 'SELECT 1;' })]);
    const again = (files: Record<string, string>) => migrate(pool, readAgentMigrations([agentWith(files)]));
    await expect(again({ '0001_books.sql': `${books} -- changed`, '0003_more.sql': 'SELECT 1;' })).rejects.toThrow(
      /changed after it was applied/,
    );
    await expect(again({ '0003_more.sql': 'SELECT 1;' })).rejects.toThrow(/no such file any more/);
    await expect(again({ '0001_books.sql': books, '0002_late.sql': 'SELECT 2;', '0003_more.sql': 'SELECT 1;' })).rejects.toThrow(
      /0002_late.*after that/,
    );
    await again({ '0001_books.sql': books, '0003_more.sql': 'SELECT 1;', '0004_next.sql': 'SELECT 2;' });
  });

  it('takes tables of a newer version for what they are, and still asks about its own', async () => {
    const { pool } = await open([]);
    await migrate(pool, readAgentMigrations([agentWith({ '0001_books.sql': books, '0002_loans.sql': loans })]));
    const before = { ...agentWith({ '0001_books.sql': books }), personalData: { tables: [named('desk_books')] } };
    await requirePersonalData(pool, [before as unknown as AgentDefinition]);
    const unknown = { ...before, personalData: { tables: [] } } as unknown as AgentDefinition;
    await expect(requirePersonalData(pool, [unknown])).rejects.toThrow(/does not say whose data is in desk_books\./);
    expect(await newerSchema(pool, readAgentMigrations([before]))).toEqual({
      migrations: ['desk/0002_loans.sql'],
      tables: ['desk_loans'],
    });
  });

  it('refuses agents whose tables could be mixed up, and names that the core has', async () => {
    const { pool } = await open([]);
    const one = agentWith({ '0001_a.sql': 'SELECT 1;' }, 'book');
    const other = agentWith({ '0001_a.sql': 'SELECT 1;' }, 'book-ing');
    await expect(async () => readAgentMigrations([one, other])).rejects.toThrow(/"book" and "book-ing"/);
    await migrate(pool, readAgentMigrations([one]));
    await expect(migrate(pool, readAgentMigrations([other]))).rejects.toThrow(/"book" and "book-ing"/);
    await expect(migrate(pool, readAgentMigrations([agentWith({ '0001_a.sql': 'SELECT 1;' }, 'user')]))).rejects.toThrow(
      /user_identities/,
    );
  });

  it('leaves no table of an agent that the project does not have', async () => {
    const { pool } = await open([]);
    expect(await tablesLike(pool, 'booking%')).toEqual([]);
  });

  it('takes an agent away, and makes its tables anew when it comes back', async () => {
    const { pool } = await open();
    await pool.executeText(`INSERT INTO workspaces VALUES ('nube', 'Nube', 'UTC', ARRAY['booking', 'desk'])`);
    const dropped = await migrating(pool, (client) => dropAgent(client, 'booking'));
    expect(dropped.objects).toContain('table booking_appointments');
    expect(await tablesLike(pool, 'booking%')).toEqual([]);
    expect(await pool.executeText(`SELECT seeded_agents FROM workspaces`)).toEqual([{ seeded_agents: ['desk'] }]);
    await expect(migrating(pool, (client) => dropAgent(client, 'booking'))).rejects.toThrow(/no migrations of an agent "booking"/);
    await migrate(pool, readAgentMigrations([booking]));
    expect(await tablesLike(pool, 'booking_services')).toEqual(['booking_services']);
  });

  it('takes over the tables that the core made before the agent had migrations of its own', async () => {
    const [first] = readAgentMigrations([booking]).flatMap(({ files }) => files);
    const agent = agentWith({ '0001_booking.sql': first?.sql ?? '' }, 'booking');
    const { pool } = await open([agent]);
    await pool.executeText(
      `INSERT INTO booking_services (workspace_id, id, name, price, duration_minutes) VALUES ('nube', gen_random_uuid(), 'Corte', 100, 60)`,
    );
    // As an installation of the version before has it, at the moment when the migration that knows of agents reaches it.
    await pool.executeText(`DROP TABLE agent_migrations;
      INSERT INTO timonel_migrations (hash, created_at) VALUES ('of the file at its old place', 1795000000001)`);
    const arrival = readFileSync(join(migrationsFolder, '0012_agent_migrations.sql'), 'utf8');
    for (const statement of arrival.split('--> statement-breakpoint')) await pool.executeText(statement);
    await migrate(pool, readAgentMigrations([agent]));
    expect(await pool.executeText('SELECT agent, name, hash FROM agent_migrations')).toEqual([
      { agent: 'booking', name: '0001_booking.sql', hash: first?.hash },
    ]);
    expect(await pool.executeText('SELECT name FROM booking_services')).toEqual([{ name: 'Corte' }]);
  });

  describe.runIf(kind === 'postgres')('with several processes', () => {
    it('lets four that start at once wait for each other', async () => {
      const { environment, remove } = await emptyStoreEnvironment(kind);
      const agent = agentWith({
        '0001_books.sql': books,
        '0002_more.sql': 'SELECT pg_sleep(0.1); CREATE TABLE desk_two (workspace_id text NOT NULL);',
      });
      const stores = await Promise.all([1, 2, 3, 4].map(() => openStore(readSettings(environment), { agents: [agent] })));
      expect(await stores[0]?.pool.executeText('SELECT count(*)::int AS count FROM agent_migrations')).toEqual([{ count: 2 }]);
      for (const store of stores) await store.close();
      await remove();
    });
  });
});

type Pool = Awaited<ReturnType<typeof openStore>>['pool'];

async function tablesLike(pool: Pool, pattern: string): Promise<string[]> {
  const rows = await pool.executeText<{ name: string }>(
    `SELECT relname AS name FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'v') AND relname LIKE $1 ORDER BY 1`,
    [pattern],
  );
  return rows.map(({ name }) => name);
}

/** Names of all there is, and what can be told of a session. */
async function everything(pool: Pool): Promise<unknown> {
  return pool.executeText(`
    SELECT (SELECT json_agg(relname ORDER BY 1) FROM pg_class) AS relations, (SELECT json_agg(proname ORDER BY 1) FROM pg_proc WHERE oid > 16384) AS functions,
      (SELECT json_agg(rolname ORDER BY 1) FROM pg_roles) AS roles, (SELECT json_agg(agent) FROM agent_migrations) AS ledger,
      current_user, current_setting('timonel.workspace', true) AS workspace`);
}
