import { LRUCache } from 'lru-cache';
import type { SimilarQuestion } from './similar-question.ts';

/** A question as it is found again. */
export interface EmbeddedQuestion extends Omit<SimilarQuestion, 'text'> {
  /** `provider/model` that gave the vector: those of two models have nothing to say to each other. */
  model: string;
  /** Of length 1, so that the product of two is the cosine. */
  vector: Float32Array;
}

interface Held extends EmbeddedQuestion {
  workspaceId: string;
  /** Under which the cache has the answer. */
  key: string;
}

export interface IndexLimits {
  /** Of all vectors. */
  bytes: number;
  /** Questions of one scope. */
  perScope: number;
}

/** What a question costs beside its vector: the names, the marks, its places in the maps. */
const overhead = 512;

/** Vectors of the questions whose answers are kept, in this process. Bounded by bytes and in each scope; the oldest go first. */
export class SimilarIndex {
  readonly #limits: IndexLimits;
  /** By workspace and key; in order of their age, since none is ever asked for by its name. */
  readonly #all: LRUCache<string, Held>;
  readonly #scopes = new Map<string, Map<string, Held>>();

  constructor(limits: IndexLimits) {
    this.#limits = limits;
    this.#all = new LRUCache({
      maxSize: limits.bytes,
      sizeCalculation: ({ vector }) => vector.byteLength + overhead,
      // Nobody may ever ask for it again: what is over must not wait for that.
      ttlAutopurge: true,
      dispose: (held) => this.#forget(held),
    });
  }

  get size(): number {
    return this.#all.size;
  }

  /**
   * @param key under which the cache has the answer to it.
   * @param life of the answer, in milliseconds.
   */
  add(workspaceId: string, key: string, { marks, scope, model, vector }: EmbeddedQuestion, life: number): void {
    this.remove(workspaceId, key);
    const known = this.#scopes.get(scope);
    const [oldest] = known !== undefined && known.size >= this.#limits.perScope ? known.values() : [];
    if (oldest !== undefined) this.remove(oldest.workspaceId, oldest.key);
    const held = { marks, scope, model, vector, workspaceId, key };
    this.#all.set(`${workspaceId} ${key}`, held, { ttl: Math.max(1, life) });
    // What is larger than all that may be kept was not kept.
    if (!this.#all.has(`${workspaceId} ${key}`)) return;
    const others = this.#scopes.get(scope) ?? new Map<string, Held>();
    others.set(key, held);
    this.#scopes.set(scope, others);
  }

  /** Key of the answer to the most similar question with the same marks, where there is one as similar as that. */
  nearest({ marks, scope, model, vector }: EmbeddedQuestion, threshold: number): string | undefined {
    let best: string | undefined;
    let most = threshold;
    for (const held of this.#scopes.get(scope)?.values() ?? []) {
      if (held.marks !== marks || held.model !== model || held.vector.length !== vector.length) continue;
      const cosine = product(held.vector, vector);
      if (cosine < most) continue;
      most = cosine;
      best = held.key;
    }
    return best;
  }

  remove(workspaceId: string, key: string): void {
    this.#all.delete(`${workspaceId} ${key}`);
  }

  /** Looks at all of them: it is seldom that a workspace is cleared. */
  clear(workspaceId: string): void {
    const theirs = [...this.#all.values()].filter((held) => held.workspaceId === workspaceId);
    for (const { key } of theirs) this.remove(workspaceId, key);
  }

  #forget({ scope, key }: Held): void {
    const others = this.#scopes.get(scope);
    others?.delete(key);
    if (others?.size === 0) this.#scopes.delete(scope);
  }
}

/** @returns `undefined` for what is no direction: empty, endless, or nothing but zeros. */
export function unitVectorFrom(numbers: unknown): Float32Array | undefined {
  if (!Array.isArray(numbers) || !numbers.every((each) => typeof each === 'number')) return undefined;
  const largest = numbers.reduce<number>((most, each) => Math.max(most, Math.abs(each)), 0);
  if (!Number.isFinite(largest) || largest === 0) return undefined;
  // By the largest first: squares of very small numbers have no digits left.
  const length = Math.sqrt(numbers.reduce<number>((sum, each) => sum + (each / largest) ** 2, 0));
  return Float32Array.from(numbers, (each) => each / largest / length);
}

function product(one: Float32Array, other: Float32Array): number {
  let sum = 0;
  for (let at = 0; at < one.length; at++) sum += (one[at] as number) * (other[at] as number);
  // The rounding of single precision must not keep the same text from being the same at a threshold of 1.
  return sum > 1 - 1e-6 ? 1 : sum;
}
