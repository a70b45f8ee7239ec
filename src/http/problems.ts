import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { hasZodFastifySchemaValidationErrors, isResponseSerializationError } from 'fastify-type-provider-zod';
import { publishFault } from '../diagnostics.ts';
import { type ErrorCode, errorTable, TimonelError } from '../errors.ts';
import { rateLimitHeaders } from '../llm/limits/rate-limits.ts';

/** Fastify's own refusals, in our terms. */
const fastifyCodes: Readonly<Record<string, ErrorCode>> = {
  FST_ERR_CTP_INVALID_JSON_BODY: 'malformed_json',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'malformed_json',
  FST_ERR_CTP_BODY_TOO_LARGE: 'payload_too_large',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'unsupported_media_type',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'invalid_request',
  FST_ERR_VALIDATION: 'invalid_request',
  FST_ERR_BAD_URL: 'invalid_request',
  FST_ERR_ROUTE_REWRITE_NOT_STR: 'invalid_request',
};

/**
 * The one error mapper: whatever was thrown becomes a problem document (RFC 9457).
 * What nobody foresaw is a 500 whose message stays in the log.
 */
export function createErrorMapper(shape: ErrorShape = problemDocument) {
  return (thrown: FastifyError | Error, request: FastifyRequest, reply: FastifyReply): void => {
    const { status, headers, mediaType, body } = errorAnswer(thrown, request, reply.raw, shape);
    void reply.code(status).headers(headers).type(mediaType).send(body);
  };
}

/** The same for every door: what is answered, and what is told of it. */
export function errorAnswer(
  thrown: FastifyError | Error,
  request: FailedRequest,
  { destroyed }: Pick<ServerResponse, 'destroyed'>,
  shape: ErrorShape,
): { status: number; headers: Record<string, string>; mediaType: string; body: object } {
  const error = toTimonelError(thrown);
  // Nobody hears of it, and it is nobody's fault, when the caller went away meanwhile.
  if (error.status >= 500 && !destroyed) {
    publishFault(`${request.raw.method} ${request.url.split('?')[0]} (${request.id})`, thrown);
  }
  return { status: error.status, headers: errorHeaders(error, request.raw), ...shape(error, request) };
}

/** A request that was not answered as it was meant to be, in whichever door. */
export type FailedRequest = Pick<FastifyRequest, 'id' | 'url' | 'headers'> & { raw: IncomingMessage; params?: unknown };

/** The rest of a body up to this size is read and dropped, so that its sender hears the answer and keeps the connection. */
const mostDroppedBytes = 33_554_432;

/** Headers that belong to an error, in whatever shape it is answered. */
function errorHeaders(error: TimonelError, { complete, headers }: IncomingMessage): Record<string, string> {
  const { retryAfter, kind, limit } = error.details;
  const waits = error.retryable && (error.status === 503 || error.status === 429);
  const dropped = Number(headers['content-length']) <= mostDroppedBytes && error.code !== 'overloaded';
  // The framework breaks off after a body that it could not parse.
  const closes = error.code === 'malformed_json' || (!dropped && (complete === false || error.code === 'payload_too_large'));
  return {
    ...(closes ? { connection: 'close' } : {}),
    ...(error.code === 'rate_limited' && kind === 'requests'
      ? rateLimitHeaders({ limit: Number(limit), remaining: 0, resetSeconds: Number(retryAfter) })
      : {}),
    ...(error.status === 401 ? { 'www-authenticate': 'Bearer' } : {}),
    ...(waits ? { 'retry-after': typeof retryAfter === 'number' ? String(retryAfter) : '1' } : {}),
    // The clients of OpenAI and Anthropic send what failed again unless they are told not to.
    ...(error.retryable ? {} : { 'x-should-retry': 'false' }),
  };
}

/** How an error is written: as a problem document, or as the clients of another protocol understand it. */
export type ErrorShape = (error: TimonelError, request: FailedRequest) => { mediaType: string; body: object };

export function problemDocument(error: TimonelError, request: FailedRequest): ReturnType<ErrorShape> {
  return {
    mediaType: 'application/problem+json',
    body: {
      type: `/errors/${error.code}`,
      title: errorTable[error.code].title,
      status: error.status,
      detail: error.message,
      code: error.code,
      retryable: error.retryable,
      requestId: request.id,
      ...error.details,
    },
  };
}

/** The row of the table for anything thrown. */
export function toTimonelError(thrown: FastifyError | Error): TimonelError {
  if (thrown instanceof TimonelError) return thrown;
  if (hasZodFastifySchemaValidationErrors(thrown)) {
    const faults = thrown.validation.map(
      (issue) => `${issue.instancePath.slice(1).replaceAll('/', '.') || 'body'}: ${issue.message}`,
    );
    return new TimonelError('invalid_request', `The ${thrown.validationContext ?? 'request'} is not valid: ${faults.join('; ')}.`, {
      details: { faults },
    });
  }
  if (isResponseSerializationError(thrown))
    return new TimonelError('internal', 'The answer could not be written.', { cause: thrown });
  const { code, statusCode } = thrown as FastifyError;
  const known = fastifyCodes[code];
  if (known !== undefined) return new TimonelError(known, explained(known, thrown.message), { cause: thrown });
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500) {
    return new TimonelError('invalid_request', thrown.message, { cause: thrown });
  }
  return new TimonelError('internal', 'Something went wrong inside Timonel. The request id names it in the log.', {
    cause: thrown,
  });
}

function explained(code: ErrorCode, message: string): string {
  if (code === 'malformed_json') return `The body is not valid JSON (${message}). Send an object such as {"text":"Hola"}.`;
  if (code === 'unsupported_media_type') return 'Send the body as JSON, with the header "Content-Type: application/json".';
  if (code === 'payload_too_large') return 'The body is larger than this server accepts. Send a shorter text.';
  return message;
}
