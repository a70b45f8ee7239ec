import type { IncomingHttpHeaders } from 'node:http';
import { TimonelError } from '../../errors.ts';
import { anthropicMessages } from '../../llm/protocols/anthropic-messages/anthropic-messages.ts';
import type { Protocol } from '../../llm/protocols/contract.ts';
import { openaiChat } from '../../llm/protocols/openai-chat/openai-chat.ts';
import { type ErrorShape, problemDocument } from '../problems.ts';

/** The protocol of a client on the routes that both have: Anthropic's names its version. */
export function protocolOf(headers: IncomingHttpHeaders): Protocol {
  return headers['anthropic-version'] === undefined ? openaiChat : anthropicMessages;
}

/** Whether clients of OpenAI and Anthropic ask there; what they cannot read they show as an error without a body. */
export function isCompatiblePath(url: string): boolean {
  return /^\/v1(?:[/?]|$)/.test(url);
}

/** Errors of the compatible API in the shape of whoever asks, all others as problem documents. */
export const errorShape: ErrorShape = (error, request) =>
  isCompatiblePath(request.url) ? clientShape(protocolOf(request.headers))(error, request) : problemDocument(error, request);

export function clientShape(protocol: Protocol): ErrorShape {
  return (error, { headers }) => ({ mediaType: 'application/json', body: protocol.error(forClient(error, headers)) });
}

/** Clients of these protocols know keys only: a key that is refused is told as such, with the code that their programs look for. */
export function forClient(error: TimonelError, headers: IncomingHttpHeaders): TimonelError {
  if (error.code !== 'unauthenticated') return error;
  const key = headers['x-api-key'] ?? /^Bearer (\S+)$/i.exec(headers.authorization ?? '')?.[1];
  // An access token has three parts; its end is told as that of a session.
  if (typeof key !== 'string' || /^[\w-]+\.[\w-]+\.[\w-]+$/.test(key)) return error;
  return new TimonelError(
    'invalid_api_key',
    'The API key is not known here, was revoked, or expired. `timonel up` writes a key to credentials.json, and `timonel keys create` makes others.',
    { cause: error },
  );
}
