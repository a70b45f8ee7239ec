/**
 * Grades a program: each test runs in a fresh instance of the sandbox, which gets the program and the input of that test, and nothing that says
 * what is expected. What comes back is compared here.
 */
import { randomBytes } from 'node:crypto';
import type { AgentSandbox, SandboxProgram, SandboxResult, SandboxVerdict } from '../../../src/sandbox.ts';
import type { Exercise, ExerciseTest, GradedProgram, Grader, TestOutcome, TestVerdict } from '../contract.ts';
import { expectedError, hasProperty, sameOutput, sameValue } from './compare.ts';
import { evaluatingProgram, evaluationInput, plainProgram, readEvaluation } from './harness.ts';
import { canRunTogether, readTogether, type TogetherValue, togetherInput, togetherProgram } from './together.ts';

/** Milliseconds of one test. */
const wallMs = 5_000;
/** What is shown of one text. */
const mostShown = 2_000;
/** The largest program, in characters. */
export const mostCode = 100_000;

type GradedExercise = Pick<Exercise, 'language' | 'entry' | 'tests'>;

/** @param sandbox as the tool, the job or the guard has it: its runs wait in the queue as those of who asks. */
export function graderOn(sandbox: AgentSandbox): Grader {
  return {
    async grade(exercise, code, { signal, stopAtFirstFailure = false } = {}) {
      const outcomes: TestOutcome[] = [];
      const groups = stopAtFirstFailure ? oneByOne(exercise.tests) : byProgram(exercise.tests);
      for (const tests of groups) {
        const found = await gradeGroup(sandbox, exercise, code, tests, signal);
        outcomes.push(...found);
        if (stopAtFirstFailure && found.some(({ verdict }) => verdict !== 'passed' && verdict !== 'sandbox-error')) break;
      }
      return summed(exercise.tests, outcomes);
    },
    gradeTogether: (exercise, programs, options) => gradedTogether(sandbox, exercise, programs, options?.signal),
  };
}

/** Milliseconds of an instance that has no clock of its own to stop a program by. */
const togetherMs = 2_000;
/** Instances that are begun for one list: each ends where a program ended it. */
const mostInstances = 3;

async function gradedTogether(
  sandbox: AgentSandbox,
  exercise: GradedExercise,
  programs: readonly string[],
  signal: AbortSignal | undefined,
): Promise<(GradedProgram | undefined)[]> {
  const graded: (GradedProgram | undefined)[] = programs.map(() => undefined);
  const program = togetherProgram(exercise.language, exercise.tests);
  if (program === undefined || exercise.tests.length === 0) return graded;
  let left = programs.flatMap((code, at) => (canRunTogether(code, exercise.language) ? [at] : []));
  for (let instance = 0; instance < mostInstances && left.length > 0; instance++) {
    const nonce = `value-${randomBytes(16).toString('hex')}`;
    const codes = left.map((at) => programs[at] ?? '');
    const limits = { wallMs: exercise.language === 'python' ? 3 * wallMs : togetherMs, outputBytes: 1024 * 1024 };
    const { stdout } = await sandbox.run(program, togetherInput(nonce, exercise, codes), { limits, signal });
    const lines = readTogether(stdout, nonce);
    for (const { at, values } of lines) {
      const place = left[at];
      if (place !== undefined && values?.length === exercise.tests.length) graded[place] = ofValues(exercise.tests, values);
    }
    // The program that ended the instance is run alone; those behind it begin another one.
    left = left.slice(lines.length + 1);
  }
  return graded;
}

function ofValues(tests: readonly ExerciseTest[], values: readonly TogetherValue[]): GradedProgram {
  const outcomes = tests.map((test, at) => ({
    testId: test.id,
    verdict: passes(test, values[at]) ? ('passed' as const) : ('wrong' as const),
  }));
  return summed(tests, outcomes);
}

