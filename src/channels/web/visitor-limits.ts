/** How much strangers may do in a minute: in Redis for all processes where there is one and it answers, else in the memory of this one. */
import { createHash } from 'node:crypto';
import { type RateLimiterAbstract, RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';
import { TimonelError } from '../../errors.ts';
import type { RedisClient } from '../../store/cache/redis.ts';

const perMinute = {
  /** Sessions that an address may begin. */
  sessions: 30,
  messages: 20,
  /** Messages of all visitors behind an address. */
  messagesOfAddress: 120,
  files: 10,
  /** Streams that are begun: a page that comes back after an interruption begins another one. */
  streams: 60,
} as const;

export type VisitorLimit = keyof typeof perMinute;

export class VisitorLimits {
  readonly #limiters = new Map<string, RateLimiterAbstract>();

  constructor(redis: RedisClient | undefined) {
    for (const [name, points] of Object.entries(perMinute)) {
      const options = { points, duration: 60, keyPrefix: `timonel:visitors:${name}` };
      const memory = new RateLimiterMemory(options);
      const shared = () =>
        new RateLimiterRedis({ ...options, storeClient: redis, insuranceLimiter: memory, rejectIfRedisNotReady: true });
      this.#limiters.set(name, redis === undefined ? memory : shared());
    }
  }

  /** @param whose visitor or address; Redis is told its hash alone. @throws TimonelError `rate_limited` */
  async count(limit: VisitorLimit, whose: string): Promise<void> {
    const key = createHash('sha256').update(whose).digest('base64url');
    try {
      await this.#limiters.get(limit)?.consume(key);
    } catch (refused) {
      if (!(refused instanceof RateLimiterRes)) throw refused;
      throw visitorLimited(Math.max(1, Math.ceil(refused.msBeforeNext / 1_000)));
    }
  }
}

export function visitorLimited(retryAfter: number): TimonelError {
  return new TimonelError('rate_limited', `That was too much at once. Try again in ${retryAfter} s.`, { details: { retryAfter } });
}
