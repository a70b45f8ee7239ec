/**
 * What providers say that a call used, as they bill it. They disagree on whether the input includes what the prompt cache served, and some
 * leave fields out or send nonsense: a field that is no count is taken as none.
 */
import type { LanguageModelV4Usage } from '@ai-sdk/provider';
import type { BilledTokens } from './prices.ts';

type Json = Readonly<Record<string, unknown>>;

/** `usage` of OpenAI's chat completions, responses and embeddings, and of servers like it. Its input includes the cached tokens. */
export function openaiUsage(usage: unknown): BilledTokens | undefined {
  const { prompt_tokens, completion_tokens, input_tokens, output_tokens, prompt_tokens_details, input_tokens_details } =
    json(usage);
  const whole = count(prompt_tokens ?? input_tokens);
  const output = count(completion_tokens ?? output_tokens);
  if (whole === 0 && output === 0) return undefined;
  const details = json(prompt_tokens_details ?? input_tokens_details);
  return parts(whole, output, count(details['cached_tokens']), count(details['cache_write_tokens']));
}

/** `usage` of Anthropic's messages. Its input leaves the cached tokens out. */
export function anthropicUsage(usage: unknown): BilledTokens | undefined {
  const { input_tokens, output_tokens, cache_read_input_tokens, cache_creation_input_tokens, cache_creation } = json(usage);
  const written = count(cache_creation_input_tokens);
  const cacheWriteLong = Math.min(written, count(json(cache_creation)['ephemeral_1h_input_tokens']));
  const tokens = {
    input: count(input_tokens),
    output: count(output_tokens),
    cacheRead: count(cache_read_input_tokens),
    cacheWrite: written - cacheWriteLong,
    cacheWriteLong,
  };
  return Object.values(tokens).every((each) => each === 0) ? undefined : tokens;
}

/** Usage as the AI SDK's providers give it. */
export function sdkUsage({ inputTokens, outputTokens }: LanguageModelV4Usage): BilledTokens | undefined {
  const whole = count(inputTokens.total);
  const output = count(outputTokens.total);
  if (whole === 0 && output === 0) return undefined;
  return parts(whole, output, count(inputTokens.cacheRead), count(inputTokens.cacheWrite));
}

/** All tokens of a call. */
export function totalOf({ input, output, cacheRead = 0, cacheWrite = 0, cacheWriteLong = 0 }: BilledTokens): number {
  return input + output + cacheRead + cacheWrite + cacheWriteLong;
}

function parts(whole: number, output: number, read: number, written: number): BilledTokens {
  const cacheRead = Math.min(read, whole);
  const cacheWrite = Math.min(written, whole - cacheRead);
  return { input: whole - cacheRead - cacheWrite, output, cacheRead, cacheWrite };
}

function json(value: unknown): Json {
  return typeof value === 'object' && value !== null ? (value as Json) : {};
}

function count(value: unknown): number {
  return typeof value === 'number' && Number.isFinite(value) && value > 0 ? Math.ceil(value) : 0;
}
