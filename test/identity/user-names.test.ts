import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newWorkspace } from '../new-workspace.ts';
import { notes } from '../notes-agent.ts';
import { storeKinds } from '../stores.ts';
import { startTimonel, type TestTimonel } from '../timonel.ts';
import { addUser, goodPassword, newPerson, type Person, post, tokenIn, watchMail } from './people.ts';

describe.each(storeKinds)('user names (%s)', (kind) => {
  let timonel: TestTimonel;
  const watch = watchMail();
  /** Names of this store's tests only: the installation has each once. */
  const named = (name: string) => `${name}-${kind.slice(0, 4)}`;
  beforeAll(async () => {
    watch.mails.length = 0;
    timonel = await startTimonel(kind, { agents: [notes] });
  });
  afterAll(async () => {
    watch.stop();
    await timonel.close();
  });

  const login = (body: object, password = goodPassword) => post(timonel, '/api/v1/auth/login', { ...body, password });
  const nameMyself = ({ headers }: Pick<Person, 'headers'>, userName: string | null) =>
    timonel.call<Record<string, unknown>>('PATCH', '/api/v1/auth/me', { userName }, headers);
  const patch = (id: string, body: object, headers?: { authorization: string }) =>
    timonel.call<Record<string, unknown>>('PATCH', `/api/v1/users/${id}`, body, headers);

  it('opens the account by name, in any case of its letters, as by address', async () => {
    const ana = await newPerson(timonel);
    const userName = named('Ana_Paz');
    expect(await nameMyself(ana, userName)).toMatchObject({ status: 200, body: { email: ana.email, userName } });
    expect(await login({ userName: userName.toUpperCase() })).toMatchObject({ status: 200, body: { userId: ana.id } });
    expect((await login({ email: ana.email })).status).toBe(200);
    const me = await timonel.call('GET', '/api/v1/auth/me', undefined, ana.headers);
    expect(me.body).toMatchObject({ user: { userName } });
    expect((await timonel.call('GET', `/api/v1/users/${ana.id}`)).body).toMatchObject({ userName });
    expect(await login({ email: ana.email, userName })).toMatchObject({ status: 400, body: { code: 'invalid_request' } });
    expect((await login({})).status).toBe(400);
    await nameMyself(ana, null);
    expect((await login({ userName })).status).toBe(401);
  });

  it('answers an unknown name, a wrong password and an unknown address alike, and holds back who guesses at either name', async () => {
    // Never signed in: from addresses that its owner knows an account is open longer.
    const eva = await addUser(timonel);
    const [known, unknown] = [named('eva-rios'), named('nobody')];
    await patch(eva.id, { userName: known });
    const guesses = async (userName: string) => {
      const answers = [];
      for (let guess = 0; guess < 7; guess++) {
        const { status, body } = await login({ userName }, 'una contraseña distinta');
        answers.push({ status, code: body.code, title: body['title'], detail: status === 401 ? body.detail : '' });
      }
      return answers;
    };
    const answers = await guesses(known);
    expect(await guesses(unknown)).toEqual(answers);
    expect(answers.map(({ status }) => status)).toEqual([401, 401, 401, 401, 401, 401, 429]);
    const byAddress = await login({ email: 'quien-sea@example.com' }, 'una contraseña distinta');
    expect(byAddress).toMatchObject({ status: 401, body: { detail: answers[0]?.detail } });
  });

  it('gives each name once in the installation, also to people who ask at the same moment', async () => {
    const racers = await Promise.all(Array.from({ length: 4 }, () => newPerson(timonel)));
    const answers = await Promise.all(racers.map((racer, nth) => nameMyself(racer, named(nth % 2 === 0 ? 'LUZ' : 'luz'))));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409, 409]);
    expect(answers.find(({ status }) => status === 409)?.body).toMatchObject({ code: 'user_name_taken' });
    const [racer] = racers as [Person];
    for (const refused of ['ab', 'a'.repeat(33), 'ana@example.com', 'ana paz', 'ñandú', 'ana.paz', '']) {
      expect((await nameMyself(racer, refused)).status, refused).toBe(400);
    }
  });

  it('is given by admins to members who are in no other workspace, and by their owners to all', async () => {
    const shop = `names-${kind}`;
    const admin = await newWorkspace(timonel, shop);
    const luz = await addUser(timonel, { workspaceId: shop });
    expect((await patch(luz.id, { userName: named('luz-shop') }, admin)).body).toMatchObject({ userName: named('luz-shop') });
    await timonel.timonel.identity.notices.change((client) =>
      timonel.timonel.identity.members.add(client, 'default', luz.id, 'member'),
    );
    const refused = await patch(luz.id, { userName: null }, admin);
    expect(refused).toMatchObject({
      status: 403,
      body: { code: 'forbidden', detail: expect.stringContaining('PATCH /api/v1/auth/me') },
    });
    expect((await patch(luz.id, { userName: named('luz-two') })).body).toMatchObject({ userName: named('luz-two') });
    expect((await login({ userName: named('luz-two'), workspace: shop })).status).toBe(200);
  });

  it('is chosen with an invitation, and not by who registers an address that is not proven', async () => {
    const email = `invited-${kind}@example.com`;
    await timonel.call('POST', '/api/v1/invitations', { email, role: 'member' });
    await expect.poll(() => watch.mails.filter(({ to }) => to === email).length, { timeout: 20_000 }).toBe(1);
    const invitation = tokenIn(watch.mails.find(({ to }) => to === email));
    const taken = await newPerson(timonel);
    await nameMyself(taken, named('taken'));
    const join = (userName: string) => post(timonel, '/api/v1/auth/register', { invitation, password: goodPassword, userName });
    expect(await join(named('Taken'))).toMatchObject({ status: 409, body: { code: 'user_name_taken' } });
    expect((await join(named('invited'))).status).toBe(201);
    expect((await login({ userName: named('invited') })).status).toBe(200);
    const alone = { email: 'x@example.com', password: goodPassword, name: 'X', userName: named('alone') };
    expect(await post(timonel, '/api/v1/auth/register', alone)).toMatchObject({ status: 400 });
  });

  it('is exported with the person, and free again once they are erased', async () => {
    const [ana, eva] = [await newPerson(timonel), await newPerson(timonel)];
    const userName = named('erased');
    await nameMyself(ana, userName);
    const exported = await timonel.call<{ data: Record<string, unknown> }>('POST', '/api/v1/privacy/export', { userId: ana.id });
    expect(exported.body.data['users']).toEqual([expect.objectContaining({ user_name: userName })]);
    expect((await nameMyself(eva, userName)).status).toBe(409);
    expect((await timonel.call('POST', '/api/v1/privacy/erase', { userId: ana.id })).status).toBe(200);
    expect((await nameMyself(eva, userName)).status).toBe(200);
    const audit = JSON.stringify((await timonel.call('GET', '/api/v1/audit?action=user-name-changed&limit=100')).body);
    expect(audit.split(`"${userName}"`)).toHaveLength(2);
  });
});
