/**
 * The index of one collection: its chunks by number, the lists that are searched, and what is known of each document. What another collection has is
 * not in it, so that nothing of another workspace can be found, whatever is asked.
 */
import { packedTerms, termBytes } from '../analysis/terms.ts';
import type { Evidence, MetadataFilter, Strategy, TextLanguage } from '../contract.ts';
import { FeedbackIndex, type SaidOfPassage } from './feedback-index.ts';
import { type FusedChunk, fused, type RankedList, varied } from './fuse.ts';
import { LexicalIndex } from './lexical-index.ts';
import { type QuestionTerms, questionTerms } from './question.ts';
import { gramsOf } from './trigrams.ts';
import { type PackedVector, VectorIndex } from './vector-index.ts';

export interface IndexedDocument {
  id: string;
  language: TextLanguage;
  metadata: Readonly<Record<string, unknown>>;
  feedback?: readonly SaidOfPassage[] | null | undefined;
}

export interface IndexedChunk {
  id: string;
  documentId: string;
  terms: Uint8Array;
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

interface Entry extends IndexedChunk {
  document: IndexedDocument;
  grams?: Uint8Array;
  vector?: PackedVector;
}

export class CollectionIndex {
  readonly #documents = new Map<string, { document: IndexedDocument; chunks: Map<string, Entry> }>();
  #entries: Entry[] | undefined;
  #lexical: LexicalIndex | undefined;
  #grams: LexicalIndex | undefined;
  #vectors: VectorIndex | undefined;
  #feedback: FeedbackIndex | undefined;
  /** Of the vectors; 0 where there are none. */
  #dimensions = 0;

  /** Takes a document out, and puts it in again where it is still there. */
  change(id: string, document: IndexedDocument | undefined, chunks: readonly IndexedChunk[] = []): void {
    const before = this.#documents.get(id)?.chunks;
    if (document === undefined) this.#documents.delete(id);
    else {
      const entries = chunks.map((chunk): [string, Entry] => {
        const { grams, vector } = before?.get(chunk.id) ?? {};
        return [chunk.id, { ...chunk, document, ...(grams && { grams }), ...(vector && { vector }) }];
      });
      this.#documents.set(id, { document, chunks: new Map(entries) });
    }
    this.#forget();
  }

  /** Adds to documents that are there: how a collection is loaded page by page. */
  add(chunks: readonly IndexedChunk[]): void {
    for (const chunk of chunks) {
      const owner = this.#documents.get(chunk.documentId);
      // Gone between two pages; the change that took it away comes next.
      if (owner !== undefined) owner.chunks.set(chunk.id, { ...chunk, documentId: owner.document.id, document: owner.document });
    }
    this.#forget();
  }

  addTexts(texts: readonly { id: string; documentId: string; text: string }[]): void {
    for (const { id, documentId, text } of texts) {
      const entry = this.#documents.get(documentId)?.chunks.get(id);
      if (entry !== undefined) entry.grams = packedTerms(gramsOf(text));
    }
    this.#grams = undefined;
  }

  addVectors(vectors: readonly { id: string; documentId: string; vector: PackedVector }[]): void {
    for (const { id, documentId, vector } of vectors) {
      const entry = this.#documents.get(documentId)?.chunks.get(id);
      if (entry !== undefined) entry.vector = vector;
      this.#dimensions ||= vector.values.length;
    }
    this.#vectors = undefined;
  }

  /** Another model's come in their place. */
  dropVectors(): void {
    for (const { chunks } of this.#documents.values()) for (const entry of chunks.values()) delete entry.vector;
    this.#vectors = undefined;
    this.#dimensions = 0;
  }

  get bytes(): number {
    let bytes = 0;
    for (const { terms, grams, vector } of this.#sorted())
      bytes += 250 + terms.byteLength + (grams?.byteLength ?? 0) + (vector?.values.byteLength ?? 0);
    return bytes + (this.#lexical?.bytes ?? 0) + (this.#grams?.bytes ?? 0) + (this.#vectors?.bytes ?? 0);
  }

  async search(query: IndexQuery): Promise<IndexAnswer> {
    const entries = this.#sorted();
    const terms = questionTerms(query.question, this.#languages());
    const allowed = this.#allowed(query.filter);
    const byWords = this.#words().rank(terms.weights, fusedFrom, allowed, this.#preference(terms));
    const words: RankedList = { name: 'words', ...byWords, weight: 1 };
    const vectors = query.strategy === 'lexical' ? undefined : await this.#byVector(query, allowed);
    const lists: RankedList[] = query.strategy === 'vector' && vectors !== undefined ? [] : [words];
    if (lists.length > 0 && (terms.isForeign || this.#known(terms) < enough) && entries.length <= mostForGrams) {
      const missing = entries.filter(({ grams }) => grams === undefined).map(({ id }) => id);
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
      chunks: taken.map(({ chunk, lists: ranks, ...fusion }) => ({ ...fusion, id: entries[chunk]?.id ?? '', lists: ranks })),
      evidence: this.#evidence(terms, all, lists),
      used: lists.map(({ name }) => name),
    };
  }

  #forget(): void {
    this.#entries = undefined;
    this.#lexical = undefined;
    this.#grams = undefined;
    this.#vectors = undefined;
    this.#feedback = undefined;
  }

  /** Chunks by their number: in the order of their ids, so that the same chunks have the same numbers in every process. */
  #sorted(): Entry[] {
    this.#entries ??= [...this.#documents.values()]
      .flatMap(({ chunks }) => [...chunks.values()])
      .sort((one, other) => (one.id < other.id ? -1 : 1));
    return this.#entries;
  }

  /** Of the chunk with that id; -1 where there is none. */
  #numberOf(id: string): number {
    const entries = this.#sorted();
    let [from, to] = [0, entries.length - 1];
    while (from <= to) {
      const middle = (from + to) >> 1;
      const there = entries[middle]?.id ?? '';
      if (there === id) return middle;
      if (there < id) from = middle + 1;
      else to = middle - 1;
    }
    return -1;
  }

  #said(): FeedbackIndex {
    this.#feedback ??= new FeedbackIndex(this.#sorted());
    return this.#feedback;
  }

  #words(): LexicalIndex {
    this.#lexical ??= new LexicalIndex(this.#sorted().map(({ terms }) => terms));
    return this.#lexical;
  }

