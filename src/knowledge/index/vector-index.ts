/**
 * Exact search of vectors: an int8 scan over all of them, then the best by 16 bits a number. Nothing is built, so a change costs nothing, and what a
 * filter leaves out is left out of the scan's answer, never of the search.
 */
import { best, type Ranking } from './lexical-index.ts';

/** A scan of native code over a matrix of int8. */
type NativeScan = (matrix: Int8Array, query: Int8Array, dimensions: number, count: number) => ArrayLike<bigint | number>;

/** `undefined` until it is loaded, and where the platform has no build of it. */
let nativeScan: NativeScan | undefined;

/** Loads native code for {@link VectorIndex.rank}, in the thread that searches; without, it is done in JavaScript. */
export async function loadNativeScan(): Promise<void> {
  nativeScan = await import('usearch').then(
    ({ exactSearch, MetricKind }) =>
      (matrix, query, dimensions, count) =>
        exactSearch(matrix, query, dimensions, count, MetricKind.IP, 1).keys as BigUint64Array,
    () => undefined,
  );
}

/** How many more than asked for are looked at again. */
const lookedAt = 5;
const leastLookedAt = 100;

/** A vector as it is stored: 16 bits a number, and what one of them stands for. */
export interface PackedVector {
  values: Int16Array;
  scale: number;
}

/** Highest of the 16 bits that are used: its upper byte, rounded, is still one. */
const highest = 32_512;
/** So much larger a number may be than the largest before, without all being written anew. */
const headroom = 1.2;

/**
 * Vectors by row. A number has 16 bits on one scale for all, in two matrices: the upper bytes are what native code scans, and with the lower ones they are
 * what ranks.
 */
export class VectorIndex {
  readonly dimensions: number;
  #upper: Int8Array<ArrayBuffer>;
  #lower: Int8Array<ArrayBuffer>;
  /** 1 where a row has a vector. */
  #has: Uint8Array<ArrayBuffer>;
  /** Rows up to the last that had one. */
  #rows = 0;
  /** What one of 16 bits stands for. */
  #unit = 0;

  /** @param rows how many there is room for; it grows where there are more. */
  constructor(dimensions: number, rows: number) {
    this.dimensions = dimensions;
    this.#upper = new Int8Array(rows * dimensions);
    this.#lower = new Int8Array(rows * dimensions);
    this.#has = new Uint8Array(rows);
  }

  get bytes(): number {
    return this.#upper.byteLength * 2 + this.#has.byteLength;
  }

  has(row: number): boolean {
    return this.#has[row] === 1;
  }

  /** @param vector of unit length; one of another length of numbers is left out. */
  set(row: number, { values, scale }: PackedVector): void {
    this.clear(row);
    if (values.length !== this.dimensions) return;
    if (row >= this.#has.length) this.#grow(Math.ceil(row * 1.25) + 16);
    let largest = 0;
    for (let at = 0; at < values.length; at++) largest = Math.max(largest, Math.abs(values[at] ?? 0));
    if (largest * scale > this.#unit * highest) this.#rescale((largest * scale * headroom) / highest);
    const factor = scale / (this.#unit || 1);
    const from = row * this.dimensions;
    for (let at = 0; at < values.length; at++) this.#write(from + at, Math.round((values[at] ?? 0) * factor));
    this.#has[row] = 1;
    this.#rows = Math.max(this.#rows, row + 1);
  }

  clear(row: number): void {
    if (this.#has[row] !== 1) return;
    this.#has[row] = 0;
    this.#upper.fill(0, row * this.dimensions, (row + 1) * this.dimensions);
    this.#lower.fill(0, row * this.dimensions, (row + 1) * this.dimensions);
  }

  /** @param numberOf of a row: what is ranked, and decides between equals. @param allowed which numbers may be answered. */
  rank(query: Float32Array, most: number, numberOf: (row: number) => number, allowed?: (chunk: number) => boolean): Ranking {
    const scores = new Map<number, number>();
    for (const row of this.#candidates(query, most, allowed && ((each) => allowed(numberOf(each)))))
      scores.set(numberOf(row), this.#exact(query, row));
    return best([...scores.keys()], { get: (number) => scores.get(number) ?? 0 }, most);
  }

  /** Cosine of two rows. */
  similarity(one: number, other: number): number {
    if (!this.has(one) || !this.has(other)) return 0;
    const [from, beside] = [one * this.dimensions, other * this.dimensions];
    let sum = 0;
    for (let at = 0; at < this.dimensions; at++) sum += this.#read(from + at) * this.#read(beside + at);
    return sum * this.#unit * this.#unit;
  }

  #read(at: number): number {
    return (this.#upper[at] ?? 0) * 256 + (this.#lower[at] ?? 0);
  }

  #write(at: number, value: number): void {
    const upper = (value + 128) >> 8;
    this.#upper[at] = upper;
    this.#lower[at] = value - upper * 256;
  }

  #rescale(unit: number): void {
    const factor = this.#unit / unit;
    for (let row = 0; row < this.#rows; row++) {
      if (!this.has(row)) continue;
      const end = (row + 1) * this.dimensions;
      for (let at = row * this.dimensions; at < end; at++) this.#write(at, Math.round(this.#read(at) * factor));
    }
    this.#unit = unit;
  }

  #grow(rows: number): void {
    const [upper, lower, has] = [this.#upper, this.#lower, this.#has];
    this.#upper = new Int8Array(rows * this.dimensions);
    this.#upper.set(upper);
    this.#lower = new Int8Array(rows * this.dimensions);
    this.#lower.set(lower);
    this.#has = new Uint8Array(rows);
    this.#has.set(has);
  }

  #exact(query: Float32Array, row: number): number {
    const from = row * this.dimensions;
    let sum = 0;
    for (let at = 0; at < this.dimensions; at++) sum += (query[at] ?? 0) * this.#read(from + at);
    return sum * this.#unit;
  }

  #candidates(query: Float32Array, most: number, allowed: ((row: number) => boolean) | undefined): number[] {
    const rows = this.#rows;
    if (allowed !== undefined) {
      const open: number[] = [];
      for (let row = 0; row < rows; row++) if (this.has(row) && allowed(row)) open.push(row);
      return open.length <= most ? open : this.#scanned(query, Math.max(leastLookedAt, most * lookedAt), open);
    }
    const count = Math.min(rows, Math.max(leastLookedAt, most * lookedAt));
    if (nativeScan === undefined || count === 0) return this.#scanned(query, count);
    const keys = nativeScan(this.#upper.subarray(0, rows * this.dimensions), coarseOf(query), this.dimensions, count);
    return Array.from(keys, Number).filter((row) => this.has(row));
  }

  /** The same in plain JavaScript: where there is no native code, and among the chunks that a filter leaves. */
  #scanned(query: Float32Array, count: number, among?: readonly number[]): number[] {
    const asked = coarseOf(query);
    const scores = new Float64Array(this.#rows);
    const touched: number[] = [];
    const look = (row: number) => {
      const from = row * this.dimensions;
      let sum = 0;
      for (let at = 0; at < this.dimensions; at++) sum += (asked[at] ?? 0) * (this.#upper[from + at] ?? 0);
      scores[row] = sum;
      touched.push(row);
    };
    if (among !== undefined) among.forEach(look);
    else for (let row = 0; row < this.#rows; row++) if (this.has(row)) look(row);
    return [...best(touched, { get: (row) => scores[row] ?? 0 }, count).chunks];
  }
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
