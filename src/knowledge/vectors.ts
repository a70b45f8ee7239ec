/**
 * Vectors of questions and of chunks, from a provider through the gateway. Each is stored by the hash of its text, so that the same text is not paid for
 * twice. Another model's vectors are made beside those that serve, and take their place when all are there.
 */
import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { messageOf, TimonelError } from '../errors.ts';
import type { DatabasePool, RunStatement } from '../store/database.ts';
import type { Embed, Payer, VectorIndexKind } from './contract.ts';
import { statementsOf } from './documents.ts';
import { packVector, unitVector, unpackVector } from './index/vector-index.ts';
import { embeddedText } from './ingest/prepare.ts';
import type { Pgvector, VectorSet } from './pgvector/pgvector.ts';
import { countChange } from './rows/collections.ts';
import * as rows from './rows/vectors.ts';

/** Texts of one call. */
const batch = 64;
/** A question waits so long for its vector, in milliseconds; then it goes by words. */
const patienceMs = 3_000;
/** A batch of chunks has so long. */
const batchMs = 60_000;
/** Of a text so much is sent: no provider takes less than that, and passages are shorter. */
const longestText = 8_000;
const dayMs = 86_400_000;
/** Days that the vector of a question is kept which nobody asks any more. */
const keptDays = 30;
/** Changes of a collection that an index can catch up with. */
const keptChanges = 10_000;

export interface VectorsDependencies {
  pool: DatabasePool;
  embed: Embed;
  pgvector: Pgvector;
  now(): Date;
}

export class Vectors {
  readonly #dependencies: VectorsDependencies;
  readonly #run: RunStatement;
  readonly #questions = new LRUCache<string, Float32Array>({ max: 5_000 });

  constructor(dependencies: VectorsDependencies) {
    this.#dependencies = dependencies;
    this.#run = (text, values) => dependencies.pool.executeText(text, values);
  }

