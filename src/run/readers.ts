import { EventEmitter } from 'node:events';
import type { WakeUps } from '../store/cache/wake-ups.ts';
import type { RunEvent } from './events.ts';

/** Who reads the events of runs that this process works on, and who waits for the end of a run, here or elsewhere. */
export class Readers {
  readonly #readers = new Map<string, Set<(event: RunEvent) => void>>();
  readonly #waiting = new EventEmitter<Record<string, []>>();

  constructor(wakeUps: Pick<WakeUps, 'subscribe'>) {
    this.#waiting.setMaxListeners(0);
    wakeUps.subscribe((runId) => this.wake(runId));
  }

  /**
   * Listens to the events of a run while this process works on it, also where it does so later or again.
   * @returns how to stop listening.
   */
  listen(runId: string, reader: (event: RunEvent) => void): () => void {
    const readers = this.#readers.get(runId) ?? new Set();
    this.#readers.set(runId, readers.add(reader));
    return () => {
      readers.delete(reader);
      if (readers.size === 0 && this.#readers.get(runId) === readers) this.#readers.delete(runId);
    };
  }

  emit(runId: string, event: RunEvent): void {
    for (const reader of this.#readers.get(runId) ?? []) reader(event);
  }

  /** Whether somebody reads along. */
  has(runId: string): boolean {
    return this.#readers.has(runId);
  }

  /** The run ended: there is nothing more to hear. */
  end(runId: string): void {
    this.#readers.delete(runId);
  }

  /** Wakes those who wait for this run. */
  wake(runId: string): void {
    this.#waiting.emit(runId);
  }

  wakeAll(): void {
    for (const runId of this.#waiting.eventNames()) this.wake(String(runId));
  }

  /** Until the run is said to have ended, so many milliseconds at most. */
  woken(runId: string, milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        this.#waiting.off(runId, done);
        signal?.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, milliseconds);
      this.#waiting.on(runId, done);
      signal?.addEventListener('abort', done, { once: true });
    });
  }
}
