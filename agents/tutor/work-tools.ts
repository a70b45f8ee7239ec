/** Tools for work on an exercise: choosing one, running its visible tests, submitting. */
import { z } from 'zod';
import { sql } from '../../src/database.ts';
import { type Database, defineTool, type LocalizedText, type ToolContext } from '../../src/index.ts';
import type { GradedProgram } from './contract.ts';
import { type Desk, keepWork, loadDesk, loadDeskOf, loadWork, type Work } from './desk.ts';
import { type EventPlace, record } from './events.ts';
import { loadExercises, type PlacedExercise } from './exercises.ts';
import { graderOn, mostCode } from './grading/grader.ts';
import { testTitle } from './help/shown-tests.ts';
import { queueScores } from './lti/scores.ts';
import { coursesOf, enrol, instantOf, personOf } from './people.ts';
import { failingName, type ShownResult, shownResult, storedResult } from './results.ts';

/** An exercise as a student sees it. */
export interface ShownExercise {
  code: string;
  title: string;
  course: string;
  activity: string;
  language: string;
  statement: string;
  starterCode: string;
  visibleTests: LocalizedText[];
  hiddenTests: number;
}

export function shownExercise(exercise: PlacedExercise): ShownExercise {
  const { code, title, language, statement, starterCode, course, activity, tests } = exercise;
  return {
    code,
    title,
    course: course.title,
    activity: activity.title,
    language,
    statement,
    starterCode,
    visibleTests: tests.filter(({ visible }) => visible).map(testTitle),
    hiddenTests: tests.filter(({ visible }) => !visible).length,
  };
}

const noExercise = { kind: 'no-exercise' as const };
const noCode = { kind: 'no-code' as const };

const code = z
  .string()
  .max(mostCode)
  .optional()
  .describe("The student's own program, exactly as they wrote it in this conversation; absent: the last one that they sent");

export const showExercise = defineTool({
  name: 'show_exercise',
  description: 'Puts an exercise on the desk, by its code or title: answers its statement, starter code and visible tests.',
  input: z.object({ exercise: z.string().trim().min(1).max(200) }),
  effect: 'write',
  target: 'database',
  async execute({ exercise: wanted }, context) {
    const person = personOf(context.principal, context.conversationId);
    return context.query(async (database) => {
      const found = await loadExercises(
        database,
        context,
        sql`e.active AND a.status = 'active' AND ${coursesOf(person)} AND (lower(e.code) = lower(${wanted}) OR lower(e.title) = lower(${wanted}))`,
      );
      const [exercise] = found;
      if (exercise === undefined) return { kind: 'not-found' as const };
      const { conversationId, workspaceId } = context;
      const name = context.principal?.kind === 'user' ? context.principal.name : (context.contact?.name ?? '');
      await enrol(database, context, { courseId: exercise.courseId, person, name });
      await database.execute(sql`
        INSERT INTO tutor_desks (workspace_id, conversation_id, person, exercise_id, updated_at)
        VALUES (${workspaceId}, ${conversationId}, ${person}, ${exercise.id}, ${instantOf(context)})
        ON CONFLICT (workspace_id, conversation_id) DO UPDATE SET person = excluded.person, exercise_id = excluded.exercise_id,
          updated_at = excluded.updated_at`);
      await keepWork(database, context, { person, exerciseId: exercise.id }, {});
      await record(database, context, { person, exercise, conversationId }, `opened:${context.idempotencyKey}`, { kind: 'opened' });
      const work = await loadWork(database, context, person, exercise.id);
      return {
        kind: 'shown' as const,
        exercise: shownExercise(exercise),
        language: exercise.course.language,
        passed: work?.passedAt != null,
      };
    });
  },
  describe: ({ exercise }) => ({ es: `ejercicio ${exercise} elegido`, en: `exercise ${exercise} chosen` }),
});

/** The desk, and the program that a call is about. */
async function begin(
  given: string | undefined,
  context: ToolContext,
): Promise<{ desk: Desk; program: string } | typeof noExercise | typeof noCode> {
  const desk = await context.query((database) => loadDesk(database, context));
  if (desk === undefined) return noExercise;
  const program = given ?? desk.work?.code ?? '';
  return program.trim() === '' ? noCode : { desk, program };
}

const placeOf = ({ person, exercise }: Desk, context: ToolContext): EventPlace => ({
  person,
  exercise,
  conversationId: context.conversationId,
});

