/**
 * What providers say that a call used, as they bill it. They disagree on whether the input includes what the prompt cache served, and some
 * leave fields out or send nonsense: a field that is no count is taken as none.
 */
import type { LanguageModelV4Usage } from '@ai-sdk/provider';
import type { BilledTokens } from './prices.ts';

type Json = Readonly<Record<string, unknown>>;

/** Usage in the AI SDK's terms; Anthropic's own words, where they are kept, tell which cache the input was written to. */
export function sdkUsage({ inputTokens, outputTokens, raw }: LanguageModelV4Usage): BilledTokens | undefined {
  const whole = count(inputTokens.total);
  const output = count(outputTokens.total);
  if (whole === 0 && output === 0) return undefined;
  const billed = parts(whole, output, count(inputTokens.cacheRead), count(inputTokens.cacheWrite));
  const written = billed.cacheWrite ?? 0;
  const cacheWriteLong = Math.min(written, count(json(json(raw)['cache_creation'])['ephemeral_1h_input_tokens']));
  return cacheWriteLong === 0 ? billed : { ...billed, cacheWrite: written - cacheWriteLong, cacheWriteLong };
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
