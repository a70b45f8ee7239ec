import { Worker } from 'node:worker_threads';
import { TimonelError } from '../../errors.ts';
import type { TextFormat } from '../split/splitter.ts';
import { type PreparedFor, type PreparedText, prepareText } from './prepare.ts';
import type { PrepareAnswer, PrepareTask } from './prepare-worker.ts';

/** A text of up to so many characters is cut at once: that takes some milliseconds. */
const shortText = 20_000;

/** Cuts texts into passages: long ones in a thread, started with the first of them, so that what others ask does not wait. */
export class PreparingThread {
  readonly #waiting = new Map<number, { resolve: (prepared: PreparedText) => void; reject: (error: unknown) => void }>();
  #worker: Worker | undefined;
  #tasks = 0;

  /** @throws TimonelError `knowledge_unavailable` where the thread died */
  async prepare(text: string, format: TextFormat, whose: PreparedFor): Promise<PreparedText> {
    if (text.length <= shortText) return prepareText(text, format, whose);
    const worker = this.#started();
    const id = ++this.#tasks;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      worker.ref();
      worker.postMessage({ id, text, format, whose } satisfies PrepareTask);
    });
  }

  async close(): Promise<void> {
    const worker = this.#worker;
    this.#worker = undefined;
    this.#fail(new Error('The process is closing.'));
    await worker?.terminate();
  }

  #started(): Worker {
    if (this.#worker !== undefined) return this.#worker;
    // From source in development and from dist/ when installed.
    const address = new URL(import.meta.url.endsWith('.ts') ? './prepare-worker.ts' : './prepare-worker.js', import.meta.url);
    const worker = new Worker(address);
    this.#worker = worker;
    worker.on('message', ({ id, prepared, error }: PrepareAnswer) => {
      const waiting = this.#waiting.get(id);
      this.#waiting.delete(id);
      if (this.#waiting.size === 0) worker.unref();
      if (prepared !== undefined) waiting?.resolve(prepared);
      else waiting?.reject(unavailable(new Error(error)));
    });
    const died = (error: unknown) => {
      if (this.#worker !== worker) return;
      this.#worker = undefined;
      this.#fail(error);
    };
    worker.on('error', died);
    worker.on('exit', (code) => died(new Error(`The thread ended with ${code}.`)));
    return worker;
  }

  #fail(error: unknown): void {
    for (const { reject } of this.#waiting.values()) reject(unavailable(error));
    this.#waiting.clear();
  }
}

function unavailable(cause: unknown): TimonelError {
  return new TimonelError('knowledge_unavailable', 'The document could not be cut into passages at the moment. Send it again.', {
    cause,
  });
}
