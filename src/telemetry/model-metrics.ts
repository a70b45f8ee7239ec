import { subscribe } from 'node:diagnostics_channel';
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import { type BreakerChanged, channels, type ModelAttempt, type ModelCall } from '../diagnostics.ts';

/** Different targets and routes that are told apart; callers may name any model, and the rest is `other`. */
const mostNames = 100;

const states = { closed: 0, 'half-open': 1, open: 2 } as const;

/** What the gateway does, by target and route. */
export function modelMetrics(registers: Registry[], seconds: number[]): void {
  const bounded = boundedNames();
  const calls = new Counter({
    name: 'timonel_model_calls_total',
    help: 'Calls through the gateway that were answered',
    labelNames: ['route', 'target'] as const,
    registers,
  });
  const durations = new Histogram({
    name: 'timonel_model_call_duration_seconds',
    help: 'Time from the request to the end of the answer, further attempts included',
    labelNames: ['target'] as const,
    buckets: seconds,
    registers,
  });
  const attempts = new Counter({
    name: 'timonel_model_attempts_total',
    help: 'Attempts at models, by what became of them',
    labelNames: ['target', 'outcome'] as const,
    registers,
  });
  const cost = new Counter({
    name: 'timonel_model_cost_dollars_total',
    help: 'US dollars that calls cost, where the price is known',
    labelNames: ['target'] as const,
    registers,
  });
  const breakers = new Gauge({
    name: 'timonel_breaker_state',
    help: 'Circuit breaker of a model: 0 closed, 1 half open, 2 open',
    labelNames: ['target'] as const,
    registers,
  });
  const changes = new Counter({
    name: 'timonel_breaker_changes_total',
    help: 'Changes of circuit breakers',
    labelNames: ['target', 'state'] as const,
    registers,
  });
  subscribe(channels.modelCall.name, (message) => {
    const { route, target, milliseconds, cost: dollars } = message as ModelCall;
    const name = bounded(target);
    calls.inc({ route: bounded(route), target: name });
    durations.observe({ target: name }, milliseconds / 1000);
    if (dollars !== undefined) cost.inc({ target: name }, dollars);
  });
  subscribe(channels.modelAttempt.name, (message) => {
    const { target, outcome } = message as ModelAttempt;
    attempts.inc({ target: bounded(target), outcome });
  });
  subscribe(channels.breakerChanged.name, (message) => {
    const { target, state } = message as BreakerChanged;
    breakers.set({ target: bounded(target) }, states[state]);
    changes.inc({ target: bounded(target), state });
  });
}

function boundedNames(): (name: string) => string {
  const names = new Set<string>();
  return (name) => {
    if (names.has(name)) return name;
    if (names.size >= mostNames) return 'other';
    names.add(name);
    return name;
  };
}
