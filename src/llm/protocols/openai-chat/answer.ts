/** OpenAI's chat completions, the whole answer. https://platform.openai.com/docs/api-reference/chat/object */
import type { LanguageModelV4Usage } from '@ai-sdk/provider';
import { failureOfErrorEvent, ModelFailure } from '../../attempt/failure.ts';
import type { ModelAnswer } from '../../contract.ts';
import type { AnswerIdentity } from '../contract.ts';
import { count, tokensOf, usageOf } from '../usage.ts';

const finishReasons: Readonly<Record<string, string>> = { length: 'length', 'content-filter': 'content_filter' };

/** @param tools the answer calls tools; not every provider says so at its end. */
export function finishReasonOf(reason: string, tools: boolean): string {
  return finishReasons[reason] ?? (tools || reason === 'tool-calls' ? 'tool_calls' : 'stop');
}

/** `usage` as OpenAI writes it. https://platform.openai.com/docs/api-reference/chat/object#chat/object-usage */
export function readChatUsage(value: unknown): LanguageModelV4Usage | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { prompt_tokens, completion_tokens, prompt_tokens_details, completion_tokens_details } = value as Record<string, unknown>;
  return usageOf({
    input: count(prompt_tokens),
    cacheRead: count((prompt_tokens_details as { cached_tokens?: unknown } | null | undefined)?.cached_tokens),
    output: count(completion_tokens),
    reasoning: count((completion_tokens_details as { reasoning_tokens?: unknown } | null | undefined)?.reasoning_tokens),
  });
}

/** `usage` for the caller; `cost` is ours, in US dollars, where the price is known. */
export function writeChatUsage(usage: LanguageModelV4Usage, cost: number | undefined): object {
  const { input, cacheRead, output, reasoning } = tokensOf(usage);
  return {
    prompt_tokens: input,
    completion_tokens: output,
    total_tokens: input + output,
    ...(cacheRead > 0 ? { prompt_tokens_details: { cached_tokens: cacheRead } } : {}),
    ...(reasoning > 0 ? { completion_tokens_details: { reasoning_tokens: reasoning } } : {}),
    ...(cost === undefined ? {} : { cost }),
  };
}

export function readChatAnswer(text: string): { usage: LanguageModelV4Usage | undefined; finishReason: string } {
  let value: { choices?: unknown; usage?: unknown; error?: unknown };
  try {
    value = JSON.parse(text) as typeof value;
  } catch (error) {
    throw new ModelFailure('malformed', 'the answer is not valid JSON', { cause: error });
  }
  if (value?.error !== undefined && value.error !== null) throw failureOfErrorEvent(value);
  const [choice] = Array.isArray(value?.choices)
    ? (value.choices as { finish_reason?: unknown; message?: Record<string, unknown> }[])
    : [];
  if (choice?.message === undefined) throw new ModelFailure('malformed', 'the answer has no message');
  const { content, tool_calls: calls } = choice.message;
  if (
    choice.finish_reason === 'content_filter' &&
    (content === null || content === undefined || content === '') &&
    calls === undefined
  )
    throw new ModelFailure('refused', 'the content filter of the provider stopped the answer');
  return { usage: readChatUsage(value.usage), finishReason: String(choice.finish_reason ?? '') };
}

export function writeChatAnswer(answer: ModelAnswer, identity: AnswerIdentity, cost: number | undefined): string {
  const text = answer.content.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('');
  const reasoning = answer.content.flatMap((part) => (part.type === 'reasoning' ? [part.text] : [])).join('');
  const calls = answer.content.flatMap((part) =>
    part.type === 'tool-call'
      ? [{ id: part.toolCallId, type: 'function', function: { name: part.toolName, arguments: part.input } }]
      : [],
  );
  return JSON.stringify({
    id: identity.id,
    object: 'chat.completion',
    created: identity.created,
    model: identity.model,
    choices: [
      {
        index: 0,
        message: {
          role: 'assistant',
          content: text === '' && calls.length > 0 ? null : text,
          refusal: null,
          ...(reasoning === '' ? {} : { reasoning_content: reasoning }),
          ...(calls.length === 0 ? {} : { tool_calls: calls }),
        },
        logprobs: null,
        finish_reason: finishReasonOf(answer.finishReason, calls.length > 0),
      },
    ],
    usage: writeChatUsage(answer.usage, cost),
  });
}
