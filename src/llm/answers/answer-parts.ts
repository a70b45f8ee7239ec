/**
 * The parts of a streamed answer, from a provider of the AI SDK: held until the first content has come, so that a failure before it is
 * a failure of the attempt; and continued elsewhere when it breaks after that.
 */
import type { LanguageModelV4CallOptions, LanguageModelV4StreamPart, SharedV4Warning } from '@ai-sdk/provider';
import type { AttemptClock } from '../attempt/attempt-clock.ts';
import type { Attempt, Candidate } from '../attempt/candidates.ts';
import { failureOf, failureOfErrorEvent, ModelFailure } from '../attempt/failure.ts';
import { promptFor } from './joined-texts.ts';

export type Part = LanguageModelV4StreamPart;
export type FinishPart = Extract<Part, { type: 'finish' }>;

/** The call as the provider gets it, but for the model and the signal. */
export type ModelCallOptions = Omit<LanguageModelV4CallOptions, 'abortSignal'>;

/** Parts of one answer by one target. `undefined` after the part `finish`. @throws ModelFailure */
export interface PartReader {
  /** What was asked for and the model does not have, in the names of the AI SDK. */
  unsupported?: readonly string[];
  next(): Promise<Part | undefined>;
}

/** Begins an answer: resolves with its first content, which is then the first that `next` gives. */
export function beginAnswer(call: ModelCallOptions): Attempt<PartReader> {
  return async (candidate, clock) => {
    const reader = await open(candidate, call, clock);
    const held: Part[] = [];
    let unsupported: readonly string[] = [];
    for (;;) {
      const part = await reader.next();
      if (part === undefined) break;
      held.push(part);
      if (part.type === 'stream-start') unsupported = unsupportedOf(part.warnings);
      if (isContent(part)) break;
      if (part.type !== 'finish') continue;
      if (part.finishReason.unified === 'content-filter')
        throw new ModelFailure('refused', 'the content filter of the provider stopped the answer');
      break;
    }
    return { next: async () => held.shift() ?? reader.next(), unsupported };
  };
}

/** What the AI SDK left out of a call for want of a counterpart. A model of the project may say nothing. */
export function unsupportedOf(warnings: readonly SharedV4Warning[] | undefined): string[] {
  return (warnings ?? []).flatMap((warning) => (warning.type === 'unsupported' ? [warning.feature] : []));
}

/**
 * Goes on with an answer of which `shown` was already passed on: by prefill where the model continues one, else by asking again and
 * leaving out what is repeated. Resolves with the first text that is new.
 */
export function continueAnswer(call: ModelCallOptions, shown: string): Attempt<PartReader> {
  const again: Attempt<PartReader> = async (candidate, clock) => afterRepeated(await open(candidate, call, clock), shown);
  return async (candidate, clock) => {
    const continues = candidate.target.prefill ?? candidate.provider.continuesPrefill(candidate.model);
    if (!continues || shown.trim() === '') return again(candidate, clock);
    try {
      return await prefilled(candidate, call, shown, clock);
    } catch (error) {
      // A model that turned out not to continue answers is asked like any other.
      if (clock.failure === undefined && failureOf(error).kind === 'invalid-request') return again(candidate, clock);
      throw error;
    }
  };
}

async function prefilled(candidate: Candidate, call: ModelCallOptions, shown: string, clock: AttemptClock): Promise<PartReader> {
  // Anthropic refuses a prefill that ends in white space, and then begins with it or without it.
  const text = shown.trimEnd();
  const prompt = [...call.prompt, { role: 'assistant' as const, content: [{ type: 'text' as const, text }] }];
  const reader = await open(candidate, { ...call, prompt }, clock);
  const blank = shown.slice(text.length);
  return blank === '' ? firstContent(reader) : afterRepeated(reader, blank, true);
}

async function firstContent(reader: PartReader): Promise<PartReader> {
  const held: Part[] = [];
  for (;;) {
    const part = await reader.next();
    if (part === undefined) break;
    if (part.type.startsWith('reasoning')) continue;
    held.push(part);
    if (isContent(part) || part.type === 'finish') break;
  }
  return { next: async () => held.shift() ?? reader.next() };
}

/**
 * Drops the text that repeats `shown`, and all reasoning before it.
 * @param optional it need not be repeated.
 * @throws ModelFailure `diverged`
 */
async function afterRepeated(reader: PartReader, shown: string, optional = false): Promise<PartReader> {
  let left = shown;
  for (;;) {
    const part = await reader.next();
    if (part === undefined || part.type === 'finish' || part.type === 'tool-call' || part.type === 'tool-input-start') {
      if (left !== '' && !optional) throw new ModelFailure('diverged', 'asked again, the model gave another answer');
      return part === undefined ? reader : withFirst(part, reader);
    }
    if (part.type !== 'text-delta') continue;
    const common = Math.min(left.length, part.delta.length);
    if (part.delta.slice(0, common) !== left.slice(0, common)) {
      if (optional && left === shown) return withFirst(part, reader);
      throw new ModelFailure('diverged', 'asked again, the model gave another answer');
    }
    left = left.slice(common);
    if (common < part.delta.length) return withFirst({ ...part, delta: part.delta.slice(common) }, reader);
  }
}

function withFirst(first: Part, reader: PartReader): PartReader {
  let held: Part | undefined = first;
  return {
    async next() {
      const part = held ?? (await reader.next());
      held = undefined;
      return part;
    },
  };
}

/** Asks for a stream and reads it as {@link PartReader}. @throws ModelFailure */
async function open(candidate: Candidate, call: ModelCallOptions, clock: AttemptClock): Promise<PartReader> {
  const { provider, model } = candidate;
  const prompt = promptFor(provider.family, call.prompt);
  const { stream } = await provider.chat(model).doStream({ ...call, prompt, abortSignal: clock.signal });
  const reader = stream.getReader();
  // A model of the project may not heed the signal; nobody waits for it longer than the clock allows.
  const stopped = new Promise<never>((_, reject) => {
    clock.signal.addEventListener('abort', () => reject(clock.signal.reason), { once: true });
  });
  stopped.catch(() => void reader.cancel().catch(() => {}));
  let ended = false;
  return {
    async next() {
      if (ended) return undefined;
      const { done, value } = await Promise.race([reader.read(), stopped]);
      if (done) throw new ModelFailure('cut', 'the stream ended before the answer was complete');
      if (value.type === 'error') throw value.error instanceof Error ? failureOf(value.error) : failureOfErrorEvent(value.error);
      if (isContent(value)) clock.piece();
      if (value.type === 'finish') {
        const { unified } = value.finishReason;
        if (unified === 'error' || unified === 'interrupted')
          throw new ModelFailure('cut', 'the stream ended before the answer was complete');
        ended = true;
        clock.complete();
      }
      return value;
    },
  };
}

function isContent(part: Part): boolean {
  switch (part.type) {
    case 'text-delta':
    case 'reasoning-delta':
      return part.delta !== '';
    case 'tool-input-start':
    case 'tool-input-delta':
    case 'tool-call':
    case 'file':
      return true;
    default:
      return false;
  }
}
