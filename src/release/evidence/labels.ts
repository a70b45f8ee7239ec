/**
 * E-processes over the arm that each event came from. An e-value is what a gambler has made of one coin by betting against a hypothesis: when
 * the hypothesis is true, it ever reaches 1/α with probability α at most (Ville), so anybody may look at any time and stop at any time.
 *
 * Of an event (a failure, say) that had the weight w, the canary is to blame with probability wr / (wr + 1 − w) if its rate is r times the
 * stable's. What both arms suffer, as an outage of a provider, does not change that.
 */
import type { Split, Splits } from './evidence.ts';

/** What is looked for in the labels of units: the canary gets fewer or more of them than its weight says. */
const unevenSplits = [1 / 2, 1 / 1.5, 1 / 1.2, 1.2, 1.5, 2];

export type LabelName = keyof Splits;

/** log e of "the rate is `alternative` times the stable's" against "it is `hypothesis` times", for each event as likely as its weight says. */
export function logLikelihoodRatio(
  splits: Readonly<Record<string, Splits>>,
  name: LabelName,
  alternative: number,
  hypothesis: number,
): number {
  let sum = 0;
  for (const share in splits) {
    const of = splits[share];
    if (of !== undefined) sum += logOfBets(Number(share) / 10_000, of[name], alternative, hypothesis);
  }
  return sum;
}

/** The same for events of one weight; with shares of events instead of counts, what one event is expected to add. */
export function logOfBets(weight: number, [stable, canary]: Split, alternative: number, hypothesis: number): number {
  const scale = Math.log1p(weight * (alternative - 1)) - Math.log1p(weight * (hypothesis - 1));
  return canary * Math.log(alternative / hypothesis) - (stable + canary) * scale;
}

/** log of the mean of e-values that are given as logs: a mixture of bets is a bet, and finds what any of them finds. */
export function logMean(logs: readonly number[]): number {
  const largest = Math.max(...logs);
  let sum = 0;
  for (const each of logs) sum += Math.exp(each - largest);
  return largest + Math.log(sum / logs.length);
}

/** log e against "the canary's rate is the stable's or less". Exact for first events of units: see `expose`. */
export function againstCanary(splits: Readonly<Record<string, Splits>>, name: LabelName, riskRatios: readonly number[]): number {
  return logMean(riskRatios.map((ratio) => logLikelihoodRatio(splits, name, ratio, 1)));
}

/** log e against "units are given their arm by the weights". */
export function againstSampleRatio(splits: Readonly<Record<string, Splits>>): number {
  return logMean(unevenSplits.map((ratio) => logLikelihoodRatio(splits, 'units', ratio, 1)));
}