  /** @throws TimonelError where there is none in time */
  async ofQuestion(payer: Payer, model: string, text: string, signal: AbortSignal): Promise<Float32Array> {
    const { workspaceId } = payer;
    const hash = hashOf(text);
    const name = `${workspaceId} ${model} ${hash.toString('hex')}`;
    const known = this.#questions.get(name);
    if (known !== undefined) return known;
    const { now } = this.#dependencies;
    const stored = await rows.findVector(this.#run, workspaceId, model, hash, now());
    const vector = stored === undefined ? await this.#asked(payer, model, text, signal) : floatsOf(stored);
    if (stored === undefined) await rows.storeVectors(this.#run, workspaceId, model, [{ hash, vector: packVector(vector) }], now());
    this.#questions.set(name, vector);
    return vector;
  }

  /** Wants vectors of another model, or none. They are made by {@link build}. */
  async plan(workspaceId: string, collectionId: string, model: string | null): Promise<void> {
    await rows.planVectors(this.#run, workspaceId, collectionId, model);
  }

  /** Wants them searched in memory, or by pgvector. @throws TimonelError `invalid_request` where the database has none */
  async planIndex(workspaceId: string, collectionId: string, index: VectorIndexKind): Promise<void> {
    const reason = index === 'pgvector' ? await this.#dependencies.pgvector.lacking() : undefined;
    if (reason !== undefined) throw new TimonelError('invalid_request', `${reason} Until then vectors are searched in memory.`);
    await rows.setVectorIndex(this.#run, workspaceId, collectionId, index);
  }

  /** Collections whose vectors are not complete, without those that a job failed at for good. */
  unfinished(): Promise<{ workspaceId: string; collectionId: string }[]> {
    return rows.unfinishedCollections(this.#run);
  }

  /**
   * Makes the vectors that a collection lacks, of the model that serves and of the one that is being made. Begun again after a crash it goes on where
   * it was. @throws TimonelError where the provider does not answer; what was made until then stays
   */
  async build(workspaceId: string, collectionId: string, signal: AbortSignal): Promise<void> {
    const plan = await rows.findPlan(this.#run, workspaceId, collectionId);
    if (plan === undefined) return;
    try {
      const { vectorModel, buildingModel } = plan;
      if (vectorModel !== null) {
        await this.#complete(workspaceId, collectionId, vectorModel, true, signal);
        await this.#index(plan, { workspaceId, collectionId, model: vectorModel }, signal);
      }
      if (buildingModel === null) return;
      // Documents may come while the last vectors are made.
      for (let round = 0; round < 20; round++) {
        await this.#complete(workspaceId, collectionId, buildingModel, false, signal);
        if (await this.#finished(plan, { workspaceId, collectionId, model: buildingModel }, signal)) return;
        const now = await rows.findPlan(this.#run, workspaceId, collectionId);
        if (now?.buildingModel !== buildingModel) return;
      }
    } catch (error) {
      await rows.failVectors(this.#run, workspaceId, collectionId, messageOf(error).slice(0, 500));
      throw error;
    }
  }

  /** Removes what nobody needs any more. Daily. */
  async sweep(): Promise<void> {
    const before = new Date(this.#dependencies.now().getTime() - keptDays * dayMs);
    for (let count = 1_000; count === 1_000; ) count = await rows.deleteUnused(this.#run, before, 1_000);
    await rows.trimChanges(this.#run, keptChanges);
    await this.#dependencies.pgvector.dropUnused();
  }

  /** Has pgvector get what it lacks of the vectors that serve. */
  async #index(plan: rows.VectorPlan, set: VectorSet, signal: AbortSignal): Promise<void> {
    if (!(await this.#filled(plan, set, signal)) || plan.indexedModel === set.model) return;
    await this.#holding(set, (run) => this.#dependencies.pgvector.complete(run, set));
  }

  /** Whether pgvector is wanted, and has the vectors but for those that come meanwhile. Without the extension they are searched in memory. */
  async #filled(plan: rows.VectorPlan, set: VectorSet, signal: AbortSignal): Promise<boolean> {
    const { pgvector } = this.#dependencies;
    return plan.vectorIndex === 'pgvector' && (await pgvector.lacking()) === undefined && (await pgvector.fill(set, signal));
  }

  async #finished(plan: rows.VectorPlan, set: VectorSet, signal: AbortSignal): Promise<boolean> {
    const { workspaceId, collectionId, model } = set;
    const filled = await this.#filled(plan, set, signal);
    return this.#holding(set, async (run) => {
      if (filled && !(await this.#dependencies.pgvector.complete(run, set))) return false;
      return rows.finishVectors(run, workspaceId, collectionId, model);
    });
  }

  /** Holds off documents for a moment: no chunk without a vector slips in. */
  #holding<T>({ workspaceId, collectionId }: VectorSet, work: (run: RunStatement) => Promise<T>): Promise<T> {
    return this.#dependencies.pool.inTransaction(async (client) => {
      const run = statementsOf(client);
      await run('SELECT id FROM knowledge_collections WHERE workspace_id = $1 AND id = $2 FOR UPDATE', [workspaceId, collectionId]);
      return work(run);
    });
  }

  /** @param serving indexes have the model's other vectors already, and are told which documents got new ones. */
  async #complete(workspaceId: string, collectionId: string, model: string, serving: boolean, signal: AbortSignal): Promise<void> {
    const { now } = this.#dependencies;
    for (;;) {
      const chunks = await rows.chunksWithoutVector(this.#run, workspaceId, collectionId, model, batch);
      if (chunks.length === 0) return;
      const texts = chunks.map(({ title, heading, text }) =>
        embeddedText(title, heading, text).slice(0, longestText).toWellFormed(),
      );
      const limit = AbortSignal.any([signal, AbortSignal.timeout(batchMs)]);
      const vectors = await this.#vectorsOf({ workspaceId }, model, texts, limit);
      const made = chunks.map(({ hash }, at) => ({ hash, vector: packVector(vectors[at] ?? new Float32Array()) }));
      await rows.storeVectors(
        this.#run,
        workspaceId,
        model,
        [...new Map(made.map((each) => [each.hash.toString('hex'), each])).values()],
        now(),
      );
      if (!serving) continue;
      for (const documentId of new Set(chunks.map((chunk) => chunk.documentId)))
        await this.#dependencies.pool.inTransaction((client) =>
          countChange(statementsOf(client), workspaceId, collectionId, documentId, now()),
        );
    }
  }

  async #asked(payer: Payer, model: string, text: string, signal: AbortSignal): Promise<Float32Array> {
    const [vector] = await this.#vectorsOf(payer, model, [text], AbortSignal.any([signal, AbortSignal.timeout(patienceMs)]));
    return vector ?? new Float32Array();
  }

  async #vectorsOf(payer: Payer, model: string, texts: readonly string[], signal: AbortSignal): Promise<Float32Array[]> {
    const answered = await this.#dependencies.embed(payer, model, texts, signal);
    const vectors = answered.map(unitVector);
    const [first] = vectors;
    if (vectors.length === texts.length && vectors.every((each) => each !== undefined && each.length === first?.length))
      return vectors as Float32Array[];
    throw new TimonelError(
      'model_answer_invalid',
      `The model "${model}" did not give one vector of the same length for each text. Choose a model for embeddings.`,
    );
  }
}

function hashOf(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

function floatsOf(packed: Buffer): Float32Array {
  const { values, scale } = unpackVector(packed);
  return Float32Array.from(values, (value) => value * scale);
}
