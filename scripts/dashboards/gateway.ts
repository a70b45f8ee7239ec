import { type Dashboard, quantile, rate, share } from './dashboard.ts';

const attempts = 'timonel_model_attempts_total';

export const gateway: Dashboard = {
  uid: 'timonel-gateway',
  title: 'gateway',
  description: 'Calls to models: how they go, what they cost, what is refused',
  rows: [
    {
      title: 'Calls',
      panels: [
        {
          title: 'Answered calls by route',
          unit: 'reqps',
          queries: [{ expr: rate('timonel_model_calls_total', 'route'), legend: '{{route}}' }],
        },
        {
          title: 'Answered calls by model',
          unit: 'reqps',
          queries: [{ expr: rate('timonel_model_calls_total', 'target'), legend: '{{target}}' }],
        },
        {
          title: 'Time of a call, p95',
          unit: 's',
          queries: [{ expr: quantile(0.95, 'timonel_model_call_duration_seconds', 'target'), legend: '{{target}}' }],
        },
      ],
    },
    {
      title: 'Failures',
      panels: [
        { title: 'Attempts by what became of them', queries: [{ expr: rate(attempts, 'outcome'), legend: '{{outcome}}' }] },
        {
          title: 'Failed attempts',
          unit: 'percentunit',
          queries: [{ expr: share(`${attempts}{outcome!="ok"}`, attempts, 'target'), legend: '{{target}}' }],
        },
        {
          title: 'Circuit breakers',
          description: '0 closed, 1 half open, 2 open',
          queries: [{ expr: 'max by (target) (timonel_breaker_state)', legend: '{{target}}' }],
        },
        {
          title: 'Changes of breakers',
          queries: [
            {
              expr: 'sum by (target, state) (increase(timonel_breaker_changes_total[$__rate_interval]))',
              legend: '{{target}} {{state}}',
            },
          ],
        },
      ],
    },
    {
      title: 'Money and limits',
      panels: [
        {
          title: 'Dollars an hour',
          unit: 'currencyUSD',
          queries: [
            { expr: '3600 * sum by (target) (rate(timonel_model_cost_dollars_total[$__rate_interval]))', legend: '{{target}}' },
          ],
        },
        { title: 'Refused by a budget', queries: [{ expr: rate('timonel_budget_refusals_total', 'scope'), legend: '{{scope}}' }] },
        {
          title: 'Refused by a rate limit',
          queries: [{ expr: rate('timonel_rate_limit_hits_total', 'scope, kind'), legend: '{{scope}} {{kind}}' }],
        },
      ],
    },
    {
      title: 'Response cache',
      panels: [
        { title: 'Lookups', queries: [{ expr: rate('timonel_cache_lookups_total', 'state'), legend: '{{state}}' }] },
        {
          title: 'Answered from the cache',
          unit: 'percentunit',
          queries: [
            {
              expr: share('timonel_cache_lookups_total{state=~"hit|joined|similar"}', 'timonel_cache_lookups_total'),
              legend: 'share',
            },
          ],
        },
        {
          title: 'Dollars saved an hour',
          unit: 'currencyUSD',
          queries: [{ expr: '3600 * sum(rate(timonel_cache_saved_dollars_total[$__rate_interval]))', legend: 'saved' }],
        },
      ],
    },
  ],
};
