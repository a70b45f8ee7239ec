/** Reads and writes the rows of a resource. All statements run in a transaction that sees the rows of one workspace. */
import type pg from 'pg';
import { TimonelError } from '../errors.ts';
import type { Principal } from '../identity/principal.ts';
import type { JsonObject, JsonValue } from '../vocabulary.ts';
import type { ResourceDefinition, ResourceValues } from './contract.ts';
import {
  afterCursor,
  conditions,
  type ListQuery,
  orderOf,
  Parameters,
  quoteName,
  rowCursorOf,
  rowValuesOf,
} from './expressions.ts';
import { type Field, fieldsOf } from './fields.ts';

/** A row as it is stored. */
export interface StoredRow {
  id: string;
  version: number;
  values: ResourceValues;
}

/** The workspace in whose transaction the statements run. */
export interface RowPlace {
  client: pg.ClientBase;
  workspaceId: string;
  timeZone: string;
  today: string;
  /** Who asks: resources may show each their own rows. */
  principal: Principal;
}

const uuidForm = /^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/i;

export class ResourceRows {
  readonly definition: ResourceDefinition;
  readonly fields: readonly Field[];
  /** Fields with a column of their own, which people write. */
  readonly #columns: readonly Field[];
  readonly #links: readonly Field[];

  constructor(definition: ResourceDefinition) {
    this.definition = definition;
    this.fields = fieldsOf(definition);
    const written = this.fields.filter(({ readOnly }) => !readOnly);
    this.#columns = written.filter(({ column }) => column !== undefined);
    this.#links = written.filter(({ options }) => options.reference?.through !== undefined);
  }

  /** A page of rows. @throws TimonelError `invalid_request` */
  async list(
    place: RowPlace,
    query: ListQuery & { after?: string | undefined; limit: number },
  ): Promise<{ rows: StoredRow[]; next: string | null }> {
    const { parameters, from, values } = this.#select(place);
    const given = { definition: this.definition, fields: this.fields, parameters, ...place };
    const order = orderOf(query.sort, given);
    const where = conditions(query, given);
    if (query.after !== undefined) where.push(afterCursor(query.after, order, parameters));
    const direction = order.descending ? 'DESC' : 'ASC';
    const { rows } = await place.client.query<StoredRow & { at: string[] }>(
      `SELECT t.id, t.version, ${values} AS values, ARRAY[${order.by.map(({ expression }) => `(${expression})::text`).join(', ')}] AS at
       ${from} ${where.map((each) => `AND ${each}`).join(' ')}
       ORDER BY ${order.by.map(({ expression }) => `${expression} ${direction}`).join(', ')} LIMIT ${parameters.add(query.limit + 1)}`,
      parameters.values,
    );
    const page = rows.slice(0, query.limit);
    const last = rows.length > query.limit ? page.at(-1)?.at : undefined;
    return { rows: page.map(({ at: _at, ...row }) => row), next: last === undefined ? null : rowCursorOf(last) };
  }

  async get(place: RowPlace, id: string, lock = false): Promise<StoredRow | undefined> {
    if (!uuidForm.test(id)) return undefined;
    const { parameters, from, values } = this.#select(place);
    const { rows } = await place.client.query<StoredRow>(
      `SELECT t.id, t.version, ${values} AS values ${from} AND t.id = ${parameters.add(id)}${lock ? ' FOR UPDATE OF t' : ''}`,
      parameters.values,
    );
    return rows[0];
  }

