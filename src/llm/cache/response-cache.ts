/** Answers of models that may be given again: in memory, with Redis behind it where there is one. See docs/decisions/0012. */

import { LRUCache } from 'lru-cache';
import { type CacheLookup, channels } from '../../diagnostics.ts';
import { TimonelError } from '../../errors.ts';
import type { RedisClient } from '../../store/cache/redis.ts';
import { Flights, joinFairly } from './flights.ts';
import { type Entry, MemoryTier } from './memory-tier.ts';
import { type CachePolicy, longestLife } from './policy.ts';
import { RedisTier } from './redis-tier.ts';
import { SharedStreams } from './shared-streams.ts';
import { type EmbeddedQuestion, SimilarIndex } from './similar-index.ts';
import { SimilarPatience } from './similar-patience.ts';

export interface CachedAnswer {
  body: string;
  contentType: string;
  /** `provider/model` that gave it. */
  model: string;
  /** What it cost, in nano-dollars. */
  cost: bigint;
  /** When it was given, in milliseconds since 1970. */
  at: number;
  /** Set where similar questions may get it, too. */
  question?: EmbeddedQuestion | undefined;
}

/** An answer from a provider, or the one to a similar question. */
export interface ProducedAnswer extends CachedAnswer {
  state?: 'similar' | undefined;
  /** It is for those who wait for it, and not for later: it calls a tool, or was broken off. See `isKeepable`. */
  keep: boolean;
}

export interface CachedResult {
  answer: CachedAnswer;
  /**
   * `joined`: another caller had asked the same a moment before. `similar`: it was given to a similar question. `stale`: no provider answers,
   * and this is older than it should be.
   */
  state: CacheLookup['state'];
  ageMs: number;
}

/** What a look found. What is kept after its workspace was cleared is not kept. */
export type Lookup = { found: CachedResult } | { found: undefined; keep(answer: CachedAnswer): void };

/** Lookups of a workspace in this process since it started, and what it keeps of it in memory. */
export interface CacheStatistics {
  hits: number;
  misses: number;
  stale: number;
  joined: number;
  similar: number;
  /** Share of lookups that asked no model for an answer, 0 to 1; `null` before the first. */
  rate: number | null;
  entries: number;
  bytes: number;
  /** Nano-dollars, without what vectors of questions cost: less than nothing where those cost more. */
  saved: bigint;
  redis: 'up' | 'down' | 'none';
}

export type Lifetime = Pick<CachePolicy, 'ttlMs' | 'graceMs'>;
type State = CachedResult['state'];
interface Landed {
  answer: CachedAnswer;
  state: State;
}

/** What this process knows of a workspace. */
interface Shelf {
  counts: Record<State, number> & { saved: bigint };
  /** Replaced when the workspace is cleared: what was asked before is not kept. */
  since: object;
}

/** One look for an answer. */
interface Question extends Readonly<Shelf> {
  workspaceId: string;
  key: string;
  /** Unique among all workspaces. */
  name: string;
  life: Lifetime;
}

interface FoundThere {
  entry: Entry | undefined;
  fresh: Entry | undefined;
  generation: string | undefined;
}

/** What Redis has where there is none. */
const nowhere: FoundThere = { entry: undefined, fresh: undefined, generation: undefined };

/** No provider answers. */
const outages: ReadonlySet<string> = new Set(['model_unavailable', 'model_rate_limited']);

/** Vectors of questions take as much at most, whatever the answers take. */
const questionLimits = { bytes: 33_554_432, perScope: 1_000 };

export class ResponseCache {
  /** Streams that are under way. */
  readonly streams = new SharedStreams();
  /** Of the answers that similar questions may get. */
  readonly questions = new SimilarIndex(questionLimits);
  /** With the models that give their vectors. */
  readonly patience = new SimilarPatience();
  readonly #memory: MemoryTier;
  readonly #redis: RedisTier | undefined;
  readonly #flights = new Flights<Landed>();
  readonly #shelves = new LRUCache<string, Shelf>({ max: 10_000 });
  readonly #now: () => Date;

  /** @param options sizes in bytes; `redis` stays the caller's to close. */
  constructor(options: { bytes: number; entryBytes: number; redis: RedisClient | undefined; now: () => Date }) {
    this.#memory = new MemoryTier(options);
    this.#now = options.now;
    this.#redis =
      options.redis === undefined
        ? undefined
        : new RedisTier(options.redis, {
            cleared: (workspaceId) => void this.#forget(workspaceId),
            held: () => this.#memory.workspaces(),
          });
  }

