/** Every route, as the server itself lists them, for every role, and with the ids of another workspace. */
import Fastify from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addGuards, type DeclaredRoute } from '../../src/http/guard.ts';
import { builtInRoles, keyRoles, type Permission, permissions } from '../../src/identity/permissions.ts';
import { upload } from '../artifact-client.ts';
import { newWorkspace } from '../new-workspace.ts';
import { notes } from '../notes-agent.ts';
import { type Line, scriptedModel } from '../scripted-model.ts';
import { storeKinds } from '../stores.ts';
import { startTimonel, type TestTimonel } from '../timonel.ts';
import { newPerson, type Person } from './people.ts';
import { bodies } from './route-bodies.ts';

/** Who may come in without saying who they are. A new line here is a decision. */
const publicRoutes = [
  'GET /',
  'GET /.well-known/jwks.json',
  'GET /api/v1/auth/oidc',
  'GET /api/v1/auth/oidc/:provider/callback',
  'GET /api/v1/auth/oidc/:provider/start',
  'GET /api/v1/channels/:connection/webhook',
  'GET /api/v1/files/:id',
  'GET /api/v1/health',
  'GET /api/v1/health/live',
  'GET /api/v1/health/ready',
  'GET /api/v1/metrics/prometheus',
  'GET /api/v1/shared/:token',
  'GET /api/v1/web/:connection',
  'GET /api/v1/web/:connection/events',
  'GET /api/v1/web/:connection/page',
  'GET /api/v1/web/widget.js',
  'GET /console',
  'GET /console/*',
  'GET /errors/:code',
  'GET /health',
  'GET /health/live',
  'GET /health/ready',
  'GET /metrics',
  'GET /metrics/prometheus',
  'GET /openapi.json',
  'OPTIONS /api/v1/web/:connection',
  'OPTIONS /api/v1/web/:connection/*',
  'POST /api/v1/auth/forgot-password',
  'POST /api/v1/auth/local',
  'POST /api/v1/auth/login',
  'POST /api/v1/auth/logout',
  'POST /api/v1/auth/oidc/link',
  'POST /api/v1/auth/refresh',
  'POST /api/v1/auth/register',
  'POST /api/v1/auth/resend-verification',
  'POST /api/v1/auth/reset-password',
  'POST /api/v1/auth/verify-email',
  'POST /api/v1/channels/:connection/webhook',
  'POST /api/v1/completion-tokens/:token',
  'POST /api/v1/web/:connection/files',
  'POST /api/v1/web/:connection/messages',
  'POST /api/v1/web/:connection/session',
];

/** What routes that name a second thing beside their address need to get past the schema. */
const documents = '/api/v1/knowledge/collections/:collection/documents';
const queries: Record<string, string> = {
  [`PUT ${documents}`]: '?key=a',
  [`PATCH ${documents}`]: '?key=a',
  [`DELETE ${documents}`]: '?key=a',
  [`GET ${documents}/text`]: '?key=a',
  [`GET ${documents}/chunks`]: '?key=a',
  'GET /api/v1/knowledge/collections/:collection/evaluations/compare':
    '?base=01a22bd6-9979-7408-acf1-5e8af10cc174&other=01a22bd6-9979-7408-acf1-5e8af10cc175',
};
const definable = [
  'PUT /api/v1/roles/:name',
  'PUT /api/v1/routes/:alias',
  'PUT /api/v1/flags/:key',
  'PUT /api/v1/canned-texts/:name',
];
/** A stream that ends when its reader goes away; test/handoff has its own tests. */
const endless = 'GET /api/v1/events';
/** A script without a secret, the same for everybody. */
const kept = 'GET /api/v1/web/widget.js';

const nameOf = ({ method, url }: DeclaredRoute) => `${method} ${url}`;
const permissionOf = ({ access }: DeclaredRoute) => (typeof access === 'object' ? access.permission : undefined);

