/** Starts what listens to diagnostics.ts for the length of one process: metrics, and traces where somebody takes them. */
import type { Settings } from '../config.ts';
import type { LiveState } from './live-metrics.ts';
import { type Metrics, startMetrics } from './metrics.ts';

export interface Telemetry {
  metrics: Metrics;
  /** Sends what was not sent yet, and stops listening. */
  close(): Promise<void>;
}

export async function startTelemetry(_settings: Settings, live: LiveState): Promise<Telemetry> {
  const metrics = startMetrics(live);
  return {
    metrics,
    async close() {
      metrics.end();
    },
  };
}
