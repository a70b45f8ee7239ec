/** What was taken away is gone with the next request: in another process too, and on a stream that is open. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { notes } from '../notes-agent.ts';
import { startPostgres } from '../postgres.ts';
import { scriptedModel } from '../scripted-model.ts';
import { freshStoreEnvironment, storeKinds } from '../stores.ts';
import { startTimonel, type TestTimonel } from '../timonel.ts';
import { addUser, goodPassword, newPerson, type Person, post, signIn } from './people.ts';

const cases: ['one process' | 'two processes' | 'two processes with Redis'][] = [['one process']];
if (storeKinds.includes('postgres')) cases.push(['two processes']);
if (storeKinds.includes('postgres') && inject('redisUrl') !== '') cases.push(['two processes with Redis']);

describe.each(cases)('what is taken away (%s)', (kind) => {
  let here: TestTimonel;
  let there: TestTimonel;
  let remove: () => Promise<void>;
  let base: string;
  /** Models think until the test is over: streams stay open. */
  const thinking = new AbortController();
  beforeAll(async () => {
    const store = await freshStoreEnvironment(kind === 'one process' ? 'embedded' : 'postgres');
    remove = store.remove;
    // A minute: what is gone within the test is gone because it was told.
    const environment = {
      ...store.environment,
      TIMONEL_ACCESS_CACHE_MS: '60000',
      ...(kind === 'two processes with Redis' ? { REDIS_URL: inject('redisUrl') } : {}),
    };
    const model = scriptedModel(async () => {
      await sleep(600_000, undefined, { signal: thinking.signal }).catch(() => {});
      return 'Tarde.';
    });
    const start = () =>
      startTimonel(
        kind === 'one process' ? 'embedded' : 'postgres',
        { agents: [notes], models: { default: model } },
        { environment },
      );
    here = await start();
    there = kind === 'one process' ? here : await start();
    base = await there.timonel.listen();
  });
  afterAll(async () => {
    thinking.abort();
    await there.close(false);
    if (there !== here) await here.close(false);
    await remove();
  });

  const patch = async (person: Person, body: object) =>
    expect((await here.call('PATCH', `/api/v1/users/${person.id}`, body)).status).toBe(200);
  const status = async (headers: Record<string, string>, url = '/api/v1/auth/me') =>
    (await there.call('GET', url, undefined, headers)).status;
  /** A stream of a turn that goes on until the test is over. */
  const openStream = async (headers: Record<string, string>) => {
    const { body } = await there.call<{ id: string }>('POST', '/api/v1/conversations', { agent: 'notes' }, headers);
    const response = await fetch(`${base}/api/v1/conversations/${body.id}/messages`, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json', accept: 'text/event-stream' },
      body: JSON.stringify({ text: 'Hola' }),
    });
    expect(response.status).toBe(200);
    const ended = response.text();
    return { ended };
  };

  const users: [string, (person: Person) => Promise<unknown>, number][] = [
    ['signing out', (person) => here.call('POST', '/api/v1/auth/logout', undefined, person.headers), 401],
    [
      'ending the session',
      (person) => here.call('DELETE', `/api/v1/auth/sessions/${person.sessionId}`, undefined, person.headers),
      401,
    ],
    ['disabling the member', (person) => patch(person, { disabled: true }), 401],
    ['removing the member', (person) => here.call('DELETE', `/api/v1/users/${person.id}`), 401],
    ['a role that may not talk', (person) => patch(person, { role: 'nothing' }), 403],
    [
      'a refresh token that was stolen',
      async (person) => {
        for (let token = person.refreshToken, use = 0; use < 2; use++) {
          token = (await post<{ refreshToken: string }>(here, '/api/v1/auth/refresh', { refreshToken: token })).body.refreshToken;
        }
        await post(here, '/api/v1/auth/refresh', { refreshToken: person.refreshToken });
      },
      401,
    ],
    [
      'a new password, set elsewhere',
      async (person) => {
        const other = await signIn(here, person);
        const change = { currentPassword: goodPassword, newPassword: 'cuatro gatos sobre el tejado' };
        expect((await here.call('POST', '/api/v1/auth/change-password', change, other.headers)).status).toBe(204);
      },
      401,
    ],
  ];

  it.each(users)('is gone by %s, with the open stream', async (_name, take, expected) => {
    await here.call('PUT', '/api/v1/roles/nothing', { permissions: [] });
    const user = await addUser(here, { role: 'member' });
    const person = await signIn(here, user);
    expect(await status(person.headers, '/api/v1/agents')).toBe(200);
    const { ended } = await openStream(person.headers);
    expect(there.timonel.streams.count).toBe(1);
    await take(person);
    await expect.poll(() => status(person.headers, '/api/v1/agents'), { timeout: 20_000 }).toBe(expected);
    expect(await ended).not.toContain('run-ended');
    expect(there.timonel.streams.count).toBe(0);
  });

  it('is gone by redefining a role, for all who have it and nobody else', async () => {
    await here.call('PUT', '/api/v1/roles/desk', { permissions: ['agents:read', 'users:read'] });
    const desk = await newPerson(here, { role: 'desk' });
    const member = await newPerson(here, { role: 'member' });
    expect(await status(desk.headers, '/api/v1/users')).toBe(200);
    expect(await status(member.headers, '/api/v1/agents')).toBe(200);
    await here.call('PUT', '/api/v1/roles/desk', { permissions: ['agents:read'] });
    await expect.poll(() => status(desk.headers, '/api/v1/users'), { timeout: 20_000 }).toBe(403);
    expect(await status(desk.headers, '/api/v1/agents')).toBe(200);
    expect(await status(member.headers, '/api/v1/agents')).toBe(200);
  });

  it('is gone by revoking an API key, and its old secret by rotating it without overlap', async () => {
    const make = async () => (await here.call<{ id: string; apiKey: string }>('POST', '/api/v1/api-keys', { name: 'web' })).body;
    const bearer = (apiKey: string) => ({ authorization: `Bearer ${apiKey}` });
    const revoked = await make();
    expect(await status(bearer(revoked.apiKey))).toBe(200);
    const { ended } = await openStream(bearer(revoked.apiKey));
    await here.call('DELETE', `/api/v1/api-keys/${revoked.id}`);
    await expect.poll(() => status(bearer(revoked.apiKey)), { timeout: 20_000 }).toBe(401);
    expect(await ended).not.toContain('run-ended');

    const key = await make();
    const rotate = (overlapSeconds: number) =>
      here.call<{ apiKey: string }>('POST', `/api/v1/api-keys/${key.id}/rotate`, { overlapSeconds });
    expect(await status(bearer(key.apiKey))).toBe(200);
    const { body: second } = await rotate(3_600);
    expect([await status(bearer(key.apiKey)), await status(bearer(second.apiKey))]).toEqual([200, 200]);
    const { body: third } = await rotate(0);
    await expect.poll(() => status(bearer(second.apiKey)), { timeout: 20_000 }).toBe(401);
    await expect.poll(() => status(bearer(key.apiKey)), { timeout: 20_000 }).toBe(401);
    expect(await status(bearer(third.apiKey))).toBe(200);
  });
});

