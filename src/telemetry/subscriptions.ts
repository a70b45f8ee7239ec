import { type Channel, subscribe, type TracingChannel, unsubscribe } from 'node:diagnostics_channel';
import { channels, publishFault } from '../diagnostics.ts';

/** What a tracing channel adds to its context at the end. */
interface Ended {
  error?: unknown;
}

/** Subscriptions that end together. What listens never harms what it listens to: a listener that throws would end the process. */
export class Subscriptions {
  readonly #undo: (() => void)[] = [];

  on<T>(channel: Channel, listener: (message: T) => void): void {
    const safe = (message: unknown) => {
      try {
        listener(message as T);
      } catch (error) {
        if (channel !== channels.fault) publishFault('telemetry', error);
      }
    };
    subscribe(channel.name, safe);
    this.#undo.push(() => unsubscribe(channel.name, safe));
  }

  /** Hears the end of each traced work, with its length in milliseconds. */
  onEnd<T extends Ended>(channel: TracingChannel<unknown, T>, listener: (work: T, milliseconds: number) => void): void {
    const started = new WeakMap<object, number>();
    this.on<T>(channel.start as Channel, (work) => void started.set(work, performance.now()));
    this.on<T>(channel.asyncEnd as Channel, (work) => {
      const since = started.get(work);
      if (since !== undefined) listener(work, performance.now() - since);
    });
  }

  /** @param undo what else is to be undone at the end. */
  add(undo: () => void): void {
    this.#undo.push(undo);
  }

  end(): void {
    for (const undo of this.#undo.splice(0)) undo();
  }
}
