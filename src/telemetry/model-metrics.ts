import {
  type BreakerChanged,
  type BudgetRefused,
  channels,
  type ModelAttempt,
  type ModelCall,
  type RateLimitHit,
} from '../diagnostics.ts';
import { activeSpan } from './active-span.ts';
import type { MetricSet } from './metric-set.ts';
import type { Subscriptions } from './subscriptions.ts';

const states = { closed: 0, 'half-open': 1, open: 2 } as const;

/** What the gateway does, by target and route. */
export function modelMetrics(set: MetricSet, subscriptions: Subscriptions): void {
  const calls = set.counter('timonel_model_calls_total', 'calls through the gateway that were answered', ['route', 'target']);
  const durations = set.histogram(
    'timonel_model_call_duration_seconds',
    'from the request to the end of the answer, further attempts included',
    ['target'],
  );
  const attempts = set.counter('timonel_model_attempts_total', 'attempts at models: ok, or why they failed', ['target', 'outcome']);
  const cost = set.counter('timonel_model_cost_dollars_total', 'US dollars that calls cost, where the price is known', ['target']);
  subscriptions.on<ModelCall>(channels.modelCall, ({ route, target, milliseconds, cost: dollars }) => {
    calls([route, target]);
    durations([target], milliseconds, activeSpan.getStore());
    if (dollars !== undefined) cost([target], dollars);
  });
  subscriptions.on<ModelAttempt>(channels.modelAttempt, ({ target, outcome }) => attempts([target, outcome]));

  const breakers = set.gauge('timonel_breaker_state', 'circuit breaker of a model: 0 closed, 1 half open, 2 open', ['target']);
  const changes = set.counter('timonel_breaker_changes_total', 'changes of circuit breakers', ['target', 'state']);
  subscriptions.on<BreakerChanged>(channels.breakerChanged, ({ target, state }) => {
    breakers([target], states[state]);
    changes([target, state]);
  });

  const refusals = set.counter('timonel_budget_refusals_total', 'calls that a budget did not allow', ['scope']);
  subscriptions.on<BudgetRefused>(channels.budgetRefused, ({ scope }) => refusals([scope]));
  const hits = set.counter('timonel_rate_limit_hits_total', 'requests or tokens that a rate limit did not allow', [
    'scope',
    'kind',
  ]);
  subscriptions.on<RateLimitHit>(channels.rateLimitHit, ({ scope, kind }) => hits([scope, kind]));
}
