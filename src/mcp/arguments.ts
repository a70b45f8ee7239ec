/** Arguments by the schema of the server, so that nobody is asked about a call that cannot work. */
import type { JsonObject } from '../vocabulary.ts';
import { plainText } from './text.ts';

/** Expressions of others can take for ever, and references of theirs lead elsewhere: the server looks at those itself. */
const notLookedAt = new Set(['pattern', 'propertyNames', '$schema', '$id', 'format']);

/** @returns what is wrong, in words; a schema that cannot be read says nothing */
export async function argumentFaults(schema: JsonObject, args: JsonObject): Promise<readonly string[]> {
  // Without the expressions nobody can tell which further members are right.
  if (JSON.stringify(schema).includes('"patternProperties"')) return [];
  const { AjvJsonSchemaValidator } = await import('@modelcontextprotocol/client/validators/ajv');
  try {
    const validate = new AjvJsonSchemaValidator().getValidator(lookedAt(schema, false) as JsonObject);
    const { valid, errorMessage } = validate(args);
    return valid ? [] : [plainText(errorMessage ?? 'They do not fit the schema.', 1_000)];
  } catch {
    return [];
  }
}

/** @param named the keys of this object are names of arguments, not of the schema's language */
function lookedAt(value: unknown, named: boolean): unknown {
  if (Array.isArray(value)) return value.map((each) => lookedAt(each, false));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => named || !notLookedAt.has(key))
      .map(([key, member]) => [
        key,
        ['const', 'enum', 'default'].includes(key) && !named
          ? member
          : lookedAt(member, !named && ['properties', '$defs', 'definitions', 'dependentSchemas'].includes(key)),
      ]),
  );
}
