/**
 * Which indexes are in memory, and how fresh they are. One that is asked for is loaded once, however many ask; before each search it gets what changed
 * since; the one that was not asked for longest goes when there is too little room.
 */

import { publishFault } from '../../diagnostics.ts';
import type { RunStatement } from '../../store/database.ts';
import type { OpenCollection } from '../rows/collections.ts';
import {
  changedDocuments,
  chunkPages,
  type DocumentOfIndex,
  documentPages,
  type IndexScope,
  textPages,
} from '../rows/index-pages.ts';
import type { IndexAnswer, IndexQuery } from './collection-index.ts';
import { createSearchThread, type SearchThread } from './search-thread.ts';

type FoundAnswer = Extract<IndexAnswer, { kind: 'found' }>;

interface LoadedIndex {
  sequence: number;
  vectorModel: string | null;
  bytes: number;
}

export interface IndexesDependencies {
  run: RunStatement;
  /** Bytes that all indexes may take. */
  limit: number;
  /** An index was loaded whole. */
  onLoaded(milliseconds: number): void;
  /** What is in memory now. */
  onMemory(memory: { count: number; bytes: number }): void;
}

export class Indexes {
  readonly #dependencies: IndexesDependencies;
  readonly #thread: SearchThread;
  /** By collection; in the order in which they were asked for. */
  readonly #loaded = new Map<string, LoadedIndex>();
  readonly #queues = new Map<string, Promise<unknown>>();

  constructor(dependencies: IndexesDependencies) {
    this.#dependencies = dependencies;
    this.#thread = createSearchThread((error) => {
      this.#loaded.clear();
      publishFault('the search of knowledge', error);
    });
  }

  /** Bytes of the indexes in memory, about. */
  get bytes(): number {
    let bytes = 0;
    for (const index of this.#loaded.values()) bytes += index.bytes;
    return bytes;
  }

  get count(): number {
    return this.#loaded.size;
  }

  /** @throws TimonelError `knowledge_unavailable`, `store_unavailable` */
  async search(workspaceId: string, collection: OpenCollection, query: IndexQuery): Promise<FoundAnswer> {
    const scope = { workspaceId, collectionId: collection.id };
    for (let attempt = 0; attempt < 4; attempt++) {
      if (!this.#isFresh(collection)) await this.#inTurn(collection.id, () => this.#freshen(scope, collection));
      const index = this.#loaded.get(collection.id);
      if (index !== undefined) {
        // The latest in the order.
        this.#loaded.delete(collection.id);
        this.#loaded.set(collection.id, index);
      }
      const answer = await this.#thread.run({ kind: 'search', collection: collection.id, query });
      if (answer.kind === 'found') return answer;
      if (answer.kind === 'texts-needed') await this.#inTurn(collection.id, () => this.#addTexts(scope, answer.ids));
      else this.#loaded.delete(collection.id);
    }
    throw new Error('The index was dropped again and again while it was searched.');
  }

  async drop(collectionId: string): Promise<void> {
    if (this.#loaded.delete(collectionId)) await this.#thread.run({ kind: 'drop', collection: collectionId });
  }

  close(): Promise<void> {
    return this.#thread.close();
  }

  #isFresh({ id, sequence, vectorModel }: OpenCollection): boolean {
    const index = this.#loaded.get(id);
    return index !== undefined && index.sequence >= sequence && index.vectorModel === vectorModel;
  }

  /** Changes of one index come one after the other. */
  async #inTurn(collectionId: string, work: () => Promise<void>): Promise<void> {
    const before = this.#queues.get(collectionId) ?? Promise.resolve();
    const turn = before.then(work, work);
    this.#queues.set(collectionId, turn);
    try {
      await turn;
    } finally {
      if (this.#queues.get(collectionId) === turn) this.#queues.delete(collectionId);
    }
  }

  async #freshen(scope: IndexScope, collection: OpenCollection): Promise<void> {
    // Another search may have done it meanwhile.
    if (this.#isFresh(collection)) return;
    const index = this.#loaded.get(collection.id);
    if (index === undefined || !(await this.#applyChanges(scope, collection, index))) await this.#load(scope, collection);
    await this.#makeRoom(collection.id);
  }

  async #load(scope: IndexScope, { id, sequence, vectorModel }: OpenCollection): Promise<void> {
    const started = performance.now();
    const { run } = this.#dependencies;
    await this.#thread.run({ kind: 'open', collection: id });
    const all: DocumentOfIndex[] = [];
    for await (const documents of documentPages(run, scope)) {
      await this.#thread.run({ kind: 'documents', collection: id, documents });
      all.push(...documents);
    }
    for await (const page of chunkPages(run, scope, all, vectorModel))
      await this.#thread.run({ kind: 'chunks', collection: id, page }, [page.buffer]);
    // What changed while it was read comes with the next look at the changes.
    this.#loaded.set(id, { sequence, vectorModel, bytes: 0 });
    this.#dependencies.onLoaded(performance.now() - started);
  }

  /** @returns false where it has to be loaded whole. */
  async #applyChanges(scope: IndexScope, { id, sequence, vectorModel }: OpenCollection, index: LoadedIndex): Promise<boolean> {
    const { run } = this.#dependencies;
    if (index.sequence < sequence) {
      const changes = await changedDocuments(run, scope, index.sequence);
      if (changes === undefined) return false;
      const changed = { ...scope, documents: changes.documents };
      const documents: DocumentOfIndex[] = [];
      for await (const page of documentPages(run, changed)) documents.push(...page);
      const pages: Uint8Array<ArrayBuffer>[] = [];
      for await (const page of chunkPages(run, scope, documents, index.vectorModel)) pages.push(page);
      const task = { kind: 'changes', collection: id, changed: changes.documents, documents, pages } as const;
      const moved = pages.map(({ buffer }) => buffer);
      if ((await this.#thread.run(task, moved)).kind === 'unknown') return false;
      index.sequence = changes.sequence;
    }
    if (index.vectorModel !== vectorModel) {
      await this.#thread.run({ kind: 'forget-vectors', collection: id });
      if (vectorModel !== null) {
        const documents: DocumentOfIndex[] = [];
        for await (const page of documentPages(run, scope)) documents.push(...page);
        await this.#loadVectors(scope, documents, vectorModel);
      }
      index.vectorModel = vectorModel;
    }
    return true;
  }

  async #loadVectors(scope: IndexScope, documents: readonly DocumentOfIndex[], model: string): Promise<void> {
    for await (const page of chunkPages(this.#dependencies.run, scope, documents, model))
      await this.#thread.run({ kind: 'vectors', collection: scope.collectionId, page }, [page.buffer]);
  }

  async #addTexts(scope: IndexScope, ids: readonly string[]): Promise<void> {
    for await (const texts of textPages(this.#dependencies.run, scope, ids))
      await this.#thread.run({ kind: 'texts', collection: scope.collectionId, texts });
    await this.#makeRoom(scope.collectionId);
  }

  /** Drops those that were not asked for longest, never the one that is being asked. */
  async #makeRoom(used: string): Promise<void> {
    const measured = await this.#thread.run({ kind: 'measure', collection: used });
    const index = this.#loaded.get(used);
    if (measured.kind === 'bytes' && index !== undefined) index.bytes = measured.bytes;
    for (const id of [...this.#loaded.keys()]) {
      if (this.bytes <= this.#dependencies.limit) break;
      if (id !== used) await this.drop(id);
    }
    this.#dependencies.onMemory({ count: this.count, bytes: this.bytes });
  }
}
