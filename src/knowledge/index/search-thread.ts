import { TimonelError } from '../../errors.ts';
import { WorkerThread } from '../worker-thread.ts';
import type { SearchResult, SearchTask } from './search-worker.ts';

export type SearchThread = WorkerThread<SearchTask, SearchResult>;

/** The thread with the indexes, as others speak to it: its callers hear `knowledge_unavailable`. @param onDied all indexes are gone. */
export function createSearchThread(onDied: (error: unknown) => void): SearchThread {
  // From source in development and from dist/ when installed.
  const address = new URL(import.meta.url.endsWith('.ts') ? './search-worker.ts' : './search-worker.js', import.meta.url);
  // What it keeps lies outside of the heap of JavaScript; little is young for long, as in `npm start`.
  return new WorkerThread(
    address,
    { resourceLimits: { maxYoungGenerationSizeMb: 24 } },
    {
      failure: (cause) =>
        new TimonelError('knowledge_unavailable', 'The search does not answer at the moment. Ask again.', { cause }),
      onDied,
    },
  );
}
