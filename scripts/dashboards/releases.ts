import { type Dashboard, quantile, rate, share } from './dashboard.ts';

const runs = 'timonel_runs_total';

export const releases: Dashboard = {
  uid: 'timonel-releases',
  title: 'releases',
  description: 'The new version of an agent beside the one in use',
  rows: [
    {
      title: 'The release',
      panels: [
        {
          title: 'Share that the canary gets',
          unit: 'percentunit',
          queries: [{ expr: 'max by (agent) (timonel_canary_allocation_ratio)', legend: '{{agent}}' }],
        },
        {
          title: 'Turns so far',
          queries: [{ expr: 'max by (agent, arm) (timonel_canary_turns_total)', legend: '{{agent}} {{arm}}' }],
        },
        {
          title: 'Evidence',
          description:
            'Decimal logarithm of e-values: 2 is as good as one wrong decision in a hundred. "against" rolls back, "for" promotes.',
          queries: [
            {
              expr: 'max by (agent, metric, direction) (timonel_canary_evidence_log10)',
              legend: '{{agent}} {{metric}} {{direction}}',
            },
          ],
        },
        {
          title: 'Decisions',
          width: 24,
          queries: [
            {
              expr: 'sum by (agent, decision) (increase(timonel_release_decisions_total[$__rate_interval]))',
              legend: '{{agent}} {{decision}}',
            },
          ],
        },
      ],
    },
    {
      title: 'The arms',
      panels: [
        {
          title: 'Failed turns',
          unit: 'percentunit',
          queries: [{ expr: share(`${runs}{outcome="failed"}`, runs, 'agent, arm'), legend: '{{agent}} {{arm}}' }],
        },
        {
          title: 'Escalated turns',
          unit: 'percentunit',
          queries: [{ expr: share(`${runs}{outcome="escalated"}`, runs, 'agent, arm'), legend: '{{agent}} {{arm}}' }],
        },
        {
          title: 'Turns by version',
          unit: 'reqps',
          queries: [{ expr: rate(runs, 'agent, agent_version, arm'), legend: '{{agent}} {{agent_version}} {{arm}}' }],
        },
        {
          title: 'First event, p95',
          unit: 's',
          queries: [{ expr: quantile(0.95, 'timonel_run_first_event_seconds', 'agent, arm'), legend: '{{agent}} {{arm}}' }],
        },
        {
          title: 'Whole turn, p95',
          unit: 's',
          queries: [{ expr: quantile(0.95, 'timonel_run_duration_seconds', 'agent, arm'), legend: '{{agent}} {{arm}}' }],
        },
        {
          title: 'Feedback',
          queries: [{ expr: rate('timonel_feedback_total', 'agent, arm, rating'), legend: '{{agent}} {{arm}} {{rating}}' }],
        },
      ],
    },
  ],
};
