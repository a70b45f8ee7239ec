import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeCredentials } from '../src/cli/credentials.ts';
import { defaultWorkspace } from '../src/main.ts';
import { addUser, signIn } from './identity/people.ts';
import { notes } from './notes-agent.ts';
import { scriptedModel } from './scripted-model.ts';
import { freshStoreEnvironment, storeKinds } from './stores.ts';
import { startTimonel, type TestTimonel } from './timonel.ts';

const program = fileURLToPath(new URL('../bin/timonel.mjs', import.meta.url));

describe.each(storeKinds)('money, limits and cache over HTTP (%s)', (kind) => {
  let timonel: TestTimonel;
  let remove: () => Promise<void>;
  let home: string;
  beforeAll(async () => {
    const fresh = await freshStoreEnvironment(kind);
    remove = fresh.remove;
    timonel = await startTimonel(
      kind,
      { agents: [notes], models: { default: scriptedModel(() => 'Bien.') } },
      {
        environment: { ...fresh.environment, TIMONEL_RATE_LIMIT_KEY_REQUESTS: '3', TIMONEL_RATE_LIMIT_USER_REQUESTS: '2' },
        now: () => new Date('2026-11-21T15:00:00Z'),
      },
    );
    home = mkdtempSync(join(tmpdir(), 'timonel-cli-'));
    writeCredentials(home, { url: await timonel.timonel.listen(), apiKey: timonel.apiKey });
  });
  afterAll(async () => {
    await timonel?.close();
    await remove?.();
    if (home !== undefined) rmSync(home, { recursive: true, force: true });
  });

  const cli = (...args: string[]) =>
    promisify(execFile)(process.execPath, [program, ...args], { env: { PATH: process.env['PATH'] ?? '', TIMONEL_HOME: home } });

  it('sets, shows and removes budgets', async () => {
    expect((await timonel.call('GET', '/api/v1/budgets')).body).toEqual({ budgets: [] });
    expect((await cli('budgets')).stdout).toContain('No budgets');
    const { status, body } = await timonel.call<{ id: string }>('PUT', '/api/v1/budgets', {
      scope: 'workspace',
      period: 'month',
      money: 10.1,
    });
    expect([status, body]).toEqual([
      200,
      {
        id: expect.any(String),
        scope: 'workspace',
        subject: null,
        period: 'month',
        limit: { money: 10.1, tokens: null },
        resetsAt: '2026-12-01T03:00:00.000Z',
        uses: [
          { subject: null, spent: { money: 0, tokens: 0 }, reserved: { money: 0, tokens: 0 }, left: { money: 10.1, tokens: null } },
        ],
      },
    ]);
    const { budgets } = timonel.timonel;
    const spender = { workspaceId: defaultWorkspace, agent: 'notes' };
    const call = { model: 'openai/gpt-6-sol', tokens: 100, money: 2_000_000_000n };
    await (await budgets.reserve(spender, call)).settle({ tokens: 50, money: 500_000_000n });
    await budgets.reserve(spender, call);
    // Again: the amounts change, what was used stays.
    const { body: changed } = await timonel.call('PUT', '/api/v1/budgets', {
      scope: 'workspace',
      period: 'month',
      money: 5,
      tokens: 1_000,
    });
    expect(changed).toMatchObject({
      id: body.id,
      uses: [{ spent: { money: 0.5, tokens: 50 }, reserved: { money: 2, tokens: 100 }, left: { money: 2.5, tokens: 850 } }],
    });
    await timonel.call('PUT', '/api/v1/budgets', { scope: 'agent', period: 'day', money: 1 });
    await timonel.call('PUT', '/api/v1/budgets', { scope: 'run', tokens: 5 });
    expect((await cli('budgets')).stdout.trim().split('\n')).toEqual([
      'workspace, per month, until 2026-12-01T03:00:00.000Z',
      '  $0.5000 spent, $2.0000 reserved of $5; 50 tokens spent, 100 reserved of 1000',
      'each agent, per day, until 2026-11-22T03:00:00.000Z',
      'each run',
    ]);
    const all = JSON.parse((await cli('budgets', '--json')).stdout) as { id: string }[];
    expect(all).toHaveLength(3);
    for (const { id } of all) expect((await timonel.call('DELETE', `/api/v1/budgets/${id}`)).status).toBe(204);
    expect((await timonel.call('DELETE', `/api/v1/budgets/${body.id}`)).status).toBe(404);
  });

  it.each([
    [{ scope: 'workspace', period: 'day' }, /give money \(US dollars\), tokens, or both/],
    [{ scope: 'workspace', money: 1 }, /must be "day" or "month"/],
    [{ scope: 'workspace', period: 'daily', money: 1 }, /period/],
    [{ scope: 'workspace', period: 'day', money: '10' }, /money/],
    [{ scope: 'workspace', period: 'day', money: -1 }, /money/],
    [{ scope: 'workspace', period: 'day', money: 1, subject: 'x' }, /leave it out/],
    [{ scope: 'run', period: 'day', money: 1 }, /a run has no day or month/],
    [{ scope: 'api-key', period: 'day', money: 1, subject: 'my key' }, /id of the API key, not its name/],
    [{ scope: 'agent', period: 'day', money: 1, subject: 'bookin' }, /There are: notes/],
    [{ scope: 'api-key', period: 'day', money: 1, subject: crypto.randomUUID() }, /no .*API key/],
    [{ scope: 'user', period: 'day', money: 1, subject: crypto.randomUUID() }, /no member/],
    [{ scope: 'team', period: 'day', money: 1 }, /workspace.*run/],
    [{ scope: 'workspace', period: 'day', tokens: 1.5 }, /tokens/],
  ])('says what is wrong with %j', async (budget, message) => {
    const { status, body } = await timonel.call('PUT', '/api/v1/budgets', budget);
    expect([400, 404]).toContain(status);
    expect(body['detail']).toEqual(expect.stringMatching(message));
  });

  it('shows what the cache did and clears it', async () => {
    const { responseCache } = timonel.timonel;
    const answer = {
      body: 'x'.repeat(1_000),
      contentType: 'application/json',
      model: 'm',
      cost: 250_000_000n,
      at: Date.parse('2026-11-21T15:00:00Z'),
      keep: true,
    };
    for (let time = 0; time < 4; time++)
      await responseCache.through(defaultWorkspace, 'k', { ttlMs: 1_000, graceMs: 0 }, async () => answer);
    expect((await timonel.call('GET', '/api/v1/cache/stats')).body).toEqual({
      ...{ hits: 3, misses: 1, stale: 0, joined: 0, similar: 0, rate: 0.75, entries: 1, bytes: 2_640, saved: 0.75, redis: 'none' },
    });
    expect((await cli('cache', 'stats')).stdout).toMatch(
      /lookups {2}4, 75\.0 % answered without a call[\s\S]*saved {4}\$0\.7500\nmemory {3}1 answers, 2\.6 KiB/,
    );
    expect((await cli('cache', 'clear')).stdout).toBe('Cleared; 1 answers were in memory.\n');
    expect((await timonel.call('DELETE', '/api/v1/cache')).body).toEqual({ entries: 0, everywhere: true });
    expect((await timonel.call('GET', '/api/v1/cache/stats')).body).toMatchObject({ entries: 0, bytes: 0, hits: 3 });
    await expect(cli('cache', 'clean')).rejects.toMatchObject({ code: 2 });
  });

  it('needs an operator for all of it', async () => {
    const { body } = await timonel.call<{ apiKey: string }>('POST', '/api/v1/api-keys', { name: 'client' });
    const headers = { authorization: `Bearer ${body.apiKey}` };
    for (const [method, url] of [
      ['GET', '/api/v1/budgets'],
      ['PUT', '/api/v1/budgets'],
      ['DELETE', `/api/v1/budgets/${crypto.randomUUID()}`],
      ['GET', '/api/v1/cache/stats'],
      ['DELETE', '/api/v1/cache'],
    ] as const)
      expect([url, (await timonel.call(method, url, method === 'PUT' ? {} : undefined, headers)).status]).toEqual([url, 403]);
  });

  it('limits requests that cost money, and no others', async () => {
    const { body } = await timonel.call<{ apiKey: string }>('POST', '/api/v1/api-keys', {
      name: 'limited',
      scopes: ['conversations:read', 'conversations:read-all', 'conversations:write', 'conversations:write-all'],
    });
    const authorization = `Bearer ${body.apiKey}`;
    const conversation = await timonel.converse('notes');
    const say = () =>
      timonel.timonel.app.inject({
        method: 'POST',
        url: `/api/v1/conversations/${conversation}/messages`,
        headers: { authorization, 'content-type': 'application/json' },
        payload: { text: 'hello' },
      });
    const answers = [await say(), await say(), await say()];
    expect(
      answers.map(({ statusCode, headers }) => [statusCode, headers['ratelimit-limit'], headers['ratelimit-remaining']]),
    ).toEqual([
      [200, '3', '2'],
      [200, '3', '1'],
      [200, '3', '0'],
    ]);
    const refused = await say();
    expect([refused.statusCode, refused.json()['code'], refused.headers['ratelimit-remaining']]).toEqual([
      429,
      'rate_limited',
      '0',
    ]);
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    expect(refused.headers['retry-after']).toBe(refused.headers['ratelimit-reset']);
    const read = await timonel.call('GET', `/api/v1/conversations/${conversation}`, undefined, { authorization });
    expect(read.status).toBe(200);
  });

  it('limits a person by their own limit, whatever session they use, and not by that of keys', async () => {
    const account = await addUser(timonel);
    const say = async (headers: { authorization: string }) => {
      const { body } = await timonel.call<{ id: string }>('POST', '/api/v1/conversations', { agent: 'notes' }, headers);
      return timonel.call('POST', `/api/v1/conversations/${body.id}/messages`, { text: 'hello' }, headers);
    };
    const [laptop, phone] = [await signIn(timonel, account), await signIn(timonel, account)];
    expect([(await say(laptop.headers)).status, (await say(phone.headers)).status]).toEqual([200, 200]);
    const refused = await say(laptop.headers);
    expect([refused.status, refused.body['detail']]).toEqual([
      429,
      expect.stringMatching(/^The user may use 2 requests in a minute/),
    ]);
    expect((await say((await signIn(timonel, await addUser(timonel))).headers)).status).toBe(200);
  });
});
