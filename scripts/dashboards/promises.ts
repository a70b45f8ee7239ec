import { durationText } from '../../src/telemetry/slo/expression.ts';
import { burnRates, indicators } from '../../src/telemetry/slo/objectives.ts';
import type { Dashboard } from './dashboard.ts';

const ratio = (over: number, sli: string) => `slo:timonel_error_ratio:increase${durationText(over)}{sli="${sli}"}`;
const [fastest] = burnRates;
const slowest = burnRates.at(-1);

/** Drawn from the same data as the alerts. */
export const promises: Dashboard = {
  uid: 'timonel-slos',
  title: 'promises',
  description: 'What was promised, what is kept, and how fast the error budgets are used up',
  rows: [
    {
      title: 'Alerts',
      panels: [
        {
          title: 'Firing and pending',
          kind: 'table',
          width: 24,
          queries: [{ expr: 'count by (alertname, severity, sli, burn, alertstate) (ALERTS)' }],
        },
      ],
    },
    ...indicators.map(({ name, objective, meaning }) => ({
      title: name,
      panels: [
        {
          title: `Error budget left, ${durationText(slowest?.long ?? 0)}`,
          description: `${meaning}. Promised: ${objective * 100} %.`,
          kind: 'stat' as const,
          unit: 'percentunit' as const,
          queries: [{ expr: `1 - ${ratio(slowest?.long ?? 0, name)} / ${Number((1 - objective).toPrecision(12))}` }],
        },
        {
          title: 'How many times as fast as allowed the budget is used up',
          description: `A page at ${fastest?.factor ?? 0} within the hour`,
          queries: [...new Set(burnRates.flatMap(({ short, long }) => [short, long]))].map((over) => ({
            expr: `${ratio(over, name)} / ${Number((1 - objective).toPrecision(12))}`,
            legend: durationText(over),
          })),
        },
        {
          title: 'Events and bad ones, an hour',
          queries: [
            { expr: `slo:timonel_events:increase1h{sli="${name}"}`, legend: 'all' },
            {
              expr: `slo:timonel_bad_events:increase1h{sli="${name}"} or 0 * slo:timonel_events:increase1h{sli="${name}"}`,
              legend: 'bad',
            },
          ],
        },
      ],
    })),
  ],
};
