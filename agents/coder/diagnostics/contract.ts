/** Faults that an edit brought: what grammars, type checkers and linters find after it and did not find before. */
import type { Environment, ShellSandboxState } from '../../../src/shell.ts';
import type { Project } from '../analysis/contract.ts';
import type { Diagnostic } from '../analysis/diagnostics.ts';
import type { ProjectIndex } from '../analysis/project-index.ts';

/** `all`: the grammars, language servers and checkers of the project. `syntax`: the grammars alone, with no process. */
export const diagnosticsLevels = ['all', 'syntax', 'off'] as const;
export type DiagnosticsLevel = (typeof diagnosticsLevels)[number];

/** The project of an agent, as far as checkers see it. */
export interface CheckedProject {
  readonly folder: string;
  readonly environment: Environment;
  isSecret(path: string): boolean;
  analysed(): Promise<Project>;
  index(): Promise<ProjectIndex>;
  sandbox(): Promise<ShellSandboxState>;
}

export interface Fault extends Diagnostic {
  /** Who found it: `syntax`, the name of a checker, or of a language server. */
  by: string;
}

/** A file before and after an edit; `undefined` where it was not there. */
export interface EditedFile {
  path: string;
  before: Uint8Array | undefined;
  after: Uint8Array | undefined;
}

/** What finds faults in the project as it lies there. */
export interface FaultFinder {
  readonly name: string;
  /** Whether it has something to say of this file. */
  covers(path: string): boolean;
  /**
   * The faults of a project in which these files changed. @param before with it: as it was, with these bytes in the place of what is there now
   * @throws Error whose message says why there is no answer
   */
  faults(
    paths: readonly string[],
    terms: { before?: ReadonlyMap<string, Uint8Array>; ms: number; signal: AbortSignal },
  ): Promise<readonly Diagnostic[]>;
}

export interface Diagnosed {
  /** Only those that were not there before the edit: errors first, at most twenty. */
  faults: readonly Fault[];
  /** How many more there are. */
  more: number;
  checkedBy: readonly string[];
  /** One line each: who did not answer, and why. */
  notChecked: readonly string[];
}
