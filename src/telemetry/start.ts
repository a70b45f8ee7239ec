/** Starts what listens to diagnostics.ts for the length of one process: metrics, and traces where somebody takes them. */
import type { Settings } from '../config.ts';
import { publishFault } from '../diagnostics.ts';
import type { LiveState } from './live-metrics.ts';
import { type Metrics, startMetrics } from './metrics.ts';

export interface Telemetry {
  metrics: Metrics;
  /** Sends what is not sent yet, and stops listening. */
  close(): Promise<void>;
}

export async function startTelemetry({ traces }: Pick<Settings, 'traces'>, live: LiveState): Promise<Telemetry> {
  const metrics = startMetrics(live);
  const recorded =
    traces.exporter === 'none'
      ? undefined
      : (await import('./traces/start-traces.ts')).startTraces(traces, live.version, publishFault);
  return {
    metrics,
    async close() {
      await recorded?.close();
      metrics.end();
    },
  };
}