  /** The rows that are there already, by the position of the given ones: of the same id, else of the same key. */
  async match(place: RowPlace, given: readonly { id: string | undefined; columns: JsonObject }[]): Promise<Map<number, StoredRow>> {
    const found = new Map<number, StoredRow>();
    const look = async (condition: string, positions: readonly number[]) => {
      if (positions.length === 0) return;
      const { parameters, values, table, own } = this.#select(place);
      const rows = positions.map((position) => ({ ...given[position]?.columns, id: given[position]?.id ?? null }));
      const result = await place.client.query<StoredRow & { ordinality: string }>(
        `SELECT n.ordinality, t.id, t.version, ${values} AS values
         FROM jsonb_populate_recordset(NULL::${table}, ${parameters.add(JSON.stringify(rows))}::jsonb) WITH ORDINALITY AS n
           JOIN ${table} t ON t.workspace_id = $1 AND ${condition}${own} FOR UPDATE OF t`,
        parameters.values,
      );
      for (const { ordinality, ...row } of result.rows) found.set(positions[Number(ordinality) - 1] ?? -1, row);
    };
    const all = [...given.keys()];
    await look(
      't.id = n.id',
      all.filter((position) => given[position]?.id !== undefined),
    );
    const keys = this.definition.key.flatMap((name) => this.#columns.filter((field) => field.name === name));
    const same = keys.map((field) => {
      const column = quoteName(field.column ?? '');
      return field.nullable ? `t.${column} IS NOT DISTINCT FROM n.${column}` : `t.${column} = n.${column}`;
    });
    await look(
      same.length === 0 ? 'true' : same.join(' AND '),
      all.filter((position) => !found.has(position)),
    );
    return found;
  }

  /** The values of a row by column, with names of other rows turned into their ids. */
  columnsOf(values: ResourceValues, names: NamedIds): { columns: JsonObject; faults: { field: string; reason: string }[] } {
    const columns: JsonObject = {};
    const faults: { field: string; reason: string }[] = [];
    for (const field of [...this.#columns, ...this.#links]) {
      const value = values[field.name] ?? null;
      const { ids, unknown } = field.options.reference === undefined ? { ids: value, unknown: [] } : idsOf(field, value, names);
      for (const name of unknown) {
        const known = names.known(field.options.reference?.table ?? '');
        const list = known.length === 0 ? 'There is none yet.' : `There are: ${known.slice(0, 20).join(', ')}.`;
        faults.push({ field: field.name, reason: `there is no "${name}". ${list}` });
      }
      if (field.column !== undefined) columns[field.column] = ids;
      else columns[`link:${field.name}`] = ids;
    }
    return { columns, faults };
  }

  /** Ids of the rows that these values name. */
  async namedIds(place: RowPlace, rows: readonly ResourceValues[]): Promise<NamedIds> {
    const names = new NamedIds();
    for (const { name, options } of this.fields) {
      if (options.reference === undefined || names.has(options.reference.table)) continue;
      const wanted = rows.flatMap((values) => [values[name] ?? []].flat());
      const { table, by } = options.reference;
      const { rows: found } = await place.client.query<{ id: string; name: string }>(
        `SELECT id, ${quoteName(by)} AS name FROM ${quoteName(table)} WHERE workspace_id = $1 ORDER BY 2 LIMIT ${wanted.length === 0 ? 0 : 200_000}`,
        [place.workspaceId],
      );
      names.add(table, found);
    }
    return names;
  }

  async insert(place: RowPlace, rows: readonly { id: string; columns: JsonObject }[]): Promise<void> {
    const names = this.#columnNames();
    await place.client.query(
      `INSERT INTO ${this.#table()} (workspace_id, id, ${names.join(', ')})
       SELECT $1, n.id, ${names.map((name) => `n.${name}`).join(', ')} FROM jsonb_populate_recordset(NULL::${this.#table()}, $2::jsonb) n`,
      [place.workspaceId, JSON.stringify(rows.map(({ id, columns }) => ({ ...columns, id })))],
    );
    await this.#link(place, rows);
  }

  async update(place: RowPlace, rows: readonly { id: string; columns: JsonObject }[]): Promise<void> {
    const names = this.#columnNames();
    await place.client.query(
      `UPDATE ${this.#table()} t SET ${names.map((name) => `${name} = n.${name}`).join(', ')}, version = t.version + 1
       FROM jsonb_populate_recordset(NULL::${this.#table()}, $2::jsonb) n WHERE t.workspace_id = $1 AND t.id = n.id`,
      [place.workspaceId, JSON.stringify(rows.map(({ id, columns }) => ({ ...columns, id })))],
    );
    await this.#link(place, rows);
  }

  async remove(place: RowPlace, ids: readonly string[]): Promise<number> {
    const { rowCount } = await place.client.query(`DELETE FROM ${this.#table()} WHERE workspace_id = $1 AND id = ANY($2::uuid[])`, [
      place.workspaceId,
      ids,
    ]);
    return rowCount ?? 0;
  }

  /** Ids of rows that are not among these. */
  async others(place: RowPlace, ids: readonly string[]): Promise<string[]> {
    const { parameters, table, own } = this.#select(place);
    const { rows } = await place.client.query<{ id: string }>(
      `SELECT t.id FROM ${table} t WHERE t.workspace_id = $1${own}
         AND NOT EXISTS (SELECT FROM unnest(${parameters.add(ids)}::uuid[]) kept WHERE kept = t.id)`,
      parameters.values,
    );
    return rows.map(({ id }) => id);
  }

  /** Those of the rows that are not of whoever asks. */
  async foreign(place: RowPlace, ids: readonly string[]): Promise<string[]> {
    if (ids.length === 0 || this.definition.whose?.(place.principal) === undefined) return [];
    const { parameters, table, own } = this.#select(place);
    const { rows } = await place.client.query<{ id: string }>(
      `SELECT w.id FROM unnest(${parameters.add(ids)}::uuid[]) AS w(id)
       WHERE NOT EXISTS (SELECT FROM ${table} t WHERE t.workspace_id = $1 AND t.id = w.id${own})`,
      parameters.values,
    );
    return rows.map(({ id }) => id);
  }

  /** Finds out whether the database has what the definition says. @throws TimonelError `config_invalid` */
  async check(place: RowPlace, agent: string): Promise<void> {
    try {
      await this.list(place, { filters: {}, limit: 1 });
      await this.match(place, [{ id: undefined, columns: {} }]);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new TimonelError(
        'config_invalid',
        `The resource "${this.definition.name}" of the agent "${agent}" does not fit the table ${this.definition.table}: ${reason}. It needs id (uuid), version (integer) and a column for each field.`,
        { cause: error },
      );
    }
  }

  async #link(place: RowPlace, rows: readonly { id: string; columns: JsonObject }[]): Promise<void> {
    for (const field of this.#links) {
      const through = field.options.reference?.through;
      if (through === undefined) continue;
      const { table, own, other } = through;
      const pairs = rows.flatMap(({ id, columns }) => [columns[`link:${field.name}`] ?? []].flat().map((to) => [id, String(to)]));
      await place.client.query(`DELETE FROM ${quoteName(table)} WHERE workspace_id = $1 AND ${quoteName(own)} = ANY($2::uuid[])`, [
        place.workspaceId,
        rows.map(({ id }) => id),
      ]);
      await place.client.query(
        `INSERT INTO ${quoteName(table)} (workspace_id, ${quoteName(own)}, ${quoteName(other)})
         SELECT $1, unnest($2::uuid[]), unnest($3::uuid[]) ON CONFLICT DO NOTHING`,
        [place.workspaceId, pairs.map(([id]) => id), pairs.map(([, to]) => to)],
      );
    }
  }

  #table(): string {
    return `public.${quoteName(this.definition.table)}`;
  }

