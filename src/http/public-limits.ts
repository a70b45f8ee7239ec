import { LRUCache } from 'lru-cache';
import { TimonelError } from '../errors.ts';

/** Requests of one address in a minute, in one process, to the public routes of an agent that say nothing else. */
const ordinary = 60;
/** Addresses that are counted; the one that was quiet for longest is forgotten. */
const mostAddresses = 10_000;
const minuteMs = 60_000;

/** Counts requests that nobody signs for, by where they come from. */
export class PublicLimits {
  readonly #windows = new LRUCache<string, { since: number; count: number }>({ max: mostAddresses });
  readonly #now: () => number;

  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /**
   * @param group what is counted together
   * @throws TimonelError `rate_limited`
   */
  count(group: string, address: string, perMinute: number = ordinary): void {
    const key = `${group} ${address}`;
    const now = this.#now();
    let window = this.#windows.get(key);
    if (window === undefined || now - window.since >= minuteMs) {
      window = { since: now, count: 0 };
      this.#windows.set(key, window);
    }
    window.count += 1;
    if (window.count <= perMinute) return;
    const retryAfter = Math.max(1, Math.ceil((window.since + minuteMs - now) / 1_000));
    throw new TimonelError(
      'rate_limited',
      `An address may send ${perMinute} requests a minute there. Try again in ${retryAfter} seconds.`,
      { details: { limit: perMinute, retryAfter } },
    );
  }
}
