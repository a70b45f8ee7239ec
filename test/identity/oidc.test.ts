import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { notes } from '../notes-agent.ts';
import { freshStoreEnvironment, storeKinds } from '../stores.ts';
import { startTimonel, type TestTimonel } from '../timonel.ts';
import { Browser, client, type Issuer, startIssuer } from './issuer.ts';
import { addUser, goodPassword, newPerson, post, signIn } from './people.ts';

const publicUrl = 'http://localhost:8000';
const callback = (id: string) => `${publicUrl}/api/v1/auth/oidc/${id}/callback`;

describe.each(storeKinds)('signing in with another service (%s)', (kind) => {
  let acme: Issuer;
  let other: Issuer;
  let at: TestTimonel;
  let browser: Browser;
  let clock = 0;
  const removals: (() => Promise<void>)[] = [];

  beforeAll(async () => {
    [acme, other] = await Promise.all([startIssuer([callback('acme')]), startIssuer([callback('other'), callback('trusted')])]);
    const provider = (id: string, issuer: string, more: object = {}) => ({
      id,
      issuer,
      clientId: client.id,
      clientSecret: client.secret,
      ...more,
    });
    const fresh = await freshStoreEnvironment(kind);
    removals.push(fresh.remove);
    at = await startTimonel(
      kind,
      { agents: [notes] },
      {
        now: () => new Date(Date.now() + clock),
        environment: {
          ...fresh.environment,
          TIMONEL_PUBLIC_URL: publicUrl,
          TIMONEL_OIDC_PROVIDERS: JSON.stringify([
            provider('acme', acme.url, { name: 'Acme' }),
            provider('other', other.url),
            provider('trusted', other.url, { trustEmail: true, linkByEmail: true }),
            provider('gone', 'http://127.0.0.1:9'),
          ]),
        },
      },
    );
  });
  afterAll(async () => {
    await at.close();
    await Promise.all([acme.close(), other.close()]);
    for (const remove of removals) await remove();
  });
  beforeEach(() => {
    clock = 0;
    browser = new Browser(at, publicUrl);
  });

  const invite = async (email: string, role = 'member') => {
    const { status } = await at.call(
      'POST',
      '/api/v1/invitations',
      { email, role },
      { authorization: (await admin()).headers.authorization },
    );
    expect(status).toBe(201);
  };
  let adminPerson: ReturnType<typeof newPerson> | undefined;
  const admin = () => (adminPerson ??= newPerson(at, { role: 'admin' }));
  const me = async (of = browser) => {
    const { body } = await of.timonel('/api/v1/auth/me');
    return JSON.parse(body) as { user?: { id: string; email: string }; role?: string; [member: string]: unknown };
  };
  const code = ({ body }: { body: string }) => (JSON.parse(body) as { code: string }).code;

  it('lists the services, by the names that people know', async () => {
    expect(JSON.parse((await browser.timonel('/api/v1/auth/oidc')).body)).toMatchObject({
      providers: [{ id: 'acme', name: 'Acme' }, { id: 'other', name: 'other' }, {}, {}],
    });
  });

  it('sends the browser there with a challenge, a state and a nonce, and keeps what is secret in a sealed cookie', async () => {
    const { location } = await browser.timonel('/api/v1/auth/oidc/acme/start');
    const { searchParams, origin } = new URL(location);
    expect(origin).toBe(acme.url);
    expect(Object.fromEntries(searchParams)).toMatchObject({
      response_type: 'code',
      redirect_uri: callback('acme'),
      code_challenge_method: 'S256',
      code_challenge: expect.stringMatching(/^[\w-]{43}$/),
      state: expect.stringMatching(/^[\w-]{43}$/),
      nonce: expect.stringMatching(/^[\w-]{43}$/),
    });
    const cookie = browser.cookie('__Host-timonel-oidc') ?? '';
    expect(cookie).not.toBe('');
    expect(cookie).not.toContain(searchParams.get('state'));
  });

  it('makes an account for somebody who was invited, and signs them in by cookies', async () => {
    acme.accounts.set('ana', { email: 'Ana@Example.com', email_verified: true, name: 'Ana Paz' });
    await invite('ana@example.com', 'operator');
    const answer = await browser.signIn('acme', 'ana', '?returnTo=/console/agents');
    expect(answer).toMatchObject({ status: 302, location: `${publicUrl}/console/agents` });
    expect(JSON.stringify(await me())).toMatch(/"ana@example\.com".*"operator"|"operator".*"ana@example\.com"/);
    // The invitation is used up, and nothing of the sign-in is left in the browser.
    expect(browser.cookie('__Host-timonel-oidc')).toBeUndefined();
    const audit = await at.call('GET', '/api/v1/audit?action=identity-linked', undefined, (await admin()).headers);
    expect(JSON.stringify(audit.body)).toContain(acme.url);
  });

  it('knows somebody again by the subject, whatever became of the address', async () => {
    const before = await me(await signedIn('acme', 'ana'));
    acme.accounts.set('ana', { email: 'ana.paz@elsewhere.example', email_verified: false, name: 'Ana P.' });
    expect(await me(await signedIn('acme', 'ana'))).toMatchObject({ id: before['id'], user: { email: 'ana@example.com' } });
  });

  it('takes the same subject of another issuer for somebody else', async () => {
    other.accounts.set('ana', { email: 'another.ana@example.com', email_verified: true });
    expect(code(await browser.signIn('other', 'ana'))).toBe('registration_closed');
    expect(browser.cookie('__Host-timonel-session')).toBeUndefined();
  });

  it('joins an account that has the same, confirmed address by its password, once; the password goes on working', async () => {
    const user = await addUser(at, { email: 'luz@example.com' });
    acme.accounts.set('luz', { email: 'LUZ@example.com', email_verified: true });
    expect(code(await browser.signIn('acme', 'luz'))).toBe('link_password_required');
    expect(browser.cookie('__Host-timonel-session')).toBeUndefined();
    const link = (of: Browser, password: string) => of.post('/api/v1/auth/oidc/link', { password });
    // Whoever owns the account at the service alone does not get in, nor does somebody who began nothing.
    expect(code(await link(browser, 'not the password of anybody'))).toBe('credentials_refused');
    expect(code(await link(new Browser(at, publicUrl), goodPassword))).toBe('oidc_refused');
    expect((await link(browser, goodPassword)).status).toBe(200);
    expect(JSON.stringify(await me())).toContain(user.id);
    expect(JSON.stringify(await me(await signedIn('acme', 'luz')))).toContain(user.id);
    await signIn(at, user);
  });

  it('does not keep the question open for longer than ten minutes', async () => {
    await addUser(at, { email: 'paz@example.com' });
    acme.accounts.set('paz', { email: 'paz@example.com', email_verified: true });
    await browser.signIn('acme', 'paz');
    clock = 601_000;
    expect(code(await browser.post('/api/v1/auth/oidc/link', { password: goodPassword }))).toBe('oidc_refused');
  });

  it('brings nobody in by an invitation whose sender is gone', async () => {
    const sender = await newPerson(at, { role: 'admin' });
    await at.call('POST', '/api/v1/invitations', { email: 'ida@example.com', role: 'admin' }, sender.headers);
    await at.timonel.store.pool.executeText('UPDATE memberships SET disabled_at = now() WHERE user_id = $1', [sender.id]);
    acme.accounts.set('ida', { email: 'ida@example.com', email_verified: true });
    expect(code(await browser.signIn('acme', 'ida'))).toBe('registration_closed');
  });

  it('joins no account by an address that is not proven, unless the issuer is trusted with that', async () => {
    const user = await addUser(at, { email: 'eva@example.com' });
    for (const claims of [{ email_verified: false }, {}, { email_verified: 'true' }]) {
      other.accounts.set('eva', { email: 'eva@example.com', ...claims });
      expect(code(await browser.signIn('other', 'eva'))).toBe('email_unverified');
    }
    expect((await browser.signIn('trusted', 'eva')).status).toBe(302);
    expect(JSON.stringify(await me())).toContain(user.id);
  });

  it('takes an account away from whoever made it in wait for the person, without ever confirming it', async () => {
    const stranger = await addUser(at, { email: 'sol@example.com', verified: false });
    acme.accounts.set('sol', { email: 'sol@example.com', email_verified: true });
    expect((await browser.signIn('acme', 'sol')).status).toBe(302);
    await expect(signIn(at, stranger)).rejects.toThrow('credentials_refused');
    expect(JSON.stringify(await me())).toContain('sol@example.com');
  });

  it('lets nobody around a second factor', async () => {
    const user = await addUser(at, { email: 'mar@example.com' });
    await at.timonel.store.pool.executeText('UPDATE users SET totp_secret = $2, totp_confirmed_at = now() WHERE id = $1', [
      user.id,
      'sealed',
    ]);
    acme.accounts.set('mar', { email: 'mar@example.com', email_verified: true });
    expect(code(await browser.signIn('acme', 'mar'))).toBe('second_factor_required');
    expect(await at.timonel.store.pool.executeText('SELECT FROM user_identities WHERE user_id = $1', [user.id])).toEqual([]);
  });

  it('shuts out whoever was disabled', async () => {
    other.accounts.set('rio', { email: 'rio@example.com', email_verified: true });
    const user = await addUser(at, { email: 'rio@example.com' });
    expect((await browser.signIn('trusted', 'rio')).status).toBe(302);
    await at.timonel.store.pool.executeText('UPDATE users SET disabled_at = now() WHERE id = $1', [user.id]);
    expect(code(await new Browser(at, publicUrl).signIn('trusted', 'rio'))).toBe('credentials_refused');
  });

  describe('refuses', () => {
    const begin = async (id = 'acme') => (await browser.timonel(`/api/v1/auth/oidc/${id}/start`)).location;
    const refused = async (path: string) => {
      const answer = await browser.timonel(path);
      expect([answer.status, code(answer)]).toEqual([401, 'oidc_refused']);
      expect(browser.cookie('__Host-timonel-session')).toBeUndefined();
    };

    it('a callback in a browser that began nothing: somebody may have sent the link', async () => {
      const path = await browser.signInAt(await begin(), 'luz');
      browser.forget();
      await refused(path);
    });

    it('another state, another sign-in’s code, and anything for the second time', async () => {
      const path = await browser.signInAt(await begin(), 'luz');
      const foreign = new Browser(at, publicUrl);
      const foreignPath = await foreign.signInAt((await foreign.timonel('/api/v1/auth/oidc/acme/start')).location, 'ana');
      const state = /state=([^&]+)/.exec(path)?.[1] ?? '';
      await refused(path.replace(state, 'x'.repeat(43)));
      // The cookie is good once.
      await refused(path);
      await begin();
      const cookie = await browser.signInAt(await begin(), 'luz');
      const ownState = /state=([^&]+)/.exec(cookie)?.[1] ?? '';
      await refused(foreignPath.replace(/state=[^&]+/, `state=${ownState}`));
    });

    it('what began with one service and comes back as another’s', async () => {
      const path = await browser.signInAt(await begin(), 'luz');
      await refused(path.replace('/acme/', '/other/'));
    });

    it('an answer after more than ten minutes', async () => {
      const path = await browser.signInAt(await begin(), 'luz');
      clock = 601_000;
      await refused(path);
    });

    it('somebody who turned back at the service', async () => {
      const path = await browser.signInAt(await begin(), 'luz-again', false);
      expect(path).toContain('error=access_denied');
      await refused(path);
    });

    it('to send anybody elsewhere afterwards', async () => {
      for (const returnTo of ['//evil.example', '/\\evil.example', 'https://evil.example', '/%09/../x y', '/a\\b'])
        expect([
          returnTo,
          (await browser.timonel(`/api/v1/auth/oidc/acme/start?returnTo=${encodeURIComponent(returnTo)}`)).status,
        ]).toEqual([returnTo, 400]);
    });
  });

  it('says which services there are, and when one does not answer', async () => {
    expect(code(await browser.timonel('/api/v1/auth/oidc/gogle/start'))).toBe('not_found');
    const down = await browser.timonel('/api/v1/auth/oidc/gone/start');
    expect([down.status, code(down)]).toEqual([503, 'oidc_unavailable']);
  });

  it('asks for no password of an account that has none, and gives none away', async () => {
    const { status } = await post(at, '/api/v1/auth/login', { email: 'ana@example.com', password: 'not the password of anybody' });
    expect(status).toBe(401);
  });

  async function signedIn(provider: string, subject: string): Promise<Browser> {
    const fresh = new Browser(at, publicUrl);
    expect((await fresh.signIn(provider, subject)).status).toBe(302);
    return fresh;
  }
});
