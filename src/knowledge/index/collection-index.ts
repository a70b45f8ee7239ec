/**
 * The index of one collection: its chunks by number, the lists that are searched, and what is known of each document. What another collection has is
 * not in it, so that nothing of another workspace can be found, whatever is asked.
 */
import { packedTerms, termBytes } from '../analysis/terms.ts';
import type { Evidence, MetadataFilter, Strategy, TextLanguage } from '../contract.ts';
import { bytesOfUuid, ChunkTable, type IndexedDocument, uuidOf } from './chunk-table.ts';
import { FeedbackIndex } from './feedback-index.ts';
import { type FusedChunk, fused, type RankedList, varied } from './fuse.ts';
import { LexicalIndex } from './lexical-index.ts';
import { type QuestionTerms, questionTerms } from './question.ts';
import { gramsOf } from './trigrams.ts';
import { type PackedVector, VectorIndex } from './vector-index.ts';

export interface IndexedChunk {
  /** UUID. */
  id: string;
  documentId: string;
  terms: Uint8Array;
}

/** A chunk as a page has it. */
export interface PackedChunk {
  /** 16 bytes. */
  id: Uint8Array;
  documentId: string;
  terms: Uint8Array;
  vector: PackedVector | undefined;
}

export interface IndexQuery {
  question: string;
  strategy: Strategy;
  limit: number;
  filter?: MetadataFilter | undefined;
  /** Of the question, of unit length; absent where there is none. */
  vector?: Float32Array | undefined;
  /** What the database found by vectors, the nearest first, in the place of this index. */
  nearest?: readonly { id: string; score: number }[] | undefined;
}

export interface FoundChunk {
  id: string;
  score: number;
  boost: number;
  lists: FusedChunk['lists'];
}

export type IndexAnswer =
  | { kind: 'found'; chunks: FoundChunk[]; evidence: Evidence; used: string[] }
  /** The words tell too little: texts are needed that the index does not have yet. */
  | { kind: 'texts-needed'; ids: string[] };

/** Of each list so many go into the fusion. */
export const fusedFrom = 50;
/** Larger collections have no list of trigrams: it takes ten times the memory of the words. */
const mostForGrams = 20_000;
/** Part of what the question's words weigh that the collection has to know, for the words alone to do. */
const enough = 0.5;
/** What the score of a passage counts that is in another language than the question. */
const otherLanguage = 0.7;
/** Part of its own score that a passage has to be ahead of the next, to be quoted without a look at both. */
const clearLead = 0.2;

interface Owner {
  document: IndexedDocument;
  /** Its chunks in the table. */
  rows: number[];
}

export class CollectionIndex {
  readonly #documents = new Map<string, Owner>();
  readonly #table = new ChunkTable();
  /** By the id of the chunk. */
  readonly #gramsOf = new Map<string, Uint8Array>();
  #vectors: VectorIndex | undefined;
  #lexical: LexicalIndex | undefined;
  #grams: LexicalIndex | undefined;
  #feedback: FeedbackIndex | undefined;

