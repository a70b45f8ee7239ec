import { z } from 'zod';
import type { JsonObject } from '../vocabulary.ts';
import type { AnyTool } from './contract.ts';

/** Kinds of value that JSON does not have: a model cannot be told of them, and could not write them. */
const unrepresentable: ReadonlySet<string> = new Set([
  'bigint',
  'symbol',
  'undefined',
  'void',
  'date',
  'map',
  'set',
  'nan',
  'custom',
  'function',
  'promise',
  'transform',
]);

/**
 * A tool's input as JSON Schema, as models are shown it.
 * @throws TypeError which names the place in the input that JSON Schema cannot express
 */
export function inputSchemaOf(tool: Pick<AnyTool, 'name' | 'input'>): JsonObject {
  const faults: string[] = [];
  let schema: JsonObject;
  try {
    schema = z.toJSONSchema(tool.input, {
      io: 'input',
      unrepresentable: 'any',
      override: ({ zodSchema, path }) => {
        const { type } = zodSchema._zod.def;
        if (unrepresentable.has(type)) faults.push(`${placeOf(path)} is of the kind "${type}"`);
      },
    }) as JsonObject;
  } catch (error) {
    throw new TypeError(`The input of the tool "${tool.name}" cannot be told to a model: ${String(error)}`, { cause: error });
  }
  if (faults.length > 0) {
    throw new TypeError(
      `The input of the tool "${tool.name}" cannot be told to a model: ${faults.join('; ')}, which JSON Schema cannot express. Take a text or a number there, e.g. z.iso.datetime() for a date, and convert it in execute.`,
    );
  }
  const { type } = schema;
  if (type !== undefined && type !== 'object')
    throw new TypeError(`The input of the tool "${tool.name}" must be an object, as models send one: z.object({ … }).`);
  return schema;
}

/** The place in the input, from the place in its schema. */
function placeOf(path: readonly (string | number)[]): string {
  const place: string[] = ['input'];
  for (let at = 0; at < path.length; at += 1) {
    const step = path[at];
    if (step === 'properties') place.push(`.${path[++at]}`);
    else if (step === 'items' || step === 'prefixItems') place.push('[]');
    else if (step === 'additionalProperties') place.push('.*');
  }
  return place.join('');
}
