import type { PersonalTable } from './contract.ts';

/** A person, as the statements take them. */
export interface Person {
  workspaceId: string;
  userId: string | null;
  emails: string[];
  conversationIds: string[];
  found: string[];
}

const types = {
  workspace: 'text',
  user: 'text',
  asker: 'text',
  emails: 'text[]',
  conversations: 'uuid[]',
  found: 'uuid[]',
} as const;

type Parameter = keyof typeof types;

function parameterOf(parameter: Parameter, person: Person): unknown {
  switch (parameter) {
    case 'workspace':
      return person.workspaceId;
    case 'user':
      return person.userId;
    case 'asker':
      return person.userId === null ? null : `user:${person.userId}`;
    case 'emails':
      return person.emails;
    case 'conversations':
      return person.conversationIds;
    case 'found':
      return person.found;
  }
}

export interface BoundStatement {
  text: string;
  values: unknown[];
}

/** Replaces `:name` by numbered parameters of the right type; `::type` stays what it is. */
export function bind(sql: string, person: Person): BoundStatement {
  const values: unknown[] = [];
  const positions = new Map<Parameter, number>();
  const text = sql.replace(/(?<!:):([a-z]+)\b/g, (_, name: string) => {
    if (!Object.hasOwn(types, name)) throw new TypeError(`":${name}" is none of ${Object.keys(types).join(', ')}.`);
    const parameter = name as Parameter;
    let position = positions.get(parameter);
    if (position === undefined) {
      position = values.push(parameterOf(parameter, person));
      positions.set(parameter, position);
    }
    return `$${position}::${types[parameter]}`;
  });
  return { text, values };
}

function whoseRows(table: PersonalTable, hasWorkspace: boolean): string {
  return hasWorkspace ? `workspace_id = :workspace AND (${table.whose})` : table.whose;
}

/** Reads a person's rows, without what is withheld. */
export function exportStatement(table: PersonalTable, hasWorkspace: boolean, person: Person): BoundStatement {
  const withheld = (table.withheld ?? []).map((column) => ` - '${column}'`).join('');
  return bind(`SELECT to_jsonb(t)${withheld} AS row FROM ${table.table} t WHERE ${whoseRows(table, hasWorkspace)}`, person);
}

/** Counts a person's rows. */
export function countStatement(table: PersonalTable, hasWorkspace: boolean, person: Person): BoundStatement {
  return bind(`SELECT count(*)::int AS count FROM ${table.table} t WHERE ${whoseRows(table, hasWorkspace)}`, person);
}

/** Erases a person's rows, or what tells of them there. */
export function eraseStatement(table: PersonalTable, hasWorkspace: boolean, person: Person): BoundStatement {
  const rows = whoseRows(table, hasWorkspace);
  return bind(
    table.erase === 'delete'
      ? `DELETE FROM ${table.table} WHERE ${rows}`
      : `UPDATE ${table.table} SET ${assignments(table.erase)} WHERE ${rows}`,
    person,
  );
}

/** Nobody in particular: what ages is erased for whoever it is. */
const nobody: Person = { workspaceId: '', userId: null, emails: [], conversationIds: [], found: [] };

/**
 * Erases up to `limit` rows that are older than the first parameter. Conditions on the person that a value has (`CASE WHEN …`) hold for
 * nobody then; what is blank already is passed over.
 * @param workspaceId of one workspace alone; for tables that have a `workspace_id`.
 */
export function ageStatement(table: PersonalTable, limit: number, before: Date, workspaceId?: string): BoundStatement | undefined {
  if (table.ages === undefined) return undefined;
  const { at, when } = table.ages;
  const conditions = [`${at} < '${before.toISOString()}'::timestamptz`, ...(when === undefined ? [] : [`(${when})`])];
  if (workspaceId !== undefined) conditions.push('workspace_id = :workspace');
  if (table.erase !== 'delete') {
    const differs = Object.entries(table.erase).map(([column, value]) => `${column} IS DISTINCT FROM (${value})`);
    conditions.push(`(${differs.join(' OR ')})`);
  }
  const rows = `ctid = ANY(ARRAY(SELECT ctid FROM ${table.table} WHERE ${conditions.join(' AND ')} LIMIT ${limit}))`;
  return bind(
    table.erase === 'delete'
      ? `DELETE FROM ${table.table} WHERE ${rows}`
      : `UPDATE ${table.table} SET ${assignments(table.erase)} WHERE ${rows}`,
    workspaceId === undefined ? nobody : { ...nobody, workspaceId },
  );
}

function assignments(values: Readonly<Record<string, string>>): string {
  return Object.entries(values)
    .map(([column, value]) => `${column} = ${value}`)
    .join(', ');
}
