/**
 * What can go wrong at a provider, by the model name that asks for it. One row per fault; the server plays it in whichever protocol it
 * was asked.
 */

/** An answer that is an error, in both protocols' words. */
export const errors = {
  rateLimited: {
    status: 429,
    openai: ['rate_limit_error', 'rate_limit_exceeded'],
    anthropic: 'rate_limit_error',
    says: 'Rate limit reached.',
  },
  failed: { status: 500, openai: ['server_error', null], anthropic: 'api_error', says: 'The server had an error.' },
  unavailable: { status: 503, openai: ['server_error', 'overloaded'], anthropic: 'api_error', says: 'The engine is overloaded.' },
  overloaded: { status: 529, openai: ['server_error', 'overloaded'], anthropic: 'overloaded_error', says: 'Overloaded' },
  contextLength: {
    status: 400,
    openai: ['invalid_request_error', 'context_length_exceeded'],
    anthropic: 'invalid_request_error',
    says: "prompt is too long: this model's maximum context length is 8192 tokens, and the messages have 9631.",
  },
  contentFilter: {
    status: 400,
    openai: ['invalid_request_error', 'content_policy_violation'],
    anthropic: 'invalid_request_error',
    says: 'The request was blocked by the content policy of our safety system.',
  },
  invalidKey: {
    status: 401,
    openai: ['invalid_request_error', 'invalid_api_key'],
    anthropic: 'authentication_error',
    says: 'Incorrect API key provided.',
  },
  noSuchModel: {
    status: 404,
    openai: ['invalid_request_error', 'model_not_found'],
    anthropic: 'not_found_error',
    says: 'The model does not exist.',
  },
  prefillRejected: {
    status: 400,
    openai: ['invalid_request_error', 'invalid_prefill'],
    anthropic: 'invalid_request_error',
    says: 'This model does not support assistant message prefill: the conversation must end with a user message.',
  },
  malformedRequest: {
    status: 400,
    openai: ['invalid_request_error', null],
    anthropic: 'invalid_request_error',
    says: 'The body is not valid JSON.',
  },
} as const satisfies Record<
  string,
  { status: number; openai: readonly [type: string, code: string | null]; anthropic: string; says: string }
>;

export type ErrorName = keyof typeof errors;

/** How the bytes of a right answer are laid out. All of them are allowed by the specifications. */
export type Framing = 'crlf' | 'bytewise' | 'comments' | 'pairs' | 'split-characters';

/** How a connection ends too early: orderly (FIN, without the last chunk) or by a reset. */
export type Ending = 'closed' | 'reset';

/** In the midst of a stream that goes on afterwards. */
export interface Pause {
  afterTokens: number;
  seconds: number;
}

/** Tokens are counted from the first; seconds are multiplied with the scale of the server. */
export type Fault =
  | { stage: 'none'; framing?: Framing; prefill?: 'rejected'; says?: 'something else'; omits?: 'done' | 'usage'; pauses?: Pause }
  | { stage: 'before headers'; error: ErrorName; retryAfter?: { seconds: number; as: 'seconds' | 'date' } }
  | { stage: 'before headers'; waitSeconds: number; answers: boolean }
  | { stage: 'before headers'; ends: 'reset' }
  | { stage: 'after headers'; ends: 'reset' }
  | { stage: 'after headers'; waitSeconds: number }
  | { stage: 'body'; instead: 'html' | 'too many bytes' | 'truncated JSON' }
  | { stage: 'stream'; afterTokens: number; ends: Ending }
  | { stage: 'stream'; afterTokens: number; silentSeconds: number }
  | { stage: 'stream'; afterTokens: number; error: ErrorName }
  | { stage: 'stream'; afterTokens: number; malformed: true };

/** What an answer is made of. */
export type Content = 'text' | 'tool call' | 'thinking and text';

export interface Behaviour {
  fault: Fault;
  /** Without it: text. */
  content?: Content;
  /** Only the first attempts at the model go wrong. Without it: all. */
  attempts?: number;
  /** Only for so many seconds after the first attempt at the model. */
  seconds?: number;
}

const always = (fault: Fault): Behaviour => ({ fault });
const firstOnly = (fault: Fault): Behaviour => ({ fault, attempts: 1 });
const limited = (seconds: number, as: 'seconds' | 'date'): Fault => ({
  stage: 'before headers',
  error: 'rateLimited',
  retryAfter: { seconds, as },
});
const refuses = (error: ErrorName): Fault => ({ stage: 'before headers', error });

