/**
 * Whether a second result is faster than a first one, figure by figure.
 *
 * | verdict | when |
 * |---|---|
 * | `faster`, `slower` | an exact rank-sum test (Mann–Whitney, two-sided) of the runs gives 5 % or less, and the medians differ by 5 % of the first one or more |
 * | `same` | neither, the medians differ by less than 10 %, and no half of the runs in the middle of either result is wider than 10 % of its median |
 * | `unknown` | otherwise: fewer than five runs in either, other conditions, or runs that lie too far apart to tell |
 */
import { percentile } from '../gateway/exchange.ts';
import { median } from '../turns/measure.ts';
import type { LoadReport } from './report.ts';

export type Comparison = 'faster' | 'slower' | 'same' | 'unknown';

export interface ComparedFigure {
  figure: string;
  /** Medians. */
  before: number;
  after: number;
  verdict: Comparison;
  /** Probability of runs that lie so far apart if nothing had changed; absent with too few. */
  chance: number | undefined;
}

export interface Compared {
  figures: ComparedFigure[];
  /** Why nothing can be told from these two results, where that is so. */
  differ: string[];
}

const leastRuns = 5;
const significant = 0.05;
const smallestChange = 0.05;
const widest = 0.1;

/** Where more is better; of all other figures less is. */
const moreIsBetter = new Set(['requests/s', 'rate reached', 'rate held', 'cache hits', 'bookings']);
/** What the mix and the machine say, and the system does not. */
const notCompared = new Set(['asked before', 'memory at the start, MB', 'customers without a free time']);

export function compareReports(first: LoadReport, second: LoadReport): Compared {
  const differ = conditions(first, second);
  const names = Object.keys(first.runs[0]?.figures ?? {}).filter((name) => !notCompared.has(name));
  const figures = names.flatMap((figure): ComparedFigure[] => {
    const [before, after] = [first, second].map(({ runs }) => runs.flatMap((run) => run.figures[figure]?.value ?? [])) as [
      number[],
      number[],
    ];
    if (before.length === 0 || after.length === 0) return [];
    const compared = compareRuns(before, after, moreIsBetter.has(figure));
    return [{ figure, ...compared, ...(differ.length > 0 ? { verdict: 'unknown' as const } : {}) }];
  });
  return { figures, differ };
}

/** Figures of other conditions say nothing about a change of the program. */
function conditions(first: LoadReport, second: LoadReport): string[] {
  const of = ({ scenario, store, processes, redis, modelMs, scale, url, machine }: LoadReport) => {
    const { processor, cores, node, postgres } = machine;
    return { scenario, store, processes, redis, modelMs, scale, url, processor, cores, node, postgres };
  };
  const [one, other] = [of(first), of(second)];
  return Object.entries(one).flatMap(([name, value]) => {
    const there = other[name as keyof typeof other];
    return value === there ? [] : [`${name}: ${value ?? 'none'} and ${there ?? 'none'}`];
  });
}

export function compareRuns(first: readonly number[], second: readonly number[], more: boolean): Omit<ComparedFigure, 'figure'> {
  const [before, after] = [median(first), median(second)];
  if (Math.min(first.length, second.length) < leastRuns) return { before, after, verdict: 'unknown', chance: undefined };
  const chance = rankSumChance(first, second);
  const change = relative(after - before, before);
  const verdict = ((): Comparison => {
    if (chance <= significant && Math.abs(change) >= smallestChange) return change > 0 === more ? 'faster' : 'slower';
    const wide = Math.max(spread(first), spread(second)) > widest;
    return !wide && Math.abs(change) < 2 * smallestChange ? 'same' : 'unknown';
  })();
  return { before, after, verdict, chance };
}

/** Of nothing, something is infinitely more. */
function relative(difference: number, of: number): number {
  return difference === 0 ? 0 : difference / Math.abs(of);
}

/** Width of the middle half of the runs, as a share of their median. */
function spread(values: readonly number[]): number {
  const sorted = Float64Array.from(values).sort();
  return relative(percentile(sorted, 0.75) - percentile(sorted, 0.25), median(values));
}

/**
 * Exact two-sided chance of a sum of ranks so far from its mean, ties included: counted over all ways to draw as many runs. Ranks are doubled, so
 * that those of ties are whole.
 */
export function rankSumChance(first: readonly number[], second: readonly number[]): number {
  const all = [...first, ...second].toSorted((one, other) => one - other);
  const rank = (value: number) => all.indexOf(value) + all.lastIndexOf(value) + 2;
  const sum = first.reduce((whole, value) => whole + rank(value), 0);
  // ways[k].get(s): in how many ways k of the runs have ranks that add up to s.
  const ways = Array.from({ length: first.length + 1 }, () => new Map<number, number>());
  ways[0]?.set(0, 1);
  for (const value of all) {
    for (let count = first.length; count > 0; count--) {
      for (const [before, number] of ways[count - 1] ?? []) {
        const at = before + rank(value);
        ways[count]?.set(at, (ways[count]?.get(at) ?? 0) + number);
      }
    }
  }
  const drawn = [...(ways[first.length] ?? [])];
  const mean = first.length * (all.length + 1);
  const total = drawn.reduce((whole, [, number]) => whole + number, 0);
  const far = drawn.filter(([at]) => Math.abs(at - mean) >= Math.abs(sum - mean));
  return far.reduce((whole, [, number]) => whole + number, 0) / total;
}
