import { is } from 'drizzle-orm';
import { getTableConfig, PgTable } from 'drizzle-orm/pg-core';
import { expect, it } from 'vitest';
import * as booking from '../agents/booking/schema.ts';
import { onEachStore } from './stores.ts';

/** Tables that Drizzle queries, by the module that declares them. */
const tables = Object.values(booking).flatMap((value): PgTable[] => (is(value, PgTable) ? [value] : []));

onEachStore('the schema that the code knows is the one that the migrations make', (open) => {
  it('has the same columns, types and nullability', async () => {
    const { pool } = await open();
    const rows = await pool.executeText<{ table: string; column: string; type: string; nullable: boolean }>(`
      SELECT c.relname AS table, a.attname AS column, format_type(a.atttypid, a.atttypmod) AS type, NOT a.attnotnull AS nullable
      FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE n.nspname = 'public' AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped`);
    const actual = new Map(
      rows.map(({ table, column, type, nullable }) => [`${table}.${column}`, `${type}${nullable ? ' null' : ''}`]),
    );
    expect(tables.length).toBeGreaterThan(8);
    for (const table of tables) {
      const { name, columns } = getTableConfig(table);
      for (const column of columns) {
        // As PostgreSQL itself writes it.
        const type = column
          .getSQLType()
          .replaceAll(', ', ',')
          .replace(/^time$/, 'time without time zone');
        expect([`${name}.${column.name}`, actual.get(`${name}.${column.name}`)]).toEqual([
          `${name}.${column.name}`,
          `${type}${column.notNull ? '' : ' null'}`,
        ]);
      }
    }
  });

  it('binds every table with a workspace to it by row-level security', async () => {
    const { pool } = await open();
    const unprotected = await pool.executeText(`
      SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE n.nspname = 'public' AND c.relkind = 'r' AND EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'workspace_id')
        AND NOT (c.relrowsecurity AND c.relforcerowsecurity)`);
    expect(unprotected).toEqual([]);
    const granted = await pool.executeText<{ relname: string }>(`
      SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE n.nspname = 'public' AND c.relkind = 'r' AND has_table_privilege('timonel_member', c.oid, 'SELECT, INSERT, UPDATE, DELETE')
        AND NOT EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid AND p.polname = 'workspace_rows')`);
    // Who may do what is not for tools to see, nor to change.
    expect(granted).toEqual([]);
    const withoutWorkspace = await pool.executeText<{ relname: string }>(`
      SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE n.nspname = 'public' AND c.relkind = 'r' AND NOT EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'workspace_id')
      ORDER BY 1`);
    // Processes and migrations, those of agents too, belong to the installation, and a person to several tenants.
    expect(withoutWorkspace.map(({ relname }) => relname)).toEqual([
      'agent_migrations',
      'development_secret',
      'processes',
      'recovery_codes',
      'refresh_tokens',
      'timonel_migrations',
      'user_identities',
      'user_tokens',
      'users',
    ]);
  });
});
