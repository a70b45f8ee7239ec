/** Pages of agents for browsers, and accounts of people for whom an agent vouches, by the front door. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { defineAgent, defineRoute } from '../../src/index.ts';
import { storeKinds } from '../stores.ts';
import { startTimonel, type TestTimonel } from '../timonel.ts';
import { lobby } from './lobby.ts';

const at = '/api/v1/agents/lobby';
const nobody = { authorization: undefined };

describe.each(storeKinds)('pages and accounts of an agent (%s)', (kind) => {
  let timonel: TestTimonel;
  beforeAll(async () => {
    const other = { ...lobby, name: 'annex' };
    timonel = await startTimonel(kind, { agents: [lobby, other] });
  });
  afterAll(() => timonel?.close());
  const enter = (body: object, agent = 'lobby') =>
    timonel.call<{ userId: string; token: string; at: string; code: string; detail: string }>(
      'POST',
      `/api/v1/agents/${agent}/enter`,
      body,
      nobody,
    );

  it('shows a page with a policy, in the frames that it names, and knows its own cookies', async () => {
    const { call } = timonel;
    const cookie = '__Host-timonel-session=stolen; __Host-timonel-lobby.visit=welcome; __Host-timonel-annex.visit=others';
    const shown = await call<string>('GET', `${at}/door`, undefined, { ...nobody, cookie });
    expect([shown.status, shown.headers['content-type']]).toEqual([202, 'text/html; charset=utf-8']);
    expect(shown.body).toContain('<p>welcome</p>');
    const policy = String(shown.headers['content-security-policy']);
    const nonce = /script-src 'nonce-([\w-]{24})'/.exec(policy)?.[1] ?? 'none';
    expect(shown.body).toContain(`nonce="${nonce}"`);
    expect(policy).toContain("frame-ancestors 'self' https://campus.example");
    expect(policy).toContain("form-action 'self' https://campus.example");
    expect([shown.headers['x-frame-options'], shown.headers['cache-control']]).toEqual([undefined, 'no-store']);
    expect(shown.headers['set-cookie']).toBe(
      '__Host-timonel-lobby.visit=again; Max-Age=600; Path=/; HttpOnly; Secure; Partitioned; SameSite=None',
    );
    const injected = await call(
      'GET',
      `${at}/door?framedBy=${encodeURIComponent('https://a.example; script-src *')}`,
      undefined,
      nobody,
    );
    expect(injected.status).toBe(500);
    const many = await Promise.all(Array.from({ length: 5 }, () => call('GET', `${at}/door`, undefined, nobody)));
    expect(many.map(({ status }) => status).filter((status) => status === 429).length).toBe(2);
  });

  it('lets in who holds a link, for its subject, its agent and the first word of its path', async () => {
    const { call } = timonel;
    const { url } = (await call<{ url: string }>('GET', `${at}/keys/l%7C12`, undefined, nobody)).body as { url: string };
    const { pathname, search } = new URL(url);
    const opened = await call<{ until: string }>('GET', `${pathname}${search}&shelf=top`, undefined, nobody);
    expect(opened.body).toMatchObject({ locker: 'l|12', shelf: 'top', asker: false });
    expect(Date.parse(opened.body.until)).toBeGreaterThan(Date.now() + 3_500_000);
    // Who is signed in is no more than who holds the link.
    expect((await call('GET', `${pathname}${search}`)).body).toMatchObject({ asker: false });
    for (const [method, elsewhere] of [
      ['POST', `${at}/gate${search}`],
      ['GET', `${pathname.replace('lobby', 'annex')}${search}`],
      ['GET', `${pathname}${search.replace(/.$/, (last) => (last === 'A' ? 'Q' : 'A'))}`],
    ] as const)
      expect([elsewhere, (await call(method, elsewhere, undefined, nobody)).body]).toMatchObject([
        elsewhere,
        { code: 'link_invalid', status: 422 },
      ]);
    expect((await call('GET', pathname)).body).toMatchObject({ code: 'invalid_request' });
  });

  it('redirects to addresses only', async () => {
    const form = { ...nobody, 'content-type': 'application/x-www-form-urlencoded' };
    const away = (to: string) => timonel.call('POST', `${at}/away`, `to=${encodeURIComponent(to)}`, form);
    expect(await away('https://campus.example/a?b=c')).toMatchObject({
      status: 303,
      headers: { location: 'https://campus.example/a?b=c', 'x-frame-options': 'DENY' },
    });
    for (const wrong of ['javascript:alert(1)', '//evil.example', '/\\evil.example', 'https://a.example\r\nx: y'])
      expect([wrong, (await away(wrong)).status]).toEqual([wrong, 500]);
  });

  it('makes an account once, signs in to it, and raises its role, but no further than the agent vouches for', async () => {
    const subject = 'p-1';
    const [one, two] = await Promise.all([enter({ subject }), enter({ subject })]);
    expect([one.status, two.body.userId]).toEqual([200, one.body.userId]);
    const me = async (token: string) =>
      (
        await timonel.call<{ name: string; role: string }>('GET', '/api/v1/auth/me', undefined, {
          authorization: `Bearer ${token}`,
        })
      ).body;
    expect(await me(one.body.token)).toMatchObject({ name: 'Ana', role: 'student' });
    const raised = await enter({ subject, name: 'Ana Paz', role: 'instructor' });
    expect(await me(raised.body.token)).toMatchObject({ name: 'Ana Paz', role: 'instructor' });
    expect(await me((await enter({ subject })).body.token)).toMatchObject({ role: 'instructor' });
    expect((await enter({ subject, role: 'member' })).body).toMatchObject({ code: 'forbidden' });
    expect((await enter({ subject, role: 'admin' })).body).toMatchObject({ code: 'forbidden' });
    // The same name at another agent is somebody else.
    expect((await enter({ subject }, 'annex')).body.userId).not.toBe(one.body.userId);
    const { body } = await timonel.call<{ entries: { action: string; target: { id: string } }[] }>(
      'GET',
      '/api/v1/audit?limit=200',
    );
    const mine = body.entries.filter(({ target }) => target?.id === one.body.userId).map(({ action }) => action);
    expect(mine.sort()).toEqual(['member-added', 'member-changed']);
    const wrongly = await timonel.call('POST', `${at}/enter-wrongly`, { subject }, nobody);
    expect(wrongly.body).toMatchObject({ detail: expect.stringContaining('must be a GET, or declare asksOutside') });
  });

  it('lets nobody in whom the workspace disabled, or made more than the agent vouches for', async () => {
    const { userId } = (await enter({ subject: 'p-2' })).body;
    expect((await timonel.call('PATCH', `/api/v1/users/${userId}`, { role: 'operator' })).status).toBe(200);
    expect((await enter({ subject: 'p-2' })).body).toMatchObject({
      code: 'forbidden',
      detail: expect.stringContaining('may do more'),
    });
    expect((await timonel.call('PATCH', `/api/v1/users/${userId}`, { role: 'student', disabled: true })).status).toBe(200);
    expect((await enter({ subject: 'p-2' })).body).toMatchObject({ code: 'forbidden' });
  });
});

it('refuses what cannot be a page, or an agent that vouches for administrators', () => {
  const route = { method: 'GET', path: '/door', summary: 'Door.', public: true, page: true, handle: async () => {} } as const;
  const refused = (wrong: object) => () => defineAgent({ ...lobby, routes: [defineRoute({ ...route, ...wrong } as never)] });
  expect(refused({ answer: { parse: () => {} } })).toThrow('a page has no JSON or text to check');
  expect(refused({ perMinute: 0 })).toThrow('from 1 to 6000');
  expect(refused({ public: undefined, permission: 'agents:read', perMinute: 5 })).toThrow(
    'perMinute is for public and linked routes',
  );
  expect(() => defineAgent({ ...lobby, vouchesFor: ['admin' as never] })).toThrow('cannot vouch for "admin"');
});
