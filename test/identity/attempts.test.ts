import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, describe, expect, inject, it, vi } from 'vitest';
import { channels } from '../../src/diagnostics.ts';
import { TimonelError } from '../../src/errors.ts';
import { Attempts } from '../../src/identity/attempts.ts';
import { networkOf } from '../../src/identity/network.ts';
import { notes } from '../notes-agent.ts';
import { freshStoreEnvironment } from '../stores.ts';
import { startTimonel, type TestTimonel } from '../timonel.ts';
import { addUser, goodPassword, signIn } from './people.ts';

const kinds: ['memory' | 'redis'][] = inject('redisUrl') === '' ? [['memory']] : [['memory'], ['redis']];

describe.each(kinds)('guessing (%s)', (kind) => {
  const redis = kind === 'redis' ? new Redis(inject('redisUrl'), { enableOfflineQueue: false }) : undefined;
  beforeAll(async () => {
    if (redis !== undefined && redis.status !== 'ready') await new Promise((resolve) => redis.once('ready', resolve));
  });
  afterAll(() => redis?.disconnect());
  const unknown = async () => false;
  const name = () => crypto.randomUUID();
  /** Guesses once. @returns the seconds to wait; 0 where the guess was looked at. */
  const guess = async (attempts: Attempts, account: string, address: string, known = unknown) =>
    attempts
      .during(account, address, known, () => Promise.reject(new TimonelError('credentials_refused', 'no')))
      .then(
        () => Number.NaN,
        (error: TimonelError) => (error.code === 'too_many_attempts' ? Number(error.details['retryAfter']) : 0),
      );

  it('makes the one who guesses wait, ever longer, and nobody else', async () => {
    const attempts = new Attempts(redis);
    const [account, address] = [name(), name()];
    for (let attempt = 1; attempt <= 6; attempt++) expect(await guess(attempts, account, address)).toBe(0);
    const first = await guess(attempts, account, address);
    expect(first).toBeGreaterThan(0);
    expect(await guess(attempts, account, name())).toBe(0);
    expect(await guess(attempts, name(), address)).toBe(0);
    // Having to wait makes nothing longer.
    expect(await guess(attempts, account, address)).toBeLessThanOrEqual(first);
    await sleep(first * 1000);
    expect(await guess(attempts, account, address)).toBe(0);
    expect(await guess(attempts, account, address)).toBeGreaterThan(first);
  });

  it('lets guesses at the same moment through in small number', async () => {
    const attempts = new Attempts(redis);
    const [account, address] = [name(), name()];
    const outcomes = await Promise.all(Array.from({ length: 200 }, () => guess(attempts, account, address)));
    expect(outcomes.filter((wait) => wait === 0).length).toBeLessThanOrEqual(16);
    expect(await guess(attempts, account, address)).toBeGreaterThan(60);
  });

  it('does not hold up a class that signs in from one address at the same moment', async () => {
    const attempts = new Attempts(redis);
    const address = name();
    const signedIn = Array.from({ length: 200 }, () => attempts.during(name(), address, unknown, async () => 'in'));
    expect(new Set(await Promise.all(signedIn))).toEqual(new Set(['in']));
    // Nor one account that signs in several times.
    const account = name();
    const again = Array.from({ length: 16 }, () => attempts.during(account, address, unknown, async () => 'in'));
    expect(new Set(await Promise.all(again))).toEqual(new Set(['in']));
  });

  if (kind === 'redis')
    it('counts for all processes together', async () => {
      const [one, two] = [new Attempts(redis), new Attempts(redis)];
      const [account, address] = [name(), name()];
      for (let attempt = 1; attempt <= 6; attempt++) expect(await guess(attempt % 2 === 0 ? one : two, account, address)).toBe(0);
      expect(await guess(one, account, address)).toBeGreaterThan(0);
      expect(await guess(two, account, address)).toBeGreaterThan(0);
    });

  if (kind === 'redis')
    it('goes on counting, in each process, while Redis is down', async () => {
      const down = new Redis('redis://127.0.0.1:1', {
        enableOfflineQueue: false,
        maxRetriesPerRequest: 1,
        retryStrategy: () => null,
      });
      down.on('error', () => {});
      const attempts = new Attempts(down);
      const [account, address] = [name(), name()];
      for (let attempt = 1; attempt <= 6; attempt++) expect(await guess(attempts, account, address)).toBe(0);
      expect(await guess(attempts, account, address)).toBeGreaterThan(0);
      down.disconnect();
    });

  it('makes an address wait that guesses at many accounts', async () => {
    const attempts = new Attempts(redis);
    const address = name();
    for (let attempt = 1; attempt <= 51; attempt++) expect(await guess(attempts, name(), address)).toBe(0);
    expect(await guess(attempts, name(), address)).toBeGreaterThan(0);
    expect(await guess(attempts, name(), name())).toBe(0);
  });

  it('keeps an account under attack from many addresses open to those that it knows', async () => {
    const attempts = new Attempts(redis);
    const account = name();
    for (let attempt = 1; attempt <= 21; attempt++) expect(await guess(attempts, account, name())).toBe(0);
    expect(await guess(attempts, account, name())).toBeGreaterThan(0);
    const home = name();
    expect(await guess(attempts, account, home, async () => true)).toBe(0);
    await attempts.clear(account, home);
    expect(await guess(attempts, account, name())).toBe(0);
  });

  it('forgets failures once it worked, and counts nothing that was no guess', async () => {
    const attempts = new Attempts(redis);
    const [account, address] = [name(), name()];
    for (let round = 0; round < 4; round++) {
      for (let attempt = 1; attempt <= 5; attempt++) expect(await guess(attempts, account, address)).toBe(0);
      expect(await attempts.during(account, address, unknown, async () => 'in')).toBe('in');
    }
    for (let attempt = 1; attempt <= 20; attempt++) {
      const overloaded = attempts.during(account, address, unknown, () => Promise.reject(new TimonelError('overloaded', 'later')));
      await expect(overloaded).rejects.toMatchObject({ code: 'overloaded' });
    }
  });
});

