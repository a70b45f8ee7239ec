import { confidenceSequence, costEstimate, growthToPass, logOfDifference } from './cost.ts';
import type { ArmEvidence, EventSums, ReleaseEvidence } from './evidence.ts';
import type { ArmCounts, MetricFinding, MetricJudgement, MetricName, ReleaseJudgement } from './judgement.ts';
import { againstCanary, againstSampleRatio } from './labels.ts';
import { forCanary, type PromotionQuestion, turnsToMinimum, turnsToPromotion } from './promotion.ts';
import { amount, dollarsText, percent, toOne } from './sentences.ts';
import type { ReleaseStandards } from './standards.ts';

const decimal = (naturalLogarithm: number) => naturalLogarithm / Math.LN10;
const perTurn = (total: number, turns: number) => (turns > 0 ? total / turns : undefined);

/**
 * Looks at a release. Any number of looks at any moments is allowed: what rolls back wrongly does so with the probability of
 * `standards.alpha` over all of them together. Pure; see docs/releases-statistics.md for what each number can tell.
 */
export function judge(evidence: ReleaseEvidence, standards: ReleaseStandards): ReleaseJudgement {
  const metrics: Record<MetricName, MetricJudgement> = {
    success: judgeEvents('success', evidence, standards),
    latency: judgeEvents('latency', evidence, standards),
    cost: judgeCost(evidence, standards),
    'sample-ratio': judgeSampleRatio(evidence, standards),
    feedback: judgeFeedback(evidence, standards),
  };
  const needed = [metrics.success, metrics.latency, metrics.cost, metrics['sample-ratio']];
  const moreTurns = needed.map((metric) => metric.moreTurns);
  const whole = {
    metrics,
    moreTurns: moreTurns.every((turns) => turns !== undefined) ? Math.max(...moreTurns) : undefined,
  };
  // The safe side first: a breach counts also while somebody has to look at something else.
  const worse = [metrics.success, metrics.latency, metrics.cost].find(({ finding }) => finding === 'fail');
  if (worse !== undefined) return { verdict: 'rollback', reason: worse.reason, ...whole };
  const doubtful = [metrics['sample-ratio'], metrics.feedback].find(({ finding }) => finding === 'fail');
  if (doubtful !== undefined) return { verdict: 'hold', reason: doubtful.reason, ...whole };
  const open = needed.filter(({ finding }) => finding !== 'pass');
  if (open.length === 0)
    return { verdict: 'non-inferior', reason: needed.map(({ reason }) => reason).join(' '), ...whole, moreTurns: 0 };
  return { verdict: 'inconclusive', reason: open.map(({ reason }) => reason).join(' '), ...whole };
}

const questions = {
  success: { events: 'failures', first: 'firstFailures', title: 'Failures' },
  latency: { events: 'slow', first: 'firstSlow', title: 'Slow turns' },
} as const;

function judgeEvents(metric: 'success' | 'latency', evidence: ReleaseEvidence, standards: ReleaseStandards): MetricJudgement {
  const { events, first, title } = questions[metric];
  const { alpha, minimum, margin, goodEnough, riskRatios } = standards;
  const against = againstCanary(evidence.splits, first, riskRatios);
  const question: PromotionQuestion = {
    events,
    margin: margin[metric],
    goodEnough: goodEnough[metric],
    weight: evidence.weight / 10_000,
    threshold: Math.log(1 / alpha.promotion),
  };
  const inFavour = forCanary(evidence, question);
  const stable = countsOf(evidence.stable[events]);
  const canary = countsOf(evidence.canary[events]);
  const enough = hasMinimum(evidence.stable[events], standards) && hasMinimum(evidence.canary[events], standards);
  const finding = findingOf(against >= Math.log(1 / alpha[metric]), enough && inFavour >= question.threshold);
  const said = `${title}: canary ${percent(canary.rate)} of ${amount(canary.turns)} turns, stable ${percent(stable.rate)} of ${amount(stable.turns)}`;
  const byEvidence = inFavour >= question.threshold ? 0 : turnsToPromotion(evidence, question);
  const byMinimum = enough ? 0 : turnsToMinimum(evidence, minimum, (arm: ArmEvidence) => arm[events]);
  return {
    finding,
    evidence: { against: decimal(against), for: decimal(inFavour) },
    stable,
    canary,
    ...outlook(
      finding,
      said,
      byEvidence === undefined || byMinimum === undefined ? undefined : Math.max(byEvidence, byMinimum),
      `the evidence that it is worse stands at ${toOne(against)}, and ${toOne(Math.log(1 / alpha[metric]))} is enough`,
      `the evidence that it is good enough stands at ${toOne(inFavour)}, and ${toOne(question.threshold)} is needed`,
    ),
  };
}

