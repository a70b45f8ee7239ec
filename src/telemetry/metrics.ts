import { subscribe } from 'node:diagnostics_channel';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { type CacheLookup, channels, type HttpExchange, type RunEnded } from '../diagnostics.ts';
import type { PoolStatus } from '../store/database.ts';
import { modelMetrics } from './model-metrics.ts';

/** What is read at the moment of a scrape. */
export interface LiveState {
  pool(): PoolStatus;
  activeRuns(): number;
  openStreams(): number;
}

/** Prometheus metrics of this process. Labels are bounded: routes, not paths; agents, not conversations. */
export function startMetrics(live: LiveState): Registry {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const seconds = [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

  const requests = new Histogram({
    name: 'timonel_http_request_duration_seconds',
    help: 'Time from the head of a request to the end of its response',
    labelNames: ['method', 'route', 'status'] as const,
    buckets: seconds,
    registers,
  });
  subscribe(channels.httpExchange.name, (message) => {
    const { method, route, status, milliseconds } = message as HttpExchange;
    requests.observe({ method, route, status }, milliseconds / 1000);
  });

  const runs = new Counter({
    name: 'timonel_runs_total',
    help: 'Turns that ended',
    labelNames: ['agent', 'agent_version', 'arm', 'outcome', 'degraded'] as const,
    registers,
  });
  const durations = new Histogram({
    name: 'timonel_run_duration_seconds',
    help: 'Time from the claim of a run to the end of its turn',
    labelNames: ['agent', 'outcome'] as const,
    buckets: seconds,
    registers,
  });
  const tokens = new Counter({
    name: 'timonel_model_tokens_total',
    help: 'Tokens that models used',
    labelNames: ['agent', 'direction'] as const,
    registers,
  });
  const recoveries = new Counter({
    name: 'timonel_run_recoveries_total',
    help: 'Turns that ended after a takeover',
    labelNames: ['agent'] as const,
    registers,
  });
  subscribe(channels.runEnded.name, (message) => {
    const { run, milliseconds } = message as RunEnded;
    const outcome = run.outcome ?? 'failed';
    runs.inc({ agent: run.agent, agent_version: run.agentVersion, arm: run.arm, outcome, degraded: String(run.degraded) });
    durations.observe({ agent: run.agent, outcome }, milliseconds / 1000);
    tokens.inc({ agent: run.agent, direction: 'input' }, run.usage?.inputTokens ?? 0);
    tokens.inc({ agent: run.agent, direction: 'output' }, run.usage?.outputTokens ?? 0);
    if (run.recoveries > 0) recoveries.inc({ agent: run.agent });
  });

  modelMetrics(registers, seconds);

  const lookups = new Counter({
    name: 'timonel_cache_lookups_total',
    help: 'Questions that may be answered from the response cache',
    labelNames: ['state'] as const,
    registers,
  });
  const saved = new Counter({ name: 'timonel_cache_saved_dollars_total', help: 'What the calls would have cost', registers });
  subscribe(channels.cacheLookup.name, (message) => {
    const lookup = message as CacheLookup;
    lookups.inc({ state: lookup.state });
    saved.inc(Number(lookup.saved) / 1e9);
  });

  gauge('timonel_active_runs', 'Runs that this process works on', () => live.activeRuns());
  gauge('timonel_open_streams', 'Open server-sent event streams', () => live.openStreams());
  gauge('timonel_database_pool_size', 'Connections at most', () => live.pool().size);
  gauge('timonel_database_pool_open', 'Open connections', () => live.pool().open);
  gauge('timonel_database_pool_idle', 'Idle connections', () => live.pool().idle);
  gauge('timonel_database_pool_waiting', 'Statements that wait for a connection', () => live.pool().waiting);
  return registry;

  function gauge(name: string, help: string, read: () => number): void {
    const metric: Gauge = new Gauge({ name, help, registers, collect: () => metric.set(read()) });
  }
}
