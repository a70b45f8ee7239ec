/** Knowledge as the other parts use it: collections, their documents, searches, and how good they are. */
import { channels, type KnowledgeIndexes, type KnowledgeIngested, type KnowledgeLoaded } from '../diagnostics.ts';
import { TimonelError } from '../errors.ts';
import type { DatabasePool, RunStatement } from '../store/database.ts';
import type { JsonObject } from '../vocabulary.ts';
import type {
  AgentKnowledge,
  Citation,
  Collection,
  DocumentState,
  Embed,
  KnowledgeDocument,
  KnowledgeSettings,
  NewCollection,
  Payer,
  Retrieved,
  RetrieveQuery,
  Strategy,
  VectorIndexKind,
} from './contract.ts';
import { collectionNotFound, Documents, type NewDocument, type PutDocument, requireCollection } from './documents.ts';
import {
  comparedOutcomes,
  type EvaluationQuestion,
  figuresOf,
  hashOfQuestions,
  type Judged,
  questionOutcomeOf,
} from './evaluation.ts';
import { KnowledgeFeedback } from './feedback.ts';
import { Indexes } from './index/indexes.ts';
import { PageFetcher } from './pages/fetch-page.ts';
import { WebPages } from './pages/pages.ts';
import { Pgvector } from './pgvector/pgvector.ts';
import { Retriever } from './retrieve.ts';
import * as rows from './rows/collections.ts';
import { findEvaluation, listEvaluations, type StoredEvaluation, storeEvaluation } from './rows/evaluations.ts';
import { writtenAt } from './rows/passages.ts';
import { Vectors } from './vectors.ts';

export interface KnowledgeDependencies {
  pool: DatabasePool;
  settings: KnowledgeSettings;
  embed: Embed;
  /** Adds the job that makes vectors of a collection; one that waits already is not added twice. */
  enqueueVectors(workspaceId: string, collectionId: string): Promise<void>;
  now(): Date;
  newId(): string;
}

/** On whose behalf an agent's code searches. */
export interface KnowledgePlace extends Payer {
  agent: string;
  /** Role of who asks; absent where nobody is known. */
  role?: string | null | undefined;
  /** `user:<id>` or `api-key:<id>`; absent where nobody is known. */
  asker?: string | undefined;
  /** They may change what agents quote. */
  mayManage: boolean;
  signal: AbortSignal;
}

export class Knowledge {
  readonly settings: KnowledgeSettings;
  readonly vectors: Vectors;
  readonly feedback: KnowledgeFeedback;
  readonly pages: WebPages;
  readonly #fetcher: PageFetcher;
  readonly #dependencies: KnowledgeDependencies;
  readonly #run: RunStatement;
  readonly #documents: Documents;
  readonly #indexes: Indexes;
  readonly #retriever: Retriever;
  readonly #closing = new AbortController();

  constructor(dependencies: KnowledgeDependencies) {
    const { pool, settings, embed, now } = dependencies;
    this.settings = settings;
    this.#dependencies = dependencies;
    this.#run = (text, values) => pool.executeText(text, values);
    this.#documents = new Documents(pool);
    const pgvector = new Pgvector(pool);
    this.vectors = new Vectors({ pool, embed, pgvector, now });
    this.feedback = new KnowledgeFeedback({ ...dependencies, documents: this.#documents });
    this.#fetcher = new PageFetcher({ mostBytes: settings.documentBytes, privateAddresses: settings.privateAddresses });
    this.pages = new WebPages({ ...dependencies, documents: this.#documents, fetcher: this.#fetcher });
    this.#indexes = new Indexes({
      run: this.#run,
      limit: settings.indexBytes,
      onLoaded: (milliseconds) => channels.knowledgeLoaded.publish({ milliseconds } satisfies KnowledgeLoaded),
      onMemory: (memory) => channels.knowledgeIndexes.publish(memory satisfies KnowledgeIndexes),
    });
    this.#retriever = new Retriever({
      run: this.#run,
      indexes: this.#indexes,
      vectors: this.vectors,
      pgvector,
      onAbsent: ({ workspaceId, collectionId }) => dependencies.enqueueVectors(workspaceId, collectionId),
    });
  }

