import type { RunEvent, RunEventFrame } from '../run/events.ts';
import { wireEvent } from '../run/events.ts';
import type { Runner } from '../run/runner.ts';
import type { RunViews } from '../store/run-views.ts';
import { turnOf } from './turns.ts';

/** A reader of events may wait for a person's approval of another day; timers count no further than this. */
export const longestWaitMs = 2 ** 31 - 1;

/**
 * The events of a run from the step after `after` on, until its turn ends: stored ones first, then live ones where this process works on
 * it, else by looking. A step comes once, in order, whoever works on the run and however often it is taken over.
 *
 * @param live events heard since before the run began, where the caller listened that early.
 */
export async function* runEvents(
  runner: Runner,
  views: RunViews,
  run: { workspaceId: string; runId: string },
  after: number,
  signal: AbortSignal,
  live: LiveEvents = new LiveEvents(),
): AsyncGenerator<RunEventFrame> {
  let last = after;
  const stop = runner.listen(run.runId, live.push);
  const ended = runner.wait(run.workspaceId, run.runId, longestWaitMs, signal).finally(() => live.end());
  // Where the steps cannot be read, the generator ends before it comes to this, and a rejection that nobody hears ends the process.
  ended.catch(() => {});
  try {
    yield { event: 'run-accepted', data: { runId: run.runId } };
    for (;;) {
      for (const { index, step } of await views.steps(run.workspaceId, run.runId, last)) {
        last = index;
        yield wireEvent({ kind: 'step', index, step });
      }
      for await (const event of live) {
        if (event.kind === 'step') {
          if (event.index <= last) continue;
          last = event.index;
        }
        yield wireEvent(event);
      }
      const view = await ended;
      if (signal.aborted) return;
      if (view.steps > last + 1) continue;
      yield { event: 'run-ended', data: turnOf(view) };
      return;
    }
  } finally {
    stop();
  }
}

/** Events on their way from the run to a reader. */
export class LiveEvents implements AsyncIterable<RunEvent> {
  #queue: RunEvent[] = [];
  #ended = false;
  #wake: (() => void) | undefined;

  readonly push = (event: RunEvent): void => {
    this.#queue.push(event);
    this.#wake?.();
  };

  end(): void {
    this.#ended = true;
    this.#wake?.();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<RunEvent> {
    for (;;) {
      const events = this.#queue;
      this.#queue = [];
      yield* events;
      if (this.#queue.length > 0) continue;
      if (this.#ended) return;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}
