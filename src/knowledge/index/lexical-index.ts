/**
 * BM25 over typed arrays: which chunks of one collection have the terms of a question, best first. A term that no chunk has counts for
 * nothing and excludes nothing.
 */
import { termBytes } from '../analysis/terms.ts';

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
  readonly #ids = new Map<number, number>();
  readonly #starts: Uint32Array;
  readonly #postings: Uint32Array;
  readonly #counts: Uint8Array;
  readonly #norms: Float32Array;
  readonly #scores: Float64Array;
  readonly size: number;

  /** @param chunks packed terms of each chunk, by number. */
  constructor(chunks: readonly Uint8Array[]) {
    this.size = chunks.length;
    const frequencies: number[] = [];
    const lengths = new Float32Array(chunks.length);
    let total = 0;
    for (const [number, packed] of chunks.entries()) {
      const view = viewOf(packed);
      for (let at = 0; at < packed.length; at += termBytes) {
        const hash = view.getUint32(at, true);
        let id = this.#ids.get(hash);
        if (id === undefined) {
          id = frequencies.length;
          this.#ids.set(hash, id);
          frequencies.push(0);
        }
        frequencies[id] = (frequencies[id] ?? 0) + 1;
        lengths[number] = (lengths[number] ?? 0) + (packed[at + 4] ?? 0);
        total++;
      }
    }
    this.#starts = new Uint32Array(frequencies.length + 1);
    for (const [id, frequency] of frequencies.entries()) this.#starts[id + 1] = (this.#starts[id] ?? 0) + frequency;
    this.#postings = new Uint32Array(total);
    this.#counts = new Uint8Array(total);
    const next = this.#starts.slice();
    for (const [number, packed] of chunks.entries()) {
      const view = viewOf(packed);
      for (let at = 0; at < packed.length; at += termBytes) {
        const id = this.#ids.get(view.getUint32(at, true)) ?? 0;
        const place = next[id] ?? 0;
        next[id] = place + 1;
        this.#postings[place] = number;
        this.#counts[place] = packed[at + 4] ?? 0;
      }
    }
    const average = lengths.reduce((sum, length) => sum + length, 0) / Math.max(1, chunks.length);
    this.#norms = lengths.map((length) => k1 * (1 - b + (b * length) / Math.max(1, average)));
    this.#scores = new Float64Array(chunks.length);
  }

  /** Bytes that it takes. */
  get bytes(): number {
    return (
      this.#starts.byteLength +
      this.#postings.byteLength +
      this.#counts.byteLength +
      this.#norms.byteLength * 3 +
      this.#ids.size * 40
    );
  }

  /** Chunks that have the term. */
  frequency(hash: number): number {
    const id = this.#ids.get(hash);
    return id === undefined ? 0 : (this.#starts[id + 1] ?? 0) - (this.#starts[id] ?? 0);
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
      if (id === undefined) continue;
      const value = weight * this.weight(hash);
      const end = this.#starts[id + 1] ?? 0;
      for (let place = this.#starts[id] ?? 0; place < end; place++) {
        const chunk = this.#postings[place] ?? 0;
        const count = this.#counts[place] ?? 0;
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

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
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
