import type { TimonelError } from '../../../errors.ts';
import type { Protocol } from '../contract.ts';
import { withCost } from '../usage.ts';
import { readAnswer, writeAnswer } from './answer.ts';
import { call, head, wireBody } from './request.ts';
import { readEvent, writer } from './stream.ts';

/** OpenAI's chat completions: the protocol that nearly every client and server speaks. */
export const openaiChat: Protocol = {
  name: 'openai-chat',
  head,
  wireBody,
  call,
  readAnswer,
  withCost,
  lastEvent: 'data: [DONE]\n\n',
  readEvent,
  writeAnswer,
  writer,
  error: openaiError,
  errorEvent: (error) => `data: ${JSON.stringify(openaiError(error))}\n\n`,
};

/** https://platform.openai.com/docs/guides/error-codes */
export function openaiError({ code, status, message, details }: TimonelError): { error: object } {
  return { error: { param: null, ...details, message, type: typeOf(status), code } };
}

function typeOf(status: number): string {
  if (status === 401) return 'authentication_error';
  if (status === 403) return 'permission_error';
  if (status === 429) return 'rate_limit_error';
  return status >= 500 ? 'server_error' : 'invalid_request_error';
}
