/** Sound to text and text to sound, by any provider with OpenAI's audio API. Budget, breaker and failover are those of every call. */
import { ModelFailure } from '../attempt/failure.ts';
import type { Gateway } from '../gateway.ts';
import type { Spender } from '../money/budgets.ts';
import type { RequestSize } from '../money/tokens.ts';
import { usageOf } from '../protocols/usage.ts';
import type { WireAnswer } from '../wire/upstream.ts';

/** What a recogniser heard. */
export interface Transcript {
  /** Empty where nothing was said, or nothing that can be told from noise. */
  text: string;
  /** ISO 639-1, where the recogniser says it. */
  language: string | undefined;
  /** 0 to 1; `undefined` where the recogniser says nothing of it. */
  confidence: number | undefined;
  /** Length of the sound. */
  seconds: number | undefined;
  /** `provider/model`. */
  model: string;
  /** US dollars, where the price is known. */
  cost: number | undefined;
}

interface CallContext {
  spender: Spender;
  signal: AbortSignal;
}

/** Voice is kept in at least so many bytes a second: the fewer, the more money is held until the length is known. */
const bytesPerSecond = 500;
const longestSound = 33_554_432;
/** From where on a recogniser itself says that a piece is silence. */
const silence = 0.6;

/** @param sound `name` ends as its kind does: recognisers go by that. @throws TimonelError as of any model call */
export async function transcribe(
  gateway: Gateway,
  request: { model: string; sound: { data: Buffer<ArrayBuffer>; mediaType: string; name: string } },
  { spender, signal }: CallContext,
): Promise<Transcript> {
  const { model, sound } = request;
  const seconds = Math.ceil(sound.data.length / bytesPerSecond);
  const told = { model, sound: { name: sound.name, mediaType: sound.mediaType, bytes: sound.data.length } };
  const call = await gateway.open(gateway.resolve(spender.workspaceId, model), told, { spender, signal, size: sizeIs(seconds) });
  call.bill.operation = 'transcription';
  const { candidate, answer, cost } = await call.whole(
    async (by, attempt) => {
      const wire = by.provider.wires['openai-transcriptions'];
      if (wire === undefined) throw new ModelFailure('model-missing', `${by.provider.name} has no transcription`);
      const form = new FormData();
      form.append('file', new Blob([sound.data], { type: sound.mediaType }), sound.name);
      form.append('model', by.model);
      form.append('response_format', 'verbose_json');
      form.append('temperature', '0');
      const encoded = new Response(form);
      const headers = { ...wire.headers, 'content-type': encoded.headers.get('content-type') ?? '' };
      const sent = await gateway.upstream.send({ ...wire, headers }, Buffer.from(await encoded.arrayBuffer()), attempt);
      return heard(await sent.body.text());
    },
    (heard) => (heard.seconds === undefined ? undefined : usageOf({ input: Math.max(1, Math.ceil(heard.seconds)), output: 0 })),
  );
  return { ...answer, model: candidate.name, cost };
}

/** @returns OGG with Opus. @throws TimonelError as of any model call */
export async function synthesise(
  gateway: Gateway,
  request: { model: string; voice: string; text: string },
  { spender, signal }: CallContext,
): Promise<{ sound: Buffer; model: string }> {
  const { model, voice, text } = request;
  const asked = { model, voice, input: text };
  const call = await gateway.open(gateway.resolve(spender.workspaceId, model), asked, {
    spender,
    signal,
    size: sizeIs(text.length),
  });
  call.bill.operation = 'speech';
  const { candidate, answer } = await call.whole(
    async (by, attempt) => {
      const wire = by.provider.wires['openai-speech'];
      if (wire === undefined) throw new ModelFailure('model-missing', `${by.provider.name} has no speech`);
      const body = JSON.stringify({ model: by.model, voice, input: text, response_format: 'opus' });
      const sound = await bytesOf(await gateway.upstream.send(wire, body, attempt));
      if (sound.subarray(0, 4).toString('latin1') !== 'OggS') throw new ModelFailure('malformed', 'the answer is not OGG');
      return sound;
    },
    () => usageOf({ input: text.length, output: 0 }),
  );
  return { sound: answer, model: candidate.name };
}

/** Seconds and characters are paid for as tokens are. */
function sizeIs(units: number): RequestSize {
  return { bytes: units, images: 0, wholes: 0, caching: 'unasked', answer: 0, answers: 1 };
}

async function bytesOf({ body }: WireAnswer): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for (let chunk = await body.next(); chunk !== undefined; chunk = await body.next()) {
    bytes += chunk.length;
    if (bytes > longestSound) throw new ModelFailure('malformed', 'the sound is too long');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

type Heard = Omit<Transcript, 'model' | 'cost'>;

/** @throws ModelFailure `malformed` */
function heard(body: string): Heard {
  let value: Record<string, unknown>;
  try {
    value = JSON.parse(body) as Record<string, unknown>;
  } catch (error) {
    throw new ModelFailure('malformed', 'the answer is not valid JSON', { cause: error });
  }
  const { text, duration, language } = value;
  if (typeof text !== 'string') throw new ModelFailure('malformed', 'the answer has no text');
  const segments = Array.isArray(value['segments']) ? (value['segments'] as Record<string, unknown>[]) : [];
  const silent =
    segments.length > 0 && segments.every((each) => Number(each['no_speech_prob']) > silence && Number(each['avg_logprob']) < -1);
  return {
    // What recognisers write down of silence was not said.
    text: silent ? '' : text.trim(),
    language: typeof language === 'string' ? languageCode(language) : undefined,
    confidence: confidenceOf(value['confidence'], segments),
    seconds: typeof duration === 'number' && Number.isFinite(duration) && duration >= 0 ? duration : undefined,
  };
}

/** The mean probability of the words, weighted by time: recognisers give its logarithm for each piece. */
function confidenceOf(given: unknown, segments: readonly Record<string, unknown>[]): number | undefined {
  if (typeof given === 'number' && given >= 0 && given <= 1) return given;
  let weight = 0;
  let sum = 0;
  for (const { avg_logprob: logarithm, start, end } of segments) {
    if (typeof logarithm !== 'number') continue;
    const length = typeof start === 'number' && typeof end === 'number' && end > start ? end - start : 1;
    weight += length;
    sum += length * logarithm;
  }
  return weight === 0 ? undefined : Math.min(1, Math.exp(sum / weight));
}

/** Whisper's own server writes `spanish`, others `es`. */
function languageCode(name: string): string {
  const known: Readonly<Record<string, string>> = { spanish: 'es', english: 'en', portuguese: 'pt' };
  return known[name.toLowerCase()] ?? name.toLowerCase().slice(0, 2);
}
