/**
 * Exact search of vectors: an int8 scan over all of them, then the best by 16 bits a number. Nothing is built, so a change costs nothing, and what a
 * filter leaves out is left out of the scan's answer, never of the search.
 */
import { best, type Ranking } from './lexical-index.ts';

/** A scan of native code over a matrix of int8. */
type NativeScan = (matrix: Int8Array, query: Int8Array, dimensions: number, count: number) => ArrayLike<bigint | number>;

/** Loaded once; `undefined` where the platform has no build of it. */
const nativeScan: Promise<NativeScan | undefined> = import('usearch').then(
  ({ exactSearch, MetricKind }) =>
    (matrix, query, dimensions, count) =>
      exactSearch(matrix, query, dimensions, count, MetricKind.IP, 1).keys as BigUint64Array,
  () => undefined,
);

/** How many more than asked for are looked at again. */
const lookedAt = 5;
const leastLookedAt = 100;

/** A vector as it is stored and kept: 16 bits a number, and what one of them stands for. */
export interface PackedVector {
  values: Int16Array;
  scale: number;
}

export class VectorIndex {
  readonly dimensions: number;
  readonly size: number;
  readonly #vectors: readonly (PackedVector | undefined)[];
  readonly #coarse: Int8Array;
  readonly #scan: NativeScan | undefined;

  private constructor(vectors: readonly (PackedVector | undefined)[], dimensions: number, scan: NativeScan | undefined) {
    this.dimensions = dimensions;
    this.size = vectors.length;
    this.#scan = scan;
    this.#vectors = vectors.map((vector) => (vector?.values.length === dimensions ? vector : undefined));
    this.#coarse = new Int8Array(vectors.length * dimensions);
    // One scale for all: native code compares the numbers as they are.
    let largest = 0;
    for (const vector of this.#vectors) if (vector !== undefined) largest = Math.max(largest, vector.scale * 32_767);
    for (const [number, vector] of this.#vectors.entries()) {
      if (vector === undefined) continue;
      const { values, scale } = vector;
      const factor = (scale * 127) / (largest || 1);
      const coarse = this.#coarse.subarray(number * dimensions, (number + 1) * dimensions);
      for (let at = 0; at < dimensions; at++) coarse[at] = Math.round((values[at] ?? 0) * factor);
    }
  }

  /** @param vectors of unit length, by number of the chunk; absent where a chunk has none. */
  static async build(vectors: readonly (PackedVector | undefined)[], dimensions: number): Promise<VectorIndex> {
    return new VectorIndex(vectors, dimensions, await nativeScan);
  }

  get bytes(): number {
    return this.#coarse.byteLength + this.size * 8;
  }

  has(number: number): boolean {
    return this.#vectors[number] !== undefined;
  }

  rank(query: Float32Array, most: number, allowed?: (chunk: number) => boolean): Ranking {
    const candidates = this.#candidates(query, most, allowed);
    const scores = new Map(candidates.map((number) => [number, this.#exact(query, number)]));
    return best(candidates, { get: (number) => scores.get(number) ?? 0 }, most);
  }

  /** Cosine of two chunks. */
  similarity(one: number, other: number): number {
    const [a, z] = [this.#vectors[one], this.#vectors[other]];
    return a === undefined || z === undefined ? 0 : product(a.values, z.values) * a.scale * z.scale;
  }

  #exact(query: Float32Array, number: number): number {
    const vector = this.#vectors[number];
    return vector === undefined ? 0 : product(query, vector.values) * vector.scale;
  }

  #candidates(query: Float32Array, most: number, allowed: ((chunk: number) => boolean) | undefined): number[] {
    if (allowed !== undefined) {
      const open: number[] = [];
      for (let number = 0; number < this.size; number++) if (this.has(number) && allowed(number)) open.push(number);
      return open.length <= most ? open : this.#scanned(query, Math.max(leastLookedAt, most * lookedAt), open);
    }
    const count = Math.min(this.size, Math.max(leastLookedAt, most * lookedAt));
    if (this.#scan === undefined || count === 0) return this.#scanned(query, count);
    const keys = this.#scan(this.#coarse, coarseOf(query), this.dimensions, count);
    return Array.from(keys, Number).filter((number) => this.has(number));
  }

  /** The same in plain JavaScript: where there is no native code, and among the chunks that a filter leaves. */
  #scanned(query: Float32Array, count: number, among?: readonly number[]): number[] {
    const asked = coarseOf(query);
    const scores = new Float64Array(this.size);
    const touched: number[] = [];
    const look = (number: number) => {
      const from = number * this.dimensions;
      let sum = 0;
      for (let at = 0; at < this.dimensions; at++) sum += (asked[at] ?? 0) * (this.#coarse[from + at] ?? 0);
      scores[number] = sum;
      touched.push(number);
    };
    if (among !== undefined) among.forEach(look);
    else for (let number = 0; number < this.size; number++) if (this.has(number)) look(number);
    return [...best(touched, { get: (number) => scores[number] ?? 0 }, count).chunks];
  }
}

function product(one: Float32Array | Int16Array, other: Int16Array): number {
  let sum = 0;
  for (let at = 0; at < other.length; at++) sum += (one[at] ?? 0) * (other[at] ?? 0);
  return sum;
}

function coarseOf(query: Float32Array): Int8Array {
  let largest = 0;
  for (const value of query) largest = Math.max(largest, Math.abs(value));
  return Int8Array.from(query, (value) => Math.round((value * 127) / (largest || 1)));
}

/** Of length 1, so that a product is a cosine; `undefined` where it has none. */
export function unitVector(values: ArrayLike<number>): Float32Array | undefined {
  let square = 0;
  for (let at = 0; at < values.length; at++) square += (values[at] ?? 0) ** 2;
  if (!(square > 0) || !Number.isFinite(square)) return undefined;
  const length = Math.sqrt(square);
  return Float32Array.from(values, (value) => value / length);
}

/** As it is stored: the scale as a 32-bit float, then 16 bits a number, all little-endian. */
export function packVector(vector: Float32Array): Buffer {
  let largest = 0;
  for (const value of vector) largest = Math.max(largest, Math.abs(value));
  const scale = (largest || 1) / 32_767;
  const packed = Buffer.alloc(4 + vector.length * 2);
  packed.writeFloatLE(scale, 0);
  for (const [at, value] of vector.entries()) packed.writeInt16LE(Math.round(value / scale), 4 + at * 2);
  return packed;
}

/** A view of the bytes where the platform reads them as they are, else a copy. */
export function unpackVector(packed: Uint8Array): PackedVector {
  const view = new DataView(packed.buffer, packed.byteOffset, packed.byteLength);
  const scale = view.getFloat32(0, true);
  const count = (packed.byteLength - 4) / 2;
  const from = packed.byteOffset + 4;
  if (isLittleEndian && from % 2 === 0) return { values: new Int16Array(packed.buffer, from, count), scale };
  const values = new Int16Array(count);
  for (let at = 0; at < values.length; at++) values[at] = view.getInt16(4 + at * 2, true);
  return { values, scale };
}

const isLittleEndian = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;
