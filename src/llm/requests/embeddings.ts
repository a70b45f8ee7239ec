/** Vectors of texts: passed through where the provider has OpenAI's embeddings, through the AI SDK where it has its own. */
import type { Candidate } from '../attempt/candidates.ts';
import { ModelFailure } from '../attempt/failure.ts';
import type { Gateway } from '../gateway.ts';
import type { Spender } from '../money/budgets.ts';
import { treatmentOf } from '../protocols/parameters.ts';
import { count, usageOf } from '../protocols/usage.ts';

export interface EmbeddingRequest {
  model: string;
  input: string | string[];
  encoding_format?: 'float' | 'base64' | null | undefined;
  dimensions?: number | null | undefined;
}

/** An answer in the shape of OpenAI's embeddings. */
export interface GivenVectors {
  body: string;
  /** `provider/model` that gave it. */
  model: string;
  /** US dollars, where the price is known. */
  cost: number | undefined;
  /** Members of the request that the provider does not have and that were left out. */
  dropped?: readonly string[];
}

interface Vectors {
  body: string;
  tokens: number | undefined;
}

/** @param context on whose account it goes, and what aborts when nobody waits any more. @throws TimonelError */
export async function embed(
  gateway: Gateway,
  request: EmbeddingRequest,
  context: { spender: Spender; signal: AbortSignal },
): Promise<GivenVectors> {
  const call = await gateway.open(gateway.resolve(context.spender.workspaceId, request.model), request, context);
  call.bill.operation = 'embeddings';
  const { candidate, answer, cost } = await call.whole(
    async (by, attempt): Promise<Vectors> => {
      const wire = by.provider.wires['openai-embeddings'];
      if (wire === undefined) return translated(by, request, attempt.signal);
      const sent = await gateway.upstream.send(wire, JSON.stringify({ ...request, model: by.model }), attempt);
      return read(await sent.body.text(), request.encoding_format === 'base64');
    },
    ({ tokens }) => (tokens === undefined ? undefined : usageOf({ input: tokens, output: 0 })),
  );
  const isPassedOn = candidate.provider.wires['openai-embeddings'] !== undefined;
  const dropped = isPassedOn ? [] : treatmentOf('openai-embeddings', { ...request }, candidate.provider.family).dropped;
  return { body: answer.body, model: candidate.name, cost, dropped };
}

/** Servers differ in what they make of `encoding_format`, and clients take it that they got what they asked for. */
function read(body: string, asBase64: boolean): Vectors {
  let value: { data?: unknown; usage?: { prompt_tokens?: unknown } };
  try {
    value = JSON.parse(body) as typeof value;
  } catch (error) {
    throw new ModelFailure('malformed', 'the answer is not valid JSON', { cause: error });
  }
  if (!Array.isArray(value.data)) throw new ModelFailure('malformed', 'the answer has no vectors');
  const tokens = count(value.usage?.prompt_tokens);
  const data = value.data as { embedding?: unknown }[];
  const isAsked = ({ embedding }: { embedding?: unknown }) => typeof embedding === (asBase64 ? 'string' : 'object');
  if (data.every((each) => typeof each === 'object' && each !== null && isAsked(each))) return { body, tokens };
  const encoded = data.map((each) => ({ ...each, embedding: encodedAs(asBase64, each.embedding) }));
  return { body: JSON.stringify({ ...value, data: encoded }), tokens };
}

/** @throws ModelFailure `malformed` */
function encodedAs(asBase64: boolean, embedding: unknown): string | readonly number[] {
  if (typeof embedding === 'string') return asBase64 ? embedding : floats(embedding);
  if (!Array.isArray(embedding) || !embedding.every((value) => typeof value === 'number'))
    throw new ModelFailure('malformed', 'the answer has no vectors');
  return asBase64 ? base64(embedding) : embedding;
}

async function translated(
  { provider, model, name }: Candidate,
  request: EmbeddingRequest,
  abortSignal: AbortSignal,
): Promise<Vectors> {
  const embedder = provider.embedding?.(model);
  if (embedder === undefined) throw new ModelFailure('model-missing', `${provider.name} has no embeddings`);
  const values = typeof request.input === 'string' ? [request.input] : request.input;
  const { dimensions } = request;
  const sized = typeof dimensions === 'number' ? { providerOptions: { google: { outputDimensionality: dimensions } } } : {};
  const { embeddings, usage } = await embedder.doEmbed({ values, abortSignal, ...sized });
  const data = embeddings.map((embedding, index) => ({
    object: 'embedding',
    index,
    embedding: encodedAs(request.encoding_format === 'base64', embedding),
  }));
  const tokens = usage?.tokens;
  const body = { object: 'list', data, model: name, usage: { prompt_tokens: tokens ?? 0, total_tokens: tokens ?? 0 } };
  return { body: JSON.stringify(body), tokens };
}

/** 32-bit floats, little-endian, as OpenAI's clients ask for by default. */
function base64(vector: readonly number[]): string {
  const bytes = Buffer.alloc(vector.length * 4);
  for (const [index, value] of vector.entries()) bytes.writeFloatLE(value, index * 4);
  return bytes.toString('base64');
}

function floats(encoded: string): number[] {
  const bytes = Buffer.from(encoded, 'base64');
  if (bytes.length === 0 || bytes.length % 4 !== 0) throw new ModelFailure('malformed', 'the answer has no vectors');
  return Array.from({ length: bytes.length / 4 }, (_, index) => bytes.readFloatLE(index * 4));
}
