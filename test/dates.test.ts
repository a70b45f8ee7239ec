import { afterAll, beforeAll, expect, it } from 'vitest';
import { newPerson } from './identity/people.ts';
import { notes } from './notes-agent.ts';
import { scriptedModel } from './scripted-model.ts';
import { storeKinds } from './stores.ts';
import { startTimonel, type TestTimonel } from './timonel.ts';

/** What begins like a time of day at a date. */
const like = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d/;
/** How the API writes it: ISO 8601, UTC, milliseconds. */
const format = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

const kind = storeKinds.at(-1) ?? 'embedded';
let timonel: TestTimonel;
beforeAll(async () => {
  timonel = await startTimonel(kind, { agents: [notes], models: { default: scriptedModel(() => 'Hola.') } });
});
afterAll(() => timonel.close());

/** Times within a value, by where they are. */
function timesIn(value: unknown, path: string): [string, string][] {
  if (typeof value === 'string') return like.test(value) ? [[path, value]] : [];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, member]) => timesIn(member, `${path}.${name}`));
}

it('writes every time in one format, on every route', async () => {
  const { call } = timonel;
  const conversation = await timonel.converse('notes', { email: 'ana@example.com' });
  const { run } = await timonel.say(conversation, 'Hola');
  const person = await newPerson(timonel, { role: 'admin' });
  const id = async (path: string, body: object) => String((await call<{ id: string }>('POST', path, body)).body.id);
  const key = await id('/api/v1/api-keys', { name: 'dated', role: 'client', expiresAt: '2099-01-01T00:00:00Z' });
  await call('PUT', '/api/v1/budgets', { scope: 'workspace', period: 'day', money: 5 });
  await call('PUT', '/api/v1/routes/dated', { targets: [{ model: 'project/scripted-1' }] });
  await call('PUT', '/api/v1/flags/dated', { type: 'boolean', default: true });
  await call('POST', `/api/v1/api-keys/${key}/rotate`, { overlapSeconds: 60 });
  await call('POST', '/api/v1/invitations', { email: 'bea@example.com', role: 'member' });
  const named: Record<string, string> = {
    '/api/v1/conversations/:id': conversation,
    '/api/v1/runs/:id': run.id,
    '/api/v1/runs/:id/events': run.id,
    '/api/v1/agents/:agent/versions': 'notes',
    '/api/v1/flags/:key': 'dated',
    '/api/v1/routes/:alias': 'dated',
    '/v1/models/*': 'notes',
  };
  const urls = timonel.timonel.app.declaredRoutes.flatMap(({ method, url }) => {
    const filled = named[url] === undefined ? url : url.replace(/:\w+|\*$/, named[url]);
    // The stream of what changes has no end, and no times.
    return method === 'GET' && !/[:*]/.test(filled) && url !== '/api/v1/events' ? [filled] : [];
  });
  const answers = await Promise.all(
    urls.flatMap((url) =>
      [{}, person.headers, { 'anthropic-version': '2023-06-01' }].map(async (headers) => {
        const { body } = await call<unknown>('GET', url, undefined, {
          authorization: undefined,
          ...headers,
          ...authorized(headers),
        });
        return [url, typeof body === 'string' ? eventsIn(body) : body] as const;
      }),
    ),
  );
  const exported = await call('POST', '/api/v1/privacy/export', { email: 'ana@example.com' });
  const times = [...answers, ['/api/v1/privacy/export', exported.body] as const].flatMap(([url, body]) => timesIn(body, url));
  expect(new Set(times.map(([path]) => path.split('.')[0])).size).toBeGreaterThan(10);
  expect(times.filter(([, time]) => !format.test(time))).toEqual([]);
});

/** The key of the test, where the headers bring nobody. */
function authorized(headers: object): Record<string, string> {
  return 'authorization' in headers || 'cookie' in headers ? {} : { authorization: `Bearer ${timonel.apiKey}` };
}

function eventsIn(text: string): unknown[] {
  return [...text.matchAll(/^data: (\{.*\})$/gm)].map(([, json = '']) => JSON.parse(json) as unknown);
}
