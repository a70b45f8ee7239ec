/** What became of a program, as its student may see it: all of visible tests, of hidden ones their number and the teacher's category. */
import type { LocalizedText } from '../../src/index.ts';
import type { GradedProgram, TestVerdict } from './contract.ts';
import type { StoredResult } from './desk.ts';
import type { PlacedExercise } from './exercises.ts';
import { explained } from './help/concepts.ts';
import { type Diagnosis, diagnose, type FailedTest } from './help/diagnosis.ts';
import { testInWords } from './help/shown-tests.ts';

/** The first test that a student is told of, and what is wrong. */
export interface Finding {
  failed: FailedTest | undefined;
  diagnosis: Diagnosis;
}

export function storedResult(exercise: Pick<PlacedExercise, 'tests'>, { outcomes }: GradedProgram): StoredResult {
  const of = (visible: boolean) => exercise.tests.filter((test) => test.visible === visible);
  const verdictOf = (id: string) => outcomes.find(({ testId }) => testId === id);
  const failing = of(true).flatMap(({ id }) => {
    const outcome = verdictOf(id);
    if (outcome === undefined || outcome.verdict === 'passed' || outcome.verdict === 'sandbox-error') return [];
    const { printed = '', error, got } = outcome.shown ?? {};
    return [{ test: id, verdict: outcome.verdict, printed, error: error ?? null, got: got ?? null }];
  });
  const hidden = of(false).filter(({ id }) => verdictOf(id) !== undefined);
  const failed = hidden.filter(({ id }) => !['passed', 'sandbox-error'].includes(verdictOf(id)?.verdict ?? ''));
  const categories = [...new Set(failed.flatMap(({ category }) => category ?? []))];
  const ran = outcomes.filter(({ verdict }) => verdict !== 'sandbox-error');
  return {
    failing,
    passed: ran.filter(({ verdict }) => verdict === 'passed').length,
    total: ran.length,
    hidden: hidden.length === 0 ? null : { failed: failed.length, categories },
  };
}

/** Name of what fails, for counting hints: they begin anew with another trouble. */
export function failingName({ failing, hidden }: StoredResult): string {
  const [first] = failing;
  if (first !== undefined) return `${first.test} ${first.verdict}`;
  return (hidden?.failed ?? 0) > 0 ? 'hidden' : '';
}

/** What is wrong with the student's program by its last result; `undefined` where nothing is known to fail. */
export function findingOf(exercise: PlacedExercise, result: StoredResult | null, code: string): Finding | undefined {
  const [first] = result?.failing ?? [];
  const test = exercise.tests.find(({ id, visible }) => visible && id === first?.test);
  if (first !== undefined && test !== undefined) {
    const failed: FailedTest = {
      test: { ...test, visible: true },
      verdict: first.verdict as TestVerdict,
      printed: first.printed,
      error: first.error ?? undefined,
      got: first.got ?? undefined,
    };
    return { failed, diagnosis: diagnose(failed, code, exercise.language, exercise.entry) };
  }
  return (result?.hidden?.failed ?? 0) > 0 ? { failed: undefined, diagnosis: { trouble: 'hidden' } } : undefined;
}

/** What a run or a submission tells: of each failing visible test what it wanted, and what is wrong. */
export interface ShownResult {
  passed: number;
  total: number;
  failing: { test: LocalizedText; verdict: string; explained: LocalizedText }[];
  hidden: { failed: number; categories: string[] } | null;
}

export function shownResult(exercise: PlacedExercise, result: StoredResult, code: string): ShownResult {
  const failing = result.failing.slice(0, 3).flatMap((each) => {
    const found = findingOf(exercise, { ...result, failing: [each] }, code);
    if (found?.failed === undefined) return [];
    return [{ test: testInWords(found.failed), verdict: each.verdict, explained: explained(found.diagnosis) }];
  });
  return { passed: result.passed, total: result.total, failing, hidden: result.hidden };
}
