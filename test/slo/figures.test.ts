/** Figures, not only alerts: what the process computes from its history is what Prometheus computes from the same series. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { evaluateVector } from '../../src/telemetry/slo/evaluate.ts';
import { gauge, increase, leavesOf, minus, minute, quantile, ratio, type Vector } from '../../src/telemetry/slo/expression.ts';
import { History } from '../../src/telemetry/slo/history.ts';
import { promqlOf } from '../../src/telemetry/slo/promql.ts';
import { needs } from '../needs.ts';
import { testRules } from './promtool.ts';
import { counter, histogram, type Minutes, type Scenario, samplesAt } from './scenario.ts';

const length = 40;
const over = 10 * minute;
const time = 'work_seconds';

const bad = { metric: 'jobs_total', where: [['outcome', '=~', 'bad|ugly']] } as const;

const vectors: Vector[] = [
  increase({ metric: 'jobs_total' }, over),
  increase({ metric: 'jobs_total', where: [['outcome', '!=', 'good']] }, over, ['agent']),
  increase({ metric: 'jobs_total', where: [['outcome', '!~', 'g.*']] }, 30 * minute),
  ratio(increase(bad, over), increase({ metric: 'jobs_total' }, over)),
  ratio(increase(bad, over, ['agent']), increase({ metric: 'jobs_total' }, over, ['agent'])),
  minus(increase({ metric: 'jobs_total' }, over), increase({ metric: 'jobs_total', where: [['outcome', '=', 'good']] }, over)),
  quantile(0.5, { metric: time }, over),
  quantile(0.95, { metric: time }, over, ['agent']),
  gauge({ metric: 'depth' }, 'max', ['queue']),
  gauge({ metric: 'depth' }, 'sum'),
  gauge({ metric: 'depth', where: [['queue', '!=', 'a']] }, 'sum', [], over),
];

const perMinute = fc.integer({ min: 0, max: 20 });
/** A counter that goes up as it likes. */
const counted = fc
  .array(perMinute, { minLength: length, maxLength: length })
  .map((each) => counter(...each.map((more) => [1, more] as [number, number])));
const depth: fc.Arbitrary<Minutes> = fc.array(perMinute, { minLength: length + 1, maxLength: length + 1 });

const series: fc.Arbitrary<Scenario['series']> = fc
  .tuple(...Array.from({ length: 6 }, () => counted), ...Array.from({ length: 8 }, () => counted), depth, depth, depth)
  .map((all) => {
    const [good1, bad1, ugly1, good2, bad2, ugly2, ...rest] = all as Minutes[];
    const jobs = (agent: string, outcome: string) => `jobs_total{agent="${agent}", outcome="${outcome}"}`;
    // Buckets hold what the ones before them hold.
    const stacked = (parts: Minutes[]) => {
      const sums: Minutes[] = [];
      for (const part of parts) sums.push(part.map((value, at) => Number(value) + Number(sums.at(-1)?.[at] ?? 0)));
      return sums as [Minutes, Minutes, Minutes, Minutes];
    };
    return {
      [jobs('x', 'good')]: good1 ?? [],
      [jobs('x', 'bad')]: bad1 ?? [],
      [jobs('x', 'ugly')]: ugly1 ?? [],
      [jobs('y', 'good')]: good2 ?? [],
      [jobs('y', 'bad')]: bad2 ?? [],
      [jobs('y', 'ugly')]: ugly2 ?? [],
      ...histogram(time, 'agent="x"', stacked(rest.slice(0, 4))),
      ...histogram(time, 'agent="y"', stacked(rest.slice(4, 8))),
      'depth{queue="a"}': rest[8] ?? [],
      'depth{queue="b"}': rest[9] ?? [],
      'depth{queue="c"}': rest[10] ?? [],
    };
  });

it.runIf(needs('Prometheus'))(
  'are those of Prometheus, whatever the series',
  async () => {
    await fc.assert(
      fc.asyncProperty(series, async (generated) => {
        let at = 0;
        const history = new History(vectors.flatMap(leavesOf), async (metric) => samplesAt(generated, metric, at));
        for (; at <= length; at++) await history.take(Date.UTC(2026, 10, 21) + at * 60_000);
        const reads: Record<string, number> = {};
        for (const vector of vectors) {
          const values = evaluateVector(vector, history);
          // Rounded: neither adds its fractions in a certain order.
          const total = values.reduce((sum, { value }) => sum + value, 0);
          reads[`round(sum(${promqlOf(vector)}), 0.001)`] = Math.round(total * 1_000) / 1_000;
          reads[`count(${promqlOf(vector)})`] = values.length;
        }
        const { passed, output } = testRules({}, [{ name: 'any', series: generated, fires: {}, reads: { [length]: reads } }]);
        expect(passed ? '' : output).toBe('');
      }),
      { numRuns: 12, seed: 21 },
    );
  },
  180_000,
);
