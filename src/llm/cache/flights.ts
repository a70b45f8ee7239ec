import { untilAborted } from '../../store/until-aborted.ts';

interface Flight<T> {
  outcome: Promise<T>;
  waiting: number;
  stop: AbortController;
  landed: boolean;
}

const nobodyWaits = new Error('Nobody waits for the answer any more.');

/**
 * One piece of work for all who ask for the same at the same time. It belongs to all of them: who leaves does not stop it for the others,
 * and when the last one left it is stopped.
 */
export class Flights<T> {
  readonly #flights = new Map<string, Flight<T>>();

  /**
   * @param signal of this caller.
   * @returns what the work gave, and whether somebody else had begun it.
   * @throws the reason of `signal`, or what the work threw.
   */
  async join(
    name: string,
    work: (signal: AbortSignal) => Promise<T>,
    signal?: AbortSignal,
  ): Promise<{ outcome: T; joined: boolean }> {
    signal?.throwIfAborted();
    const under = this.#flights.get(name);
    const flight = under ?? this.#begin(name, work);
    flight.waiting++;
    try {
      return {
        outcome: await (signal === undefined ? flight.outcome : untilAborted(flight.outcome, signal)),
        joined: under !== undefined,
      };
    } finally {
      flight.waiting--;
      if (flight.waiting === 0) {
        this.#end(name, flight);
        if (!flight.landed) flight.stop.abort(nobodyWaits);
      }
    }
  }

  /** Nobody joins these any more; those who wait for them still get them. */
  leave(names: (name: string) => boolean): void {
    for (const name of this.#flights.keys()) if (names(name)) this.#flights.delete(name);
  }

  #begin(name: string, work: (signal: AbortSignal) => Promise<T>): Flight<T> {
    const stop = new AbortController();
    const flight: Flight<T> = { outcome: work(stop.signal), waiting: 0, stop, landed: false };
    this.#flights.set(name, flight);
    const land = () => {
      flight.landed = true;
      this.#end(name, flight);
    };
    flight.outcome.then(land, land);
    return flight;
  }

  #end(name: string, flight: Flight<T>): void {
    if (this.#flights.get(name) === flight) this.#flights.delete(name);
  }
}
