/** What the live views answer with. Whoever computes them is given to the server: HTTP knows no telemetry. */
import { z } from 'zod';

const instant = z.string().describe('ISO 8601');
const share = z.number().nullable().describe('0 to 1; null where nothing happened');
const seconds = z.number().nullable().describe('Seconds; null where nothing happened');
const severity = z.enum(['critical', 'warning', 'info']);

/** What every view says of itself. */
const view = {
  at: instant.describe('When the figures were read'),
  since: instant.describe('When this process began to count; a restart begins anew'),
};

export const processHealth = z.object({
  ...view,
  status: z.enum(['ok', 'degraded', 'down']).describe('As GET /health'),
  process: z.object({
    uptimeSeconds: z.number(),
    residentBytes: z.number(),
    heapUsedBytes: z.number(),
    eventLoopLagSeconds: z.number().describe('99th percentile since the last reading'),
    cpuSeconds: z.number().describe('Since the start'),
  }),
  requests: z.object({
    window: z.string(),
    count: z.number(),
    failed: z.number().describe('Answered with 5xx'),
    failedShare: share,
    p95Seconds: seconds,
  }),
  runs: z.object({
    window: z.string(),
    active: z.number(),
    ended: z.number(),
    failedShare: share,
    degradedShare: share.describe('Answered without a model; 0 to 1, null where no turn ended'),
    firstEventP95Seconds: seconds,
  }),
  pool: z.object({ size: z.number(), open: z.number(), idle: z.number(), waiting: z.number() }),
  dependencies: z.array(
    z.object({ name: z.string(), status: z.enum(['up', 'down']), required: z.boolean(), detail: z.unknown().optional() }),
  ),
});

export const toolPerformance = z.object({
  ...view,
  window: z.string(),
  tools: z.array(
    z.object({
      agent: z.string(),
      tool: z.string(),
      calls: z.number(),
      byStatus: z.record(z.string(), z.number()),
      failedShare: share,
      p50Seconds: seconds,
      p95Seconds: seconds,
      sinceStart: z.number().describe('Calls since this process started'),
    }),
  ),
});

export const sloStatus = z.object({
  ...view,
  resolutionSeconds: z.number().describe('How often the figures are kept'),
  indicators: z.array(
    z.object({
      slo: z.string(),
      sli: z.string(),
      meaning: z.string(),
      objective: z.number(),
      status: z
        .enum(['kept', 'burning', 'missed', 'unknown'])
        .describe('missed: the error budget of the longest window is used up; burning: an alert of it fires; unknown: no events'),
      budgetLeft: z.number().nullable().describe('Share of the error budget of the longest window, below 0 where it is overdrawn'),
      windows: z.array(
        z.object({
          window: z.string(),
          events: z.number(),
          bad: z.number(),
          errorRatio: share,
          burnRate: z.number().nullable().describe('How many times as fast as allowed the budget is used up'),
        }),
      ),
    }),
  ),
});

export const acknowledgement = z.object({ by: z.string(), note: z.string().nullable(), at: instant });

export const watchedAlert = z.object({
  fingerprint: z.string(),
  name: z.string(),
  severity,
  state: z.enum(['pending', 'firing', 'resolved']),
  labels: z.record(z.string(), z.string()),
  summary: z.string(),
  runbook: z.string().describe('Section of the runbook, from the root of the repository'),
  value: z.number(),
  unit: z.enum(['share', 'seconds', 'count']),
  since: instant,
  firingAt: instant.nullable(),
  resolvedAt: instant.nullable(),
});

export const activeAlerts = z.object({
  ...view,
  watched: z.number().describe('How many alerts are evaluated'),
  alerts: z.array(watchedAlert.extend({ acknowledgement: acknowledgement.nullable() })),
});

export const overview = z.object({
  ...view,
  version: z.string(),
  window: z.string(),
  status: z.enum(['ok', 'degraded', 'down']),
  requests: z.object({ count: z.number(), failedShare: share, p95Seconds: seconds }),
  runs: z.object({
    active: z.number(),
    openStreams: z.number(),
    byOutcome: z.record(z.string(), z.number()),
    byAgent: z.record(z.string(), z.number()),
  }),
  models: z.object({
    calls: z.number(),
    failedAttempts: z.number(),
    costDollars: z.number(),
    tokens: z.record(z.string(), z.number()).describe('input and output, of turns'),
    breakersNotClosed: z.array(z.string()),
  }),
  cache: z.object({ lookups: z.record(z.string(), z.number()), hitShare: share, savedDollars: z.number() }),
  tools: z.object({ calls: z.number(), failedShare: share }),
  queues: z.record(z.string(), z.number()).describe('Jobs that wait'),
  slos: z.record(z.string(), z.string()).describe('Status of each indicator'),
  alerts: z.object({ firing: z.record(severity, z.number()), pending: z.number() }),
});

/** What main.ts gives the server. Each is computed when it is asked for. */
export interface LiveViews {
  health(): Promise<Omit<z.output<typeof processHealth>, 'status' | 'dependencies'>>;
  tools(): Promise<z.output<typeof toolPerformance>>;
  slos(): Promise<z.output<typeof sloStatus>>;
  alerts(): Promise<Omit<z.output<typeof activeAlerts>, 'alerts'> & { alerts: z.output<typeof watchedAlert>[] }>;
  overview(): Promise<Omit<z.output<typeof overview>, 'status' | 'version'>>;
}
