/** Anthropic's messages: https://docs.anthropic.com/en/api/messages-streaming */
import { type ErrorName, errors } from './faults.ts';
import type { Protocol } from './protocols.ts';

function errorBody(name: ErrorName): object {
  const { anthropic: type, says } = errors[name];
  return { type: 'error', error: { type, message: says }, request_id: 'req_faulty' };
}

const event = (name: string, data: object) => `event: ${name}\ndata: ${JSON.stringify({ type: name, ...data })}\n\n`;

export const anthropic: Protocol = {
  name: 'anthropic',
  error: errorBody,
  whole: ({ id, model, text, promptTokens, completionTokens, usage }) => ({
    id,
    type: 'message',
    role: 'assistant',
    model,
    content: [{ type: 'text', text }],
    stop_reason: 'end_turn',
    stop_sequence: null,
    ...(usage ? { usage: { input_tokens: promptTokens, output_tokens: completionTokens } } : {}),
  }),
  opening: ({ id, model, promptTokens, usage }) => {
    const message = { id, type: 'message', role: 'assistant', model, content: [], stop_reason: null, stop_sequence: null };
    return [
      event('message_start', {
        message: { ...message, ...(usage ? { usage: { input_tokens: promptTokens, output_tokens: 1 } } : {}) },
      }),
      event('content_block_start', { index: 0, content_block: { type: 'text', text: '' } }),
      event('ping', {}),
    ];
  },
  token: (_reply, text) => event('content_block_delta', { index: 0, delta: { type: 'text_delta', text } }),
  closing: ({ completionTokens, usage }) => [
    event('content_block_stop', { index: 0 }),
    event('message_delta', {
      delta: { stop_reason: 'end_turn', stop_sequence: null },
      ...(usage ? { usage: { output_tokens: completionTokens } } : {}),
    }),
  ],
  done: event('message_stop', {}),
  errorEvent: (name) => `event: error\ndata: ${JSON.stringify(errorBody(name))}\n\n`,
  malformedEvent: 'event: content_block_delta\ndata: {"type":"content_block_delta","index":0,"delta":{"type":"text_del\n\n',
};
