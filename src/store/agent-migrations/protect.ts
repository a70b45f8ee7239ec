/** Binds an agent's tables to workspaces, and refuses those that cannot be bound. */
import type pg from 'pg';

interface TableState {
  name: string;
  /** `workspace_id` is a text that is never null. */
  workspace: boolean;
  protected: boolean;
  policies: string[];
}

const tablesStatement = `
  SELECT c.relname AS name,
    EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'workspace_id' AND a.attnotnull AND a.atttypid = 'text'::regtype) AS workspace,
    c.relrowsecurity AND c.relforcerowsecurity AS protected,
    ARRAY(SELECT p.polname::text FROM pg_policy p WHERE p.polrelid = c.oid AND p.polpermissive) AS policies
  FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND starts_with(c.relname, $1) ORDER BY 1`;

/** Views that do not ask as their reader, and functions that do not run as their caller: both go round row-level security. */
const loopholesStatement = `
  SELECT format('the view %s: create it WITH (security_invoker = true), else it shows the rows of every workspace', c.relname) AS fault
  FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'v' AND starts_with(c.relname, $1)
    AND NOT coalesce('security_invoker=true' = ANY(c.reloptions) OR 'security_invoker=on' = ANY(c.reloptions), false)
  UNION ALL
  SELECT format('the function %s: without SECURITY DEFINER, else it sees the rows of every workspace', p.proname)
  FROM pg_proc p WHERE p.pronamespace = 'public'::regnamespace AND starts_with(p.proname, $1) AND p.prosecdef`;

/**
 * Binds the tables with this prefix to workspaces (`timonel_protect`: policy, forced row-level security, rights of the member role).
 * @returns what is wrong with them, in words; nothing where all are bound.
 */
export async function protectTables(client: pg.ClientBase, prefix: string): Promise<string[]> {
  const { rows } = await client.query<TableState>(tablesStatement, [prefix]);
  const faults: string[] = [];
  for (const table of rows) {
    if (!table.workspace) {
      faults.push(`the table ${table.name} needs a column "workspace_id text NOT NULL": every row belongs to a workspace`);
      continue;
    }
    const others = table.policies.filter((policy) => policy !== 'workspace_rows');
    if (others.length > 0) {
      faults.push(
        `the policy ${others.join(', ')} of ${table.name} would show rows beside those of the workspace. Make it AS RESTRICTIVE, or leave it out`,
      );
      continue;
    }
    if (!table.policies.includes('workspace_rows'))
      await client.query(`SELECT timonel_protect($1::regclass)`, [`public.${table.name}`]);
    else if (!table.protected) faults.push(`the table ${table.name} is not protected any more. Leave row-level security on`);
  }
  const loopholes = await client.query<{ fault: string }>(loopholesStatement, [prefix]);
  faults.push(...loopholes.rows.map(({ fault }) => fault));
  if (faults.length === 0) await grantToMembers(client, prefix);
  return faults;
}

/** Tools work as the member role: the sequence behind a serial column has to be theirs to use, and a view theirs to read. */
async function grantToMembers(client: pg.ClientBase, prefix: string): Promise<void> {
  const { rows } = await client.query<{ name: string; sequence: boolean }>(
    `SELECT quote_ident(c.relname) AS name, c.relkind = 'S' AS sequence FROM pg_class c
     WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('S', 'v') AND starts_with(c.relname, $1)
       AND EXISTS (SELECT FROM pg_roles WHERE rolname = 'timonel_member')`,
    [prefix],
  );
  for (const { name, sequence } of rows) {
    const right = sequence ? 'USAGE, SELECT ON SEQUENCE' : 'SELECT ON';
    await client.query(`GRANT ${right} public.${name} TO timonel_member`);
  }
}
