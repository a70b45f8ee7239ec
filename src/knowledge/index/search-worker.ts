/** The thread that has the indexes: it is told what collections have, and searches them. */
import { parentPort } from 'node:worker_threads';
import { readRecords } from '../rows/index-pages.ts';
import { answerTasks } from '../worker-thread.ts';
import { CollectionIndex, type IndexAnswer, type IndexedDocument, type IndexQuery } from './collection-index.ts';
import { unpackVector } from './vector-index.ts';

export type SearchTask =
  | { kind: 'open'; collection: string }
  | { kind: 'drop'; collection: string }
  | { kind: 'documents'; collection: string; documents: readonly IndexedDocument[] }
  | { kind: 'chunks'; collection: string; page: string }
  /** Documents that changed, with all that they have now; those without an entry are gone. */
  | {
      kind: 'changes';
      collection: string;
      changed: readonly string[];
      documents: readonly IndexedDocument[];
      pages: readonly string[];
    }
  | { kind: 'texts'; collection: string; texts: readonly { id: string; documentId: string; text: string }[] }
  | { kind: 'forget-vectors'; collection: string }
  | { kind: 'vectors'; collection: string; page: string }
  | { kind: 'measure'; collection: string }
  | { kind: 'search'; collection: string; query: IndexQuery };

export type SearchResult = { kind: 'done' } | { kind: 'bytes'; bytes: number } | { kind: 'unknown' } | IndexAnswer;

const indexes = new Map<string, CollectionIndex>();

answerTasks(parentPort, perform);

async function perform(task: SearchTask): Promise<SearchResult> {
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
      for (const document of task.documents) index.change(document.id, document);
      return;
    case 'chunks':
      index.add(chunksOf(task.page));
      return;
    case 'changes': {
      const chunks = Map.groupBy(task.pages.flatMap(chunksOf), ({ documentId }) => documentId);
      const documents = new Map(task.documents.map((document) => [document.id, document]));
      for (const id of task.changed) index.change(id, documents.get(id), chunks.get(id));
      return;
    }
    case 'texts':
      index.addTexts(task.texts);
      return;
    case 'forget-vectors':
      index.dropVectors();
      return;
    case 'vectors':
      index.addVectors(
        readRecords(task.page).map(({ id, documentId, bytes }) => ({ id, documentId, vector: unpackVector(bytes) })),
      );
  }
}

function chunksOf(page: string) {
  return readRecords(page).map(({ id, documentId, bytes }) => ({ id, documentId, terms: bytes }));
}
