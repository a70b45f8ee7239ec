/**
 * What the statistics are fed with: turns, in order, each with what its unit did before in the same release.
 *
 * A unit is what is given an arm: a person, or a conversation where arms are drawn for conversations. Its turns are not independent of each
 * other, so the statistics have to know which turns belong together; `expose` works that out from one small record per unit.
 */

export type Arm = 'stable' | 'canary';

/** A turn that ended, as the release sees it. */
export interface ExposedTurn {
  arm: Arm;
  /**
   * Share of the units that the canary had when this turn's conversation began: a multiple of 1/10000, as buckets are, more than 0 and less
   * than 1. A turn without such a weight is counted, and says nothing about the arms.
   */
  weight: number;
  /** The run failed, or was degraded. */
  failed: boolean;
  /** Slower than the target. Undefined where nobody measured, as for a turn that failed before its first event. */
  slow: boolean | undefined;
  /** US dollars; undefined where unknown. */
  cost: number | undefined;
}

/** What one unit did in one arm of one release. */
export interface UnitSums {
  turns: number;
  failures: number;
  /** Turns of which it is known whether they were slow. */
  timed: number;
  slow: number;
  /** Turns of which the cost is known, and the sum of their natural logarithms. */
  costs: number;
  logCosts: number;
}

/** Kept by the caller for each unit of a release, from its first turn to the end of the release. Plain JSON. */
export interface UnitRecord {
  stable: UnitSums;
  canary: UnitSums;
  /** Ratings below zero. */
  negativeRatings: number;
}

/** A turn with what its unit did before. The turns of a release are fed in one order, each once. */
export interface Exposure extends ExposedTurn {
  /** First turn of its unit in the release, in either arm. Only these count for the sample ratio. */
  firstOfUnit: boolean;
  /** Failed, for the first time in this release and in either arm. Only these count against the canary: see `expose`. */
  firstFailure: boolean;
  firstSlow: boolean;
  /** What the unit did before in the same arm. */
  before: UnitSums;
}

/** How good somebody found a turn. It comes later than the turn, and most turns have none. */
export interface Rating {
  arm: Arm;
  /** The weight of the turn. */
  weight: number;
  /** −1 (bad) to 1 (good). */
  rating: number;
  /** The first rating below zero of its unit in the release. */
  firstNegative: boolean;
}

/** Nothing below a hundredth of a cent is told apart, so that free turns have a logarithm too; nor above ten thousand dollars. */
const smallestCost = 1e-4;
const largestCost = 1e4;

/** Natural logarithm of a cost in US dollars; undefined where the cost is unknown, which a negative or infinite one is. */
export function logOfCost(cost: number | undefined): number | undefined {
  if (cost === undefined || !Number.isFinite(cost) || cost < 0) return undefined;
  return Math.log(Math.min(Math.max(cost, smallestCost), largestCost));
}

const nothing: UnitSums = { turns: 0, failures: 0, timed: 0, slow: 0, costs: 0, logCosts: 0 };

/** The record of a unit that was not seen yet. */
export function newUnit(): UnitRecord {
  return { stable: nothing, canary: nothing, negativeRatings: 0 };
}

/**
 * Makes a turn an exposure, and says what to keep of its unit.
 *
 * The window of "first" is the whole release. When arms are drawn once per unit, a unit that failed is known to be in its arm: only its first
 * failure is a draw, and whether the canary is blamed for it has the probability of its weight, whatever the users are like. Failures of
 * the same unit in a later day or conversation are the same draw again (docs/releases-statistics.md has the measured error of such windows).
 */
export function expose(record: UnitRecord | undefined, turn: ExposedTurn): { exposure: Exposure; record: UnitRecord } {
  const { stable, canary, negativeRatings } = record ?? newUnit();
  const before = turn.arm === 'canary' ? canary : stable;
  const logCost = logOfCost(turn.cost);
  const after: UnitSums = {
    turns: before.turns + 1,
    failures: before.failures + (turn.failed ? 1 : 0),
    timed: before.timed + (turn.slow === undefined ? 0 : 1),
    slow: before.slow + (turn.slow === true ? 1 : 0),
    costs: before.costs + (logCost === undefined ? 0 : 1),
    logCosts: before.logCosts + (logCost ?? 0),
  };
  const exposure: Exposure = {
    arm: turn.arm,
    weight: turn.weight,
    failed: turn.failed,
    slow: turn.slow,
    cost: turn.cost,
    firstOfUnit: stable.turns + canary.turns === 0,
    firstFailure: turn.failed && stable.failures + canary.failures === 0,
    firstSlow: turn.slow === true && stable.slow + canary.slow === 0,
    before,
  };
  return {
    exposure,
    record: turn.arm === 'canary' ? { stable, canary: after, negativeRatings } : { stable: after, canary, negativeRatings },
  };
}

/** Makes a rating of a turn one that counts, and says what to keep of its unit. */
export function exposeRating(
  record: UnitRecord | undefined,
  given: Omit<Rating, 'firstNegative'>,
): { rating: Rating; record: UnitRecord } {
  const known = record ?? newUnit();
  const negative = given.rating < 0;
  return {
    rating: { arm: given.arm, weight: given.weight, rating: given.rating, firstNegative: negative && known.negativeRatings === 0 },
    record: { ...known, negativeRatings: known.negativeRatings + (negative ? 1 : 0) },
  };
}
