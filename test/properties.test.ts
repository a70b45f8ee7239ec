import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { notes } from './notes-agent.ts';
import { scriptedModel } from './scripted-model.ts';
import { storeKinds } from './stores.ts';
import { startTimonel, type TestTimonel } from './timonel.ts';

interface JsonSchema {
  type?: string;
  properties?: Record<string, JsonSchema>;
  enum?: string[];
}

interface Operation {
  requestBody?: { content: { 'application/json': { schema: JsonSchema } } };
  parameters?: { in: string; name: string }[];
}

interface Route {
  method: 'GET' | 'POST' | 'DELETE';
  path: string;
  operation: Operation;
}

const rounds = Number(process.env['TIMONEL_TEST_FUZZ_ROUNDS'] ?? 150);

describe.each(storeKinds)('no input makes the API answer 5xx (%s)', (kind) => {
  let timonel: TestTimonel;
  let routes: Route[] = [];
  /** Ids that exist, so that requests also get past the first check. */
  let known: string[] = [];
  beforeAll(async () => {
    timonel = await startTimonel(kind, { agents: [notes], models: { default: scriptedModel(() => 'Bien.') } });
    const { body } = await timonel.call<{ paths: Record<string, Record<string, Operation>> }>('GET', '/openapi.json');
    // The stream of what changes ends with its reader: test/handoff/events.test.ts has it.
    const { '/api/v1/events': _endless, ...paths } = body.paths;
    routes = Object.entries(paths).flatMap(([path, operations]) =>
      Object.entries(operations).map(([method, operation]) => ({
        method: method.toUpperCase() as Route['method'],
        path,
        operation,
      })),
    );
    const conversation = await timonel.converse('notes');
    known = [conversation, (await timonel.say(conversation, 'Hola')).run.id];
  });
  afterAll(() => timonel.close());

  it('finds the routes to try in the schema that the API publishes', () => {
    expect(routes.length).toBeGreaterThanOrEqual(12);
  });

  it(`whatever is sent to any route, ${rounds} times`, async () => {
    const requests = fc.constantFrom(...routes).chain((route) =>
      fc.record({
        route: fc.constant(route),
        parameters: fc.array(
          fc.oneof(fc.constantFrom(...known), fc.uuid(), fc.string({ unit: 'binary' }), fc.constantFrom('..', '%00', '0.0', '')),
          {
            minLength: 3,
            maxLength: 3,
          },
        ),
        body: fc.oneof(
          { weight: 4, arbitrary: bodyFor(route.operation).map((value) => JSON.stringify(value)) },
          { weight: 1, arbitrary: fc.jsonValue().map((value) => JSON.stringify(value)) },
          { weight: 1, arbitrary: fc.string({ unit: 'binary' }) },
        ),
        headers: fc.dictionary(
          fc.constantFrom('idempotency-key', 'last-event-id', 'accept', 'content-type'),
          fc.oneof(fc.constantFrom('application/json', 'text/plain', '1', 'k'), fc.stringMatching(/^[\x20-\x7e]{0,40}$/)),
        ),
      }),
    );
    await fc.assert(
      fc.asyncProperty(requests, async ({ route, parameters, body, headers }) => {
        let next = 0;
        const url = route.path.replaceAll(/\{\w+\}/g, () => encodeURIComponent((parameters[next++] ?? 'x').toWellFormed()));
        // `/api/v1/runs/../events` is that stream too.
        if (new URL(url, 'http://localhost').pathname === '/api/v1/events') return;
        const answer = await timonel.call(route.method, url, route.method === 'POST' ? body : undefined, headers);
        expect({ url, body, headers, status: answer.status, answer: answer.status >= 500 ? answer.body : undefined }).toMatchObject(
          { answer: undefined },
        );
        // The compatible API has errors in the shapes of others, one level down.
        const problem = route.path.startsWith('/v1/') ? (answer.body['error'] ?? answer.body) : answer.body;
        if (answer.status >= 400 && answer.status !== 404) expect(problem).toHaveProperty('code');
      }),
      { numRuns: rounds },
    );
  });
});

/** Bodies that look like what the schema wants, in part: each member right, of another type, or missing. */
function bodyFor(operation: Operation): fc.Arbitrary<unknown> {
  const schema = operation.requestBody?.content['application/json'].schema;
  const members = Object.entries(schema?.properties ?? {}).map(([name, member]): [string, fc.Arbitrary<unknown>] => [
    name,
    fc.oneof({ weight: 3, arbitrary: fitting(member) }, { weight: 1, arbitrary: fc.jsonValue() }),
  ]);
  return fc.record(Object.fromEntries(members), { requiredKeys: [] });
}

function fitting(schema: JsonSchema): fc.Arbitrary<unknown> {
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
  if (schema.type === 'object')
    return fc.record(Object.fromEntries(Object.entries(schema.properties ?? {}).map(([name, member]) => [name, fitting(member)])), {
      requiredKeys: [],
    });
  return fc.oneof(
    fc.constantFrom('notes', 'api', 'hola', 'a\0', '+54 9 11 5555-1234', 'a@b.co'),
    fc.string({ unit: 'grapheme' }),
    fc.string({ unit: 'binary' }),
  );
}
