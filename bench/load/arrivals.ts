/**
 * When requests are sent: an open loop. Arrivals come by a schedule of their own and are timed from there, so that a system that answers late
 * is not asked less for it, and the wait in the queue counts (no coordinated omission).
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Stage } from './scenarios.ts';

/** One request is due: when, on the clock of `performance.now`, and in which stage; `undefined` is the warm-up. */
export interface Arrival {
  at: number;
  stage: string | undefined;
}

/** An arrival that no customer was free for in this time is dropped, and counts as failed. */
const patienceMs = 10_000;

export class Arrivals {
  readonly #free: ((arrival: Arrival | undefined) => void)[] = [];
  readonly #due: Arrival[] = [];
  #over = false;

  /** The next request of a customer, as soon as one is due; `undefined` when the run is over. */
  async next(): Promise<Arrival | undefined> {
    if (this.#over) return undefined;
    const due = this.#due.shift();
    return due ?? new Promise((resolve) => this.#free.push(resolve));
  }

  /**
   * Plays the warm-up and the stages, each of `random` gaps (a Poisson process).
   * @param began hears when the measured time begins, before its first arrival, and may take its time
   */
  async play(
    warmUp: Omit<Stage, 'name'>,
    stages: readonly Stage[],
    { random, dropped, began }: { random: () => number; dropped: (arrival: Arrival) => void; began: () => Promise<void> },
  ): Promise<void> {
    await this.#stage(warmUp, undefined, random, dropped);
    await began();
    for (const stage of stages) await this.#stage(stage, stage.name, random, dropped);
    this.#over = true;
    for (const arrival of this.#due.splice(0)) dropped(arrival);
    for (const free of this.#free.splice(0)) free(undefined);
  }

  async #stage(
    { seconds, perSecond }: Omit<Stage, 'name'>,
    name: string | undefined,
    random: () => number,
    dropped: (arrival: Arrival) => void,
  ): Promise<void> {
    const start = performance.now();
    const end = start + seconds * 1_000;
    const gap = () => (-Math.log(1 - random()) * 1_000) / perSecond;
    for (let at = start + gap(); ; ) {
      const now = performance.now();
      for (; at <= now && at < end; at += gap()) this.#arrive({ at, stage: name });
      while ((this.#due[0]?.at ?? Number.POSITIVE_INFINITY) < now - patienceMs) {
        const late = this.#due.shift();
        if (late !== undefined) dropped(late);
      }
      if (now >= end) return;
      await sleep(Math.max(1, Math.min(at, end) - now));
    }
  }

  #arrive(arrival: Arrival): void {
    const free = this.#free.shift();
    if (free === undefined) this.#due.push(arrival);
    else free(arrival);
  }
}

/** Numbers from 0 to 1 that a seed decides (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
