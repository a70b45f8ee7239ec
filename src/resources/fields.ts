/** What is known of each field of a resource: from its schema, its column and what the definition adds. */
import { z } from 'zod';
import type { JsonValue, LocalizedText } from '../vocabulary.ts';
import type { ResourceDefinition, ResourceField } from './contract.ts';

export type FieldKind = 'text' | 'integer' | 'number' | 'boolean' | 'date' | 'time' | 'instant' | 'choice' | 'json';

/** A field, described. Goes out as JSON too. */
export interface FieldDescription {
  name: string;
  label: LocalizedText;
  kind: FieldKind;
  /** A list of such values. */
  list: boolean;
  required: boolean;
  nullable: boolean;
  readOnly: boolean;
  help?: string;
  hint?: LocalizedText;
  names?: Readonly<Record<string, LocalizedText>>;
  choices?: string[];
  default?: JsonValue;
  minimum?: number;
  maximum?: number;
  maxLength?: number;
  /** The table of the agent whose rows it names. */
  refersTo?: string;
}

/** A field with how it is stored. */
export interface Field extends FieldDescription {
  options: ResourceField;
  /** Absent for computed fields, and for those in a link table. */
  column: string | undefined;
}

interface JsonSchema {
  type?: string | string[];
  anyOf?: JsonSchema[];
  enum?: JsonValue[];
  const?: JsonValue;
  format?: string;
  pattern?: string;
  items?: JsonSchema;
  properties?: Record<string, JsonSchema>;
  required?: string[];
  description?: string;
  default?: JsonValue;
  minimum?: number;
  maximum?: number;
  maxLength?: number;
}

/** Pattern of a time of day; a field with it is written HH:MM. */
const timePattern = /\[01\]\\d\|2\[0-3\]|\\d\{2\}:\\d\{2\}/;

/** The fields of a resource, those that are written first. @throws TypeError where one cannot be told in JSON Schema */
export function fieldsOf(definition: ResourceDefinition): Field[] {
  return [...fieldsIn(definition, definition.schema, false), ...fieldsIn(definition, definition.readOnly, true)];
}

function fieldsIn(
  { fields = {}, name: resource }: ResourceDefinition,
  schema: z.ZodObject | undefined,
  readOnly: boolean,
): Field[] {
  if (schema === undefined) return [];
  let json: JsonSchema;
  try {
    json = z.toJSONSchema(schema, { io: 'input' }) as JsonSchema;
  } catch (error) {
    throw new TypeError(
      `The schema of the resource "${resource}" cannot be told in JSON Schema: ${error instanceof Error ? error.message : String(error)}`,
      { cause: error },
    );
  }
  return Object.entries(json.properties ?? {}).map(([name, property]) => {
    const options = fields[name] ?? {};
    const { schema: plain, nullable } = withoutNull(property);
    const list = plain.type === 'array' && options.cell === undefined;
    const item = list ? (plain.items ?? {}) : plain;
    const computed = options.sql !== undefined || options.reference?.through !== undefined;
    const known = property.description ?? plain.description;
    return {
      name,
      label: options.label ?? { es: name, en: name },
      kind: options.cell === undefined ? kindOf(item) : 'json',
      list,
      required: !readOnly && json.required?.includes(name) === true,
      nullable,
      readOnly,
      ...(known === undefined ? {} : { help: known }),
      ...(options.hint === undefined ? {} : { hint: options.hint }),
      ...(options.names === undefined ? {} : { names: options.names }),
      ...(item.enum === undefined ? {} : { choices: item.enum.map(String) }),
      ...(property.default === undefined ? {} : { default: property.default }),
      ...(item.minimum === undefined || item.minimum <= Number.MIN_SAFE_INTEGER ? {} : { minimum: item.minimum }),
      ...(item.maximum === undefined || item.maximum >= Number.MAX_SAFE_INTEGER ? {} : { maximum: item.maximum }),
      ...(item.maxLength === undefined ? {} : { maxLength: item.maxLength }),
      ...(options.reference === undefined ? {} : { refersTo: options.reference.table }),
      options,
      column: computed ? undefined : (options.column ?? snakeCase(name)),
    };
  });
}

function withoutNull(property: JsonSchema): { schema: JsonSchema; nullable: boolean } {
  const { type, anyOf, ...rest } = property;
  if (Array.isArray(type) && type.includes('null')) {
    const others = type.filter((each) => each !== 'null');
    return { schema: { ...rest, type: others.length === 1 ? (others[0] ?? '') : others }, nullable: true };
  }
  const others = anyOf?.filter((each) => each.type !== 'null');
  if (anyOf === undefined || others === undefined || others.length === anyOf.length) return { schema: property, nullable: false };
  return { schema: others[0] ?? {}, nullable: true };
}

function kindOf({ type, format, pattern, enum: choices }: JsonSchema): FieldKind {
  if (choices !== undefined) return 'choice';
  if (type === 'integer' || type === 'number' || type === 'boolean') return type;
  if (type !== 'string') return 'json';
  if (format === 'date') return 'date';
  if (format === 'date-time') return 'instant';
  if (format === 'time' || (pattern !== undefined && timePattern.test(pattern))) return 'time';
  return 'text';
}

export function snakeCase(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** The description that goes out. */
export function describeField({ options: _options, column: _column, ...description }: Field): FieldDescription {
  return description;
}
