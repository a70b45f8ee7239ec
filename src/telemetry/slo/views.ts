/** What the live views of the API say: computed from this process's own series when they are asked for. */
import { evaluateVector, type Value } from './evaluate.ts';
import { day, durationText, gauge, hour, increase, minute, quantile, type Seconds, type Vector } from './expression.ts';
import { type ReadSamples, snapshotEvery } from './history.ts';
import { availability, badEventsOf, eventsOf, type Indicator, indicators, runErrors, turnLatency } from './objectives.ts';
import type { AlertWatch, WatchedAlert } from './watch.ts';

const soon = 5 * minute;
const windows: readonly Seconds[] = [5 * minute, hour, 6 * hour, day, 3 * day];
const longest = 3 * day;

const requests = availability.events;
const perTool = ['agent', 'tool'];

/** What the views look at beside the promises. */
const looks = {
  requests: eventsOf(availability, soon),
  failedRequests: badEventsOf(availability, soon),
  requestP95: quantile(0.95, { metric: requests.metric, where: requests.where }, soon),
  requestsOfHour: eventsOf(availability, hour),
  failedRequestsOfHour: badEventsOf(availability, hour),
  requestP95OfHour: quantile(0.95, { metric: requests.metric, where: requests.where }, hour),
  runs: eventsOf(runErrors, soon),
  failedRuns: badEventsOf(runErrors, soon),
  degradedRuns: increase({ metric: runErrors.events.metric, where: [['degraded', '=', 'true']] }, soon),
  firstEventP95: quantile(0.95, { metric: turnLatency.events.metric }, soon),
  runsByOutcome: increase({ metric: runErrors.events.metric }, hour, ['outcome']),
  runsByAgent: increase({ metric: runErrors.events.metric }, hour, ['agent']),
  modelCalls: increase({ metric: 'timonel_model_calls_total' }, hour),
  failedAttempts: increase({ metric: 'timonel_model_attempts_total', where: [['outcome', '!=', 'ok']] }, hour),
  modelCost: increase({ metric: 'timonel_model_cost_dollars_total' }, hour),
  tokens: increase({ metric: 'timonel_model_tokens_total' }, hour, ['direction']),
  breakers: gauge({ metric: 'timonel_breaker_state' }, 'max', ['target']),
  lookups: increase({ metric: 'timonel_cache_lookups_total' }, hour, ['state']),
  saved: increase({ metric: 'timonel_cache_saved_dollars_total' }, hour),
  tools: increase({ metric: 'timonel_tool_calls_total' }, hour, [...perTool, 'status']),
  toolP50: quantile(0.5, { metric: 'timonel_tool_duration_seconds' }, hour, perTool),
  toolP95: quantile(0.95, { metric: 'timonel_tool_duration_seconds' }, hour, perTool),
  toolsSinceStart: gauge({ metric: 'timonel_tool_calls_total' }, 'sum', perTool),
  queues: gauge({ metric: 'timonel_queue_jobs', where: [['state', '=', 'waiting']] }, 'max', ['queue']),
  active: gauge({ metric: 'timonel_active_runs' }, 'sum'),
  streams: gauge({ metric: 'timonel_open_streams' }, 'sum'),
  poolSize: gauge({ metric: 'timonel_database_pool_size' }, 'sum'),
  poolOpen: gauge({ metric: 'timonel_database_pool_open' }, 'sum'),
  poolIdle: gauge({ metric: 'timonel_database_pool_idle' }, 'sum'),
  poolWaiting: gauge({ metric: 'timonel_database_pool_waiting' }, 'sum'),
};

/** Everything that the history has to keep for the views. */
export const viewVectors: Vector[] = [
  ...Object.values(looks),
  ...indicators.flatMap((indicator) => windows.flatMap((over) => [eventsOf(indicator, over), badEventsOf(indicator, over)])),
];

export interface ViewDependencies {
  watch: AlertWatch;
  read: ReadSamples;
  now(): Date;
  /** When the process began to count. */
  since: Date;
}

export type ProcessViews = ReturnType<typeof createViews>;

