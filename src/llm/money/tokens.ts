/**
 * The most tokens that a request can use, before it is sent.
 *
 * Counted in bytes: every tokenizer of these providers falls back to bytes, so a text never has more tokens than UTF-8 bytes, in any model.
 * Counting with a tokenizer is closer (about a fifth for English), takes from eight to a hundred times as long, and is right for one family of
 * models only; see docs/decisions/0011. What is reserved in excess comes back when the call ends.
 */
import { highestCost, type Prices } from './prices.ts';

/** The most that a call can use. */
export interface UpperBound {
  /** `provider/model`. */
  model: string;
  /** Input and output. */
  tokens: number;
  /** Nano-dollars; `undefined` where the price of the model is not known. */
  money: bigint | undefined;
}

/** No provider gives more; whoever asks for more is refused by it, and sums stay whole numbers. */
const most = 1_000_000_000_000;

/** Where a model's limits are not known. */
const unknownModel = { context: 2_000_000, maxOutput: 128_000 };

/** Tokens of one image at most, by provider; OpenAI's smallest model of the fourth generation counts them dearest. */
const perImage: ReadonlyMap<string, number> = new Map([
  ['anthropic', 5_000],
  ['google', 10_000],
]);
const perImageElsewhere = 50_000;

/** What providers put around a request, and around one message. */
const aroundRequest = 64;
const aroundMessage = 32;
/** Instructions that providers add for tools and structured output. */
const aroundTools = 1_024;
/** Quotes, separators and indentation of one member of a JSON object. */
const aroundMember = 8;

/**
 * @param request body of a call in the shape of any protocol: OpenAI's chat, responses and embeddings, Anthropic's messages, the AI SDK's
 * call options.
 * @param model `provider/model` that it goes to.
 */
export function upperBound(request: object, model: string, prices: Prices): UpperBound {
  const price = prices.find(model);
  const { context, maxOutput } = { ...unknownModel, ...price };
  const seen: Seen = { image: perImage.get(model.split('/')[0] ?? '') ?? perImageElsewhere, context, caching: false };
  const input = Math.min(most, inputBound(request, seen));
  const output = outputBound(request, maxOutput);
  return {
    model,
    tokens: input + output,
    money: price === undefined ? undefined : highestCost(price, { input, output }, seen.caching),
  };
}

interface Seen {
  /** Tokens of an image at most. */
  image: number;
  /** Tokens of what has no bound of its own. */
  context: number;
  /** The request asks for something to be put into the provider's prompt cache. */
  caching: boolean;
}

function inputBound(request: object, seen: Seen): number {
  const members = request as Readonly<Record<string, unknown>>;
  const remote = ['previous_response_id', 'conversation', 'cachedContent'].some((name) => members[name] != null);
  const tools = Array.isArray(members['tools']) ? members['tools'] : [];
  // A search or a sandbox of the provider feeds the model with what nobody has seen yet.
  const hosted = tools.some((tool) => !['function', 'custom', undefined].includes((tool as { type?: string } | null)?.type));
  const shaped = ['response_format', 'responseFormat', 'text', 'output_config', 'output_format'].some(
    (name) => members[name] != null,
  );
  return (
    aroundRequest +
    (tools.length > 0 || shaped ? aroundTools : 0) +
    (remote || hosted ? seen.context : 0) +
    boundOf(request, seen, 0)
  );
}

function boundOf(value: unknown, seen: Seen, depth: number): number {
  if (typeof value === 'string') return Buffer.byteLength(value);
  // Deeper than any request that a provider takes; what is below is counted as if it filled the model.
  if (depth > 200) {
    seen.caching = true;
    return seen.context;
  }
  if (Array.isArray(value)) return value.reduce((sum: number, each) => sum + boundOf(each, seen, depth + 1), 0);
  if (value instanceof Uint8Array) return value.byteLength;
  if (typeof value !== 'object' || value === null) return 24;
  const members = value as Readonly<Record<string, unknown>>;
  const media = mediaOf(members);
  let sum = media === undefined ? 0 : seen[media];
  if (typeof members['role'] === 'string') sum += aroundMessage;
  for (const name in members) {
    const member = members[name];
    if (member === undefined || (media !== undefined && isData(name, member))) continue;
    // cache_control, cachePoint, prompt_cache_retention and what they will think of.
    if (!seen.caching && /cache/i.test(name)) seen.caching = true;
    sum += Buffer.byteLength(name) + aroundMember + boundOf(member, seen, depth + 1);
  }
  return sum;
}

const dataMembers = new Set(['data', 'file_data', 'image_url', 'source', 'file', 'input_audio']);

/** Whether an object is a picture, or something else that is not text: its bytes say nothing about its tokens. */
function mediaOf({ type, mediaType, source, data }: Readonly<Record<string, unknown>>): 'image' | 'context' | undefined {
  if (typeof type !== 'string') return undefined;
  if (/^(image|input_image|image_url|image-data|image-url)$/.test(type)) return 'image';
  if (!/^(file|input_file|document|input_audio|audio|video|media|file-data|file-url|reasoning-file)$/.test(type)) return undefined;
  if (typeof mediaType === 'string' && mediaType.startsWith('image')) return 'image';
  // A document that is given as text.
  if ([source, data].some((given) => (given as { type?: unknown } | null | undefined)?.type === 'text')) return undefined;
  return 'context';
}

function isData(name: string, value: unknown): boolean {
  return dataMembers.has(name) || (typeof value === 'string' && value.startsWith('data:'));
}

function outputBound(request: object, maxOutput: number): number {
  const members = request as Readonly<Record<string, unknown>>;
  const limits = ['max_completion_tokens', 'max_output_tokens', 'max_tokens', 'maxOutputTokens'].map((name) => members[name]);
  const given = limits.filter((limit) => typeof limit === 'number' && limit >= 0) as number[];
  const answers = typeof members['n'] === 'number' && members['n'] > 1 ? members['n'] : 1;
  return Math.min(most, Math.ceil(answers * (given.length === 0 ? maxOutput : Math.max(...given))));
}
