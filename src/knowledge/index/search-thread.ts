import { Worker } from 'node:worker_threads';
import { TimonelError } from '../../errors.ts';
import type { SearchReply, SearchRequest, SearchResult, SearchTask } from './search-worker.ts';

/** The thread with the indexes, as others speak to it. Started with the first task; one that died is started anew, and has nothing then. */
export class SearchThread {
  readonly #onDied: (error: unknown) => void;
  readonly #waiting = new Map<number, { resolve: (result: SearchResult) => void; reject: (error: unknown) => void }>();
  #worker: Worker | undefined;
  #tasks = 0;

  /** @param onDied all indexes are gone. */
  constructor(onDied: (error: unknown) => void) {
    this.#onDied = onDied;
  }

  /** @param transfer memory that goes over to the thread. @throws TimonelError `knowledge_unavailable` */
  run(task: SearchTask, transfer: readonly ArrayBuffer[] = []): Promise<SearchResult> {
    const worker = this.#started();
    const id = ++this.#tasks;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      worker.ref();
      worker.postMessage({ id, task } satisfies SearchRequest, [...transfer]);
    });
  }

  async close(): Promise<void> {
    const worker = this.#worker;
    this.#worker = undefined;
    worker?.removeAllListeners('exit');
    this.#fail(new Error('The process is closing.'));
    await worker?.terminate();
  }

  #started(): Worker {
    if (this.#worker !== undefined) return this.#worker;
    // From source in development and from dist/ when installed.
    const address = new URL(import.meta.url.endsWith('.ts') ? './search-worker.ts' : './search-worker.js', import.meta.url);
    const worker = new Worker(address);
    this.#worker = worker;
    worker.on('message', ({ id, result, error }: SearchReply) => {
      const waiting = this.#waiting.get(id);
      this.#waiting.delete(id);
      // Nobody waits: it does not keep the process.
      if (this.#waiting.size === 0) worker.unref();
      if (result !== undefined) waiting?.resolve(result);
      else waiting?.reject(unavailable(new Error(error)));
    });
    const died = (error: unknown) => {
      if (this.#worker !== worker) return;
      this.#worker = undefined;
      this.#fail(error);
      this.#onDied(error);
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
  return new TimonelError('knowledge_unavailable', 'The search does not answer at the moment. Ask again.', { cause });
}