  /** Takes a document out, and puts it in again where it is still there. */
  change(id: string, document: IndexedDocument | undefined, chunks: readonly IndexedChunk[] = []): void {
    const before = this.#documents.get(id);
    const staying = new Set(chunks.map((chunk) => chunk.id));
    for (const row of before?.rows ?? []) {
      const gone = this.#table.idOf(row);
      if (!staying.has(gone)) this.#gramsOf.delete(gone);
      this.#vectors?.clear(row);
      this.#table.remove(row);
    }
    this.#documents.delete(id);
    if (document !== undefined) {
      const rows = chunks.map((chunk) => this.#table.add(bytesOfUuid(chunk.id), document, chunk.terms));
      this.#documents.set(id, { document, rows });
    }
    this.#forget();
  }

  /** Documents that are all there will be for now: room is made for their chunks. */
  expect(documents: readonly IndexedDocument[]): void {
    const chunks = documents.reduce((sum, each) => sum + (each.chunks ?? 0), 0);
    this.#table.reserve(this.#table.rows + chunks);
    for (const document of documents) this.change(document.id, document);
  }

  /** Adds to documents that are there: how a collection is loaded page by page. */
  add(chunks: Iterable<PackedChunk>): void {
    for (const { id, documentId, terms, vector } of chunks) {
      const owner = this.#documents.get(documentId);
      // Gone between two pages; the change that took it away comes next.
      if (owner === undefined) continue;
      const row = this.#table.add(id, owner.document, terms);
      owner.rows.push(row);
      if (vector !== undefined) this.#vectorsLike(vector).set(row, vector);
    }
    this.#forget();
  }

  addTexts(texts: readonly { id: string; text: string }[]): void {
    for (const { id, text } of texts) if (this.#table.find(id) !== -1) this.#gramsOf.set(id, packedTerms(gramsOf(text)));
    this.#grams = undefined;
  }

  /** Vectors of chunks that are there. */
  addVectors(chunks: Iterable<PackedChunk>): void {
    const { rowOf } = this.#table.numbered();
    for (const { id, vector } of chunks) {
      const number = vector === undefined ? -1 : this.#table.find(uuidOf(id, 0));
      if (vector !== undefined && number !== -1) this.#vectorsLike(vector).set(rowOf[number] ?? 0, vector);
    }
  }

  /** Another model's come in their place. */
  dropVectors(): void {
    this.#vectors = undefined;
  }

  get bytes(): number {
    let bytes = this.#table.bytes;
    for (const grams of this.#gramsOf.values()) bytes += 200 + grams.byteLength;
    return bytes + (this.#lexical?.bytes ?? 0) + (this.#grams?.bytes ?? 0) + (this.#vectors?.bytes ?? 0);
  }

  search(query: IndexQuery): IndexAnswer {
    const { size } = this.#table;
    const terms = questionTerms(query.question, this.#languages());
    const allowed = this.#allowed(query.filter);
    const byWords = this.#words().rank(terms.weights, fusedFrom, allowed, this.#preference(terms));
    const words: RankedList = { name: 'words', ...byWords, weight: 1 };
    const vectors = query.strategy === 'lexical' ? undefined : this.#byVector(query, allowed);
    const lists: RankedList[] = query.strategy === 'vector' && vectors !== undefined ? [] : [words];
    if (lists.length > 0 && (terms.isForeign || this.#known(terms) < enough) && size <= mostForGrams) {
      const missing = this.#ids().filter((id) => !this.#gramsOf.has(id));
      if (missing.length > 0) return { kind: 'texts-needed', ids: missing };
      const grams = this.#byGrams(query.question, allowed);
      // Words of another language agree by chance, and pieces of them by their common root.
      if (terms.isForeign) words.weight = 0.3;
      lists.push({ name: 'trigrams', ...grams, weight: 1 });
    }
    if (vectors !== undefined) lists.push(vectors);
    const feedback = this.#said();
    const approved = lists[0] === words ? feedback.approved(terms, (hash) => this.#words().weight(hash), allowed) : undefined;
    if (approved !== undefined) lists.push(approved);
    const all = fused(lists, feedback.boost);
    const taken =
      query.strategy === 'mmr' ? varied(all.slice(0, fusedFrom), query.limit, this.#similarity) : all.slice(0, query.limit);
    return {
      kind: 'found',
      chunks: taken.map(({ chunk, lists: ranks, ...fusion }) => ({
        ...fusion,
        id: this.#table.idOf(this.#rowOf(chunk)),
        lists: ranks,
      })),
      evidence: this.#evidence(terms, all, lists),
      used: lists.map(({ name }) => name),
    };
  }

  #forget(): void {
    this.#lexical = undefined;
    this.#grams = undefined;
    this.#feedback = undefined;
  }

  #rowOf(number: number): number {
    return this.#table.numbered().rowOf[number] ?? 0;
  }

  #documentOf(number: number): IndexedDocument | undefined {
    return this.#table.ownerOf(this.#rowOf(number));
  }

  /** By number. */
  #ids(): string[] {
    return Array.from(this.#table.numbered().rowOf, (row) => this.#table.idOf(row));
  }

  #vectorsLike({ values }: PackedVector): VectorIndex {
    this.#vectors ??= new VectorIndex(values.length, this.#table.capacity);
    return this.#vectors;
  }

  #said(): FeedbackIndex {
    if (this.#feedback !== undefined) return this.#feedback;
    const { numberOf } = this.#table.numbered();
    const spoken = [...this.#documents.values()].filter(({ document }) => (document.feedback ?? []).length > 0);
    const entries = spoken.flatMap(({ document, rows }) =>
      rows.map((row) => ({ number: numberOf[row] ?? -1, id: this.#table.idOf(row), document })),
    );
    this.#feedback = new FeedbackIndex(entries.sort((one, other) => one.number - other.number));
    return this.#feedback;
  }

  #words(): LexicalIndex {
    if (this.#lexical !== undefined) return this.#lexical;
    const { rowOf } = this.#table.numbered();
    this.#lexical = new LexicalIndex(rowOf.length, (number) => this.#table.termsOf(rowOf[number] ?? 0));
    return this.#lexical;
  }

  #byGrams(question: string, allowed: ((chunk: number) => boolean) | undefined) {
    const none = new Uint8Array();
    const ids = this.#ids();
    this.#grams ??= new LexicalIndex(ids.length, (number) => this.#gramsOf.get(ids[number] ?? '') ?? none);
    return this.#grams.rank(countsOf(packedTerms(gramsOf(question))), fusedFrom, allowed);
  }

  #byVector({ vector, nearest }: IndexQuery, allowed: ((chunk: number) => boolean) | undefined): RankedList | undefined {
    if (nearest !== undefined) {
      // What came after the last look at the changes has no number yet.
      const known = nearest
        .flatMap(({ id, score }) => ({ number: this.#table.find(id), score }))
        .filter(({ number }) => number !== -1);
      return { name: 'vectors', chunks: known.map(({ number }) => number), scores: known.map(({ score }) => score), weight: 1 };
    }
    if (vector === undefined || vector.length !== this.#vectors?.dimensions) return undefined;
    const { numberOf } = this.#table.numbered();
    return { name: 'vectors', ...this.#vectors.rank(vector, fusedFrom, (row) => numberOf[row] ?? -1, allowed), weight: 1 };
  }

  #languages(): TextLanguage[] {
    const counts = { es: 0, en: 0 };
    for (const { document, rows } of this.#documents.values()) counts[document.language] += rows.length;
    const found = (['es', 'en'] as const).filter((language) => counts[language] > 0);
    return found.sort((one, other) => counts[other] - counts[one]);
  }

  /** Passages in the language of the question first, where there are some: the same is often written in both. */
  #preference({ language, byLanguage }: QuestionTerms): ((chunk: number) => number) | undefined {
    if (byLanguage.size < 2) return undefined;
    return (chunk) => (this.#documentOf(chunk)?.language === language ? 1 : otherLanguage);
  }

  #allowed(filter: MetadataFilter | undefined): ((chunk: number) => boolean) | undefined {
    if (filter === undefined || Object.keys(filter).length === 0) return undefined;
    const open = new Set<IndexedDocument>();
    for (const { document } of this.#documents.values()) if (fits(document.metadata, filter)) open.add(document);
    return (chunk) => {
      const document = this.#documentOf(chunk);
      return document !== undefined && open.has(document);
    };
  }

  /** Part of what the words of the question weigh that is anywhere in the collection: little where it is misspelt, or in another language. */
  #known({ weights }: QuestionTerms): number {
    let all = 0;
    let known = 0;
    for (const hash of weights.keys()) {
      const weight = this.#words().weight(hash);
      all += weight;
      if (this.#words().frequency(hash) > 0) known += weight;
    }
    return all === 0 ? 0 : known / all;
  }

  /** Part of what the words of the question weigh that is in the chunk. */
  #coverage(terms: QuestionTerms, chunk: number): number {
    const document = this.#documentOf(chunk);
    if (document === undefined) return 0;
    const hashes = terms.byLanguage.get(document.language) ?? [];
    const present = countsOf(this.#table.termsOf(this.#rowOf(chunk)));
    let all = 0;
    let there = 0;
    for (const hash of hashes) {
      if (terms.light.has(hash)) continue;
      const weight = this.#words().weight(hash);
      all += weight;
      if (present.has(hash)) there += weight;
    }
    return all === 0 ? 0 : there / all;
  }

  /**
   * Whether the first is about the question: more than half of what the question's words weigh is in it, and it is ahead of the next. Both are parts of
   * what this question could have reached here; no distance is looked at, which would mean something else in each collection.
   */
  #evidence(terms: QuestionTerms, all: readonly FusedChunk[], lists: readonly RankedList[]): Evidence {
    const [first] = all;
    if (first === undefined) return 'none';
    const covered = this.#coverage(terms, first.chunk);
    // A person said of this very question that the passage answers it.
    const approved = lists.find(({ name }) => name === 'approved');
    if (approved?.chunks[0] === first.chunk && approved.scores[0] === 1) return 'strong';
    const words = lists.find(({ name }) => name === 'words');
    if (covered > enough && words !== undefined && leadOf(words, first.chunk) >= clearLead) return 'strong';
    const agreeing = lists.filter(({ chunks }) => chunks[0] === first.chunk).length;
    return covered < 0.2 && agreeing < Math.max(2, lists.length) ? 'none' : 'weak';
  }

  readonly #similarity = (one: number, other: number): number => {
    const [row, beside] = [this.#rowOf(one), this.#rowOf(other)];
    if (this.#vectors?.has(row) === true && this.#vectors.has(beside)) return this.#vectors.similarity(row, beside);
    return alike(this.#table.termsOf(row), this.#table.termsOf(beside));
  };
}

/** How far a chunk is ahead of the second of a list, as a part of its own score; 0 where it is not the first. */
function leadOf({ chunks, scores }: RankedList, chunk: number): number {
  const [first = 0, second = 0] = [scores[0], scores[1]];
  return chunks[0] === chunk && first > 0 ? (first - second) / first : 0;
}

/** Cosine of which terms two chunks have; both are sorted by hash. */
function alike(one: Uint8Array, other: Uint8Array): number {
  if (one.length === 0 || other.length === 0) return 0;
  const [a, z] = [viewOf(one), viewOf(other)];
  let both = 0;
  for (let i = 0, j = 0; i < one.length && j < other.length; ) {
    const [left, right] = [a.getUint32(i, true), z.getUint32(j, true)];
    if (left === right) both++;
    if (left <= right) i += termBytes;
    if (right <= left) j += termBytes;
  }
  return (both * termBytes) / Math.sqrt(one.length * other.length);
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function countsOf(packed: Uint8Array): Map<number, number> {
  const counts = new Map<number, number>();
  const view = viewOf(packed);
  for (let at = 0; at < packed.length; at += termBytes) counts.set(view.getUint32(at, true), packed[at + 4] ?? 0);
  return counts;
}

function fits(metadata: Readonly<Record<string, unknown>>, filter: MetadataFilter): boolean {
  return Object.entries(filter).every(([name, wanted]) => {
    const value = Object.hasOwn(metadata, name) ? metadata[name] : undefined;
    const values = Array.isArray(value) ? (value as unknown[]) : [value];
    const any: readonly unknown[] = Array.isArray(wanted) ? wanted : [wanted];
    return values.some((each) => any.includes(each));
  });
}
