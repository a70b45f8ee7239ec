import {
  type PreparedProgram,
  type SandboxBackend,
  type SandboxLanguage,
  type SandboxProgram,
  sandboxLanguages,
} from '../contract.ts';
import type { EmbeddedJavaScript } from './javascript.ts';
import type { EmbeddedPython } from './python.ts';

/** Programs in WebAssembly, each in a thread of its own: what every machine can run. Interpreters are loaded when the first program needs them. */
export class Embedded implements SandboxBackend {
  readonly name = 'embedded';
  #python: Promise<EmbeddedPython> | undefined;
  #javascript: Promise<EmbeddedJavaScript> | undefined;

  async probe(): Promise<ReadonlyMap<SandboxLanguage, { available: boolean; reason?: string }>> {
    const here = new Set<SandboxLanguage>(['python', 'javascript']);
    return new Map(
      sandboxLanguages.map((language) => [
        language,
        here.has(language) ? { available: true } : { available: false, reason: 'It runs natively only, with bubblewrap.' },
      ]),
    );
  }

  async prepare(program: SandboxProgram): Promise<PreparedProgram> {
    switch (program.language) {
      case 'python':
        this.#python ??= import('./python.ts').then((module) => new module.EmbeddedPython());
        return (await this.#python).prepare(program);
      case 'javascript':
        this.#javascript ??= import('./javascript.ts').then((module) => new module.EmbeddedJavaScript());
        return (await this.#javascript).prepare(program);
      default:
        throw new Error(`${program.language} is not embedded.`);
    }
  }

  async close(): Promise<void> {
    await (await this.#python)?.close();
    await (await this.#javascript)?.close();
  }
}
