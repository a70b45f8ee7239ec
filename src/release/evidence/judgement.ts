/** What a look at the evidence yields. Plain JSON, without NaN or Infinity. */

export const metricNames = ['success', 'latency', 'cost', 'sample-ratio', 'feedback'] as const;
export type MetricName = (typeof metricNames)[number];

/** Missing data is inconclusive: it never promotes and never rolls back. */
export type MetricFinding = 'pass' | 'fail' | 'inconclusive';

export interface ArmCounts {
  turns: number;
  units: number;
  /** Failures, slow turns, ratings below zero; for cost the turns of which it is unknown; for the sample ratio the units of the arm. */
  events: number;
  /** `events` by turn, 0–1; for cost dollars by turn (geometric mean). Undefined where nothing was counted. */
  rate: number | undefined;
}

export interface MetricJudgement {
  finding: MetricFinding;
  /** Decimal logarithms of e-values: 2 is a hundred to one. 0 where nothing can be said. */
  evidence: { against: number; for: number };
  stable: ArmCounts;
  canary: ArmCounts;
  /** Cost only: the canary's cost as a multiple of the stable's, with the bounds that hold at all times with probability 1 − alpha.cost. */
  estimate?: { ratio: number; low: number; high: number };
  /**
   * Turns of both arms, from now, until the metric passes if the canary is as good as the stable and traffic stays as it is; 0 where it passes.
   * Undefined where that cannot be said, and where it failed.
   */
  moreTurns: number | undefined;
  /** One English sentence with the numbers. */
  reason: string;
}

/**
 * - `rollback`: one of success, latency and cost is shown to be worse.
 * - `hold`: the sample ratio or the feedback says that a person has to look.
 * - `non-inferior`: success, latency and cost are shown to be good enough, and nothing fails: may be promoted.
 * - `inconclusive`: none of these yet.
 */
export type ReleaseVerdict = 'rollback' | 'hold' | 'non-inferior' | 'inconclusive';

export interface ReleaseJudgement {
  verdict: ReleaseVerdict;
  reason: string;
  metrics: Record<MetricName, MetricJudgement>;
  /** Until all that promotion needs has passed: the longest of the metrics. Undefined where one of them is. */
  moreTurns: number | undefined;
}