/** Hints begin anew where something else fails. */
function stepAfter(work: Work | undefined, failing: string): { failing: string; step?: number } {
  return work !== undefined && work.failing === failing ? { failing } : { failing, step: 0 };
}

export type RanOutput = { kind: 'ran' } & ShownResult;

export const runTests = defineTool({
  name: 'run_tests',
  description:
    "Runs the visible tests of the exercise on the desk on the student's program. Answers which fail, with error and place.",
  input: z.object({ code }),
  effect: 'write',
  target: 'outside',
  timeoutMs: 120_000,
  async execute({ code: given }, context) {
    const begun = await begin(given, context);
    if ('kind' in begun) return begun;
    const { desk, program } = begun;
    const { exercise } = desk;
    const tests = exercise.tests.filter(({ visible }) => visible);
    const graded = await graderOn(context.sandbox).grade({ ...exercise, tests }, program, { signal: context.signal });
    if (graded.outcomes.some(({ verdict }) => verdict === 'sandbox-error')) return { kind: 'sandbox-error' as const };
    const result = storedResult({ tests }, graded);
    const failing = failingName(result);
    await context.query(async (database) => {
      const { person, work } = desk;
      await keepWork(
        database,
        context,
        { person, exerciseId: exercise.id },
        { code: program, result, ...stepAfter(work, failing) },
      );
      await record(database, context, placeOf(desk, context), `ran:${context.idempotencyKey}`, {
        kind: 'ran-tests',
        code: program,
        passed: result.passed,
        failed: result.total - result.passed,
        verdicts: countsOf(graded),
        failing: result.failing.map(({ test }) => test),
      });
    });
    return { kind: 'ran' as const, ...shownResult(exercise, result, program) };
  },
  // Running them again is the same as having run them.
  reconcile: async () => ({ kind: 'did-not-happen' }),
  describe: () => ({ es: 'tests corridos', en: 'tests run' }),
});

function countsOf({ outcomes }: GradedProgram): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { verdict } of outcomes) counts[verdict] = (counts[verdict] ?? 0) + 1;
  return counts;
}

/** What the rule about attempts has to know. */
export interface AttemptFacts {
  attempts: number;
  mostAttempts: number | null;
  /** When the next submission is taken, ISO 8601; null: now. */
  nextAt: string | null;
  passed: boolean;
}

export async function attemptsOf(context: ToolContext): Promise<AttemptFacts> {
  const desk = await context.query((database) => loadDesk(database, context));
  const { attempts = 0, submittedAt = null, passedAt = null } = desk?.work ?? {};
  const { freeAttempts, backoffSeconds, mostAttempts } = desk?.exercise.activity ?? {
    freeAttempts: 1,
    backoffSeconds: 0,
    mostAttempts: null,
  };
  const beyond = attempts - freeAttempts;
  const waits = submittedAt !== null && beyond >= 0;
  const seconds = Math.min(backoffSeconds * 2 ** Math.min(beyond, 20), 86_400);
  const next = waits ? new Date(new Date(submittedAt).getTime() + seconds * 1000) : undefined;
  return {
    attempts,
    mostAttempts,
    nextAt: next === undefined || next <= context.now() ? null : next.toISOString(),
    passed: passedAt !== null,
  };
}

export type SubmittedOutput = {
  kind: 'graded';
  passedAll: boolean;
  points: number;
  highestPoints: number;
  attempt: number;
} & ShownResult;