  #byGrams(question: string, allowed: ((chunk: number) => boolean) | undefined) {
    this.#grams ??= new LexicalIndex(this.#sorted().map(({ grams }) => grams ?? new Uint8Array()));
    return this.#grams.rank(countsOf(packedTerms(gramsOf(question))), fusedFrom, allowed);
  }

  async #byVector(
    { vector, nearest }: IndexQuery,
    allowed: ((chunk: number) => boolean) | undefined,
  ): Promise<RankedList | undefined> {
    if (nearest !== undefined) {
      // What came after the last look at the changes has no number yet.
      const known = nearest
        .flatMap(({ id, score }) => ({ number: this.#numberOf(id), score }))
        .filter(({ number }) => number !== -1);
      return { name: 'vectors', chunks: known.map(({ number }) => number), scores: known.map(({ score }) => score), weight: 1 };
    }
    if (vector === undefined || vector.length !== this.#dimensions) return undefined;
    this.#vectors ??= await VectorIndex.build(
      this.#sorted().map((entry) => entry.vector),
      this.#dimensions,
    );
    return { name: 'vectors', ...this.#vectors.rank(vector, fusedFrom, allowed), weight: 1 };
  }

  #languages(): TextLanguage[] {
    const counts = { es: 0, en: 0 };
    for (const { document, chunks } of this.#documents.values()) counts[document.language] += chunks.size;
    const found = (['es', 'en'] as const).filter((language) => counts[language] > 0);
    return found.sort((one, other) => counts[other] - counts[one]);
  }

  /** Passages in the language of the question first, where there are some: the same is often written in both. */
  #preference({ language, byLanguage }: QuestionTerms): ((chunk: number) => number) | undefined {
    if (byLanguage.size < 2) return undefined;
    const entries = this.#sorted();
    return (chunk) => (entries[chunk]?.document.language === language ? 1 : otherLanguage);
  }

  #allowed(filter: MetadataFilter | undefined): ((chunk: number) => boolean) | undefined {
    if (filter === undefined || Object.keys(filter).length === 0) return undefined;
    const open = new Set<IndexedDocument>();
    for (const { document } of this.#documents.values()) if (fits(document.metadata, filter)) open.add(document);
    const entries = this.#sorted();
    return (chunk) => {
      const document = entries[chunk]?.document;
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
    const entry = this.#sorted()[chunk];
    if (entry === undefined) return 0;
    const hashes = terms.byLanguage.get(entry.document.language) ?? [];
    const present = countsOf(entry.terms);
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
    if (this.#vectors?.has(one) === true && this.#vectors.has(other)) return this.#vectors.similarity(one, other);
    return alike(this.#sorted()[one]?.terms, this.#sorted()[other]?.terms);
  };
}

/** How far a chunk is ahead of the second of a list, as a part of its own score; 0 where it is not the first. */
function leadOf({ chunks, scores }: RankedList, chunk: number): number {
  const [first = 0, second = 0] = [scores[0], scores[1]];
  return chunks[0] === chunk && first > 0 ? (first - second) / first : 0;
}

/** Cosine of which terms two chunks have; both are sorted by hash. */
function alike(one: Uint8Array | undefined, other: Uint8Array | undefined): number {
  if (one === undefined || other === undefined || one.length === 0 || other.length === 0) return 0;
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

function countsOf(packed: Uint8Array | undefined): Map<number, number> {
  const counts = new Map<number, number>();
  if (packed === undefined) return counts;
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