  /** The answer in this memory, where it is fresh. */
  recall(workspaceId: string, key: string, life: Lifetime): CachedResult | undefined {
    return this.#recalled(this.#question(workspaceId, key, life), this.#now().getTime());
  }

  /** The answer that is kept and fresh, without counting it. */
  async fresh(workspaceId: string, key: string, life: Lifetime): Promise<CachedAnswer | undefined> {
    const question = this.#question(workspaceId, key, life);
    const now = this.#now().getTime();
    const known = this.#inMemory(question, now);
    if (known !== undefined || this.#redis === undefined) return known;
    return (await this.#fromRedis(question, now)).fresh;
  }

  /**
   * The answer that is kept and fresh, and where there is none a way to keep the one that comes: for calls whose answer is sent on while it
   * is written. What is not found is for the caller to count.
   */
  async look(workspaceId: string, key: string, life: Lifetime): Promise<Lookup> {
    const question = this.#question(workspaceId, key, life);
    const now = this.#now().getTime();
    const found = this.#recalled(question, now);
    if (found !== undefined) return { found };
    const { fresh, generation } = this.#redis === undefined ? nowhere : await this.#fromRedis(question, now);
    if (fresh !== undefined) return { found: counted(question, fresh, 'hit', now) };
    return { found: undefined, keep: (answer) => this.#keep(question, answer, generation) };
  }

  /**
   * The answer that is kept, or else the one that `produce` gets, once for all who ask the same meanwhile. While no provider answers
   * (`model_unavailable`), an answer within its grace stands in.
   * @param produce its signal aborts when nobody waits any more.
   * @throws what `produce` threw; the reason of `signal`.
   */
  async through(
    workspaceId: string,
    key: string,
    life: Lifetime,
    produce: (signal: AbortSignal) => Promise<ProducedAnswer>,
    signal?: AbortSignal,
  ): Promise<CachedResult> {
    const question = this.#question(workspaceId, key, life);
    const found = this.#recalled(question, this.#now().getTime());
    if (found !== undefined) return found;
    const { outcome, joined } = await joinFairly((begins) =>
      this.#flights.join(
        question.name,
        (stopped) => {
          begins();
          return this.#produce(question, produce, stopped);
        },
        signal,
      ),
    );
    const state = joined && outcome.state === 'miss' ? 'joined' : outcome.state;
    return counted(question, outcome.answer, state, this.#now().getTime());
  }

  /** Forgets all answers of a workspace. @returns how many were in this memory, and whether Redis and other processes forgot them too. */
  async clear(workspaceId: string): Promise<{ entries: number; everywhere: boolean }> {
    const entries = this.#forget(workspaceId);
    const everywhere = (await this.#redis?.clear(workspaceId)) ?? true;
    // What was read from Redis meanwhile may be from before.
    this.#forget(workspaceId);
    return { entries, everywhere };
  }

  /** @param saved nano-dollars that another call would have cost. */
  count(workspaceId: string, state: State, saved: bigint): void {
    count(this.#shelfOf(workspaceId).counts, state, saved);
  }

  /** Paid for the vector of a question, whatever came of it; in nano-dollars. */
  spend(workspaceId: string, cost: bigint): void {
    this.#shelfOf(workspaceId).counts.saved -= cost;
  }

  stats(workspaceId: string): CacheStatistics {
    const { hit, miss, stale, joined, similar, saved } = this.#shelfOf(workspaceId).counts;
    const free = hit + stale + joined + similar;
    return {
      hits: hit,
      misses: miss,
      stale,
      joined,
      similar,
      rate: free + miss === 0 ? null : free / (free + miss),
      ...this.#memory.share(workspaceId),
      saved,
      redis: this.#redis?.status ?? 'none',
    };
  }

  close(): void {
    this.#redis?.close();
  }

  async #produce(
    question: Question,
    produce: (signal: AbortSignal) => Promise<ProducedAnswer>,
    stopped: AbortSignal,
  ): Promise<Landed> {
    const found = this.#redis === undefined ? nowhere : await this.#fromRedis(question, this.#now().getTime());
    if (found.fresh !== undefined) return { answer: found.fresh, state: 'hit' };
    stopped.throwIfAborted();
    try {
      const answer = await produce(stopped);
      if (answer.keep) this.#keep(question, answer, found.generation);
      return { answer, state: answer.state ?? 'miss' };
    } catch (error) {
      const { name, life } = question;
      const old = newer(this.#memory.get(name), found.entry);
      const usable = old !== undefined && this.#now().getTime() < Math.min(old.staleUntil, old.at + life.ttlMs + life.graceMs);
      if (usable && error instanceof TimonelError && outages.has(error.code)) return { answer: old, state: 'stale' };
      throw error;
    }
  }

  #question(workspaceId: string, key: string, life: Lifetime): Question {
    const { counts, since } = this.#shelfOf(workspaceId);
    return { workspaceId, key, name: `${workspaceId} ${key}`, life, counts, since };
  }

  #recalled(question: Question, now: number): CachedResult | undefined {
    const known = this.#inMemory(question, now);
    return known === undefined ? undefined : counted(question, known, 'hit', now);
  }

  #inMemory({ name, life }: Question, now: number): Entry | undefined {
    const entry = this.#memory.get(name);
    return entry !== undefined && isFresh(entry, life, now) ? entry : undefined;
  }

  async #fromRedis(question: Question, now: number): Promise<FoundThere> {
    const { workspaceId, key, name, life } = question;
    const found = await this.#redis?.get(workspaceId, key);
    const entry = found?.entry;
    const fresh = entry !== undefined && isFresh(entry, life, now) ? entry : undefined;
    if (fresh !== undefined && this.#isCurrent(question)) this.#memory.set(name, workspaceId, fresh);
    return { entry, fresh, generation: found?.generation };
  }

  /** What is known of a question from before its workspace was cleared is not kept. */
  #keep(question: Question, answer: CachedAnswer, generation: string | undefined): void {
    if (!this.#isCurrent(question)) return;
    const { workspaceId, key, name, life } = question;
    const { body, contentType, model, cost, at } = answer;
    const freshUntil = at + Math.min(life.ttlMs, longestLife);
    const staleUntil = at + Math.min(life.ttlMs + life.graceMs, longestLife);
    const entry = { body, contentType, model, cost, at, freshUntil, staleUntil };
    this.#memory.set(name, workspaceId, entry);
    if (answer.question !== undefined) this.questions.add(workspaceId, key, answer.question, freshUntil - at);
    if (generation !== undefined) this.#redis?.set(workspaceId, key, entry, generation, this.#now().getTime());
  }

  #isCurrent({ workspaceId, since }: Question): boolean {
    return this.#shelves.get(workspaceId)?.since === since;
  }

  #forget(workspaceId: string): number {
    this.#shelfOf(workspaceId).since = {};
    const theirs = (name: string) => name.startsWith(`${workspaceId} `);
    this.#flights.leave(theirs);
    this.streams.leave(theirs);
    this.questions.clear(workspaceId);
    return this.#memory.clear(workspaceId);
  }

  #shelfOf(workspaceId: string): Shelf {
    let shelf = this.#shelves.get(workspaceId);
    if (shelf === undefined) {
      shelf = { counts: { hit: 0, miss: 0, stale: 0, joined: 0, similar: 0, saved: 0n }, since: {} };
      this.#shelves.set(workspaceId, shelf);
    }
    return shelf;
  }
}

function counted({ counts }: Question, answer: CachedAnswer, state: State, now: number): CachedResult {
  count(counts, state, state === 'miss' ? 0n : answer.cost);
  return { answer, state, ageMs: Math.max(0, now - answer.at) };
}

function count(counts: Shelf['counts'], state: State, saved: bigint): void {
  counts[state]++;
  if (saved > 0n) counts.saved += saved;
  if (channels.cacheLookup.hasSubscribers) channels.cacheLookup.publish({ state, saved } satisfies CacheLookup);
}

/** By the life that it was kept with and by the one that is asked for now, which may be shorter. */
function isFresh(entry: Entry, { ttlMs }: Lifetime, now: number): boolean {
  return now < Math.min(entry.freshUntil, entry.at + ttlMs);
}

function newer(one: Entry | undefined, other: Entry | undefined): Entry | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return one.at >= other.at ? one : other;
}
