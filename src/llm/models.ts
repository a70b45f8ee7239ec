/**
 * The models that agents can use, by name. The contract is the Vercel AI SDK's provider interface, so any of its providers fits.
 */
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { APICallError, type LanguageModelV4 } from '@ai-sdk/provider';
import { ExponentialBackoff, handleWhen, retry } from 'cockatiel';
import type { Settings } from '../config.ts';
import { messageOf, TimonelError } from '../errors.ts';
import type { ModelAnswer, ModelRequest } from './contract.ts';
import { pooledFetch } from './pooled-fetch.ts';
import { collectStream } from './stream.ts';

/** US dollars per million tokens. */
export interface Price {
  input: number;
  output: number;
}

/** Models by the name that agents use; `default` serves agents that name none. */
export class Models {
  readonly #models: ReadonlyMap<string, LanguageModelV4>;
  readonly #prices: Readonly<Record<string, Price>>;
  readonly #timeoutMs: number;

  constructor(models: Readonly<Record<string, LanguageModelV4>>, prices: Readonly<Record<string, Price>>, timeoutMs: number) {
    this.#models = new Map(Object.entries(models));
    this.#prices = prices;
    this.#timeoutMs = timeoutMs;
  }

  /** The model of that name, or the default; `undefined` where none is configured. */
  find(name: string | undefined): { name: string; model: LanguageModelV4; price: Price | undefined } | undefined {
    const chosen = name !== undefined && this.#models.has(name) ? name : 'default';
    const model = this.#models.get(chosen);
    return model === undefined ? undefined : { name: chosen, model, price: this.#prices[chosen] ?? this.#prices[model.modelId] };
  }

  /**
   * Asks a model once, again after a passing failure.
   * @throws TimonelError `model_unavailable` when it does not answer within the timeout or refuses.
   */
  async ask(model: LanguageModelV4, request: ModelRequest): Promise<ModelAnswer> {
    // One controller and one timer, both gone with the call: AbortSignal.any and AbortSignal.timeout outlive it.
    const stop = new AbortController();
    let timedOut = false;
    const timer = setTimeout(() => {
      timedOut = true;
      stop.abort();
    }, this.#timeoutMs);
    const abort = () => stop.abort(request.signal.reason);
    request.signal.addEventListener('abort', abort, { once: true });
    try {
      return await retried.execute(() => answerOf(model, request, stop.signal), stop.signal);
    } catch (error) {
      const why = timedOut ? `no answer within ${this.#timeoutMs} ms` : messageOf(error);
      throw new TimonelError('model_unavailable', `The model ${model.modelId} did not answer: ${why}`, { cause: error });
    } finally {
      clearTimeout(timer);
      request.signal.removeEventListener('abort', abort);
    }
  }
}

/** The model that the environment names: any server with OpenAI's chat completions. */
export function modelFromSettings(settings: NonNullable<Settings['model']>): LanguageModelV4 {
  const provider = createOpenAICompatible({
    name: 'configured',
    baseURL: settings.url,
    includeUsage: true,
    ...(settings.key === undefined ? {} : { apiKey: settings.key }),
    fetch: pooledFetch(),
  });
  return provider.chatModel(settings.name);
}

/** A model's failure after text was shown: a second attempt would show it twice. */
class CutShort extends Error {
  override readonly name = 'CutShort';
}

const retried = retry(handleWhen(isRetryable), {
  maxAttempts: 2,
  backoff: new ExponentialBackoff({ initialDelay: 200, maxDelay: 2_000 }),
});

async function answerOf(
  model: LanguageModelV4,
  { prompt, tools, onText }: ModelRequest,
  abortSignal: AbortSignal,
): Promise<ModelAnswer> {
  if (onText === undefined) {
    const { content, usage, finishReason } = await model.doGenerate({ prompt, tools, abortSignal });
    return { content, usage, finishReason: finishReason.unified };
  }
  let shown = false;
  try {
    const { stream } = await model.doStream({ prompt, tools, abortSignal });
    return await collectStream(stream, (delta) => {
      shown = true;
      onText(delta);
    });
  } catch (error) {
    throw shown ? new CutShort(messageOf(error), { cause: error }) : error;
  }
}

function isRetryable(error: unknown): boolean {
  if (APICallError.isInstance(error)) return error.isRetryable;
  return error instanceof TypeError || (error instanceof Error && 'code' in error);
}
