import { type Dashboard, quantile, rate, share } from './dashboard.ts';

const requests = 'timonel_http_request_duration_seconds';

export const overview: Dashboard = {
  uid: 'timonel-overview',
  title: 'system',
  description: 'Requests, turns and processes at a glance',
  rows: [
    {
      title: 'Now',
      panels: [
        { title: 'Processes that answer', kind: 'stat', width: 6, queries: [{ expr: 'sum(up{job="timonel"})' }] },
        { title: 'Turns under way', kind: 'stat', width: 6, queries: [{ expr: 'sum(timonel_active_runs)' }] },
        { title: 'Open event streams', kind: 'stat', width: 6, queries: [{ expr: 'sum(timonel_open_streams)' }] },
        {
          title: 'Versions',
          kind: 'stat',
          width: 6,
          queries: [{ expr: 'count by (version, node) (timonel_build_info)', legend: '{{version}} on Node {{node}}' }],
        },
      ],
    },
    {
      title: 'Requests',
      panels: [
        {
          title: 'Requests by status',
          unit: 'reqps',
          queries: [{ expr: rate(`${requests}_count`, 'status'), legend: '{{status}}' }],
        },
        {
          title: 'Answered with 5xx',
          unit: 'percentunit',
          queries: [{ expr: share(`${requests}_count{status=~"5.."}`, `${requests}_count`), legend: 'share' }],
        },
        {
          title: 'Time of requests',
          description: 'Calls to models and event streams included: those last as long as they last',
          unit: 's',
          queries: [0.5, 0.95, 0.99].map((each) => ({ expr: quantile(each, requests), legend: `p${each * 100}` })),
        },
        {
          title: 'The busiest routes',
          kind: 'bargauge',
          unit: 'reqps',
          width: 12,
          queries: [{ expr: `topk(10, ${rate(`${requests}_count`, 'route')})`, legend: '{{route}}' }],
        },
        {
          title: 'Failures where nobody waits for the answer',
          width: 12,
          queries: [{ expr: rate('timonel_faults_total', 'what'), legend: '{{what}}' }],
        },
      ],
    },
    {
      title: 'Turns',
      panels: [
        {
          title: 'Turns by outcome',
          unit: 'reqps',
          queries: [{ expr: rate('timonel_runs_total', 'outcome'), legend: '{{outcome}}' }],
        },
        {
          title: 'Answered without a model',
          unit: 'percentunit',
          queries: [{ expr: share('timonel_runs_total{degraded="true"}', 'timonel_runs_total'), legend: 'share' }],
        },
        {
          title: 'Dollars an hour',
          unit: 'currencyUSD',
          queries: [{ expr: '3600 * sum(rate(timonel_model_cost_dollars_total[$__rate_interval]))', legend: 'models' }],
        },
      ],
    },
    {
      title: 'Processes',
      panels: [
        {
          title: 'Processor',
          unit: 'percentunit',
          queries: [{ expr: 'rate(process_cpu_seconds_total{job="timonel"}[$__rate_interval])', legend: '{{instance}}' }],
        },
        {
          title: 'Memory',
          unit: 'bytes',
          queries: [{ expr: 'process_resident_memory_bytes{job="timonel"}', legend: '{{instance}}' }],
        },
        {
          title: 'Event loop lag, p99',
          unit: 's',
          queries: [{ expr: 'nodejs_eventloop_lag_p99_seconds{job="timonel"}', legend: '{{instance}}' }],
        },
      ],
    },
  ],
};
