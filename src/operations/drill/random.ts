/** Chance that can be repeated: the same seed makes the same choices. */
export interface SeededRandom {
  /** At least 0, below 1. */
  next(): number;
  /** A whole number of the range, both ends included. */
  between(least: number, most: number): number;
}

/** Mulberry32. @param seed a whole number, at least 0 and below 2^32 */
export function seededRandom(seed: number): SeededRandom {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  return { next, between: (least, most) => least + Math.floor(next() * (most - least + 1)) };
}
