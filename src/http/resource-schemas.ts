/** The shapes of resources in the HTTP API: made from their definitions, and named in OpenAPI. */
import { z } from 'zod';
import type { OpenResource } from '../resources/resources.ts';

const text = z.object({ es: z.string(), en: z.string() });

/** What a console draws a table and a form from. */
export const resourceDescription = z.object({
  resources: z.array(
    z.object({
      name: z.string(),
      title: text,
      description: z.string(),
      path: z.string(),
      permissions: z.object({ read: z.string(), write: z.string() }),
      key: z.array(z.string()).describe('Fields by which an import finds the row to change; none: one row at most'),
      order: z.array(z.string()),
      filters: z.array(z.string()),
      search: z.array(z.string()),
      operations: z.array(z.string()),
      fields: z.array(
        z.object({
          name: z.string(),
          label: text,
          kind: z.enum(['text', 'integer', 'number', 'boolean', 'date', 'time', 'instant', 'choice', 'json']),
          list: z.boolean(),
          required: z.boolean(),
          nullable: z.boolean(),
          readOnly: z.boolean(),
          help: z.string().optional().describe('For those who call the API'),
          hint: text.optional().describe('For people who fill it in'),
          names: z.record(z.string(), text).optional().describe('What its values are called'),
          choices: z.array(z.string()).optional(),
          default: z.unknown().optional(),
          minimum: z.number().optional(),
          maximum: z.number().optional(),
          maxLength: z.number().optional(),
          refersTo: z.string().optional(),
        }),
      ),
    }),
  ),
  commands: z.array(
    z.object({ name: z.string(), description: z.string(), permission: z.string(), input: z.record(z.string(), z.unknown()) }),
  ),
});

export const importCounts = z.object({
  rows: z.number().int(),
  added: z.number().int(),
  changed: z.number().int(),
  unchanged: z.number().int(),
  removed: z.number().int(),
  checkedOnly: z.boolean(),
  encoding: z.string(),
  delimiter: z.string(),
});

export interface RowSchemas {
  row: z.ZodType;
  page: z.ZodType;
  // biome-ignore lint/suspicious/noExplicitAny: its fields are the definition's
  query: z.ZodObject<any>;
  body: z.ZodType;
  changes: z.ZodType;
}

/** Names of shapes in the OpenAPI document of one server. */
export type SchemaNames = z.core.$ZodRegistry<{ id: string }>;

export function rowSchemasOf({ agent, definition, rows }: OpenResource, names: SchemaNames): RowSchemas {
  const named = <Schema extends z.ZodType>(shape: Schema, id: string): Schema => {
    names.add(shape, { id });
    return shape;
  };
  const { schema, readOnly, filters = [] } = definition;
  const name = `${pascalCase(agent)}${pascalCase(definition.name)}`;
  const row = z.object({ id: z.string(), version: z.number().int(), ...schema.shape, ...readOnly?.shape });
  const ordered = rows.fields.filter(({ kind, list }) => !list && ['integer', 'number', 'date', 'time', 'instant'].includes(kind));
  const narrowing = filters.flatMap((filter) => [
    [filter, z.string().max(200).optional()] as const,
    ...(ordered.some((field) => field.name === filter)
      ? [[`${filter}.from`, z.string().max(200).optional()] as const, [`${filter}.to`, z.string().max(200).optional()] as const]
      : []),
  ]);
  return {
    row: named(row, `${name}Row`),
    page: named(
      z.object({ items: z.array(row), next: z.string().nullable().describe('For `after`; null on the last page') }),
      `${name}Page`,
    ),
    query: z.strictObject({
      limit: z.coerce.number().int().min(1).max(100).default(50),
      after: z.string().max(2_000).optional().describe('`next` of the page before'),
      sort: z
        .string()
        .max(100)
        .optional()
        .describe(`${definition.order.join(', ')}; "-" before it turns the order round`),
      q: z.string().max(200).optional().describe('Words to look for'),
      ...Object.fromEntries(narrowing),
    }),
    // For the document: the resource checks bodies itself, by the whole row.
    body: named(z.object(schema.shape), `${name}New`),
    changes: named(z.object(schema.shape).partial(), `${name}Changes`),
  };
}

function pascalCase(name: string): string {
  return name.replaceAll(/(?:^|-)([a-z])/g, (_all, letter: string) => letter.toUpperCase());
}
