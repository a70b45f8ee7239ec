import { type Dashboard, quantile, rate, share } from './dashboard.ts';

const runs = 'timonel_runs_total';

export const agents: Dashboard = {
  uid: 'timonel-agents',
  title: 'agents',
  description: 'What agents do: turns, plans, policy, tools',
  rows: [
    {
      title: 'Turns',
      panels: [
        { title: 'Turns', unit: 'reqps', queries: [{ expr: rate(runs, 'agent'), legend: '{{agent}}' }] },
        {
          title: 'Failed',
          unit: 'percentunit',
          queries: [{ expr: share(`${runs}{outcome="failed"}`, runs, 'agent'), legend: '{{agent}}' }],
        },
        { title: 'By outcome', unit: 'reqps', queries: [{ expr: rate(runs, 'agent, outcome'), legend: '{{agent}} {{outcome}}' }] },
        {
          title: 'First event, p95',
          unit: 's',
          queries: [{ expr: quantile(0.95, 'timonel_run_first_event_seconds', 'agent'), legend: '{{agent}}' }],
        },
        {
          title: 'Whole turn, p95',
          unit: 's',
          queries: [{ expr: quantile(0.95, 'timonel_run_duration_seconds', 'agent'), legend: '{{agent}}' }],
        },
        {
          title: 'Tokens',
          queries: [{ expr: rate('timonel_model_tokens_total', 'agent, direction'), legend: '{{agent}} {{direction}}' }],
        },
      ],
    },
    {
      title: 'Sandbox',
      panels: [
        {
          title: 'Programs',
          unit: 'reqps',
          queries: [{ expr: rate('timonel_sandbox_runs_total', 'language, verdict'), legend: '{{language}} {{verdict}}' }],
        },
        {
          title: 'Time of a program, p95',
          unit: 's',
          queries: [
            {
              expr: quantile(0.95, 'timonel_sandbox_run_duration_seconds', 'language, backend'),
              legend: '{{language}} {{backend}}',
            },
          ],
        },
        {
          title: 'Running, waiting',
          queries: [
            { expr: 'sum(timonel_sandbox_running)', legend: 'running' },
            { expr: 'sum(timonel_sandbox_waiting)', legend: 'waiting' },
          ],
        },
      ],
    },
    {
      title: 'Conversations in people’s hands',
      panels: [
        {
          title: 'Waiting, overdue, taken',
          queries: [{ expr: 'max by (state) (timonel_handoff_conversations)', legend: '{{state}}' }],
        },
        {
          title: 'Opened',
          queries: [{ expr: rate('timonel_handoff_opened_total', 'agent, reason'), legend: '{{agent}} {{reason}}' }],
        },
        {
          title: 'Wait until somebody took it, average',
          unit: 's',
          queries: [
            {
              expr: `${rate('timonel_handoff_wait_seconds_total', 'agent')} / ${rate('timonel_handoff_taken_total', 'agent')}`,
              legend: '{{agent}}',
            },
          ],
        },
        { title: 'Ended', queries: [{ expr: rate('timonel_handoff_closed_total', 'how'), legend: '{{how}}' }] },
        { title: 'People were told', queries: [{ expr: rate('timonel_handoff_notices_total', 'agent'), legend: '{{agent}}' }] },
      ],
    },
    {
      title: 'Knowledge',
      panels: [
        {
          title: 'Searches, by evidence',
          unit: 'reqps',
          queries: [
            {
              expr: `${rate('timonel_knowledge_searches_total', 'evidence, degraded')} or vector(0)`,
              legend: '{{evidence}} {{degraded}}',
            },
          ],
        },
        {
          title: 'Time of a search, p95',
          unit: 's',
          queries: [
            {
              expr: `${quantile(0.95, 'timonel_knowledge_search_duration_seconds', 'strategy')} or vector(0)`,
              legend: '{{strategy}}',
            },
          ],
        },
        {
          title: 'Memory of indexes',
          unit: 'bytes',
          queries: [{ expr: 'sum(timonel_knowledge_index_bytes)', legend: 'bytes' }],
        },
      ],
    },
    {
      title: 'How turns go',
      panels: [
        { title: 'Steps', queries: [{ expr: rate('timonel_steps_total', 'kind'), legend: '{{kind}}' }] },
        {
          title: 'Planning, p95',
          unit: 's',
          queries: [{ expr: quantile(0.95, 'timonel_plan_duration_seconds', 'agent, planner'), legend: '{{agent}} {{planner}}' }],
        },
        {
          title: 'Turns that went on without the model',
          queries: [{ expr: rate('timonel_fallbacks_total', 'agent, reason'), legend: '{{agent}} {{reason}}' }],
        },
        { title: 'Policy', queries: [{ expr: rate('timonel_policy_decisions_total', 'verdict'), legend: '{{verdict}}' }] },
        {
          title: 'Time of a decision, p95',
          unit: 's',
          queries: [{ expr: quantile(0.95, 'timonel_policy_duration_seconds', 'agent'), legend: '{{agent}}' }],
        },
        {
          title: 'Turns that were taken over',
          description: 'From processes that died; no deployment explains many',
          queries: [{ expr: `${rate('timonel_run_recoveries_total')} or vector(0)`, legend: 'turns' }],
        },
      ],
    },
    {
      title: 'Tools',
      panels: [
        { title: 'Calls', queries: [{ expr: rate('timonel_tool_calls_total', 'agent, tool'), legend: '{{agent}} {{tool}}' }] },
        { title: 'By what became of them', queries: [{ expr: rate('timonel_tool_calls_total', 'status'), legend: '{{status}}' }] },
        {
          title: 'Time, p95',
          unit: 's',
          queries: [{ expr: quantile(0.95, 'timonel_tool_duration_seconds', 'agent, tool'), legend: '{{agent}} {{tool}}' }],
        },
      ],
    },
  ],
};
