import { TimonelError } from '../errors.ts';
import { Bubblewrap } from './bubblewrap/backend.ts';
import { checkProgram, completeLimits } from './check-program.ts';
import {
  type Sandbox,
  type SandboxBackend,
  type SandboxLanguage,
  type SandboxLanguageState,
  type SandboxProgram,
  type SandboxResult,
  type SandboxRunOptions,
  sandboxLanguages,
} from './contract.ts';
import { Embedded } from './embedded/backend.ts';
import { FairQueue } from './fair-queue.ts';

export interface SandboxSettings {
  /** `auto`: native where a probe shows that it is safe, else embedded. `off`: nothing is run. */
  mode: 'auto' | 'embedded' | 'off';
  /** Programs at once. */
  concurrency: number;
  /** Programs that wait at most; half of them of one owner. */
  queue: number;
}

export interface SandboxObserver {
  /** A run ended; one run of `runEach` each. */
  ran?(result: SandboxResult, language: SandboxLanguage): void;
  /** The sandbox failed: the result says `sandbox-error`. */
  failed?(error: unknown, language: SandboxLanguage): void;
}

export interface OpenSandbox extends Sandbox {
  /** Runs now, and runs that wait. */
  load(): { running: number; waiting: number };
  close(): Promise<void>;
}

/** Opens a sandbox. Nothing is loaded or probed before its first use. */
export function createSandbox({ mode, concurrency, queue }: SandboxSettings, observer: SandboxObserver = {}): OpenSandbox {
  const backends: SandboxBackend[] =
    mode === 'off' ? [] : mode === 'embedded' ? [new Embedded()] : [new Bubblewrap(), new Embedded()];
  const turns = new FairQueue({ running: concurrency, waiting: queue, waitingOfOne: Math.ceil(queue / 2) });
  const closing = new AbortController();

  const chosen = async (
    language: SandboxLanguage,
  ): Promise<{ backend: SandboxBackend | undefined; reason: string | undefined }> => {
    const reasons: string[] = [];
    for (const backend of backends) {
      const state = (await backend.probe()).get(language);
      if (state?.available === true) return { backend, reason: reasons[0] };
      if (state?.reason !== undefined) reasons.push(`${backend.name}: ${state.reason}`);
    }
    return { backend: undefined, reason: reasons.join(' ') || 'The sandbox is switched off (TIMONEL_SANDBOX).' };
  };

  const runEach = async (
    program: SandboxProgram,
    inputs: readonly string[],
    options: SandboxRunOptions,
  ): Promise<SandboxResult[]> => {
    checkProgram(program);
    const limits = completeLimits(options.limits);
    const { backend, reason } = await chosen(program.language);
    if (backend === undefined)
      throw new TimonelError('sandbox_language_off', `${program.language} cannot be run here. ${reason ?? ''}`.trim());
    const signal = options.signal === undefined ? closing.signal : AbortSignal.any([options.signal, closing.signal]);
    const { owner, onQueued } = options;
    const results: SandboxResult[] = [];
    try {
      // The compilation and each run take a turn: a long list holds nobody up.
      const prepared = await turns.run({ owner, signal, onQueued }, () => backend.prepare(program, limits, signal));
      for (const input of inputs) {
        results.push(prepared.failed ?? (await turns.run({ owner, signal, onQueued }, () => prepared.run(input, limits, signal))));
      }
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof TimonelError) throw error;
      observer.failed?.(error, program.language);
      while (results.length < inputs.length) results.push(broken(backend));
    }
    for (const result of results) observer.ran?.(result, program.language);
    return results;
  };

  return {
    languages: () =>
      Promise.all(
        sandboxLanguages.map(async (language): Promise<SandboxLanguageState> => {
          const { backend, reason } = await chosen(language);
          return { language, backend: backend?.name, reason };
        }),
      ),
    run: async (program, input, options) => {
      const [result] = await runEach(program, [input], options);
      if (result === undefined) throw new Error('A run gave no result.');
      return result;
    },
    runEach,
    load: () => ({ running: turns.running, waiting: turns.waiting }),
    close: async () => {
      closing.abort(new TimonelError('overloaded', 'This process is shutting down. Try again in a few seconds.'));
      await Promise.all(backends.map((backend) => backend.close()));
    },
  };
}

function broken({ name }: SandboxBackend): SandboxResult {
  return {
    verdict: 'sandbox-error',
    exitCode: undefined,
    stdout: '',
    stderr: '',
    wallMs: 0,
    memoryBytes: undefined,
    backend: name,
  };
}
