/** What a release is held to. Fixed before it starts: the error rates hold for standards that nobody tunes while looking at the evidence. */
export interface ReleaseStandards {
  /** Probability of a false alarm, over the whole release and however often somebody looks. */
  alpha: {
    /** The first three roll back. Their sum is the probability that a release without a regression is rolled back. */
    success: number;
    latency: number;
    cost: number;
    /** These two hold. */
    sampleRatio: number;
    feedback: number;
    /** Probability that a canary which is worse than the margins allow is promoted. Not split: every metric has to pass. */
    promotion: number;
  };
  /** Multiples of the stable's rate that a regression is looked for at, with equal weight: more of them find each later. */
  riskRatios: readonly number[];
  /** A multiple of the stable's rate of failures, slow turns, that the canary is not promoted at. More than 1. */
  margin: { success: number; latency: number };
  /**
   * Rates that are good enough whatever the stable's is, 0–1: without them a release in which nothing fails would never end. Undefined: there
   * is no such rate.
   */
  goodEnough: { success: number | undefined; latency: number | undefined };
  cost: {
    /** A multiple of the stable's cost that the canary is not promoted at. More than 1. */
    margin: number;
    /** Differences of the size that is expected, as a natural logarithm: where the confidence sequence is tightest. */
    scale: number;
    /** Share of turns whose cost may be unknown in either arm, 0–1. */
    unknown: number;
  };
  /** Before a canary is promoted, and before its cost is judged at all, both arms have had this many. */
  minimum: { turns: number; units: number };
}

/** Roll back wrongly in 4 of 100 releases at most; 1 of 100 is kept for a metric that is still to come. The goals are the SLOs'. */
export const defaultStandards: ReleaseStandards = {
  alpha: { success: 0.02, latency: 0.01, cost: 0.01, sampleRatio: 0.01, feedback: 0.05, promotion: 0.05 },
  riskRatios: [1.5, 2, 4, 10],
  margin: { success: 1.5, latency: 1.5 },
  goodEnough: { success: 0.01, latency: 0.05 },
  cost: { margin: 1.2, scale: 0.2, unknown: 0.1 },
  minimum: { turns: 200, units: 50 },
};