  /** @throws TimonelError `collection_exists` */
  async create(workspaceId: string, collection: NewCollection, by: string): Promise<Collection> {
    const { newId } = this.#dependencies;
    const created = await rows.insertCollection(this.#run, workspaceId, newId(), collection, this.#change(by));
    if (created !== undefined) return created;
    throw new TimonelError(
      'collection_exists',
      `There is a collection "${collection.name}" already. Take another name, or change that one.`,
    );
  }

  list(workspaceId: string, page: { after?: string | undefined; limit: number }): Promise<Collection[]> {
    return rows.listCollections(this.#run, workspaceId, page);
  }

  /** @throws TimonelError `collection_not_found` */
  get(workspaceId: string, name: string): Promise<Collection> {
    return requireCollection(this.#run, workspaceId, name);
  }

  /** @param version that the change was made from; any where absent. @throws TimonelError `collection_not_found`, `version_conflict` */
  async update(
    workspaceId: string,
    name: string,
    version: number | undefined,
    changes: rows.CollectionChanges & { vectorModel?: string | null | undefined; vectorIndex?: VectorIndexKind | undefined },
    by: string,
  ): Promise<Collection> {
    const { vectorModel, vectorIndex, ...plain } = changes;
    if (typeof vectorModel === 'string' && !/^[^/\s]+\/\S+$/.test(vectorModel)) {
      throw new TimonelError(
        'invalid_request',
        `"${vectorModel}" is no model. Name a model for embeddings itself, e.g. openai/text-embedding-3-small: a route may change its models, and vectors of two do not compare.`,
      );
    }
    const updated = await rows.updateCollection(this.#run, workspaceId, { name, version }, plain, this.#change(by));
    if (updated === undefined) {
      const there = await this.get(workspaceId, name);
      throw new TimonelError(
        'version_conflict',
        `The collection is at version ${there.version} by now. Read it again, and change that.`,
      );
    }
    const { id, vectors } = updated;
    const isOtherIndex = vectorIndex !== undefined && vectorIndex !== vectors.index;
    const isOtherModel = vectorModel !== undefined && (vectorModel !== vectors.model || vectors.building !== null);
    if (isOtherIndex) await this.vectors.planIndex(workspaceId, id, vectorIndex);
    if (isOtherModel) await this.vectors.plan(workspaceId, id, vectorModel);
    if (!isOtherIndex && !isOtherModel) return updated;
    await this.#dependencies.enqueueVectors(workspaceId, id);
    return this.get(workspaceId, name);
  }

  /** Removes a collection with all of its documents. @throws TimonelError `collection_not_found` */
  async remove(workspaceId: string, name: string): Promise<void> {
    const { id } = await this.get(workspaceId, name);
    if (!(await rows.deleteCollection(this.#run, workspaceId, name))) throw collectionNotFound([name]);
    await this.#indexes.drop(id);
  }

  /** See {@link Documents.put}. */
  async put(workspaceId: string, collection: string, document: NewDocument, by: string): Promise<PutDocument> {
    const started = performance.now();
    const tell = (outcome: KnowledgeIngested['outcome'], mediaType: string, chunks: number) => {
      const milliseconds = performance.now() - started;
      channels.knowledgeIngested.publish({ outcome, mediaType, chunks, milliseconds } satisfies KnowledgeIngested);
    };
    const found = await this.#target(workspaceId, collection);
    let put: PutDocument;
    try {
      put = await this.#documents.put(workspaceId, found, document, this.#change(by));
    } catch (error) {
      tell('refused', 'unknown', 0);
      throw error;
    }
    tell(put.outcome, put.document.mediaType, put.chunks.added);
    if (put.outcome !== 'unchanged' && found.hasVectors) await this.#dependencies.enqueueVectors(workspaceId, found.id);
    return put;
  }

  /** A collection without its counts, which take as long as it is large. */
  async #target(workspaceId: string, name: string): Promise<rows.TargetCollection> {
    const found = await rows.findTarget(this.#run, workspaceId, name);
    if (found === undefined) throw collectionNotFound([name]);
    return found;
  }

  async document(workspaceId: string, collection: string, key: string): Promise<KnowledgeDocument> {
    return this.#documents.get(workspaceId, await this.#target(workspaceId, collection), key);
  }

  async documents(
    workspaceId: string,
    collection: string,
    page: { after?: string | undefined; limit: number },
  ): Promise<KnowledgeDocument[]> {
    return this.#documents.list(workspaceId, await this.#target(workspaceId, collection), page);
  }

  async text(workspaceId: string, collection: string, key: string): Promise<string> {
    return this.#documents.text(workspaceId, await this.#target(workspaceId, collection), key);
  }

  /** See {@link Documents.chunks}. */
  async chunks(workspaceId: string, collection: string, key: string, page: { after: number; limit: number }) {
    return this.#documents.chunks(workspaceId, await this.#target(workspaceId, collection), key, page);
  }

  async removeDocument(workspaceId: string, collection: string, key: string, by: string): Promise<void> {
    await this.#documents.remove(workspaceId, await this.#target(workspaceId, collection), key, this.#change(by));
  }

  async setState(
    workspaceId: string,
    collection: string,
    key: string,
    state: DocumentState,
    by: string,
  ): Promise<KnowledgeDocument> {
    return this.#documents.setState(workspaceId, await this.#target(workspaceId, collection), key, state, this.#change(by));
  }

  async reindex(workspaceId: string, collection: string, by: string): Promise<{ documents: number; changed: number }> {
    const found = await this.#target(workspaceId, collection);
    const done = await this.#documents.reindex(workspaceId, found, this.#change(by));
    if (found.hasVectors) await this.#dependencies.enqueueVectors(workspaceId, found.id);
    return done;
  }

  /** See {@link Retriever.retrieve}. */
  retrieve(payer: Payer, reader: rows.KnowledgeReader | undefined, query: RetrieveQuery, signal: AbortSignal): Promise<Retrieved> {
    return this.#retriever.retrieve(payer, reader, query, signal);
  }

  /** Whether a quotation is what is written at its place. */
  async check(
    workspaceId: string,
    citation: Pick<Citation, 'documentId' | 'documentVersion' | 'start' | 'end'>,
    quotation: string,
  ): Promise<boolean> {
    if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(citation.documentId)) return false;
    return (await writtenAt(this.#run, workspaceId, citation)) === quotation;
  }

  /** The knowledge of an agent: what is open to it, and to who asks. */
  forAgent({ agent, role, signal, asker, mayManage, ...payer }: KnowledgePlace): AgentKnowledge {
    const giver = { ...payer, agent, by: asker ?? `agent:${agent}`, reader: { agent, role } };
    return {
      retrieve: (query) => this.retrieve({ ...payer, agent }, { agent, role }, query, signal),
      check: (citation, quotation) => this.check(payer.workspaceId, citation, quotation),
      feedback: async ({ chunkId }, feedback) => {
        if (feedback.verdict !== 'used' && !mayManage) throw mayNotJudge(feedback.verdict);
        return this.feedback.give(giver, chunkId, feedback);
      },
    };
  }

  /** Asks a set of questions, and keeps how good the answers were. */
  async evaluate(
    payer: Payer,
    name: string,
    { questions, strategy }: { questions: readonly EvaluationQuestion[]; strategy: Strategy },
    by: string,
    signal: AbortSignal,
  ): Promise<StoredEvaluation> {
    const { workspaceId } = payer;
    const collection = await this.get(workspaceId, name);
    const judged: Judged[] = [];
    for (const { question, relevant } of questions) {
      const query = { query: question, collections: [name], limit: 10, strategy };
      const { passages, evidence } = await this.retrieve(payer, undefined, query, signal);
      const open = new Set(relevant);
      const hits = passages.map(({ text, citation }) => {
        const hit = [...open].find((each) => answers(each, citation.key, text));
        // A document that is found twice answers once.
        if (hit !== undefined) open.delete(hit);
        return hit !== undefined;
      });
      judged.push({ relevant: hits, expected: relevant.length, evidence });
    }
    const { newId, now } = this.#dependencies;
    const evaluation: StoredEvaluation = {
      id: newId(),
      questionsHash: hashOfQuestions(questions),
      questions: questions.length,
      strategy,
      sequence: collection.sequence,
      vectorModel: strategy === 'lexical' ? null : collection.vectors.model,
      figures: figuresOf(judged),
      createdAt: now().toISOString(),
    };
    await storeEvaluation(this.#run, workspaceId, collection.id, evaluation, judged.map(questionOutcomeOf), by);
    return evaluation;
  }

  async evaluations(workspaceId: string, collection: string, limit: number): Promise<StoredEvaluation[]> {
    const { id } = await this.get(workspaceId, collection);
    return listEvaluations(this.#run, workspaceId, id, limit);
  }

  /** How an evaluation went beside another of the same questions. @throws TimonelError `collection_not_found`, `not_found`, `invalid_request` */
  async compareEvaluations(workspaceId: string, collection: string, base: string, other: string) {
    const { id } = await this.#target(workspaceId, collection);
    const [one, two] = await Promise.all(
      [base, other].map(async (each) => {
        const found = await findEvaluation(this.#run, workspaceId, id, each);
        if (found !== undefined) return found;
        throw new TimonelError(
          'not_found',
          `There is no evaluation "${each}" of "${collection}". GET /api/v1/knowledge/collections/${collection}/evaluations lists those there are.`,
        );
      }),
    );
    if (one === undefined || two === undefined) throw new Error('Two evaluations were read.');
    if (one.evaluation.questionsHash !== two.evaluation.questionsHash)
      throw new TimonelError('invalid_request', 'The two evaluations asked different questions. Ask one set twice to compare.');
    return { base: one.evaluation, other: two.evaluation, ...comparedOutcomes(one.outcomes, two.outcomes) };
  }

  /** The job that makes vectors. @throws TimonelError where the provider does not answer */
  async buildVectors(payload: JsonObject): Promise<void> {
    const { workspaceId, collectionId } = payload;
    if (typeof workspaceId !== 'string' || typeof collectionId !== 'string') return;
    await this.vectors.build(workspaceId, collectionId, this.#closing.signal);
  }

  /** The job that looks at pages of the web again. */
  refreshPages(): Promise<void> {
    return this.pages.refresh(this.#closing.signal);
  }

  /** Goes on with vectors that a crash left unfinished, and removes what nobody needs any more. */
  async sweep(): Promise<void> {
    for (const { workspaceId, collectionId } of await this.vectors.unfinished())
      await this.#dependencies.enqueueVectors(workspaceId, collectionId);
    await this.vectors.sweep();
    await this.feedback.sweep();
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await this.#documents.close();
    await this.#fetcher.close();
    return this.#indexes.close();
  }

  #change(by: string): rows.CollectionChange {
    return { by, now: this.#dependencies.now() };
  }
}

function mayNotJudge(verdict: string): TimonelError {
  return new TimonelError(
    'forbidden',
    `"${verdict}" changes what agents quote, and is for runs on behalf of somebody with the permission "knowledge:manage". Say "used", or leave it to people.`,
    { details: { permission: 'knowledge:manage' } },
  );
}

/** @param relevant the key of a document, perhaps with `#` and a text that the passage has. */
function answers(relevant: string, key: string, text: string): boolean {
  const at = relevant.indexOf('#');
  return at === -1 ? relevant === key : relevant.slice(0, at) === key && text.includes(relevant.slice(at + 1));
}
