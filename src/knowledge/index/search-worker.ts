/** The thread that has the indexes: it is told what collections have, and searches them. */
import { parentPort } from 'node:worker_threads';
import { readRecords } from '../rows/index-pages.ts';
import { answerTasks } from '../worker-thread.ts';
import type { IndexedDocument } from './chunk-table.ts';
import { CollectionIndex, type IndexAnswer, type IndexQuery, type PackedChunk } from './collection-index.ts';
import { loadNativeScan, unpackVector } from './vector-index.ts';

export type SearchTask =
  | { kind: 'open'; collection: string }
  | { kind: 'drop'; collection: string }
  | { kind: 'documents'; collection: string; documents: readonly IndexedDocument[] }
  | { kind: 'chunks'; collection: string; page: Uint8Array<ArrayBuffer> }
  /** Documents that changed, with all that they have now; those without an entry are gone. */
  | {
      kind: 'changes';
      collection: string;
      changed: readonly string[];
      documents: readonly IndexedDocument[];
      pages: readonly Uint8Array<ArrayBuffer>[];
    }
  | { kind: 'texts'; collection: string; texts: readonly { id: string; text: string }[] }
  | { kind: 'forget-vectors'; collection: string }
  | { kind: 'vectors'; collection: string; page: Uint8Array<ArrayBuffer> }
  | { kind: 'measure'; collection: string }
  | { kind: 'search'; collection: string; query: IndexQuery };

export type SearchResult = { kind: 'done' } | { kind: 'bytes'; bytes: number } | { kind: 'unknown' } | IndexAnswer;

const indexes = new Map<string, CollectionIndex>();

await loadNativeScan();
answerTasks(parentPort, perform);

function perform(task: SearchTask): SearchResult {
  if (task.kind === 'open') {
    indexes.set(task.collection, new CollectionIndex());
    return { kind: 'done' };
  }
  if (task.kind === 'drop') {
    indexes.delete(task.collection);
    return { kind: 'done' };
  }
  const index = indexes.get(task.collection);
  if (index === undefined) return { kind: 'unknown' };
  if (task.kind === 'search') return index.search(task.query);
  if (task.kind === 'measure') return { kind: 'bytes', bytes: index.bytes };
  load(index, task);
  return { kind: 'done' };
}

function load(index: CollectionIndex, task: Exclude<SearchTask, { kind: 'open' | 'drop' | 'search' | 'measure' }>): void {
  switch (task.kind) {
    case 'documents':
      index.expect(task.documents);
      return;
    case 'chunks':
      index.add(chunksOf(task.page));
      task.page.buffer.transfer(0);
      return;
    case 'changes':
      for (const id of task.changed) index.change(id, undefined);
      index.expect(task.documents);
      for (const page of task.pages) index.add(chunksOf(page));
      return;
    case 'texts':
      index.addTexts(task.texts);
      return;
    case 'forget-vectors':
      index.dropVectors();
      return;
    case 'vectors':
      index.addVectors(chunksOf(task.page));
      task.page.buffer.transfer(0);
  }
}

function* chunksOf(page: Uint8Array): Generator<PackedChunk> {
  for (const { vector, ...chunk } of readRecords(page))
    yield { ...chunk, vector: vector.byteLength === 0 ? undefined : unpackVector(vector) };
}
