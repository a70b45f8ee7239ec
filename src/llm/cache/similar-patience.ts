import { type CircuitBreakerPolicy, ConsecutiveBreaker, circuitBreaker, handleWhen, isBrokenCircuitError } from 'cockatiel';
import { LRUCache } from 'lru-cache';
import { publishFault } from '../../diagnostics.ts';
import { untilAborted } from '../../store/until-aborted.ts';
import { isOfOneCaller } from '../attempt/refusals.ts';

/** How long a caller waits for a vector, in milliseconds. */
const patienceMs = 2_000;
/** A model that failed that often, one time after the other, is left alone for a while. */
const mostFailures = 3;
const restMs = 10_000;
/** A failure is told once in so many milliseconds. */
const toldEveryMs = 3_600_000;

/** Waits for vectors, but not for long, and not each time for a model of embeddings that does not answer. */
export class SimilarPatience {
  readonly #breakers = new LRUCache<string, CircuitBreakerPolicy>({ max: 1_000 });
  readonly #told = new LRUCache<string, true>({ max: 1_000, ttl: toldEveryMs });

  /**
   * @param whose workspace and model that it is about.
   * @param signal aborts when nobody waits any more.
   * @returns `undefined` for what failed or took too long.
   */
  async wait<T>(whose: string, signal: AbortSignal, work: (limit: AbortSignal) => Promise<T>): Promise<T | undefined> {
    try {
      return await this.#breakerOf(whose).execute(() => inTime(signal, work));
    } catch (error) {
      if (!(error instanceof CallersWentAway) && !isBrokenCircuitError(error)) this.#tell(whose, error);
      return undefined;
    }
  }

  #breakerOf(whose: string): CircuitBreakerPolicy {
    let breaker = this.#breakers.get(whose);
    if (breaker === undefined) {
      breaker = circuitBreaker(handleWhen(isOutage), { halfOpenAfter: restMs, breaker: new ConsecutiveBreaker(mostFailures) });
      this.#breakers.set(whose, breaker);
    }
    return breaker;
  }

  #tell(whose: string, error: unknown): void {
    if (this.#told.has(whose)) return;
    this.#told.set(whose, true);
    publishFault('embedding a question', error);
  }
}

async function inTime<T>(signal: AbortSignal, work: (limit: AbortSignal) => Promise<T>): Promise<T> {
  const late = AbortSignal.timeout(patienceMs);
  const limit = AbortSignal.any([signal, late]);
  try {
    // The work may wait for what heeds no signal.
    return await untilAborted(work(limit), limit);
  } catch (error) {
    if (signal.aborted) throw new CallersWentAway();
    throw late.aborted ? new Error(`There was no vector within ${patienceMs} ms.`, { cause: error }) : error;
  }
}

class CallersWentAway extends Error {}

function isOutage(error: unknown): boolean {
  return !(error instanceof CallersWentAway || isOfOneCaller(error));
}
