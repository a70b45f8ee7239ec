/** The console in a browser: cookies, requests that other sites make, and what pages may read. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { notes } from '../notes-agent.ts';
import { freshStoreEnvironment } from '../stores.ts';
import { startTimonel, type TestTimonel } from '../timonel.ts';
import { addUser, goodPassword, post, type SignedIn } from './people.ts';

describe('a browser', () => {
  let timonel: TestTimonel;
  let remove: () => Promise<void>;
  beforeAll(async () => {
    const store = await freshStoreEnvironment('embedded');
    remove = store.remove;
    const environment = {
      ...store.environment,
      TIMONEL_CORS_ORIGINS: 'https://console.example.com',
      TIMONEL_PUBLIC_URL: 'https://agents.example.com',
    };
    timonel = await startTimonel('embedded', { agents: [notes] }, { environment });
  });
  afterAll(async () => {
    await timonel.close();
    await remove();
  });

  const cookiesOf = (headers: Record<string, unknown>) => [headers['set-cookie'] ?? []].flat() as string[];
  const jar = (cookies: string[]) => cookies.map((cookie) => cookie.split(';')[0]).join('; ');
  const enter = async () => {
    const { email } = await addUser(timonel, { role: 'admin' });
    const answer = await post<SignedIn & { csrfToken: string }>(timonel, '/api/v1/auth/login', {
      email,
      password: goodPassword,
      cookies: true,
    });
    return { cookies: cookiesOf(answer.headers), body: answer.body };
  };
  const send = (method: 'GET' | 'POST' | 'PUT' | 'DELETE', url: string, headers: Record<string, string>, body?: object) =>
    timonel.call(method, url, body, { authorization: undefined, ...headers });

  it('gets cookies that no script can read and no other host or site sets or sends, and no tokens', async () => {
    const { cookies, body } = await enter();
    expect(body).not.toHaveProperty('accessToken');
    expect(body).not.toHaveProperty('refreshToken');
    expect(cookies.map((cookie) => cookie.split('=')[0])).toEqual(['__Host-timonel-session', '__Host-timonel-refresh']);
    for (const cookie of cookies) {
      const attributes = cookie.split('; ').slice(1);
      expect(attributes).toEqual(expect.arrayContaining(['Path=/', 'HttpOnly', 'Secure', 'SameSite=Strict']));
      expect(attributes.some((attribute) => attribute.startsWith('Domain'))).toBe(false);
    }
  });

  it('may look with the cookie alone, and change something only with the token that its page could read', async () => {
    const [one, other] = [await enter(), await enter()];
    const cookie = jar(one.cookies);
    const make = (csrf?: string) =>
      send(
        'PUT',
        '/api/v1/roles/by-browser',
        { cookie, ...(csrf === undefined ? {} : { 'x-csrf-token': csrf }) },
        { permissions: [] },
      );
    expect((await send('GET', '/api/v1/agents', { cookie })).status).toBe(200);
    for (const forged of [undefined, '', 'x', other.body.csrfToken, one.body.csrfToken.slice(0, -1), `${one.body.csrfToken}x`]) {
      expect(await make(forged)).toMatchObject({ status: 403, body: { code: 'csrf_failed' } });
    }
    const me = await send('GET', '/api/v1/auth/me', { cookie });
    // Whose session it was is written down, once a minute.
    const refused = async () => {
      const { body } = await timonel.call<{ entries: { actor: { id: string }; details: object }[] }>(
        'GET',
        '/api/v1/audit?action=access-refused',
      );
      return body.entries.filter(({ actor }) => actor.id === me.body['id']).map(({ details }) => details);
    };
    await expect.poll(refused).toMatchObject([{ method: 'PUT', code: 'csrf_failed' }]);
    expect((await make(one.body.csrfToken)).status).toBe(200);
    // A page that was loaded anew asks for the token again.
    expect((await send('GET', '/api/v1/auth/me', { cookie })).body['csrfToken']).toBe(one.body.csrfToken);
  });

  it('refreshes and signs out by its cookies', async () => {
    const { cookies, body } = await enter();
    const refreshed = await send('POST', '/api/v1/auth/refresh', { cookie: jar(cookies) });
    expect(refreshed.status).toBe(200);
    const next = cookiesOf(refreshed.headers);
    expect(next).toHaveLength(2);
    expect((await send('GET', '/api/v1/agents', { cookie: jar(next) })).status).toBe(200);
    expect((await send('POST', '/api/v1/auth/logout', { cookie: jar(next) })).status).toBe(403);
    const out = await send('POST', '/api/v1/auth/logout', { cookie: jar(next), 'x-csrf-token': body.csrfToken });
    expect(out.status).toBe(204);
    expect(cookiesOf(out.headers).every((cookie) => cookie.includes('Expires=Thu, 01 Jan 1970'))).toBe(true);
    expect((await send('GET', '/api/v1/agents', { cookie: jar(next) })).status).toBe(401);
    const late = await send('POST', '/api/v1/auth/refresh', { cookie: jar(next) });
    expect([late.status, cookiesOf(late.headers).length]).toEqual([401, 2]);
  });

  it('lets pages of the named origins read answers, refusals too, and of no others', async () => {
    const ask = (origin: string) => send('GET', '/api/v1/agents', { origin });
    const allowed = await ask('https://console.example.com');
    expect(allowed.status).toBe(401);
    expect(allowed.headers['access-control-allow-origin']).toBe('https://console.example.com');
    expect(allowed.headers['access-control-allow-credentials']).toBe('true');
    for (const origin of [
      'https://evil.example.com',
      'https://console.example.com.evil.net',
      'http://console.example.com',
      'null',
    ]) {
      expect([origin, (await ask(origin)).headers['access-control-allow-origin']]).toEqual([origin, undefined]);
    }
    const before = await timonel.timonel.app.inject({
      method: 'OPTIONS',
      url: '/api/v1/agents',
      headers: { origin: 'https://console.example.com', 'access-control-request-method': 'DELETE' },
    });
    expect(before.statusCode).toBe(204);
    expect(before.headers['access-control-allow-methods']).toContain('DELETE');
    // What a page changes from a version that it read, and what it asks for again only when it has changed.
    for (const header of ['if-match', 'if-none-match']) expect(before.headers['access-control-allow-headers']).toContain(header);
    expect(allowed.headers['access-control-expose-headers']).toContain('etag');
  });

  it('is told to trust no answer with anything', async () => {
    const { headers } = await send('GET', '/api/v1/agents', {});
    expect(headers).toMatchObject({
      'content-security-policy': "default-src 'none';base-uri 'none';form-action 'none';frame-ancestors 'none'",
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'strict-transport-security': expect.stringMatching(/^max-age=31536000/),
      'referrer-policy': 'no-referrer',
    });
    const docs = await timonel.timonel.app.inject({ method: 'GET', url: '/docs/' });
    expect(docs.statusCode).toBe(200);
    expect(docs.headers['content-security-policy']).toContain("script-src 'self'");
  });
});