function passes(test: ExerciseTest, value: TogetherValue | undefined): boolean {
  switch (value?.kind) {
    case 'printed':
      return test.kind === 'stdio' && sameOutput(value.text, test.expected, test.compare);
    case 'value':
      return test.kind !== 'stdio' && isGood(test, value.value);
    case 'raised': {
      const wanted = test.kind === 'call' ? expectedError(test.expected) : undefined;
      return wanted !== undefined && value.names.includes(wanted);
    }
    default:
      return false;
  }
}

/** Points of the tests that were decided: one that the sandbox failed counts for nobody. */
function summed(tests: readonly ExerciseTest[], outcomes: readonly TestOutcome[]): GradedProgram {
  const ordered = tests.flatMap((test) => outcomes.find(({ testId }) => testId === test.id) ?? []);
  let points = 0;
  let highestPoints = 0;
  for (const test of tests) {
    const outcome = outcomes.find(({ testId }) => testId === test.id);
    if (outcome?.verdict === 'sandbox-error') continue;
    highestPoints += test.points ?? 1;
    if (outcome?.verdict === 'passed') points += test.points ?? 1;
  }
  const passedAll = tests.length > 0 && ordered.length === tests.length && ordered.every(({ verdict }) => verdict === 'passed');
  return { outcomes: ordered, points, highestPoints, passedAll };
}

/** Those that read and print, and those that are evaluated: a program is prepared once for each. */
function byProgram(tests: readonly ExerciseTest[]): ExerciseTest[][] {
  const printing = tests.filter(({ kind }) => kind === 'stdio');
  const evaluated = tests.filter(({ kind }) => kind !== 'stdio');
  return [printing, evaluated].filter((group) => group.length > 0);
}

/** The first one decides most of the time; the rest goes together. */
function oneByOne(tests: readonly ExerciseTest[]): ExerciseTest[][] {
  const [first, ...rest] = tests;
  return first === undefined ? [] : [[first], ...byProgram(rest)];
}

async function gradeGroup(
  sandbox: AgentSandbox,
  { language, entry }: GradedExercise,
  code: string,
  tests: readonly ExerciseTest[],
  signal: AbortSignal | undefined,
): Promise<TestOutcome[]> {
  const evaluated = tests[0]?.kind !== 'stdio';
  const program = evaluated ? evaluatingProgram(language, entry, code) : plainProgram(language, entry, code);
  if (program === undefined) return tests.map(({ id }) => ({ testId: id, verdict: 'sandbox-error' }));
  if (code.length > mostCode || code.includes('\0')) return tests.map((test) => refused(test, code));
  const nonces = tests.map(() => `value-${randomBytes(16).toString('hex')}`);
  const inputs = tests.map((test, at) =>
    test.kind === 'stdio' ? test.input : evaluationInput(nonces[at] ?? '', entry, test.expression),
  );
  const results = await ran(sandbox, program, inputs, signal);
  return tests.map((test, at) => outcomeOf(test, results[at], nonces[at] ?? ''));
}

/** A run that the sandbox failed is tried once more: it says nothing of the program. */
async function ran(
  sandbox: AgentSandbox,
  program: SandboxProgram,
  inputs: readonly string[],
  signal: AbortSignal | undefined,
): Promise<SandboxResult[]> {
  const options = { limits: { wallMs }, signal };
  const results = await sandbox.runEach(program, inputs, options);
  return Promise.all(
    results.map((result, at) => (result.verdict === 'sandbox-error' ? sandbox.run(program, inputs[at] ?? '', options) : result)),
  );
}

function refused(test: ExerciseTest, code: string): TestOutcome {
  const error = code.includes('\0')
    ? 'The program has a character with the code 0.'
    : `The program has more than ${mostCode} characters.`;
  return { testId: test.id, verdict: 'compile-error', ...shownOf(test, { printed: '', error, got: undefined }) };
}

