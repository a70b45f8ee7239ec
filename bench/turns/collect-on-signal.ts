/** Loaded into a server with `--import` and `--expose-gc`: collects garbage on SIGUSR2, for the soak alone. */
import { isMainThread } from 'node:worker_threads';

if (isMainThread) {
  process.on('SIGUSR2', () => {
    globalThis.gc?.();
    setTimeout(() => globalThis.gc?.(), 500);
  });
}
