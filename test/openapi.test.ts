import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { booking } from '../agents/booking/agent.ts';
import { kiosk } from './agent-parts/kiosk.ts';
import { startTimonel, type TestTimonel } from './timonel.ts';

interface Operation {
  operationId?: string;
  tags?: string[];
  summary?: string;
  responses: Record<string, { description?: string; content?: Record<string, { schema: { $ref?: string } }> }>;
}

describe('the document of the API', () => {
  let timonel: TestTimonel;
  let operations: [string, Operation][];
  let schemas: Record<string, { required?: string[] }>;
  beforeAll(async () => {
    timonel = await startTimonel('embedded', { agents: [booking, kiosk] });
    const { body } = await timonel.call<{
      paths: Record<string, Record<string, Operation>>;
      components: { schemas: typeof schemas };
    }>('GET', '/openapi.json');
    operations = Object.entries(body.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]): [string, Operation] => [`${method.toUpperCase()} ${path}`, operation]),
    );
    ({ schemas } = body.components);
  });
  afterAll(() => timonel?.close());

  it('names every operation once, by its address, in a group and with a summary', () => {
    expect(operations.length).toBeGreaterThan(120);
    const ids = operations.map(([, { operationId }]) => operationId);
    expect(ids.filter((id, at) => id === undefined || !/^[a-z][A-Za-z0-9]+$/.test(id) || ids.indexOf(id) !== at)).toEqual([]);
    expect(operations.filter(([, { tags, summary }]) => tags?.length !== 1 || (summary ?? '') === '').map(([at]) => at)).toEqual(
      [],
    );
    const named = new Map(operations.map(([at, { operationId, tags }]) => [at, [operationId, tags?.[0]]]));
    expect(named.get('POST /api/v1/runs/{id}/cancel')).toEqual(['postRunsByIdCancel', 'runs']);
    expect(named.get('GET /api/v1/agents/kiosk/prices/{thing}')).toEqual(['getAgentsKioskPricesByThing', 'kiosk']);
    expect(named.get('POST /v1/chat/completions')?.[1]).toBe('compatible');
  });

  it('has the shape of the errors of every route, but of those whose protocol has its own', () => {
    const without = operations.filter(
      ([, { responses }]) =>
        responses['default']?.content?.['application/problem+json']?.schema.$ref !== '#/components/schemas/Problem',
    );
    expect(without.map(([at]) => at).filter((at) => !/ \/(?:v1|ofrep)\//.test(at))).toEqual([]);
    expect(schemas['Problem']?.required).toEqual(expect.arrayContaining(['type', 'title', 'status', 'detail', 'code']));
  });
});
