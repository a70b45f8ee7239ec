/** The SQL of a resource: what is read for each field, and how lists are narrowed and ordered. */
import { TimonelError } from '../errors.ts';
import type { JsonValue } from '../vocabulary.ts';
import type { ResourceDefinition } from './contract.ts';
import type { Field, FieldKind } from './fields.ts';

/** Collects the values of a statement while its text is put together. */
export class Parameters {
  readonly values: unknown[] = [];

  /** @returns the placeholder, e.g. `$3` */
  add(value: unknown): string {
    this.values.push(value);
    return `$${this.values.length}`;
  }
}

const types: Readonly<Record<FieldKind, string>> = {
  text: 'text',
  choice: 'text',
  integer: 'bigint',
  number: 'numeric',
  boolean: 'boolean',
  date: 'date',
  time: 'time',
  instant: 'timestamptz',
  json: 'jsonb',
};

export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** What a field is stored as; for references the id. */
export function storedValue(field: Field, parameters: Parameters, timeZone: string): string {
  const { sql } = field.options;
  if (sql !== undefined) return `(${sql.replaceAll(':timeZone', () => parameters.add(timeZone))})`;
  return `t.${quoteName(field.column ?? field.name)}`;
}

/** What a field shows. */
export function shownValue(field: Field, parameters: Parameters, timeZone: string): string {
  const { reference } = field.options;
  if (reference !== undefined) {
    const { table, by, through } = reference;
    const from = `${quoteName(table)} r WHERE r.workspace_id = t.workspace_id`;
    if (through !== undefined) {
      const { table: link, own, other } = through;
      return `ARRAY(SELECT r.${quoteName(by)} FROM ${from} AND EXISTS (SELECT FROM ${quoteName(link)} l
        WHERE l.workspace_id = t.workspace_id AND l.${quoteName(own)} = t.id AND l.${quoteName(other)} = r.id) ORDER BY 1)`;
    }
    const column = `t.${quoteName(field.column ?? '')}`;
    return field.list
      ? `ARRAY(SELECT r.${quoteName(by)} FROM ${from} AND r.id = ANY(${column}) ORDER BY array_position(${column}, r.id))`
      : `(SELECT r.${quoteName(by)} FROM ${from} AND r.id = ${column})`;
  }
  const value = storedValue(field, parameters, timeZone);
  if (field.kind === 'time' && !field.list) return `to_char(${value}::time, 'HH24:MI')`;
  if (field.kind === 'instant' && !field.list) return `to_char(${value} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
  return value;
}

/** All values of a row, as one JSON object. */
export function rowValuesOf(fields: readonly Field[], parameters: Parameters, timeZone: string): string {
  const pairs = fields.map((field) => `'${field.name.replaceAll("'", "''")}', ${shownValue(field, parameters, timeZone)}`);
  return `jsonb_build_object(${pairs.join(', ')})`;
}

/** What a list is asked for. */
export interface ListQuery {
  /** `field`, `field.from` or `field.to` → value, as they stand in the URL. */
  filters: Readonly<Record<string, string>>;
  /** A field, `-` before it for descending; the resource's own order where absent. */
  sort?: string | undefined;
  /** Words to look for. */
  q?: string | undefined;
}

interface Place {
  definition: ResourceDefinition;
  fields: readonly Field[];
  parameters: Parameters;
  timeZone: string;
  /** Local date of today in the workspace. */
  today: string;
}

/** Conditions on `t` for the filters and the words of a query. @throws TimonelError `invalid_request` */
export function conditions(query: ListQuery, place: Place): string[] {
  const { definition, fields, parameters, timeZone } = place;
  const found = Object.entries(query.filters).map(([name, text]) => condition(name, text, place));
  if (query.q !== undefined && query.q.trim() !== '') {
    const searched = (definition.search ?? []).flatMap((name) => fields.filter((field) => field.name === name));
    if (searched.length === 0) throw invalid(`${definition.name} cannot be searched by words. Leave q out.`);
    const text = searched.map((field) => {
      const value = shownValue(field, parameters, timeZone);
      return field.list ? `array_to_string(${value}, ' ')` : `${value}::text`;
    });
    for (const word of query.q.trim().split(/\s+/).slice(0, 10)) {
      const pattern = parameters.add(`%${word.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`);
      found.push(`unaccent(lower(concat_ws(' ', ${text.join(', ')}))) LIKE unaccent(lower(${pattern}))`);
    }
  }
  return found;
}

