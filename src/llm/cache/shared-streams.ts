import type { CacheLookup } from '../../diagnostics.ts';
import { untilAborted } from '../../store/until-aborted.ts';
import { UnderWay } from './under-way.ts';

/** A stream as its source gives it. */
export interface BegunStream {
  /** `provider/model` that gave its beginning. */
  model: string;
  /** Texts of events. */
  events: AsyncIterable<string>;
  cache: CacheLookup['state'];
  /** US dollars, where they are known before its end. */
  cost?: number;
  /** What reading it again saves, in nano-dollars; 0 until it is complete. */
  saved(): bigint;
}

const nobodyReads = new Error('Nobody reads the answer any more.');

/**
 * One stream for all who ask for the same while it comes: who comes later gets at once what came before, and reads along from there. It
 * belongs to all of them: who leaves does not stop it for the others, and when the last one left it is stopped. The fastest reader asks for
 * more, so that a slow one keeps nobody waiting; everything is kept until the last one is done, which is one answer at most.
 */
export class SharedStreams {
  readonly #underWay = new UnderWay<SharedStream>();

  /**
   * @param begin its signal aborts when nobody reads any more.
   * @param signal of this reader: when it aborts, the events end.
   * @returns the stream, this reader's events, and whether somebody else had begun it.
   * @throws the reason of `signal`, or what `begin` threw.
   */
  async join(
    name: string,
    begin: (signal: AbortSignal) => Promise<BegunStream>,
    signal: AbortSignal,
  ): Promise<{ begun: BegunStream; events: AsyncIterable<string>; joined: boolean }> {
    signal.throwIfAborted();
    const underWay = this.#underWay.get(name);
    const stream = underWay ?? this.#begin(name, begin);
    const events = new Reader(stream, signal);
    try {
      return { begun: await untilAborted(stream.begun, signal), events, joined: underWay !== undefined };
    } catch (error) {
      events.leave();
      throw error;
    }
  }

  /** Nobody joins these any more; those who read them still get them. */
  leave(names: (name: string) => boolean): void {
    this.#underWay.deleteAll(names);
  }

  #begin(name: string, begin: (signal: AbortSignal) => Promise<BegunStream>): SharedStream {
    const stream: SharedStream = new SharedStream(begin, () => {
      this.#underWay.delete(name, stream);
    });
    this.#underWay.set(name, stream);
    return stream;
  }
}

class SharedStream {
  readonly begun: Promise<BegunStream>;
  #source: AsyncIterator<string> | undefined;
  readonly #stop = new AbortController();
  readonly #readers = new Set<Reader>();
  readonly #whenOver: () => void;
  readonly #written: string[] = [];
  #asked = false;
  #asking = false;
  /** Set at the end, with what the source threw. */
  over: { error: unknown } | undefined;

  constructor(begin: (signal: AbortSignal) => Promise<BegunStream>, whenOver: () => void) {
    this.#whenOver = whenOver;
    this.begun = begin(this.#stop.signal);
    this.begun.then(
      ({ events }) => {
        this.#source = events[Symbol.asyncIterator]();
      },
      (error: unknown) => this.#end(error),
    );
  }

  get length(): number {
    return this.#written.length;
  }

  /** What came since a reader was told last. */
  since(position: number): string {
    return position === this.length - 1 ? (this.#written[position] ?? '') : this.#written.slice(position).join('');
  }

  enter(reader: Reader): void {
    this.#readers.add(reader);
  }

  leave(reader: Reader): void {
    this.#readers.delete(reader);
    if (this.#readers.size > 0) return;
    this.#whenOver();
    if (this.over === undefined) void this.#halt().catch(() => {});
  }

  /** Asks for what comes next, unless somebody did; all who wait are woken when it is there. */
  more(): void {
    if (this.#asking || this.#source === undefined) return;
    this.#asked = true;
    this.#asking = true;
    this.#source.next().then(
      ({ value, done }) => {
        this.#asking = false;
        if (done === true) this.#end(undefined);
        else this.#written.push(value);
        this.#wake();
      },
      (error: unknown) => {
        this.#asking = false;
        this.#end(error);
      },
    );
  }

  /** A generator that was never asked would end without tidying up: what was begun would stay reserved. */
  async #halt(): Promise<void> {
    this.#stop.abort(nobodyReads);
    await this.begun;
    if (!this.#asked) await this.#source?.next();
    await this.#source?.return?.();
  }

  #end(error: unknown): void {
    this.over ??= { error };
    this.#whenOver();
    this.#wake();
  }

  #wake(): void {
    for (const reader of this.#readers) reader.wake();
  }
}

/** One reader of a stream, from its beginning. */
class Reader implements AsyncIterableIterator<string> {
  readonly #stream: SharedStream;
  readonly #signal: AbortSignal;
  readonly #onAbort = () => this.leave();
  #position = 0;
  #left = false;
  #waking: (() => void) | undefined;

  constructor(stream: SharedStream, signal: AbortSignal) {
    this.#stream = stream;
    this.#signal = signal;
    stream.enter(this);
    signal.addEventListener('abort', this.#onAbort, { once: true });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<IteratorResult<string, undefined>> {
    const stream = this.#stream;
    for (;;) {
      if (this.#left) return { done: true, value: undefined };
      const value = stream.since(this.#position);
      this.#position = stream.length;
      if (value !== '') return { done: false, value };
      const { over } = stream;
      if (over !== undefined) {
        this.leave();
        if (over.error !== undefined) throw over.error;
        continue;
      }
      await new Promise<void>((resolve) => {
        this.#waking = resolve;
        stream.more();
      });
    }
  }

  async return(): Promise<IteratorResult<string, undefined>> {
    this.leave();
    return { done: true, value: undefined };
  }

  wake(): void {
    this.#waking?.();
    this.#waking = undefined;
  }

  leave(): void {
    if (this.#left) return;
    this.#left = true;
    this.#signal.removeEventListener('abort', this.#onAbort);
    this.#stream.leave(this);
    this.wake();
  }
}
