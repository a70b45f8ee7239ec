/**
 * Asks the targets of a route, one after the other, until one answers: with repeats at each, its breaker before it, and a second
 * target in parallel where the route wants it.
 */
import { randomInt } from 'node:crypto';
import { TimonelError } from '../../errors.ts';
import type { Provider } from '../providers/contract.ts';
import type { Route, RouteTarget } from '../routes/route.ts';
import { AttemptClock } from './attempt-clock.ts';
import type { Breakers } from './breakers.ts';
import { failureOf, ModelFailure } from './failure.ts';
import { type RetryBudget, retrying } from './retries.ts';

/** A target that this process can reach. */
export interface Candidate {
  /** `provider/model`, as it is shown and counted. */
  name: string;
  provider: Provider;
  model: string;
  target: RouteTarget;
}

/** What became of a target. */
export interface Tried {
  target: string;
  failure: ModelFailure;
}

/** One attempt at one target. It resolves when the answer has begun to come (of a stream) or is complete. */
export type Attempt<T> = (candidate: Candidate, clock: AttemptClock) => Promise<T>;

export interface AskOptions {
  route: Route;
  candidates: readonly Candidate[];
  signal: AbortSignal;
  streaming: boolean;
  /** When the whole call is to be over (`performance.now()`). */
  deadline: number;
  /** Tells of every attempt that ended. */
  onAttempt(candidate: Candidate, milliseconds: number, failure: ModelFailure | undefined): void;
}

/** No target of the route answered. */
export class AllFailed extends Error {
  readonly tried: readonly Tried[];

  constructor(tried: readonly Tried[]) {
    super(tried.map(({ target, failure }) => `${target}: ${failure.message}`).join('; '));
    this.tried = tried;
  }
}

/** An answer, and who gives it. */
export interface Served<T> {
  candidate: Candidate;
  clock: AttemptClock;
  answer: T;
}

export class CandidateRunner {
  readonly #breakers: Breakers;
  readonly #budget: RetryBudget;

  constructor(breakers: Breakers, budget: RetryBudget) {
    this.#breakers = breakers;
    this.#budget = budget;
  }

  /** @throws AllFailed when none answers, or at the first failure that would be the same everywhere. */
  ask<T>(options: AskOptions, attempt: Attempt<T>): Promise<Served<T>> {
    const queue = inOrder(options.route, options.candidates);
    const tried: Tried[] = [];
    const { hedgeAfterMs } = options.route;
    if (hedgeAfterMs !== undefined && queue.length > 1) return this.#hedged(queue, hedgeAfterMs, tried, options, attempt);
    return this.#oneByOne(queue, tried, options, attempt);
  }

  async #oneByOne<T>(queue: Candidate[], tried: Tried[], options: AskOptions, attempt: Attempt<T>): Promise<Served<T>> {
    for (let candidate = queue.shift(); candidate !== undefined; candidate = queue.shift()) {
      const { name, target } = candidate;
      if (tooSmall(target, tried, options.candidates)) continue;
      if (!this.#breakers.admits(name)) {
        tried.push({ target: name, failure: new ModelFailure('connection', 'its circuit breaker is open') });
        continue;
      }
      try {
        return await this.#repeatedly(candidate, queue.length, options, attempt);
      } catch (error) {
        if (error instanceof TimonelError) throw error;
        const failure = failureOf(error);
        tried.push({ target: name, failure });
        const goesOn = failure.kind === 'refused' ? options.route.onRefusal === 'next' : failure.elsewhere;
        if (!goesOn || options.signal.aborted || performance.now() >= options.deadline) break;
      }
    }
    throw new AllFailed(tried);
  }

  /** The first target has a head start; when nothing has come by then the others are asked as well, and the first answer counts. */
  async #hedged<T>(
    queue: Candidate[],
    hedgeAfterMs: number,
    tried: Tried[],
    options: AskOptions,
    attempt: Attempt<T>,
  ): Promise<Served<T>> {
    const first = queue.shift() as Candidate;
    const losers = [new AbortController(), new AbortController()] as const;
    const giveUp = () => {
      for (const loser of losers) loser.abort();
    };
    options.signal.addEventListener('abort', giveUp, { once: true });
    let timer: NodeJS.Timeout | undefined;
    const headStart = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, hedgeAfterMs);
    });
    const leading = this.#oneByOne([first], tried, { ...options, signal: losers[0].signal }, attempt);
    const following = Promise.race([headStart, leading.catch(() => {})]).then(async () => {
      if (losers[1].signal.aborted) throw new AllFailed(tried);
      return this.#oneByOne(queue, tried, { ...options, signal: losers[1].signal }, attempt);
    });
    try {
      return await Promise.any([
        leading.then((served) => {
          losers[1].abort();
          return served;
        }),
        following.then((served) => {
          losers[0].abort();
          return served;
        }),
      ]);
    } catch (error) {
      const faults = error instanceof AggregateError ? error.errors : [error];
      throw faults.find((fault) => fault instanceof TimonelError) ?? new AllFailed(tried);
    } finally {
      // The winner still has to hear of a caller that goes away, so that listener stays.
      clearTimeout(timer);
    }
  }

  /** @param others targets that may still be asked after this one: a silent one must leave them time. */
  #repeatedly<T>(candidate: Candidate, others: number, options: AskOptions, attempt: Attempt<T>): Promise<Served<T>> {
    const { route, signal, streaming, deadline, onAttempt } = options;
    const once = async (): Promise<Served<T>> => {
      const started = performance.now();
      // A stream shows early whether it comes; of a whole answer nothing is heard before its end.
      const totalMs = Math.max(1, (deadline - started) / (streaming ? 1 : 1 + others));
      const { firstTokenMs, idleMs } = route.timeouts;
      const clock = new AttemptClock({ firstTokenMs, idleMs, totalMs }, signal, streaming, started);
      try {
        const answer = await attempt(candidate, clock);
        onAttempt(candidate, performance.now() - started, undefined);
        return { candidate, clock, answer };
      } catch (error) {
        // A request that cannot be put in the provider's terms is the caller's to correct.
        if (error instanceof TimonelError) {
          clock.complete();
          throw error;
        }
        const failure = clock.failure ?? failureOf(error);
        clock.close();
        onAttempt(candidate, performance.now() - started, failure);
        throw failure;
      }
    };
    return retrying(() => this.#breakers.run(candidate.name, once), {
      target: candidate.name,
      attempts: route.attempts,
      budget: this.#budget,
      deadline,
      signal,
    });
  }
}

/** After a call that was too long, only a larger model is worth asking; sizes that nobody gave are taken for larger. */
function tooSmall(target: RouteTarget, tried: readonly Tried[], all: readonly Candidate[]): boolean {
  const last = tried.at(-1);
  if (last?.failure.kind !== 'context-length' || target.contextTokens === undefined) return false;
  const before = all.find(({ name }) => name === last.target)?.target.contextTokens;
  return before !== undefined && target.contextTokens <= before;
}

/** The order in which the targets of this call are asked: as written, or drawn by weight, the others after it as written. */
function inOrder(route: Route, candidates: readonly Candidate[]): Candidate[] {
  if (route.strategy === 'ordered' || candidates.length < 2) return [...candidates];
  const total = candidates.reduce((sum, { target }) => sum + target.weight, 0);
  let drawn = (randomInt(2 ** 32) / 2 ** 32) * total;
  for (const [index, { target }] of candidates.entries()) {
    drawn -= target.weight;
    if (drawn < 0) return [candidates[index] as Candidate, ...candidates.toSpliced(index, 1)];
  }
  return [...candidates];
}
