/** Starts what listens to diagnostics.ts for the length of one process: metrics with the alerts over them, and traces where somebody takes them. */
import type { Settings } from '../config.ts';
import { channels } from '../diagnostics.ts';
import type { MeasuredAgent } from '../tools/metrics.ts';
import type { LiveState } from './live-metrics.ts';
import { type Metrics, startMetrics } from './metrics.ts';
import { startWatch } from './slo/start.ts';
import type { ProcessViews } from './slo/views.ts';

export interface Telemetry {
  metrics: Metrics;
  /** What the process sees of itself. */
  views: ProcessViews;
  /** Sends what is not sent yet, and stops listening. */
  close(): Promise<void>;
}

export async function startTelemetry(
  { traces }: Pick<Settings, 'traces'>,
  live: LiveState & { now(): Date; agents: Iterable<MeasuredAgent> },
): Promise<Telemetry> {
  const metrics = startMetrics(live, live.agents);
  const watch = await startWatch(metrics.registry, {
    now: live.now,
    onChange: (change) => {
      if (channels.alertChanged.hasSubscribers) channels.alertChanged.publish(change);
    },
  });
  const recorded =
    traces.exporter === 'none' ? undefined : (await import('./traces/start-traces.ts')).startTraces(traces, live.version);
  return {
    metrics,
    views: watch.views,
    async close() {
      watch.stop();
      await recorded?.close();
      metrics.end();
    },
  };
}