describe.each(storeKinds)('the routes (%s)', (kind) => {
  let timonel: TestTimonel;
  let script: Line[] = [];
  let routes: DeclaredRoute[];
  beforeAll(async () => {
    timonel = await startTimonel(kind, { agents: [notes], models: { default: scriptedModel(() => script.shift() ?? 'Bien.') } });
    routes = timonel.timonel.app.declaredRoutes.filter(({ method }) => method !== 'HEAD');
    await newWorkspace(timonel, 'other');
  });
  afterAll(() => timonel.close());

  const ask = async (route: DeclaredRoute, url: string, headers: Record<string, string | undefined>, body?: object) => {
    type Refusal = { code?: string; permission?: string };
    const sent = route.method === 'GET' || route.method === 'DELETE' ? undefined : (body ?? {});
    const answer = await timonel.call<Refusal & { error?: Refusal }>(route.method as 'GET', url, sent, headers);
    // The compatible API has errors in a shape of its own, one level down.
    return { status: answer.status, body: route.url.startsWith('/v1/') ? (answer.body.error ?? answer.body) : answer.body };
  };
  const filled = (url: string, value: string) => url.replaceAll(/:\w+/g, value);
  const unknown = '00000000-0000-7000-8000-000000000000';

  it('are as many as were counted, and open to strangers only where it was decided', () => {
    expect(routes.length).toBeGreaterThan(40);
    expect(
      routes
        .filter(({ access }) => access === 'public')
        .map(nameOf)
        .sort(),
    ).toEqual(publicRoutes);
    const used = new Set(routes.map(permissionOf).filter((each) => each !== undefined));
    expect(permissions).toEqual(expect.arrayContaining([...used]));
  });

  it('refuse who does not say who they are', async () => {
    for (const route of routes.filter(({ access }) => access !== 'public')) {
      for (const authorization of [undefined, '', 'Bearer', `Bearer tim_${'x'.repeat(43)}`, 'Basic YTpi']) {
        const { status, body } = await ask(route, filled(route.url, unknown), { authorization });
        // The clients of the compatible API look for the code that OpenAI has for it.
        const code =
          route.url.startsWith('/v1/') && authorization?.startsWith('Bearer tim_') ? 'invalid_api_key' : 'unauthenticated';
        expect([nameOf(route), authorization, status, body.code]).toEqual([nameOf(route), authorization, 401, code]);
      }
    }
  });

  it('are kept by no cache, on the way or in a browser', async () => {
    const { headers } = await newPerson(timonel, { role: 'admin' });
    for (const route of routes.filter((each) => ![endless, kept].includes(nameOf(each)))) {
      const sent = route.method === 'GET' || route.method === 'DELETE' ? undefined : {};
      const answer = await timonel.call(route.method as 'GET', filled(route.url, unknown), sent, headers);
      expect([nameOf(route), answer.headers['cache-control']]).toEqual([nameOf(route), 'no-store']);
    }
  });

  it('let in each role where it has the permission, and nowhere else', async () => {
    const define = { permissions: ['users:read', 'keys:read'] };
    expect((await timonel.call('PUT', '/api/v1/roles/front-desk', define)).status).toBe(200);
    expect((await timonel.call('PUT', '/api/v1/roles/nothing', { permissions: [] })).status).toBe(200);
    const held: [string, Record<string, string>, ReadonlySet<Permission>][] = [];
    const custom = { 'front-desk': new Set<Permission>(['users:read', 'keys:read']), nothing: new Set<Permission>() };
    for (const [role, set] of Object.entries({ ...builtInRoles, ...custom })) {
      held.push([role, (await newPerson(timonel, { role })).headers, set]);
    }
    const key = async (body: object) =>
      `Bearer ${(await timonel.call<{ apiKey: string }>('POST', '/api/v1/api-keys', { name: 'walk', ...body })).body.apiKey}`;
    for (const [role, set] of Object.entries(keyRoles)) held.push([`key ${role}`, { authorization: await key({ role }) }, set]);
    for (const scope of permissions) {
      held.push([`key with ${scope}`, { authorization: await key({ scopes: [scope] }) }, new Set([scope])]);
    }
    for (const route of routes) {
      const permission = permissionOf(route);
      for (const [who, headers, set] of held) {
        // Signing out would end the walk of a role; it is public, and has tests of its own.
        if (route.access === 'public') continue;
        if (nameOf(route) === endless && permission !== undefined && set.has(permission)) continue;
        const { status, body } = await ask(route, filled(route.url, unknown), headers);
        const refused = status === 403 && body.permission === permission && permission !== undefined;
        const place = `${who}: ${nameOf(route)} → ${status}`;
        expect([place, refused]).toEqual([place, permission !== undefined && !set.has(permission)]);
        expect([place, status === 401 || status >= 500]).toEqual([place, false]);
      }
    }
  });

  it('answer with the ids of another workspace as if they did not exist, and change nothing there', async () => {
    const there = await newPerson(timonel, { role: 'admin', workspaceId: 'other' });
    const stranger = await newPerson(timonel, { role: 'member', workspaceId: 'other' });
    const foreign = await everythingOf(there, stranger);
    const here = [{ authorization: `Bearer ${timonel.apiKey}` }, (await newPerson(timonel, { role: 'admin' })).headers];
    const before = await rowsOf('other');
    let tried = 0;
    for (const route of routes.filter(({ url, access }) => url.includes(':') && access !== 'public')) {
      // A role, a route, a flag or a text of that name may be defined here: it is another one.
      if (definable.includes(nameOf(route))) continue;
      const body = bodies[nameOf(route)];
      if (route.method === 'POST' || route.method === 'PATCH' || route.method === 'PUT') {
        expect([nameOf(route), body !== undefined || route.url.endsWith('/close')]).toEqual([nameOf(route), true]);
      }
      for (const [kindOfId, id] of Object.entries(foreign)) {
        for (const headers of here) {
          const part = { ':callId': '0.0', ':turn': '1', ':role': 'user', ':index': '0' };
          const known = Object.entries(part).reduce((url, [name, value]) => url.replace(name, value), route.url);
          const url = known.replaceAll(/:\w+/g, id) + (queries[nameOf(route)] ?? '');
          const answer = await ask(route, url, headers, body);
          const place = `${nameOf(route)} with a ${kindOfId}`;
          // What has not the form of an id of that kind is refused for that; keys are told from people before any id is looked at.
          const named = /:(name|alias|key|collection)/.test(route.url);
          const fits = named ? kindOfId === 'role' && !route.url.includes(':id') : kindOfId !== 'role';
          const expected = fits ? [404, 403] : [400, 404, 403];
          expect([place, expected.includes(answer.status)]).toEqual([place, true]);
          if (answer.status === 403) expect([place, route.access]).toEqual([place, 'signed-in']);
          tried++;
        }
      }
    }
    expect(tried).toBeGreaterThan(50);
    expect(await rowsOf('other')).toEqual(before);
  });

  it('give out and erase nothing of a person of another workspace', async () => {
    const stranger = await newPerson(timonel, { role: 'member', workspaceId: 'other' });
    const before = await rowsOf('other');
    for (const url of ['/api/v1/privacy/export', '/api/v1/privacy/preview', '/api/v1/privacy/erase']) {
      for (const body of [{ userId: stranger.id }, { email: stranger.email }]) {
        expect([url, (await timonel.call('POST', url, body)).status]).toEqual([url, 404]);
      }
    }
    expect(await rowsOf('other')).toEqual(before);
  });

  it('list nothing of another workspace', async () => {
    const there = await newPerson(timonel, { role: 'admin', workspaceId: 'other' });
    await everythingOf(there, await newPerson(timonel, { workspaceId: 'other' }));
    for (const route of routes.filter(({ method, url, access }) => method === 'GET' && !url.includes(':') && access !== 'public')) {
      if (nameOf(route) === endless) continue;
      const { body } = await ask(route, route.url, {});
      expect([nameOf(route), JSON.stringify(body).includes('foreign-thing')]).toEqual([nameOf(route), false]);
      const theirs = await ask(route, route.url, there.headers);
      if (
        [
          '/api/v1/api-keys',
          '/api/v1/channels',
          '/api/v1/deliveries',
          '/api/v1/flags',
          '/api/v1/invitations',
          '/api/v1/roles',
          '/api/v1/webhooks',
          '/api/v1/webhook-deliveries',
        ].includes(route.url)
      ) {
        expect([nameOf(route), JSON.stringify(theirs.body).includes('foreign-thing')]).toEqual([nameOf(route), true]);
      }
    }
  });

  /** One of everything that has an id, in the workspace of that person. */
  async function everythingOf(admin: Person, member: Person): Promise<Record<string, string>> {
    const call = async <T>(url: string, body: object, method: 'POST' | 'PUT' = 'POST') =>
      (await timonel.call<T>(method, url, body, admin.headers)).body;
    const { id: conversation } = await call<{ id: string }>('/api/v1/conversations', { agent: 'notes' });
    script = [{ calls: [{ tool: 'delete_notes', args: { why: 'x' } }] }];
    const { run } = await call<{ run: { id: string } }>(`/api/v1/conversations/${conversation}/messages`, {
      text: 'foreign-thing',
    });
    const key = await call<{ id: string }>('/api/v1/api-keys', { name: 'foreign-thing' });
    const email = `foreign-thing-${crypto.randomUUID()}@example.com`;
    const invitation = await call<{ id: string }>('/api/v1/invitations', { email });
    await call('/api/v1/roles/foreign-thing', { permissions: [] }, 'PUT');
    await call('/api/v1/flags/foreign-thing', { type: 'boolean', variants: { on: true }, defaultVariant: 'on' }, 'PUT');
    const changes = { prompt: `foreign-thing ${crypto.randomUUID()}` };
    const release = await call<{ id: string }>('/api/v1/releases', { agent: 'notes', changes });
    const form = {
      data: 'foreign-thing',
      query: `?conversation=${conversation}`,
      headers: admin.headers,
    };
    const artifact = (await upload(timonel, form)).body;
    const phoneNumberId = String(Math.floor(Math.random() * 1e15) + 1e15);
    const connection = await call<{ id: string }>('/api/v1/channels', {
      channel: 'whatsapp',
      name: `foreign-thing ${phoneNumberId}`,
      agent: 'notes',
      settings: { phoneNumberId },
      secrets: { accessToken: 'foreign-token', appSecret: 'foreign-secret', verifyToken: 'foreign-verify' },
    });
    const [delivery] = await timonel.timonel.store.pool.executeText<{ id: string }>(
      `INSERT INTO channel_deliveries (workspace_id, connection_id, contact_id, said_by, content, state)
       VALUES ('other', $1, gen_random_uuid(), 'channel', '{"text": "foreign-thing"}', 'refused') RETURNING id`,
      [connection.id],
    );
    const hook = { url: 'https://foreign-thing.example.com/hooks', events: ['alert'] };
    const webhook = await call<{ id: string }>('/api/v1/webhooks', hook);
    const [told] = await timonel.timonel.store.pool.executeText<{ id: string }>(
      `INSERT INTO webhook_deliveries (workspace_id, endpoint_id, event, data, state, ended_at)
       VALUES ('other', $1, 'test', '{"name": "foreign-thing"}', 'dead', now()) RETURNING id`,
      [webhook.id],
    );
    return {
      webhook: webhook.id,
      'webhook delivery': told?.id ?? '',
      conversation,
      artifact: artifact.id,
      run: run.id,
      'API key': key.id,
      invitation: invitation.id,
      member: member.id,
      session: member.sessionId,
      role: 'foreign-thing',
      release: release.id,
      connection: connection.id,
      delivery: delivery?.id ?? '',
    };
  }

  async function rowsOf(workspaceId: string): Promise<unknown[]> {
    const tables = [
      'conversations',
      'messages',
      'runs',
      'approvals',
      'artifacts',
      'api_keys',
      'invitations',
      'memberships',
      'sessions',
      'roles',
      'feature_flags',
      'releases',
      'agent_versions',
      'run_feedback',
      'channel_connections',
      'channel_deliveries',
      'webhook_endpoints',
      'webhook_deliveries',
    ];
    const rows = tables.map((table) =>
      timonel.timonel.store.pool.executeText(
        `SELECT '${table}' AS table, to_jsonb(t) - 'last_used_at' AS row FROM ${table} t WHERE workspace_id = $1 ORDER BY to_jsonb(t)::text`,
        [workspaceId],
      ),
    );
    return (await Promise.all(rows)).flat();
  }
});

describe('a route that does not say who may use it', () => {
  const declare = async (config?: object) => {
    const app = Fastify();
    addGuards(app, []);
    app.get('/x', { ...(config === undefined ? {} : { config }) }, () => 'in');
    await app.ready();
    return app;
  };

  it.each([
    undefined,
    {},
    { permission: undefined },
    { public: true, signedIn: true },
    { permission: 'agents:read', public: true },
  ])('does not start: %j', async (config) => {
    await expect(declare(config)).rejects.toThrow(/must declare who may use it/);
  });

  it('starts once it does, HEAD included', async () => {
    const app = await declare({ permission: 'agents:read' });
    expect(app.declaredRoutes.map(nameOf).sort()).toEqual(['GET /x', 'HEAD /x']);
    await app.close();
  });
});
