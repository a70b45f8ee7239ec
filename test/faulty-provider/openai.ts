/** OpenAI's chat completions: https://platform.openai.com/docs/api-reference/chat */
import { type ErrorName, errors } from './faults.ts';
import type { Protocol, Reply } from './protocols.ts';

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

export const openai: Protocol = {
  name: 'openai',
  error: errorBody,
  whole: (reply) => ({
    id: reply.id,
    object: 'chat.completion',
    created,
    model: reply.model,
    choices: [{ index: 0, message: { role: 'assistant', content: reply.text }, finish_reason: 'stop' }],
    ...(reply.usage ? { usage: usageOf(reply) } : {}),
  }),
  opening: (reply) => [chunk(reply, { role: 'assistant', content: '' })],
  token: (reply, text) => chunk(reply, { content: text }),
  closing: (reply) => {
    const { id, model, usage } = reply;
    const counted = { id, object: 'chat.completion.chunk', created, model, choices: [], usage: usageOf(reply) };
    return [chunk(reply, {}, 'stop'), ...(usage ? [event(counted)] : [])];
  },
  done: 'data: [DONE]\n\n',
  errorEvent: (name) => event(errorBody(name)),
  malformedEvent: 'data: {"id":"chatcmpl-broken","object":"chat.completion.chunk","choices":[{"delta":{"content":\n\n',
};
