/**
 * The models that agents can use, by name. The contract is the Vercel AI SDK's provider interface, so any of its providers fits.
 */
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { APICallError, type LanguageModelV4 } from '@ai-sdk/provider';
import { ExponentialBackoff, handleWhen, retry } from 'cockatiel';
import { Agent, fetch as pooledFetch } from 'undici';
import type { Settings } from '../config.ts';
import { messageOf, TimonelError } from '../errors.ts';
import type { ModelAnswer, ModelRequest } from './contract.ts';
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

  /** Names of all models. */
  get names(): string[] {
    return [...this.#models.keys()];
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
    const timeout = AbortSignal.timeout(this.#timeoutMs);
    const signal = AbortSignal.any([timeout, request.signal]);
    let shown = false;
    const onText = request.onText;
    const attempt = async (): Promise<ModelAnswer> => {
      const options = { prompt: request.prompt, tools: request.tools, abortSignal: signal };
      if (onText === undefined) {
        const { content, usage, finishReason } = await model.doGenerate(options);
        return { content, usage, finishReason: finishReason.unified };
      }
      const { stream } = await model.doStream(options);
      return collectStream(stream, (delta) => {
        shown = true;
        onText(delta);
      });
    };
    try {
      // Once text was shown a second attempt would show it twice.
      return await retry(
        handleWhen((error) => isRetryable(error) && !shown && !signal.aborted),
        {
          maxAttempts: 2,
          backoff: new ExponentialBackoff({ initialDelay: 200, maxDelay: 2_000 }),
        },
      ).execute(attempt, signal);
    } catch (error) {
      const why = timeout.aborted ? `no answer within ${this.#timeoutMs} ms` : messageOf(error);
      throw new TimonelError('model_unavailable', `The model ${model.modelId} did not answer: ${why}`, { cause: error });
    }
  }
}

/** The model that the environment names: any server with OpenAI's chat completions. */
export function modelFromSettings(settings: NonNullable<Settings['model']>): LanguageModelV4 {
  // One connection pool per origin; the global fetch costs several times the CPU.
  const dispatcher = new Agent({ connections: 128, keepAliveTimeout: 30_000, pipelining: 1 });
  const provider = createOpenAICompatible({
    name: 'configured',
    baseURL: settings.url,
    includeUsage: true,
    ...(settings.key === undefined ? {} : { apiKey: settings.key }),
    fetch: ((input: string, init: Record<string, unknown>) =>
      pooledFetch(input, { ...init, dispatcher })) as unknown as typeof fetch,
  });
  return provider.chatModel(settings.name);
}

function isRetryable(error: unknown): boolean {
  if (APICallError.isInstance(error)) return error.isRetryable;
  return error instanceof TypeError || (error instanceof Error && 'code' in error);
}
