import { type AgentMetricEmitted, channels } from '../diagnostics.ts';
import { type MeasuredAgent, metricNameOf } from '../tools/metrics.ts';
import type { MetricSet } from './metric-set.ts';
import type { Subscriptions } from './subscriptions.ts';

/** Longest value of a label. */
const longestValue = 100;

/** What agents count themselves: declared before anything is counted, so that an exposition names all of it. */
export function agentMetrics(set: MetricSet, subscriptions: Subscriptions, agents: Iterable<MeasuredAgent>): void {
  const emitters = new Map<string, (emitted: AgentMetricEmitted) => void>();
  for (const agent of agents) {
    for (const [metric, declared] of Object.entries(agent.metrics ?? {})) {
      const name = metricNameOf(agent.name, metric, declared);
      const bounds = Object.entries(declared.labels ?? {});
      const labels = bounds.map(([label]) => label);
      const admitted = bounds.map(([, values]) => (typeof values === 'number' ? admitFirst(values) : admitListed(values)));
      const valuesOf = (given: AgentMetricEmitted['labels']) =>
        labels.map((label, at) => admitted[at]?.(given[label] ?? '') ?? 'other');
      const { kind, help, buckets = [] } = declared;
      if (kind === 'counter') {
        const count = set.counter(name, help, labels);
        emitters.set(keyOf(agent.name, metric), ({ labels: given, value }) => count(valuesOf(given), value));
      } else if (kind === 'gauge') {
        const gauge = set.gauge(name, help, labels);
        emitters.set(keyOf(agent.name, metric), ({ labels: given, value }) => gauge(valuesOf(given), value));
      } else {
        const observe = set.distribution(name, help, labels, buckets);
        emitters.set(keyOf(agent.name, metric), ({ labels: given, value }) => observe(valuesOf(given), value));
      }
    }
  }
  subscriptions.on<AgentMetricEmitted>(channels.agentMetricEmitted, (emitted) =>
    emitters.get(keyOf(emitted.agent, emitted.metric))?.(emitted),
  );
}

function keyOf(agent: string, metric: string): string {
  return `${agent}/${metric}`;
}

function admitListed(values: readonly string[]): (value: string) => string {
  const known = new Set(values);
  return (value) => (known.has(value) ? value : 'other');
}

function admitFirst(most: number): (value: string) => string {
  const known = new Set<string>();
  return (value) => {
    const short = value.slice(0, longestValue).toWellFormed();
    if (known.has(short)) return short;
    if (short === '' || known.size >= most) return 'other';
    known.add(short);
    return short;
  };
}
