/**
 * How a model call can fail, and what follows from it. Decided once, here: the engine asks the table and never looks at an error again.
 */
import { APICallError, InvalidPromptError, UnsupportedFunctionalityError } from '@ai-sdk/provider';
import { messageOf } from '../../errors.ts';

interface Consequences {
  /** Worth another attempt at the same target. */
  again: boolean;
  /** Worth an attempt at the next target of the route. */
  elsewhere: boolean;
  /** Speaks against the target's health: counted by its breaker. */
  unhealthy: boolean;
  /** Came when the provider may have worked on the request already, and may charge for it. */
  billable: boolean;
}

const table = {
  /** 429. */
  'rate-limited': { again: true, elsewhere: true, unhealthy: true, billable: false },
  /** 5xx and Anthropic's 529. */
  'server-error': { again: true, elsewhere: true, unhealthy: true, billable: false },
  /** Refused, reset, unknown host, closed before the answer. */
  connection: { again: true, elsewhere: true, unhealthy: true, billable: false },
  /** Too slow. A silent target is not asked again: that would only multiply the wait. */
  timeout: { again: false, elsewhere: true, unhealthy: true, billable: true },
  /** An answer that cannot be read: truncated JSON, another content type, more bytes than anybody should send. */
  malformed: { again: true, elsewhere: true, unhealthy: true, billable: true },
  /** A stream that ended or broke before it was complete. */
  cut: { again: true, elsewhere: true, unhealthy: true, billable: true },
  /** A stream that went silent after its first token. As with a first one that does not come, the others are asked first. */
  stalled: { again: false, elsewhere: true, unhealthy: true, billable: true },
  /** 401, 403, 402: the next call would be refused as well. */
  credentials: { again: false, elsewhere: true, unhealthy: true, billable: false },
  /** The provider does not know the model. */
  'model-missing': { again: false, elsewhere: true, unhealthy: false, billable: false },
  /** Asked again for an answer that was shown in part, the model gave another one. */
  diverged: { again: false, elsewhere: true, unhealthy: false, billable: false },
  /** Larger than the model's context: a larger model of the route may do. */
  'context-length': { again: false, elsewhere: true, unhealthy: false, billable: false },
  /** Content filter. Final, unless the route says otherwise. */
  refused: { again: false, elsewhere: false, unhealthy: false, billable: false },
  /** The request itself is wrong; it would be wrong everywhere. */
  'invalid-request': { again: false, elsewhere: false, unhealthy: false, billable: false },
  /** The caller went away. */
  aborted: { again: false, elsewhere: false, unhealthy: false, billable: true },
} as const satisfies Record<string, Consequences>;

export type FailureKind = keyof typeof table;

/** A failed call to one target. The message is what the provider said, without anything of ours that is secret. */
export class ModelFailure extends Error {
  override readonly name = 'ModelFailure';
  readonly kind: FailureKind;
  /** Status of the provider's answer, where there was one. */
  readonly status: number | undefined;
  /** How long the provider asks to wait, in milliseconds. */
  readonly retryAfterMs: number | undefined;

