/**
 * The most tokens that a request can use, before it is sent.
 *
 * Counted in bytes: every tokenizer of these providers falls back to bytes, so a text never has more tokens than UTF-8 bytes, in any model.
 * Counting with a tokenizer is closer (about a fifth for English) but takes 450 times as long, needs 76 MB, and is right for one family of
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
const perImage: Readonly<Record<string, number>> = { anthropic: 5_000, google: 10_000 };
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
  const input = inputBound(request, { image: perImage[model.split('/')[0] ?? ''] ?? perImageElsewhere, context });
  const output = outputBound(request, maxOutput);
  return { model, tokens: input + output, money: price === undefined ? undefined : highestCost(price, { input, output }) };
}

/** @param most tokens of an image, and of what has no bound of its own. */
function inputBound(request: object, most: { image: number; context: number }): number {
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
    (remote || hosted ? most.context : 0) +
    boundOf(request, most, 0)
  );
}

function boundOf(value: unknown, most: { image: number; context: number }, depth: number): number {
  if (typeof value === 'string') return Buffer.byteLength(value);
  // Deeper than any request that a provider takes; what is below is counted as if it filled the model.
  if (depth > 200) return most.context;
  if (Array.isArray(value)) return value.reduce((sum: number, each) => sum + boundOf(each, most, depth + 1), 0);
  if (value instanceof Uint8Array) return value.byteLength;
  if (typeof value !== 'object' || value === null) return 24;
  const members = value as Readonly<Record<string, unknown>>;
  const media = mediaOf(members);
  let sum = media === undefined ? 0 : most[media];
  if (typeof members['role'] === 'string') sum += aroundMessage;
  for (const name in members) {
    const member = members[name];
    if (member === undefined || (media !== undefined && isData(name, member))) continue;
    sum += Buffer.byteLength(name) + aroundMember + boundOf(member, most, depth + 1);
  }
  return sum;
}

/** Whether an object is a picture, or something else that is not text: its bytes say nothing about its tokens. */
function mediaOf({ type, mediaType, source }: Readonly<Record<string, unknown>>): 'image' | 'context' | undefined {
  if (typeof type !== 'string') return undefined;
  if (/^(image|input_image|image_url|image-data|image-url)$/.test(type)) return 'image';
  if (!/^(file|input_file|document|input_audio|audio|video|media|file-data|file-url)$/.test(type)) return undefined;
  if (typeof mediaType === 'string' && mediaType.startsWith('image/')) return 'image';
  if ((source as { type?: unknown } | undefined)?.type === 'text') return undefined;
  return 'context';
}

function isData(name: string, value: unknown): boolean {
  if (value instanceof Uint8Array || value instanceof URL) return true;
  if (typeof value === 'string') return name === 'data' || name === 'file_data' || value.startsWith('data:');
  // Where the data is one level down: image_url, source, file, input_audio.
  return /^(image_url|source|file|input_audio)$/.test(name);
}

function outputBound(request: object, maxOutput: number): number {
  const members = request as Readonly<Record<string, unknown>>;
  const limits = ['max_completion_tokens', 'max_output_tokens', 'max_tokens', 'maxOutputTokens'].map((name) => members[name]);
  const given = limits.filter((limit) => typeof limit === 'number' && limit >= 0) as number[];
  const answers = typeof members['n'] === 'number' && members['n'] > 1 ? members['n'] : 1;
  return Math.min(most, Math.ceil(answers * (given.length === 0 ? maxOutput : Math.max(...given))));
}
