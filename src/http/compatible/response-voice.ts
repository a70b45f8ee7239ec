/** OpenAI's responses, the answer of an agent. https://platform.openai.com/docs/api-reference/responses-streaming */

import type { AnswerIdentity, RequestBody } from '../../llm/protocols/contract.ts';
import { openaiError } from '../../llm/protocols/openai-chat/openai-chat.ts';
import { tokensOf } from '../../llm/protocols/usage.ts';
import { type AgentReply, type AgentVoice, plainId, type ReplyOrigin } from './agent-voice.ts';
import { responseRequest } from './response-request.ts';

export const responseVoice: AgentVoice = {
  read: responseRequest,
  answerId: (runId) => `resp_${plainId(runId)}`,
  whole: (reply, identity, body) => JSON.stringify(complete(reply, identity, body)),
  stream(identity, body, origin) {
    let sequence = 0;
    let text = '';
    const write = (type: string, members: object) =>
      `event: ${type}\ndata: ${JSON.stringify({ type, sequence_number: sequence++, ...members })}\n\n`;
    const place = { item_id: itemId(identity), output_index: 0, content_index: 0 };
    const started = { ...response(identity, body, origin), status: 'in_progress' };
    return {
      begin: () =>
        write('response.created', { response: started }) +
        write('response.in_progress', { response: started }) +
        write('response.output_item.added', { output_index: 0, item: { ...item(identity, undefined), status: 'in_progress' } }) +
        write('response.content_part.added', { ...place, part: part('') }),
      text(delta) {
        text += delta;
        return write('response.output_text.delta', { ...place, delta, logprobs: [] });
      },
      end(reply) {
        const said = { ...reply, text };
        return (
          write('response.output_text.done', { ...place, text, logprobs: [] }) +
          write('response.content_part.done', { ...place, part: part(text) }) +
          write('response.output_item.done', { output_index: 0, item: item(identity, text) }) +
          write('response.completed', { response: complete(said, identity, body) })
        );
      },
    };
  },
  error: openaiError,
  errorEvent: (error) => {
    const { error: said } = openaiError(error);
    return `event: error\ndata: ${JSON.stringify({ type: 'error', code: error.code, message: error.message, param: null, sequence_number: 0, error: said })}\n\n`;
  },
};

function complete({ text, usage, cost, origin }: AgentReply, identity: AnswerIdentity, body: RequestBody): object {
  const { input, cacheRead, output, reasoning } = tokensOf(usage);
  return {
    ...response(identity, body, origin),
    status: 'completed',
    completed_at: identity.created,
    output: [item(identity, text)],
    usage: {
      input_tokens: input,
      input_tokens_details: { cached_tokens: cacheRead },
      output_tokens: output,
      output_tokens_details: { reasoning_tokens: reasoning },
      total_tokens: input + output,
      ...(cost === undefined ? {} : { cost }),
    },
  };
}

/** The members that the published shape requires, with what is true of an agent. */
function response({ id, model, created }: AnswerIdentity, body: RequestBody, origin: ReplyOrigin | undefined): object {
  return {
    id,
    object: 'response',
    created_at: created,
    error: null,
    incomplete_details: null,
    instructions: null,
    max_output_tokens: null,
    metadata: body['metadata'] ?? {},
    model,
    output: [],
    parallel_tool_calls: true,
    previous_response_id: body['previous_response_id'] ?? null,
    reasoning: { effort: null, summary: null },
    store: true,
    temperature: null,
    text: { format: { type: 'text' } },
    tool_choice: 'auto',
    tools: [],
    top_p: null,
    truncation: 'disabled',
    usage: null,
    ...(origin === undefined ? {} : { conversation: { id: `conv_${plainId(origin.conversation)}` }, timonel: origin }),
  };
}

/** By its id a client that leaves the text out of its next request refers to it. */
function itemId({ id }: AnswerIdentity): string {
  return id.replace(/^resp_/, 'msg_');
}

function item(identity: AnswerIdentity, text: string | undefined): object {
  const content = text === undefined ? [] : [part(text)];
  return { type: 'message', id: itemId(identity), status: 'completed', role: 'assistant', content };
}

function part(text: string): object {
  return { type: 'output_text', text, annotations: [], logprobs: [] };
}