export const behaviours = {
  ok: always({ stage: 'none' }),
  // Right answers in unusual bytes.
  crlf: always({ stage: 'none', framing: 'crlf' }),
  bytewise: always({ stage: 'none', framing: 'bytewise' }),
  comments: always({ stage: 'none', framing: 'comments' }),
  pairs: always({ stage: 'none', framing: 'pairs' }),
  'split-characters': always({ stage: 'none', framing: 'split-characters' }),
  'no-done': always({ stage: 'none', omits: 'done' }),
  'no-usage': always({ stage: 'none', omits: 'usage' }),
  pauses: always({ stage: 'none', pauses: { afterTokens: 20, seconds: 5 } }),
  // Right answers with a will of their own.
  'no-prefill': always({ stage: 'none', prefill: 'rejected' }),
  'other-words': always({ stage: 'none', says: 'something else' }),
  'other-words-no-prefill': always({ stage: 'none', says: 'something else', prefill: 'rejected' }),
  // Refusals.
  'rate-limited': always(refuses('rateLimited')),
  'rate-limited-once': firstOnly(refuses('rateLimited')),
  'rate-limited-once-seconds': firstOnly(limited(2, 'seconds')),
  'rate-limited-once-date': firstOnly(limited(2, 'date')),
  'rate-limited-for-an-hour': always(limited(3_600, 'seconds')),
  'fails-once': firstOnly(refuses('failed')),
  fails: always(refuses('failed')),
  unavailable: always(refuses('unavailable')),
  overloaded: always(refuses('overloaded')),
  'overloaded-once': firstOnly(refuses('overloaded')),
  'context-length': always(refuses('contextLength')),
  'content-filter': always(refuses('contentFilter')),
  'invalid-key': always(refuses('invalidKey')),
  'no-such-model': always(refuses('noSuchModel')),
  flapping: { fault: refuses('unavailable'), seconds: 60 },
  // Slowness.
  'slow-headers': always({ stage: 'before headers', waitSeconds: 20, answers: true }),
  silent: always({ stage: 'before headers', waitSeconds: 120, answers: false }),
  'slow-first-token': always({ stage: 'after headers', waitSeconds: 20 }),
  stalls: always({ stage: 'stream', afterTokens: 20, silentSeconds: 30 }),
  'stalls-once': firstOnly({ stage: 'stream', afterTokens: 20, silentSeconds: 30 }),
  // Broken connections.
  reset: always({ stage: 'before headers', ends: 'reset' }),
  'reset-once': firstOnly({ stage: 'before headers', ends: 'reset' }),
  'reset-after-headers': always({ stage: 'after headers', ends: 'reset' }),
  'reset-mid-body': always({ stage: 'stream', afterTokens: 40, ends: 'reset' }),
  cut: always({ stage: 'stream', afterTokens: 40, ends: 'closed' }),
  'cut-once': firstOnly({ stage: 'stream', afterTokens: 40, ends: 'closed' }),
  // Broken answers.
  html: always({ stage: 'body', instead: 'html' }),
  oversized: always({ stage: 'body', instead: 'too many bytes' }),
  'truncated-json': always({ stage: 'body', instead: 'truncated JSON' }),
  'malformed-chunk': always({ stage: 'stream', afterTokens: 10, malformed: true }),
  'error-event-first': always({ stage: 'stream', afterTokens: 0, error: 'overloaded' }),
  'error-event-first-once': firstOnly({ stage: 'stream', afterTokens: 0, error: 'overloaded' }),
  'error-event-later': always({ stage: 'stream', afterTokens: 40, error: 'failed' }),
  // Answers that are more than text.
  'tool-call': { fault: { stage: 'none' }, content: 'tool call' },
  'tool-call-cut': { fault: { stage: 'stream', afterTokens: 3, ends: 'closed' }, content: 'tool call' },
  'tool-call-cut-once': { fault: { stage: 'stream', afterTokens: 3, ends: 'closed' }, attempts: 1, content: 'tool call' },
  thinking: { fault: { stage: 'none' }, content: 'thinking and text' },
  'thinking-cut-once': { fault: { stage: 'stream', afterTokens: 3, ends: 'closed' }, attempts: 1, content: 'thinking and text' },
  'thinking-cut-later-once': {
    fault: { stage: 'stream', afterTokens: 30, ends: 'closed' },
    attempts: 1,
    content: 'thinking and text',
  },
} as const satisfies Record<string, Behaviour>;

export type BehaviourName = keyof typeof behaviours;

export const behaviourNames = Object.keys(behaviours) as BehaviourName[];

/**
 * The behaviour that a model name asks for: the longest name of the table that it begins with, so that `cut-for-alice` has the fault
 * `cut` and attempts, breaker and log entries of its own.
 */
export function behaviourOf(model: string): BehaviourName | undefined {
  return behaviourNames.filter((name) => model === name || model.startsWith(`${name}-for-`)).sort((a, b) => b.length - a.length)[0];
}
