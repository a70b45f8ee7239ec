import { DelegateBackoff, handleWhen, type RetryPolicy, retry } from 'cockatiel';
import { ModelFailure } from './failure.ts';

const firstDelayMs = 200;
const longestDelayMs = 5_000;
/** A provider that asks for a longer pause than this is left for the next target. */
const longestWaitMs = 10_000;

/** Of every ten calls to a target two may be repeats, so that an outage is not answered with a multiple of the traffic. */
const earnedPerCall = 0.2;
const mostSaved = 10;

/** How many repeats each target still has. */
export class RetryBudget {
  readonly #saved = new Map<string, number>();

  /** A call begins. */
  earn(target: string): void {
    this.#saved.set(target, Math.min(mostSaved, this.left(target) + earnedPerCall));
  }

  /** @returns whether the call may be repeated. */
  spend(target: string): boolean {
    const left = this.left(target);
    if (left < 1) return false;
    this.#saved.set(target, left - 1);
    return true;
  }

  left(target: string): number {
    return this.#saved.get(target) ?? mostSaved;
  }
}

/** A failure that its caller found not worth another attempt: no budget, no time, or a wait that is too long. */
class Final extends Error {
  readonly failure: ModelFailure;

  constructor(failure: ModelFailure) {
    super(failure.message);
    this.failure = failure;
  }
}

const policies = new Map<number, RetryPolicy>();

/** Full jitter, or exactly what the provider asked for: less would be refused, and everybody adding more helps nobody. */
function policyFor(attempts: number): RetryPolicy {
  let policy = policies.get(attempts);
  if (policy === undefined) {
    policy = retry(
      handleWhen((error) => error instanceof ModelFailure && error.again),
      {
        maxAttempts: attempts - 1,
        backoff: new DelegateBackoff<{ attempt: number; result: unknown }>(({ attempt, result }) => {
          const { error } = result as { error?: unknown };
          const asked = error instanceof ModelFailure ? error.retryAfterMs : undefined;
          return asked ?? Math.random() * Math.min(longestDelayMs, firstDelayMs * 2 ** attempt);
        }),
      },
    );
    policies.set(attempts, policy);
  }
  return policy;
}

export interface RetryOptions {
  target: string;
  attempts: number;
  budget: RetryBudget;
  /** `performance.now()` after which no attempt begins. */
  deadline: number;
  signal: AbortSignal;
}

/** Makes a call up to `attempts` times. @throws ModelFailure of the last attempt. */
export function retrying<T>(call: () => Promise<T>, options: RetryOptions): Promise<T> {
  options.budget.earn(options.target);
  // Nearly every call ends here: what there is for repeats costs nothing before there is one.
  return call().catch((error: unknown) => repeating(error, call, options));
}

async function repeating<T>(error: unknown, call: () => Promise<T>, options: RetryOptions): Promise<T> {
  const { attempts, signal } = options;
  if (attempts < 2 || !(error instanceof ModelFailure) || !error.again) throw error;
  const first = judged(error, 0, options);
  try {
    return await policyFor(attempts).execute(async ({ attempt }) => {
      if (attempt === 0) throw first;
      try {
        return await call();
      } catch (error) {
        throw judged(error, attempt, options);
      }
    }, signal);
  } catch (error) {
    throw error instanceof Final ? error.failure : error;
  }
}

/** The failure as it is where it is worth another attempt, else as a final one. */
function judged(error: unknown, attempt: number, { target, attempts, budget, deadline }: RetryOptions): unknown {
  if (!(error instanceof ModelFailure) || !error.again || attempt + 1 >= attempts) return error;
  const wait = error.retryAfterMs ?? 0;
  const inTime = wait <= longestWaitMs && performance.now() + wait < deadline;
  return inTime && budget.spend(target) ? error : new Final(error);
}
