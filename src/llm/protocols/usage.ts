import type { LanguageModelV4Usage } from '@ai-sdk/provider';

/** Tokens of a call; what a provider does not say is 0. */
export interface Tokens {
  input: number;
  /** Part of `input` that was read from the provider's cache. */
  cacheRead: number;
  /** Part of `input` that was written to it. */
  cacheWrite: number;
  output: number;
  reasoning: number;
}

export function tokensOf(usage: LanguageModelV4Usage): Tokens {
  return {
    input: usage.inputTokens.total ?? 0,
    cacheRead: usage.inputTokens.cacheRead ?? 0,
    cacheWrite: usage.inputTokens.cacheWrite ?? 0,
    output: usage.outputTokens.total ?? 0,
    reasoning: usage.outputTokens.reasoning ?? 0,
  };
}

/** @returns the number, where it is one and not negative. */
export function count(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : undefined;
}

/** Usage in the AI SDK's terms from totals of which parts may be unknown. */
export function usageOf(tokens: {
  input: number | undefined;
  cacheRead?: number | undefined;
  cacheWrite?: number | undefined;
  output: number | undefined;
  reasoning?: number | undefined;
}): LanguageModelV4Usage {
  const { input, cacheRead, cacheWrite, output, reasoning } = tokens;
  return {
    inputTokens: {
      total: input,
      noCache: input === undefined ? undefined : input - (cacheRead ?? 0) - (cacheWrite ?? 0),
      cacheRead,
      cacheWrite,
    },
    outputTokens: { total: output, text: output === undefined ? undefined : output - (reasoning ?? 0), reasoning },
  };
}

/** Adds the cost of a call to the `usage` of an answer. Written into the bytes: to parse and to write the whole answer again would cost more than all the rest. */
export function withCost(text: string, cost: number): string {
  const at = text.lastIndexOf('"usage":');
  const open = at < 0 ? -1 : text.indexOf('{', at);
  if (open < 0 || text.slice(at + 8, open).trim() !== '') return text;
  const comma = text.charAt(open + 1) === '}' ? '' : ',';
  return `${text.slice(0, open + 1)}"cost":${cost}${comma}${text.slice(open + 1)}`;
}
