import type { PreparedProgram, SandboxProgram } from '../contract.ts';
import { ProgramThreads } from './thread-run.ts';

/** JavaScript in QuickJS, in WebAssembly: ECMAScript 2023 with a console, timers, standard input and the program's own files; no npm. */
export class EmbeddedJavaScript {
  readonly #threads = new ProgramThreads(
    new URL(import.meta.url.endsWith('.ts') ? './javascript-thread.ts' : './javascript-thread.js', import.meta.url),
  );

  async prepare({ files, entry, args = [] }: SandboxProgram): Promise<PreparedProgram> {
    return {
      failed: undefined,
      run: (input, limits, signal) => this.#threads.run({ module: undefined, files, entry, args, input }, limits, signal),
    };
  }

  close(): Promise<void> {
    return this.#threads.close();
  }
}
