/**
 * Every error that Timonel answers with, in one table. `docs/errors.md` is checked against it.
 *
 * A message says what would have worked. `retryable` is decided once, here, and never guessed by a caller.
 */
export const errorTable = {
  invalid_request: { status: 400, retryable: false, title: 'The request is not valid' },
  context_too_long: { status: 400, retryable: false, title: 'The request is longer than the model takes' },
  model_refused: { status: 400, retryable: false, title: 'The content filter of a model refused the request' },
  malformed_json: { status: 400, retryable: false, title: 'The body is not valid JSON' },
  invalid_api_key: { status: 401, retryable: false, title: 'The API key is not valid' },
  unauthenticated: { status: 401, retryable: false, title: 'It is not known who asks' },
  budget_exceeded: { status: 402, retryable: false, title: 'A budget does not allow the call' },
  forbidden: { status: 403, retryable: false, title: 'Not allowed' },
  origin_refused: { status: 403, retryable: false, title: 'The page may not show this chat' },
  credentials_refused: { status: 401, retryable: false, title: 'The sign-in was refused' },
  second_factor_required: { status: 401, retryable: false, title: 'A second factor is needed' },
  session_ended: { status: 401, retryable: false, title: 'The session has ended' },
  email_unverified: { status: 403, retryable: false, title: 'The e-mail address is not confirmed' },
  registration_closed: { status: 403, retryable: false, title: 'Accounts are not open to everybody' },
  csrf_failed: { status: 403, retryable: false, title: 'The request does not come from the console' },
  workspace_disabled: { status: 403, retryable: false, title: 'The workspace is disabled' },
  workspace_exists: { status: 409, retryable: false, title: 'The workspace exists already' },
  workspace_indispensable: { status: 409, retryable: false, title: 'The workspace of the installation stays enabled' },
  workspace_required: { status: 409, retryable: false, title: 'A workspace has to be chosen' },
  email_taken: { status: 409, retryable: false, title: 'The address has an account' },
  user_name_taken: { status: 409, retryable: false, title: 'The user name is taken' },
  already_member: { status: 409, retryable: false, title: 'The person is a member already' },
  role_built_in: { status: 409, retryable: false, title: 'The role ships with Timonel' },
  role_in_use: { status: 409, retryable: false, title: 'The role is in use' },
  second_factor_on: { status: 409, retryable: false, title: 'The second factor is on' },
  second_factor_refused: { status: 422, retryable: false, title: 'The code does not fit' },
  link_invalid: { status: 422, retryable: false, title: 'The link is not valid any more' },
  too_many_attempts: { status: 429, retryable: true, title: 'Too many attempts' },
  access_unchecked: { status: 503, retryable: true, title: 'It could not be checked whether this is allowed' },
  not_found: { status: 404, retryable: false, title: 'No such thing in this workspace' },
  agent_not_found: { status: 404, retryable: false, title: 'No agent of that name' },
  model_not_found: { status: 404, retryable: false, title: 'No model or route of that name' },
  conversation_not_found: { status: 404, retryable: false, title: 'No such conversation in this workspace' },
  run_not_found: { status: 404, retryable: false, title: 'No such run in this workspace' },
  approval_not_found: { status: 404, retryable: false, title: 'No approval is waiting for that call' },
  handled_by_person: { status: 409, retryable: false, title: 'A person has the conversation' },
  not_in_your_hands: { status: 409, retryable: false, title: 'The conversation is not in your hands' },
  conversation_closed: { status: 409, retryable: false, title: 'The conversation is closed' },
  approval_decided: { status: 409, retryable: false, title: 'The approval was already decided' },
  approval_not_rememberable: { status: 422, retryable: false, title: 'The decision holds for its call only' },
  version_conflict: { status: 412, retryable: false, title: 'Somebody else changed it first' },
  version_required: { status: 428, retryable: false, title: 'The change does not say which version it was made from' },
  row_conflict: { status: 409, retryable: false, title: 'Another row stands against it' },
  row_invalid: { status: 422, retryable: false, title: 'The row cannot be stored as it is' },
  import_refused: { status: 422, retryable: false, title: 'Nothing was imported' },
  release_not_found: { status: 404, retryable: false, title: 'No such release in this workspace' },
  release_running: { status: 409, retryable: false, title: 'Another release of the agent runs already' },
  release_state: { status: 409, retryable: false, title: 'The release is not in a state for that' },
  release_unproven: { status: 409, retryable: false, title: 'It is not shown that the canary is good enough' },
  last_admin: { status: 409, retryable: false, title: 'A workspace keeps an admin' },
  person_busy: { status: 409, retryable: true, title: 'A turn of the person is under way' },
  person_not_found: { status: 404, retryable: false, title: 'Nothing of that person is here' },
  oidc_refused: { status: 401, retryable: false, title: 'The sign-in with another service was refused' },
  link_password_required: { status: 401, retryable: false, title: 'The password of the account is asked for once' },
  oidc_unavailable: { status: 503, retryable: true, title: 'The other service does not answer' },
  artifact_not_found: { status: 404, retryable: false, title: 'No such artifact that you may read' },
  artifact_invalid: { status: 422, retryable: false, title: 'The artifact cannot be stored' },
  artifact_limit_reached: { status: 409, retryable: false, title: 'The conversation has as many artifacts as it may' },
  artifact_storage_unavailable: { status: 503, retryable: true, title: 'The storage of artifacts does not answer' },
  collection_not_found: { status: 404, retryable: false, title: 'No such collection that may be searched' },
  collection_exists: { status: 409, retryable: false, title: 'The workspace has a collection of that name' },
  document_not_found: { status: 404, retryable: false, title: 'No such document in the collection' },
  document_invalid: { status: 422, retryable: false, title: 'The document cannot be read' },
  page_unavailable: { status: 422, retryable: false, title: 'The page of the web cannot be read' },
  passage_not_found: { status: 404, retryable: false, title: 'No such passage that may be searched' },
  feedback_not_found: { status: 404, retryable: false, title: 'No such feedback on a passage' },
  knowledge_unavailable: { status: 503, retryable: true, title: 'The search does not answer' },
  sandbox_language_off: { status: 422, retryable: false, title: 'Programs of that language cannot be run here' },
  part_unsupported: { status: 422, retryable: false, title: 'The agent does not take such a part' },
  payload_too_large: { status: 413, retryable: false, title: 'The body is too large' },
  unsupported_media_type: { status: 415, retryable: false, title: 'The body has the wrong media type' },
  idempotency_key_reused: { status: 422, retryable: false, title: 'The idempotency key belongs to another message' },
  message_invalid: { status: 422, retryable: false, title: 'The text cannot be understood as a message' },
  price_unknown: { status: 422, retryable: false, title: 'The price of the model is not known' },
  rate_limited: { status: 429, retryable: true, title: 'Too many requests or tokens in a minute' },
  password_refused: { status: 422, retryable: false, title: 'The password is too easy to guess' },
  internal: { status: 500, retryable: false, title: 'Timonel failed' },
  turn_under_way: { status: 400, retryable: false, title: 'The agent is still working' },
  overloaded: { status: 503, retryable: true, title: 'Too much to do at the moment' },
  store_unavailable: { status: 503, retryable: true, title: 'The database does not answer' },
  disk_full: { status: 503, retryable: true, title: 'The disk is nearly full' },
  run_not_failed: { status: 409, retryable: false, title: 'The run did not fail' },
  completion_not_found: { status: 404, retryable: false, title: 'No such completion token' },
  completion_used: { status: 409, retryable: false, title: 'The completion token was used' },
  completion_expired: { status: 410, retryable: false, title: 'The completion token has expired' },
  run_finished: { status: 409, retryable: false, title: 'The run has ended' },
  run_cancelled: { status: 409, retryable: false, title: 'The run was cancelled' },
  run_abandoned: { status: 422, retryable: false, title: 'The run failed at every attempt' },
  shutting_down: { status: 503, retryable: true, title: 'The process is shutting down' },
  config_invalid: { status: 500, retryable: false, title: 'The configuration is not valid' },
  backup_invalid: { status: 422, retryable: false, title: 'The backup cannot be restored' },
  backup_target_unavailable: { status: 503, retryable: true, title: 'The place of backups does not answer' },
  store_not_empty: { status: 409, retryable: false, title: 'The store has data' },
  migration_refused: { status: 500, retryable: false, title: 'A migration of an agent was refused' },
  directory_locked: { status: 500, retryable: false, title: 'Another process uses the data directory' },
  run_fenced: { status: 409, retryable: true, title: 'Another process has taken over the run' },
  call_cap_reached: { status: 403, retryable: false, title: 'The process may make no more calls to that provider' },
  model_rate_limited: { status: 429, retryable: true, title: 'Every model of the route is at its rate limit' },
  model_answer_invalid: { status: 502, retryable: true, title: 'The model did not answer in the shape that was asked for' },
  model_unavailable: { status: 502, retryable: true, title: 'No model answered' },
  limit_reached: { status: 422, retryable: false, title: 'The run reached one of its limits' },
  connection_not_found: { status: 404, retryable: false, title: 'No such connection to a channel' },
  connection_exists: { status: 409, retryable: false, title: 'There is such a connection already' },
  webhook_refused: { status: 401, retryable: false, title: 'The webhook does not come from its provider' },
  template_unknown: { status: 422, retryable: false, title: 'The connection has no such template' },
  delivery_not_failed: { status: 409, retryable: false, title: 'The delivery did not fail' },
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

/** The message of anything thrown, the reason itself where a library wraps it. */
export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // A name with several addresses was tried at each, and the error of them all has no message of its own.
  if (error instanceof AggregateError && error.message === '') return [...new Set(error.errors.map(messageOf))].join('; ');
  // Drizzle's message is the statement; the database's own reason is its cause.
  if (error.message.startsWith('Failed query:') && error.cause !== undefined) return messageOf(error.cause);
  return error.message;
}

/** Where in code of the project, and not of a package or of Node, an error was thrown: ` (file:line:column)`, or nothing. */
export function throwSiteOf(error: unknown): string {
  const lines = error instanceof Error ? (error.stack ?? '').split('\n') : [];
  const places = lines.flatMap((line) => /^ +at .*?(?:file:\/\/)?(\/[^():]+:\d+:\d+)\)?$/.exec(line)?.[1] ?? []);
  const place = places.find((each) => !/\/node_modules\//.test(each));
  return place === undefined ? '' : ` (${place})`;
}
