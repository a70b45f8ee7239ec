/**
 * Loaded into a rehearsed process before anything else (`--import`), and into its threads. It moves the clock of the process, and holds up or
 * ends the thread of an embedded store, as the drill says over the IPC channel. Nothing of it is in a process that is no rehearsal.
 */
import { createRequire, syncBuiltinESMExports } from 'node:module';
import { Socket } from 'node:net';
import { getEnvironmentData, isMainThread, setEnvironmentData, type Worker } from 'node:worker_threads';

export type LeverOrder =
  /** `Date` of the main thread is so many milliseconds away from the system's. */
  | { lever: 'clock'; shiftMs: number }
  /** Threads of the embedded store are ended, and new ones do not begin until the lever is back. */
  | { lever: 'store-thread'; stopped: boolean }
  /** Each packet that the thread of the embedded store reads costs it so long. */
  | { lever: 'store-delay'; milliseconds: number };

/** Cells of what is shared with the threads. */
const stopped = 0;
const delayMs = 1;
const never = 2;
const name = 'timonel:drill';

if (isMainThread) listen();
else await obey();

function listen(): void {
  const cells = new Int32Array(new SharedArrayBuffer(3 * Int32Array.BYTES_PER_ELEMENT));
  setEnvironmentData(name, cells);
  const threads = new Set<Worker>();
  witnessThreads(threads);
  process.on('message', (order: LeverOrder) => {
    if (order.lever === 'clock') shiftClock(order.shiftMs);
    else if (order.lever === 'store-delay') Atomics.store(cells, delayMs, order.milliseconds);
    else {
      Atomics.store(cells, stopped, order.stopped ? 1 : 0);
      Atomics.notify(cells, stopped);
      if (order.stopped) for (const thread of threads) void thread.terminate();
    }
    process.send?.({ done: order.lever });
  });
  // A drill that was killed itself leaves nothing behind.
  process.on('disconnect', () => process.exit(1));
  process.channel?.unref();
}

/** Threads of the embedded store, whose module is `store/embedded/worker`. */
function witnessThreads(threads: Set<Worker>): void {
  const module = createRequire(import.meta.url)('node:worker_threads') as { Worker: typeof Worker };
  const Original = module.Worker;
  module.Worker = class extends Original {
    constructor(...given: ConstructorParameters<typeof Worker>) {
      super(...given);
      if (!/\/store\/embedded\/worker\.[jt]s$/.test(String(given[0]))) return;
      threads.add(this);
      this.once('exit', () => threads.delete(this));
    }
  };
  syncBuiltinESMExports();
}

const SystemDate = Date;

function shiftClock(shiftMs: number): void {
  globalThis.Date =
    shiftMs === 0
      ? SystemDate
      : (new Proxy(SystemDate, {
          construct: (target, given, made) =>
            Reflect.construct(target, given.length === 0 ? [SystemDate.now() + shiftMs] : given, made) as Date,
          apply: () => new SystemDate(SystemDate.now() + shiftMs).toString(),
          get: (target, key, receiver) =>
            key === 'now' ? () => SystemDate.now() + shiftMs : (Reflect.get(target, key, receiver) as unknown),
        }) as DateConstructor);
}

/** In a thread. */
async function obey(): Promise<void> {
  const cells = getEnvironmentData(name);
  if (!(cells instanceof Int32Array)) return;
  while (Atomics.load(cells, stopped) === 1) {
    const waited = Atomics.waitAsync(cells, stopped, 1);
    if (waited.async) await waited.value;
  }
  const emit = Socket.prototype.emit;
  Socket.prototype.emit = function (this: Socket, event: string | symbol, ...given: unknown[]) {
    const milliseconds = event === 'data' ? Atomics.load(cells, delayMs) : 0;
    if (milliseconds > 0) Atomics.wait(cells, never, 0, milliseconds);
    return Reflect.apply(emit, this, [event, ...given]) as boolean;
  } as typeof emit;
}
