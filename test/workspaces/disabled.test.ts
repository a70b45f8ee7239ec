/** A workspace that is disabled stops at once, in every process, and is what it was when it is enabled again. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  addUser,
  goodPassword,
  newPerson,
  type Person,
  type Problem,
  post,
  type SignedIn,
  tokenIn,
  watchMail,
} from '../identity/people.ts';
import { newWorkspace } from '../new-workspace.ts';
import { notes } from '../notes-agent.ts';
import { scriptedModel } from '../scripted-model.ts';
import { freshStoreEnvironment, storeKinds } from '../stores.ts';
import { startTimonel, type TestTimonel } from '../timonel.ts';

const cases = storeKinds.includes('postgres') ? ['one process', 'two processes'] : ['one process'];

describe.each(cases)('a workspace that is disabled (%s)', (processes) => {
  let here: TestTimonel;
  let there: TestTimonel;
  let base: string;
  let key: { authorization: string };
  let person: Person;
  let remove: () => Promise<void>;
  /** Models think until the test is over: streams stay open. */
  const thinking = new AbortController();
  beforeAll(async () => {
    const kind = processes === 'one process' ? 'embedded' : 'postgres';
    const store = await freshStoreEnvironment(kind);
    remove = store.remove;
    // What is gone within the test is gone because it was told.
    const environment = { ...store.environment, TIMONEL_ACCESS_CACHE_MS: '60000' };
    const model = scriptedModel(async () => {
      await sleep(600_000, undefined, { signal: thinking.signal }).catch(() => {});
      return 'Tarde.';
    });
    const start = () => startTimonel(kind, { agents: [notes], models: { default: model } }, { environment });
    here = await start();
    there = processes === 'one process' ? here : await start();
    base = await there.timonel.listen();
    key = await newWorkspace(here, 'shop');
    person = await newPerson(here, { role: 'admin', workspaceId: 'shop' });
  });
  afterAll(async () => {
    thinking.abort();
    await there.close(false);
    if (there !== here) await here.close(false);
    await remove();
  });

  const setDisabled = async (disabled: boolean) => {
    const { status, body } = await here.call('PATCH', '/api/v1/workspaces/shop', { disabled });
    expect([status, body['disabledAt'] !== null]).toEqual([200, disabled]);
  };
  const ask = (headers: Record<string, string>, url = '/api/v1/auth/me') => there.call<Problem>('GET', url, undefined, headers);
  const refused = { status: 403, body: { code: 'workspace_disabled', workspace: 'shop' } };

  it('ends streams that are open and refuses keys, sessions, refreshes and sign-ins, everywhere', async () => {
    const conversation = await there.call<{ id: string }>('POST', '/api/v1/conversations', { agent: 'notes' }, key);
    const stream = await fetch(`${base}/api/v1/conversations/${conversation.body.id}/messages`, {
      method: 'POST',
      headers: { ...key, 'content-type': 'application/json', accept: 'text/event-stream' },
      body: JSON.stringify({ text: 'Hola' }),
    });
    const text = stream.text();
    const invitation = await there.call<{ id: string }>(
      'POST',
      '/api/v1/invitations',
      { email: 'guest@example.com' },
      person.headers,
    );
    const made = await there.call<{ apiKey: string; id: string }>('POST', '/api/v1/api-keys', { name: 'made' }, person.headers);
    expect([(await ask(key)).status, (await ask(person.headers)).status, made.status]).toEqual([200, 200, 201]);

    await setDisabled(true);
    await expect.poll(() => ask(key)).toMatchObject(refused);
    await expect.poll(() => ask(person.headers)).toMatchObject(refused);
    expect(await text).not.toContain('run-ended');
    const login = (workspace?: string) =>
      post(there, '/api/v1/auth/login', { email: person.email, password: goodPassword, workspace });
    expect(await login('shop')).toMatchObject(refused);
    expect(await login()).toMatchObject(refused);
    const refresh = () => post<SignedIn>(there, '/api/v1/auth/refresh', { refreshToken: person.refreshToken });
    expect(await refresh()).toMatchObject(refused);
    const completion = await fetch(`${base}/v1/chat/completions`, {
      method: 'POST',
      headers: { ...key, 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'default', messages: [{ role: 'user', content: 'Hola' }] }),
    });
    expect([completion.status, await completion.text()]).toEqual([403, expect.stringContaining('workspace_disabled')]);
    expect((await here.call('GET', '/api/v1/agents')).status).toBe(200);

    // What its people gave stands: a change that has them looked at takes nothing back.
    await here.timonel.identity.notices.change(async (_client, tell) => tell({ kind: 'user', id: person.id }));
    await setDisabled(false);
    await expect.poll(async () => (await ask(key)).status).toBe(200);
    await expect.poll(async () => (await ask(person.headers)).status).toBe(200);
    expect((await refresh()).status).toBe(200);
    const { body: keys } = await there.call<{ apiKeys: object[] }>('GET', '/api/v1/api-keys', undefined, key);
    expect(keys.apiKeys).toContainEqual(expect.objectContaining({ id: made.body.id, needsConfirmation: false, revokedAt: null }));
    const { body: waiting } = await there.call<{ invitations: object[] }>('GET', '/api/v1/invitations', undefined, key);
    expect(waiting.invitations).toMatchObject([{ id: invitation.body.id }]);
    expect((await ask(key, `/api/v1/conversations/${conversation.body.id}`)).status).toBe(200);
  });

  it('takes in nobody who was invited', async () => {
    const mail = watchMail();
    await here.call('POST', '/api/v1/invitations', { email: 'late@example.com' }, key);
    await expect.poll(() => mail.mails.find(({ to }) => to === 'late@example.com'), { timeout: 20_000 }).toBeDefined();
    mail.stop();
    const invitation = tokenIn(mail.mails.find(({ to }) => to === 'late@example.com'));
    await setDisabled(true);
    const accept = () => post(there, '/api/v1/auth/register', { invitation, password: goodPassword });
    expect(await accept()).toMatchObject(refused);
    await setDisabled(false);
    expect((await accept()).status).toBe(201);
  });

  it('is left out of the choices of those who belong to others too', async () => {
    const user = await addUser(here);
    const { identity } = here.timonel;
    await identity.notices.change((client) => identity.members.add(client, 'shop', user.id, 'member'));
    await setDisabled(true);
    const { status, body } = await post<SignedIn>(there, '/api/v1/auth/login', { email: user.email, password: goodPassword });
    expect([status, body.workspaceId]).toEqual([200, 'default']);
    const headers = { authorization: `Bearer ${body.accessToken}` };
    expect(await there.call('POST', '/api/v1/auth/switch', { workspace: 'shop' }, headers)).toMatchObject(refused);
    expect((await ask(headers)).body).toMatchObject({
      user: {
        workspaces: [
          { workspaceId: 'default', disabled: false },
          { workspaceId: 'shop', disabled: true },
        ],
      },
    });
    await setDisabled(false);
  });

  it('is never the one from which the installation is run', async () => {
    expect(await here.call('PATCH', '/api/v1/workspaces/default', { disabled: true })).toMatchObject({
      status: 409,
      body: { code: 'workspace_indispensable' },
    });
  });
});
