import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { TimonelError } from '../src/errors.ts';
import { type ProducedAnswer, ResponseCache } from '../src/llm/cache/response-cache.ts';
import type { RedisClient } from '../src/store/cache/redis.ts';
import { openRedis } from '../src/store/cache/redis.ts';
import { type PrivateRedis, startRedis } from './redis.ts';

const minute = 60_000;
const life = { ttlMs: minute, graceMs: 10 * minute };

function cacheIn(options: { bytes?: number; entryBytes?: number; redis?: RedisClient } = {}) {
  const clock = { now: new Date('2026-11-21T12:00:00Z') };
  const { bytes = 1_000_000, entryBytes = 100_000, redis } = options;
  const cache = new ResponseCache({ bytes, entryBytes, redis, now: () => clock.now });
  let produced = 0;
  const answer = (text: string, more: Partial<ProducedAnswer> = {}): ProducedAnswer => ({
    body: text,
    contentType: 'application/json',
    model: 'openai/gpt-4o-mini',
    cost: 7n,
    at: clock.now.getTime(),
    keep: true,
    ...more,
  });
  const ask = async (key: string, text: string | Error = key, workspaceId = 'w', more: Partial<ProducedAnswer> = {}) => {
    const result = await cache.through(workspaceId, key, life, async () => {
      produced++;
      if (text instanceof Error) throw text;
      return answer(text, more);
    });
    return { text: result.answer.body, state: result.state, ageMs: result.ageMs };
  };
  const pass = (milliseconds: number) => {
    clock.now = new Date(clock.now.getTime() + milliseconds);
  };
  return { cache, clock, ask, answer, pass, produced: () => produced };
}

const unavailable = () => new TimonelError('model_unavailable', 'All providers are down.');