it.runIf(storeKinds.includes('postgres'))('listens on one connection again after the database was down', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'timonel-test-'));
  const postgres = await startPostgres(directory);
  if (postgres === undefined) throw new Error('There is a PostgreSQL, and it does not start.');
  const timonel = await startTimonel(
    'postgres',
    { agents: [notes] },
    { environment: { TIMONEL_HOME: directory, DATABASE_URL: postgres.url } },
  );
  const listening = async () =>
    (await timonel.timonel.store.pool.executeText(`SELECT FROM pg_stat_activity WHERE query LIKE 'LISTEN%'`).catch(() => []))
      .length;
  expect(await listening()).toBe(1);
  postgres.kill();
  // Long enough for several attempts to connect.
  await sleep(3_500);
  await postgres.start();
  await expect.poll(listening, { timeout: 20_000 }).toBe(1);
  await sleep(2_500);
  expect(await listening()).toBe(1);
  await timonel.close(false);
  postgres.stop();
  rmSync(directory, { recursive: true, force: true });
});

describe.runIf(storeKinds.includes('postgres'))('a process that was deaf for a while', () => {
  it('asks again for everything once the connection on which it hears is back', async () => {
    const store = await freshStoreEnvironment('postgres');
    const environment = { ...store.environment, TIMONEL_ACCESS_CACHE_MS: '60000' };
    const [here, there] = [
      await startTimonel('postgres', { agents: [notes] }, { environment }),
      await startTimonel('postgres', { agents: [notes] }, { environment }),
    ];
    const person = await newPerson(here);
    const status = async () => (await there.call('GET', '/api/v1/auth/me', undefined, person.headers)).status;
    expect(await status()).toBe(200);
    // Deafened, then changed behind its back: nothing is told that it could hear.
    const { pool } = here.timonel.store;
    await pool.executeText(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%' AND datname = current_database()`,
    );
    await pool.executeText('UPDATE sessions SET revoked_at = now() WHERE id = $1', [person.sessionId]);
    await expect.poll(status, { timeout: 20_000 }).toBe(401);
    const other = await newPerson(here);
    const otherStatus = async () => (await there.call('GET', '/api/v1/auth/me', undefined, other.headers)).status;
    expect(await otherStatus()).toBe(200);
    // It hears again.
    await expect
      .poll(
        async () =>
          (await pool.executeText(`SELECT FROM pg_stat_activity WHERE query LIKE 'LISTEN%' AND datname = current_database()`))
            .length,
      )
      .toBe(2);
    await here.call('POST', '/api/v1/auth/logout', undefined, other.headers);
    await expect.poll(otherStatus, { timeout: 20_000 }).toBe(401);
    await there.close(false);
    await here.close(false);
    await store.remove();
  });
});
