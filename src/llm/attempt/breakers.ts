/**
 * One circuit breaker per target (`provider/model`). cockatiel keeps each breaker's state; here they are told apart by target, shown,
 * shared between processes, and forced by an operator.
 */
import {
  BrokenCircuitError,
  type CircuitBreakerPolicy,
  CircuitState,
  CountBreaker,
  circuitBreaker,
  DelegateBackoff,
  handleWhen,
} from 'cockatiel';
import type { Signals } from '../../store/cache/wake-ups.ts';
import { ModelFailure } from './failure.ts';

export type BreakerState = 'closed' | 'open' | 'half-open';

/** A change of state, as operators see it. */
export interface BreakerChange {
  target: string;
  state: BreakerState;
  /** ISO 8601. */
  at: string;
  reason: string;
}

const states: Readonly<Record<number, BreakerState>> = {
  [CircuitState.Closed]: 'closed',
  [CircuitState.Open]: 'open',
  [CircuitState.HalfOpen]: 'half-open',
};

/** Of the last 20 calls, half failed, and at least 5 were made: then none is sent for a while, at first 2 s, at most 20 s. */
const rule = { size: 20, threshold: 0.5, minimumNumberOfCalls: 5 };
const firstPauseMs = 2_000;
const longestPauseMs = 20_000;
const changesKept = 100;

/** cockatiel's policy, and the samples by which it decides. */
interface Breaker {
  policy: CircuitBreakerPolicy;
  sampling: CountBreaker;
}

/** The breakers of this process. */
export class Breakers {
  readonly #breakers = new Map<string, Breaker>();
  readonly #history: BreakerChange[] = [];
  readonly #sharing: Signals | undefined;
  readonly #now: () => Date;
  readonly #onChange: (change: BreakerChange) => void;

  constructor(dependencies: { now(): Date; onChange(change: BreakerChange): void; sharing?: Signals | undefined }) {
    this.#now = dependencies.now;
    this.#onChange = dependencies.onChange;
    this.#sharing = dependencies.sharing;
    this.#sharing?.subscribe((message) => {
      const change = JSON.parse(message) as BreakerChange;
      if (change.state === 'half-open' || this.state(change.target) === change.state) return;
      this.#install(change.target, change.state, Date.now());
      this.#record({ ...change, reason: `${change.reason} (another process)` });
    });
  }

  /** Whether a call may be sent now. Half-open admits one call at a time, and others go elsewhere rather than wait for it. */
  admits(target: string): boolean {
    const policy = this.#breakers.get(target)?.policy;
    if (policy === undefined || policy.state === CircuitState.Closed) return true;
    if (policy.state === CircuitState.HalfOpen) return false;
    return !pausing(policy);
  }

  /** Makes a call under the target's breaker. @throws ModelFailure; `connection` while the breaker is open. */
  run<T>(target: string, call: () => Promise<T>): Promise<T> {
    const { policy, sampling } = this.#of(target);
    if (policy.state !== CircuitState.Closed) return guarded(policy, call);
    // Nearly every call is made here and succeeds: it is counted as the policy would, without the policy's promises around it.
    return call().then(
      (answer) => {
        sampling.success(CircuitState.Closed);
        return answer;
      },
      async (error: unknown) => {
        // Others may have opened it meanwhile.
        if (policy.state === CircuitState.Closed) await policy.execute(() => Promise.reject(error)).catch(() => {});
        throw error;
      },
    );
  }

  /** Counts a failure that came after the call had seemed a success: a stream that broke. */
  async failed(target: string, failure: ModelFailure): Promise<void> {
    if (this.state(target) === 'open') return;
    await this.run(target, () => Promise.reject(failure)).catch(() => {});
  }

  state(target: string): BreakerState {
    const policy = this.#breakers.get(target)?.policy;
    if (policy === undefined) return 'closed';
    // Once the pause is over the next call is let through to see.
    return policy.state === CircuitState.Open && !pausing(policy) ? 'half-open' : (states[policy.state] ?? 'open');
  }

  /** Targets that were called so far, and the latest changes, newest first. */
  view(): { breakers: { target: string; state: BreakerState }[]; history: BreakerChange[] } {
    const breakers = [...this.#breakers.keys()].sort().map((target) => ({ target, state: this.state(target) }));
    return { breakers, history: this.#history.toReversed() };
  }

  knows(target: string): boolean {
    return this.#breakers.has(target);
  }

  /** An operator closes the breaker, or lets the next call through to see. */
  force(target: string, state: 'closed' | 'half-open', who: string): void {
    this.#install(target, state === 'closed' ? 'closed' : 'open', 0);
    this.#record({ target, state, at: this.#now().toISOString(), reason: `forced by ${who}` }, true);
  }

  #of(target: string): Breaker {
    return this.#breakers.get(target) ?? this.#install(target, 'closed', 0);
  }

  #install(target: string, state: 'closed' | 'open', openedAt: number): Breaker {
    const sampling = new CountBreaker(rule);
    const policy = circuitBreaker(unhealthy, {
      breaker: sampling,
      halfOpenAfter: new DelegateBackoff(({ attempt }: { attempt: number }) => pauseMs(attempt)),
      ...(state === 'open'
        ? { initialState: { ownState: { value: CircuitState.Open, openedAt, attemptNo: 1 }, breakerState: undefined } }
        : {}),
    });
    const breaker: Breaker = { policy, sampling };
    policy.onStateChange((next) => {
      // A breaker that was replaced may still hear of a call that it let through.
      if (this.#breakers.get(target) !== breaker) return;
      const { lastFailure } = policy;
      const error = lastFailure !== undefined && 'error' in lastFailure ? lastFailure.error : undefined;
      const reason = next === CircuitState.Open && error instanceof Error ? error.message : 'a call showed it';
      this.#record({ target, state: states[next] ?? 'open', at: this.#now().toISOString(), reason }, true);
    });
    this.#breakers.set(target, breaker);
    return breaker;
  }

  #record(change: BreakerChange, tell = false): void {
    this.#history.push(change);
    if (this.#history.length > changesKept) this.#history.shift();
    this.#onChange(change);
    if (tell) this.#sharing?.publish(JSON.stringify(change));
  }
}

async function guarded<T>(policy: CircuitBreakerPolicy, call: () => Promise<T>): Promise<T> {
  try {
    return await policy.execute(call);
  } catch (error) {
    if (error instanceof BrokenCircuitError) throw new ModelFailure('connection', 'its circuit breaker is open', { cause: error });
    throw error;
  }
}

const unhealthy = handleWhen((error) => error instanceof ModelFailure && error.unhealthy);

/** How long a breaker stays open, the longer the more often it opened again. */
function pauseMs(attempt: number): number {
  return Math.min(longestPauseMs, firstPauseMs * 2 ** (attempt - 1));
}

/** Whether an open breaker's pause still lasts; cockatiel says so only by refusing a call. */
function pausing(policy: CircuitBreakerPolicy): boolean {
  const { ownState } = policy.toJSON() as { ownState: { openedAt?: number; attemptNo?: number } };
  return Date.now() - (ownState.openedAt ?? 0) < pauseMs(ownState.attemptNo ?? 1);
}
