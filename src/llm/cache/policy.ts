/** Which answers may be given twice, and for how long. */

/** A route's wish. Durations in milliseconds, a week together at most. */
export interface CachePolicy {
  /** `deterministic`: calls that ask for the same answer every time; `always`: the route's calls are known to be safe to repeat. */
  calls: 'never' | 'deterministic' | 'always';
  /** How long an answer is given again. */
  ttlMs: number;
  /** How long after that it may stand in, marked as stale, while no provider answers. */
  graceMs: number;
}

/** Longest life of an answer, in milliseconds. */
export const longestLife = 7 * 86_400_000;

/**
 * Whether a call may be answered from the cache. A call whose answer depends on what the provider remembers, or that makes the provider
 * remember or do something, never is.
 */
export function isCacheable(request: object, policy: CachePolicy): boolean {
  const { temperature, seed, store, background, previous_response_id, conversation, tools } = request as Readonly<
    Record<string, unknown>
  >;
  if (policy.calls === 'never' || policy.ttlMs <= 0) return false;
  if (store === true || background === true || previous_response_id != null || conversation != null) return false;
  // Searches and sandboxes of the provider act, and see a world that changes. Functions are carried out on this side, by who asked.
  const hosted =
    Array.isArray(tools) &&
    tools.some((tool) => !['function', 'custom', undefined].includes((tool as { type?: string } | null)?.type));
  if (hosted) return false;
  return policy.calls === 'always' || temperature === 0 || typeof seed === 'number';
}

/** How answers that are whole end, in the words of the protocols. One that calls a tool would carry out the call again; others are broken off. */
const wholeEndings = new Set(['stop', 'end_turn', 'stop_sequence', 'completed']);

/** Whether an answer may be kept, by the reason that the model gave for its end. */
export function isKeepable(finishReason: string): boolean {
  return wholeEndings.has(finishReason);
}
