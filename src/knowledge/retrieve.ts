/** From a question to passages: the open collections, their lists, the fusion, and what is written there now. */

import { channels, type KnowledgeSearched } from '../diagnostics.ts';
import { messageOf, TimonelError } from '../errors.ts';
import type { RunStatement } from '../store/database.ts';
import type { Evidence, MetadataFilter, Passage, Payer, Retrieved, RetrieveQuery, Strategy } from './contract.ts';
import { collectionNotFound } from './documents.ts';
import { type FoundChunk, fusedFrom } from './index/collection-index.ts';
import type { Indexes } from './index/indexes.ts';
import type { NearestRow, Pgvector, VectorSet } from './pgvector/pgvector.ts';
import { type KnowledgeReader, type OpenCollection, openCollections } from './rows/collections.ts';
import { findPassages } from './rows/passages.ts';
import type { Vectors } from './vectors.ts';

export interface RetrieverDependencies {
  run: RunStatement;
  indexes: Indexes;
  vectors: Vectors;
  pgvector: Pgvector;
  /** A set of pgvector is not there: it has to be made. */
  onAbsent(set: VectorSet): Promise<void>;
}

/** Longer questions are documents; what comes later is not searched for. */
const longestQuestion = 2_000;
const mostPassages = 50;

const order: Readonly<Record<Evidence, number>> = { strong: 2, weak: 1, none: 0 };

interface FoundIn {
  chunks: readonly FoundChunk[];
  evidence: Evidence;
  used: readonly string[];
}

export class Retriever {
  readonly #dependencies: RetrieverDependencies;

  constructor(dependencies: RetrieverDependencies) {
    this.#dependencies = dependencies;
  }

  /**
   * @param reader absent for people who manage knowledge: all collections are open to them.
   * @throws TimonelError `collection_not_found`, `invalid_request`, `knowledge_unavailable`
   */
  async retrieve(payer: Payer, reader: KnowledgeReader | undefined, query: RetrieveQuery, signal: AbortSignal): Promise<Retrieved> {
    const started = performance.now();
    const { strategy = 'hybrid' } = query;
    const limit = Math.max(1, Math.min(mostPassages, Math.trunc(query.limit ?? 5)));
    const question = query.query.slice(0, longestQuestion).toWellFormed().trim();
    if (question === '')
      throw new TimonelError('invalid_request', 'The query is empty. Say what to look for, e.g. "opening hours".');
    const retrieved = await this.#found(payer, reader, { ...query, query: question, strategy, limit }, signal);
    if (channels.knowledgeSearched.hasSubscribers) {
      const { evidence, degraded } = retrieved;
      const milliseconds = performance.now() - started;
      channels.knowledgeSearched.publish({
        strategy,
        evidence,
        degraded: degraded !== null,
        milliseconds,
      } satisfies KnowledgeSearched);
    }
    return retrieved;
  }

  async #found(
    payer: Payer,
    reader: KnowledgeReader | undefined,
    query: RetrieveQuery & { strategy: Strategy; limit: number },
    signal: AbortSignal,
    attempts = 5,
  ): Promise<Retrieved> {
    const { run, indexes } = this.#dependencies;
    const collections = await openCollections(run, payer.workspaceId, query.collections, reader);
    const absent = (query.collections ?? []).filter((name) => !collections.some((each) => each.name === name));
    if (absent.length > 0) throw collectionNotFound(absent);
    const asked = await this.#vectorsFor(payer, query, collections, signal);
    const found = await Promise.all(
      collections.map(async (collection): Promise<FoundIn> => {
        const { query: question, strategy, limit, filter } = query;
        const vector = collection.vectorModel === null ? undefined : asked.vectors.get(collection.vectorModel);
        const { searched, nearest } = await this.#nearest(payer.workspaceId, collection, vector, filter);
        const inMemory = nearest === undefined ? vector : undefined;
        return indexes.search(payer.workspaceId, searched, { question, strategy, limit, filter, vector: inMemory, nearest });
      }),
    );
    const merged = mergedOf(found, query.limit);
    const stored = await findPassages(
      run,
      payer.workspaceId,
      merged.map(({ id }) => id),
    );
    // A document was replaced between the search and the reading: again, so that what is answered is the old or the new one.
    if (attempts > 1 && stored.size < merged.length) return this.#found(payer, reader, query, signal, attempts - 1);
    const passages = merged.flatMap(({ id, score, boost, lists }): Omit<Passage, 'rank'>[] => {
      const passage = stored.get(id);
      return passage === undefined ? [] : [{ ...passage, score, boost, lists }];
    });
    return {
      passages: passages.map((passage, at) => ({ ...passage, rank: at + 1 })),
      evidence: passages.length === 0 ? 'none' : strongest(found),
      used: [...new Set(found.flatMap(({ used }) => used))],
      degraded: asked.degraded,
    };
  }

  /** What pgvector finds, where it has the vectors; those are not loaded into memory then. */
  async #nearest(
    workspaceId: string,
    collection: OpenCollection,
    vector: Float32Array | undefined,
    filter: MetadataFilter | undefined,
  ): Promise<{ searched: OpenCollection; nearest?: NearestRow[] }> {
    const { id: collectionId, vectorModel: model, usesPgvector } = collection;
    if (model === null || !usesPgvector) return { searched: collection };
    const searched = { ...collection, vectorModel: null };
    if (vector === undefined) return { searched };
    const set = { workspaceId, collectionId, model };
    const nearest = await this.#dependencies.pgvector.nearest(set, { vector, limit: fusedFrom, filter });
    if (nearest !== undefined) return { searched, nearest };
    await this.#dependencies.onAbsent(set);
    return { searched: collection };
  }

  /** The question as a vector of each model that a collection has; without, the search goes by words, and says so. */
  async #vectorsFor(payer: Payer, query: RetrieveQuery, collections: readonly OpenCollection[], signal: AbortSignal) {
    const vectors = new Map<string, Float32Array>();
    const models = new Set(collections.flatMap(({ vectorModel }) => (vectorModel === null ? [] : [vectorModel])));
    let degraded: string | null = null;
    if (query.strategy === 'lexical') return { vectors, degraded };
    for (const model of models) {
      try {
        vectors.set(model, await this.#dependencies.vectors.ofQuestion(payer, model, query.query, signal));
      } catch (error) {
        degraded = `Searched by words alone: the vector of the question could not be had from "${model}" (${messageOf(error)}).`;
      }
    }
    return { vectors, degraded };
  }
}

function strongest(found: readonly FoundIn[]): Evidence {
  return found.reduce<Evidence>((best, { evidence }) => (order[evidence] > order[best] ? evidence : best), 'none');
}

/** Ranks of several collections side by side, the collection with the better evidence first: their scores do not compare. */
function mergedOf(found: readonly FoundIn[], limit: number): FoundChunk[] {
  const ranked = [...found].sort((one, other) => order[other.evidence] - order[one.evidence]);
  const merged: FoundChunk[] = [];
  for (let rank = 0; merged.length < limit && ranked.some(({ chunks }) => rank < chunks.length); rank++)
    for (const { chunks } of ranked) {
      const chunk = chunks[rank];
      if (chunk !== undefined && merged.length < limit) merged.push(chunk);
    }
  return merged;
}
