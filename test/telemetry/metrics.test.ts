import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Registry } from 'prom-client';
import { afterEach, expect, it } from 'vitest';
import {
  type BreakerChanged,
  type BudgetRefused,
  channels,
  type FeedbackGiven,
  type FellBack,
  type HttpExchange,
  type ModelAttempt,
  type ModelCall,
  type PolicyDecided,
  publishFault,
  type ReleaseDecided,
  type ReleaseJudged,
  type RunEnded,
  type StepStored,
  traced,
} from '../../src/diagnostics.ts';
import type { RunView } from '../../src/store/run-views.ts';
import type { ClaimedRun } from '../../src/store/runs.ts';
import { type ActiveSpan, requestSpans } from '../../src/telemetry/active-span.ts';
import { type Metrics, startMetrics } from '../../src/telemetry/metrics.ts';

const open: Metrics[] = [];
afterEach(() => {
  for (const metrics of open.splice(0)) metrics.end();
});

function start(): Metrics {
  const metrics = startMetrics({
    version: '0.0.0',
    home: import.meta.dirname,
    pool: () => ({ size: 1, open: 0, idle: 0, waiting: 0, acquireTimeouts: 0 }),
    activeRuns: () => 0,
    openStreams: () => 0,
    pingStore: async () => undefined,
    backupAge: async () => 60,
    drills: async () => [{ name: 'models-down', last: { verdict: 'pass', startedAt: '2026-11-20T12:00:00Z' } }],
    waits: async () => [],
    queues: async () => Array.from({ length: 700 }, (_, index) => ({ queue: `queue-${index}`, waiting: 1, active: 0 })),
    handoffs: async () => ({ waiting: 0, overdue: 0, taken: 0 }),
    redisMemory: undefined,
  });
  open.push(metrics);
  return metrics;
}

