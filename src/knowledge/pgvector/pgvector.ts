/**
 * Vectors that the database searches with pgvector, where a collection has more of them than a process can hold. Its words stay in the index of each
 * process. What it has is a cache of `knowledge_vectors`: without the extension, or before a set is complete, vectors are searched in memory.
 */
import { publishFault } from '../../diagnostics.ts';
import { TimonelError } from '../../errors.ts';
import type { DatabasePool, RunStatement } from '../../store/database.ts';
import type { MetadataFilter } from '../contract.ts';
import { statementsOf } from '../documents.ts';
import { unpackVector } from '../index/vector-index.ts';
import * as rows from './statements.ts';

/** Iterative scans came with it; without them a filter leaves a few of ten. */
const oldest = [0, 8];
/** What an HNSW index over numbers of 16 bits takes. */
const mostDimensions = 4_000;
/** Vectors of one statement: on the embedded store each takes some milliseconds of everybody's. */
const batch = { embedded: 50, postgres: 1_000 };

/** Where a filter leaves no more passages, all of them are compared: it takes less than the index, and misses none. */
const comparedAll = 20_000;

export type { NearestRow, VectorSet } from './statements.ts';

export interface NearestQuery {
  /** Of unit length. */
  vector: Float32Array;
  limit: number;
  filter?: MetadataFilter | undefined;
}

export class Pgvector {
  readonly #pool: DatabasePool;
  readonly #run: RunStatement;

  constructor(pool: DatabasePool) {
    this.#pool = pool;
    this.#run = (text, values) => pool.executeText(text, values);
  }

  /** Why it cannot be used here; `undefined` where it can. */
  async lacking(): Promise<string | undefined> {
    const version = await rows.extensionVersion(this.#run);
    if (version === undefined)
      return 'The database has no extension "vector". Install pgvector 0.8 or newer, and run CREATE EXTENSION vector.';
    const [major = 0, minor = 0] = version.split('.').map(Number);
    if (major > (oldest[0] ?? 0) || minor >= (oldest[1] ?? 0)) return undefined;
    return `The database has version ${version} of the extension "vector", which has no iterative scans. Install pgvector 0.8 or newer, and run ALTER EXTENSION vector UPDATE.`;
  }

  /**
   * Brings the table of a set up to date, and makes it where it is not there. Begun again it goes on where it was.
   * @returns false where there is nothing to index yet. @throws TimonelError `invalid_request` for vectors that are too long
   */
  async fill(set: rows.VectorSet, signal: AbortSignal): Promise<boolean> {
    const dimensions = await rows.dimensionsOf(this.#run, set);
    if (dimensions === undefined) return false;
    if (dimensions > mostDimensions) {
      const reason = `pgvector indexes vectors of ${mostDimensions} numbers at most, and those of "${set.model}" have ${dimensions}. Search them in memory.`;
      throw new TimonelError('invalid_request', reason);
    }
    const made = await this.#inTransaction((run) => rows.makeTable(run, set, dimensions));
    // An index over all that is there takes a tenth of the time of as many additions to one; on the embedded store nobody could wait for it.
    if (this.#pool.embedded) await this.#inTransaction((run) => rows.makeIndex(run, set));
    await this.#add(set, signal);
    if (!this.#pool.embedded) await this.#inTransaction((run) => rows.makeIndex(run, set));
    if (!made) await rows.deleteGone(this.#run, set);
    return true;
  }

  /** In the transaction at hand, which holds the collection: whether the set has all vectors. From then on it is searched. */
  async complete(run: RunStatement, set: rows.VectorSet): Promise<boolean> {
    if (await rows.lacksVectors(run, set)) return false;
    await rows.setIndexedModel(run, set, set.model);
    return true;
  }

  /** Removes what no collection searches any more. */
  dropUnused(): Promise<void> {
    return rows.dropUnused(this.#run);
  }

  /**
   * The nearest passages of a set, the nearest first.
   * @returns `undefined` where the set is not there after all: after a restore, or without the extension. The collection then says so.
   * @throws TimonelError `knowledge_unavailable` where pgvector does not do as it is told
   */
  async nearest(set: rows.VectorSet, { vector, limit, filter }: NearestQuery): Promise<rows.NearestRow[] | undefined> {
    try {
      const found = await this.#inTransaction((run) => this.#searched(run, set, { vector, limit, filter }));
      if (found !== undefined) return found;
    } catch (error) {
      if (!isAbsence(error)) throw error;
    }
    publishFault('the search of knowledge', new Error(`pgvector has no vectors of "${set.model}": they are made again.`));
    await rows.setIndexedModel(this.#run, set, null);
    return undefined;
  }

  async #searched(run: RunStatement, set: rows.VectorSet, { vector, limit, filter }: NearestQuery) {
    const scan = await rows.beginSearch(run, set);
    if (scan === undefined) return undefined;
    if (scan !== 'strict_order') {
      const reason = `pgvector does not scan iteratively (hnsw.iterative_scan is "${scan}"), and would miss passages. Install pgvector 0.8 or newer.`;
      throw new TimonelError('knowledge_unavailable', reason);
    }
    const query = { vector: textOf(vector), limit, filter };
    const isFiltered = filter !== undefined && Object.keys(filter).length > 0;
    const isFew = isFiltered && (await rows.countFiltered(run, set, filter)) <= comparedAll;
    const found = isFew ? [] : await rows.nearestRows(run, set, { ...query, exact: false });
    // The scan ends after so many rows; whether there are others only a look at all of them says.
    return found.length < limit ? rows.nearestRows(run, set, { ...query, exact: true }) : found;
  }

  async #add(set: rows.VectorSet, signal: AbortSignal): Promise<void> {
    const size = this.#pool.embedded ? batch.embedded : batch.postgres;
    for (let after = '00000000-0000-0000-0000-000000000000'; ; ) {
      signal.throwIfAborted();
      const vectors = await rows.vectorsToIndex(this.#run, set, after, size);
      if (vectors.length === 0) return;
      const texts = vectors.map(({ vector }) => {
        const { values, scale } = unpackVector(vector);
        return textOf(Float32Array.from(values, (value) => value * scale));
      });
      await rows.storeInTable(this.#run, set, vectors, texts);
      after = vectors.at(-1)?.id ?? after;
    }
  }

  #inTransaction<T>(work: (run: RunStatement) => Promise<T>): Promise<T> {
    return this.#pool.inTransaction((client) => work(statementsOf(client)));
  }
}

/** As pgvector reads a vector. */
function textOf(vector: Float32Array): string {
  return `[${Array.from(vector, (value) => value.toPrecision(6)).join(',')}]`;
}

/** The type, the table or the schema is not there. */
function isAbsence(error: unknown): boolean {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  if (code === '42704' || code === '42P01' || code === '3F000') return true;
  return error instanceof Error && error.cause !== undefined && isAbsence(error.cause);
}
