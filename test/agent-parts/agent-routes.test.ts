import { createHmac, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { readSettings } from '../../src/config.ts';
import { ServerKeys } from '../../src/identity/secrets.ts';
import { defineAgent, defineRoute } from '../../src/index.ts';
import { newWorkspace } from '../new-workspace.ts';
import { type Line, scriptedModel } from '../scripted-model.ts';
import { storeKinds } from '../stores.ts';
import { startTimonel, type TestTimonel } from '../timonel.ts';
import { kiosk } from './kiosk.ts';

const at = '/api/v1/agents/kiosk';
const patient = { timeout: 30_000, interval: 100 };

describe.each(storeKinds)('routes and metrics of an agent (%s)', (kind) => {
  let timonel: TestTimonel;
  let script: Line[] = [];
  const model = scriptedModel(() => script.shift() ?? new Error('unexpected model call'));
  beforeAll(async () => {
    timonel = await startTimonel(kind, { agents: [kiosk], models: { default: model } });
  });
  afterAll(() => timonel?.close());
  const exposed = async () => (await timonel.call<string>('GET', '/metrics')).body;

  it('are guarded, checked and documented', async () => {
    const { call } = timonel;
    expect((await call('GET', `${at}/prices/tea?pieces=3`)).body).toEqual({ thing: 'tea', cents: 450, by: 'api-key' });
    expect((await call('GET', `${at}/prices/tea?pieces=none`)).body).toMatchObject({ code: 'invalid_request' });
    expect((await call('GET', `${at}/prices/gold`)).body).toMatchObject({
      status: 404,
      detail: 'Gold is not sold here. Ask for tea.',
    });
    expect((await call('GET', `${at}/prices/broken`)).body).toMatchObject({ status: 500, code: 'internal' });
    expect((await call('GET', `${at}/prices/tea`, undefined, { authorization: undefined })).status).toBe(401);
    const client = await timonel.timonel.apiKeys.create({ id: randomUUID(), workspaceId: 'default', name: 'page', role: 'client' });
    const refused = await call('GET', `${at}/prices/tea`, undefined, { authorization: `Bearer ${client}` });
    expect(refused.body).toMatchObject({ code: 'forbidden', detail: expect.stringContaining('kiosk:read') });
    const { body: document } = await call<{ paths: Record<string, object> }>('GET', '/openapi.json');
    expect(document.paths[`${at}/prices/{thing}`]).toMatchObject({ get: { summary: 'What a thing costs', tags: ['kiosk'] } });
    expect(document.paths[`${at}/paid/{token}`]).toBeDefined();
  });

  it('change in one transaction, with an entry in the audit log', async () => {
    const { call, converse } = timonel;
    const conversation = await converse('kiosk');
    const failed = await call('POST', `${at}/announcements`, { conversation, text: 'sale', fail: true });
    expect(failed.body).toMatchObject({ code: 'row_conflict' });
    const said = async () => (await call<{ messages: unknown[] }>('GET', `/api/v1/conversations/${conversation}`)).body.messages;
    expect(await said()).toEqual([]);
    expect((await call('POST', `${at}/announcements`, { conversation, text: 'sale' })).body).toEqual({ turn: 1 });
    expect((await call('POST', `${at}/announcements`, { conversation, text: 'other' })).body).toEqual({ turn: 2 });
    expect(await said()).toMatchObject([{ text: 'sale' }, { text: 'other' }]);
    const { body } = await call<{ entries: { action: string; target: object }[] }>(
      'GET',
      '/api/v1/audit?action=agent-route-called',
    );
    expect(body.entries.map(({ target }) => target)).toEqual([
      { kind: 'kiosk', id: 'POST /announcements' },
      { kind: 'kiosk', id: 'POST /announcements' },
    ]);
    await expect.poll(exposed, patient).toMatch(/^timonel_agent_kiosk_counted 7$/m);
    const text = await exposed();
    expect(text).toMatch(/^timonel_agent_kiosk_announcements_total\{kind="sale"\} 1$/m);
    expect(text).toMatch(/^timonel_agent_kiosk_announcements_total\{kind="other"\} 1$/m);
  });

  it('answer nobody in a workspace that is disabled', async () => {
    const { call } = timonel;
    await newWorkspace(timonel, `shut-${kind}`);
    expect((await call('PATCH', `/api/v1/workspaces/shut-${kind}`, { disabled: true })).status).toBe(200);
    const { body } = await call('GET', `${at}/hours?workspace=shut-${kind}`, undefined, { authorization: undefined });
    expect(body).toMatchObject({ code: 'workspace_disabled' });
    expect((await call('GET', `${at}/hours`, undefined, { authorization: undefined })).body).toEqual({ opens: '09:00' });
  });

  it('take what a service outside sends, without an account', async () => {
    const { call, converse } = timonel;
    const conversation = await converse('kiosk');
    script = [{ calls: [{ tool: 'charge', args: { buyer: 'Ana' } }] }, 'Paid, thank you.'];
    const asked = call<string>(
      'POST',
      `/api/v1/conversations/${conversation}/messages`,
      { text: 'Tea, please.' },
      { accept: 'text/event-stream' },
    );
    const rows = () =>
      timonel.timonel.store.pool.executeText<{ id: string }>(
        `SELECT id FROM runs WHERE conversation_id = '${conversation}' AND status = 'waiting'`,
      );
    await expect.poll(async () => (await rows()).length, patient).toBe(1);
    // What the tool handed over: drawn from the call.
    const token = await tokenOf((await rows())[0]?.id ?? '');
    const send = (signature: string, workspace = 'default', headers = {}) =>
      call('POST', `${at}/paid/${token}?workspace=${workspace}`, 'cents=150', {
        authorization: undefined,
        'content-type': 'application/x-www-form-urlencoded',
        'x-signature': signature,
        ...headers,
      });
    expect((await send('0')).body).toMatchObject({ code: 'forbidden' });
    expect((await send('9', 'nowhere')).body).toMatchObject({ code: 'not_found' });
    expect((await send('9')).status).toBe(204);
    expect((await send('9')).body).toMatchObject({ code: 'completion_used' });
    expect((await asked).body).toContain('Paid, thank you.');
    expect(await exposed()).toMatch(/^timonel_agent_kiosk_wait_seconds_bucket\{le="10",buyer="Ana"\} 1$/m);
    const many = await Promise.all(Array.from({ length: 61 }, () => send('0')));
    const limited = many.find(({ status }) => status === 429);
    expect(limited?.body).toMatchObject({ code: 'rate_limited', retryAfter: expect.any(Number) });
  });

  async function tokenOf(runId: string): Promise<string> {
    const keys = await ServerKeys.open(readSettings(timonel.environment), timonel.timonel.store.pool);
    return createHmac('sha256', keys.current('completion-tokens').key).update(`${runId}:0.0`).digest('base64url');
  }
});

describe('what an agent declares wrongly', () => {
  const route = {
    method: 'GET',
    path: '/overdue',
    summary: 'Overdue.',
    permission: 'kiosk:read' as const,
    handle: async () => {},
  } as const;
  const params = z.object({ id: z.string() });
  it.each([
    [{ ...route, path: 'overdue' }, 'must begin with a word'],
    [{ ...route, path: '/:id', params }, 'must begin with a word'],
    [{ ...route, path: '/versions/x' }, 'Timonel has addresses at /versions'],
    [{ ...route, path: '/explain' }, 'Timonel has addresses at /explain'],
    [{ ...route, path: '/loans/:id' }, '"id" is not in both'],
    [{ ...route, path: '/loans', params }, '"id" is not in both'],
    [{ ...route, public: true as const }, 'and one only'],
    [{ ...route, permission: undefined }, 'and one only'],
    [{ ...route, body: z.object({}) }, 'a GET has no body'],
    [{ ...route, answer: z.string(), mediaType: 'text/calendar' }, 'answer checks nothing'],
    [{ ...route, answer: undefined, mediaType: 'text/html' }, 'browsers do not run'],
    [{ ...route, summary: ' ' }, 'summary must say'],
  ])('refuses a route: %o', (wrong, message) => {
    expect(() => defineAgent({ ...kiosk, routes: [defineRoute(wrong as never)] })).toThrow(message);
  });

  it('refuses two routes of one shape', () => {
    const one = { ...route, path: '/loans/:id', params };
    const other = { ...one, path: '/loans/:card', params: z.object({ card: z.string() }) };
    expect(() => defineAgent({ ...kiosk, routes: [one, other] })).toThrow('it is there twice');
  });

  it.each([
    [{ 'Books-lent': { kind: 'counter', help: 'x' } }, 'snake_case'],
    [{ books_total: { kind: 'counter', help: 'x' } }, 'leave "_total" out'],
    [{ books: { kind: 'sum', help: 'x' } }, 'kind must be'],
    [{ books: { kind: 'counter', help: '' } }, 'help must say'],
    [{ books: { kind: 'counter', help: 'x', labels: { le: ['a'] } } }, 'cannot be named "le"'],
    [{ books: { kind: 'counter', help: 'x', labels: { title: 500 } } }, 'from 2 to 50'],
    [{ books: { kind: 'counter', help: 'x', labels: { a: 50, b: 50 } } }, '2601 series'],
    [{ books: { kind: 'histogram', help: 'x' } }, 'ascending numbers'],
    [{ books: { kind: 'histogram', help: 'x', buckets: [2, 1] } }, 'ascending numbers'],
    [{ books: { kind: 'gauge', help: 'x', buckets: [1] } }, 'only a histogram'],
  ])('refuses metrics: %o', (metrics, message) => {
    expect(() => defineAgent({ ...kiosk, metrics: metrics as never })).toThrow(message);
  });

  it.each([
    [
      'a permission that nobody declares',
      { ...kiosk, permissions: {} },
      /asks for the permission "kiosk:read", which nobody declares/,
    ],
    [
      'what no defineAgent looked at',
      { ...kiosk, routes: [{ ...route, path: '/versions' }] },
      /Timonel has addresses at \/versions/,
    ],
    ['a list that is none', { ...kiosk, routes: 'all' }, /routes: must be a list/],
  ])('does not start with %s', async (_what, agent, message) => {
    await expect(startTimonel('embedded', { agents: [agent as never] })).rejects.toThrow(message);
  });

  it('does not start with two metrics of one name', async () => {
    const metrics = { b_c: { kind: 'counter' as const, help: 'x' } };
    const agents = [
      { ...kiosk, name: 'a', routes: [], permissions: {}, metrics },
      { ...kiosk, name: 'a-b', routes: [], permissions: {}, metrics: { c: metrics.b_c } },
    ];
    await expect(startTimonel('embedded', { agents })).rejects.toThrow(/both have a metric timonel_agent_a_b_c_total/);
  });
});
