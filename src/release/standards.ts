import { defaultStandards, type ReleaseStandards } from './evidence/standards.ts';
import type { ReleasePlan } from './release.ts';
import { withoutAbsent } from './without-absent.ts';

/** The standards that a plan asks for; what it does not name is as it is by default. */
export function standardsOf({ alpha, margin, minimumTurns }: ReleasePlan): ReleaseStandards {
  const { success = defaultStandards.margin.success, latency = defaultStandards.margin.latency } = margin;
  return {
    ...defaultStandards,
    alpha: { ...defaultStandards.alpha, ...withoutAbsent(alpha) },
    margin: { success, latency },
    cost: { ...defaultStandards.cost, ...(margin.cost === undefined ? {} : { margin: margin.cost }) },
    minimum: { turns: Math.max(minimumTurns, defaultStandards.minimum.turns), units: defaultStandards.minimum.units },
  };
}
