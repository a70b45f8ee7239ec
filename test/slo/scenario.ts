/** Days of traffic in a few lines, for Prometheus and for the process's own watch alike. A minute is the smallest step. */

import type { Sample } from '../../src/telemetry/slo/history.ts';

/** What a series says at each minute: a number, nothing, or that it is gone. */
export type Minutes = (number | undefined | 'gone')[];

export interface Scenario {
  name: string;
  /** Series by name and labels, e.g. `up{job="timonel"}`. */
  series: Record<string, Minutes>;
  /** By minute: all alerts that fire then, and no others. A burn-rate alert is named with its rate. */
  fires: Record<number, string[]>;
  /** By minute: what Prometheus answers to a question. */
  reads?: Record<number, Record<string, number>>;
  /** Minutes between two evaluations, for scenarios of days. */
  every?: number;
  /** Of restarts and of what only somebody outside sees the process itself knows nothing. */
  outside?: true;
}

/** A phase: for so many minutes, so much more each minute. */
export type Phase = [minutes: number, perMinute: number];

/** A counter that starts at zero and goes up by phases. */
export function counter(...phases: Phase[]): Minutes {
  const values: number[] = [0];
  for (const [minutes, perMinute] of phases)
    for (let minute = 0; minute < minutes; minute++) values.push((values.at(-1) ?? 0) + perMinute);
  return values;
}

/** A counter that is not there until something is counted. */
export function unborn(minutes: number, ...phases: Phase[]): Minutes {
  const [, ...counted] = counter(...phases);
  return [...Array<undefined>(minutes + 1), ...counted];
}

/** A gauge that says the same for a while, then another thing. */
export function gauge(...phases: [minutes: number, value: number | 'gone' | undefined][]): Minutes {
  return phases.flatMap(([minutes, value]) => Array<number | 'gone' | undefined>(minutes).fill(value));
}

/** A gauge or counter that changes by so much each minute. */
export function slope(minutes: number, from: number, perMinute: number): Minutes {
  return Array.from({ length: minutes }, (_, minute) => from + minute * perMinute);
}

/** The process starts again after so many minutes, is away for a few, and counts from zero. */
export function restarting(counted: Minutes, lives: number, away: number): Minutes {
  const result: Minutes = [];
  let begin = 0;
  for (const [minute, value] of counted.entries()) {
    const age = minute % (lives + away);
    if (age === 0) begin = typeof value === 'number' ? value : 0;
    result.push(age >= lives ? 'gone' : typeof value === 'number' ? value - begin : value);
  }
  return result;
}

const route = '/api/v1/agents';

/** Requests by status, each a counter of its own. */
export function requests(byStatus: Record<number, Minutes>, at = route): Record<string, Minutes> {
  return Object.fromEntries(
    Object.entries(byStatus).flatMap(([status, values]) => {
      const labels = `method="GET", route="${at}", status="${status}"`;
      const name = 'timonel_http_request_duration_seconds';
      // All of them quick.
      return [
        [`${name}_count{${labels}}`, values],
        [`${name}_bucket{${labels}, le="1"}`, values],
        [`${name}_bucket{${labels}, le="+Inf"}`, values],
      ];
    }),
  );
}

/** A histogram by the counts up to 1 s, 2.5 s, 5 s and at all. */
export function histogram(name: string, labels: string, counts: [Minutes, Minutes, Minutes, Minutes]): Record<string, Minutes> {
  const [one, two, five, all] = counts;
  const with_ = (le: string) => `${name}_bucket{${labels}, le="${le}"}`;
  return {
    [with_('1')]: one,
    [with_('2.5')]: two,
    [with_('5')]: five,
    [with_('+Inf')]: all,
    [`${name}_count{${labels}}`]: all,
  };
}

/** Turns by outcome. */
export function turns(byOutcome: Record<string, Minutes>, degraded = 'false'): Record<string, Minutes> {
  const of = (outcome: string) =>
    `timonel_runs_total{agent="booking", agent_version="1.0.0", arm="stable", outcome="${outcome}", degraded="${degraded}"}`;
  return Object.fromEntries(Object.entries(byOutcome).map(([outcome, values]) => [of(outcome), values]));
}

/** How an alert is named in {@link Scenario.fires}. */
export function alertText({ alertname, burn }: { alertname: string; burn?: string | undefined }): string {
  return burn === undefined || burn === '' ? alertname : `${alertname} ${burn}`;
}

/** The series of a metric at a minute, as the registry of a process would give them. */
export function samplesAt(series: Scenario['series'], metric: string, minute: number): Sample[] {
  return Object.entries(series).flatMap(([text, values]) => {
    const [name = '', rest = ''] = text.split('{');
    const value = values[minute];
    if (name !== metric || typeof value !== 'number') return [];
    const labels = Object.fromEntries([...rest.matchAll(/(\w+)="([^"]*)"/g)].map(([, label = '', said = '']) => [label, said]));
    return [{ labels, value }];
  });
}
