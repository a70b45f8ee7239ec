/**
 * What `promise` gives, or nothing after a time or an abort. Leaves no timer behind: thousands of turns a second, each leaving one of
 * minutes, would be a leak.
 */
export function orAfter<T>(promise: Promise<T>, milliseconds: number, signal?: AbortSignal): Promise<T | undefined> {
  return new Promise((resolve, reject) => {
    const giveUp = () => settle(() => resolve(undefined));
    const timer = setTimeout(giveUp, Math.max(0, milliseconds));
    const settle = (finish: () => void) => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', giveUp);
      finish();
    };
    signal?.addEventListener('abort', giveUp, { once: true });
    promise.then(
      (value) => settle(() => resolve(value)),
      (error: unknown) => settle(() => reject(error)),
    );
  });
}
