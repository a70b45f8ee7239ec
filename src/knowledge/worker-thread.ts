import { type MessagePort, Worker, type WorkerOptions } from 'node:worker_threads';
import { messageOf } from '../errors.ts';

/** What a thread is sent: a task, and the number that its answer comes back with. */
export interface ThreadRequest<Task> {
  id: number;
  task: Task;
}

/** What a thread answers: a result, or why there is none. */
export interface ThreadReply<Result> {
  id: number;
  result?: Result | undefined;
  error?: string | undefined;
}

export interface ThreadEvents {
  /** What a caller hears whose task was not done. */
  failure(cause: unknown): Error;
  /** The thread died, with all that it had. */
  onDied?(error: unknown): void;
}

/** A thread that does tasks. Started with the first one; one that died is started anew. While it has nothing to do it does not keep the process. */
export class WorkerThread<Task, Result> {
  readonly #address: URL;
  readonly #options: WorkerOptions;
  readonly #events: ThreadEvents;
  readonly #waiting = new Map<number, { resolve: (result: Result) => void; reject: (error: unknown) => void }>();
  #worker: Worker | undefined;
  #tasks = 0;

  /** @param address of its module. */
  constructor(address: URL, options: WorkerOptions, events: ThreadEvents) {
    this.#address = address;
    this.#options = options;
    this.#events = events;
  }

  /** @param moved buffers of the task that the thread gets as they are, and this one has no more. @throws what {@link ThreadEvents.failure} makes */
  run(task: Task, moved: readonly ArrayBuffer[] = []): Promise<Result> {
    const worker = this.#started();
    const id = ++this.#tasks;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      worker.ref();
      worker.postMessage({ id, task } satisfies ThreadRequest<Task>, moved);
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
    const worker = new Worker(this.#address, this.#options);
    this.#worker = worker;
    worker.on('message', ({ id, result, error }: ThreadReply<Result>) => {
      const waiting = this.#waiting.get(id);
      this.#waiting.delete(id);
      if (this.#waiting.size === 0) worker.unref();
      if (result !== undefined) waiting?.resolve(result);
      else waiting?.reject(this.#events.failure(new Error(error)));
    });
    const died = (error: unknown) => {
      if (this.#worker !== worker) return;
      this.#worker = undefined;
      this.#fail(error);
      this.#events.onDied?.(error);
    };
    worker.on('error', died);
    worker.on('exit', (code) => died(new Error(`The thread ended with ${code}.`)));
    return worker;
  }

  #fail(error: unknown): void {
    for (const { reject } of this.#waiting.values()) reject(this.#events.failure(error));
    this.#waiting.clear();
  }
}

/** Answers tasks within the thread. @param port the thread's `parentPort` */
export function answerTasks<Task, Result>(port: MessagePort | null, perform: (task: Task) => Result | Promise<Result>): void {
  if (port === null) throw new Error('This module runs in a worker thread.');
  port.on('message', async ({ id, task }: ThreadRequest<Task>) => {
    let reply: ThreadReply<Result>;
    try {
      reply = { id, result: await perform(task) };
    } catch (error) {
      reply = { id, error: messageOf(error) };
    }
    port.postMessage(reply);
  });
}