function judgeCost(evidence: ReleaseEvidence, standards: ReleaseStandards): MetricJudgement {
  const { alpha, cost } = standards;
  const stable = costsOf(evidence.stable);
  const canary = costsOf(evidence.canary);
  const counts = { stable, canary };
  const nothing = { finding: 'inconclusive', evidence: { against: 0, for: 0 }, ...counts, moreTurns: undefined } as const;
  const unknown = (arm: ArmCounts) => arm.events / (arm.turns + arm.events);
  if (unknown(stable) > cost.unknown || unknown(canary) > cost.unknown)
    return {
      ...nothing,
      reason: `Cost: unknown for ${percent(unknown(canary))} of the canary's turns and ${percent(unknown(stable))} of the stable's, ${percent(cost.unknown)} at most allow a judgement.`,
    };
  const estimate = costEstimate(evidence.stable.costs, evidence.canary.costs);
  if (estimate === undefined || !hasMinimum(evidence.stable.costs, standards) || !hasMinimum(evidence.canary.costs, standards)) {
    const turns = turnsToMinimum(evidence, standards.minimum, (arm) => arm.costs);
    const known = `Cost: known for ${amount(canary.turns)} turns of ${amount(canary.units)} users of the canary and ${amount(stable.turns)} of ${amount(stable.units)} of the stable`;
    return {
      ...nothing,
      moreTurns: turns,
      reason: `${known}, ${amount(standards.minimum.turns)} of ${amount(standards.minimum.units)} needed in both.`,
    };
  }
  const margin = Math.log(cost.margin);
  const sizeOf = (hypothesis: number) => logOfDifference(estimate, hypothesis, cost.scale);
  // Evidence of a difference to the other side is none against this one.
  const against = estimate.difference > 0 ? sizeOf(0) : Math.min(sizeOf(0), 0);
  const inFavour = estimate.difference < margin ? sizeOf(margin) : Math.min(sizeOf(margin), 0);
  const threshold = Math.log(1 / alpha.promotion);
  const finding = findingOf(against >= Math.log(1 / alpha.cost), inFavour >= threshold);
  const { low, high } = confidenceSequence(estimate, alpha.cost, cost.scale);
  const bounds = { ratio: Math.exp(estimate.difference), low: boundedExp(low), high: boundedExp(high) };
  const growth = growthToPass(estimate, margin, cost.scale, threshold);
  const said = `Cost: canary ${dollarsText(canary.rate)} a turn, stable ${dollarsText(stable.rate)}, ${bounds.ratio.toFixed(2)} times as much (${bounds.low.toFixed(2)} to ${bounds.high.toFixed(2)})`;
  return {
    finding,
    evidence: { against: decimal(against), for: decimal(inFavour) },
    ...counts,
    estimate: bounds,
    ...outlook(
      finding,
      said,
      growth === undefined ? undefined : Math.ceil((growth - 1) * (stable.turns + canary.turns)),
      'all that is likely is more than the stable',
      `${cost.margin} times has to be ruled out`,
    ),
  };
}