  constructor(kind: FailureKind, message: string, options: { status?: number; retryAfterMs?: number; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.kind = kind;
    this.status = options.status;
    this.retryAfterMs = options.retryAfterMs;
  }

  get again(): boolean {
    return table[this.kind].again;
  }

  get elsewhere(): boolean {
    return table[this.kind].elsewhere;
  }

  /** Whether the provider may have worked on the request, and charge for it. */
  get mayBeBilled(): boolean {
    return this.status === undefined && table[this.kind].billable;
  }

  get unhealthy(): boolean {
    return table[this.kind].unhealthy;
  }
}

/** Longest part of a provider's own words that is passed on. */
const longestMessage = 500;

/** What an HTTP answer that is not a success means. `body` is whatever the provider sent, JSON or not. */
export function failureOfResponse(status: number, headers: Headerlike, body: string): ModelFailure {
  const { message, code } = providerError(body);
  const text = (message ?? `the provider answered ${status}`).slice(0, longestMessage);
  const retryAfterMs = retryAfter(headers);
  return new ModelFailure(kindOf(status, code, text), text, {
    status,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  });
}

/** What an error event within a stream that began with 200 means. */
export function failureOfErrorEvent(event: unknown): ModelFailure {
  const { message, code } = errorMembers(event);
  const text = (message ?? 'the provider reported an error within the stream').slice(0, longestMessage);
  return new ModelFailure(kindOf(statusOfCode(code), code, text), text);
}

/** What anything thrown on the way to a provider means: an error of the AI SDK, of the connection, or of reading the answer. */
export function failureOf(error: unknown): ModelFailure {
  for (let cause = error, depth = 0; cause !== undefined && cause !== null && depth < 6; depth += 1) {
    if (cause instanceof ModelFailure) return cause;
    if (APICallError.isInstance(cause) && cause.statusCode !== undefined && cause.statusCode >= 400) {
      return failureOfResponse(cause.statusCode, cause.responseHeaders ?? {}, cause.responseBody ?? cause.message);
    }
    if (UnsupportedFunctionalityError.isInstance(cause) || InvalidPromptError.isInstance(cause))
      return new ModelFailure('invalid-request', cause.message, { cause: error });
    const { name, code } = cause as { name?: string; code?: unknown };
    if (name === 'AbortError') return new ModelFailure('aborted', 'the call was given up', { cause: error });
    if (typeof code === 'string') {
      if (/TIMEOUT|ETIMEDOUT/.test(code)) return new ModelFailure('timeout', `no connection in time (${code})`, { cause: error });
      if (/^(ECONN|EPIPE|ENOTFOUND|EAI_|EHOST|ENET|UND_ERR)/.test(code))
        return new ModelFailure('connection', `the connection failed (${code})`, { cause: error });
    }
    cause = (cause as { cause?: unknown }).cause;
  }
  if (APICallError.isInstance(error) && error.statusCode === undefined)
    return new ModelFailure('connection', messageOf(error), { cause: error });
  return new ModelFailure('malformed', `the answer could not be read: ${messageOf(error).slice(0, longestMessage)}`, {
    cause: error,
  });
}

type Headerlike = Readonly<Record<string, string | string[] | undefined>>;

/** Seconds or a date (RFC 9110 § 10.2.3), or OpenAI's own header in milliseconds. */
function retryAfter(headers: Headerlike): number | undefined {
  const own = Number(headers['retry-after-ms']);
  if (Number.isFinite(own) && own >= 0) return own;
  const value = headers['retry-after'];
  if (typeof value !== 'string') return undefined;
  const seconds = Number(value);
  if (Number.isFinite(seconds)) return seconds >= 0 ? seconds * 1_000 : undefined;
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : Math.max(0, date - Date.now());
}

function providerError(body: string): { message: string | undefined; code: string | undefined } {
  try {
    return errorMembers(JSON.parse(body));
  } catch {
    return { message: body.trim() === '' ? undefined : body.replaceAll(/<[^>]*>|\s+/g, ' ').trim(), code: undefined };
  }
}

/** OpenAI and Groq: `{error: {message, type, code}}`; Anthropic: `{type: "error", error: {type, message}}`; Google: `{error: {code, message, status}}`. */
function errorMembers(value: unknown): { message: string | undefined; code: string | undefined } {
  if (value instanceof Error) return { message: value.message, code: undefined };
  if (typeof value === 'string') return { message: value, code: undefined };
  const outer = Array.isArray(value) ? value[0] : value;
  const inner = (outer as { error?: unknown } | null)?.error ?? outer;
  if (typeof inner === 'string') return { message: inner, code: undefined };
  const { message, code, type, status } = (inner ?? {}) as Record<string, unknown>;
  return {
    message: typeof message === 'string' ? message : undefined,
    code: [code, type, status].filter((each) => each !== undefined && each !== null).join(' ') || undefined,
  };
}

function kindOf(status: number, code: string | undefined, message: string): FailureKind {
  const told = `${code ?? ''} ${message}`;
  if (
    /context[_ ]length|context[_ ]window|maximum context|prompt is too long|input token count.*exceeds|too many tokens/i.test(told)
  )
    return 'context-length';
  if (
    /content[_ ](policy|filter)|content management policy|safety|blocked by|prohibited_content|refusal/i.test(told) &&
    status < 500
  )
    return 'refused';
  if (status === 429) return 'rate-limited';
  if (status === 408 || status === 409 || status === 425) return 'server-error';
  if (status === 401 || status === 402 || status === 403) return 'credentials';
  if (status === 404 || /model_not_found|not_found_error/i.test(code ?? '')) return 'model-missing';
  if (status >= 500) return 'server-error';
  return 'invalid-request';
}

/** Error events carry no status, only a name. What has no known name is the provider's own trouble. */
function statusOfCode(code: string | undefined): number {
  if (code === undefined) return 500;
  const number = /\b([45]\d\d)\b/.exec(code)?.[1];
  if (number !== undefined) return Number(number);
  if (/rate_?limit|insufficient_quota|RESOURCE_EXHAUSTED/i.test(code)) return 429;
  if (/overloaded/i.test(code)) return 529;
  if (/authentication|permission|invalid_api_key|UNAUTHENTICATED/i.test(code)) return 401;
  if (/invalid_request|INVALID_ARGUMENT/i.test(code)) return 400;
  return 500;
}
