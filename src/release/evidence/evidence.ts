/**
 * What is known of a release, as counts: all that the tests need, of any size, in a few kilobytes of JSON. The tests themselves are done when
 * somebody looks (`judge`), so that it does not matter how the turns were batched, and nothing can overflow.
 */
import { type Arm, type Exposure, logOfCost, type Rating } from './exposure.ts';

/** Of the stable and of the canary. */
export type Split = [stable: number, canary: number];

/** What carries the arm's label, all of one weight. */
export interface Splits {
  /** Units, at their first turn. */
  units: Split;
  failures: Split;
  firstFailures: Split;
  slow: Split;
  firstSlow: Split;
  /** First ratings below zero. */
  firstNegatives: Split;
}

/** Something that a turn does or does not. */
export interface EventSums {
  /** Turns of which it is known. */
  turns: number;
  units: number;
  events: number;
  /** Units with one event or more. */
  eventUnits: number;
  /** Sum over units of the square of their events. */
  squares: number;
}

/** Of the natural logarithms of costs. With L the sum of a unit's and n how many: sums over units. */
export interface CostSums {
  turns: number;
  unknown: number;
  units: number;
  sum: number;
  /** ΣL² */
  squares: number;
  /** ΣLn */
  products: number;
  /** Σn² */
  turnSquares: number;
}

export interface ArmEvidence {
  turns: number;
  failures: EventSums;
  slow: EventSums;
  costs: CostSums;
  ratings: { given: number; negative: number; sum: number };
}

export interface ReleaseEvidence {
  /** Of this shape; what is stored outlives the process that stored it. */
  version: 1;
  /** Of the latest turn, in ten-thousandths; 0 before the first. */
  weight: number;
  stable: ArmEvidence;
  canary: ArmEvidence;
  /** By weight in ten-thousandths. */
  splits: Record<string, Splits>;
}

export function noEvidence(): ReleaseEvidence {
  return { version: 1, weight: 0, stable: emptyArm(), canary: emptyArm(), splits: {} };
}

function emptyArm(): ArmEvidence {
  return {
    turns: 0,
    failures: { turns: 0, units: 0, events: 0, eventUnits: 0, squares: 0 },
    slow: { turns: 0, units: 0, events: 0, eventUnits: 0, squares: 0 },
    costs: { turns: 0, unknown: 0, units: 0, sum: 0, squares: 0, products: 0, turnSquares: 0 },
    ratings: { given: 0, negative: 0, sum: 0 },
  };
}

/** Adds turns in the order in which they ended. Returns new evidence; how the turns are batched makes no difference, to the last bit. */
export function observe(evidence: ReleaseEvidence, exposures: readonly Exposure[]): ReleaseEvidence {
  const next = copyOf(evidence);
  for (const exposure of exposures) observeOne(next, exposure);
  return next;
}

/** Adds ratings. */
export function observeRatings(evidence: ReleaseEvidence, ratings: readonly Rating[]): ReleaseEvidence {
  const next = copyOf(evidence);
  for (const { arm, weight, rating, firstNegative } of ratings) {
    if (!Number.isFinite(rating)) continue;
    const sums = next[arm].ratings;
    sums.given++;
    sums.sum += Math.min(Math.max(rating, -1), 1);
    if (rating < 0) sums.negative++;
    const splits = splitsOf(next, weight);
    if (splits !== undefined && firstNegative) splits.firstNegatives[indexOf(arm)]++;
  }
  return next;
}

function observeOne(evidence: ReleaseEvidence, exposure: Exposure): void {
  const { before, failed, slow } = exposure;
  const arm = evidence[exposure.arm];
  arm.turns++;
  addEvent(arm.failures, failed, counted(before.turns), counted(before.failures));
  if (slow !== undefined) addEvent(arm.slow, slow, counted(before.timed), counted(before.slow));
  addCost(arm.costs, logOfCost(exposure.cost), counted(before.costs), before.logCosts);
  const splits = splitsOf(evidence, exposure.weight);
  if (splits === undefined) return;
  evidence.weight = tenThousandths(exposure.weight);
  const index = indexOf(exposure.arm);
  if (exposure.firstOfUnit) splits.units[index]++;
  if (failed) splits.failures[index]++;
  if (exposure.firstFailure) splits.firstFailures[index]++;
  if (slow === true) splits.slow[index]++;
  if (exposure.firstSlow) splits.firstSlow[index]++;
}

function addEvent(sums: EventSums, happened: boolean, turnsBefore: number, eventsBefore: number): void {
  sums.turns++;
  if (turnsBefore === 0) sums.units++;
  if (!happened) return;
  sums.events++;
  if (eventsBefore === 0) sums.eventUnits++;
  // (n + 1)² − n²: the sum of squares over units, without keeping the units.
  sums.squares += 2 * eventsBefore + 1;
}

function addCost(sums: CostSums, logCost: number | undefined, turnsBefore: number, sumBefore: number): void {
  if (logCost === undefined) {
    sums.unknown++;
    return;
  }
  const before = Number.isFinite(sumBefore) ? Math.min(Math.max(sumBefore, -1e12), 1e12) : 0;
  sums.turns++;
  if (turnsBefore === 0) sums.units++;
  sums.sum += logCost;
  sums.squares += logCost * (2 * before + logCost);
  sums.products += before + logCost * (turnsBefore + 1);
  sums.turnSquares += 2 * turnsBefore + 1;
}

const counted = (count: number) => (Number.isFinite(count) && count > 0 ? Math.min(count, 1e9) : 0);
const indexOf = (arm: Arm) => (arm === 'canary' ? 1 : 0);
const tenThousandths = (weight: number) => Math.round(weight * 10_000);

/** Undefined for a weight that is no draw. */
function splitsOf(evidence: ReleaseEvidence, weight: number): Splits | undefined {
  const share = tenThousandths(weight);
  if (!(share >= 1 && share <= 9_999)) return undefined;
  evidence.splits[share] ??= {
    units: [0, 0],
    failures: [0, 0],
    firstFailures: [0, 0],
    slow: [0, 0],
    firstSlow: [0, 0],
    firstNegatives: [0, 0],
  };
  return evidence.splits[share];
}

function copyOf(evidence: ReleaseEvidence): ReleaseEvidence {
  const splits: Record<string, Splits> = {};
  for (const [share, of] of Object.entries(evidence.splits))
    splits[share] = {
      units: [...of.units],
      failures: [...of.failures],
      firstFailures: [...of.firstFailures],
      slow: [...of.slow],
      firstSlow: [...of.firstSlow],
      firstNegatives: [...of.firstNegatives],
    };
  return { ...evidence, stable: copyOfArm(evidence.stable), canary: copyOfArm(evidence.canary), splits };
}

function copyOfArm(arm: ArmEvidence): ArmEvidence {
  return {
    turns: arm.turns,
    failures: { ...arm.failures },
    slow: { ...arm.slow },
    costs: { ...arm.costs },
    ratings: { ...arm.ratings },
  };
}