function condition(name: string, text: string, { definition, fields, parameters, timeZone, today }: Place): string {
  const [base = '', bound, ...rest] = name.split('.');
  const field = fields.find((each) => each.name === base);
  const allowed = definition.filters ?? [];
  if (field === undefined || !allowed.includes(base) || rest.length > 0 || !['from', 'to', undefined].includes(bound)) {
    const known = allowed.length === 0 ? 'It takes none.' : `It takes: ${allowed.join(', ')}.`;
    throw invalid(`${definition.name} cannot be filtered by "${name}". ${known}`);
  }
  const ordered = ['integer', 'number', 'date', 'time', 'instant'].includes(field.kind) && !field.list;
  if (bound !== undefined && !ordered) throw invalid(`"${base}" has no order to filter by: leave ".${bound}" out.`);
  if (field.options.reference !== undefined) {
    const shown = shownValue(field, parameters, timeZone);
    if (text === '') return field.list ? `cardinality(${shown}) = 0` : `${shown} IS NULL`;
    return field.list ? `${parameters.add(text)}::text = ANY(${shown})` : `${shown} = ${parameters.add(text)}`;
  }
  const value = storedValue(field, parameters, timeZone);
  if (text === '') return field.kind === 'text' && !field.list ? `coalesce(${value}, '') = ''` : `${value} IS NULL`;
  const parsed = filterValue(field, field.kind === 'date' && text === 'today' ? today : text);
  const placeholder = `${parameters.add(parsed)}::${types[field.kind]}`;
  if (field.list) return `${placeholder} = ANY(${value})`;
  return `${value} ${bound === 'from' ? '>=' : bound === 'to' ? '<=' : '='} ${placeholder}`;
}

const shapes: Partial<Record<FieldKind, [RegExp, string]>> = {
  integer: [/^-?\d{1,15}$/, 'a whole number'],
  number: [/^-?\d{1,15}(\.\d{1,10})?$/, 'a number'],
  boolean: [/^(true|false)$/, 'true or false'],
  date: [/^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/, 'a date such as 2026-11-20, or today'],
  time: [/^([01]\d|2[0-3]):[0-5]\d$/, 'a time such as 09:30'],
  instant: [/^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:\d\d)$/, 'an instant such as 2026-11-20T12:00:00Z'],
};

function filterValue(field: Field, text: string): JsonValue {
  const shape = shapes[field.kind];
  if (shape !== undefined && !shape[0].test(text)) throw invalid(`${field.name} must be ${shape[1]}; "${text}" is none.`);
  return text;
}

/** The order of a list: expressions, their types for the cursor, and the direction of all of them. */
export interface Order {
  by: { expression: string; type: string }[];
  descending: boolean;
}

/** @throws TimonelError `invalid_request` */
export function orderOf(sort: string | undefined, { definition, fields, parameters, timeZone }: Omit<Place, 'today'>): Order {
  const descending = sort?.startsWith('-') === true;
  const name = descending ? sort?.slice(1) : sort;
  if (name !== undefined && !definition.order.includes(name)) {
    throw invalid(
      `${definition.name} cannot be sorted by "${name}". It takes: ${definition.order.join(', ')}; "-" before it turns the order round.`,
    );
  }
  const by = (name === undefined ? definition.order : [name]).flatMap((each) => {
    const field = fields.find((one) => one.name === each);
    return field === undefined ? [] : [{ expression: storedValue(field, parameters, timeZone), type: types[field.kind] }];
  });
  return { by: [...by, { expression: 't.id', type: 'uuid' }], descending };
}

/** Where the page before ended. */
export function afterCursor(cursor: string, order: Order, parameters: Parameters): string {
  let values: unknown;
  try {
    values = JSON.parse(Buffer.from(cursor, 'base64url').toString());
  } catch {
    values = undefined;
  }
  if (!Array.isArray(values) || values.length !== order.by.length || values.some((value) => typeof value !== 'string')) {
    throw invalid('after must be `next` of the page before, asked for with the same sort. Leave it out for the first page.');
  }
  const left = order.by.map(({ expression }) => expression).join(', ');
  const right = order.by.map(({ type }, position) => `${parameters.add(values[position])}::${type}`).join(', ');
  return `(${left}) ${order.descending ? '<' : '>'} (${right})`;
}

export function rowCursorOf(values: readonly string[]): string {
  return Buffer.from(JSON.stringify(values)).toString('base64url');
}

function invalid(message: string): TimonelError {
  return new TimonelError('invalid_request', message);
}
