/**
 * The most tokens that a request can use, before it is sent.
 *
 * Counted in bytes: every tokenizer of these providers falls back to bytes, so a text never has more tokens than UTF-8 bytes, in any model.
 * Counting with a tokenizer is closer (about a fifth for English), takes from eight to a hundred times as long, and is right for one family of
 * models only; see docs/decisions/0011. What is reserved in excess comes back when the call ends.
 */
import { type Caching, highestCost, type Prices } from './prices.ts';

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

/** What a request holds, whichever model it goes to. A route has several: it is walked once for all of them. */
export interface RequestSize {
  /** Of text and of what is around it: a token each at most. */
  bytes: number;
  images: number;
  /** Things that have no bound of their own, and may fill the model. */
  wholes: number;
  /** It asks for something to be put into the provider's prompt cache: for minutes, or for as long as there may be. */
  caching: Caching;
  /** Tokens of one answer as asked for; `undefined` where nothing is said. */
  answer: number | undefined;
  answers: number;
}

/**
 * @param request body of a call in the shape of any protocol: OpenAI's chat, responses and embeddings, Anthropic's messages, the AI SDK's
 * call options.
 */
export function sizeOf(request: object): RequestSize {
  const members = request as Readonly<Record<string, unknown>>;
  const size: RequestSize = { bytes: aroundRequest, images: 0, wholes: 0, caching: 'unasked', answer: undefined, answers: 1 };
  const tools = Array.isArray(members['tools']) ? members['tools'] : [];
  // A search or a sandbox of the provider feeds the model with what nobody has seen yet.
  if (tools.some(isHosted) || remembered.some((name) => members[name] != null)) size.wholes = 1;
  if (tools.length > 0 || shapes.some((name) => members[name] != null)) size.bytes += aroundTools;
  for (const name of answerLimits) {
    const limit = members[name];
    if (typeof limit === 'number' && limit >= 0) size.answer = Math.max(size.answer ?? 0, limit);
  }
  if (typeof members['n'] === 'number' && members['n'] > 1) size.answers = members['n'];
  add(size, request, 0);
  return size;
}

/** The most that a request of this size can use at a model. @param model `provider/model` that it goes to. */
export function boundAt(size: RequestSize, model: string, prices: Prices): UpperBound {
  const price = prices.find(model);
  const { context = unknownModel.context, maxOutput = unknownModel.maxOutput } = price ?? unknownModel;
  const image = perImage.get(model.slice(0, Math.max(0, model.indexOf('/')))) ?? perImageElsewhere;
  const input = Math.min(most, size.bytes + size.images * image + size.wholes * context);
  const output = Math.min(most, Math.ceil(size.answers * (size.answer ?? maxOutput)));
  return {
    model,
    tokens: input + output,
    money: price === undefined ? undefined : highestCost(price, { input, output }, size.caching),
  };
}

/** Both in one, for a single model. */
export function upperBound(request: object, model: string, prices: Prices): UpperBound {
  return boundAt(sizeOf(request), model, prices);
}

const remembered = ['previous_response_id', 'conversation', 'cachedContent'];
const shapes = ['response_format', 'responseFormat', 'text', 'output_config', 'output_format'];
const answerLimits = ['max_completion_tokens', 'max_output_tokens', 'max_tokens', 'maxOutputTokens'];

function isHosted(tool: unknown): boolean {
  return !['function', 'custom', undefined].includes((tool as { type?: string } | null)?.type);
}

function add(size: RequestSize, value: unknown, depth: number): void {
  if (typeof value === 'string') size.bytes += Buffer.byteLength(value);
  else if (depth > 200) {
    // Deeper than any request that a provider takes; what is below is counted as if it filled the model.
    size.caching = 'long';
    size.wholes += 1;
  } else if (Array.isArray(value)) for (const each of value) add(size, each, depth + 1);
  else if (value instanceof Uint8Array) size.bytes += value.byteLength;
  else if (typeof value !== 'object' || value === null) size.bytes += 24;
  else addMembers(size, value as Readonly<Record<string, unknown>>, depth);
}

function addMembers(size: RequestSize, members: Readonly<Record<string, unknown>>, depth: number): void {
  const media = mediaOf(members);
  if (media === 'image') size.images += 1;
  else if (media === 'context') size.wholes += 1;
  if (typeof members['role'] === 'string') size.bytes += aroundMessage;
  for (const name in members) {
    const member = members[name];
    if (member === undefined || (media !== undefined && isData(name, member))) continue;
    // cache_control, cachePoint, prompt_cache_retention and what they will think of.
    if (size.caching !== 'long' && /cache/i.test(name)) size.caching = isShort(name, member) ? 'short' : 'long';
    size.bytes += Buffer.byteLength(name) + aroundMember;
    add(size, member, depth + 1);
  }
}

/** Anthropic's mark without a time, in its own words and in the AI SDK's: five minutes. */
function isShort(name: string, mark: unknown): boolean {
  if (name !== 'cache_control' && name !== 'cacheControl') return false;
  const { type, ttl } = (mark ?? {}) as { type?: unknown; ttl?: unknown };
  return type === 'ephemeral' && (ttl === undefined || ttl === '5m');
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
