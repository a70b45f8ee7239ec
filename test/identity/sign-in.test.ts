import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newWorkspace } from '../new-workspace.ts';
import { notes } from '../notes-agent.ts';
import { storeKinds } from '../stores.ts';
import { startTimonel, type TestTimonel } from '../timonel.ts';
import { addUser, goodPassword, newPerson, type Person, post, type SignedIn, signIn } from './people.ts';

describe.each(storeKinds)('signing in and out (%s)', (kind) => {
  let timonel: TestTimonel;
  let clock = 0;
  beforeAll(async () => {
    timonel = await startTimonel(kind, { agents: [notes] }, { now: () => new Date(Date.now() + clock) });
  });
  afterAll(() => timonel.close());

  const me = (person: Pick<Person, 'headers'>) => timonel.call('GET', '/api/v1/auth/me', undefined, person.headers);
  const refresh = (refreshToken: string) => post<SignedIn>(timonel, '/api/v1/auth/refresh', { refreshToken });

  it('gives a token that says who somebody is, and nothing of what they may do', async () => {
    const user = await addUser(timonel, { role: 'operator' });
    const person = await signIn(timonel, user);
    const [header = '', payload = ''] = person.accessToken.split('.');
    expect(JSON.parse(Buffer.from(header, 'base64url').toString())).toEqual({
      alg: 'HS256',
      typ: 'at+jwt',
      kid: expect.stringMatching(/^[\w-]{8,}$/),
    });
    expect(Object.keys(JSON.parse(Buffer.from(payload, 'base64url').toString())).sort()).toEqual([
      'aud',
      'exp',
      'iat',
      'iss',
      'sid',
      'sub',
    ]);
    const { status, body } = await me(person);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      kind: 'user',
      id: user.id,
      role: 'operator',
      workspaceId: 'default',
      user: { email: user.email },
    });
    expect(body['permissions']).toContain('runs:decide');
    expect(body['permissions']).not.toContain('users:manage');
  });

  it('answers an unknown address, a wrong password and a disabled account alike', async () => {
    const { email, id } = await addUser(timonel);
    const disabled = await addUser(timonel);
    await timonel.timonel.store.pool.executeText('UPDATE users SET disabled_at = now() WHERE id = $1', [disabled.id]);
    const answers = [
      await post(timonel, '/api/v1/auth/login', { email: 'nobody@example.com', password: goodPassword }),
      await post(timonel, '/api/v1/auth/login', { email, password: 'una contraseña distinta' }),
      await post(timonel, '/api/v1/auth/login', { email: disabled.email, password: goodPassword }),
    ].map(({ status, body }) => ({ status, body: { ...body, requestId: undefined } }));
    expect(answers[0]).toMatchObject({ status: 401, body: { code: 'credentials_refused' } });
    expect(answers[1]).toEqual(answers[0]);
    expect(answers[2]).toEqual(answers[0]);
    expect((await signIn(timonel, { id, email: email.toUpperCase() })).id).toBe(id);
  });

  it('refuses an access token after half an hour, and gives a new one for the refresh token', async () => {
    const person = await newPerson(timonel);
    clock = 1_799_000;
    expect((await me(person)).status).toBe(200);
    clock = 1_801_000;
    expect((await me(person)).status).toBe(401);
    const { status, body } = await refresh(person.refreshToken);
    expect(status).toBe(200);
    expect((await me({ headers: { authorization: `Bearer ${body.accessToken}` } })).status).toBe(200);
    clock = 0;
  });

  it('ends a session after seven days, however often it was refreshed', async () => {
    let { refreshToken } = await newPerson(timonel);
    for (let half = 1; half <= 13; half++) {
      clock = half * 43_200_000;
      const { status, body } = await refresh(refreshToken);
      expect([half, status]).toEqual([half, 200]);
      ({ refreshToken } = body);
    }
    clock = 7 * 86_400_000 + 1_000;
    expect(await refresh(refreshToken)).toMatchObject({ status: 401, body: { code: 'session_ended' } });
    clock = 0;
  });

  it('ends a session that was not refreshed for a day', async () => {
    const person = await newPerson(timonel);
    clock = 86_400_000 - 60_000;
    const { status, body } = await refresh(person.refreshToken);
    expect(status).toBe(200);
    clock += 86_400_000 + 1_000;
    expect(await refresh(body.refreshToken)).toMatchObject({ status: 401, body: { code: 'session_ended' } });
    clock = 0;
  });

  it('gives the same successor again to who lost the answer, and ends the session of a token that comes back later', async () => {
    const person = await newPerson(timonel);
    const first = await refresh(person.refreshToken);
    const again = await refresh(person.refreshToken);
    expect(again.body.refreshToken).toBe(first.body.refreshToken);
    clock = 10_500;
    expect(await refresh(person.refreshToken)).toMatchObject({ status: 401, body: { code: 'session_ended' } });
    // Both lost it: whoever has the newest token cannot be told from who stole it.
    expect(await refresh(first.body.refreshToken)).toMatchObject({ status: 401 });
    expect((await me({ headers: { authorization: `Bearer ${first.body.accessToken}` } })).status).toBe(401);
    clock = 0;
  });

  it('takes a token whose successor is in use for a stolen one at once', async () => {
    const person = await newPerson(timonel);
    const first = await refresh(person.refreshToken);
    const second = await refresh(first.body.refreshToken);
    expect(second.status).toBe(200);
    expect((await refresh(person.refreshToken)).status).toBe(401);
    expect((await refresh(second.body.refreshToken)).status).toBe(401);
  });

  it('ends a session at once when its person signs out, by either token', async () => {
    const one = await newPerson(timonel);
    expect((await me(one)).status).toBe(200);
    expect((await timonel.call('POST', '/api/v1/auth/logout', undefined, one.headers)).status).toBe(204);
    expect((await me(one)).status).toBe(401);
    expect((await refresh(one.refreshToken)).status).toBe(401);
    const two = await newPerson(timonel);
    expect((await post(timonel, '/api/v1/auth/logout', { refreshToken: two.refreshToken })).status).toBe(204);
    expect((await me(two)).status).toBe(401);
  });

  it('lists the sessions of a person, and ends one of them', async () => {
    const user = await addUser(timonel);
    const laptop = await signIn(timonel, user);
    const phone = await signIn(timonel, user);
    const { body } = await timonel.call<{ sessions: { id: string; current: boolean }[] }>(
      'GET',
      '/api/v1/auth/sessions',
      undefined,
      laptop.headers,
    );
    expect(body.sessions.map(({ id, current }) => [id, current]).sort()).toEqual(
      [
        [laptop.sessionId, true],
        [phone.sessionId, false],
      ].sort(),
    );
    const stranger = await newPerson(timonel);
    const url = `/api/v1/auth/sessions/${phone.sessionId}`;
    expect((await timonel.call('DELETE', url, undefined, stranger.headers)).status).toBe(404);
    expect((await me(phone)).status).toBe(200);
    expect((await timonel.call('DELETE', url, undefined, laptop.headers)).status).toBe(204);
    expect((await me(phone)).status).toBe(401);
    expect((await me(laptop)).status).toBe(200);
  });

  it('changes a password for who knows it, and ends all other sessions', async () => {
    const user = await addUser(timonel);
    const here = await signIn(timonel, user);
    const there = await signIn(timonel, user);
    const change = (currentPassword: string, newPassword: string) =>
      timonel.call('POST', '/api/v1/auth/change-password', { currentPassword, newPassword }, here.headers);
    expect(await change('no es esta', 'cuatro gatos sobre el tejado')).toMatchObject({
      status: 401,
      body: { code: 'credentials_refused' },
    });
    expect(await change(goodPassword, '12345678')).toMatchObject({ status: 422, body: { code: 'password_refused' } });
    expect((await change(goodPassword, 'cuatro gatos sobre el tejado')).status).toBe(204);
    expect((await me(here)).status).toBe(200);
    expect((await me(there)).status).toBe(401);
    expect((await post(timonel, '/api/v1/auth/login', { email: user.email, password: goodPassword })).status).toBe(401);
    const login = await post(timonel, '/api/v1/auth/login', { email: user.email, password: 'cuatro gatos sobre el tejado' });
    expect(login.status).toBe(200);
  });

  it('asks those who belong to several workspaces which one they mean', async () => {
    await newWorkspace(timonel, 'second');
    const user = await addUser(timonel);
    const { identity } = timonel.timonel;
    await identity.notices.change((client) => identity.members.add(client, 'second', user.id, 'admin'));
    const login = (workspace?: string) =>
      post(timonel, '/api/v1/auth/login', {
        email: user.email,
        password: goodPassword,
        ...(workspace === undefined ? {} : { workspace }),
      });
    expect(await login()).toMatchObject({
      status: 409,
      body: { code: 'workspace_required', workspaces: [{ id: 'default' }, { id: 'second', name: 'Second' }] },
    });
    expect((await login('elsewhere')).status).toBe(409);
    const second = await signIn(timonel, user, { workspace: 'second' });
    expect((await me(second)).body).toMatchObject({ workspaceId: 'second', role: 'admin' });
    const first = await signIn(timonel, user, { workspace: 'default' });
    expect((await me(first)).body).toMatchObject({ workspaceId: 'default', role: 'member' });
  });

  it('takes an imported bcrypt hash once, and stores a stronger one', async () => {
    const { hash } = await import('@node-rs/bcrypt');
    const user = await addUser(timonel);
    const stored = async () =>
      (
        await timonel.timonel.store.pool.executeText<{ hash: string }>('SELECT password_hash AS hash FROM users WHERE id = $1', [
          user.id,
        ])
      )[0]?.hash;
    await timonel.timonel.store.pool.executeText('UPDATE users SET password_hash = $2 WHERE id = $1', [
      user.id,
      await hash(goodPassword, 12),
    ]);
    await signIn(timonel, user);
    expect(await stored()).toMatch(/^\$argon2id\$v=19\$m=65536,t=3,p=1\$/);
    await signIn(timonel, user);
  });

  it('does not let an API key do what is for people', async () => {
    expect(await timonel.call('GET', '/api/v1/auth/sessions')).toMatchObject({ status: 403, body: { code: 'forbidden' } });
    expect((await timonel.call('GET', '/api/v1/auth/me')).body).toMatchObject({ kind: 'api-key', role: 'admin', user: null });
  });
});
