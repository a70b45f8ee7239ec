/**
 * The chunks of an index in columns: an object for each of a hundred thousand takes more memory than what it is found by. A chunk has a row while it is
 * there, and a number among those that are there now, in the order of their ids.
 */
import type { TextLanguage } from '../contract.ts';
import type { SaidOfPassage } from './feedback-index.ts';

export interface IndexedDocument {
  id: string;
  language: TextLanguage;
  metadata: Readonly<Record<string, unknown>>;
  /** How many it has: what room is made for. */
  chunks?: number | undefined;
  feedback?: readonly SaidOfPassage[] | null | undefined;
}

/** Terms of chunks lie one after the other in pieces of so many bytes at most; a collection of a few chunks has a small one. */
const largestPiece = 524_288;
const smallestPiece = 4_096;

interface Piece {
  bytes: Uint8Array<ArrayBuffer>;
  filled: number;
  /** Rows that have their terms here; with the last of them it goes. */
  rows: number;
}

const idBytes = 16;

export class ChunkTable {
  #ids = new Uint8Array(0);
  #pieceOf = new Uint32Array(0);
  #from = new Uint32Array(0);
  #length = new Uint32Array(0);
  readonly #owners: (IndexedDocument | undefined)[] = [];
  readonly #free: number[] = [];
  readonly #pieces: (Piece | undefined)[] = [];
  #termBytes = 0;
  #numbers: { rowOf: Uint32Array; numberOf: Int32Array } | undefined;

  /** Rows that there were at one time: one more than the highest. */
  get rows(): number {
    return this.#owners.length;
  }

  /** Rows that there is room for. */
  get capacity(): number {
    return this.#from.length;
  }

  /** Chunks that are there. */
  get size(): number {
    return this.#owners.length - this.#free.length;
  }

  get bytes(): number {
    const pieces = this.#pieces.reduce((sum, piece) => sum + (piece?.bytes.byteLength ?? 0), 0);
    return pieces + this.#ids.byteLength + this.#pieceOf.byteLength * 3 + this.rows * 16;
  }

  /** Makes room for so many rows at once. */
  reserve(rows: number): void {
    if (rows <= this.#from.length) return;
    this.#ids = grown(this.#ids, rows * idBytes);
    this.#pieceOf = grown(this.#pieceOf, rows);
    this.#from = grown(this.#from, rows);
    this.#length = grown(this.#length, rows);
  }

  /** @param id 16 bytes. @param terms packed; they are copied. @returns the row */
  add(id: Uint8Array, owner: IndexedDocument, terms: Uint8Array): number {
    const row = this.#free.pop() ?? this.#owners.length;
    if (row >= this.#from.length) this.reserve(Math.max(16, Math.ceil(row * 1.25) + 1));
    const at = this.#pieceFor(terms.byteLength);
    const piece = this.#pieces[at];
    if (piece === undefined) throw new Error('A piece was made for the terms.');
    piece.bytes.set(terms, piece.filled);
    this.#ids.set(id, row * idBytes);
    this.#owners[row] = owner;
    this.#pieceOf[row] = at;
    this.#from[row] = piece.filled;
    this.#length[row] = terms.byteLength;
    piece.filled += terms.byteLength;
    piece.rows++;
    this.#termBytes += terms.byteLength;
    this.#numbers = undefined;
    return row;
  }

  remove(row: number): void {
    const at = this.#pieceOf[row] ?? 0;
    const piece = this.#pieces[at];
    if (piece !== undefined && --piece.rows === 0) this.#pieces[at] = undefined;
    this.#termBytes -= this.#length[row] ?? 0;
    this.#owners[row] = undefined;
    this.#free.push(row);
    this.#numbers = undefined;
  }

  ownerOf(row: number): IndexedDocument | undefined {
    return this.#owners[row];
  }

  /** A view of them. */
  termsOf(row: number): Uint8Array {
    const piece = this.#pieces[this.#pieceOf[row] ?? 0];
    const from = this.#from[row] ?? 0;
    return piece === undefined ? new Uint8Array() : piece.bytes.subarray(from, from + (this.#length[row] ?? 0));
  }

  idOf(row: number): string {
    return uuidOf(this.#ids, row * idBytes);
  }

  /** Rows by the number of their chunk, and numbers by row, -1 where nothing is. The same chunks have the same numbers in every process. */
  numbered(): { rowOf: Uint32Array; numberOf: Int32Array } {
    if (this.#numbers !== undefined) return this.#numbers;
    const rowOf = new Uint32Array(this.size);
    let next = 0;
    for (let row = 0; row < this.rows; row++) if (this.#owners[row] !== undefined) rowOf[next++] = row;
    const starts = new Uint32Array(this.rows);
    const view = new DataView(this.#ids.buffer);
    for (let row = 0; row < this.rows; row++) starts[row] = view.getUint32(row * idBytes);
    rowOf.sort((one, other) => (starts[one] ?? 0) - (starts[other] ?? 0) || this.#compare(one, other));
    const numberOf = new Int32Array(this.rows).fill(-1);
    for (let number = 0; number < rowOf.length; number++) numberOf[rowOf[number] ?? 0] = number;
    this.#numbers = { rowOf, numberOf };
    return this.#numbers;
  }

  /** The number of the chunk with that id; -1 where there is none. */
  find(id: string): number {
    const { rowOf } = this.numbered();
    let [from, to] = [0, rowOf.length - 1];
    while (from <= to) {
      const middle = (from + to) >> 1;
      const there = this.idOf(rowOf[middle] ?? 0);
      if (there === id) return middle;
      if (there < id) from = middle + 1;
      else to = middle - 1;
    }
    return -1;
  }

  #compare(one: number, other: number): number {
    for (let at = 0; at < idBytes; at++) {
      const difference = (this.#ids[one * idBytes + at] ?? 0) - (this.#ids[other * idBytes + at] ?? 0);
      if (difference !== 0) return difference;
    }
    return 0;
  }

  #pieceFor(bytes: number): number {
    const last = this.#pieces.at(-1);
    if (last !== undefined && last.filled + bytes <= last.bytes.byteLength) return this.#pieces.length - 1;
    // About as much as there is: what is empty is half at most, and little in a large one.
    const size = Math.max(bytes, smallestPiece, Math.min(largestPiece, this.#termBytes));
    return this.#pieces.push({ bytes: new Uint8Array(size), filled: 0, rows: 0 }) - 1;
  }
}

function grown<Column extends Uint8Array | Uint32Array>(column: Column, length: number): Column {
  const larger = new (column.constructor as new (length: number) => Column)(length);
  larger.set(column);
  return larger;
}

const digits = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

export function uuidOf(bytes: Uint8Array, from: number): string {
  let text = '';
  for (let at = 0; at < idBytes; at++) {
    if (at === 4 || at === 6 || at === 8 || at === 10) text += '-';
    text += digits[bytes[from + at] ?? 0];
  }
  return text;
}

export function bytesOfUuid(uuid: string): Uint8Array {
  return Buffer.from(uuid.replaceAll('-', ''), 'hex');
}
