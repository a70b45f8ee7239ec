/** Standard output and error of a program in memory that both threads see: what was printed is there also when the thread is stopped. */
export interface SharedOutput {
  stdout: SharedArrayBuffer;
  stderr: SharedArrayBuffer;
  /** Bytes of stdout, bytes of stderr, 1 where one of them was full. */
  state: SharedArrayBuffer;
}

export function createOutput(bytes: number): SharedOutput {
  return {
    stdout: new SharedArrayBuffer(bytes),
    stderr: new SharedArrayBuffer(bytes),
    state: new SharedArrayBuffer(3 * Int32Array.BYTES_PER_ELEMENT),
  };
}

/** Thrown within the thread when a program prints more than it may. */
export class OutputFull extends Error {}

/** Writes from the program's thread. */
export class OutputWriter {
  readonly #parts: readonly Uint8Array[];
  readonly #state: Int32Array;

  constructor({ stdout, stderr, state }: SharedOutput) {
    this.#parts = [new Uint8Array(stdout), new Uint8Array(stderr)];
    this.#state = new Int32Array(state);
  }

  /** @param stream 1 or 2. @throws OutputFull */
  write(stream: 1 | 2, bytes: Uint8Array): void {
    const at = stream - 1;
    const used = this.#state[at] ?? 0;
    const part = this.#parts[at];
    if (part === undefined) return;
    const taken = bytes.subarray(0, part.length - used);
    part.set(taken, used);
    Atomics.store(this.#state, at, used + taken.length);
    if (taken.length === bytes.length) return;
    Atomics.store(this.#state, 2, 1);
    throw new OutputFull();
  }
}

export function readSharedOutput({ stdout, stderr, state }: SharedOutput): { stdout: string; stderr: string; full: boolean } {
  const lengths = new Int32Array(state);
  const text = (bytes: SharedArrayBuffer, at: number) => Buffer.from(bytes.slice(0, Atomics.load(lengths, at))).toString('utf8');
  return { stdout: text(stdout, 0), stderr: text(stderr, 1), full: Atomics.load(lengths, 2) === 1 };
}
