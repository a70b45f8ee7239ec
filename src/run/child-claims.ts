import type { ClaimedRun } from '../store/runs.ts';

/** Claims runs that others started: one look at a time, and one more where something came meanwhile. */
export class ChildClaims {
  readonly #claim: () => Promise<ClaimedRun[]>;
  readonly #work: (run: ClaimedRun, claimedAt: number) => void;
  #asked = false;
  #looking: Promise<void> | undefined;

  constructor({ claim, work }: { claim(): Promise<ClaimedRun[]>; work(run: ClaimedRun, claimedAt: number): void }) {
    this.#claim = claim;
    this.#work = work;
  }

  /** @throws TimonelError `store_unavailable` */
  claim(): Promise<void> {
    this.#asked = true;
    this.#looking ??= this.#look().finally(() => {
      this.#looking = undefined;
    });
    return this.#looking;
  }

  async #look(): Promise<void> {
    while (this.#asked) {
      this.#asked = false;
      const asked = performance.now();
      for (const run of await this.#claim()) this.#work(run, asked);
    }
  }
}
