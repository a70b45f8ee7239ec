import { TimonelError } from '../errors.ts';

export interface FairQueueLimits {
  /** Runs at once. */
  running: number;
  /** Runs that wait, of all owners. */
  waiting: number;
  /** Runs that wait, of one owner. */
  waitingOfOne: number;
}

interface Waiting {
  start(): void;
  onQueued: ((position: number) => void) | undefined;
  told: number;
}

/** Round robin between owners: one who sends a hundred runs delays others by one run, not by a hundred. */
export class FairQueue {
  readonly #limits: FairQueueLimits;
  /** Owner → runs in their order. The first owner is the next; who had a turn goes to the end. */
  readonly #owners = new Map<string, Waiting[]>();
  #running = 0;
  #waiting = 0;

  constructor(limits: FairQueueLimits) {
    this.#limits = limits;
  }

  get running(): number {
    return this.#running;
  }

  get waiting(): number {
    return this.#waiting;
  }

  /**
   * Does the work when it is its turn.
   * @throws TimonelError `overloaded`; the reason of `signal` where it is aborted before
   */
  async run<T>(
    {
      owner,
      signal,
      onQueued,
      admitted = false,
    }: {
      owner: string;
      signal?: AbortSignal | undefined;
      onQueued?: ((position: number) => void) | undefined;
      /** Another part of what was let in before: it waits its turn, and is not refused. */
      admitted?: boolean;
    },
    work: () => Promise<T>,
  ): Promise<T> {
    signal?.throwIfAborted();
    if (this.#running >= this.#limits.running) await this.#turn(owner, admitted, signal, onQueued);
    else this.#running++;
    try {
      return await work();
    } finally {
      this.#running--;
      this.#next();
    }
  }

  /** Resolves when the run counts as running. */
  #turn(owner: string, admitted: boolean, signal: AbortSignal | undefined, onQueued: Waiting['onQueued']): Promise<void> {
    const queue = this.#owners.get(owner) ?? [];
    if (!admitted && (this.#waiting >= this.#limits.waiting || queue.length >= this.#limits.waitingOfOne)) {
      throw new TimonelError('overloaded', 'Too many programs wait to be run. Try again in a few seconds.');
    }
    return new Promise((resolve, reject) => {
      const leave = () => {
        this.#remove(owner, entry);
        this.#tellPositions();
        reject(signal?.reason);
      };
      const entry: Waiting = {
        start: () => {
          signal?.removeEventListener('abort', leave);
          resolve();
        },
        onQueued,
        told: -1,
      };
      queue.push(entry);
      this.#owners.set(owner, queue);
      this.#waiting++;
      signal?.addEventListener('abort', leave, { once: true });
      this.#tellPositions();
    });
  }

  #next(): void {
    const [first] = this.#owners;
    if (first === undefined || this.#running >= this.#limits.running) return;
    const [owner, queue] = first;
    const entry = queue.shift();
    this.#owners.delete(owner);
    if (queue.length > 0) this.#owners.set(owner, queue);
    if (entry === undefined) return;
    this.#waiting--;
    this.#running++;
    entry.start();
    this.#tellPositions();
  }

  #remove(owner: string, entry: Waiting): void {
    const queue = this.#owners.get(owner) ?? [];
    const at = queue.indexOf(entry);
    if (at < 0) return;
    queue.splice(at, 1);
    this.#waiting--;
    if (queue.length === 0) this.#owners.delete(owner);
  }

  /** Tells each that waits how many are before it, where that changed. */
  #tellPositions(): void {
    const queues = [...this.#owners.values()];
    let position = 0;
    for (let round = 0; queues.some((queue) => round < queue.length); round++) {
      for (const queue of queues) {
        const entry = queue[round];
        if (entry === undefined) continue;
        if (entry.told !== position) {
          entry.told = position;
          tell(entry, position);
        }
        position++;
      }
    }
  }
}

/** What a listener throws is its own affair: the queue goes on, and tells it nothing more. */
function tell(entry: Waiting, position: number): void {
  try {
    entry.onQueued?.(position);
  } catch {
    entry.onQueued = undefined;
  }
}
