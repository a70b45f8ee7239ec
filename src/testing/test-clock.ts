/** A clock that stands still until a test moves it. */
export interface TestClock {
  /** The time that it shows; goes into `startTimonel` as `now`. */
  readonly now: () => Date;
  /** Moves it forward. @param milliseconds at least 0. */
  advance(milliseconds: number): void;
}

/**
 * Makes a clock for tests.
 * @param at an instant with its offset, e.g. `2026-11-20T12:00:00-03:00`.
 * @throws TypeError where it is none
 */
export function testClock(at: string): TestClock {
  let time = Date.parse(at);
  if (Number.isNaN(time)) throw new TypeError(`"${at}" is not an instant; write it like 2026-11-20T12:00:00-03:00.`);
  return {
    now: () => new Date(time),
    advance(milliseconds) {
      if (!(milliseconds >= 0)) throw new TypeError(`A clock advances by 0 milliseconds or more, not by ${milliseconds}.`);
      time += milliseconds;
    },
  };
}