export function createViews({ watch, read, now, since }: ViewDependencies) {
  const valuesOf = (vector: Vector) => evaluateVector(vector, watch.history);
  const sum = (vector: Vector) => valuesOf(vector).reduce((total, { value }) => total + value, 0);
  const one = (vector: Vector) => valuesOf(vector)[0]?.value ?? null;
  const by = (vector: Vector, label: string) =>
    Object.fromEntries(valuesOf(vector).map(({ labels, value }) => [labels[label] ?? '', value]));
  const own = async (metric: string) => (await read(metric)).reduce((total, { value }) => total + value, 0);
  /** prom-client reads some of the process's figures together, when the first of them is asked for. */
  const together = async (first: string, metric: string) => {
    await read(first);
    return own(metric);
  };
  const fresh = async () => {
    await watch.refresh();
    return { at: now().toISOString(), since: since.toISOString() };
  };

  return {
    async health() {
      const view = await fresh();
      const [residentBytes, heapUsedBytes, eventLoopLagSeconds, cpuSeconds] = await Promise.all([
        own('process_resident_memory_bytes'),
        together('nodejs_heap_size_total_bytes', 'nodejs_heap_size_used_bytes'),
        together('nodejs_eventloop_lag_seconds', 'nodejs_eventloop_lag_p99_seconds'),
        together('process_cpu_user_seconds_total', 'process_cpu_seconds_total'),
      ]);
      const [count, failed, ended] = [sum(looks.requests), sum(looks.failedRequests), sum(looks.runs)];
      const window = durationText(soon);
      const uptimeSeconds = (now().getTime() - since.getTime()) / 1000;
      return {
        ...view,
        process: { uptimeSeconds, residentBytes, heapUsedBytes, eventLoopLagSeconds, cpuSeconds },
        requests: { window, count, failed, failedShare: shareOf(failed, count), p95Seconds: one(looks.requestP95) },
        runs: {
          window,
          active: sum(looks.active),
          ended,
          failedShare: shareOf(sum(looks.failedRuns), ended),
          degradedShare: shareOf(sum(looks.degradedRuns), ended),
          firstEventP95Seconds: one(looks.firstEventP95),
        },
        pool: {
          size: sum(looks.poolSize),
          open: sum(looks.poolOpen),
          idle: sum(looks.poolIdle),
          waiting: sum(looks.poolWaiting),
        },
      };
    },

    async tools() {
      const view = await fresh();
      const [p50, p95] = [valuesOf(looks.toolP50), valuesOf(looks.toolP95)];
      const counts = valuesOf(looks.tools);
      const tools = valuesOf(looks.toolsSinceStart).map(({ labels, value: sinceStart }) => {
        const { agent = '', tool = '' } = labels;
        const isIt = (each: Value) => each.labels['agent'] === agent && each.labels['tool'] === tool;
        const own = counts.filter(isIt).filter(({ value }) => value > 0);
        const byStatus = Object.fromEntries(own.map((each) => [each.labels['status'] ?? '', each.value]));
        const calls = own.reduce((total, { value }) => total + value, 0);
        return {
          agent,
          tool,
          calls,
          byStatus,
          failedShare: shareOf(byStatus['failed'] ?? 0, calls),
          p50Seconds: p50.find(isIt)?.value ?? null,
          p95Seconds: p95.find(isIt)?.value ?? null,
          sinceStart,
        };
      });
      return { ...view, window: durationText(hour), tools: tools.sort((a, b) => b.calls - a.calls) };
    },

    async slos() {
      const view = await fresh();
      return { ...view, resolutionSeconds: snapshotEvery, indicators: indicators.map(statusOf) };
    },

    async alerts() {
      const view = await fresh();
      return { ...view, watched: watch.watched, alerts: watch.alerts().map(alertView) };
    },

    async overview() {
      const view = await fresh();
      const count = sum(looks.requestsOfHour);
      const lookups = by(looks.lookups, 'state');
      const tools = valuesOf(looks.tools);
      const calls = tools.reduce((total, { value }) => total + value, 0);
      const failedCalls = tools
        .filter(({ labels }) => labels['status'] === 'failed')
        .reduce((total, { value }) => total + value, 0);
      const seen = watch.alerts();
      const firing = (severity: string) => seen.filter((each) => each.state === 'firing' && each.severity === severity).length;
      return {
        ...view,
        window: durationText(hour),
        requests: {
          count,
          failedShare: shareOf(sum(looks.failedRequestsOfHour), count),
          p95Seconds: one(looks.requestP95OfHour),
        },
        runs: {
          active: sum(looks.active),
          openStreams: sum(looks.streams),
          byOutcome: by(looks.runsByOutcome, 'outcome'),
          byAgent: by(looks.runsByAgent, 'agent'),
        },
        models: {
          calls: sum(looks.modelCalls),
          failedAttempts: sum(looks.failedAttempts),
          costDollars: sum(looks.modelCost),
          tokens: by(looks.tokens, 'direction'),
          breakersNotClosed: valuesOf(looks.breakers).flatMap(({ labels, value }) => (value > 0 ? [labels['target'] ?? ''] : [])),
        },
        cache: {
          lookups,
          hitShare: shareOf(
            (lookups['hit'] ?? 0) + (lookups['joined'] ?? 0) + (lookups['similar'] ?? 0),
            Object.values(lookups).reduce((total, value) => total + value, 0),
          ),
          savedDollars: sum(looks.saved),
        },
        tools: { calls, failedShare: shareOf(failedCalls, calls) },
        queues: by(looks.queues, 'queue'),
        slos: Object.fromEntries(indicators.map((indicator) => [indicator.name, statusOf(indicator).status])),
        alerts: {
          firing: { critical: firing('critical'), warning: firing('warning'), info: firing('info') },
          pending: seen.filter(({ state }) => state === 'pending').length,
        },
      };
    },
  };

  function statusOf(indicator: Indicator) {
    const budget = 1 - indicator.objective;
    const all = windows.map((over) => {
      const [events, bad] = [sum(eventsOf(indicator, over)), sum(badEventsOf(indicator, over))];
      const errorRatio = shareOf(bad, events);
      return { window: durationText(over), events, bad, errorRatio, burnRate: errorRatio === null ? null : errorRatio / budget };
    });
    const burnRate = all.find(({ window }) => window === durationText(longest))?.burnRate ?? null;
    const burns = watch.alerts().some(({ state, labels }) => state === 'firing' && labels['sli'] === indicator.name);
    const status =
      burnRate === null
        ? ('unknown' as const)
        : burns
          ? ('burning' as const)
          : burnRate > 1
            ? ('missed' as const)
            : ('kept' as const);
    return {
      slo: indicator.slo,
      sli: indicator.name,
      meaning: indicator.meaning,
      objective: indicator.objective,
      status,
      budgetLeft: burnRate === null ? null : 1 - burnRate,
      windows: all,
    };
  }
}

function shareOf(part: number, whole: number): number | null {
  return whole > 0 ? part / whole : null;
}

function alertView(alert: WatchedAlert) {
  return {
    ...alert,
    labels: { ...alert.labels },
    since: alert.since.toISOString(),
    firingAt: alert.firingAt?.toISOString() ?? null,
    resolvedAt: alert.resolvedAt?.toISOString() ?? null,
  };
}
