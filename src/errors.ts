/**
 * Every error that Timonel answers with, in one table. `docs/errors.md` is checked against it.
 *
 * A message says what would have worked. `retryable` is decided once, here, and never guessed by a caller.
 */
export const errorTable = {
  invalid_request: { status: 400, retryable: false, title: 'The request is not valid' },
  malformed_json: { status: 400, retryable: false, title: 'The body is not valid JSON' },
  unauthenticated: { status: 401, retryable: false, title: 'It is not known who asks' },
  forbidden: { status: 403, retryable: false, title: 'Not allowed' },
  access_unchecked: { status: 503, retryable: true, title: 'It could not be checked whether this is allowed' },
  not_found: { status: 404, retryable: false, title: 'No such thing in this workspace' },
  agent_not_found: { status: 404, retryable: false, title: 'No agent of that name' },
  conversation_not_found: { status: 404, retryable: false, title: 'No such conversation in this workspace' },
  run_not_found: { status: 404, retryable: false, title: 'No such run in this workspace' },
  approval_not_found: { status: 404, retryable: false, title: 'No approval is waiting for that call' },
  conversation_closed: { status: 409, retryable: false, title: 'The conversation is closed' },
  approval_decided: { status: 409, retryable: false, title: 'The approval was already decided' },
  last_admin: { status: 409, retryable: false, title: 'A workspace keeps an admin' },
  person_busy: { status: 409, retryable: true, title: 'A turn of the person is under way' },
  person_not_found: { status: 404, retryable: false, title: 'Nothing of that person is here' },
  payload_too_large: { status: 413, retryable: false, title: 'The body is too large' },
  unsupported_media_type: { status: 415, retryable: false, title: 'The body has the wrong media type' },
  idempotency_key_reused: { status: 422, retryable: false, title: 'The idempotency key belongs to another message' },
  message_invalid: { status: 422, retryable: false, title: 'The text cannot be understood as a message' },
  password_refused: { status: 422, retryable: false, title: 'The password is too easy to guess' },
  internal: { status: 500, retryable: false, title: 'Timonel failed' },
  overloaded: { status: 503, retryable: true, title: 'Too much to do at the moment' },
  store_unavailable: { status: 503, retryable: true, title: 'The database does not answer' },
  shutting_down: { status: 503, retryable: true, title: 'The process is shutting down' },
  config_invalid: { status: 500, retryable: false, title: 'The configuration is not valid' },
  directory_locked: { status: 500, retryable: false, title: 'Another process uses the data directory' },
  run_fenced: { status: 409, retryable: true, title: 'Another process has taken over the run' },
  model_unavailable: { status: 502, retryable: true, title: 'No model answered' },
  limit_reached: { status: 422, retryable: false, title: 'The run reached one of its limits' },
  tool_failed: { status: 502, retryable: false, title: 'A tool failed' },
} as const;

export type ErrorCode = keyof typeof errorTable;

/** Typed extras of an error, shown to the caller as problem members. Never holds a secret. */
export type ErrorDetails = Readonly<Record<string, unknown>>;

/** An error that knows its place in {@link errorTable}. */
export class TimonelError extends Error {
  readonly code: ErrorCode;
  readonly details: ErrorDetails;

  /**
   * @param message what happened and what would have worked; safe to show to the caller.
   * @param options `details` are shown too; `cause` is logged only.
   */
  constructor(code: ErrorCode, message: string, options: { details?: ErrorDetails; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'TimonelError';
    this.code = code;
    this.details = options.details ?? {};
  }

  get status(): number {
    return errorTable[this.code].status;
  }

  get retryable(): boolean {
    return errorTable[this.code].retryable;
  }
}

/** The message of anything thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
