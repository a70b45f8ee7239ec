import { LRUCache } from 'lru-cache';

/** One of a kind is written down in so many milliseconds. */
const periodMs = 60_000;

/** So many of all kinds are in a period: a flood fills no table. */
const mostInPeriod = 120;

/** Thins out what may come without end: one of each kind a minute is written, and says how many were not. */
export class Sampled {
  readonly #now: () => Date;
  readonly #kinds = new LRUCache<string, { writtenAt: number; unwritten: number }>({ max: 10_000 });
  #period = 0;
  #written = 0;

  constructor(now: () => Date) {
    this.#now = now;
  }

  /** @returns how many of this kind were not written since the last one that was; `undefined` where this one is not to be written either. */
  take(kind: string): number | undefined {
    const at = this.#now().getTime();
    const period = Math.floor(at / periodMs);
    if (period !== this.#period) {
      this.#period = period;
      this.#written = 0;
    }
    const before = this.#kinds.get(kind) ?? { writtenAt: Number.NEGATIVE_INFINITY, unwritten: 0 };
    if (at - before.writtenAt < periodMs || this.#written >= mostInPeriod) {
      this.#kinds.set(kind, { ...before, unwritten: before.unwritten + 1 });
      return undefined;
    }
    this.#written++;
    this.#kinds.set(kind, { writtenAt: at, unwritten: 0 });
    return before.unwritten;
  }
}
