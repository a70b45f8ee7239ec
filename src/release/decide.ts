import { type CollectionFinding, unevaluated, worsened } from './collections.ts';
import type { ReleaseJudgement } from './evidence/judgement.ts';
import type { Release, RolloutVerdict, Tripwires } from './release.ts';

/** What a look leads to. `hard`: the reason is not statistics, and open conversations leave the canary too. */
export interface ReleaseDecision {
  verdict: RolloutVerdict;
  reason: string;
  hard?: true;
}

/** What is known when a release is looked at. */
export interface ReleaseFindings {
  release: Pick<Release, 'plan' | 'step' | 'watchedMs' | 'enabled'>;
  judgement: ReleaseJudgement;
  tripwires: Tripwires;
  collections: readonly CollectionFinding[];
}

/**
 * Decides how a release goes on. Pure. What is missing holds a release where it is: it never promotes and never rolls back.
 */
export function decideRelease({ release, judgement, tripwires, collections }: ReleaseFindings): ReleaseDecision {
  const { plan, step, watchedMs, enabled } = release;
  const tripped = trippedWire(plan, tripwires);
  if (tripped !== undefined) return { verdict: 'roll-back', reason: tripped, hard: true };
  if (judgement.verdict === 'rollback') return { verdict: 'roll-back', reason: judgement.reason };
  if (judgement.verdict === 'hold') return { verdict: 'hold', reason: judgement.reason };
  const worse = worsened(collections);
  if (worse !== undefined) return { verdict: 'hold', reason: worse };
  if (!enabled) return { verdict: 'inconclusive', reason: 'New conversations are not assigned: it is switched off.' };

  const { stable, canary } = judgement.metrics.success;
  const { minimumTurns } = plan;
  const fewest = Math.min(stable.turns, canary.turns);
  const present = plan.steps[step];
  const bakeMs = (present?.bakeMinutes ?? 0) * 60_000;
  if (watchedMs < bakeMs) {
    const left = Math.ceil((bakeMs - watchedMs) / 60_000);
    return {
      verdict: 'inconclusive',
      reason: `The step of ${present?.percentage} % is watched for ${left} more min. ${judgement.reason}`,
    };
  }
  if (fewest < minimumTurns) {
    const arm = canary.turns <= stable.turns ? 'canary' : 'stable version';
    return { verdict: 'inconclusive', reason: `The ${arm} has ${fewest} of at least ${minimumTurns} turns.` };
  }
  const next = plan.steps[step + 1];
  if (next === undefined || next.percentage === 100) {
    if (judgement.verdict !== 'non-inferior') return { verdict: 'inconclusive', reason: judgement.reason };
    const missing = unevaluated(collections);
    if (missing !== undefined) return { verdict: 'inconclusive', reason: missing };
    return plan.automatic
      ? { verdict: 'promote', reason: judgement.reason }
      : { verdict: 'hold', reason: `It may be promoted, which this plan leaves to a person. ${judgement.reason}` };
  }
  if (!plan.automatic)
    return {
      verdict: 'hold',
      reason: `It may go on to ${next.percentage} %, which this plan leaves to a person. ${judgement.reason}`,
    };
  return { verdict: 'ramp', reason: `The step of ${present?.percentage} % is over without a finding. ${judgement.reason}` };
}

function trippedWire(plan: Release['plan'], tripwires: Tripwires): string | undefined {
  const { safetyViolations, crashed, crashing, dollars } = tripwires;
  const limits = plan.tripwires;
  const crashes = { stable: crashed.stable + crashing.stable, canary: crashed.canary + crashing.canary };
  if (safetyViolations >= limits.safetyViolations)
    return `Tripwire: a safety rule refused ${safetyViolations} call(s) of the canary, and ${limits.safetyViolations} end the release.`;
  // Where both arms take processes with them, it is not the canary that does it.
  if (crashes.canary > 0 && crashes.stable === 0)
    return `Tripwire: ${crashes.canary} turn(s) of the canary took their process with them ${limits.recoveries} times, and none of the stable version's.`;
  if (limits.dollars !== undefined && dollars >= limits.dollars)
    return `Tripwire: the canary cost ${dollars.toFixed(2)} US dollars, and may cost ${limits.dollars}.`;
  return undefined;
}
