import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { browserLogin, McpConnection, McpNotConnected, tokensInFolder } from '../../src/mcp.ts';
import { type GuardedServer, startGuardedServer } from './guarded-server.ts';

const folder = mkdtempSync(join(tmpdir(), 'timonel-mcp-'));
let server: GuardedServer;
let connection: McpConnection;
const fresh = () =>
  new McpConnection(
    {
      name: 'guarded',
      origin: 'user',
      settings: { kind: 'http', url: server.url, headers: {} },
      shown: server.url,
      launch: 'guarded',
    },
    { environment: {}, tokens: tokensInFolder(join(folder, 'tokens'), server.url) },
  );
beforeAll(async () => {
  writeFileSync(join(folder, 'calls'), '');
  server = await startGuardedServer(join(folder, 'calls'));
  connection = fresh();
});
afterAll(async () => {
  await connection.close();
  await server[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});

/** A person whose browser goes where it is sent, after somebody else's page tried to come first. */
const signIn = async () => {
  await using browser = await browserLogin((url) => {
    const back = new URL(url.searchParams.get('redirect_uri') ?? '');
    back.search = '?code=stolen&state=guessed';
    void fetch(back).then(async ({ status }) => {
      expect(status).toBe(404);
      await fetch(url);
    });
  });
  await connection.login(browser);
};
const asked = (at: 'register' | 'authorize' | 'token') => server.asked.filter((each) => each.at === at).map(({ words }) => words);

it('waits for a person where the server asks for a sign-in, and registers nothing meanwhile', async () => {
  await expect(connection.tools()).rejects.toBeInstanceOf(McpNotConnected);
  expect(connection.view()).toMatchObject({ state: 'login' });
  expect(server.asked).toEqual([]);
});

it('signs in with PKCE, for this server, and keeps the tokens', async () => {
  await signIn();
  expect(connection.view().state).toBe('connected');
  expect(asked('authorize')).toMatchObject([{ code_challenge_method: 'S256', resource: server.url, scope: 'read' }]);
  expect(await connection.call('add', { a: 1, b: 2 })).toMatchObject({ text: '3' });
  const [file = ''] = readdirSync(join(folder, 'tokens'));
  expect(statSync(join(folder, 'tokens', file)).mode & 0o777).toBe(0o600);
  // Another process needs no person.
  const other = fresh();
  expect(await other.call('add', { a: 2, b: 2 })).toMatchObject({ text: '4' });
  await other.close();
});

it('refreshes a token that is not good any more, for the same server', async () => {
  server.good.clear();
  expect(await connection.call('add', { a: 3, b: 2 })).toMatchObject({ text: '5' });
  expect(asked('token').at(-1)).toMatchObject({ grant_type: 'refresh_token', resource: server.url });
  expect(asked('authorize')).toHaveLength(1);
});

it('asks a person for more access where a tool needs it, and keeps what it had', async () => {
  await expect(connection.call('change', {})).rejects.toBeInstanceOf(McpNotConnected);
  expect(connection.view().because).toContain('write');
  expect(await connection.call('add', { a: 3, b: 3 })).toMatchObject({ text: '6' });
  await signIn();
  expect(asked('authorize').at(-1)?.['scope']?.split(' ').toSorted()).toEqual(['read', 'write']);
  expect(await connection.call('change', {})).toMatchObject({ text: 'changed' });
});

it('forgets everything when it signs out', async () => {
  await connection.logout();
  expect(readdirSync(join(folder, 'tokens'))).toEqual([]);
  await expect(connection.tools({ fresh: true })).resolves.toBeDefined();
  expect(connection.view().state).toBe('login');
});
