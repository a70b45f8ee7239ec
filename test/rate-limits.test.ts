import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest';
import type { TimonelError } from '../src/errors.ts';
import { CallCaps } from '../src/llm/limits/call-caps.ts';
import { type Caller, RateLimits, rateLimitHeaders } from '../src/llm/limits/rate-limits.ts';
import type { RedisClient } from '../src/store/cache/redis.ts';
import { openRedis } from '../src/store/cache/redis.ts';
import { type PrivateRedis, startRedis } from './redis.ts';

const none = { requests: 0, tokens: 0 };
const caller = (name: string, userId?: string): Caller => ({
  workspaceId: 'w',
  keyId: name,
  ...(userId === undefined ? {} : { userId }),
});

async function outcomes(work: unknown[]): Promise<{ granted: number; refused: TimonelError[] }> {
  const all = await Promise.allSettled(work);
  const refused = all.flatMap((each) => (each.status === 'rejected' ? [each.reason as TimonelError] : []));
  return { granted: all.length - refused.length, refused };
}

/** The same for limits in memory and in Redis. */
function suite(open: () => RedisClient | undefined): void {
  const id = () => crypto.randomUUID();

  it('grant as many requests as they say, to each key, and say when more follow', async () => {
    const limits = new RateLimits({ key: { requests: 5, tokens: 0 }, user: none, workspace: none }, open());
    const key = id();
    expect(await limits.request(caller(key))).toEqual({ limit: 5, remaining: 4, resetSeconds: 60 });
    const { granted, refused } = await outcomes(Array.from({ length: 20 }, async () => limits.request(caller(key))));
    expect(granted).toBe(4);
    const [error] = refused;
    expect([error?.code, error?.status, error?.retryable]).toEqual(['rate_limited', 429, true]);
    expect(error?.message).toMatch(/^The API key may use 5 requests in a minute\. They are used up\. Try again in \d+ s\.$/);
    expect(error?.details).toMatchObject({ scope: 'key', kind: 'requests', limit: 5, retryAfter: expect.any(Number) });
    expect((await limits.request(caller(id())))?.remaining).toBe(4);
    // Without a key, e.g. for who signed in, this limit does not apply.
    expect(await limits.request({ workspaceId: 'w' })).toBeUndefined();
  });

  it('take nothing from a workspace for what a key of it is refused', async () => {
    const limits = new RateLimits({ key: { requests: 2, tokens: 0 }, user: none, workspace: { requests: 6, tokens: 0 } }, open());
    const workspaceId = id();
    const ask = async (keyId: string) => limits.request({ workspaceId, keyId });
    expect((await outcomes(Array.from({ length: 50 }, () => ask('greedy')))).granted).toBe(2);
    for (const key of ['a', 'b', 'c', 'd']) await ask(key);
    const { refused } = await outcomes([ask('e')]);
    expect(refused[0]?.details).toMatchObject({ scope: 'workspace' });
  });

  it('take tokens before a call and give back what it did not use', async () => {
    const limits = new RateLimits(
      { key: none, user: { requests: 0, tokens: 1_000 }, workspace: { requests: 0, tokens: 1_500 } },
      open(),
    );
    const workspaceId = id();
    const take = async (userId: string, tokens: number) => limits.tokens({ workspaceId, userId }, tokens);
    const call = await take('ana', 900);
    expect(call.state).toMatchObject({ limit: 1_000, remaining: 100 });
    const { refused } = await outcomes([take('ana', 101)]);
    expect(refused[0]?.message).toMatch(/The user may use 1000 tokens in a minute\. 100 are left, and this call may use 101\./);
    // The user had enough, the workspace had not: the user keeps what she had.
    expect((await outcomes([take('eva', 601)])).refused[0]?.details).toMatchObject({ scope: 'workspace', remaining: 600 });
    expect((await take('eva', 600)).state?.remaining).toBe(0);
    await call.settle(300);
    await call.settle(0);
    expect((await take('ana', 600)).state).toMatchObject({ remaining: 0 });
    expect((await outcomes([take('ana', 101)])).granted).toBe(0);
    // More than a whole minute holds can be had once the minute is whole.
    const alone = { workspaceId: id(), userId: 'leo' };
    expect((await limits.tokens(alone, 90_000)).state?.remaining).toBe(0);
    expect((await outcomes([(async () => limits.tokens(alone, 1))()])).granted).toBe(0);
  });
}

