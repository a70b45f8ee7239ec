/** Anthropic's messages: https://docs.anthropic.com/en/api/messages-streaming */
import { type ErrorName, errors } from './faults.ts';
import { type Block, type Protocol, type Reply, toolName } from './protocols.ts';

function errorBody(name: ErrorName): object {
  const { anthropic: type, says } = errors[name];
  return { type: 'error', error: { type, message: says }, request_id: 'req_faulty' };
}

const event = (name: string, data: object) => `event: ${name}\ndata: ${JSON.stringify({ type: name, ...data })}\n\n`;

const signature = 'c2lnbmVk';

/** A block as it begins, or whole. */
function blockOf({ kind }: Block, said: string): object {
  if (kind === 'text') return { type: 'text', text: said };
  if (kind === 'thinking') return { type: 'thinking', thinking: said, signature: said === '' ? '' : signature };
  return { type: 'tool_use', id: 'toolu_1', name: toolName, input: said === '' ? {} : JSON.parse(said) };
}

function deltaOf({ kind }: Block, text: string): object {
  if (kind === 'text') return { type: 'text_delta', text };
  if (kind === 'thinking') return { type: 'thinking_delta', thinking: text };
  return { type: 'input_json_delta', partial_json: text };
}

const stopOf = ({ blocks }: Reply) => (blocks.some(({ kind }) => kind === 'tool') ? 'tool_use' : 'end_turn');

export const anthropic: Protocol = {
  name: 'anthropic',
  error: errorBody,
  whole: (reply) => ({
    id: reply.id,
    type: 'message',
    role: 'assistant',
    model: reply.model,
    content: reply.blocks.map((block) => blockOf(block, block.tokens.join(''))),
    stop_reason: stopOf(reply),
    stop_sequence: null,
    ...(reply.usage ? { usage: { input_tokens: reply.promptTokens, output_tokens: reply.completionTokens } } : {}),
  }),
  opening: ({ id, model, promptTokens, usage }) => {
    const message = { id, type: 'message', role: 'assistant', model, content: [], stop_reason: null, stop_sequence: null };
    return [
      event('message_start', {
        message: { ...message, ...(usage ? { usage: { input_tokens: promptTokens, output_tokens: 1 } } : {}) },
      }),
      event('ping', {}),
    ];
  },
  token: (reply, index, token) => {
    const block = reply.blocks[index] ?? { kind: 'text', tokens: [] };
    const last = token === block.tokens.length - 1;
    const signed =
      last && block.kind === 'thinking'
        ? [event('content_block_delta', { index, delta: { type: 'signature_delta', signature } })]
        : [];
    return [
      ...(token === 0 ? [event('content_block_start', { index, content_block: blockOf(block, '') })] : []),
      event('content_block_delta', { index, delta: deltaOf(block, block.tokens[token] ?? '') }),
      ...signed,
      ...(last ? [event('content_block_stop', { index })] : []),
    ];
  },
  closing: (reply) => [
    event('message_delta', {
      delta: { stop_reason: stopOf(reply), stop_sequence: null },
      ...(reply.usage ? { usage: { output_tokens: reply.completionTokens } } : {}),
    }),
  ],
  done: event('message_stop', {}),
  errorEvent: (name) => `event: error\ndata: ${JSON.stringify(errorBody(name))}\n\n`,
  malformedEvent: 'event: content_block_delta\ndata: {"type":"content_block_delta","index":0,"delta":{"type":"text_del\n\n',
};
