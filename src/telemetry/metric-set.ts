import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { ActiveSpan } from './active-span.ts';
import { BoundedSeries } from './bounded-series.ts';

/** Upper bounds in seconds. */
const durationBuckets = [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

/** Series of one metric at most. A histogram writes 17 lines for each of its own: 8 MB of text hold up everything else for a second. */
const mostSeries = { counter: 500, gauge: 500, histogram: 200 } as const;

type Values = readonly string[];

/** Observations of one series that wait to be told to the library: many at once cost a third of one by one. */
const mostWaiting = 64;

interface Observations {
  labels: Record<string, string>;
  child: { observe(value: number): void };
  waiting: Float64Array;
  count: number;
}

function told(observations: Observations): void {
  const { child, waiting, count } = observations;
  observations.count = 0;
  for (let at = 0; at < count; at++) child.observe(waiting[at] ?? 0);
}

/** The metrics of one process: a registry, and what observes into it. Label values are given in the order of the names. */
export class MetricSet {
  readonly registry = new Registry();
  /** Values that were admitted, by label: the same ones in all metrics. */
  readonly #names = new Map<string, Set<string>>();

  counter(name: string, help: string, labelNames: Values = []): (values?: Values, by?: number) => void {
    const series = this.#counts(name, help, labelNames);
    return (values = [], by = 1) => {
      // One that is no number would make all that came before it none.
      if (!(by >= 0)) throw new RangeError(`${name} cannot grow by ${by}.`);
      series.of(values).value += by;
    };
  }

  /** A count that somebody else keeps: the value is the whole of it. */
  total(name: string, help: string, labelNames: Values): (values: Values, value: number) => void {
    const series = this.#counts(name, help, labelNames);
    return (values, value) => {
      series.of(values).value = value;
    };
  }

  /** Counted here and told at each scrape: the library reads and checks the labels of a series each time that it counts. */
  #counts(name: string, help: string, labelNames: Values): BoundedSeries<{ value: number }> {
    const counts: { labels: Record<string, string>; value: number }[] = [];
    const counter: Counter = new Counter({
      name,
      help,
      labelNames: [...labelNames],
      registers: [this.registry],
      collect: () => {
        counter.reset();
        for (const { labels, value } of counts) counter.inc(labels, value);
      },
    });
    return new BoundedSeries(labelNames, this.#names, mostSeries.counter, (labels) => {
      const count = { labels, value: 0 };
      counts.push(count);
      return count;
    });
  }

  gauge(name: string, help: string, labelNames: Values): (values: Values, value: number) => void {
    const gauge = new Gauge({ name, help, labelNames: [...labelNames], registers: [this.registry] });
    const series = new BoundedSeries(labelNames, this.#names, mostSeries.gauge, (labels) => gauge.labels(labels));
    return (values, value) => series.of(values).set(value);
  }

  /** In seconds. With the trace of a sampled span, that trace is the example of its bucket. */
  histogram(
    name: string,
    help: string,
    labelNames: Values,
    most: number = mostSeries.histogram,
  ): (values: Values, milliseconds: number, span?: ActiveSpan) => void {
    const all: Observations[] = [];
    // Registered by hand: the constructor takes examples for a mistake in a registry that can also write text without them.
    const histogram = new Histogram({
      name,
      help,
      labelNames: [...labelNames],
      buckets: durationBuckets,
      registers: [],
      enableExemplars: true,
      collect: () => {
        for (const each of all) told(each);
      },
    });
    this.registry.registerMetric(histogram);
    const series = new BoundedSeries(labelNames, this.#names, most, (labels) => {
      const observations = { labels, child: histogram.labels(labels), waiting: new Float64Array(mostWaiting), count: 0 };
      all.push(observations);
      return observations;
    });
    return (values, milliseconds, span) => {
      const observations = series.of(values);
      const value = milliseconds / 1_000;
      if (span?.sampled === true) {
        const { labels } = observations;
        histogram.observe({ labels, value, exemplarLabels: { trace_id: span.traceId, span_id: span.spanId } });
        return;
      }
      observations.waiting[observations.count++] = value;
      if (observations.count === mostWaiting) told(observations);
    };
  }

  /** Values in a unit of their own, with buckets of their own. */
  distribution(
    name: string,
    help: string,
    labelNames: Values,
    buckets: readonly number[],
  ): (values: Values, value: number) => void {
    const histogram = new Histogram({
      name,
      help,
      labelNames: [...labelNames],
      buckets: [...buckets],
      registers: [],
      enableExemplars: true,
    });
    this.registry.registerMetric(histogram);
    const series = new BoundedSeries(labelNames, this.#names, mostSeries.histogram, (labels) => histogram.labels(labels));
    return (values, value) => series.of(values).observe(value);
  }

  /** What is read at each scrape; `undefined` where it cannot be known, and there is no series then. */
  read(name: string, help: string, read: () => number | undefined | Promise<number | undefined>): void {
    const gauge: Gauge = new Gauge({
      name,
      help,
      registers: [this.registry],
      collect: async () => {
        const value = await read();
        if (value === undefined) gauge.remove();
        else gauge.set(value);
      },
    });
  }

  /** The same, for a metric with labels: all of its series at once. */
  readEach(name: string, help: string, labelNames: Values, read: () => Promise<{ values: Values; value: number }[]>): void {
    const gauge: Gauge = new Gauge({
      name,
      help,
      labelNames: [...labelNames],
      registers: [this.registry],
      collect: async () => {
        const each = (await read()).slice(0, mostSeries.gauge);
        gauge.reset();
        for (const { values, value } of each) gauge.labels(...values).set(value);
      },
    });
  }

  /** A count that somebody else keeps, since the start or for longer. */
  readCount(name: string, help: string, read: () => number): void {
    const counter: Counter = new Counter({
      name,
      help,
      registers: [this.registry],
      collect: () => {
        counter.reset();
        counter.inc(read());
      },
    });
  }
}