  #columnNames(): string[] {
    return this.#columns.map(({ column }) => quoteName(column ?? ''));
  }

  #select({ workspaceId, timeZone, principal }: RowPlace) {
    const parameters = new Parameters();
    const workspace = parameters.add(workspaceId);
    const { where, whose } = this.definition;
    const condition = whose?.(principal)?.replaceAll(':asker', () => parameters.add(askerOf(principal)));
    const own = condition === undefined ? '' : ` AND (${condition})`;
    const from = `FROM ${this.#table()} t WHERE t.workspace_id = ${workspace}${where === undefined ? '' : ` AND (${where})`}${own}`;
    return { parameters, from, own, values: rowValuesOf(this.fields, parameters, timeZone), table: this.#table() };
  }
}

/** As {@link ResourceDefinition.whose} has it. A key of nobody is nobody. */
function askerOf({ kind, id, ownerId }: Principal): string {
  const user = kind === 'user' ? id : ownerId;
  return user === undefined ? '' : `user:${user}`;
}

/** Ids of other rows by what people call them. */
export class NamedIds {
  readonly #tables = new Map<string, Map<string, string>>();

  has(table: string): boolean {
    return this.#tables.has(table);
  }

  add(table: string, rows: readonly { id: string; name: string }[]): void {
    this.#tables.set(table, new Map(rows.flatMap(({ id, name }) => [[id, id] as const, [name, id] as const])));
  }

  find(table: string, name: string): string | undefined {
    return this.#tables.get(table)?.get(name.trim());
  }

  known(table: string): string[] {
    return [...(this.#tables.get(table)?.keys() ?? [])].filter((name) => !uuidForm.test(name));
  }
}

function idsOf({ list, options }: Field, value: JsonValue, names: NamedIds): { ids: JsonValue; unknown: string[] } {
  const table = options.reference?.table ?? '';
  const unknown: string[] = [];
  const find = (name: string) => {
    const id = names.find(table, name);
    if (id === undefined) unknown.push(name);
    return id ?? null;
  };
  if (list) return { ids: [value ?? []].flat().map((name) => find(String(name))), unknown };
  return { ids: value === null || value === '' ? null : find(String(value)), unknown };
}
