import { TimonelError } from '../../errors.ts';
import type { TextFormat } from '../split/splitter.ts';
import { WorkerThread } from '../worker-thread.ts';
import { type PreparedFor, type PreparedText, prepareText } from './prepare.ts';
import type { PrepareTask } from './prepare-worker.ts';

/** A text of up to so many characters is cut at once: that takes some milliseconds. */
const shortText = 20_000;

/** Cuts texts into passages: long ones, and code, in a thread, so that what others ask does not wait. */
export class PreparingThread {
  // From source in development and from dist/ when installed.
  readonly #thread = new WorkerThread<PrepareTask, PreparedText>(
    new URL(import.meta.url.endsWith('.ts') ? './prepare-worker.ts' : './prepare-worker.js', import.meta.url),
    {},
    {
      failure: (cause) =>
        new TimonelError('knowledge_unavailable', 'The document could not be cut into passages at the moment. Send it again.', {
          cause,
        }),
    },
  );

  /** @throws TimonelError `knowledge_unavailable` where the thread died */
  async prepare(text: string, format: TextFormat, whose: PreparedFor): Promise<PreparedText> {
    return text.length <= shortText && format !== 'code'
      ? prepareText(text, format, whose)
      : this.#thread.run({ text, format, whose });
  }

  close(): Promise<void> {
    return this.#thread.close();
  }
}
