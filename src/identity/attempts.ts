/**
 * Holds back who guesses: each failed attempt counts for the account from this address, for the account from addresses that it does not
 * know, and for the address; past a few, the next one has to wait, ever longer. Nobody is locked out: an account stays open to the addresses
 * from which its owner signed in before, whoever guesses at it from elsewhere, and whatever others guess from the same address. Such a pair has
 * a count of its own. An IPv6 address counts by its /64.
 */
import { createHash } from 'node:crypto';
import { type RateLimiterAbstract, RateLimiterMemory, RateLimiterRedis } from 'rate-limiter-flexible';
import { TimonelError } from '../errors.ts';
import type { RedisClient } from '../store/cache/redis.ts';
import { networkOf } from './network.ts';

/** How often one may fail before waiting begins, and how long the wait gets at most (seconds). */
const kinds = {
  /** One account from one address: a person who mistypes. */
  pair: { free: 5, longest: 900 },
  /** The same, where the owner signed in from that address before. */
  known: { free: 10, longest: 300 },
  /** One account from all addresses that are strange to it: a guess from many machines. */
  account: { free: 20, longest: 900 },
  /** One address for all accounts: many people may sit behind it. */
  address: { free: 50, longest: 60 },
  /** Mails that an address can have sent to one person, and in all: nobody's inbox is a toy. */
  mail: { free: 3, longest: 3_600 },
  mailer: { free: 30, longest: 600 },
} as const;

type Kind = keyof typeof kinds;

/** How long a failure counts, in seconds. */
const remembered = 3_600;

/** Attempts at one account from one address that may be under way at the same moment in one process; one once it has to wait. */
const mostAtOnce = 16;

export class Attempts {
  readonly #failures: RateLimiterAbstract;
  readonly #waits: RateLimiterAbstract;
  readonly #underWay = new Map<string, number>();

  /** @param redis counts are shared between processes through it; while it is down, or without it, each process counts alone. */
  constructor(redis: RedisClient | undefined) {
    this.#failures = limiter(redis, 'timonel:failures', Number.MAX_SAFE_INTEGER);
    this.#waits = limiter(redis, 'timonel:waits', 1);
  }

  /**
   * Looks at a password or a code. What throws `credentials_refused` counts as a guess; everything else that throws does not.
   * @param isKnownAddress whether the owner signed in from this address before; asked only where the account or the address has to wait.
   * @throws TimonelError `too_many_attempts`, without looking; whatever `work` throws.
   */
  async during<T>(account: string, address: string, isKnownAddress: () => Promise<boolean>, work: () => Promise<T>): Promise<T> {
    const network = networkOf(address);
    const all = keyOf('account', account);
    const own = keyOf('pair', account, network);
    const strange = Math.max(await this.#mustWait(own), await this.#mustWait(keyOf('address', network)), await this.#mustWait(all));
    const known = strange > 0 && (await isKnownAddress());
    if (strange > 0 && !known) throw tooMany(strange);
    const kind = known ? 'known' : 'pair';
    const pair = known ? keyOf('known', account, network) : own;
    if (known) await this.#wait(pair);
    const failed = (await this.#failures.get(pair))?.consumedPoints ?? 0;
    // Guesses at the same moment are not counted yet.
    const atOnce = this.#underWay.get(pair) ?? 0;
    if (atOnce >= (failed > kinds[kind].free ? 1 : mostAtOnce)) throw tooMany(1_000);
    this.#underWay.set(pair, atOnce + 1);
    try {
      const result = await work();
      for (const key of new Set([own, pair])) {
        await this.#failures.delete(key);
        await this.#waits.delete(key);
      }
      return result;
    } catch (error) {
      if (error instanceof TimonelError && error.code === 'credentials_refused') {
        await this.#count(kind, pair);
        await this.#count('address', keyOf('address', network));
        await this.#count('account', all);
      }
      throw error;
    } finally {
      const left = (this.#underWay.get(pair) ?? 1) - 1;
      if (left > 0) this.#underWay.set(pair, left);
      else this.#underWay.delete(pair);
    }
  }

  /** The owner proved themselves by mail: what others tried does not stand in their way. */
  async clear(account: string, address: string): Promise<void> {
    const network = networkOf(address);
    for (const key of [keyOf('pair', account, network), keyOf('known', account, network), keyOf('account', account)]) {
      await this.#failures.delete(key);
      await this.#waits.delete(key);
    }
  }

  /**
   * Counts a mail that a stranger asks to be sent.
   * @returns whether to send it: nobody is told that it was not. @throws TimonelError `too_many_attempts` for an address that asks for many.
   */
  async mayMail(account: string, address: string): Promise<boolean> {
    const mailer = keyOf('mailer', networkOf(address));
    await this.#wait(mailer);
    await this.#count('mailer', mailer);
    const mail = keyOf('mail', account);
    if ((await this.#mustWait(mail)) > 0) return false;
    return this.#count('mail', mail);
  }

  /** Milliseconds. */
  async #mustWait(key: string): Promise<number> {
    const waiting = await this.#waits.get(key);
    return waiting === null ? 0 : Math.max(0, waiting.msBeforeNext);
  }

  async #wait(key: string): Promise<void> {
    const milliseconds = await this.#mustWait(key);
    if (milliseconds > 0) throw tooMany(milliseconds);
  }

  /** Past the free ones each starts a wait, twice as long as the one before. @returns whether it was a free one. */
  async #count(kind: Kind, key: string): Promise<boolean> {
    const { free, longest } = kinds[kind];
    const { consumedPoints } = await this.#failures.penalty(key, 1);
    if (consumedPoints <= free) return true;
    await this.#waits.block(key, Math.min(longest, 2 ** (consumedPoints - free)));
    return false;
  }
}

function limiter(redis: RedisClient | undefined, keyPrefix: string, points: number): RateLimiterAbstract {
  const options = { keyPrefix, points, duration: remembered };
  const memory = new RateLimiterMemory(options);
  return redis === undefined
    ? memory
    : new RateLimiterRedis({ ...options, storeClient: redis, insuranceLimiter: memory, rejectIfRedisNotReady: true });
}

/** No address of a person is written to Redis, and none is longer than another. */
function keyOf(kind: Kind, ...parts: string[]): string {
  return `${kind}:${createHash('sha256').update(JSON.stringify(parts)).digest('base64url')}`;
}

function tooMany(milliseconds: number): TimonelError {
  const retryAfter = Math.max(1, Math.ceil(milliseconds / 1000));
  return new TimonelError('too_many_attempts', `Too many attempts. Try again in ${retryAfter} s.`, { details: { retryAfter } });
}
