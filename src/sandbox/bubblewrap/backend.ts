import { existsSync } from 'node:fs';
import { messageOf } from '../../errors.ts';
import {
  defaultSandboxLimits,
  type PreparedProgram,
  type SandboxBackend,
  type SandboxLanguage,
  type SandboxLimits,
  type SandboxProgram,
  type SandboxResult,
  type SandboxVerdict,
  sandboxLanguages,
} from '../contract.ts';
import { programFailureOf } from '../failure.ts';
import { compiledProgram, type NativeLanguage, nativeLanguage } from './languages.ts';
import { probeLimits } from './probe.ts';
import { type NativeEnd, runNative } from './run.ts';

/** What a compiler needs, whatever the program may use. */
const compilerLimits: SandboxLimits = {
  wallMs: 30_000,
  memoryBytes: 512 * 1024 * 1024,
  outputBytes: 64 * 1024,
  diskBytes: 64 * 1024 * 1024,
  processes: 64,
};
const longestProgramBytes = 32 * 1024 * 1024;

/** Native programs in namespaces of their own, by bubblewrap. Used where a probe shows that every limit holds on this machine. */
export class Bubblewrap implements SandboxBackend {
  readonly name = 'bubblewrap';
  #probed: Promise<ReadonlyMap<SandboxLanguage, { available: boolean; reason?: string }>> | undefined;

  probe(): Promise<ReadonlyMap<SandboxLanguage, { available: boolean; reason?: string }>> {
    this.#probed ??= probe();
    return this.#probed;
  }

  async prepare(program: SandboxProgram, limits: SandboxLimits, signal: AbortSignal): Promise<PreparedProgram> {
    const language = nativeLanguage(program.language);
    if (language === undefined) throw new Error(`${program.language} is not installed.`);
    const { compile } = language;
    if (compile === undefined) return this.#prepared(language, program.files, `/work/${program.entry}`, program.args);
    const end = await runNative(
      {
        argv: [
          '/bin/sh',
          '-c',
          'mkdir -p /tmp/classes && "$@" 1>&2 && cat /tmp/program',
          'compile',
          ...compile(program.entry, Object.keys(program.files)),
        ],
        files: program.files,
        input: '',
        limits: { ...compilerLimits, wallMs: Math.min(2 * limits.wallMs, compilerLimits.wallMs) },
        language: { ...language, ownThreads: 64 },
        environment: { MAIN: program.entry.replace(/\.java$/, '').replaceAll('/', '.') },
        outputBytes: longestProgramBytes,
      },
      signal,
    );
    if (end.exitCode === 0)
      return this.#prepared(language, { ...program.files, '.program': end.stdout }, compiledProgram, program.args);
    if (!end.began) throw new Error(`The compiler was not started: ${end.stderr.toString('utf8').slice(0, 300)}`);
    const verdict = end.stopped ?? (end.outOfMemory ? 'memory' : 'compile-error');
    return {
      failed: { ...resultOf(end, verdict), stdout: '' },
      run: () => Promise.reject(new Error('The program was not compiled.')),
    };
  }

  async close(): Promise<void> {}

  #prepared(language: NativeLanguage, files: SandboxProgram['files'], path: string, args: readonly string[] = []): PreparedProgram {
    return {
      failed: undefined,
      run: async (input, limits, signal) => {
        const argv = [...language.command(path, limits.memoryBytes), ...args];
        const end = await runNative({ argv, files, input, limits, language }, signal);
        if (!end.began) throw new Error(`The program was not started: ${end.stderr.toString('utf8').slice(0, 300)}`);
        return resultOf(end, verdictOf(end));
      },
    };
  }
}

function resultOf(end: NativeEnd, verdict: SandboxVerdict): SandboxResult {
  const { exitCode, stdout, stderr, wallMs, memoryBytes } = end;
  return {
    verdict,
    exitCode,
    stdout: stdout.toString('utf8'),
    stderr: stderr.toString('utf8'),
    wallMs,
    memoryBytes,
    backend: 'bubblewrap',
  };
}

/** Signals that limits of the kernel end a program with. */
const cpuTime = 128 + 24;

function verdictOf({ exitCode, stopped, outOfMemory, stderr }: NativeEnd): SandboxVerdict {
  if (stopped !== undefined) return stopped;
  if (outOfMemory) return 'memory';
  if (exitCode === 0) return 'completed';
  if (exitCode === cpuTime) return 'timeout';
  const text = stderr.toString('utf8');
  if (/std::bad_alloc|java\.lang\.OutOfMemoryError|JavaScript heap out of memory/.test(text)) return 'memory';
  return programFailureOf(text);
}

async function probe(): Promise<ReadonlyMap<SandboxLanguage, { available: boolean; reason?: string }>> {
  const off = (reason: string) => new Map(sandboxLanguages.map((language) => [language, { available: false, reason }]));
  if (process.platform !== 'linux') return off('Native programs need Linux.');
  for (const path of ['/usr/bin/bwrap', '/usr/bin/prlimit']) if (!existsSync(path)) return off(`${path} is not installed.`);
  const states = new Map<SandboxLanguage, { available: boolean; reason?: string }>();
  const limits = new Map<boolean, string | undefined>();
  for (const language of sandboxLanguages) {
    const native = nativeLanguage(language);
    if (native === undefined) {
      states.set(language, { available: false, reason: 'Its programs are not installed.' });
      continue;
    }
    try {
      const { reservesAddresses } = native;
      if (!limits.has(reservesAddresses)) limits.set(reservesAddresses, await probeLimits(reservesAddresses));
      const broken = limits.get(reservesAddresses) ?? (await startOf(native));
      states.set(language, broken === undefined ? { available: true } : { available: false, reason: broken });
    } catch (error) {
      states.set(language, { available: false, reason: messageOf(error) });
    }
  }
  return states;
}

/** Whether its interpreter can be started at all, as the user that programs run as. */
async function startOf(language: NativeLanguage): Promise<string | undefined> {
  if (language.compile !== undefined) return undefined;
  const [program = ''] = language.command('', defaultSandboxLimits.memoryBytes);
  const end = await runNative(
    { argv: [program, '--version'], files: {}, input: '', limits: defaultSandboxLimits, language },
    AbortSignal.timeout(20_000),
  );
  return end.exitCode === 0 ? undefined : `${program} cannot be started: ${end.stderr.toString('utf8').trim().slice(0, 300)}`;
}
