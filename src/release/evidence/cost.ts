/**
 * Costs: an asymptotic confidence sequence for the ratio of the arms' costs (Waudby-Smith, Arbour, Sinha, Kennedy, Ramdas, "Time-uniform central
 * limit theory and asymptotic confidence sequences", Annals of Statistics 2024), on the mean logarithm, as costs are skewed. Its variance is
 * taken over units, as one person's turns cost alike.
 */
import type { CostSums } from './evidence.ts';

export interface CostEstimate {
  /** Natural logarithm of the canary's cost divided by the stable's (geometric means). */
  difference: number;
  /** Variance of `difference`. */
  variance: number;
}

/** Where all turns of an arm cost the same there would be no variance at all: one turn is never known better than to five per cent. */
const leastDeviation = 0.05;

/** Undefined while an arm has fewer than two units with a known cost. */
export function costEstimate(stable: CostSums, canary: CostSums): CostEstimate | undefined {
  if (stable.units < 2 || canary.units < 2) return undefined;
  return {
    difference: canary.sum / canary.turns - stable.sum / stable.turns,
    variance: varianceOfMean(stable) + varianceOfMean(canary),
  };
}

/** Of a mean over turns that come in units: Σ(L − mn)² / N², which three sums give without keeping the units. */
function varianceOfMean({ turns, units, sum, squares, products, turnSquares }: CostSums): number {
  const mean = sum / turns;
  const deviations = Math.max(squares - 2 * mean * products + mean * mean * turnSquares, turns * leastDeviation ** 2);
  return ((units / (units - 1)) * deviations) / (turns * turns);
}

/** log e against "the true difference is `hypothesis`", with bets on differences of the size of `scale` to either side. */
export function logOfDifference({ difference, variance }: CostEstimate, hypothesis: number, scale: number): number {
  const spread = variance + scale ** 2;
  return Math.log(variance / spread) / 2 + (scale ** 2 * (difference - hypothesis) ** 2) / (2 * variance * spread);
}

/** Differences that e-values below 1/α do not rule out; the true one is among them at all times with probability 1 − α. */
export function confidenceSequence(estimate: CostEstimate, alpha: number, scale: number): { low: number; high: number } {
  const { difference, variance } = estimate;
  const spread = variance + scale ** 2;
  const reach = Math.sqrt(((2 * variance * spread) / scale ** 2) * (Math.log(1 / alpha) + Math.log(spread / variance) / 2));
  return { low: difference - reach, high: difference + reach };
}

/**
 * How many times as many turns are needed until the evidence that the difference is less than `margin` reaches `threshold` (natural
 * logarithm), at the present difference. Undefined where that never happens.
 */
export function growthToPass(estimate: CostEstimate, margin: number, scale: number, threshold: number): number | undefined {
  if (estimate.difference >= margin) return undefined;
  const enough = (times: number) =>
    logOfDifference({ difference: estimate.difference, variance: estimate.variance / times }, margin, scale) >= threshold;
  let high = 1;
  while (!enough(high)) {
    high *= 2;
    if (high > 2 ** 30) return undefined;
  }
  let low = high / 2;
  for (let step = 0; step < 20; step++) {
    const middle = (low + high) / 2;
    if (enough(middle)) high = middle;
    else low = middle;
  }
  return high;
}
