import type { Metric, Registry } from 'prom-client';
import { publishFault } from '../../diagnostics.ts';
import type { ReadSamples, Sample } from './history.ts';

/** How long one reading of a metric serves all who ask for a part of it, in milliseconds: a histogram is asked for its buckets and its count. */
const freshFor = 100;

interface Value extends Sample {
  /** Which part of a histogram it is; absent elsewhere. */
  metricName?: string;
}

/** Reads the metrics of this process by the names under which they are scraped. One that cannot be read is as if it were not there. */
export function registrySamples(registry: Registry): ReadSamples {
  const readings = new Map<string, { at: number; values: Promise<readonly Value[]> }>();
  return async (name) => {
    const metric = registry.getSingleMetric(name) ?? registry.getSingleMetric(name.replace(/_(bucket|count|sum)$/, ''));
    if (metric === undefined) return [];
    const { name: base } = metric as unknown as { name: string };
    const at = performance.now();
    let reading = readings.get(base);
    if (reading === undefined || at - reading.at > freshFor) {
      reading = { at, values: valuesOf(metric, base) };
      readings.set(base, reading);
    }
    const values = await reading.values;
    return values.filter(({ metricName }) => (metricName ?? base) === name);
  };
}

async function valuesOf(metric: Metric, name: string): Promise<readonly Value[]> {
  try {
    return (await metric.get()).values as readonly Value[];
  } catch (error) {
    publishFault(`reading the metric ${name}`, error);
    return [];
  }
}
