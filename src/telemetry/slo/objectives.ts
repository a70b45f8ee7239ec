/**
 * What Timonel promises, as data: the burn-rate alerts, the status that the API shows and the dashboard all come from here.
 *
 * "99.9 % available" and "fewer than 1 % errors" contradict each other where one figure is to keep both promises. They are two: the door
 * answers (availability), and the turns behind it succeed (run errors); how long people wait is the third (latency).
 */
import {
  type AlertCondition,
  compare,
  day,
  durationText,
  hour,
  increase,
  type Matcher,
  minus,
  minute,
  ratio,
  type Seconds,
  type Vector,
} from './expression.ts';

export type SloName = 'availability' | 'run-errors' | 'latency';

/** What one promise is measured by. A promise with two ways to break it has two, so that many quick answers do not hide slow ones. */
export interface Indicator {
  readonly name: 'availability' | 'run-errors' | 'turn-latency' | 'request-latency';
  readonly slo: SloName;
  /** Share of events that must be good, 0 to 1. */
  readonly objective: number;
  readonly meaning: string;
  /** What counts, as a histogram (its `_count`) or a counter. */
  readonly events: { readonly metric: string; readonly histogram: boolean; readonly where: readonly Matcher[] };
  /** Which of them are bad: those with a label, or those that took longer than a bound of the histogram's buckets. */
  readonly bad: { readonly where: readonly Matcher[] } | { readonly slowerThan: Seconds };
  /** Fewer bad events than this in the long window wake nobody: one failure among three at night is no trend. */
  readonly leastBad: number;
}

/** Routes that are not the API: a probe or a scrape that fails hurts no user, and its successes would hide failures that do. */
const apiRoutes: Matcher = [
  'route',
  '!~',
  '/health.*|(/api/v1)?/metrics.*|/docs.*|/openapi\\.json|/errors/.*|/\\.well-known/.*|unknown',
];

/** Routes that last as long as a model or a reader does: how soon a turn says something is measured by itself. */
const waitingRoutes: Matcher = [
  'route',
  '!~',
  '/v1/.*|/api/v1/conversations/:id/messages|/api/v1/runs/:id/events|/api/v1/runs/:id/approvals/:callId|/api/v1/models',
];

const requests = 'timonel_http_request_duration_seconds';
/** Callers who went away before they had an answer: whether it would have been a good one, nobody knows. */
const notLeft: Matcher = ['status', '!=', '499'];
const notFailed: Matcher = ['status', '!~', '5..'];

export const availability: Indicator = {
  name: 'availability',
  slo: 'availability',
  objective: 0.999,
  meaning:
    'Requests to the API that were not answered with 5xx, of those whose caller waited for the answer; a time limit that was reached is one (504)',
  events: { metric: requests, histogram: true, where: [apiRoutes, notLeft] },
  bad: { where: [['status', '=~', '5..']] },
  leastBad: 5,
};

export const runErrors: Indicator = {
  name: 'run-errors',
  slo: 'run-errors',
  objective: 0.99,
  meaning: 'Turns that did not end as "failed"',
  events: { metric: 'timonel_runs_total', histogram: false, where: [] },
  bad: { where: [['outcome', '=', 'failed']] },
  leastBad: 5,
};

export const turnLatency: Indicator = {
  name: 'turn-latency',
  slo: 'latency',
  objective: 0.95,
  meaning: 'Turns whose reader sees a first event within a second',
  events: { metric: 'timonel_run_first_event_seconds', histogram: true, where: [] },
  bad: { slowerThan: 1 },
  leastBad: 10,
};

export const requestLatency: Indicator = {
  name: 'request-latency',
  slo: 'latency',
  objective: 0.95,
  meaning: 'Requests to the API that wait for no model, answered within a second',
  events: { metric: requests, histogram: true, where: [apiRoutes, waitingRoutes, notFailed] },
  bad: { slowerThan: 1 },
  leastBad: 10,
};

export const indicators: readonly Indicator[] = [availability, runErrors, turnLatency, requestLatency];

/** Events of an indicator in a window. */
export function eventsOf(indicator: Indicator, over: Seconds): Vector {
  const { metric, histogram, where } = indicator.events;
  return recorded('events', indicator, over, increase({ metric: histogram ? `${metric}_count` : metric, where }, over));
}

/** Bad events of an indicator in a window. */
export function badEventsOf(indicator: Indicator, over: Seconds): Vector {
  const { events, bad } = indicator;
  if ('where' in bad) {
    const metric = events.histogram ? `${events.metric}_count` : events.metric;
    return recorded('bad_events', indicator, over, increase({ metric, where: [...events.where, ...bad.where] }, over));
  }
  // Prometheus 3 writes whole numbers in `le` with a fraction.
  const bound: Matcher = ['le', '=~', `${bad.slowerThan}|${bad.slowerThan}\\.0`];
  const good = increase({ metric: `${events.metric}_bucket`, where: [...events.where, bound] }, over);
  return recorded(
    'bad_events',
    indicator,
    over,
    minus(increase({ metric: `${events.metric}_count`, where: events.where }, over), good),
  );
}

/** Share of bad events in a window, 0 to 1; nothing where nothing happened. */
export function errorRatioOf(indicator: Indicator, over: Seconds): Vector {
  return recorded('error_ratio', indicator, over, ratio(badEventsOf(indicator, over), eventsOf(indicator, over)));
}

function recorded(name: string, { slo, name: sli }: Indicator, over: Seconds, of: Vector): Vector {
  return { kind: 'recorded', name: `slo:timonel_${name}:increase${durationText(over)}`, labels: { slo, sli }, of };
}

export interface BurnRate {
  /** How many times faster than allowed the error budget of 30 days is used up. */
  readonly factor: number;
  readonly long: Seconds;
  readonly short: Seconds;
  readonly for: Seconds;
  readonly severity: 'critical' | 'warning';
}

/**
 * Two windows each: the long one shows that it matters, the short one that it still goes on.
 * https://sre.google/workbook/alerting-on-slos/#6-multiwindow-multi-burn-rate-alerts
 */
export const burnRates: readonly BurnRate[] = [
  { factor: 14.4, long: hour, short: 5 * minute, for: 2 * minute, severity: 'critical' },
  { factor: 6, long: 6 * hour, short: 30 * minute, for: 5 * minute, severity: 'critical' },
  { factor: 3, long: day, short: 2 * hour, for: 15 * minute, severity: 'warning' },
  { factor: 1, long: 3 * day, short: 6 * hour, for: 30 * minute, severity: 'warning' },
];

/** Whether an indicator burns its budget at that rate in both windows, by more than a few events. */
export function burning(indicator: Indicator, rate: BurnRate): AlertCondition {
  const limit = rate.factor * (1 - indicator.objective);
  return {
    kind: 'all',
    of: [
      compare(errorRatioOf(indicator, rate.long), '>', limit),
      compare(errorRatioOf(indicator, rate.short), '>', limit),
      compare(badEventsOf(indicator, rate.long), '>=', indicator.leastBad),
    ],
  };
}
