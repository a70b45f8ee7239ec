/**
 * The types that the console calls the API by, from its OpenAPI document: one entry for each operation, with its path, query, body and answer.
 * Routes of agents are left out: the console knows their resources by their description.
 */
interface Schema {
  type?: string | string[];
  enum?: unknown[];
  const?: unknown;
  anyOf?: Schema[];
  oneOf?: Schema[];
  allOf?: Schema[];
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: Schema | boolean;
  items?: Schema;
  $ref?: string;
}

interface Operation {
  parameters?: { in: string; name: string; required?: boolean; schema: Schema }[];
  requestBody?: { content: Record<string, { schema: Schema }>; required?: boolean };
  responses?: Record<string, { content?: Record<string, { schema?: Schema }> }>;
}

export interface ApiDocument {
  paths: Record<string, Record<string, Operation>>;
}

const own = (path: string) => (path.startsWith('/api/v1/') || path.startsWith('/ofrep/')) && !/^\/api\/v1\/agents\/[^{]/.test(path);

/** The text of `console/src/api/operations.ts`. */
export function consoleTypes({ paths }: ApiDocument): string {
  const entries = Object.entries(paths)
    .filter(([path]) => own(path))
    .flatMap(([path, methods]) => Object.entries(methods).map(([method, each]) => entryOf(`${method.toUpperCase()} ${path}`, each)))
    .sort();
  return `/** Written from the API's document by \`TIMONEL_TEST_WRITE_DOCS=1 npx vitest run test/console/api-types.test.ts\`. */
export type Json = string | number | boolean | null | Json[] | { [name: string]: Json };

export interface Operations {
${entries.join('\n')}
}
`;
}

function entryOf(name: string, { parameters = [], requestBody, responses = {} }: Operation): string {
  const members = (place: string) => {
    const found = parameters.filter((each) => each.in === place);
    return found.length === 0
      ? 'undefined'
      : `{ ${found.map(({ name: key, required, schema }) => `${keyText(key)}${required === true ? '' : '?'}: ${typeOf(schema)}${required === true ? '' : ' | undefined'}`).join('; ')} }`;
  };
  const body = requestBody?.content['application/json']?.schema;
  const answers = Object.entries(responses)
    .filter(([status]) => status.startsWith('2'))
    .map(([, { content }]) => content?.['application/json']?.schema)
    .map((schema) => (schema === undefined ? 'undefined' : typeOf(schema)));
  const answer = [...new Set(answers)].join(' | ') || 'undefined';
  const sent = body === undefined ? 'undefined' : typeOf(body);
  return `  '${name}': { path: ${members('path')}; query: ${members('query')}; body: ${sent}; answer: ${answer} };`;
}

function typeOf(schema: Schema): string {
  const { enum: values, anyOf, oneOf, allOf, type, properties, required = [], additionalProperties, items } = schema;
  if (schema.$ref !== undefined) return 'Json';
  if (schema.const !== undefined) return JSON.stringify(schema.const).replaceAll('"', "'");
  if (values !== undefined) return values.map((each) => literalText(each)).join(' | ');
  const choices = anyOf ?? oneOf;
  if (choices !== undefined) return [...new Set(choices.map(typeOf))].join(' | ');
  if (allOf !== undefined) return allOf.map((each) => `(${typeOf(each)})`).join(' & ');
  if (Array.isArray(type)) return [...new Set(type.map((each) => typeOf({ ...schema, type: each })))].join(' | ');
  if (type === 'array') return `(${items === undefined ? 'Json' : typeOf(items)})[]`;
  if (type === 'object') return objectText(properties, required, additionalProperties);
  if (type === 'integer' || type === 'number') return 'number';
  if (type === 'string' || type === 'boolean' || type === 'null') return type;
  return 'Json';
}

function objectText(properties: Schema['properties'], required: string[], more: Schema['additionalProperties']): string {
  if (properties !== undefined && Object.keys(properties).length > 0) {
    const members = Object.entries(properties).map(([key, each]) =>
      required.includes(key) ? `${keyText(key)}: ${typeOf(each)}` : `${keyText(key)}?: ${typeOf(each)} | undefined`,
    );
    return `{ ${members.join('; ')} }`;
  }
  if (more === false) return 'Record<string, never>';
  return `Record<string, ${typeof more === 'object' ? typeOf(more) : 'Json'}>`;
}

const keyText = (key: string) => (/^[a-zA-Z_$][\w$]*$/.test(key) ? key : `'${key}'`);
const literalText = (value: unknown) => (typeof value === 'string' ? `'${value}'` : String(value));
