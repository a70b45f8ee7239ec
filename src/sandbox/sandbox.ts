import { TimonelError } from '../errors.ts';
import { Bubblewrap } from './bubblewrap/backend.ts';
import { checkInputs, checkProgram, completeLimits } from './check-program.ts';
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
  /** What {@link Sandbox.languages} answered; undefined before the first use. */
  known(): readonly SandboxLanguageState[] | undefined;
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
  const underWay = new Set<Promise<unknown>>();

  let found: readonly Choice[] | undefined;
  let finding: Promise<readonly Choice[]> | undefined;
  const languages = () => {
    finding ??= Promise.all(sandboxLanguages.map((language) => choose(backends, language))).then((states) => {
      found = states;
      return states;
    });
    return finding;
  };

  const runEach = async (
    program: SandboxProgram,
    inputs: readonly string[],
    options: SandboxRunOptions,
  ): Promise<SandboxResult[]> => {
    checkProgram(program);
    checkInputs(inputs);
    const limits = completeLimits(options.limits);
    const { by: backend, reason } = (await languages()).find(({ language }) => language === program.language) ?? {};
    if (backend === undefined)
      throw new TimonelError('sandbox_language_off', `${program.language} cannot be run here. ${reason ?? ''}`.trim());
    const signal = options.signal === undefined ? closing.signal : AbortSignal.any([options.signal, closing.signal]);
    const { owner, onQueued } = options;
    const results: SandboxResult[] = [];
    try {
      // The compilation and each run take a turn: a long list holds nobody up.
      const prepared = await turns.run({ owner, signal, onQueued }, () => backend.prepare(program, limits, signal));
      for (const input of inputs) {
        results.push(
          prepared.failed ??
            (await turns.run({ owner, signal, onQueued, admitted: true }, () => prepared.run(input, limits, signal))),
        );
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

  const counted: Sandbox['runEach'] = async (...run) => {
    const work = runEach(...run);
    underWay.add(work);
    try {
      return await work;
    } finally {
      underWay.delete(work);
    }
  };

  return {
    languages: async () => shown(await languages()),
    known: () => found && shown(found),
    run: async (program, input, options) => {
      const [result] = await counted(program, [input], options);
      if (result === undefined) throw new Error('A run gave no result.');
      return result;
    },
    runEach: counted,
    load: () => ({ running: turns.running, waiting: turns.waiting }),
    close: async () => {
      closing.abort(new TimonelError('overloaded', 'This process is shutting down. Try again in a few seconds.'));
      await Promise.allSettled(underWay);
      await Promise.all(backends.map((backend) => backend.close()));
    },
  };
}

type Choice = SandboxLanguageState & { by: SandboxBackend | undefined };

/** The first backend that can run the language; why those before it cannot. */
async function choose(backends: readonly SandboxBackend[], language: SandboxLanguage): Promise<Choice> {
  const reasons: string[] = [];
  for (const backend of backends) {
    const state = (await backend.probe()).get(language);
    if (state?.available === true) return { language, backend: backend.name, by: backend, reason: reasons[0] };
    if (state?.reason !== undefined) reasons.push(`${backend.name}: ${state.reason}`);
  }
  return {
    language,
    backend: undefined,
    by: undefined,
    reason: reasons.join(' ') || 'The sandbox is switched off (TIMONEL_SANDBOX).',
  };
}

function shown(choices: readonly Choice[]): SandboxLanguageState[] {
  return choices.map(({ language, backend, reason }) => ({ language, backend, reason }));
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
