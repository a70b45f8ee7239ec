/** Fills a fresh workspace with the sample course of `sample-course.ts`. */
import { sql } from '../../src/database.ts';
import type { WorkspaceAccess } from '../../src/index.ts';
import type { ExerciseTest } from './contract.ts';
import { sampleCourse, sampleExercises } from './sample-course.ts';

/** Inserts the sample course, where the workspace has none yet. */
export async function sample(access: WorkspaceAccess): Promise<void> {
  const { workspaceId } = access;
  const courseId = access.newId();
  const activities = sampleCourse.activities.map((activity, position) => ({ ...activity, id: access.newId(), position }));
  const exercises = activities.flatMap(({ id, code }) =>
    (sampleExercises[code] ?? []).map((exercise, position) => ({ ...exercise, id: access.newId(), activity: id, position })),
  );
  const tests = exercises.flatMap(({ id, tests: own }) => own.map((test, position) => testRow(access.newId(), id, test, position)));
  await access.query(async (database) => {
    const { rows } = await database.execute(sql`SELECT FROM tutor_courses WHERE workspace_id = ${workspaceId} LIMIT 1`);
    if (rows.length > 0) return;
    const { code, title, description, terms } = sampleCourse;
    await database.execute(sql`
      INSERT INTO tutor_courses (workspace_id, id, code, title, description, open, sample)
      VALUES (${workspaceId}, ${courseId}, ${code}, ${title}, ${description}, true, true)`);
    await database.execute(sql`
      INSERT INTO tutor_terms (workspace_id, id, level, course_id, help_level, block_whole_solutions, allow_fixing_edits, require_plan,
        allow_code_fragments, allow_pseudo_code, proactive_help, requests_per_day)
      VALUES (${workspaceId}, ${access.newId()}, 'course', ${courseId}, ${terms.helpLevel}, ${terms.blockWholeSolutions},
        ${terms.allowFixingEdits}, ${terms.requirePlan}, ${terms.allowCodeFragments}, ${terms.allowPseudoCode}, ${terms.proactiveHelp},
        ${terms.requestsPerDay})`);
    await database.execute(sql`
      INSERT INTO tutor_activities (workspace_id, id, course_id, code, title, mode, objectives, position)
      SELECT ${workspaceId}, a.id, ${courseId}, a.code, a.title, a.mode, ARRAY(SELECT jsonb_array_elements_text(a.objectives)), a.position
      FROM jsonb_to_recordset(${JSON.stringify(activities)}::jsonb) AS a(id uuid, code text, title text, mode text, objectives jsonb, position int)`);
    await database.execute(sql`
      INSERT INTO tutor_exercises (workspace_id, id, activity_id, code, title, language, entry, statement, starter_code, reference_programs, hints,
        minutes, position)
      SELECT ${workspaceId}, e.id, e.activity, e.code, e.title, e.language, e.entry, e.statement, e."starterCode",
        ARRAY(SELECT jsonb_array_elements_text(e."references")), e.hints, e.minutes, e.position
      FROM jsonb_to_recordset(${JSON.stringify(exercises)}::jsonb) AS e(id uuid, activity uuid, code text, title text, language text, entry text,
        statement text, "starterCode" text, "references" jsonb, hints jsonb, minutes int, position int)`);
    await database.execute(sql`
      INSERT INTO tutor_tests (workspace_id, id, exercise_id, code, kind, visible, category, points, input, expression, expected, compare, property,
        position)
      SELECT ${workspaceId}, t.id, t.exercise, t.code, t.kind, t.visible, t.category, t.points, t.input, t.expression, t.expected, t.compare,
        t.property, t.position
      FROM jsonb_to_recordset(${JSON.stringify(tests)}::jsonb) AS t(id uuid, exercise uuid, code text, kind text, visible boolean, category text,
        points numeric, input text, expression text, expected jsonb, compare text, property jsonb, position int)`);
  });
}

/** A test as its row has it. */
export function testRow(id: string, exercise: string, test: ExerciseTest, position: number) {
  const { id: code, kind, visible, category = null, points = 1 } = test;
  return {
    id,
    exercise,
    code,
    kind,
    visible,
    category,
    points,
    position,
    input: test.kind === 'stdio' ? test.input : '',
    expression: test.kind === 'stdio' ? '' : test.expression,
    expected: test.kind === 'property' ? null : test.expected,
    compare: test.kind === 'stdio' ? test.compare : 'exact',
    property: test.kind === 'property' ? test.property : null,
  };
}