function judgeSampleRatio(evidence: ReleaseEvidence, standards: ReleaseStandards): MetricJudgement {
  const { splits } = evidence;
  const against = againstSampleRatio(splits);
  const all = Object.values(splits);
  const stableUnits = all.reduce((sum, { units }) => sum + units[0], 0);
  const canaryUnits = all.reduce((sum, { units }) => sum + units[1], 0);
  const expected = Object.entries(splits).reduce(
    (sum, [share, { units }]) => sum + (Number(share) / 10_000) * (units[0] + units[1]),
    0,
  );
  const units = stableUnits + canaryUnits;
  const limit = Math.log(1 / standards.alpha.sampleRatio);
  const enough = Math.min(stableUnits, canaryUnits) >= standards.minimum.units;
  const finding = findingOf(against >= limit, enough);
  const count = (arm: ArmEvidence, ofArm: number) => ({
    turns: arm.turns,
    units: ofArm,
    events: ofArm,
    rate: perTurn(ofArm, units),
  });
  return {
    finding,
    evidence: { against: decimal(against), for: 0 },
    stable: count(evidence.stable, stableUnits),
    canary: count(evidence.canary, canaryUnits),
    ...outlook(
      finding,
      `Sample ratio: ${amount(canaryUnits)} of ${amount(units)} users began with the canary, ${amount(expected)} expected`,
      enough
        ? 0
        : turnsToMinimum(evidence, { turns: 0, units: standards.minimum.units }, (arm) => ({
            turns: arm.turns,
            units: arm === evidence.canary ? canaryUnits : stableUnits,
          })),
      `the evidence that arms are not drawn by weight stands at ${toOne(against)}, so no comparison of the arms can be trusted`,
      `${amount(standards.minimum.units)} needed in both arms`,
    ),
  };
}

function judgeFeedback(evidence: ReleaseEvidence, { alpha, riskRatios }: ReleaseStandards): MetricJudgement {
  const against = againstCanary(evidence.splits, 'firstNegatives', riskRatios);
  const failed = against >= Math.log(1 / alpha.feedback);
  const count = ({ ratings }: ArmEvidence, units: number) => ({
    turns: ratings.given,
    units,
    events: ratings.negative,
    rate: perTurn(ratings.negative, ratings.given),
  });
  const unitsOf = (index: 0 | 1) =>
    Object.values(evidence.splits).reduce((sum, { firstNegatives }) => sum + firstNegatives[index], 0);
  const stable = count(evidence.stable, unitsOf(0));
  const canary = count(evidence.canary, unitsOf(1));
  const said = `Feedback: canary ${amount(canary.events)} bad of ${amount(canary.turns)} ratings, stable ${amount(stable.events)} of ${amount(stable.turns)}`;
  return {
    finding: failed ? 'fail' : 'inconclusive',
    evidence: { against: decimal(against), for: 0 },
    stable,
    canary,
    moreTurns: undefined,
    reason: failed ? `${said}: the evidence that it is liked less stands at ${toOne(against)}.` : `${said}; it can only veto.`,
  };
}

/** A failure counts more: what is shown to be worse is not promoted for being within the margin. */
function findingOf(failed: boolean, passed: boolean): MetricFinding {
  if (failed) return 'fail';
  return passed ? 'pass' : 'inconclusive';
}

function outlook(finding: MetricFinding, said: string, moreTurns: number | undefined, failed: string, open: string) {
  if (finding === 'fail') return { moreTurns: undefined, reason: `${said}: ${failed}.` };
  if (finding === 'pass') return { moreTurns: 0, reason: `${said}: good enough.` };
  const wait =
    moreTurns === undefined ? 'how long that takes cannot be said' : `in about ${amount(moreTurns)} turns if it is as good`;
  return { moreTurns, reason: `${said}: ${open}; ${wait}.` };
}

function hasMinimum({ turns, units }: { turns: number; units: number }, { minimum }: ReleaseStandards): boolean {
  return turns >= minimum.turns && units >= minimum.units;
}

function countsOf({ turns, units, events }: EventSums): ArmCounts {
  return { turns, units, events, rate: perTurn(events, turns) };
}

function costsOf({ costs }: ArmEvidence): ArmCounts {
  const { turns, units, unknown, sum } = costs;
  const logarithm = perTurn(sum, turns);
  return { turns, units, events: unknown, rate: logarithm === undefined ? undefined : Math.exp(logarithm) };
}

/** Bounds of a ratio of which hardly anything is known yet: they go into JSON, which has no Infinity. */
const boundedExp = (logarithm: number) => Math.exp(Math.min(Math.max(logarithm, -50), 50));
