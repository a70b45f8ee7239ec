/** Answers to similar questions, for routes that want them. It never stands in the way: where it finds nothing the model is asked. */

import type { Gateway } from '../gateway.ts';
import type { Spender } from '../money/budgets.ts';
import { nanosOf } from '../money/prices.ts';
import { embed } from '../requests/embeddings.ts';
import type { Route } from '../routes/route.ts';
import type { CachedCall } from './cached-call.ts';
import type { CachedAnswer } from './response-cache.ts';
import { type EmbeddedQuestion, unitVectorFrom } from './similar-index.ts';
import { similarQuestion } from './similar-question.ts';

/** What a look for a similar question gave. */
export interface Near {
  /** The answer to it; `undefined` where there is none. */
  answer: CachedAnswer | undefined;
  /** To keep the answer of the model under; `undefined` where the question has no vector. */
  question: EmbeddedQuestion | undefined;
  /** What the vector cost, in US dollars. */
  spent: number;
}

interface Asking {
  /** Pays for the vector. */
  spender: Spender;
  /** Aborted when nobody waits any more. */
  signal: AbortSignal;
}

/** At questions whose answers are gone. */
const mostLooks = 4;

export class SimilarAnswers {
  readonly #gateway: Gateway;

  constructor(gateway: Gateway) {
    this.#gateway = gateway;
  }

  /** @param form of the answer, as for `cachedCall`. */
  async find(route: Route, request: object, form: string, { life }: CachedCall, asking: Asking): Promise<Near> {
    const similar = route.cache?.similar;
    const { workspaceId } = asking.spender;
    const asked = similarQuestion(route, workspaceId, request as Readonly<Record<string, unknown>>, form);
    if (similar === undefined || asked === undefined) return nothing;
    const { text, marks, scope } = asked;
    const { cache } = this.#gateway;
    const embedded = await this.#embedded(similar.model, text, asking);
    if (embedded === undefined) return nothing;
    const { vector, model, spent } = embedded;
    cache.spend(workspaceId, nanosOf(spent));
    const question = { marks, scope, model, vector };
    for (let looks = 0; looks < mostLooks; looks++) {
      const key = cache.questions.nearest(question, similar.threshold);
      if (key === undefined) break;
      const answer = await cache.fresh(workspaceId, key, life);
      if (answer !== undefined) return { answer, question, spent };
      cache.questions.remove(workspaceId, key);
    }
    return { answer: undefined, question, spent };
  }

  /** @returns `undefined` where there is no vector in time, whatever the reason. */
  #embedded(
    name: string,
    input: string,
    { spender, signal }: Asking,
  ): Promise<{ vector: Float32Array; model: string; spent: number } | undefined> {
    // An alias is each workspace's own.
    return this.#gateway.cache.patience.wait(`${spender.workspaceId} ${name}`, signal, async (limit) => {
      const request = { model: name, input, encoding_format: 'float' } as const;
      const { body, model, cost } = await embed(this.#gateway, request, { spender, signal: limit });
      const { data } = JSON.parse(body) as { data: readonly ({ embedding?: unknown } | null)[] };
      const vector = unitVectorFrom(data[0]?.embedding);
      if (vector === undefined) throw new Error(`${model} gave no vector of numbers.`);
      return { vector, model, spent: cost ?? 0 };
    });
  }
}

const nothing: Near = { answer: undefined, question: undefined, spent: 0 };
