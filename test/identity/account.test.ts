import { generateSync } from 'otplib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PrintedMail } from '../../src/diagnostics.ts';
import { newWorkspace } from '../new-workspace.ts';
import { notes } from '../notes-agent.ts';
import { freshStoreEnvironment, storeKinds } from '../stores.ts';
import { startTimonel, type TestTimonel } from '../timonel.ts';
import { addUser, goodPassword, newPerson, post, type SignedIn, signIn, tokenIn, watchMail } from './people.ts';

const other = 'cuatro gatos sobre el tejado';

describe.each(storeKinds)('accounts (%s)', (kind) => {
  let timonel: TestTimonel;
  let remove: () => Promise<void>;
  let clock = 0;
  const watch = watchMail();
  beforeAll(async () => {
    watch.mails.length = 0;
    const store = await freshStoreEnvironment(kind);
    remove = store.remove;
    const environment = { ...store.environment, TIMONEL_REGISTRATION: 'open', TIMONEL_PUBLIC_URL: 'https://agents.example.com/' };
    timonel = await startTimonel(kind, { agents: [notes] }, { environment, now: () => new Date(Date.now() + clock) });
  });
  afterAll(async () => {
    watch.stop();
    await timonel.close();
    await remove();
  });

  /** The next mail to somebody that is not in `before`. */
  const mailTo = async (to: string, before = 0): Promise<PrintedMail> => {
    const theirs = () => watch.mails.filter((mail) => mail.to === to);
    await expect.poll(() => theirs().length, { timeout: 20_000 }).toBeGreaterThan(before);
    return theirs().at(-1) as PrintedMail;
  };
  const login = (email: string, password: string, more: object = {}) =>
    post<SignedIn>(timonel, '/api/v1/auth/login', { email, password, ...more });
  const register = (email: string, password = goodPassword) =>
    post(timonel, '/api/v1/auth/register', { email, password, name: 'Ana', language: 'es' });
  const me = (accessToken: string) => timonel.call('GET', '/api/v1/auth/me', undefined, { authorization: `Bearer ${accessToken}` });

  it('makes an account that works once its address is confirmed', async () => {
    const email = 'nueva@example.com';
    expect(await register(email, 'nueva123')).toMatchObject({ status: 422, body: { code: 'password_refused' } });
    expect(await register(email)).toMatchObject({ status: 202, body: { status: 'confirmation-sent' } });
    expect(await login(email, goodPassword)).toMatchObject({ status: 403, body: { code: 'email_unverified' } });
    expect(await login(email, other)).toMatchObject({ status: 401, body: { code: 'credentials_refused' } });
    const mail = await mailTo(email);
    expect(mail.text).toContain('https://agents.example.com/verify-email?token=tl_');
    const verify = (token: string) => post(timonel, '/api/v1/auth/verify-email', { token });
    expect(await verify('tl_x')).toMatchObject({ status: 422, body: { code: 'link_invalid' } });
    expect((await verify(tokenIn(mail))).status).toBe(204);
    expect((await verify(tokenIn(mail))).status).toBe(422);
    const { body } = await login(email, goodPassword);
    expect((await me(body.accessToken)).body).toMatchObject({ role: 'member', user: { emailVerified: true, language: 'es' } });
  });

  it('does not tell whether an address has an account, and tells its owner instead', async () => {
    const user = await addUser(timonel);
    const known = await register(user.email, other);
    const unknown = await register('quien@example.com', other);
    expect({ ...known, headers: {} }).toEqual({ ...unknown, headers: {} });
    expect((await mailTo(user.email)).subject).toMatch(/ya tenés una cuenta/i);
    expect((await login(user.email, other)).status).toBe(401);
    for (const url of ['/api/v1/auth/forgot-password', '/api/v1/auth/resend-verification']) {
      const answers = [await post(timonel, url, { email: user.email }), await post(timonel, url, { email: 'nadie@example.com' })];
      expect({ ...answers[0], headers: {} }).toEqual({ ...answers[1], headers: {} });
    }
  });

  it('takes the last registration of an address that nobody confirmed, and the link of its mail only', async () => {
    const email = 'disputada@example.com';
    await register(email, other);
    const first = tokenIn(await mailTo(email));
    await register(email, goodPassword);
    const second = tokenIn(await mailTo(email, 1));
    expect((await post(timonel, '/api/v1/auth/verify-email', { token: first })).status).toBe(422);
    expect((await post(timonel, '/api/v1/auth/verify-email', { token: second })).status).toBe(204);
    expect((await login(email, other)).status).toBe(401);
    expect((await login(email, goodPassword)).status).toBe(200);
  });

  it('resets a password by mail: the link works once and for an hour, and all sessions end', async () => {
    const person = await newPerson(timonel);
    const ask = async (nth: number) => {
      await post(timonel, '/api/v1/auth/forgot-password', { email: person.email });
      return tokenIn(await mailTo(person.email, nth));
    };
    const reset = (token: string, password: string) => post(timonel, '/api/v1/auth/reset-password', { token, password });
    const late = await ask(0);
    clock = 3_601_000;
    expect(await reset(late, other)).toMatchObject({ status: 422, body: { code: 'link_invalid' } });
    clock = 0;
    const token = await ask(1);
    expect((await reset(token, 'password1')).status).toBe(422);
    const racers = await Promise.all([reset(token, other), reset(token, other), reset(token, other)]);
    expect(racers.map(({ status }) => status).sort()).toEqual([204, 422, 422]);
    expect((await me(person.accessToken)).status).toBe(401);
    expect((await login(person.email, goodPassword)).status).toBe(401);
    expect((await login(person.email, other)).status).toBe(200);
    expect((await mailTo(person.email, 2)).subject).toMatch(/contraseña/i);
  });

  it('asks for a second factor where somebody has one; no code and no recovery code opens twice', async () => {
    const user = await addUser(timonel);
    const person = await signIn(timonel, user);
    const elsewhere = await signIn(timonel, user);
    const factor = (path: string, body: object) =>
      timonel.call<{ secret: string; uri: string; recoveryCodes: string[] }>(
        'POST',
        `/api/v1/auth/second-factor${path}`,
        { password: goodPassword, ...body },
        person.headers,
      );
    const { body: enrolment } = await factor('', {});
    expect(enrolment.uri).toMatch(/^otpauth:\/\/totp\//);
    const code = () => generateSync({ secret: enrolment.secret, epoch: Math.floor((Date.now() + clock) / 1000) });
    expect(await factor('/confirm', { code: '000000' })).toMatchObject({ status: 422, body: { code: 'second_factor_refused' } });
    const first = code();
    const { status, body } = await factor('/confirm', { code: first });
    expect(status).toBe(200);
    expect(new Set(body.recoveryCodes).size).toBe(10);
    expect((await me(person.accessToken)).status).toBe(200);
    expect((await me(elsewhere.accessToken)).status).toBe(401);
    expect(await factor('', {})).toMatchObject({ status: 409, body: { code: 'second_factor_on' } });

    expect(await login(user.email, goodPassword)).toMatchObject({ status: 401, body: { code: 'second_factor_required' } });
    expect((await login(user.email, other, { code: code() })).status).toBe(401);
    // The code that turned it on is used up.
    expect((await login(user.email, goodPassword, { code: first })).status).toBe(401);
    clock = 30_000;
    const racers = await Promise.all(Array.from({ length: 3 }, () => login(user.email, goodPassword, { code: code() })));
    expect(racers.map((answer) => answer.status).sort()).toEqual([200, 401, 401]);
    clock = 60_000;
    expect((await login(user.email, goodPassword, { code: code() })).status).toBe(200);
    const recovery = body.recoveryCodes[0]?.toLowerCase().replaceAll('-', ' ') ?? '';
    expect((await login(user.email, goodPassword, { code: recovery })).status).toBe(200);
    expect((await login(user.email, goodPassword, { code: recovery })).status).toBe(401);
    // Its owner hears of each change.
    expect((await mailTo(user.email, 1)).subject).toMatch(/código de recuperación/);
    expect(watch.mails.filter((mail) => mail.to === user.email)[0]?.subject).toMatch(/Se activó el segundo factor/);
    clock = 120_000;
    expect((await factor('/disable', { code: code() })).status).toBe(204);
    expect((await login(user.email, goodPassword)).status).toBe(200);
    expect((await mailTo(user.email, 2)).subject).toMatch(/Se desactivó el segundo factor/);
    clock = 0;
    const [row] = await timonel.timonel.store.pool.executeText<{ secret: string | null }>(
      'SELECT totp_secret AS secret FROM users WHERE id = $1',
      [user.id],
    );
    expect(row?.secret).toBeNull();
  });

  it('invites somebody by mail, who joins with the role of the invitation', async () => {
    const email = 'Invitada@Example.com';
    const invite = (body: object) => timonel.call<{ id: string; email: string }>('POST', '/api/v1/invitations', body);
    expect((await invite({ email, role: 'captain' })).status).toBe(404);
    const { status, body } = await invite({ email, role: 'instructor' });
    expect([status, body.email]).toEqual([201, 'invitada@example.com']);
    const token = tokenIn(await mailTo('invitada@example.com'));
    const join = (more: object) =>
      post<SignedIn>(timonel, '/api/v1/auth/register', { invitation: token, password: goodPassword, ...more });
    const joined = await join({ name: 'Inés' });
    expect(joined.status).toBe(201);
    expect((await me(joined.body.accessToken)).body).toMatchObject({
      role: 'instructor',
      name: 'Inés',
      user: { emailVerified: true },
    });
    expect((await join({ name: 'Otra' })).status).toBe(422);
    expect(await invite({ email, role: 'member' })).toMatchObject({ status: 409, body: { code: 'already_member' } });

    await newWorkspace(timonel, 'school');
    const admin = await newPerson(timonel, { role: 'admin', workspaceId: 'school' });
    await timonel.call('POST', '/api/v1/invitations', { email, role: 'member' }, admin.headers);
    const second = tokenIn(await mailTo('invitada@example.com', 1));
    // The mail alone does not open an account that is there: its password is asked for.
    expect((await post(timonel, '/api/v1/auth/register', { invitation: second, password: other })).status).toBe(401);
    const both = await post<SignedIn>(timonel, '/api/v1/auth/register', { invitation: second, password: goodPassword });
    expect(both).toMatchObject({ status: 201, body: { workspaceId: 'school' } });
    const withdrawn = await timonel.call<{ id: string }>('POST', '/api/v1/invitations', { email: 'nadie@example.com' });
    expect((await timonel.call('DELETE', `/api/v1/invitations/${withdrawn.body.id}`)).status).toBe(204);
    const void_ = tokenIn(await mailTo('nadie@example.com'));
    expect((await post(timonel, '/api/v1/auth/register', { invitation: void_, password: goodPassword })).status).toBe(422);
  });
});

it.each([
  ['invite', /invitation/],
  ['closed', /Ask whoever runs/],
])('makes no account for strangers where registration is "%s"', async (registration, sentence) => {
  const store = await freshStoreEnvironment('embedded');
  const timonel = await startTimonel(
    'embedded',
    { agents: [notes] },
    { environment: { ...store.environment, TIMONEL_REGISTRATION: registration } },
  );
  const body = { email: 'x@example.com', name: 'X', password: goodPassword };
  expect(await post(timonel, '/api/v1/auth/register', body)).toMatchObject({
    status: 403,
    body: { code: 'registration_closed', detail: expect.stringMatching(sentence) },
  });
  await timonel.close();
  await store.remove();
});
