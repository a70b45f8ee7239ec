/**
 * Checks of generated code, and the score that follows from them. What a check says comes from a parser, a compiler or a runner, never from a model.
 */
import type { AgentSandbox } from '../../../src/sandbox.ts';
import type { ChangedFiles, ProjectTree } from '../project/contract.ts';

/** A fault in a file. */
export interface Finding {
  path: string;
  /** From 1; `undefined` where the whole file is meant. */
  line: number | undefined;
  /** `note`s cost nothing. */
  level: 'error' | 'warning' | 'note';
  /** Which check says so, e.g. `syntax`, `types`, `tests`, `forbidden`, `documentation`, `review`. */
  check: string;
  message: string;
}

/**
 * What ran the tests. `unittest`, `pytest-style` and `asserts` run Python, `node-test` JavaScript and TypeScript, in the embedded sandbox; `project` is the
 * project's own runner in bubblewrap; `none`: nothing was run.
 */
export const testRunners = ['unittest', 'pytest-style', 'asserts', 'node-test', 'project', 'none'] as const;
export type TestRunner = (typeof testRunners)[number];

export interface TestRun {
  runner: TestRunner;
  /** Where it ran; `undefined` where nothing was run. */
  backend: 'embedded' | 'bubblewrap' | undefined;
  /** Why nothing was run. */
  reason: string | undefined;
  passed: number;
  failed: number;
  /** Names of tests that failed, with what they said, up to 50. */
  failures: readonly { name: string; message: string }[];
  /** By the runner's exit and report; never true where nothing was run, and where no test was found. */
  ok: boolean;
  wallMs: number;
}

/** What is known of a changed tree. */
export interface CheckReport {
  /** Every changed file in a language that is known parses. */
  parses: boolean;
  /** `undefined`: nothing here checks types of these languages. */
  types: boolean | undefined;
  /** Files of tests among those that changed or that cover what changed. */
  testFiles: readonly string[];
  tests: TestRun;
  /** Share of the executable lines that changed which the tests ran, 0 to 1; `undefined` where it was not measured. */
  covered: number | undefined;
  findings: readonly Finding[];
}

export interface ScorePart {
  name: 'parses' | 'types' | 'tests' | 'coverage' | 'forbidden' | 'documentation' | 'review';
  points: number;
  /** The most it can give; 0 for a review, which only takes away. */
  of: number;
  why: string;
}

/** 0 to 10, with one decimal. Without tests that ran it is 4 at most. */
export interface Score {
  value: number;
  parts: readonly ScorePart[];
  /** Tests ran. */
  executed: boolean;
}

/** What a reviewing model said: it takes up to 3 points away and never adds any. */
export interface Review {
  /** 0 to 10, by the model. */
  score: number;
  findings: readonly Finding[];
}

export interface CheckOptions {
  sandbox: Pick<AgentSandbox, 'run' | 'runEach' | 'languages'>;
  signal: AbortSignal;
  /**
   * Writes the tree into a folder, for a runner of the project, and removes it again; absent where none may be made.
   * @returns what `work` gives
   */
  inFolder?: <T>(work: (folder: string) => Promise<T>) => Promise<T>;
  /** Wall time of all runs together in milliseconds; 60,000 by default. */
  wallMs?: number;
}

/** Parses, checks and runs what changed. @throws only where the sandbox itself fails */
export type CheckTree = (tree: ProjectTree, changes: ChangedFiles, options: CheckOptions) => Promise<CheckReport>;
/** The score of a report; a review can lower it. */
export type ScoreOf = (report: CheckReport, review?: Review) => Score;
