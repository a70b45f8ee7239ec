import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { hasZodFastifySchemaValidationErrors, isResponseSerializationError } from 'fastify-type-provider-zod';
import { publishFault } from '../diagnostics.ts';
import { type ErrorCode, errorTable, TimonelError } from '../errors.ts';

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
    const error = toTimonelError(thrown);
    // Nobody hears of it, and it is nobody's fault, when the caller went away meanwhile.
    const gone = reply.raw.destroyed;
    if (error.status >= 500 && !gone) publishFault(`${request.method} ${request.url.split('?')[0]} (${request.id})`, thrown);
    const { mediaType, body } = shape(error, request);
    void reply.code(error.status).headers(errorHeaders(error)).type(mediaType).send(body);
  };
}

/** Headers that belong to an error, in whatever shape it is answered. */
export function errorHeaders(error: TimonelError): Record<string, string> {
  const { retryAfter } = error.details;
  const waits = error.retryable && (error.status === 503 || error.status === 429);
  return {
    ...(error.status === 401 ? { 'www-authenticate': 'Bearer' } : {}),
    ...(waits ? { 'retry-after': typeof retryAfter === 'number' ? String(retryAfter) : '1' } : {}),
    // The clients of OpenAI and Anthropic send what failed again unless they are told not to.
    ...(error.retryable ? {} : { 'x-should-retry': 'false' }),
  };
}

/** How an error is written: as a problem document, or as the clients of another protocol understand it. */
export type ErrorShape = (error: TimonelError, request: FastifyRequest) => { mediaType: string; body: object };

export function problemDocument(error: TimonelError, request: FastifyRequest): ReturnType<ErrorShape> {
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