describe('an attacker who shares an address with others', () => {
  afterEach(() => void vi.useRealTimers());

  it('keeps nobody out who signed in from there before, over a whole hour', async () => {
    vi.useFakeTimers({ toFake: ['Date', 'setTimeout', 'clearTimeout'] });
    const attempts = new Attempts(undefined);
    const [owner, shared] = ['owner@example.com', '203.0.113.9'];
    const outcomes: string[] = [];
    let held = 0;
    for (let at = 0; at < 3_600_000; at += 700) {
      vi.setSystemTime(Date.now() + 700);
      const guess = attempts.during(
        `made-up-${at}@example.com`,
        shared,
        async () => false,
        () => Promise.reject(new TimonelError('credentials_refused', 'no')),
      );
      await guess.catch(({ code }: TimonelError) => (held += code === 'too_many_attempts' ? 1 : 0));
      if (at % 70_000 !== 0) continue;
      outcomes.push(
        await attempts
          .during(
            owner,
            shared,
            async () => true,
            async () => 'in',
          )
          .catch(({ code }) => code),
      );
    }
    expect(held).toBeGreaterThan(3_000);
    expect(outcomes.length).toBeGreaterThan(50);
    expect(new Set(outcomes)).toEqual(new Set(['in']));
  });

  it('has one count for a whole /64, and another one for its neighbour', async () => {
    const attempts = new Attempts(undefined);
    const guess = (address: string) =>
      attempts
        .during(
          crypto.randomUUID(),
          address,
          async () => false,
          () => Promise.reject(new TimonelError('credentials_refused', 'no')),
        )
        .catch(({ code }: TimonelError) => code);
    for (let nth = 0; nth <= 51; nth++) await guess(`2001:db8:7::${nth.toString(16)}:${nth}`);
    expect(await guess('2001:db8:7:0:ffff::1')).toBe('too_many_attempts');
    expect(await guess('2001:db8:7:1::1')).toBe('credentials_refused');
  });

  it.each([
    ['203.0.113.9', '203.0.113.9'],
    ['::ffff:203.0.113.9', '203.0.113.9'],
    ['2001:DB8:0:0:1::5', '2001:db8:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['64:ff9b::192.0.2.1', '64:ff9b:0:0::/64'],
    ['1:2:3:4:5:6:192.0.2.1', '1:2:3:4::/64'],
    ['unknown', 'unknown'],
  ])('%s belongs to %s', (address, network) => expect(networkOf(address)).toBe(network));
});

describe('at the front door', () => {
  let timonel: TestTimonel;
  let remove: () => Promise<void>;
  beforeAll(async () => {
    const store = await freshStoreEnvironment('embedded');
    remove = store.remove;
    const environment = { ...store.environment, TIMONEL_TRUSTED_PROXIES: '127.0.0.1,10.1.0.0/16' };
    timonel = await startTimonel('embedded', { agents: [notes] }, { environment });
  });
  afterAll(async () => {
    await timonel.close();
    await remove();
  });
  const login = (email: string, password: string, forwarded: string) =>
    timonel.call('POST', '/api/v1/auth/login', { email, password }, { authorization: undefined, 'x-forwarded-for': forwarded });

  it('answers 429 with the seconds to wait, to that address alone, and takes the address from trusted proxies only', async () => {
    const user = await addUser(timonel);
    const guess = (forwarded: string) => login(user.email, 'no es esta, seguro', forwarded);
    // The address before the trusted ones counts, whatever the client wrote in front of it.
    for (let attempt = 0; attempt < 6; attempt++)
      expect((await guess(`192.0.2.${attempt}, 203.0.113.9, 10.1.2.3`)).status).toBe(401);
    const held = await guess('203.0.113.9');
    expect(held).toMatchObject({ status: 429, body: { code: 'too_many_attempts', retryable: true } });
    expect(Number(held.headers['retry-after'])).toBe(held.body['retryAfter']);
    // Held back before the password is looked at: a right one too.
    expect((await login(user.email, goodPassword, '203.0.113.9')).status).toBe(429);
    expect((await login(user.email, goodPassword, '203.0.113.10')).status).toBe(200);
    const { sessions } = timonel.timonel.identity;
    expect((await sessions.list('default', user.id)).map(({ address }) => address)).toEqual(['203.0.113.10']);
  });

  it('lets in who signed in from an address before, however many others guess from there', async () => {
    const [user, stranger] = [await addUser(timonel), await addUser(timonel)];
    expect((await login(user.email, goodPassword, '2001:db8:9::1')).status).toBe(200);
    for (let nth = 0; nth <= 51; nth++) await login(`made-up-${nth}@example.com`, 'no es esta, seguro', '2001:db8:9::2');
    expect((await login('made-up@example.com', 'no es esta, seguro', '2001:db8:9::2')).status).toBe(429);
    expect((await login(stranger.email, goodPassword, '2001:db8:9::3')).status).toBe(429);
    // Another address of the same network.
    expect((await login(user.email, goodPassword, '2001:db8:9::4')).status).toBe(200);
  });

  it('tells once when somebody who is no trusted proxy forwards', async () => {
    const told: unknown[] = [];
    const listener = (message: unknown) => told.push(message);
    channels.forwardedIgnored.subscribe(listener);
    const peer = (remoteAddress: string) =>
      timonel.timonel.app.inject({ url: '/health/live', remoteAddress, headers: { 'x-forwarded-for': '192.0.2.1' } });
    for (const address of ['127.0.0.1', '10.1.4.4', '::ffff:10.1.4.5', '192.0.2.77', '192.0.2.78']) await peer(address);
    channels.forwardedIgnored.unsubscribe(listener);
    expect(told).toEqual([{ peer: '192.0.2.77' }]);
  });

  it('writes down who guessed, and does not hold up the answer for it', async () => {
    const user = await addUser(timonel);
    await login(user.email, 'no es esta, seguro', '198.51.100.7');
    await expect
      .poll(async () =>
        (await timonel.timonel.identity.audit.page('default', { action: 'sign-in-refused' }, 50)).map(({ target }) => target?.id),
      )
      .toContain(user.id);
    await signIn(timonel, user);
  });
});
