/** What one caller took within one minute. */
export interface Minute {
  taken: number;
  /** `performance.now()` at which the next one begins. */
  until: number;
}

const length = 60_000;

/**
 * Counts of one limit in the memory of this process, without a promise or a timer for each: three of them stand before every call to a
 * model, and a limiter that may have to wait for a store costs ten times as much.
 */
export class Minutes {
  readonly #points: number;
  /** In the order in which they began. */
  readonly #minutes = new Map<string, Minute>();

  constructor(points: number) {
    this.#points = points;
  }

  /** The minute of a caller that is under way, or a new one. */
  of(id: string): Minute {
    const now = performance.now();
    const known = this.#minutes.get(id);
    if (known !== undefined && now < known.until) return known;
    this.#forget(now);
    const begun = { taken: 0, until: now + length };
    this.#minutes.set(id, begun);
    return begun;
  }

  /** @returns whether there were so many left; if not, nothing is taken. */
  take(minute: Minute, points: number): boolean {
    if (minute.taken + points > this.#points) return false;
    minute.taken += points;
    return true;
  }

  /** Those that ended: the oldest are in front. */
  #forget(now: number): void {
    for (const [id, { until }] of this.#minutes) {
      if (now < until) return;
      this.#minutes.delete(id);
    }
  }
}
