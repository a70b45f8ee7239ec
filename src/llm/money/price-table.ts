/**
 * List prices of the models that Timonel's providers offer, standard tier, in US dollars per million tokens.
 *
 * On the dates given the source said so, in part as others quoted it, so check what matters to you: discounts of an account, batch and priority
 * tiers, fees per search or per tool, and taxes are not in them. OpenAI's rate for the longer life in its prompt cache was read for one model
 * and taken in the same proportion for its siblings. A project's `prices` come before all of them.
 */

/** Rates in US dollars per million tokens. */
export interface Rates {
  input: number;
  output: number;
  /** Input that the provider had in its prompt cache; `input` where absent. */
  cacheRead?: number;
  /** Input that the provider put into its prompt cache; `input` where absent. */
  cacheWrite?: number;
  /** The same for the provider's longer lifetime (an hour or more); `cacheWrite` where absent. */
  cacheWriteLong?: number;
}

/** What a model costs. */
export interface Price extends Rates {
  /** Rates of the whole request once its input, cached or not, is larger than `tokens`. */
  above?: Rates & { tokens: number };
}

/** What a model costs that is paid by the minute of sound. */
export interface MinutePrice {
  /** US dollars. */
  perMinute: number;
}

/** A price with where and when it was read. */
export interface ListedPrice extends Price {
  source: string;
  /** Day on which the source said so, ISO. */
  date: string;
  /** First day on which it holds, ISO (UTC), for a change that was announced. */
  from?: string;
  /** Nothing is put into the provider's prompt cache unless the request says so. */
  cachesWhenAsked?: true;
  /** Most input tokens. */
  context?: number;
  /** Most output tokens. */
  maxOutput?: number;
}

const anthropic = {
  source: 'https://platform.claude.com/docs/en/about-claude/pricing',
  date: '2026-10-24',
  cachesWhenAsked: true,
} as const;
const openai = { source: 'https://developers.openai.com/api/docs/pricing', context: 922_000, maxOutput: 128_000 };
const google = { source: 'https://ai.google.dev/gemini-api/docs/pricing', date: '2026-10-13', context: 1_048_576 };
const groq = { source: 'https://groq.com/pricing', date: '2026-05-19', context: 131_072 };
const claude = { ...anthropic, context: 1_000_000, maxOutput: 128_000 };
const flash = { ...google, maxOutput: 65_536 };

/** OpenAI: twice the input and one and a half times the output, above 272,000 tokens. */
const long = ({ input, output, cacheRead, cacheWrite, cacheWriteLong }: Required<Rates>) => ({
  above: {
    tokens: 272_000,
    input: 2 * input,
    output: 1.5 * output,
    cacheRead: 2 * cacheRead,
    cacheWrite: 2 * cacheWrite,
    cacheWriteLong: 2 * cacheWriteLong,
  },
});
const withLong = (date: string, rates: Required<Rates>): ListedPrice => ({ ...openai, date, ...rates, ...long(rates) });

/** By `provider/model`; several entries where a change was announced. `*` is every model of a provider. */
export const priceTable: Readonly<Record<string, readonly ListedPrice[]>> = {
  'anthropic/claude-fable-5-1': [{ ...claude, input: 10, output: 50, cacheRead: 0.25, cacheWrite: 12.5, cacheWriteLong: 20 }],
  'anthropic/claude-opus-5-5': [{ ...claude, input: 4, output: 20, cacheRead: 0.2, cacheWrite: 5, cacheWriteLong: 8 }],
  'anthropic/claude-opus-5': [{ ...claude, input: 5, output: 25, cacheRead: 0.5, cacheWrite: 6.25, cacheWriteLong: 10 }],
  'anthropic/claude-sonnet-5-5': [{ ...claude, input: 2, output: 10, cacheRead: 0.1, cacheWrite: 2.5, cacheWriteLong: 4 }],
  'anthropic/claude-sonnet-5': [{ ...claude, input: 2, output: 10, cacheRead: 0.2, cacheWrite: 2.5, cacheWriteLong: 4 }],
  'anthropic/claude-haiku-5-5': [
    {
      ...claude,
      ...{ input: 0.1, output: 0.5, cacheRead: 0.01, cacheWrite: 0.125, cacheWriteLong: 0.2 },
      above: { tokens: 100_000, input: 0.5, output: 2.5, cacheRead: 0.05, cacheWrite: 0.625, cacheWriteLong: 1 },
    },
  ],
  'anthropic/claude-haiku-4-5': [
    {
      ...anthropic,
      ...{ context: 200_000, maxOutput: 64_000 },
      ...{ input: 1, output: 5, cacheRead: 0.1, cacheWrite: 1.25, cacheWriteLong: 2 },
    },
  ],

  'openai/gpt-6-astra': [withLong('2026-09-07', { input: 10, output: 50, cacheRead: 1, cacheWrite: 12.5, cacheWriteLong: 25 })],
  'openai/gpt-6.1-sol': [withLong('2026-09-30', { input: 2, output: 10, cacheRead: 0.1, cacheWrite: 2.5, cacheWriteLong: 5 })],
  'openai/gpt-6.1-terra': [withLong('2026-10-27', { input: 1, output: 5, cacheRead: 0.05, cacheWrite: 1.25, cacheWriteLong: 2.5 })],
  'openai/gpt-6-sol': [withLong('2026-10-01', { input: 2, output: 10, cacheRead: 0.2, cacheWrite: 2.5, cacheWriteLong: 5 })],
  'openai/gpt-6-luna': [
    withLong('2026-10-01', { input: 0.1, output: 0.5, cacheRead: 0.01, cacheWrite: 0.125, cacheWriteLong: 0.25 }),
  ],
  'openai/gpt-4o-mini': [
    { ...openai, date: '2026-05-31', context: 128_000, maxOutput: 16_384, input: 0.15, output: 0.6, cacheRead: 0.075 },
  ],
  'openai/text-embedding-3-small': [{ ...openai, date: '2026-06-21', context: 8_192, maxOutput: 0, input: 0.02, output: 0 }],
  'openai/text-embedding-3-large': [{ ...openai, date: '2026-04-06', context: 8_192, maxOutput: 0, input: 0.13, output: 0 }],

  'google/gemini-4-argon': [
    { ...google, maxOutput: 1_048_576, input: 2, output: 10, cacheRead: 0.1 },
    { ...google, maxOutput: 1_048_576, from: '2026-12-01', input: 4, output: 20, cacheRead: 0.2 },
  ],
  'google/gemini-3.8-flash': [
    { ...flash, input: 0.75, output: 3.75, cacheRead: 0.075 },
    { ...flash, from: '2027-01-01', input: 1.5, output: 7.5, cacheRead: 0.15 },
  ],

  'groq/openai/gpt-oss-120b': [{ ...groq, maxOutput: 65_536, input: 0.15, output: 0.6, cacheRead: 0.075 }],
  'groq/llama-3.3-70b-versatile': [{ ...groq, date: '2026-01-25', maxOutput: 32_768, input: 0.59, output: 0.79 }],
  'groq/llama-3.1-8b-instant': [{ ...groq, date: '2026-01-25', maxOutput: 131_072, input: 0.05, output: 0.08 }],

  'ollama/*': [{ source: 'runs on a machine of your own', date: '2026-11-21', input: 0, output: 0 }],
};
