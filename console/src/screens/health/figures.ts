/** What a process says of itself, at addresses outside of the typed API. */
import { type UseQueryResult, useQuery } from '@tanstack/react-query';
import { request } from '../../api/client.ts';
import type { ApiProblem } from '../../api/problem.ts';

interface Figures {
  at: string;
  /** When the process began to count. */
  since: string;
}

export interface Indicator {
  slo: string;
  sli: string;
  meaning: string;
  objective: number;
  status: 'kept' | 'burning' | 'missed' | 'unknown';
  budgetLeft: number | null;
  windows: { window: string; events: number; bad: number; errorRatio: number | null; burnRate: number | null }[];
}

export interface Alert {
  fingerprint: string;
  name: string;
  severity: 'critical' | 'warning' | 'info';
  state: 'pending' | 'firing' | 'resolved';
  labels: Record<string, string>;
  summary: string;
  runbook: string;
  value: number;
  unit: 'share' | 'seconds' | 'count';
  since: string;
  resolvedAt: string | null;
  acknowledgement: { by: string; note: string | null; at: string } | null;
}

interface Views {
  '/metrics/slo/status': Figures & { indicators: Indicator[] };
  '/metrics/alerts/active': Figures & { watched: number; alerts: Alert[] };
  '/metrics/health': Figures & {
    status: 'ok' | 'degraded' | 'down';
    process: { uptimeSeconds: number; residentBytes: number; heapUsedBytes: number; eventLoopLagSeconds: number };
    requests: { window: string; count: number; failedShare: number | null; p95Seconds: number | null };
    runs: { window: string; active: number; ended: number; failedShare: number | null; degradedShare: number | null };
    pool: { size: number; open: number; idle: number; waiting: number };
    dependencies: { name: string; status: 'up' | 'down'; required: boolean }[];
  };
}

/** Read anew every half a minute: no event tells of it. */
export function useFigures<N extends keyof Views>(name: N): UseQueryResult<Views[N], ApiProblem> {
  return useQuery<Views[N], ApiProblem>({
    queryKey: [name],
    queryFn: async ({ signal }) => (await request<Views[N]>('GET', name, { signal })).value,
    refetchInterval: 30_000,
  });
}

/** Says to the others that one looks after it. */
export function acknowledge(fingerprint: string, note: string): Promise<unknown> {
  const body = note === '' ? {} : { note };
  return request('POST', `/metrics/alerts/${encodeURIComponent(fingerprint)}/acknowledge`, { body });
}
