/** Whether the canary is shown to be no worse: the evidence that lets it be promoted, for failures and for slow turns. */
import type { ArmEvidence, EventSums, ReleaseEvidence } from './evidence.ts';
import { logLikelihoodRatio, logMean, logOfBets } from './labels.ts';

export interface PromotionQuestion {
  events: 'failures' | 'slow';
  /** The rate ratio that is too much. */
  margin: number;
  /** The rate that is good enough, or undefined. */
  goodEnough: number | undefined;
  /** Of the latest turn, 0–1. */
  weight: number;
  /** Natural logarithm of the evidence that is enough. */
  threshold: number;
}

/**
 * How much more events of the same units vary than independent ones, at most. Of units with n events each the labels are drawn once for n
 * events: Σn²/Σn. A canary at the margin has units with so many times more.
 */
export function clustering(stable: EventSums, canary: EventSums, margin: number): number {
  const events = stable.events + canary.events;
  if (events === 0) return 1;
  return 1 + margin * Math.max((stable.squares + canary.squares) / events - 1, 0);
}

/**
 * log e against "the canary's rate is `margin` times the stable's or more": bets on all events, not only on first ones. Whoever fails
 * often has failed once in either arm sooner or later, so that by their first failures a bad canary looks better the longer one waits. As
 * events of one unit come together, the logarithm is divided by how much more they vary (a quasi-likelihood: exact where each unit has one
 * event, asymptotic otherwise).
 */
function logOfRatio({ splits, stable, canary }: ReleaseEvidence, { events, margin }: PromotionQuestion): number {
  return logLikelihoodRatio(splits, events, 1, margin) / clustering(stable[events], canary[events], margin);
}

/**
 * log e against "of the units that come to the canary, a share of `bound` or more has the event at its first turn". Counts each unit once,
 * with an event if it had one at any turn: a supermartingale however a unit's turns hang together. Needs no event in either arm.
 */
function logOfBound({ units, eventUnits }: EventSums, bound: number): number {
  const withEvent = Math.min(eventUnits, units);
  return logMean(
    [0, bound / 4, bound / 2].map(
      (rate) =>
        (units - withEvent) * (Math.log1p(-rate) - Math.log1p(-bound)) + (withEvent === 0 ? 0 : withEvent * Math.log(rate / bound)),
    ),
  );
}

/** log e for the canary: against "worse than the margin and worse than good enough". The mean of two e-values is one against both. */
export function forCanary(evidence: ReleaseEvidence, question: PromotionQuestion): number {
  const ratio = logOfRatio(evidence, question);
  if (question.goodEnough === undefined) return ratio;
  return logMean([ratio, logOfBound(evidence.canary[question.events], question.goodEnough)]);
}

/**
 * Turns of both arms until the evidence for the canary is enough, if it is as good as the stable and rate, weight and users stay as they
 * are. Undefined where that cannot be said.
 */
export function turnsToPromotion(evidence: ReleaseEvidence, question: PromotionQuestion): number | undefined {
  const { events, margin, goodEnough, weight, threshold } = question;
  const stable = evidence.stable[events];
  const canary = evidence.canary[events];
  const turns = stable.turns + canary.turns;
  if (turns === 0 || weight === 0) return undefined;
  // Of two e-values with half a coin each, one has to make twice as much.
  const goal = threshold + (goodEnough === undefined ? 0 : Math.log(2));
  const perEvent = logOfBets(weight, [1 - weight, weight], 1, margin) / clustering(stable, canary, margin);
  const byRatio = (goal - logOfRatio(evidence, question)) / (perEvent * ((stable.events + canary.events) / turns));
  const byBound = goodEnough === undefined ? Number.POSITIVE_INFINITY : turnsByBound(evidence, question, goodEnough, goal);
  const fewest = Math.min(...[byRatio, byBound].map((each) => (Number.isNaN(each) || each < 0 ? Number.POSITIVE_INFINITY : each)));
  return Number.isFinite(fewest) ? Math.ceil(fewest) : undefined;
}

function turnsByBound(
  { stable, canary }: ReleaseEvidence,
  { events, weight }: PromotionQuestion,
  bound: number,
  goal: number,
): number {
  const of = (name: keyof EventSums) => stable[events][name] + canary[events][name];
  const units = of('units');
  const rate = Math.min(of('eventUnits') / units, 1);
  const growth = (bet: number) =>
    (1 - rate) * (Math.log1p(-bet) - Math.log1p(-bound)) + (rate === 0 ? 0 : rate * Math.log(bet / bound));
  const perUnit = Math.max(...[0, bound / 4, bound / 2].map(growth));
  return perUnit > 0
    ? (goal - logOfBound(canary[events], bound)) / (perUnit * weight * (units / of('turns')))
    : Number.POSITIVE_INFINITY;
}

/** Turns of both arms until both had so many turns and units, at the weight of the latest turn. */
export function turnsToMinimum(
  evidence: ReleaseEvidence,
  minimum: { turns: number; units: number },
  of: (arm: ArmEvidence) => { turns: number; units: number },
): number | undefined {
  const weight = evidence.weight / 10_000;
  if (weight === 0) return undefined;
  const stable = of(evidence.stable);
  const canary = of(evidence.canary);
  const unitsPerTurn = (stable.units + canary.units) / (stable.turns + canary.turns);
  const missing = [
    (minimum.turns - canary.turns) / weight,
    (minimum.turns - stable.turns) / (1 - weight),
    (minimum.units - canary.units) / (weight * unitsPerTurn),
    (minimum.units - stable.units) / ((1 - weight) * unitsPerTurn),
  ];
  const most = Math.max(0, ...missing.filter((each) => !Number.isNaN(each)));
  return Number.isFinite(most) ? Math.ceil(most) : undefined;
}
