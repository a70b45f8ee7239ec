/**
 * What becomes of each member of a request that goes to a provider of another protocol. Data: `docs/models.md` shows it, and a test compares.
 * What would change the answer's meaning and has no counterpart is refused; what only advises is left out, and named in a header.
 */
import type { ProviderFamily } from '../providers/contract.ts';
import type { RequestBody } from './contract.ts';

/** `translated`: it has a counterpart. `dropped`: left out, and named in `X-Timonel-Dropped`. `refused`: `invalid_request`. */
export type Treatment = 'translated' | 'dropped' | 'refused';

export interface Parameter {
  /** Member of the body. */
  name: string;
  /** Which of its values the row is about, where it is not about all that say something. */
  of?: string;
  to: Partial<Record<ProviderFamily, Treatment>>;
  /** Whether the value asks for something; every value does where it is left out. */
  asks?(value: unknown, body: RequestBody): boolean;
}

type Source = 'openai-chat' | 'anthropic-messages' | 'openai-embeddings';

const everywhere = (treatment: Treatment) => ({ anthropic: treatment, google: treatment, project: treatment }) as const;
const elsewhere = (treatment: Treatment) => ({ openai: treatment, google: treatment, project: treatment }) as const;

const isTrue = (value: unknown) => value === true;
const notZero = (value: unknown) => value !== 0;
const notEmpty = (value: unknown) => typeof value === 'object' && value !== null && Object.keys(value).length > 0;
const hasTools = ({ tools }: RequestBody) => Array.isArray(tools) && tools.length > 0;
const typeOf = (value: unknown) => (value as { type?: unknown } | null)?.type;
const translatedFromOpenai =
  'messages max_tokens max_completion_tokens temperature top_p stop reasoning_effort tools tool_choice response_format';
const translatedFromAnthropic = 'messages max_tokens system temperature top_p stop_sequences tools tool_choice';
const named = (names: string, to: Parameter['to']): Parameter[] => names.split(' ').map((name) => ({ name, to }));

/** `model`, `stream` and `stream_options` are Timonel's own and hold everywhere. */
const own: ReadonlySet<string> = new Set(['model', 'stream', 'stream_options']);

export const parameters: Readonly<Record<Source, readonly Parameter[]>> = {
  'openai-chat': [
    ...named(translatedFromOpenai, everywhere('translated')),
    {
      name: 'temperature',
      of: 'above 1',
      to: { anthropic: 'refused', google: 'translated', project: 'translated' },
      asks: (value) => typeof value === 'number' && value > 1,
    },
    {
      name: 'response_format',
      of: 'json_object',
      to: { anthropic: 'refused', google: 'translated', project: 'translated' },
      asks: (value) => typeOf(value) === 'json_object',
    },
    { name: 'seed', to: { anthropic: 'dropped', google: 'translated', project: 'translated' } },
    { name: 'presence_penalty', to: { anthropic: 'refused', google: 'translated', project: 'translated' }, asks: notZero },
    { name: 'frequency_penalty', to: { anthropic: 'refused', google: 'translated', project: 'translated' }, asks: notZero },
    { name: 'n', of: 'above 1', to: everywhere('refused'), asks: (value) => value !== 1 },
    { name: 'logit_bias', to: everywhere('refused'), asks: notEmpty },
    { name: 'logprobs', to: everywhere('refused'), asks: isTrue },
    { name: 'top_logprobs', to: everywhere('refused'), asks: notZero },
    {
      name: 'parallel_tool_calls',
      of: 'false, with tools',
      to: { anthropic: 'translated', google: 'refused', project: 'refused' },
      asks: (value, body) => value === false && hasTools(body),
    },
    { name: 'user', to: { anthropic: 'translated', google: 'dropped', project: 'dropped' } },
    { name: 'modalities', of: 'other than text', to: everywhere('refused'), asks: (value) => JSON.stringify(value) !== '["text"]' },
    ...named('audio functions function_call web_search_options', everywhere('refused')),
    { name: 'service_tier', to: everywhere('dropped'), asks: (value) => value !== 'auto' && value !== 'default' },
    { name: 'store', to: everywhere('dropped'), asks: isTrue },
    { name: 'metadata', to: everywhere('dropped'), asks: notEmpty },
    ...named('prediction verbosity prompt_cache_key prompt_cache_retention safety_identifier', everywhere('dropped')),
  ],
  'anthropic-messages': [
    ...named(translatedFromAnthropic, elsewhere('translated')),
    { name: 'top_k', to: { openai: 'dropped', google: 'translated', project: 'translated' } },
    {
      name: 'tool_choice',
      of: 'disable_parallel_tool_use, with tools',
      to: { openai: 'translated', google: 'refused', project: 'refused' },
      asks: (value, body) =>
        (value as { disable_parallel_tool_use?: unknown } | null)?.disable_parallel_tool_use === true && hasTools(body),
    },
    { name: 'metadata', of: 'user_id', to: { openai: 'translated', google: 'dropped', project: 'dropped' }, asks: notEmpty },
    { name: 'thinking', to: elsewhere('dropped'), asks: (value) => typeOf(value) !== 'disabled' },
    {
      name: 'output_config',
      of: 'without a format',
      to: elsewhere('dropped'),
      asks: (value) => notEmpty(value) && (value as { format?: unknown }).format === undefined,
    },
    {
      name: 'output_config',
      of: 'with a format',
      to: elsewhere('refused'),
      asks: (value) => typeof (value as { format?: unknown } | null)?.format === 'object',
    },
    ...named('output_format container mcp_servers', elsewhere('refused')),
    ...named('context_management cache_control inference_geo speed', elsewhere('dropped')),
    { name: 'service_tier', to: elsewhere('dropped'), asks: (value) => value !== 'auto' && value !== 'standard_only' },
  ],
  'openai-embeddings': [
    ...named('input encoding_format dimensions', { google: 'translated' }),
    ...named('user', { google: 'dropped' }),
  ],
};

