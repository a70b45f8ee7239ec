/** What a caller sees of each fault, and how often the provider is asked, where the route has this one target and no other. */
import type { ErrorCode } from '../../src/errors.ts';
import type { BehaviourName } from '../faulty-provider/faults.ts';

export interface Expectation {
  /** The complete answer, or the code of a clear error. */
  ends: 'answers' | ErrorCode;
  /** Attempts at the target: exactly, or at least and at most. */
  attempts: number | readonly [least: number, most: number];
  /** Tokens that a caller of a stream has seen before the error, or more of them where it was continued; none where it is left out. */
  shows?: number;
  /** Where there is a second target it is asked at once, and this one once only. */
  yields?: true;
  /** With a second target the same: the error is final. */
  final?: true;
}

export interface Expectations {
  /** As a stream. */
  stream: Expectation;
  /** As a stream of a provider that goes on with an answer that was begun for it. Without it: as `stream`. */
  continued?: Expectation;
  /** Whole. Without it: as `stream`. */
  whole?: Expectation;
}

const answers = (attempts = 1): Expectation => ({ ends: 'answers', attempts });
const fails = (ends: ErrorCode, attempts: Expectation['attempts'], more: Partial<Expectation> = {}): Expectation => ({
  ends,
  attempts,
  ...more,
});
const unavailable = (attempts: Expectation['attempts'], shows?: number) =>
  fails('model_unavailable', attempts, shows === undefined ? {} : { shows });

export const expectations: Record<Exclude<BehaviourName, 'flapping'>, Expectations> = {
  ok: { stream: answers() },
  crlf: { stream: answers() },
  bytewise: { stream: answers() },
  comments: { stream: answers() },
  pairs: { stream: answers() },
  'split-characters': { stream: answers() },
  'no-done': { stream: answers() },
  'no-usage': { stream: answers() },
  pauses: { stream: answers() },
  'no-prefill': { stream: answers() },
  'other-words': { stream: answers() },
  'other-words-no-prefill': { stream: answers() },
  'rate-limited': { stream: fails('model_rate_limited', 3) },
  'rate-limited-once': { stream: answers(2) },
  'rate-limited-once-seconds': { stream: answers(2) },
  'rate-limited-once-date': { stream: answers(2) },
  // Nobody waits for an hour.
  'rate-limited-for-an-hour': { stream: fails('model_rate_limited', 1) },
  'fails-once': { stream: answers(2) },
  fails: { stream: unavailable(3) },
  unavailable: { stream: unavailable(3) },
  overloaded: { stream: unavailable(3) },
  'overloaded-once': { stream: answers(2) },
  'context-length': { stream: fails('context_too_long', 1) },
  'content-filter': { stream: fails('model_refused', 1, { final: true }) },
  'invalid-key': { stream: unavailable(1) },
  'no-such-model': { stream: fails('model_not_found', 1) },
  // A silent model is not asked again. What comes whole has one limit, which these two seconds keep.
  'slow-headers': { stream: unavailable(1), whole: answers() },
  silent: { stream: unavailable(1) },
  'slow-first-token': { stream: unavailable(1), whole: answers() },
  stalls: { stream: unavailable([2, 4], 20), continued: answers(3), whole: unavailable([1, 3]) },
  'stalls-once': { stream: { ...answers(2), yields: true } },
  reset: { stream: unavailable(3) },
  'reset-once': { stream: answers(2) },
  'reset-after-headers': { stream: unavailable(3) },
  'reset-mid-body': { stream: unavailable([2, 4], 40), continued: answers(2), whole: unavailable(3) },
  cut: { stream: unavailable([2, 4], 40), continued: answers(2), whole: unavailable(3) },
  'cut-once': { stream: answers(2) },
  html: { stream: unavailable(3) },
  oversized: { stream: unavailable([1, 3]) },
  'truncated-json': { stream: unavailable([2, 4], 5), continued: unavailable([2, 5], 10), whole: unavailable(3) },
  'malformed-chunk': { stream: unavailable([2, 4], 10), continued: unavailable([2, 5], 20), whole: unavailable(3) },
  'error-event-first': { stream: unavailable(3) },
  'error-event-first-once': { stream: answers(2) },
  // A call of a tool that was begun is not made up from two answers: who reads a stream asks again.
  'tool-call': { stream: answers() },
  'tool-call-cut': { stream: fails('model_unavailable', 1, { final: true }), whole: unavailable(3) },
  'tool-call-cut-once': { stream: fails('model_unavailable', 1, { final: true }), whole: answers(2) },
  thinking: { stream: answers() },
  'thinking-cut-once': { stream: answers(2) },
  'thinking-cut-later-once': { stream: answers(2) },
  'error-event-later': { stream: unavailable([2, 4], 40), continued: answers(2), whole: unavailable(3) },
};
