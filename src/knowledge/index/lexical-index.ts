/**
 * BM25 over typed arrays: which chunks of one collection have the terms of a question, best first. A term that no chunk has counts for
 * nothing and excludes nothing.
 */
import { termBytes } from '../analysis/terms.ts';
import { TermTable } from './term-table.ts';

/** BM25's saturation and length normalisation. */
const k1 = 1.2;
const b = 0.75;

/** Chunks by their number in the index, best first. */
export interface Ranking {
  chunks: Uint32Array;
  scores: Float64Array;
}

/** Built once over the packed terms of chunks; what is added later is built anew with the rest. */
export class LexicalIndex {
  /** From the hash of a term to its number. */
  readonly #ids = new TermTable();
  readonly #starts: Uint32Array;
  /** Of each term in turn the chunks that have it: their number, and in the lowest byte how often. */
  readonly #postings: Uint32Array;
  readonly #norms: Float32Array;
  readonly #scores: Float64Array;
  readonly size: number;

  /** @param size how many chunks there are, below 2^24. @param termsOf packed terms of a chunk, by number. */
  constructor(size: number, termsOf: (number: number) => Uint8Array) {
    this.size = size;
    let total = 0;
    for (let number = 0; number < size; number++) total += termsOf(number).length / termBytes;
    const lengths = new Float32Array(size);
    // Numbers of terms in the order of the chunks: each is looked up once.
    const ids = new Uint32Array(total);
    const frequencies = new GrowingCounts();
    for (let number = 0, next = 0; number < size; number++) {
      const packed = termsOf(number);
      let length = 0;
      for (let at = 0; at < packed.length; at += termBytes) {
        const id = this.#ids.add(hashAt(packed, at));
        frequencies.count(id);
        length += packed[at + 4] ?? 0;
        ids[next++] = id;
      }
      lengths[number] = length;
    }
    this.#starts = new Uint32Array(this.#ids.size + 1);
    for (let id = 0; id < this.#ids.size; id++) this.#starts[id + 1] = (this.#starts[id] ?? 0) + frequencies.of(id);
    this.#postings = new Uint32Array(total);
    const places = this.#starts.slice();
    for (let number = 0, next = 0; number < size; number++) {
      const packed = termsOf(number);
      for (let at = 0; at < packed.length; at += termBytes) {
        const id = ids[next++] ?? 0;
        const place = places[id] ?? 0;
        places[id] = place + 1;
        this.#postings[place] = number * 256 + (packed[at + 4] ?? 0);
      }
    }
    // Given back at once: it is as large as what stays.
    ids.buffer.transfer(0);
    const average = lengths.reduce((sum, length) => sum + length, 0) / Math.max(1, size);
    this.#norms = lengths.map((length) => k1 * (1 - b + (b * length) / Math.max(1, average)));
    this.#scores = new Float64Array(size);
  }

  /** Bytes that it takes. */
  get bytes(): number {
    return this.#starts.byteLength + this.#postings.byteLength + this.#norms.byteLength * 3 + this.#ids.bytes;
  }

  /** Chunks that have the term. */
  frequency(hash: number): number {
    const id = this.#ids.get(hash);
    return id === -1 ? 0 : (this.#starts[id + 1] ?? 0) - (this.#starts[id] ?? 0);
  }

  /** How much a term tells, the more the rarer; of one that no chunk has, as much as of the rarest. */
  weight(hash: number): number {
    const frequency = Math.max(0.5, this.frequency(hash));
    return Math.log(1 + (this.size - frequency + 0.5) / (frequency + 0.5));
  }

  /**
   * @param weights how much each term of the question counts, by hash. @param allowed which chunks may be answered, by number.
   * @param boost what the score of a chunk is multiplied with, more than 0
   */
  rank(
    weights: ReadonlyMap<number, number>,
    most: number,
    allowed?: (chunk: number) => boolean,
    boost?: (chunk: number) => number,
  ): Ranking {
    const scores = this.#scores;
    const touched: number[] = [];
    for (const [hash, weight] of weights) {
      const id = this.#ids.get(hash);
      if (id === -1) continue;
      const value = weight * this.weight(hash);
      const end = this.#starts[id + 1] ?? 0;
      for (let place = this.#starts[id] ?? 0; place < end; place++) {
        const posting = this.#postings[place] ?? 0;
        const chunk = posting >>> 8;
        const count = posting & 0xff;
        const before = scores[chunk] ?? 0;
        if (before === 0) touched.push(chunk);
        scores[chunk] = before + (value * count * (k1 + 1)) / (count + (this.#norms[chunk] ?? 1));
      }
    }
    if (boost !== undefined) for (const chunk of touched) scores[chunk] = (scores[chunk] ?? 0) * boost(chunk);
    const ranking = best(touched, { get: (chunk) => scores[chunk] ?? 0 }, most, allowed);
    for (const chunk of touched) scores[chunk] = 0;
    return ranking;
  }
}

/** Little-endian, as {@link termBytes} has it; what a `DataView` would read, without one for each chunk. */
function hashAt(packed: Uint8Array, at: number): number {
  return ((packed[at] ?? 0) | ((packed[at + 1] ?? 0) << 8) | ((packed[at + 2] ?? 0) << 16) | ((packed[at + 3] ?? 0) << 24)) >>> 0;
}

/** How often each number was counted. */
class GrowingCounts {
  #counts = new Uint32Array(1_024);

  count(id: number): void {
    if (id >= this.#counts.length) {
      const grown = new Uint32Array(this.#counts.length * 2);
      grown.set(this.#counts);
      this.#counts = grown;
    }
    this.#counts[id] = (this.#counts[id] ?? 0) + 1;
  }

  of(id: number): number {
    return this.#counts[id] ?? 0;
  }
}

/** The best of them, by score and then by number, so that the order is always the same. */
export function best(
  touched: readonly number[],
  scores: { get(chunk: number): number },
  most: number,
  allowed?: (chunk: number) => boolean,
): Ranking {
  // A heap whose root is the worst of those that are kept.
  const kept: number[] = [];
  const isWorse = (one: number, other: number) => {
    const [a, z] = [scores.get(one), scores.get(other)];
    return a < z || (a === z && one > other);
  };
  const swap = (i: number, j: number) => {
    const held = kept[i] ?? 0;
    kept[i] = kept[j] ?? 0;
    kept[j] = held;
  };
  for (const chunk of touched) {
    if (allowed !== undefined && !allowed(chunk)) continue;
    if (kept.length < most) {
      kept.push(chunk);
      for (let at = kept.length - 1; at > 0; ) {
        const parent = (at - 1) >> 1;
        if (!isWorse(kept[at] ?? 0, kept[parent] ?? 0)) break;
        swap(at, parent);
        at = parent;
      }
    } else if (isWorse(kept[0] ?? 0, chunk)) {
      kept[0] = chunk;
      for (let at = 0; ; ) {
        let least = at;
        for (const child of [2 * at + 1, 2 * at + 2])
          if (child < kept.length && isWorse(kept[child] ?? 0, kept[least] ?? 0)) least = child;
        if (least === at) break;
        swap(at, least);
        at = least;
      }
    }
  }
  kept.sort((one, other) => (isWorse(one, other) ? 1 : -1));
  return { chunks: Uint32Array.from(kept), scores: Float64Array.from(kept, (chunk) => scores.get(chunk)) };
}
