/** Metrics that an agent declares, and how its code counts. */
import { type AgentMetricEmitted, channels, publishFault } from '../diagnostics.ts';

/** A metric of an agent. It is exposed as `timonel_agent_<agent>_<name>`, counters with `_total` at the end. */
export interface AgentMetric {
  kind: 'counter' | 'gauge' | 'histogram';
  /** What it counts, in a few words. */
  help: string;
  /**
   * Values of each label: those that there are, or how many different ones are told apart (2 to 50). Any other value is `other`. All labels of
   * a metric together make at most 500 series, of a histogram 100.
   */
  labels?: Readonly<Record<string, readonly string[] | number>>;
  /** Upper bounds of a histogram, ascending, 1 to 20; in the unit that the name says, e.g. `wait_seconds`. */
  buckets?: readonly number[];
}

/**
 * Counts into the metrics that the agent declares. What cannot be counted (a name that is not declared, another kind, a label too many) is told
 * as a fault, and never fails the work at hand. An attempt that is undone has counted all the same.
 */
export interface AgentMetrics {
  /** @param by not negative, 1 where absent. */
  add(counter: string, labels?: Readonly<Record<string, string>>, by?: number): void;
  set(gauge: string, value: number, labels?: Readonly<Record<string, string>>): void;
  observe(histogram: string, value: number, labels?: Readonly<Record<string, string>>): void;
}

export interface CountsMetrics {
  readonly metrics: AgentMetrics;
}

/** An agent, as far as its metrics are concerned. */
export interface MeasuredAgent {
  name: string;
  metrics?: Readonly<Record<string, AgentMetric>>;
}

/** The name in the exposition. */
export function metricNameOf(agent: string, name: string, { kind }: Pick<AgentMetric, 'kind'>): string {
  return `timonel_agent_${agent.replaceAll(/\W/g, '_')}_${name}${kind === 'counter' ? '_total' : ''}`;
}

const mostSeries = { counter: 500, gauge: 500, histogram: 100 } as const;

/** What is wrong with the metrics of an agent, each in a sentence that says what would be right. */
export function metricFaults({ metrics = {} }: MeasuredAgent): string[] {
  return Object.entries(metrics).flatMap(([name, metric]: [string, AgentMetric | null]) => {
    if (typeof metric !== 'object' || metric === null) return [`metric "${name}": must be { kind, help, labels }.`];
    const { kind, help, labels = {}, buckets } = metric;
    const wrong = (what: string) => [`metric "${name}": ${what}`];
    if (!/^[a-z][a-z0-9_]{0,59}$/.test(name)) return wrong('its name must be snake_case, e.g. books_lent.');
    if (name.endsWith('_total')) return wrong('leave "_total" out of its name; counters get it by themselves.');
    if (!Object.hasOwn(mostSeries, kind)) return wrong(`kind must be counter, gauge or histogram, not "${String(kind)}".`);
    if (typeof help !== 'string' || help.trim() === '' || help.includes('\n'))
      return wrong('help must say in one line what it counts.');
    const badLabel = Object.keys(labels).find(
      (label) => !/^[a-z][a-z0-9_]{0,39}$/.test(label) || ['le', 'quantile'].includes(label),
    );
    if (badLabel !== undefined) return wrong(`a label cannot be named "${badLabel}". Use snake_case, e.g. branch.`);
    if (Object.keys(labels).length > 5) return wrong('it has more than 5 labels.');
    for (const [label, values] of Object.entries(labels)) {
      const fits =
        typeof values === 'number'
          ? Number.isInteger(values) && values >= 2 && values <= 50
          : Array.isArray(values) && values.length > 0 && values.every((value) => typeof value === 'string' && value !== '');
      if (!fits) return wrong(`the values of "${label}" must be a list, e.g. ['north', 'south'], or a number from 2 to 50.`);
    }
    const series = Object.values(labels).reduce<number>(
      (all, values) => all * ((typeof values === 'number' ? values : values.length) + 1),
      1,
    );
    if (series > mostSeries[kind])
      return wrong(`its labels make ${series} series, and a ${kind} has up to ${mostSeries[kind]}. Bound them closer.`);
    if (kind !== 'histogram') return buckets === undefined ? [] : wrong('only a histogram has buckets.');
    const ascending = buckets?.every((bound, at) => Number.isFinite(bound) && (at === 0 || bound > (buckets[at - 1] ?? bound)));
    if (buckets === undefined || buckets.length === 0 || buckets.length > 20 || ascending !== true)
      return wrong('buckets must be 1 to 20 ascending numbers, e.g. [1, 10, 60].');
    return [];
  });
}

/** What code of an agent counts with. */
export function metricsOf({ name: agent, metrics = {} }: MeasuredAgent): AgentMetrics {
  const emit = (metric: string, kind: AgentMetric['kind'], value: number, labels: Readonly<Record<string, string>> = {}) => {
    const declared = Object.hasOwn(metrics, metric) ? metrics[metric] : undefined;
    const fault =
      declared === undefined
        ? `The agent "${agent}" declares no metric "${metric}".`
        : declared.kind !== kind
          ? `The metric "${metric}" is a ${declared.kind}.`
          : !Number.isFinite(value) || (kind === 'counter' && value < 0)
            ? `The metric "${metric}" cannot take ${value}.`
            : Object.keys(labels).find((label) => !Object.hasOwn(declared.labels ?? {}, label)) === undefined
              ? undefined
              : `The metric "${metric}" does not have all of the labels ${Object.keys(labels).join(', ')}.`;
    if (fault !== undefined) {
      publishFault('metric of an agent', new TypeError(fault));
      return;
    }
    const emitted: AgentMetricEmitted = { agent, metric, value, labels };
    if (channels.agentMetricEmitted.hasSubscribers) channels.agentMetricEmitted.publish(emitted);
  };
  return {
    add: (counter, labels, by = 1) => emit(counter, 'counter', by, labels),
    set: (gauge, value, labels) => emit(gauge, 'gauge', value, labels),
    observe: (histogram, value, labels) => emit(histogram, 'histogram', value, labels),
  };
}