/** Series of each metric: lines for counters and gauges, sets of labels for histograms. */
function seriesOf(text: string): Map<string, number> {
  const series = new Map<string, number>();
  for (const line of text.split('\n')) {
    const name = /^(timonel_\w+?)(?:_count)?[{ ]/.exec(line)?.[1];
    if (name !== undefined && !/_(bucket|sum)[{ ]/.test(line)) series.set(name, (series.get(name) ?? 0) + 1);
  }
  return series;
}

async function sumOf(registry: Registry, name: string): Promise<number> {
  const metric = await registry.getSingleMetric(name)?.get();
  return (metric?.values ?? [])
    .filter((each) => !('metricName' in each) || String(each.metricName).endsWith('_count'))
    .reduce((sum, { value }) => sum + value, 0);
}

it('is documented: every metric with its kind, its labels and its meaning, and no other', async () => {
  const { registry } = start();
  const own = (await registry.getMetricsAsJSON())
    .filter(({ name }) => name.startsWith('timonel_'))
    .map(({ name, type, help }) => {
      const { labelNames } = registry.getSingleMetric(name) as unknown as { labelNames: string[] };
      return [name, String(type), labelNames.filter((label) => label !== 'le').join(', '), help];
    });
  const documented = readFileSync(join(import.meta.dirname, '../../docs/metrics.md'), 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('| `timonel_'))
    .map((line) => line.split('|').map((cell) => cell.trim().replaceAll('`', '')))
    .map(([, name, kind, labels, meaning]) => [name, kind, labels, meaning]);
  expect(documented).toEqual(own);
});

it('has a bounded number of series, whatever callers, models, tools and projects are called, and loses no count', async () => {
  const { registry, expose } = start();
  const times = 3_000;
  const long = 'x'.repeat(5_000);
  for (let index = 0; index < times; index += 1) {
    const hostile = `h${index}"}\n${index % 7 === 0 ? long : ''}`;
    const workspaceId = hostile;
    const runId = hostile;
    const run = {
      agent: hostile,
      agentVersion: hostile,
      arm: hostile,
      outcome: 'replied',
      degraded: false,
      recoveries: 1,
      usage: { modelCalls: 1, inputTokens: 1, outputTokens: 1 },
    } as RunView;
    const ended: RunEnded = { workspaceId, run, milliseconds: 1, firstEventMilliseconds: 1 };
    channels.runEnded.publish(ended);
    const exchange: HttpExchange = { method: hostile, route: hostile, status: 200 + (index % 300), milliseconds: 1 };
    channels.httpExchange.publish(exchange);
    const record = { callId: '0.0', tool: hostile, args: {}, status: 'completed' } as const;
    const claimed = { workspaceId, conversationId: hostile, runId, agent: hostile, arm: hostile } as ClaimedRun;
    channels.stepStored.publish({
      run: claimed,
      step: { kind: 'tool-call', record, milliseconds: 1 },
    } satisfies StepStored);
    channels.policyDecided.publish({
      run: claimed,
      tool: hostile,
      verdict: { kind: 'allow' },
      milliseconds: 1,
    } satisfies PolicyDecided);
    channels.fellBack.publish({ run: claimed, reason: 'planner_failed' } satisfies FellBack);
    channels.modelAttempt.publish({ target: hostile, outcome: hostile, milliseconds: 1 } satisfies ModelAttempt);
    const call = { workspaceId, route: hostile, target: hostile, inputTokens: 1, outputTokens: 1, cost: 1, milliseconds: 1 };
    channels.modelCall.publish(call satisfies ModelCall);
    channels.breakerChanged.publish({ target: hostile, state: 'open' } satisfies BreakerChanged);
    channels.budgetRefused.publish({ workspaceId, scope: 'run' } satisfies BudgetRefused);
    channels.releaseJudged.publish({
      workspaceId,
      agent: hostile,
      release: hostile,
      allocation: 0.1,
      turns: { stable: 1, canary: 1 },
      evidence: { [hostile]: { against: 1, for: 1 } },
    } satisfies ReleaseJudged);
    const decided = { workspaceId, agent: hostile, release: hostile, decision: 'held', by: hostile, reason: hostile } as const;
    channels.releaseDecided.publish(decided satisfies ReleaseDecided);
    const feedback = { workspaceId, runId, agent: hostile, agentVersion: hostile, arm: hostile, rating: -1 };
    channels.feedbackGiven.publish(feedback satisfies FeedbackGiven);
    publishFault(`${'abcdefgh'[index % 8]}${'ijklmnop'[(index >> 3) % 8]}${'qrstuvwx'[(index >> 6) % 8]} failed`, hostile);
    await traced.plan.tracePromise(async () => {}, { run: { agent: hostile } as ClaimedRun, planner: 'model' });
    const called = { run: claimed, tool: hostile, callId: '0.0', args: {} };
    await traced.tool.tracePromise(async () => ({ kind: 'completed' as const }), called);
  }
  const { body } = await expose(undefined);
  const series = seriesOf(body);
  expect(series.size).toBeGreaterThan(30);
  // A few beyond the bound: what is too much differs in the labels that nobody can choose, like the status.
  for (const [name, count] of series)
    expect([name, count <= (name.includes('http') ? 600 + 300 : 520)], `${name}: ${count}`).toEqual([name, true]);
  expect(body.length).toBeLessThan(8e6);
  expect(body.split('\n').every((line) => line.length < 1_000)).toBe(true);
  for (const [name, expected] of [
    ['timonel_runs_total', times],
    ['timonel_model_tokens_total', 2 * times],
    ['timonel_tool_calls_total', times],
    ['timonel_http_request_duration_seconds', times],
    ['timonel_tool_duration_seconds', times],
    ['timonel_plan_duration_seconds', times],
    ['timonel_model_attempts_total', times],
    ['timonel_faults_total', times],
  ] as const)
    expect([name, await sumOf(registry, name)]).toEqual([name, expected]);
});

it('is OpenMetrics for those who ask for it, with the traces of examples, and the plain text for all others', async () => {
  const { expose } = start();
  const request = { method: 'GET', route: '/a', headers: {}, requestId: '1' };
  requestSpans.set(request, { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), sampled: true } as ActiveSpan);
  const exchange: HttpExchange = { method: 'GET', route: '/a', status: 200, milliseconds: 20, request };
  channels.httpExchange.publish(exchange);
  channels.budgetRefused.publish({ workspaceId: 'w', scope: 'run' } satisfies BudgetRefused);
  const plain = await expose('*/*');
  const rich = await expose('application/openmetrics-text;version=1.0.0,text/plain;q=0.5');
  expect(rich.contentType).toBe('application/openmetrics-text; version=1.0.0; charset=utf-8');
  expect(rich.body.endsWith('# EOF\n')).toBe(true);
  expect(rich.body).toMatch(
    /^timonel_http_request_duration_seconds_bucket\{le="0.025",.*route="\/a".*\} 1 # \{trace_id="a{32}",span_id="b{16}"\} 0.02 [\d.]+$/m,
  );
  expect(rich.body).toContain('# TYPE timonel_budget_refusals counter\ntimonel_budget_refusals_total{scope="run"} 1\n');
  expect(plain.contentType).toBe('text/plain; version=0.0.4; charset=utf-8');
  expect(plain.body).not.toContain('trace_id');
  // Writing the one must not spoil the other.
  const again = await expose(undefined);
  expect(again.body).toContain('# TYPE timonel_budget_refusals_total counter\ntimonel_budget_refusals_total{scope="run"} 1\n');
});

it("counts no step of a rehearsal, which is nobody's turn", async () => {
  const { registry } = start();
  for (const arm of ['stable', 'shadow']) {
    const run = { workspaceId: 'w', runId: 'r', agent: 'a', arm } as ClaimedRun;
    const step = {
      kind: 'tool-call',
      record: { callId: '0.0', tool: 't', args: {}, status: 'completed' },
      milliseconds: 1,
    } as const;
    channels.stepStored.publish({ run, step } satisfies StepStored);
    channels.fellBack.publish({ run, reason: 'decision' } satisfies FellBack);
    const decided = { run, tool: 't', verdict: { kind: 'allow' }, milliseconds: 1 } as const;
    channels.policyDecided.publish(decided satisfies PolicyDecided);
    await traced.plan.tracePromise(async () => {}, { run, planner: 'model' });
  }
  for (const name of [
    'timonel_steps_total',
    'timonel_tool_calls_total',
    'timonel_fallbacks_total',
    'timonel_policy_decisions_total',
    'timonel_plan_duration_seconds',
  ])
    expect([name, await sumOf(registry, name)]).toEqual([name, 1]);
});

it('counts nothing any more once it ended', async () => {
  const metrics = start();
  metrics.end();
  channels.budgetRefused.publish({ workspaceId: 'w', scope: 'run' } satisfies BudgetRefused);
  expect(await sumOf(metrics.registry, 'timonel_budget_refusals_total')).toBe(0);
});
