/**
 * The vocabulary of the tutor: exercises and their tests, the terms under which a student is helped, and what happened, as events. Grading, help,
 * the guard against whole solutions, traces and risks are functions of these types.
 */
import type { SandboxLanguage } from '../../src/sandbox.ts';

/** How an output is compared: the bytes; without blanks at the ends of lines and of the text; word by word; with numbers within 1e-6; as a pattern. */
export type Comparison = 'exact' | 'trimmed' | 'tokens' | 'numbers' | 'pattern';

interface TestCommon {
  /** Unique within the exercise. */
  id: string;
  /** A visible test is shown with its input, its expectation and what the program did. A hidden one shows its count and its category alone. */
  visible: boolean;
  /** What a student may know of a hidden test, in the teacher's words, e.g. "lista vacía". */
  category?: string | undefined;
  /** Greater than zero; default 1. */
  points?: number | undefined;
}

/** A program that reads its input and prints; or an expression that is evaluated, whose value is compared; or one whose value a check outside judges. */
export type ExerciseTest =
  | (TestCommon & { kind: 'stdio'; input: string; expected: string; compare: Comparison })
  | (TestCommon & { kind: 'call'; expression: string; expected: unknown })
  | (TestCommon & { kind: 'property'; expression: string; property: ValueProperty });

/** A check of a returned value, made outside of the sandbox. Data: teachers write it. */
export type ValueProperty =
  | { is: 'one-of'; values: readonly unknown[] }
  | { is: 'between'; least: number; most: number }
  | { is: 'length'; least: number; most: number }
  | { is: 'sorted'; order: 'ascending' | 'descending' }
  | { is: 'permutation-of'; values: readonly unknown[] }
  | { is: 'type'; type: 'number' | 'string' | 'boolean' | 'list' | 'object' | 'null' };

/** An exercise as grading and the guard use it: with everything that a student must not see. */
export interface Exercise {
  id: string;
  courseId: string;
  activityId: string;
  title: string;
  language: SandboxLanguage;
  /** Markdown. */
  statement: string;
  starterCode: string;
  /** File that the student's code is written to, e.g. `main.py`. */
  entry: string;
  tests: readonly ExerciseTest[];
  /** Programs that pass every test. Never shown. */
  references: readonly string[];
}

export type TestVerdict =
  | 'passed'
  | 'wrong'
  | 'runtime-error'
  | 'compile-error'
  | 'timeout'
  | 'memory'
  | 'output'
  | 'forbidden'
  /** Our fault, and never counted against the student. */
  | 'sandbox-error';

export interface TestOutcome {
  testId: string;
  verdict: TestVerdict;
  /** What the program printed and why it failed; of visible tests only. */
  shown?: { printed: string; error: string | undefined; got: string | undefined } | undefined;
}

/** What became of a program under the tests of an exercise. */
export interface GradedProgram {
  outcomes: readonly TestOutcome[];
  points: number;
  /** Of the tests that were decided: those with `sandbox-error` are not among them. */
  highestPoints: number;
  passedAll: boolean;
}

/** Runs a program against tests; the guard and grading share it. */
export interface Grader {
  /** @param owner whose place in the sandbox's queue it takes */
  grade(
    exercise: Pick<Exercise, 'language' | 'entry' | 'tests'>,
    code: string,
    options?: { signal?: AbortSignal | undefined; stopAtFirstFailure?: boolean | undefined },
  ): Promise<GradedProgram>;
  /**
   * Many programs in one instance, to find which of them pass: outcomes are passed or wrong, and show nothing.
   * @returns for each program what became of it; `undefined` where it has to be graded alone
   */
  gradeTogether(
    exercise: Pick<Exercise, 'language' | 'entry' | 'tests'>,
    programs: readonly string[],
    options?: { signal?: AbortSignal | undefined },
  ): Promise<(GradedProgram | undefined)[]>;
}

/** From nothing at all to fragments of code with a strategy. */
export const helpLevels = ['none', 'low', 'medium', 'high'] as const;
export type HelpLevel = (typeof helpLevels)[number];

