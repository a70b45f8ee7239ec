import type { TimonelError } from '../../../errors.ts';
import type { Protocol } from '../contract.ts';
import { withCost } from '../usage.ts';
import { readChatAnswer, writeChatAnswer } from './answer.ts';
import { chatBody, chatCall, chatHead } from './request.ts';
import { chatStreamWriter, readChatEvent } from './stream.ts';

/** OpenAI's chat completions: the protocol that nearly every client and server speaks. */
export const openaiChat: Protocol = {
  name: 'openai-chat',
  head: chatHead,
  wireBody: chatBody,
  call: chatCall,
  readAnswer: readChatAnswer,
  withCost,
  lastEvent: 'data: [DONE]\n\n',
  readEvent: readChatEvent,
  writeAnswer: writeChatAnswer,
  writer: chatStreamWriter,
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
