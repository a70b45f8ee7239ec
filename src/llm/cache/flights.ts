import { isOfOneCaller } from '../attempt/refusals.ts';
import { UnderWay } from './under-way.ts';

/**
 * Joins what is under way, or begins it. Where whoever began it was not let, the next one begins it anew: that one may be.
 * @param join is given what tells that it began the work itself.
 */
export async function joinFairly<T>(join: (begins: () => void) => Promise<T>): Promise<T> {
  let own = false;
  for (;;) {
    try {
      return await join(() => {
        own = true;
      });
    } catch (error) {
      if (own || !isOfOneCaller(error)) throw error;
    }
  }
}

interface Passenger<T> {
  landed(outcome: T): void;
  failed(error: unknown): void;
}

interface Flight<T> {
  /** Who waits for it. */
  passengers: Passenger<T>[];
  stop: AbortController;
}

const nobodyWaits = new Error('Nobody waits for the answer any more.');

/**
 * One piece of work for all who ask for the same at the same time. It belongs to all of them: who leaves does not stop it for the others,
 * and when the last one left it is stopped.
 */
export class Flights<T> {
  readonly #underWay = new UnderWay<Flight<T>>();

  /**
   * @param signal of this caller.
   * @returns what the work gave, and whether somebody else had begun it.
   * @throws the reason of `signal`, or what the work threw.
   */
  join(name: string, work: (signal: AbortSignal) => Promise<T>, signal?: AbortSignal): Promise<{ outcome: T; joined: boolean }> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted === true) {
        reject(signal.reason as Error);
        return;
      }
      const under = this.#underWay.get(name);
      const joined = under !== undefined;
      const flight = under ?? { passengers: [], stop: new AbortController() };
      const leave = () => {
        flight.passengers = flight.passengers.filter((each) => each !== passenger);
        reject(signal?.reason as Error);
        if (flight.passengers.length > 0) return;
        this.#underWay.delete(name, flight);
        flight.stop.abort(nobodyWaits);
      };
      const passenger: Passenger<T> = {
        landed(outcome) {
          signal?.removeEventListener('abort', leave);
          resolve({ outcome, joined });
        },
        failed(error) {
          signal?.removeEventListener('abort', leave);
          reject(error as Error);
        },
      };
      flight.passengers.push(passenger);
      signal?.addEventListener('abort', leave, { once: true });
      if (!joined) this.#begin(name, flight, work);
    });
  }

  /** Nobody joins these any more; those who wait for them still get them. */
  leave(names: (name: string) => boolean): void {
    this.#underWay.deleteAll(names);
  }

  #begin(name: string, flight: Flight<T>, work: (signal: AbortSignal) => Promise<T>): void {
    this.#underWay.set(name, flight);
    work(flight.stop.signal).then(
      (outcome) => {
        this.#underWay.delete(name, flight);
        for (const passenger of flight.passengers) passenger.landed(outcome);
      },
      (error: unknown) => {
        this.#underWay.delete(name, flight);
        for (const passenger of flight.passengers) passenger.failed(error);
      },
    );
  }
}
