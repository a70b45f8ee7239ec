/** OpenAI's chat completions: https://platform.openai.com/docs/api-reference/chat */
import { type ErrorName, errors } from './faults.ts';
import { type Protocol, type Reply, saidIn, toolName } from './protocols.ts';

const created = 1_767_225_600;

function errorBody(name: ErrorName): object {
  const { openai, says } = errors[name];
  return { error: { message: says, type: openai[0], param: null, code: openai[1] } };
}

function usageOf({ promptTokens, completionTokens }: Reply): object {
  return { prompt_tokens: promptTokens, completion_tokens: completionTokens, total_tokens: promptTokens + completionTokens };
}

const event = (data: object) => `data: ${JSON.stringify(data)}\n\n`;

function chunk({ id, model }: Reply, delta: object, finish: string | null = null): string {
  const choices = [{ index: 0, delta, finish_reason: finish }];
  return event({ id, object: 'chat.completion.chunk', created, model, choices });
}

/** Reasoning as DeepSeek and many compatible servers give it. */
function message(reply: Reply): object {
  const [text, thinking, called] = [saidIn(reply, 'text'), saidIn(reply, 'thinking'), saidIn(reply, 'tool')];
  return {
    role: 'assistant',
    content: called === '' ? text : null,
    ...(thinking === '' ? {} : { reasoning_content: thinking }),
    ...(called === '' ? {} : { tool_calls: [{ id: 'call_1', type: 'function', function: { name: toolName, arguments: called } }] }),
  };
}

const finishOf = (reply: Reply) => (reply.blocks.some(({ kind }) => kind === 'tool') ? 'tool_calls' : 'stop');

export const openai: Protocol = {
  name: 'openai',
  error: errorBody,
  whole: (reply) => ({
    id: reply.id,
    object: 'chat.completion',
    created,
    model: reply.model,
    choices: [{ index: 0, message: message(reply), finish_reason: finishOf(reply) }],
    ...(reply.usage ? { usage: usageOf(reply) } : {}),
  }),
  opening: (reply) => [chunk(reply, { role: 'assistant', content: '' })],
  token: (reply, block, token) => {
    const { kind, tokens = [] } = reply.blocks[block] ?? {};
    const text = tokens[token] ?? '';
    if (kind === 'text') return [chunk(reply, { content: text })];
    if (kind === 'thinking') return [chunk(reply, { reasoning_content: text })];
    const named = token > 0 ? {} : { id: 'call_1', type: 'function' };
    const called = { arguments: text, ...(token > 0 ? {} : { name: toolName }) };
    return [chunk(reply, { tool_calls: [{ index: 0, ...named, function: called }] })];
  },
  closing: (reply) => {
    const { id, model, usage } = reply;
    const counted = { id, object: 'chat.completion.chunk', created, model, choices: [], usage: usageOf(reply) };
    return [chunk(reply, {}, finishOf(reply)), ...(usage ? [event(counted)] : [])];
  },
  done: 'data: [DONE]\n\n',
  errorEvent: (name) => event(errorBody(name)),
  malformedEvent: 'data: {"id":"chatcmpl-broken","object":"chat.completion.chunk","choices":[{"delta":{"content":\n\n',
};