describe('rate limits in memory', () => {
  suite(() => undefined);

  it('are none where none is set', async () => {
    const limits = new RateLimits({ key: none, user: none, workspace: none }, undefined);
    expect(await limits.request(caller('k', 'u'))).toBeUndefined();
    expect((await limits.tokens(caller('k', 'u'), 1e9)).state).toBeUndefined();
  });

  it('are told in the header fields that clients read', () => {
    expect(rateLimitHeaders({ limit: 5, remaining: 3, resetSeconds: 42 })).toEqual({
      'ratelimit-limit': '5',
      'ratelimit-remaining': '3',
      'ratelimit-reset': '42',
      'ratelimit-policy': '5;w=60',
    });
  });
});

describe.skipIf(inject('redisUrl') === '')('rate limits in Redis', () => {
  const directory = mkdtempSync(join(tmpdir(), 'timonel-limits-'));
  const opened: RedisClient[] = [];
  let server: PrivateRedis;
  let shared: RedisClient;
  const connect = async () => {
    const redis = openRedis({ url: server.url, sentinels: [], cluster: [] }, (client) => client.on('error', () => {}));
    opened.push(redis);
    await vi.waitUntil(() => redis.status === 'ready', { timeout: 20_000 });
    return redis;
  };
  beforeAll(async () => {
    const started = await startRedis(directory);
    if (started === undefined) throw new Error('redis-server was there a moment ago.');
    server = started;
    shared = await connect();
  });
  afterAll(() => {
    for (const redis of opened) redis.disconnect();
    server?.kill();
    rmSync(directory, { recursive: true, force: true });
  });

  suite(() => shared);

  it('hold for all processes together', async () => {
    const settings = { key: { requests: 30, tokens: 0 }, user: none, workspace: none };
    const processes = [new RateLimits(settings, shared), new RateLimits(settings, await connect())] as const;
    const key = caller(crypto.randomUUID());
    const { granted } = await outcomes(Array.from({ length: 100 }, (_, index) => processes[index % 2 === 0 ? 0 : 1].request(key)));
    expect(granted).toBe(30);
  });

  it('go on in memory while Redis is frozen or dead, and in Redis when it is back', async () => {
    const redis = await connect();
    const limits = new RateLimits({ key: { requests: 10, tokens: 0 }, user: none, workspace: none }, redis);
    server.freeze();
    const frozen = caller(crypto.randomUUID());
    expect((await outcomes(Array.from({ length: 15 }, () => limits.request(frozen)))).granted).toBe(10);
    server.thaw();
    server.kill();
    await expect.poll(() => redis.status).not.toBe('ready');
    const dead = caller(crypto.randomUUID());
    expect((await outcomes(Array.from({ length: 15 }, () => limits.request(dead)))).granted).toBe(10);
    await server.start();
    const other = new RateLimits({ key: { requests: 10, tokens: 0 }, user: none, workspace: none }, await connect());
    await expect
      .poll(
        async () => {
          const key = caller(crypto.randomUUID());
          await limits.request(key);
          return (await other.request(key))?.remaining;
        },
        { timeout: 20_000 },
      )
      .toBe(8);
  });
});

describe('caps on calls', () => {
  it('end the calls to one provider, and say which setting does', () => {
    const caps = new CallCaps({ anthropic: 2, groq: 0 });
    caps.take('anthropic');
    caps.take('anthropic');
    expect(() => caps.take('anthropic')).toThrow('ANTHROPIC_API_MAX_CALLS allows 2 calls to anthropic');
    expect(() => caps.take('groq')).toThrow(expect.objectContaining({ code: 'call_cap_reached', status: 403, retryable: false }));
    for (let call = 0; call < 100; call++) for (const free of ['openai', 'ollama', 'toString']) caps.take(free);
  });
});
