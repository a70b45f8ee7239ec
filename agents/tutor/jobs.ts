/** In the background: submissions that could not be graded when they came, those whose tests were changed, and help for those who are stuck. */
import { sql } from '../../src/database.ts';
import { type Job, type JobContext, TimonelError } from '../../src/index.ts';
import type { GradedProgram } from './contract.ts';
import { keepWork } from './desk.ts';
import { record } from './events.ts';
import { loadExercises, type PlacedExercise } from './exercises.ts';
import { graderOn } from './grading/grader.ts';
import { ltiJobs } from './lti/jobs.ts';
import { queueScores } from './lti/scores.ts';
import { offerHelp } from './offers.ts';
import { instantOf } from './people.ts';
import { storedResult } from './results.ts';
import { storeGrading } from './work-tools.ts';
import { xapiJobs } from './xapi/jobs.ts';

interface Submission extends Record<string, unknown> {
  id: string;
  person: string;
  code: string;
  attempt: number;
  grading: number;
  created_at: string;
  points: number | null;
}

/** Submissions of one run of the job; the next run goes on. */
const atOnce = 40;

export const jobs: readonly Job[] = [
  { name: 'grade-pending', cron: '*/5 * * * *', run: (_payload, context) => gradePending(context) },
  { name: 'regrade', cron: '* * * * *', run: (_payload, context) => regrade(context) },
  { name: 'offer-help', cron: '* * * * *', run: (_payload, context) => offerHelp(context) },
  ...ltiJobs,
  ...xapiJobs,
];

async function gradePending(context: JobContext): Promise<void> {
  const { rows } = await context.query((database) =>
    database.execute<Submission & { exercise_id: string }>(sql`
      SELECT id, person, code, attempt, grading, created_at::text AS created_at, NULL AS points, exercise_id FROM tutor_submissions
      WHERE workspace_id = ${context.workspaceId} AND graded_at IS NULL AND created_at < ${instantOf(context)} - interval '4 minutes'
      ORDER BY created_at LIMIT ${atOnce}`),
  );
  for (const row of rows) {
    const exercise = await exerciseOf(context, row.exercise_id);
    if (exercise === undefined) continue;
    const graded = await gradedBy(context, exercise, row.code);
    if (graded === undefined) return;
    await context.query(async (database) => {
      if (!(await storeGrading(database, context, row.id, graded, row.grading))) return;
      const place = { person: row.person, exercise };
      await keepWork(
        database,
        context,
        { person: row.person, exerciseId: exercise.id },
        {
          result: storedResult(exercise, graded),
          attempts: row.attempt,
          passed: graded.passedAll,
        },
      );
      const { points, highestPoints, passedAll } = graded;
      const event = { kind: 'submitted' as const, submissionId: row.id, code: row.code, points, highestPoints, passedAll };
      await record(database, context, place, `submitted:${row.id}`, event);
      await queueScores(database, context, { person: row.person, exerciseId: exercise.id });
    });
  }
}

/** Goes on with the oldest grading that is not finished. Each submission and the place after it are stored together: a kill repeats one at most. */
async function regrade(context: JobContext): Promise<void> {
  const until = performance.now() + 50_000;
  for (let done = 0; done < 10_000 && performance.now() < until && !context.signal.aborted; ) {
    const batch = await nextBatch(context);
    if (batch === undefined) return;
    const exercise = await exerciseOf(context, batch.exerciseId);
    for (const row of batch.rows) {
      if (context.signal.aborted || performance.now() > until) return;
      const graded = exercise === undefined ? undefined : await gradedBy(context, exercise, row.code);
      // The sandbox failed: the next run tries this one again.
      if (exercise !== undefined && graded === undefined) return;
      await context.query(async (database) => {
        const stored = graded !== undefined && (await storeGrading(database, context, row.id, graded, row.grading));
        const changed = stored && row.points !== graded.points;
        await database.execute(sql`
          UPDATE tutor_regrades SET done = done + 1, changed = changed + ${changed ? 1 : 0}, after_at = ${row.created_at}::timestamptz,
            after_id = ${row.id}, version = version + 1
          WHERE workspace_id = ${context.workspaceId} AND id = ${batch.id}
            AND (after_at IS NULL OR (after_at, after_id) < (${row.created_at}::timestamptz, ${row.id}::uuid))`);
        if (changed) await queueScores(database, context, { person: row.person, exerciseId: batch.exerciseId });
        if (stored && graded.passedAll)
          await keepWork(database, context, { person: row.person, exerciseId: batch.exerciseId }, { passed: true });
      });
      done += 1;
    }
  }
}

async function nextBatch(context: JobContext): Promise<{ id: string; exerciseId: string; rows: Submission[] } | undefined> {
  const { workspaceId } = context;
  return context.query(async (database) => {
    const { rows: open } = await database.execute<{ id: string; exercise_id: string }>(sql`
      SELECT id, exercise_id FROM tutor_regrades WHERE workspace_id = ${workspaceId} AND finished_at IS NULL ORDER BY created_at, id LIMIT 1`);
    const [found] = open;
    if (found === undefined) return undefined;
    const { rows } = await database.execute<Submission>(sql`
      SELECT s.id, s.person, s.code, s.attempt, s.grading, s.created_at::text AS created_at, s.points::float8 AS points
      FROM tutor_submissions s JOIN tutor_regrades g ON g.workspace_id = s.workspace_id AND g.exercise_id = s.exercise_id
      WHERE s.workspace_id = ${workspaceId} AND g.id = ${found.id} AND s.created_at <= g.until
        AND (g.after_at IS NULL OR (s.created_at, s.id) > (g.after_at, g.after_id)) ORDER BY s.created_at, s.id LIMIT ${atOnce}`);
    if (rows.length === 0) {
      await database.execute(sql`
        UPDATE tutor_regrades SET finished_at = ${instantOf(context)}, version = version + 1 WHERE workspace_id = ${workspaceId} AND id = ${found.id}`);
      return { id: found.id, exerciseId: found.exercise_id, rows: [] };
    }
    return { id: found.id, exerciseId: found.exercise_id, rows };
  });
}

async function exerciseOf(context: JobContext, id: string): Promise<PlacedExercise | undefined> {
  return (await context.query((database) => loadExercises(database, context, sql`e.id = ${id}::uuid`)))[0];
}

/** `undefined` where the sandbox failed, or has no room now. */
async function gradedBy(context: JobContext, exercise: PlacedExercise, code: string): Promise<GradedProgram | undefined> {
  try {
    const graded = await graderOn(context.sandbox).grade(exercise, code, { signal: context.signal });
    return graded.outcomes.some(({ verdict }) => verdict === 'sandbox-error') ? undefined : graded;
  } catch (error) {
    if (error instanceof TimonelError && (error.code === 'overloaded' || error.code === 'sandbox_language_off')) return undefined;
    throw error;
  }
}