/**
 * What becomes of a request at a provider of another protocol. Members that nobody knows here are left out, and named.
 * @returns the names of what is refused and of what is left out, each once.
 */
export function treatmentOf(source: Source, body: RequestBody, family: ProviderFamily): { refused: string[]; dropped: string[] } {
  const rows = parameters[source];
  const found = { refused: new Set<string>(), dropped: new Set<string>() };
  for (const [name, value] of Object.entries(body)) {
    if (own.has(name) || value === undefined || value === null) continue;
    const ofName = rows.filter((row) => row.name === name);
    if (ofName.length === 0) found.dropped.add(nameOfFeature(name));
    for (const { to, asks, of } of ofName) {
      const treatment = to[family] ?? 'dropped';
      if (treatment === 'translated' || asks?.(value, body) === false) continue;
      found[treatment].add(treatment === 'refused' && of !== undefined ? `${name} (${of})` : name);
    }
  }
  return { refused: [...found.refused], dropped: [...found.dropped] };
}

/** Names of the AI SDK for what it left out, as the protocol calls them. */
const ofSdk: Readonly<Record<string, string>> = {
  topP: 'top_p',
  topK: 'top_k',
  frequencyPenalty: 'frequency_penalty',
  presencePenalty: 'presence_penalty',
  responseFormat: 'response_format',
  reasoning: 'reasoning_effort',
  toolChoice: 'tool_choice',
  maxOutputTokens: 'max_tokens',
  stopSequences: 'stop',
};

/** The name of a member that the AI SDK left out for one model, fit for a header. */
export function nameOfFeature(feature: string): string {
  return ofSdk[feature] ?? feature.replaceAll(/[^\w.-]+/g, '-').slice(0, 60);
}

/** What the SDKs of all providers are told beside their common terms; each reads its own part. */
export function providerOptionsOf(asked: { user?: string | undefined; parallel: boolean }) {
  const { user, parallel } = asked;
  if (user === undefined && parallel) return undefined;
  const openai = { ...(user === undefined ? {} : { user }), ...(parallel ? {} : { parallelToolCalls: false }) };
  const compatible = { ...(user === undefined ? {} : { user }), ...(parallel ? {} : { parallel_tool_calls: false }) };
  const anthropic = {
    ...(user === undefined ? {} : { metadata: { userId: user } }),
    ...(parallel ? {} : { disableParallelToolUse: true }),
  };
  return { anthropic, openai, groq: openai, configured: compatible, ollama: compatible };
}
