import { WASI, type WASIContextOptions } from '@runno/wasi';
import type { OutputWriter } from './output.ts';

const success = 0;
const notSupported = 58;
const eventBytes = 32;
/** Pieces of one read or write: the count comes from the program. */
const mostVectors = 49_152;

/** The system calls of a Python program. The package's own cut characters in two, lose input, and wait by turning in a loop. */
export class PythonSystem extends WASI {
  readonly #input: Uint8Array;
  readonly #output: OutputWriter;
  #read = 0;

  constructor(options: Partial<WASIContextOptions>, input: Uint8Array, output: OutputWriter) {
    super(options);
    this.#input = input;
    this.#output = output;
  }

  override fd_read(file: number, vectors: number, count: number, result: number): number {
    if (file !== 0) return super.fd_read(file, vectors, count, result);
    let bytes = 0;
    for (const target of this.#vectors(vectors, count)) {
      const part = this.#input.subarray(this.#read, this.#read + target.byteLength);
      target.set(part);
      this.#read += part.byteLength;
      bytes += part.byteLength;
    }
    new DataView(this.memory.buffer).setUint32(result, bytes, true);
    return success;
  }

  override fd_write(file: number, vectors: number, count: number, result: number): number {
    if (file === 0) return notSupported;
    if (file !== 1 && file !== 2) return super.fd_write(file, vectors, count, result);
    let bytes = 0;
    for (const part of this.#vectors(vectors, count)) {
      this.#output.write(file, part);
      bytes += part.byteLength;
    }
    new DataView(this.memory.buffer).setUint32(result, bytes, true);
    return success;
  }

  /** Sleeps without work where the program waits for a time alone; everything else is answered at once. */
  override poll_oneoff(subscriptions: number, events: number, count: number, result: number): number {
    const view = new DataView(this.memory.buffer);
    const kind = view.getUint8(subscriptions + 8);
    const clock = 0;
    if (count !== 1 || kind !== clock) return super.poll_oneoff(subscriptions, events, count, result);
    const timeout = view.getBigUint64(subscriptions + 24, true);
    const absolute = (view.getUint16(subscriptions + 40, true) & 1) !== 0;
    const milliseconds = Number(timeout / 1_000_000n) - (absolute ? Date.now() : 0);
    if (milliseconds > 0) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
    const memory = new Uint8Array(this.memory.buffer);
    memory.fill(0, events, events + eventBytes);
    memory.copyWithin(events, subscriptions, subscriptions + 8);
    view.setUint32(result, 1, true);
    return success;
  }

  #vectors(at: number, count: number): Uint8Array[] {
    const view = new DataView(this.memory.buffer);
    return Array.from({ length: Math.min(count, mostVectors) }, (_, nth) => {
      const place = at + nth * 8;
      return new Uint8Array(this.memory.buffer, view.getUint32(place, true), view.getUint32(place + 4, true));
    });
  }
}
