import { ModelFailure } from './failure.ts';

/** How long each phase of a call to one target may take, in milliseconds. */
export interface Timeouts {
  /** Of a stream: from the request to the first token. */
  firstTokenMs: number;
  /** Of a stream: between two pieces. */
  idleMs: number;
  /** The whole call, streamed or not. */
  totalMs: number;
}

/**
 * The time limits of one attempt, and what stops it: one timer for all phases, and an abort signal for those who need one. `AbortSignal.any`
 * and `.timeout` cost 16 µs a call and outlive it.
 */
export class AttemptClock {
  readonly #parent: AbortSignal;
  readonly #idleMs: number;
  readonly #totalMs: number;
  readonly #started: number;
  readonly #giveUp = () => this.#abort(new ModelFailure('aborted', 'the caller went away'));
  #timer: NodeJS.Timeout | undefined;
  #complete = false;
  #failure: ModelFailure | undefined;
  #stop: AbortController | undefined;
  #listener: ((failure: ModelFailure) => void) | undefined;
  /** When the present phase ends (`performance.now()`), and the failure if it does. */
  #due = 0;
  #late: () => ModelFailure = () => new ModelFailure('timeout', '');

  /**
   * @param started when it began (`performance.now()`).
   * @param streaming whether a first token is waited for; else only the whole call has a limit.
   */
  constructor({ firstTokenMs, idleMs, totalMs }: Timeouts, parent: AbortSignal, streaming: boolean, started = performance.now()) {
    this.#idleMs = idleMs;
    this.#totalMs = totalMs;
    this.#started = started;
    this.#parent = parent;
    if (parent.aborted) this.#giveUp();
    else {
      parent.addEventListener('abort', this.#giveUp, { once: true });
      if (streaming && firstTokenMs < totalMs) this.#enter(firstTokenMs, () => timeout(`no first token within ${firstTokenMs} ms`));
      else this.#enter(totalMs, () => timeout(`no answer within ${Math.round(totalMs)} ms`));
    }
  }

  get signal(): AbortSignal {
    this.#stop ??= new AbortController();
    if (this.#failure !== undefined) this.#stop.abort(this.#failure);
    return this.#stop.signal;
  }

  /** Calls the one listener when the attempt is stopped; a signal costs more, and is made only where one is asked for. */
  whenStopped(listener: ((failure: ModelFailure) => void) | undefined): void {
    this.#listener = listener;
    if (this.#failure !== undefined) listener?.(this.#failure);
  }

  /** Why the attempt was stopped, where it was. */
  get failure(): ModelFailure | undefined {
    return this.#failure;
  }

  /** A piece arrived: the next one has `idleMs`, and the whole call its total. */
  piece(): void {
    const idleMs = this.#idleMs;
    const totalMs = this.#totalMs;
    const now = performance.now();
    const end = this.#started + totalMs;
    this.#late =
      now + idleMs < end
        ? () => new ModelFailure('stalled', `the stream was silent for ${idleMs} ms`)
        : () => new ModelFailure('stalled', `no complete answer within ${Math.round(totalMs)} ms`);
    // A timer that fires early looks again: thousands of pieces then cost no timer at all.
    this.#due = Math.min(now + idleMs, end);
    if (this.#timer === undefined) this.#arm(this.#due - now);
  }

  /** Ends the attempt; what is still under way at the provider is aborted. */
  close(): void {
    clearTimeout(this.#timer);
    this.#parent.removeEventListener('abort', this.#giveUp);
    if (!this.#complete && this.#failure === undefined) this.#tell(new ModelFailure('aborted', 'the attempt is over'));
  }

  /** The answer is complete: nothing is left to abort. */
  complete(): void {
    this.#complete = true;
    clearTimeout(this.#timer);
    this.#parent.removeEventListener('abort', this.#giveUp);
  }

  #enter(milliseconds: number, late: () => ModelFailure): void {
    this.#due = this.#started + milliseconds;
    this.#late = late;
    this.#arm(milliseconds);
  }

  #arm(milliseconds: number): void {
    this.#timer = setTimeout(() => this.#ring(), Math.max(1, milliseconds));
  }

  #ring(): void {
    this.#timer = undefined;
    const left = this.#due - performance.now();
    if (left > 1) this.#arm(left);
    else this.#abort(this.#late());
  }

  #abort(failure: ModelFailure): void {
    clearTimeout(this.#timer);
    this.#parent.removeEventListener('abort', this.#giveUp);
    this.#tell(failure);
  }

  #tell(failure: ModelFailure): void {
    // Once: the first reason is the one that counts.
    if (this.#failure !== undefined) return;
    this.#failure = failure;
    this.#listener?.(failure);
    this.#stop?.abort(failure);
  }
}

function timeout(message: string): ModelFailure {
  return new ModelFailure('timeout', message);
}
