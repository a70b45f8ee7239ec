import type { TimonelError } from '../../../errors.ts';
import type { Protocol } from '../contract.ts';
import { withCost } from '../usage.ts';
import { readMessagesAnswer, writeMessagesAnswer } from './answer.ts';
import { messagesBody, messagesCall, messagesHead } from './request.ts';
import { messagesStreamWriter, readMessagesEvent } from './stream.ts';

/** Anthropic's Messages API. */
export const anthropicMessages: Protocol = {
  name: 'anthropic-messages',
  head: messagesHead,
  wireBody: messagesBody,
  call: messagesCall,
  readAnswer: readMessagesAnswer,
  withCost,
  lastEvent: 'event: message_stop\ndata: {"type":"message_stop"}\n\n',
  readEvent: readMessagesEvent,
  writeAnswer: writeMessagesAnswer,
  writer: messagesStreamWriter,
  error: anthropicError,
  errorEvent: (error) => `event: error\ndata: ${JSON.stringify(anthropicError(error))}\n\n`,
};

/** https://docs.anthropic.com/en/api/errors */
function anthropicError({ code, status, message, details }: TimonelError): object {
  return { type: 'error', error: { ...details, type: typeOf(status), message, code } };
}

function typeOf(status: number): string {
  switch (status) {
    case 401:
      return 'authentication_error';
    case 403:
      return 'permission_error';
    case 404:
      return 'not_found_error';
    case 413:
      return 'request_too_large';
    case 429:
      return 'rate_limit_error';
    case 503:
      return 'overloaded_error';
    default:
      return status >= 500 ? 'api_error' : 'invalid_request_error';
  }
}
