/**
 * What a migration changed: the catalogue of the database before and after it, compared within its transaction. Whatever the SQL looks
 * like, the catalogue says what it did.
 */
import type pg from 'pg';

/** A table, view, index or sequence. */
interface Relation {
  kind: string;
  name: string;
  /** Another one: the row of the catalogue was written anew. */
  version: string;
  /** Of an index, the table that it is on. */
  on: string | null;
}

/** Anything else that has a name: a function, a type, a role, an extension. */
interface NamedObject {
  kind: string;
  name: string;
  version: string;
}

/** The catalogue without PostgreSQL's own part and temporary objects. */
export interface Catalogue {
  relations: ReadonlyMap<string, Relation>;
  objects: ReadonlyMap<string, NamedObject>;
  /** What statements of a session can leave behind: role, workspace. */
  session: string;
}

const ownSchemas = `n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'`;
const qualified = (name: string) => `CASE WHEN n.nspname = 'public' THEN ${name} ELSE n.nspname || '.' || ${name} END`;

const catalogueStatement = `
  SELECT
    (SELECT json_agg(json_build_object('id', c.oid::text, 'kind', c.relkind, 'name', ${qualified('c.relname')},
        'version', c.xmin::text, 'on', i.indrelid::text))
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace LEFT JOIN pg_index i ON i.indexrelid = c.oid
      WHERE ${ownSchemas}) AS relations,
    (SELECT json_agg(o) FROM (
      SELECT 'function:' || p.oid AS id, 'function' AS kind, ${qualified('p.proname')} || '(' || pg_get_function_identity_arguments(p.oid) || ')' AS name,
        p.xmin::text AS version FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE ${ownSchemas}
      UNION ALL
      SELECT 'type:' || t.oid, 'type', ${qualified('t.typname')}, t.xmin::text FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
        WHERE ${ownSchemas} AND t.typtype IN ('e', 'd', 'r') AND t.typcategory <> 'A'
      UNION ALL SELECT 'extension:' || oid, 'extension', extname, xmin::text FROM pg_extension
      UNION ALL SELECT 'schema:' || oid, 'schema', nspname, xmin::text FROM pg_namespace WHERE nspname !~ '^pg_(toast_)?temp_'
      UNION ALL SELECT 'role:' || oid, 'role', rolname, concat(rolsuper, rolinherit, rolcreaterole, rolcreatedb, rolcanlogin, rolbypassrls, rolconfig)
        FROM pg_roles
      UNION ALL SELECT 'event trigger:' || oid, 'event trigger', evtname, xmin::text FROM pg_event_trigger
      UNION ALL SELECT 'default privileges:' || oid, 'default privileges', oid::text, xmin::text FROM pg_default_acl
      UNION ALL SELECT 'database setting:' || setdatabase || ':' || setrole, 'database setting', array_to_string(setconfig, ','), xmin::text
        FROM pg_db_role_setting
    ) o) AS objects,
    concat_ws(' ', current_user, session_user, current_setting('timonel.workspace', true), current_setting('search_path')) AS session`;

/** Reads the catalogue as the transaction sees it; in REPEATABLE READ, what other processes change meanwhile is not in it. */
export async function readCatalogue(client: pg.ClientBase): Promise<Catalogue> {
  const { rows } = await client.query<{
    relations: (Relation & { id: string })[] | null;
    objects: (NamedObject & { id: string })[] | null;
    session: string;
  }>(catalogueStatement);
  const [row] = rows;
  if (row === undefined) throw new Error('The catalogue statement answered no row.');
  const byId = <Item extends { id: string }>(items: Item[] | null) => new Map((items ?? []).map((item) => [item.id, item]));
  return { relations: byId(row.relations), objects: byId(row.objects), session: row.session };
}

/** What an agent's migration did to what is not the agent's, in words; empty where it kept to its own. */
export interface Changes {
  faults: string[];
  /** New objects as `kind name`, for when the agent is removed: tables, views, sequences, functions, types. */
  created: string[];
}

const removable: Readonly<Record<string, string>> = { r: 'table', p: 'table', v: 'view', S: 'sequence' };

/** Compares, given the agent's prefix. */
export function compareCatalogues(before: Catalogue, after: Catalogue, prefix: string): Changes {
  const faults: string[] = [];
  const created: string[] = [];
  const isOwn = (name: string) => name.startsWith(prefix);
  const must = `what it makes has to be named ${prefix}…`;
  for (const [id, relation] of after.relations) {
    const earlier = before.relations.get(id);
    if (earlier?.version === relation.version) continue;
    const what = `${relationKinds[relation.kind] ?? 'relation'} ${relation.name}`;
    if (earlier !== undefined && !isOwn(earlier.name)) faults.push(`it changes the ${what}, which is not the agent's`);
    else if (!isOwn(relation.name)) faults.push(`it makes the ${what}, and ${must}`);
    else if (refusedKinds[relation.kind] !== undefined) faults.push(`it makes the ${what}: ${refusedKinds[relation.kind]}`);
    else if (relation.on !== null && !isOwn(after.relations.get(relation.on)?.name ?? '')) {
      faults.push(`it makes the ${what} on a table that is not the agent's`);
    } else if (earlier?.name !== relation.name && removable[relation.kind] !== undefined) {
      created.push(`${removable[relation.kind]} ${relation.name}`);
    }
  }
  for (const [id, { name }] of before.relations) {
    if (!after.relations.has(id) && !isOwn(name)) faults.push(`it drops ${name}, which is not the agent's`);
  }
  for (const [id, { kind, name, version }] of after.objects) {
    const earlier = before.objects.get(id);
    if (earlier?.version === version) continue;
    const own = (kind === 'function' || kind === 'type') && isOwn(name) && (earlier === undefined || isOwn(earlier.name));
    if (!own)
      faults.push(
        `it makes or changes the ${kind} ${name}: ${kind === 'function' || kind === 'type' ? must : 'that is for the administrator of the database'}`,
      );
    else if (earlier?.name !== name) created.push(`${kind} ${name}`);
  }
  for (const [id, { kind, name }] of before.objects) {
    if (!after.objects.has(id) && !((kind === 'function' || kind === 'type') && isOwn(name)))
      faults.push(`it drops the ${kind} ${name}`);
  }
  if (before.session !== after.session) faults.push('it leaves a role, a workspace or a search path set. Take its SET out');
  return { faults, created };
}

const relationKinds: Readonly<Record<string, string>> = {
  r: 'table',
  p: 'table',
  i: 'index',
  I: 'index',
  S: 'sequence',
  v: 'view',
  m: 'materialized view',
  f: 'foreign table',
  c: 'type',
};

const refusedKinds: Readonly<Record<string, string>> = {
  m: 'row-level security does not reach materialized views. Use a table',
  f: 'row-level security does not reach foreign tables. Use a table',
};

/** Tables of others that the transaction locked to change them, or to refer to them: rows written, triggers and foreign keys made. */
export async function touchedTables(client: pg.ClientBase, before: Catalogue, prefix: string): Promise<string[]> {
  const { rows } = await client.query<{ id: string }>(
    `SELECT DISTINCT relation::text AS id FROM pg_locks
     WHERE locktype = 'relation' AND pid = pg_backend_pid() AND granted AND mode NOT IN ('AccessShareLock', 'RowShareLock')
       AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
  );
  return rows.flatMap(({ id }) => {
    const relation = before.relations.get(id);
    if (relation === undefined || relation.name.startsWith(prefix) || !['r', 'p', 'v', 'm'].includes(relation.kind)) return [];
    return [relation.name];
  });
}
