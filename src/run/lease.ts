import type { RunStore } from '../store/runs.ts';

/**
 * The lease of this process on all of its runs, as this process may believe in it: never longer than the database does, and known to be
 * held without a gap since a moment.
 */
export class Lease {
  readonly #store: Pick<RunStore, 'renewLease'>;
  readonly #processId: string;
  readonly #milliseconds: number;
  #until = 0;
  /** Since when the lease has been held without a gap. */
  #heldSince = Number.POSITIVE_INFINITY;

  constructor(store: Pick<RunStore, 'renewLease'>, processId: string, milliseconds: number) {
    this.#store = store;
    this.#processId = processId;
    this.#milliseconds = milliseconds;
  }

  /** Whether it lapsed, or was never taken. */
  get lapsed(): boolean {
    return performance.now() >= this.#until;
  }

  /** Whether it has been held without a gap since then (`performance.now()`), and is now. */
  holds(since: number): boolean {
    return since >= this.#heldSince && !this.lapsed;
  }

  /** @returns when the database answered (`performance.now()`). @throws TimonelError `store_unavailable` */
  async renew(): Promise<number> {
    // Counted from before the statement left, so that this process never believes in a lease longer than the database does.
    const asked = performance.now();
    await this.#store.renewLease(this.#processId, this.#milliseconds);
    const answered = performance.now();
    if (answered >= this.#until) this.#heldSince = answered;
    this.#until = asked + this.#milliseconds;
    return answered;
  }

  /** Others may take over what is left from here on: nothing more is started. */
  end(): void {
    this.#until = 0;
  }
}
