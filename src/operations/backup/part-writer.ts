import { Writable } from 'node:stream';

/** Most parts that S3 puts together. */
const mostParts = 10_000;

/**
 * Cuts what is written into parts of one size, and sends one after the other: no more than two are in memory.
 * @param send resolves with the ETag of a part; `number` counts from 1
 */
export class PartWriter extends Writable {
  /** Of the parts that were sent, in order. */
  readonly etags: string[] = [];
  readonly #size: number;
  readonly #send: (part: Buffer, number: number) => Promise<string>;
  #held: Buffer[] = [];
  #bytes = 0;

  constructor(size: number, send: (part: Buffer, number: number) => Promise<string>) {
    super();
    this.#size = size;
    this.#send = send;
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#held.push(chunk);
    this.#bytes += chunk.length;
    if (this.#bytes < this.#size) done();
    else this.#flush(false).then(() => done(), done);
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#flush(true).then(() => done(), done);
  }

  async #flush(last: boolean): Promise<void> {
    let all = Buffer.concat(this.#held);
    while (all.length >= this.#size || (last && (all.length > 0 || this.etags.length === 0))) {
      if (this.etags.length === mostParts) throw new Error(`the backup has more than ${mostParts} parts of ${this.#size} bytes`);
      this.etags.push(await this.#send(all.subarray(0, this.#size), this.etags.length + 1));
      all = all.subarray(this.#size);
    }
    this.#held = all.length === 0 ? [] : [all];
    this.#bytes = all.length;
  }
}