/** A step of the ladder; `pseudo-code` only where the terms allow it. */
export const hintKinds = ['subtle-hint', 'guiding-question', 'concept', 'analogous-example', 'pseudo-code'] as const;
export type HintKind = (typeof hintKinds)[number];

export const tutorModes = ['socratic', 'explaining', 'guided', 'metacognitive'] as const;
export type TutorMode = (typeof tutorModes)[number];

/** The terms under which students are helped. Each is set, or left open, on each of four levels; the stricter of two wins. */
export interface Terms {
  helpLevel: HelpLevel;
  /** No reply may hold a program, or edits, that pass where the student's code fails. */
  blockWholeSolutions: boolean;
  /** Edits that bring the student's code to pass ("replace a by b on line 3") may be told. */
  allowFixingEdits: boolean;
  /** A plan or a justification is asked before help of level `medium` and higher. */
  requirePlan: boolean;
  allowCodeFragments: boolean;
  allowPseudoCode: boolean;
  /** Words and constructs that replies avoid, e.g. "list comprehension". The lists of all levels together. */
  avoid: readonly string[];
  /** The tutor may speak first when a student is stuck. Off unless every level allows it. */
  proactiveHelp: boolean;
  /** Requests for help of one student and day in one course; `undefined` is without limit. */
  requestsPerDay: number | undefined;
}

export const termsLevels = ['institution', 'programme', 'course', 'activity'] as const;
export type TermsLevel = (typeof termsLevels)[number];

/** The terms in force, and for each which level it comes from. `default`: no level says anything. */
export interface EffectiveTerms {
  terms: Terms;
  from: { readonly [Rule in keyof Terms]: readonly (TermsLevel | 'default')[] };
}

/** What a student wants with a message. */
export const wants = [
  /** To be given the solution. */
  'delegation',
  'explanation',
  'validation',
  'example',
  'hint',
  'frustration',
  'confusion',
  /** Speaks of their own way of thinking. */
  'metacognition',
  /** Tells a plan or a justification. */
  'plan',
  'run-tests',
  'submit',
  /** Greets, thanks, leaves, asks who it talks to: about nothing of the work. */
  'small-talk',
  'other',
] as const;
export type Want = (typeof wants)[number];

interface EventCommon {
  /** Unique within a workspace; the cause of an event that is told twice is the same. */
  id: string;
  at: Date;
  studentId: string;
  courseId: string;
  activityId: string;
  exerciseId: string | undefined;
}

/** What happened in the work of a student. Traces, risks, process evaluations and statements are derived from these, and from nothing else. */
export type StudentEvent = EventCommon &
  (
    | { kind: 'opened' }
    | { kind: 'message'; text: string; want: Want; code: string | undefined; conversationId: string; runId: string }
    | {
        kind: 'reply';
        text: string;
        hint: HintKind | undefined;
        helpLevel: HelpLevel;
        guarded: boolean;
        conversationId: string;
        runId: string;
      }
    | {
        kind: 'ran-tests';
        code: string;
        passed: number;
        failed: number;
        verdicts: Readonly<Partial<Record<TestVerdict, number>>>;
        failing: readonly string[];
      }
    | { kind: 'submitted'; submissionId: string; code: string; points: number; highestPoints: number; passedAll: boolean }
    | { kind: 'edited'; code: string; insertedCharacters: number; milliseconds: number }
    | { kind: 'commit'; commitId: string; message: string; addedLines: number; removedLines: number; files: readonly string[] }
    /** Reasoning that the student declared: a decision with why, and what else was thought of. */
    | { kind: 'declared'; decision: string; justification: string | undefined; alternatives: readonly string[] }
    | { kind: 'hint-shown'; hint: HintKind; level: HelpLevel }
    | { kind: 'refused'; rule: string; reason: string }
    | { kind: 'teacher'; act: 'help-level' | 'note' | 'intervention'; text: string; byUserId: string }
  );

export type StudentEventKind = StudentEvent['kind'];
