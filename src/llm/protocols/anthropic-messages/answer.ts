/** Anthropic's Messages API, the whole answer. https://docs.anthropic.com/en/api/messages */
import type { JSONObject, LanguageModelV4Usage } from '@ai-sdk/provider';
import { failureOfErrorEvent, ModelFailure } from '../../attempt/failure.ts';
import type { ModelAnswer } from '../../contract.ts';
import type { AnswerIdentity } from '../contract.ts';
import { count, tokensOf, usageOf } from '../usage.ts';

const stopReasons: Readonly<Record<string, string>> = { length: 'max_tokens', 'content-filter': 'refusal' };

/** @param tools the answer calls tools; not every provider says so at its end. */
export function stopReasonOf(reason: string, tools: boolean): string {
  return stopReasons[reason] ?? (tools || reason === 'tool-calls' ? 'tool_use' : 'end_turn');
}

/** Anthropic counts what came from its cache, or went into it, beside the input. */
export function readMessagesUsage(value: unknown): LanguageModelV4Usage | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { input_tokens, output_tokens, cache_read_input_tokens, cache_creation_input_tokens } = value as Record<string, unknown>;
  const [plain, cacheRead, cacheWrite] = [count(input_tokens), count(cache_read_input_tokens), count(cache_creation_input_tokens)];
  const input = plain === undefined ? undefined : plain + (cacheRead ?? 0) + (cacheWrite ?? 0);
  // The price of a cache goes by its lifetime, which has no place in the terms of the AI SDK.
  return { ...usageOf({ input, cacheRead, cacheWrite, output: count(output_tokens) }), raw: value as JSONObject };
}

/** `cost` is ours, in US dollars, where the price is known. */
export function writeMessagesUsage(usage: LanguageModelV4Usage, cost: number | undefined): object {
  const { input, cacheRead, cacheWrite, output } = tokensOf(usage);
  return {
    input_tokens: input - cacheRead - cacheWrite,
    cache_read_input_tokens: cacheRead,
    cache_creation_input_tokens: cacheWrite,
    output_tokens: output,
    ...(cost === undefined ? {} : { cost }),
  };
}

export function readMessagesAnswer(text: string): { usage: LanguageModelV4Usage | undefined; finishReason: string } {
  let value: { type?: unknown; content?: unknown; usage?: unknown; stop_reason?: unknown };
  try {
    value = JSON.parse(text) as typeof value;
  } catch (error) {
    throw new ModelFailure('malformed', 'the answer is not valid JSON', { cause: error });
  }
  if (value?.type === 'error') throw failureOfErrorEvent(value);
  if (!Array.isArray(value?.content)) throw new ModelFailure('malformed', 'the answer has no content');
  if (value.stop_reason === 'refusal' && value.content.length === 0)
    throw new ModelFailure('refused', 'the provider refused to answer');
  return { usage: readMessagesUsage(value.usage), finishReason: String(value.stop_reason ?? '') };
}

export function writeMessagesAnswer(answer: ModelAnswer, identity: AnswerIdentity, cost: number | undefined): string {
  const content = answer.content.flatMap((part): object[] => {
    if (part.type === 'text') return part.text === '' ? [] : [{ type: 'text', text: part.text }];
    if (part.type === 'tool-call')
      return [{ type: 'tool_use', id: part.toolCallId, name: part.toolName, input: inputOf(part.input) }];
    return [];
  });
  return JSON.stringify({
    id: identity.id,
    type: 'message',
    role: 'assistant',
    model: identity.model,
    content,
    stop_reason: stopReasonOf(
      answer.finishReason,
      answer.content.some(({ type }) => type === 'tool-call'),
    ),
    stop_sequence: null,
    usage: writeMessagesUsage(answer.usage, cost),
  });
}

/** A model may write arguments that are no JSON object, which the protocol has no place for; its caller gets to see them. */
function inputOf(text: string): unknown {
  try {
    const input: unknown = JSON.parse(text.trim() === '' ? '{}' : text);
    if (typeof input === 'object' && input !== null && !Array.isArray(input)) return input;
  } catch {
    // Told as what it is.
  }
  return { malformed: text };
}