function outcomeOf(test: ExerciseTest, result: SandboxResult | undefined, nonce: string): TestOutcome {
  if (result === undefined || result.verdict === 'sandbox-error') return { testId: test.id, verdict: 'sandbox-error' };
  const judged = test.kind === 'stdio' ? ofPrinted(test, result) : ofEvaluated(test, result, nonce);
  const { verdict, printed, error, got } = judged;
  return {
    testId: test.id,
    verdict,
    ...shownOf(test, { printed: cut(printed), error: error && cut(error), got: got && cut(got) }),
  };
}

/** Of a hidden test nothing is kept: what is not there cannot be shown. */
function shownOf({ visible }: ExerciseTest, shown: NonNullable<TestOutcome['shown']>): { shown?: TestOutcome['shown'] } {
  return visible ? { shown } : {};
}

interface Judged {
  verdict: TestVerdict;
  printed: string;
  error: string | undefined;
  got: string | undefined;
}

function ofPrinted(test: Extract<ExerciseTest, { kind: 'stdio' }>, { verdict, stdout, stderr, exitCode }: SandboxResult): Judged {
  const ended = endOf(verdict, stderr, exitCode);
  if (ended !== undefined) return { verdict: ended, printed: stdout, error: stderr.trim() || undefined, got: undefined };
  const good = sameOutput(stdout, test.expected, test.compare);
  return { verdict: good ? 'passed' : 'wrong', printed: stdout, error: undefined, got: stdout };
}

function ofEvaluated(
  test: Extract<ExerciseTest, { kind: 'call' | 'property' }>,
  { verdict, stdout, stderr, exitCode }: SandboxResult,
  nonce: string,
): Judged {
  const { told, printed } = readEvaluation(stdout, nonce);
  const base = { printed, error: stderr.trim() || undefined, got: undefined };
  if (told?.kind === 'refused') return { ...base, verdict: 'compile-error' };
  if (told?.kind === 'raised') {
    const wanted = test.kind === 'call' ? expectedError(test.expected) : undefined;
    if (wanted !== undefined && told.names.includes(wanted))
      return { verdict: 'passed', printed, error: undefined, got: told.names[0] };
    return { ...base, verdict: raisedOf(told.names, stderr) };
  }
  const ended = endOf(verdict, stderr, exitCode);
  if (ended !== undefined) return { ...base, verdict: ended };
  // It ended, and nothing was evaluated: it left before its time.
  if (told === undefined)
    return { ...base, error: base.error ?? 'The program ended before it gave a value.', verdict: 'runtime-error' };
  const good = isGood(test, told.value);
  return { verdict: good ? 'passed' : 'wrong', printed, error: undefined, got: JSON.stringify(told.value) };
}

/** A value that looks like an exception is none. */
function isGood(test: Extract<ExerciseTest, { kind: 'call' | 'property' }>, value: unknown): boolean {
  if (test.kind === 'property') return hasProperty(value, test.property);
  return expectedError(test.expected) === undefined && sameValue(value, test.expected);
}

function raisedOf(names: readonly string[], stderr: string): TestVerdict {
  if (names.includes('SyntaxError') && /^\s*File "[^"]+", line \d+\s*$/m.test(stderr)) return 'compile-error';
  if (names.includes('MemoryError')) return 'memory';
  return isForbidden(stderr) ? 'forbidden' : 'runtime-error';
}

function endOf(verdict: SandboxVerdict, stderr: string, exitCode: number | undefined): TestVerdict | undefined {
  if (verdict === 'completed') return undefined;
  // Ended by the filter of system calls.
  if (verdict === 'runtime-error' && (exitCode === 128 + 31 || isForbidden(stderr))) return 'forbidden';
  return verdict;
}

/** What the sandbox refuses, by the last line of the error. */
function isForbidden(stderr: string): boolean {
  const last = stderr.trimEnd().split('\n').at(-1) ?? '';
  return /^PermissionError\b|Operation not permitted|Not supported|EPERM|EACCES/.test(last);
}

function cut(text: string): string {
  return text.length <= mostShown ? text : `${text.slice(0, mostShown)}…`;
}
