/** Workspaces as an operator of the installation makes them: each on its own, with somebody to run it. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  addUser,
  goodPassword,
  newPerson,
  type Problem,
  post,
  type SignedIn,
  signIn,
  tokenIn,
  watchMail,
} from '../identity/people.ts';
import { newWorkspace } from '../new-workspace.ts';
import { notes } from '../notes-agent.ts';
import { scriptedModel } from '../scripted-model.ts';
import { storeKinds } from '../stores.ts';
import { startTimonel, type TestTimonel } from '../timonel.ts';
import { brittle, keepsFiles } from './seeded-agents.ts';

interface Made {
  workspace: { id: string; disabledAt: string | null; seeds: string[] };
  invitation: { id: string; email: string } | null;
  apiKey: { id: string; apiKey: string } | null;
  failedSeeds: { agent: string; problem: string }[];
}

describe.each(storeKinds)('workspaces (%s)', (kind) => {
  let at: TestTimonel;
  let north: { authorization: string };
  let south: { authorization: string };
  const mail = watchMail();
  beforeAll(async () => {
    at = await startTimonel(kind, { agents: [notes, keepsFiles, brittle], models: { default: scriptedModel(() => 'Bien.') } });
    north = await newWorkspace(at, 'north');
    south = await newWorkspace(at, 'south');
  });
  afterAll(async () => {
    mail.stop();
    await at.close();
  });

  const make = (body: object, headers?: Record<string, string>) =>
    at.call<Made & Problem>('POST', '/api/v1/workspaces', { name: 'A shop', timeZone: 'UTC', apiKey: true, ...body }, headers);
  const mailTo = async (address: string) => {
    await expect.poll(() => mail.mails.findLast(({ to }) => to === address), { timeout: 20_000 }).toBeDefined();
    return mail.mails.findLast(({ to }) => to === address);
  };
  const actions = async (headers?: Record<string, string>) => {
    const { body } = await at.call<{ entries: { action: string; target: { id: string } | null; personal: object | null }[] }>(
      'GET',
      '/api/v1/audit?limit=100',
      undefined,
      headers,
    );
    return body.entries;
  };

  it('are strangers to each other: what one has is not there for the other', async () => {
    const begin = async (headers: Record<string, string>) => {
      const { body } = await at.call<{ id: string }>('POST', '/api/v1/conversations', { agent: 'notes' }, headers);
      const { run } = await at.say(body.id, 'Hola', headers);
      return { conversation: body.id, run: run.id };
    };
    const [ofNorth, ofSouth] = [await begin(north), await begin(south)];
    for (const [headers, own, other] of [
      [north, ofNorth, ofSouth],
      [south, ofSouth, ofNorth],
    ] as const) {
      const statuses = async ({ conversation, run }: typeof ofNorth) => [
        (await at.call('GET', `/api/v1/conversations/${conversation}`, undefined, headers)).status,
        (await at.call('GET', `/api/v1/runs/${run}`, undefined, headers)).status,
        (await at.call('POST', `/api/v1/conversations/${conversation}/messages`, { text: 'x' }, headers)).status,
      ];
      expect(await statuses(own)).toEqual([200, 200, 200]);
      expect(await statuses(other)).toEqual([404, 404, 404]);
    }
    const { body } = await at.call<{ apiKeys: { id: string }[] }>('GET', '/api/v1/api-keys', undefined, south);
    const [key] = body.apiKeys;
    expect((await at.call('DELETE', `/api/v1/api-keys/${key?.id}`, undefined, north)).status).toBe(404);
  });

  it('are listed page by page, with what filled them', async () => {
    type Page = { workspaces: Made['workspace'][]; next: string | null };
    const first = await at.call<Page>('GET', '/api/v1/workspaces?limit=2');
    expect(first.body).toMatchObject({
      workspaces: [{ id: 'default' }, { id: 'north', seeds: ['files', 'brittle'] }],
      next: 'north',
    });
    const rest = await at.call<Page>('GET', `/api/v1/workspaces?after=${first.body.next}`);
    expect(rest.body.workspaces.map(({ id }) => id)).toContain('south');
    expect(rest.body.next).toBeNull();
  });

  it('begin with what their agents need, once; sample data come when they are asked for', async () => {
    const files = async (workspaceId: string) => {
      const rows = await at.timonel.store.pool.executeText<{ name: string }>(
        'SELECT name FROM files WHERE workspace_id = $1 AND name IN ($2, $3) ORDER BY name',
        [workspaceId, 'needed', 'invented'],
      );
      return rows.map(({ name }) => name);
    };
    expect(await files('north')).toEqual(['needed']);
    const seed = (body: object) => at.call('POST', '/api/v1/workspaces/north/seed', body);
    expect((await seed({ agent: 'files' })).body).toEqual({ agent: 'files', seed: 'before' });
    const both = await Promise.all([seed({ agent: 'files', sample: true }), seed({ agent: 'files', sample: true })]);
    expect(both.map(({ body }) => body['sample']).sort()).toEqual(['before', 'done']);
    expect(await files('north')).toEqual(['invented', 'needed']);
    expect(await files('south')).toEqual(['needed']);
    expect((await seed({ agent: 'notes' })).body).toEqual({ agent: 'notes', seed: 'none' });
    expect((await seed({ agent: 'nobody' })).body).toMatchObject({ code: 'agent_not_found' });
    expect((await actions(north)).filter(({ action }) => action === 'workspace-seeded')).toHaveLength(1);
  });

  it('are made although an agent cannot fill them, and say which, and why', async () => {
    const { status, body } = await make({ id: 'brittle-1' });
    expect(status).toBe(201);
    expect(body.failedSeeds).toEqual([{ agent: 'brittle', problem: expect.stringContaining('no chairs here') }]);
    expect(body.workspace.seeds).toEqual(['files']);
  });

  it('get their owner by an invitation, also where the person has an account', async () => {
    const known = await addUser(at);
    const { status, body } = await make({ id: 'owned', apiKey: false, owner: { email: known.email, language: 'en' } });
    expect([status, body.apiKey, body.invitation?.email]).toEqual([201, null, known.email]);
    // Nobody is a member who has not accepted.
    const before = await signIn(at, known);
    const me = () => at.call<{ user: { workspaces: object[] } }>('GET', '/api/v1/auth/me', undefined, before.headers);
    expect((await me()).body.user.workspaces).toMatchObject([{ workspaceId: 'default' }]);
    const invitation = tokenIn(await mailTo(known.email));
    const accepted = await post<SignedIn>(at, '/api/v1/auth/register', { invitation, password: goodPassword });
    expect(accepted).toMatchObject({ status: 201, body: { workspaceId: 'owned' } });
    const headers = { authorization: `Bearer ${accepted.body.accessToken}` };
    expect((await at.call('GET', '/api/v1/auth/me', undefined, headers)).body).toMatchObject({ role: 'admin' });
  });

  it('void the invitation of an owner when the operator who sent it is gone', async () => {
    await newPerson(at, { role: 'admin' });
    const operator = await newPerson(at, { role: 'admin' });
    const { status } = await make({ id: 'orphan', apiKey: false, owner: { email: 'o@example.com' } }, operator.headers);
    expect(status).toBe(201);
    const invitation = tokenIn(await mailTo('o@example.com'));
    expect((await at.call('PATCH', `/api/v1/users/${operator.id}`, { role: 'member' })).status).toBe(200);
    expect(await post(at, '/api/v1/auth/register', { invitation, password: goodPassword })).toMatchObject({
      status: 422,
      body: { code: 'link_invalid' },
    });
  });

  it('change their name and time zone, and tell it in both chains of the audit log', async () => {
    expect((await at.call('PATCH', '/api/v1/workspaces/south', { timeZone: 'Europe/Madrid' })).body).toMatchObject({
      id: 'south',
      timeZone: 'Europe/Madrid',
    });
    expect((await at.call('PATCH', '/api/v1/workspace', { timeZone: 'Asia/Tokyo' }, south)).body).toMatchObject({
      workspaceId: 'south',
      timeZone: 'Asia/Tokyo',
    });
    const [own, byOperator] = (await actions(south)).filter(({ action }) => action === 'workspace-changed');
    expect(own?.personal).toMatchObject({ address: '127.0.0.1' });
    expect(byOperator?.personal).not.toHaveProperty('address');
    const told = (await actions()).filter(({ action }) => action === 'workspace-changed');
    expect(told.map(({ target }) => target?.id)).toEqual(['south']);
  });

  it('are switched by a person who belongs to several, within the time of the first sign-in', async () => {
    const person = await newPerson(at, { role: 'member' });
    const { identity } = at.timonel;
    await identity.notices.change((client) => identity.members.add(client, 'south', person.id, 'admin'));
    const change = <T = Problem>(workspace: string, headers: Record<string, string> = person.headers) =>
      at.call<T>('POST', '/api/v1/auth/switch', { workspace }, headers);
    const switched = await change<SignedIn & { sessionExpiresAt: string }>('south');
    expect(switched).toMatchObject({ status: 200, body: { workspaceId: 'south', userId: person.id } });
    const headers = { authorization: `Bearer ${switched.body.accessToken}` };
    expect((await at.call('GET', '/api/v1/auth/me', undefined, headers)).body).toMatchObject({
      workspaceId: 'south',
      role: 'admin',
    });
    expect((await at.call('GET', '/api/v1/auth/me', undefined, person.headers)).body).toMatchObject({ role: 'member' });
    const [first] = await at.timonel.store.pool.executeText<{ expires_at: Date }>('SELECT expires_at FROM sessions WHERE id = $1', [
      person.sessionId,
    ]);
    expect(switched.body.sessionExpiresAt).toBe(first?.expires_at.toISOString());
    expect((await actions(south))[0]).toMatchObject({ action: 'session-started', target: { id: switched.body.sessionId } });
    expect((await actions()).find(({ action }) => action === 'workspace-switched')?.target?.id).toBe(person.sessionId);
    expect(JSON.stringify(await actions(south))).not.toContain('default');

    expect(await change('north')).toMatchObject({
      status: 409,
      body: { code: 'workspace_required', workspaces: [{ id: 'south' }] },
    });
    expect(await change('default')).toMatchObject({ status: 400, body: { code: 'invalid_request' } });
    expect(await change('north', { authorization: `Bearer ${at.apiKey}` })).toMatchObject({ status: 403 });
    await at.call('DELETE', `/api/v1/auth/sessions/${person.sessionId}`, undefined, person.headers);
    expect((await change('south')).status).toBe(401);
  });

  it('are made by somebody who has all that an admin has, and not by a key with less', async () => {
    const { body } = await at.call<{ apiKey: string }>('POST', '/api/v1/api-keys', {
      name: 'half',
      scopes: ['workspace:manage', 'operations:read'],
    });
    const headers = { authorization: `Bearer ${body.apiKey}` };
    expect((await at.call('GET', '/api/v1/workspaces', undefined, headers)).status).toBe(200);
    expect(await make({ id: 'taken-over' }, headers)).toMatchObject({ status: 403, body: { code: 'forbidden' } });
  });

  it.each([
    [{ id: 'North Shop' }, 400, 'small letters, digits and hyphens'],
    [{ id: '-north' }, 400, 'do not begin with a hyphen'],
    [{ id: '*' }, 400, 'small letters, digits and hyphens'],
    [{ id: 'x'.repeat(64) }, 400, '1 to 63'],
    [{ id: 'x', name: '  ' }, 400, 'must not be empty'],
    [{ id: 'x', name: 'Free: http://evil.example' }, 400, 'without links'],
    [{ id: 'x', timeZone: 'Argentina' }, 400, 'must be an IANA time zone'],
    [{ id: 'x', apiKey: false }, 400, 'Nobody could enter the workspace'],
    [{ id: 'x', owner: { email: 'nobody' } }, 400, 'must be an e-mail address'],
    [{ id: 'default' }, 409, 'There is a workspace "default" already'],
    [{ id: 'north' }, 409, 'PATCH /api/v1/workspaces/north'],
  ])('say what is wrong with %j', async (body, status, sentence) => {
    const answer = await make(body);
    expect([answer.status, answer.body.detail]).toEqual([status, expect.stringContaining(sentence)]);
  });

  it('say so where there is none of that id', async () => {
    for (const [method, url, body] of [
      ['PATCH', '/api/v1/workspaces/nowhere', { name: 'X' }],
      ['POST', '/api/v1/workspaces/nowhere/seed', { agent: 'files' }],
    ] as const) {
      expect(await at.call(method, url, body)).toMatchObject({
        status: 404,
        body: { code: 'not_found', detail: expect.stringContaining('GET /api/v1/workspaces') },
      });
    }
  });
});