describe('the response cache in memory', () => {
  it('gives an answer again while it is fresh, to its workspace only', async () => {
    const { ask, pass, cache } = cacheIn();
    expect(await ask('k', 'one')).toEqual({ text: 'one', state: 'miss', ageMs: 0 });
    pass(minute - 1);
    expect(await ask('k', 'two')).toEqual({ text: 'one', state: 'hit', ageMs: minute - 1 });
    expect(await ask('k', 'other', 'v')).toMatchObject({ text: 'other', state: 'miss' });
    pass(1);
    expect(await ask('k', 'two')).toMatchObject({ text: 'two', state: 'miss' });
    expect(cache.stats('w')).toMatchObject({ hits: 1, misses: 2, rate: 1 / 3, entries: 1, saved: 7n, redis: 'none' });
    expect(cache.stats('nobody')).toEqual({
      hits: 0,
      misses: 0,
      stale: 0,
      joined: 0,
      similar: 0,
      rate: null,
      entries: 0,
      bytes: 0,
      saved: 0n,
      redis: 'none',
    });
    // A caller that wants it fresher gets it fresher.
    pass(30_000);
    expect((await cache.look('w', 'k', { ttlMs: 10_000, graceMs: 0 })).found).toBeUndefined();
    expect((await cache.look('w', 'k', life)).found).toMatchObject({ state: 'hit', ageMs: 30_000 });
  });

  it('never holds more bytes than it may, whatever it is given, and counts them by workspace', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.record({
            key: fc.integer({ max: 30, min: 0 }),
            bytes: fc.integer({ min: 0, max: 12_000 }),
            workspaceId: fc.constantFrom('a', 'b', 'c'),
          }),
          { maxLength: 60 },
        ),
        async (all) => {
          const { cache, ask } = cacheIn({ bytes: 40_000, entryBytes: 9_000 });
          const total = () => ['a', 'b', 'c'].reduce((sum, id) => sum + cache.stats(id).bytes, 0);
          for (const { key, bytes, workspaceId } of all) {
            await ask(String(key), 'x'.repeat(bytes / 2), workspaceId);
            expect(total()).toBeLessThanOrEqual(40_000);
          }
          const { bytes, entries } = cache.stats('a');
          expect((await cache.clear('a')).entries).toBe(entries);
          expect(cache.stats('a')).toMatchObject({ bytes: 0, entries: 0 });
          expect(bytes >= entries * 640).toBe(true);
        },
      ),
    );
  });

  it('lets go first what nobody asked for longest, and does not keep what is too large', async () => {
    const { ask } = cacheIn({ bytes: 10_000, entryBytes: 4_000 });
    for (const key of ['a', 'b', 'c']) await ask(key, 'x'.repeat(1_200));
    await ask('a');
    await ask('d', 'x'.repeat(1_200));
    expect((await ask('a')).state).toBe('hit');
    expect((await ask('b', 'again')).state).toBe('miss');
    await ask('large', 'x'.repeat(2_500));
    expect((await ask('large')).state).toBe('miss');
  });

  it('keeps what was sent on while it was written, unless the workspace was cleared meanwhile', async () => {
    const { cache, answer } = cacheIn();
    const first = await cache.look('w', 'k', life);
    const second = await cache.look('w', 'other', life);
    if (first.found !== undefined || second.found !== undefined) throw new Error('Nothing was kept yet.');
    first.keep(answer('streamed'));
    expect((await cache.look('w', 'k', life)).found).toMatchObject({ state: 'hit' });
    await cache.clear('w');
    second.keep(answer('from before'));
    expect((await cache.look('w', 'other', life)).found).toBeUndefined();
  });

  it('finds the questions of the answers that it keeps, and forgets them with those', async () => {
    const { cache, ask, answer } = cacheIn();
    const question = { scope: 's', marks: '', model: 'p/m', vector: new Float32Array([1]) };
    await ask('k', 'one', 'w', { question });
    await ask('other', 'not kept', 'w', { question: { ...question, scope: 't' }, keep: false });
    await ask('k', 'theirs', 'v', { question: { ...question, scope: 'v' } });
    expect([cache.questions.nearest(question, 1), cache.questions.size]).toEqual(['k', 2]);
    const before = await cache.look('w', 'late', life);
    await cache.clear('w');
    if (before.found === undefined) before.keep({ ...answer('from before'), question });
    expect([cache.questions.nearest(question, 1), cache.questions.size]).toEqual([undefined, 1]);
  });

  it('does not keep answers that are not to be kept', async () => {
    const { ask } = cacheIn();
    await ask('k', 'calls a tool', 'w', { keep: false });
    expect((await ask('k', 'again')).state).toBe('miss');
  });

  it('stands in, marked, while no provider answers: within its grace, and for no other failure', async () => {
    const { ask, pass, cache } = cacheIn();
    await ask('k', 'old');
    pass(2 * minute);
    expect(await ask('k', unavailable())).toEqual({ text: 'old', state: 'stale', ageMs: 2 * minute });
    await expect(ask('k', new TimonelError('budget_exceeded', 'No money.'))).rejects.toMatchObject({ code: 'budget_exceeded' });
    pass(8 * minute + 59_999);
    expect((await ask('k', unavailable())).state).toBe('stale');
    pass(1);
    await expect(ask('k', unavailable())).rejects.toMatchObject({ code: 'model_unavailable' });
    await expect(ask('unheard', unavailable())).rejects.toMatchObject({ code: 'model_unavailable' });
    expect(cache.stats('w')).toMatchObject({ stale: 2 });
    expect((await ask('k', 'new')).state).toBe('miss');
  });
});

