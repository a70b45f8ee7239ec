/** Whether figures are within their bounds. */
import type { Figures } from './recorder.ts';
import type { Threshold } from './scenarios.ts';

export type LoadVerdict = 'pass' | 'fail' | 'no verdict';

export interface Judged extends Threshold {
  verdict: LoadVerdict;
  value: number | undefined;
  why: string;
}

/** A figure that is over its bound on too few samples is no failure, and one that is under it no success. */
export function judge(figures: Figures, thresholds: readonly Threshold[]): Judged[] {
  return thresholds.map((threshold): Judged => {
    const figure = figures[threshold.figure];
    const { most, least, samples } = threshold;
    const bound = [...(most === undefined ? [] : [`at most ${most}`]), ...(least === undefined ? [] : [`at least ${least}`])].join(
      ', ',
    );
    if (figure === undefined || figure.samples < samples || Number.isNaN(figure.value))
      return {
        ...threshold,
        verdict: 'no verdict',
        value: figure?.value,
        why: figure === undefined ? 'not measured' : `${figure.samples} samples, and ${samples} are needed`,
      };
    const kept = figure.value <= (most ?? Number.POSITIVE_INFINITY) && figure.value >= (least ?? Number.NEGATIVE_INFINITY);
    return { ...threshold, verdict: kept ? 'pass' : 'fail', value: figure.value, why: `${bound}; ${figure.samples} samples` };
  });
}

/** One failure fails all, and one figure without a verdict leaves none. */
export function verdictOf(judged: readonly Judged[]): LoadVerdict {
  if (judged.some(({ verdict }) => verdict === 'fail')) return 'fail';
  return judged.every(({ verdict }) => verdict === 'pass') ? 'pass' : 'no verdict';
}
