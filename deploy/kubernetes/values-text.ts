/** The defaults and the schema of the chart's values as files. */
import { Document, isMap, isScalar, stringify } from 'yaml';
import { z } from 'zod';
import { type Values, valuesSchema } from './values.ts';

/** Helm and kubectl read YAML 1.1, in which `off` is no text. */
const form = { version: '1.1', lineWidth: 0, aliasDuplicateObjects: false } as const;

export function yamlText(content: unknown): string {
  return stringify(content, form);
}

/** JSON Schema, by which Helm refuses a value that is misspelt or of another type. */
export function schemaText(): string {
  const schema = z.toJSONSchema(valuesSchema, { target: 'draft-7' });
  // `global` is Helm's own.
  const properties = { ...schema.properties, global: { type: 'object' } };
  // A file of values names some of them; Helm merges it with the defaults first.
  return `${JSON.stringify({ ...schema, properties, title: 'Values of the chart of Timonel' }, null, 2)}\n`;
}

/** YAML with the descriptions of the schema as comments. */
export function valuesText(defaults: Values): string {
  const document = new Document(defaults, form);
  describe(document.contents, valuesSchema);
  return document.toString({ lineWidth: 0, directives: false });
}

function describe(node: unknown, schema: z.ZodType): void {
  if (!isMap(node) || !(schema instanceof z.ZodObject)) return;
  for (const { key, value } of node.items) {
    const field = isScalar(key) ? (schema.shape as Record<string, z.ZodType>)[String(key.value)] : undefined;
    if (field === undefined) continue;
    if (field.description !== undefined && isScalar(key)) key.commentBefore = ` ${field.description}`;
    describe(value, field);
  }
}