describe('identical requests in flight', () => {
  /** Work that ends when it is told to. */
  function work(answer: ProducedAnswer) {
    const { promise, resolve, reject } = Promise.withResolvers<ProducedAnswer>();
    const seen = { calls: 0, aborted: false };
    const produce = (signal: AbortSignal) => {
      seen.calls++;
      signal.addEventListener('abort', () => {
        seen.aborted = true;
        reject(signal.reason);
      });
      return promise;
    };
    return { produce, seen, finish: () => resolve(answer), fail: (error: Error) => reject(error) };
  }

  it('are one call, which all of them get', async () => {
    const { cache, answer } = cacheIn();
    const { produce, seen, finish } = work(answer('one', { keep: false }));
    const all = Array.from({ length: 100 }, () => cache.through('w', 'k', life, produce));
    const elsewhere = cache.through('v', 'k', life, async () => answer('other'));
    finish();
    const states = (await Promise.all(all)).map(({ state }) => state);
    expect(seen.calls).toBe(1);
    expect(states.toSorted()).toEqual([...Array(99).fill('joined'), 'miss']);
    expect((await elsewhere).state).toBe('miss');
    expect(cache.stats('w')).toMatchObject({ joined: 99, misses: 1, saved: 99n * 7n });
  });

  it('survive the one who asked first', async () => {
    const { cache, answer } = cacheIn();
    const { produce, seen, finish } = work(answer('one'));
    const first = new AbortController();
    const left = cache.through('w', 'k', life, produce, first.signal);
    const stays = cache.through('w', 'k', life, produce);
    first.abort(new Error('The client went away.'));
    await expect(left).rejects.toThrow('The client went away.');
    expect(seen).toEqual({ calls: 1, aborted: false });
    finish();
    expect((await stays).state).toBe('joined');
    expect((await cache.look('w', 'k', life)).found?.state).toBe('hit');
  });

  it('are stopped when the last one left, and begun anew for the next', async () => {
    const { cache, answer } = cacheIn();
    const { produce, seen } = work(answer('one'));
    const clients = [new AbortController(), new AbortController()];
    const asked = clients.map(({ signal }) => cache.through('w', 'k', life, produce, signal));
    await sleep(1);
    for (const client of clients) client.abort(new Error('gone'));
    expect((await Promise.allSettled(asked)).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(seen).toEqual({ calls: 1, aborted: true });
    expect((await cache.through('w', 'k', life, async () => answer('two'))).state).toBe('miss');
    await expect(cache.through('w', 'never', life, produce, AbortSignal.abort(new Error('late')))).rejects.toThrow('late');
    expect(seen.calls).toBe(1);
  });

  it('fail together, and the next one tries again', async () => {
    const { cache, answer } = cacheIn();
    const { produce, fail } = work(answer('one'));
    const all = Array.from({ length: 5 }, () => cache.through('w', 'k', life, produce));
    fail(unavailable());
    const outcomes = await Promise.allSettled(all);
    expect(outcomes.map((outcome) => (outcome.status === 'rejected' ? outcome.reason.code : ''))).toEqual(
      Array(5).fill('model_unavailable'),
    );
    expect((await cache.through('w', 'k', life, async () => answer('two'))).state).toBe('miss');
  });

  it('that began before a workspace was cleared are not kept, nor joined', async () => {
    const { cache, answer } = cacheIn();
    const { produce, finish } = work(answer('before'));
    const before = cache.through('w', 'k', life, produce);
    await cache.clear('w');
    const after = await cache.through('w', 'k', life, async () => answer('after'));
    finish();
    expect((await before).answer.body).toBe('before');
    expect(after.state).toBe('miss');
    expect((await cache.look('w', 'k', life)).found?.answer.body).toBe('after');
  });
});

describe.skipIf(inject('redisUrl') === '')('the response cache with Redis behind it', () => {
  const directory = mkdtempSync(join(tmpdir(), 'timonel-cache-'));
  let server: PrivateRedis;
  const opened: RedisClient[] = [];
  const caches: ResponseCache[] = [];

  /** A process: its own connection, its own memory. */
  const processWith = (bytes?: number) => {
    const redis = openRedis({ url: server.url, sentinels: [], cluster: [] }, (client) => client.on('error', () => {}));
    opened.push(redis);
    const made = cacheIn({ redis, ...(bytes === undefined ? {} : { bytes }) });
    caches.push(made.cache);
    return { ...made, redis };
  };
  const connected = async (redis: RedisClient) => expect.poll(() => redis.status, { timeout: 20_000 }).toBe('ready');

  beforeAll(async () => {
    const started = await startRedis(directory);
    if (started === undefined) throw new Error('redis-server was there a moment ago.');
    server = started;
  });
  afterAll(() => {
    for (const cache of caches) cache.close();
    for (const redis of opened) redis.disconnect();
    server?.kill();
    rmSync(directory, { recursive: true, force: true });
  });

  it('gives one process what another asked, character for character, until it is cleared everywhere', async () => {
    const [one, other] = [processWith(), processWith()];
    await Promise.all([connected(one.redis), connected(other.redis)]);
    const characters = `${Array.from({ length: 0x500 }, (_, index) => String.fromCodePoint(index)).join('')}💈`;
    await one.ask('characters', characters);
    await one.ask('k', 'ñandú');
    await expect
      .poll(async () => (await other.cache.look('w', 'characters', life)).found?.answer, { timeout: 20_000 })
      .toMatchObject({
        body: characters,
        cost: 7n,
        model: 'openai/gpt-4o-mini',
      });
    const before = other.cache.stats('w');
    expect((await other.cache.fresh('w', 'k', life))?.body).toBe('ñandú');
    expect(await other.cache.fresh('v', 'k', life)).toBeUndefined();
    expect(other.cache.stats('w')).toMatchObject({ hits: before.hits, misses: before.misses });
    expect(await other.ask('k')).toMatchObject({ text: 'ñandú', state: 'hit' });
    await one.ask('k', 'theirs', 'v');
    expect(await other.cache.clear('w')).toEqual({ entries: 2, everywhere: true });
    await expect.poll(() => one.cache.stats('w').entries, { timeout: 20_000 }).toBe(0);
    // The texts themselves are gone, those of other workspaces are not.
    await expect.poll(() => one.redis.keys('timonel:cache:w:*'), { timeout: 20_000 }).toEqual([]);
    expect(await one.redis.keys('timonel:cache:v:*')).toEqual(['timonel:cache:v:k']);
    expect((await one.ask('k', 'new')).state).toBe('miss');
    expect((await one.ask('k', 'new', 'v')).state).toBe('hit');
  });

  it('does not keep an answer that was asked for before another process cleared the workspace', async () => {
    const [one, other] = [processWith(), processWith()];
    await Promise.all([connected(one.redis), connected(other.redis)]);
    const { promise, resolve } = Promise.withResolvers<void>();
    const asked = one.cache.through('race', 'k', life, async () => {
      await promise;
      return one.answer('before');
    });
    await sleep(50);
    await other.cache.clear('race');
    resolve();
    await asked;
    await sleep(50);
    expect((await other.cache.look('race', 'k', life)).found).toBeUndefined();
  });

  it('goes on in memory while Redis is killed, and uses it again when it is back', async () => {
    const [one, other] = [processWith(), processWith()];
    await Promise.all([connected(one.redis), connected(other.redis)]);
    await one.ask('kept', 'in memory', 'r');
    server.kill();
    expect(await one.ask('kept', 'x', 'r')).toMatchObject({ text: 'in memory', state: 'hit' });
    expect((await one.ask('while-down', 'alone')).state).toBe('miss');
    expect((await one.ask('while-down')).state).toBe('hit');
    expect(one.cache.stats('w').redis).toBe('down');
    expect(await one.cache.clear('cleared-while-down')).toMatchObject({ everywhere: false });
    await server.start();
    await Promise.all([connected(one.redis), connected(other.redis)]);
    // A restart that emptied Redis is no reason to forget what is in memory.
    await sleep(200);
    expect((await one.ask('kept', 'x', 'r')).state).toBe('hit');
    await expect
      .poll(
        async () => {
          const key = crypto.randomUUID();
          await one.ask(key, 'shared');
          await sleep(20);
          return (await other.ask(key, 'not shared')).text;
        },
        { timeout: 20_000 },
      )
      .toBe('shared');
  });

  it('answers while Redis is frozen, and forgets what was cleared meanwhile once it is back', async () => {
    const [one, other] = [processWith(), processWith()];
    await Promise.all([connected(one.redis), connected(other.redis)]);
    await one.ask('secret', 'to be forgotten', 'frozen');
    await expect.poll(async () => (await other.ask('secret', 'x', 'frozen')).state, { timeout: 20_000 }).toBe('hit');
    server.freeze();
    try {
      for (let index = 0; index < 20; index++) expect((await one.ask(`f${index}`, 'alone')).state).toBe('miss');
      expect(await one.cache.clear('frozen')).toEqual({ entries: 1, everywhere: false });
    } finally {
      server.thaw();
    }
    // Asking for anything of the workspace does what could not be done before.
    await expect
      .poll(
        async () => {
          await one.cache.look('frozen', 'anything', life);
          return other.cache.stats('frozen').entries;
        },
        { timeout: 20_000 },
      )
      .toBe(0);
    expect((await one.cache.look('frozen', 'secret', life)).found).toBeUndefined();
    expect((await other.cache.look('frozen', 'secret', life)).found).toBeUndefined();
  });

  it('finds out what was cleared while its own connection was away', async () => {
    const [one, other] = [processWith(), processWith()];
    await Promise.all([connected(one.redis), connected(other.redis)]);
    await one.ask('k', 'old', 'missed');
    await expect.poll(async () => (await other.ask('k', 'x', 'missed')).state, { timeout: 20_000 }).toBe('hit');
    // Only the connections go away: the server stays, and the other process clears meanwhile.
    const admin = openRedis({ url: server.url, sentinels: [], cluster: [] }, (client) => client.on('error', () => {}));
    opened.push(admin);
    await connected(admin);
    await one.cache.clear('missed');
    await expect.poll(() => other.cache.stats('missed').entries, { timeout: 20_000 }).toBe(0);
    await one.ask('k', 'again', 'missed');
    expect(one.cache.stats('missed').entries).toBe(1);
    await admin.set('timonel:cache-generation:missed', 'of-another-process');
    await admin.call('CLIENT', 'KILL', 'TYPE', 'pubsub');
    await expect.poll(() => one.cache.stats('missed').entries, { timeout: 20_000 }).toBe(0);
    expect((await one.ask('k', 'new', 'missed')).state).toBe('miss');
  });
});
