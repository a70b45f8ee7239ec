/**
 * The sandbox runs programs that nobody trusts: of students, and of models. A program gets its files and its input, and gives back what it printed and
 * how it ended. It has no network, no file of the host, no environment, and cannot go on after its run.
 */

export const sandboxLanguages = ['python', 'javascript', 'c', 'cpp', 'java'] as const;
export type SandboxLanguage = (typeof sandboxLanguages)[number];

/** `embedded`: WebAssembly in a worker thread, nothing installed. `bubblewrap`: native programs in namespaces of their own. */
export type SandboxBackendName = 'embedded' | 'bubblewrap';

export interface SandboxProgram {
  language: SandboxLanguage;
  /** Relative path → content. Up to 64 files and 1 MiB together; no `..`, no absolute path. */
  files: Readonly<Record<string, string | Uint8Array>>;
  /** The file that is run; one of {@link files}. */
  entry: string;
  args?: readonly string[] | undefined;
}

/** What a run may use. */
export interface SandboxLimits {
  /** Wall time in milliseconds, from the moment that the program begins; default 10,000, at most 60,000. A compilation has as much again. */
  wallMs: number;
  /** Bytes of memory, default 128 MiB, at most 512 MiB. The embedded Python counts in steps of 64 MiB. */
  memoryBytes: number;
  /** Bytes of standard output, and as many of standard error; default 64 KiB, at most 1 MiB. */
  outputBytes: number;
  /** Bytes of all files that the program writes; default 8 MiB. */
  diskBytes: number;
  /** Processes and threads at once, where the backend has them; default 16. */
  processes: number;
}

/**
 * How a run ended. `completed`: by itself, with exit code 0. `sandbox-error`: the sandbox failed, and the program is not to blame.
 * `output`: it printed more than it may, and was stopped.
 */
export type SandboxVerdict = 'completed' | 'runtime-error' | 'compile-error' | 'timeout' | 'memory' | 'output' | 'sandbox-error';

export interface SandboxResult {
  verdict: SandboxVerdict;
  /** 128 and the number of the signal where a signal ended it; undefined where it was stopped. */
  exitCode: number | undefined;
  /** UTF-8; broken bytes are U+FFFD. What was printed before it was stopped is there. */
  stdout: string;
  stderr: string;
  /** Of the program, in milliseconds; without the time in the queue. */
  wallMs: number;
  /** Highest use, where the backend knows it. */
  memoryBytes: number | undefined;
  backend: SandboxBackendName;
}

export interface SandboxRunOptions {
  limits?: Partial<SandboxLimits> | undefined;
  /** For whom: the queue is fair between owners. A user, a contact or a conversation with its workspace. */
  owner: string;
  /** Aborted, the program is stopped, or leaves the queue. */
  signal?: AbortSignal | undefined;
  /** How many runs are before it in the queue; called when it has to wait, and whenever that changes. */
  onQueued?: ((position: number) => void) | undefined;
}

/** A language as it stands on this machine. */
export interface SandboxLanguageState {
  language: SandboxLanguage;
  /** `undefined`: it is off. */
  backend: SandboxBackendName | undefined;
  /** Why it is off, or is not native. */
  reason: string | undefined;
}

export interface Sandbox {
  /** What can be run here. The first call waits for the probe of native programs. */
  languages(): Promise<readonly SandboxLanguageState[]>;
  /**
   * Runs a program once.
   * @throws TimonelError `sandbox_language_off`; `invalid_request` for files or limits that are not allowed; `overloaded` where the queue is full
   */
  run(program: SandboxProgram, input: string, options: SandboxRunOptions): Promise<SandboxResult>;
  /**
   * Runs a program once for each input, every time from nothing: compiled once, no file and no state of one run is seen by the next.
   * A compilation that fails gives one result for all.
   */
  runEach(program: SandboxProgram, inputs: readonly string[], options: SandboxRunOptions): Promise<SandboxResult[]>;
}

/** The sandbox as tools, jobs and routes of an agent have it: their runs wait in the queue as those of who asks. */
export interface AgentSandbox {
  languages(): Promise<readonly SandboxLanguageState[]>;
  /** @param input what the program reads. @throws as {@link Sandbox.run} */
  run(program: SandboxProgram, input: string, options?: AgentSandboxOptions): Promise<SandboxResult>;
  /** @throws as {@link Sandbox.run} */
  runEach(program: SandboxProgram, inputs: readonly string[], options?: AgentSandboxOptions): Promise<SandboxResult[]>;
}

export type AgentSandboxOptions = Omit<SandboxRunOptions, 'owner'>;

/** One way to run programs: `sandbox.ts` chooses among them. */
export interface SandboxBackend {
  readonly name: SandboxBackendName;
  /** The languages that this machine can run safely, and why the others are not among them. */
  probe(): Promise<ReadonlyMap<SandboxLanguage, { available: boolean; reason?: string }>>;
  /** Prepares a program for its runs: compiles it where that is needed. */
  prepare(program: SandboxProgram, limits: SandboxLimits, signal: AbortSignal): Promise<PreparedProgram>;
  close(): Promise<void>;
}

export interface PreparedProgram {
  /** Set where it cannot be run: the compiler refused it. */
  readonly failed: SandboxResult | undefined;
  run(input: string, limits: SandboxLimits, signal: AbortSignal): Promise<SandboxResult>;
}

export const defaultSandboxLimits: SandboxLimits = {
  wallMs: 10_000,
  memoryBytes: 128 * 1024 * 1024,
  outputBytes: 64 * 1024,
  diskBytes: 8 * 1024 * 1024,
  processes: 16,
};

export const highestSandboxLimits: SandboxLimits = {
  wallMs: 60_000,
  memoryBytes: 512 * 1024 * 1024,
  outputBytes: 1024 * 1024,
  diskBytes: 64 * 1024 * 1024,
  processes: 64,
};
