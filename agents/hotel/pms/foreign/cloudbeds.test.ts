/** The table that requests are held to, against the published description: `TIMONEL_CLOUDBEDS_SPECIFICATION=<pms-v1.3-openapi.yaml>`. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { type FieldType, fieldFaults, type Operation, operations } from '../../rehearsal/cloudbeds-operations.ts';

const specification = process.env['TIMONEL_CLOUDBEDS_SPECIFICATION'];

interface Schema {
  type?: string;
  format?: string;
  enum?: string[];
  properties?: Record<string, Schema>;
  items?: Schema;
}
interface Described {
  parameters?: { name: string; required?: boolean; schema: Schema }[];
  requestBody?: { content: Record<string, { schema: Schema }> };
}

/** A description with the schemas in it that it refers to. */
function resolved(value: unknown, root: Record<string, unknown>): unknown {
  if (Array.isArray(value)) return value.map((each) => resolved(each, root));
  if (typeof value !== 'object' || value === null) return value;
  const { $ref } = value as { $ref?: string };
  if ($ref === undefined) return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, resolved(each, root)]));
  const path = $ref.slice(2).split('/');
  return resolved(
    path.reduce<unknown>((part, name) => (part as Record<string, unknown>)[name], root),
    root,
  );
}

function isDescribed(type: FieldType, schema: Schema | undefined): boolean {
  if (schema === undefined) return false;
  if (typeof type === 'object')
    return 'one' in type
      ? JSON.stringify(schema.enum) === JSON.stringify(type.one)
      : Object.entries(type.list).every(([name, each]) => isDescribed(each, schema.items?.properties?.[name]));
  if (type === 'date' || type === 'date-time') return schema.format === type;
  return schema.type === type;
}

function faultsOf(name: string, { method, required, fields }: Operation, described: Described | undefined): string[] {
  if (described === undefined) return [`${method} ${name} is not described`];
  const form = described.requestBody?.content['application/x-www-form-urlencoded']?.schema.properties;
  const schemas = form ?? Object.fromEntries((described.parameters ?? []).map((each) => [each.name, each.schema]));
  const needed = (described.parameters ?? []).filter((each) => each.required === true).map((each) => each.name);
  const wrong = Object.entries(fields).filter(([field, type]) => !isDescribed(type, schemas[field]));
  return [
    ...wrong.map(([field]) => `${name}: ${field}`),
    ...(JSON.stringify(needed) === JSON.stringify(required) ? [] : [`${name} requires ${needed.join(', ')}`]),
  ];
}

it.runIf(specification !== undefined)('the table says what the published description says', () => {
  const root = parse(readFileSync(specification ?? '', 'utf8')) as { paths: Record<string, Record<string, unknown>> };
  expect(
    Object.entries(operations).flatMap(([name, operation]) =>
      faultsOf(name, operation, resolved(root.paths[`/${name}`]?.[operation.method.toLowerCase()], root) as Described),
    ),
  ).toEqual([]);
});

it('finds fields that are missing, unknown or of another type', () => {
  const { postReservation, getAvailableRoomTypes } = operations;
  if (postReservation === undefined || getAvailableRoomTypes === undefined) throw new Error('The table lacks them.');
  expect(fieldFaults(getAvailableRoomTypes, new URLSearchParams({ startDate: '2026-11-23', rooms: 'two' }))).toEqual([
    'endDate is missing',
    'adults is missing',
    'children is missing',
    'rooms is not right: two',
  ]);
  const form = new URLSearchParams({ 'rooms[0][roomTypeID]': '1', 'rooms[0][size]': '1', paymentMethod: 'gold', rooms: '1' });
  expect(fieldFaults(postReservation, form)).toHaveLength(3);
});