export const submit = defineTool({
  name: 'submit',
  description:
    "Submits the student's program for the exercise on the desk: all tests, hidden ones too. Answers points; of hidden tests how many fail, and their categories.",
  input: z.object({ code }),
  effect: 'write',
  target: 'outside',
  timeoutMs: 170_000,
  facts: (_input, context) => attemptsOf(context),
  async execute({ code: given }, context) {
    const begun = await begin(given, context);
    if ('kind' in begun) return begun;
    const { desk, program } = begun;
    const { exercise, person } = desk;
    const id = context.newId();
    const attempt = (desk.work?.attempts ?? 0) + 1;
    // Stored before it is graded: what the sandbox or this process fails at is graded by the job.
    const stored = await context.query((database) =>
      database.execute<{ id: string }>(sql`
        INSERT INTO tutor_submissions (workspace_id, id, key, person, course_id, activity_id, exercise_id, code, attempt, created_at)
        VALUES (${context.workspaceId}, ${id}, ${context.idempotencyKey}, ${person}, ${exercise.courseId}, ${exercise.activityId},
          ${exercise.id}, ${program}, ${attempt}, ${instantOf(context)})
        ON CONFLICT (workspace_id, key) DO UPDATE SET key = excluded.key RETURNING id`),
    );
    const submissionId = stored.rows[0]?.id ?? id;
    const graded = await graderOn(context.sandbox).grade(exercise, program, { signal: context.signal });
    if (graded.outcomes.some(({ verdict }) => verdict === 'sandbox-error')) {
      await context.schedule('grade-pending', { exercise: exercise.id }, { at: new Date(context.now().getTime() + 60_000) });
      return { kind: 'pending' as const };
    }
    const result = storedResult(exercise, graded);
    const { points, highestPoints, passedAll } = graded;
    const queued = await context.query(async (database) => {
      if (!(await storeGrading(database, context, submissionId, graded, 0))) return 0;
      await keepWork(
        database,
        context,
        { person, exerciseId: exercise.id },
        {
          code: program,
          result,
          attempts: attempt,
          submitted: true,
          passed: passedAll,
          ...stepAfter(desk.work, failingName(result)),
        },
      );
      await record(database, context, placeOf(desk, context), `submitted:${submissionId}`, {
        kind: 'submitted',
        submissionId,
        code: program,
        points,
        highestPoints,
        passedAll,
      });
      return queueScores(database, context, { person, exerciseId: exercise.id });
    });
    if (queued > 0) await context.schedule('lti-scores', {}, { at: context.now(), key: 'lti-scores' });
    return { kind: 'graded' as const, passedAll, points, highestPoints, attempt, ...shownResult(exercise, result, program) };
  },
  async reconcile(key, _input, context) {
    const found = await context.query((database) =>
      database.execute<
        Record<string, unknown> & {
          person: string;
          exercise_id: string;
          code: string;
          points: number;
          highest: number;
          passed_all: boolean;
          attempt: number;
        }
      >(sql`
        SELECT person, exercise_id, code, points::float8 AS points, highest_points::float8 AS highest, passed_all, attempt
        FROM tutor_submissions WHERE workspace_id = ${context.workspaceId} AND key = ${key} AND graded_at IS NOT NULL`),
    );
    const [row] = found.rows;
    if (row === undefined) return { kind: 'did-not-happen' };
    const desk = await context.query((database) => loadDeskOf(database, context, row.person, row.exercise_id));
    const result = desk?.work?.result;
    if (desk === undefined || result == null) return { kind: 'unknown' };
    return {
      kind: 'happened',
      output: {
        kind: 'graded' as const,
        passedAll: row.passed_all,
        points: row.points,
        highestPoints: row.highest,
        attempt: row.attempt,
        ...shownResult(desk.exercise, result, row.code),
      },
    };
  },
  describe: () => ({ es: 'programa entregado', en: 'program submitted' }),
});

/**
 * Stores a grading of a submission, if it was graded so often before: what two do at once is stored once.
 * @returns whether it was stored
 */
export async function storeGrading(
  database: Database,
  context: Pick<ToolContext, 'workspaceId' | 'now'>,
  submissionId: string,
  { outcomes, points, highestPoints, passedAll }: GradedProgram,
  before: number,
): Promise<boolean> {
  const { workspaceId } = context;
  const { rowCount } = await database.execute(sql`
    UPDATE tutor_submissions SET points = ${points}, highest_points = ${highestPoints}, passed_all = ${passedAll}, grading = grading + 1,
      graded_at = ${instantOf(context)}, version = version + 1
    WHERE workspace_id = ${workspaceId} AND id = ${submissionId} AND grading = ${before}`);
  if ((rowCount ?? 0) === 0) return false;
  await database.execute(sql`DELETE FROM tutor_outcomes WHERE workspace_id = ${workspaceId} AND submission_id = ${submissionId}`);
  const rows = outcomes.map(({ testId, verdict }) => ({ code: testId, verdict }));
  await database.execute(sql`
    INSERT INTO tutor_outcomes (workspace_id, submission_id, test_id, verdict)
    SELECT ${workspaceId}, ${submissionId}, t.id, o.verdict
    FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS o(code text, verdict text)
      JOIN tutor_submissions s ON s.workspace_id = ${workspaceId} AND s.id = ${submissionId}
      JOIN tutor_tests t ON t.workspace_id = s.workspace_id AND t.exercise_id = s.exercise_id AND t.code = o.code`);
  return true;
}
