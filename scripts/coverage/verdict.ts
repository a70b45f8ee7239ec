/** What a share of covered lines means. */

/** Runs differ by what they wait for, and so by a few lines. */
const noise = 0.3;

export interface Verdict {
  ok: boolean;
  said: string;
}

/**
 * @param percent of lines, 0 to 100
 * @param floor what it was before: it may not fall below it
 */
export function ratchet(percent: number, floor: number): Verdict {
  const share = `${percent.toFixed(2)} % of lines`;
  if (percent < floor - noise) return { ok: false, said: `${share} are run by tests, and ${floor} % were: test what was added` };
  if (percent > floor + 1)
    return { ok: true, said: `${share} are run by tests: raise the floor of ${floor} %: npm run coverage -- --raise` };
  return { ok: true, said: `${share} are run by tests, of at least ${floor} %` };
}

export function gate(percent: number, least: number): Verdict {
  return { ok: percent >= least, said: `${percent.toFixed(2)} % of lines are run by tests, of at least ${least} %` };
}
