/**
 * Holds back who guesses: each failed attempt counts for the account from this address, for the account from addresses that it does not
 * know, and for the address; past a few, the next one has to wait, ever longer. Nobody is locked out: what has to wait is the address that
 * guesses, and an account under attack stays open to the addresses from which its owner signed in before.
 */
import { createHash } from 'node:crypto';
import type { Redis } from 'ioredis';
import { type RateLimiterAbstract, RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';
import { TimonelError } from '../errors.ts';

/** How often one may fail before waiting begins, and how long the wait gets at most (seconds). */
const kinds = {
  /** One account from one address: a person who mistypes. */
  pair: { free: 5, longest: 900 },
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

export interface Attempt {
  /** It worked: what counted against the person here is forgotten. */
  succeeded(): Promise<void>;
  /** It was no guess, e.g. a right password that still needs a second factor: it does not count. */
  excused(): Promise<void>;
}

export class Attempts {
  readonly #failures: RateLimiterAbstract;
  readonly #waits: RateLimiterAbstract;

  /** @param redis counts are shared between processes through it; while it is down, or without it, each process counts alone. */
  constructor(redis: Redis | undefined) {
    this.#failures = limiter(redis, 'timonel:failures', Number.MAX_SAFE_INTEGER);
    this.#waits = limiter(redis, 'timonel:waits', 1);
  }

  /**
   * To be called before a password or a code is looked at. It counts as failed until it is said to have worked, so that guesses at the same
   * moment count too.
   * @param isKnownAddress whether the owner signed in from this address before; asked only for an account under attack.
   * @throws TimonelError `too_many_attempts`
   */
  async begin(account: string, address: string, isKnownAddress: () => Promise<boolean>): Promise<Attempt> {
    const keys = { pair: keyOf('pair', account, address), account: keyOf('account', account), address: keyOf('address', address) };
    await this.#wait(keys.pair);
    await this.#wait(keys.address);
    const accountKey = (await this.#mustWait(keys.account)) > 0 && (await isKnownAddress()) ? undefined : keys.account;
    if (accountKey !== undefined) await this.#wait(accountKey);
    await this.#count('pair', keys.pair);
    await this.#count('address', keys.address);
    if (accountKey !== undefined) await this.#count('account', accountKey, isKnownAddress);
    const excused = async () => {
      await this.#failures.reward(keys.address, 1);
      await this.#failures.reward(keys.pair, 1);
      if (accountKey !== undefined) await this.#failures.reward(accountKey, 1);
    };
    return {
      excused,
      succeeded: async () => {
        await excused();
        await this.#failures.delete(keys.pair);
        await this.#waits.delete(keys.pair);
      },
    };
  }

  /** The owner proved themselves by mail: what others tried does not stand in their way. */
  async clear(account: string, address: string): Promise<void> {
    for (const key of [keyOf('pair', account, address), keyOf('account', account)]) {
      await this.#failures.delete(key);
      await this.#waits.delete(key);
    }
  }

  /**
   * Counts a mail that a stranger asks to be sent.
   * @returns whether to send it: nobody is told that it was not. @throws TimonelError `too_many_attempts` for an address that asks for many.
   */
  async mayMail(account: string, address: string): Promise<boolean> {
    const mailer = keyOf('mailer', address);
    await this.#wait(mailer);
    await this.#count('mailer', mailer);
    const mail = keyOf('mail', account);
    if ((await this.#mustWait(mail)) > 0) return false;
    return this.#count('mail', mail).then(
      () => true,
      () => false,
    );
  }

  /** Milliseconds. */
  async #mustWait(key: string): Promise<number> {
    const waiting = await this.#waits.get(key);
    return waiting === null || waiting.consumedPoints < 1 ? 0 : Math.max(0, waiting.msBeforeNext);
  }

  async #wait(key: string): Promise<void> {
    const milliseconds = await this.#mustWait(key);
    if (milliseconds > 0) throw tooMany(milliseconds);
  }

  /** Past the free attempts each one starts a wait for the next. Of several at the same moment one passes. */
  async #count(kind: Kind, key: string, isExempt?: () => Promise<boolean>): Promise<void> {
    const { free, longest } = kinds[kind];
    const { consumedPoints } = await this.#failures.penalty(key, 1);
    if (consumedPoints <= free) return;
    const seconds = Math.min(longest, 2 ** (consumedPoints - free));
    try {
      await this.#waits.consume(key, 1, { customDuration: seconds });
    } catch (rejected) {
      if (!(rejected instanceof RateLimiterRes)) throw rejected;
      if (isExempt !== undefined && (await isExempt())) return;
      throw tooMany(rejected.msBeforeNext);
    }
  }
}

function limiter(redis: Redis | undefined, keyPrefix: string, points: number): RateLimiterAbstract {
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
