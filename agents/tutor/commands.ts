/** What teachers do beside changing rows: looking at a class and a student, changing help as it goes, reports, imports, grading again. */
import { z } from 'zod';
import { type SQL, sql } from '../../src/database.ts';
import { defineCommand, type JsonObject, type ResourceContext, rejectRow } from '../../src/index.ts';
import { analysisOf, signalsOf } from './analysis.ts';
import { anonymised, report, reportPage } from './class-report.ts';
import { classOf, coursesInCommon, taughtCourse } from './class-view.ts';
import { helpLevels } from './contract.ts';
import { loadEvents, recordEvent } from './events.ts';
import { exercisesOfFolder, importExercises, importedForms } from './exercise-import.ts';
import { ltiCommands } from './lti/commands.ts';
import { instantOf, taughtBy } from './people.ts';
import { sampleCourse } from './sample-course.ts';
import { simulatorCommands } from './simulator-commands.ts';
import { xapiCommands } from './xapi/commands.ts';

const json = (value: unknown): JsonObject => JSON.parse(JSON.stringify(value)) as JsonObject;
const course = z.string().trim().min(1).max(60).describe('Code of the course');
const person = z
  .string()
  .regex(/^(user|conversation):[0-9a-f-]{36}$/)
  .describe('As the class names them');

const classCommand = defineCommand({
  name: 'class',
  description: 'Who is stuck, on which test and since when; help that was given; those who need somebody first',
  permission: 'tutor:teach',
  input: z.object({ course: course.optional(), group: z.string().max(100).optional() }),
  async run(input, context) {
    const { course: code, group } = input as { course?: string; group?: string };
    return context.query(async (database) => {
      const students = await classOf(database, context, context.principal, { course: code, group });
      const taught = [...new Set(students.map((each) => each.course))];
      const people = students.map((each) => each.person);
      const { byPerson, about } = await signalsOf(database, context, people, taught);
      const stuck = students.filter(({ state }) => state === 'stuck').length;
      const lines = students.map((each) => ({
        ...each,
        signals: (byPerson.get(each.person) ?? []).filter((one) => one.course === each.course),
      }));
      return json({ students: students.length, stuck, aboutSignals: about, class: lines });
    });
  },
});

const student = defineCommand({
  name: 'student',
  description: 'The way of one student through the courses that one teaches: what happened, oldest first',
  permission: 'tutor:teach',
  input: z.object({
    person,
    course: course.optional(),
    texts: z.boolean().default(false).describe('With what was written, and the code'),
  }),
  async run(input, context) {
    const { person: who, course: only, texts } = input as { person: string; course?: string; texts: boolean };
    return context.query(async (database) => {
      const courses = (await coursesInCommon(database, context, context.principal, who)).filter(
        ({ code }) => only === undefined || code === only,
      );
      if (courses.length === 0) throw rejectRow(`No student ${who} is in a course that you teach.`, true);
      const ids = courses.map(({ id }) => id);
      const events = await loadEvents(database, context, sql`v.person = ${who} AND v.course_id = ANY(${sql.param(ids)}::uuid[])`);
      const shown = events.map(({ studentId: _student, ...event }) => (texts ? event : withoutTexts(event)));
      const analysis = await analysisOf(database, context, events);
      return json({ person: who, name: courses[0]?.name ?? '', courses: courses.map(({ code }) => code), analysis, events: shown });
    });
  },
});

/** Free texts and programs are left out unless they are asked for: a teacher looks at the work, not over the shoulder. */
function withoutTexts(event: object): object {
  const {
    text: _text,
    code: _code,
    decision: _decision,
    justification: _justification,
    alternatives: _alternatives,
    ...rest
  } = event as Record<string, unknown>;
  return rest;
}

const helpLevel = defineCommand({
  name: 'help-level',
  description:
    'Sets how far help goes for a student, a group or a whole course; it holds from the next message on. No level: as the terms say',
  permission: 'tutor:teach',
  input: z.object({
    course,
    person: person.optional(),
    group: z.string().min(1).max(100).optional(),
    level: z.enum(helpLevels).nullable(),
    why: z.string().max(500).default(''),
  }),
  async run(input, context) {
    const {
      course: code,
      person: who,
      group,
      level,
      why,
    } = input as { course: string; person?: string; group?: string; level: string | null; why: string };
    return context.query(async (database) => {
      const courseId = await requireCourse(database, context, code);
      const one = who === undefined ? sql`` : sql`AND person = ${who}`;
      const some = group === undefined ? sql`` : sql`AND class_group = ${group}`;
      const { rows } = await database.execute<{ person: string }>(sql`
        UPDATE tutor_enrolments SET help_level = ${level}, version = version + 1
        WHERE workspace_id = ${context.workspaceId} AND course_id = ${courseId} AND role = 'student' ${one} ${some} RETURNING person`);
      if (rows.length === 0) throw rejectRow('There is no such student in the course.', true);
      const text = [level ?? 'as the terms say', why].filter((each) => each !== '').join(': ');
      for (const each of rows) await told(database, context, { courseId, person: each.person }, 'help-level', text);
      return { changed: rows.length, level };
    });
  },
});

const intervene = defineCommand({
  name: 'intervene',
  description: 'Notes what was talked about with a student, or what was done',
  permission: 'tutor:teach',
  input: z.object({
    course,
    person,
    text: z.string().trim().min(1).max(2_000),
    kind: z.enum(['note', 'intervention']).default('intervention'),
  }),
  async run(input, context) {
    const {
      course: code,
      person: who,
      text,
      kind,
    } = input as { course: string; person: string; text: string; kind: 'note' | 'intervention' };
    return context.query(async (database) => {
      const courseId = await requireCourse(database, context, code);
      const mine = await coursesInCommon(database, context, context.principal, who);
      if (!mine.some(({ id }) => id === courseId)) throw rejectRow(`No student ${who} is in the course ${code}.`, true);
      await told(database, context, { courseId, person: who }, kind, text);
      return { noted: true };
    });
  },
});

type Database = Parameters<Parameters<ResourceContext['query']>[0]>[0];

async function requireCourse(database: Database, context: ResourceContext, code: string): Promise<string> {
  const id = await taughtCourse(database, context, context.principal, code);
  if (id === undefined) throw rejectRow(`There is no course ${code} that you teach.`, true);
  return id;
}

/** A teacher's act is of the activity that the student works on, else of the first one of the course. */
async function told(
  database: Database,
  context: ResourceContext,
  { courseId, person: who }: { courseId: string; person: string },
  act: 'help-level' | 'note' | 'intervention',
  text: string,
): Promise<void> {
  const { rows } = await database.execute<{ id: string }>(sql`
    SELECT a.id FROM tutor_activities a
      LEFT JOIN tutor_exercises e ON e.workspace_id = a.workspace_id AND e.activity_id = a.id
      LEFT JOIN tutor_work w ON w.workspace_id = e.workspace_id AND w.exercise_id = e.id AND w.person = ${who}
    WHERE a.workspace_id = ${context.workspaceId} AND a.course_id = ${courseId} ORDER BY w.updated_at DESC NULLS LAST, a.position LIMIT 1`);
  const [activity] = rows;
  if (activity === undefined) return;
  const place = { person: who, courseId, activityId: activity.id, exerciseId: undefined };
  await recordEvent(database, context, place, context.newId(), { kind: 'teacher', act, text, byUserId: context.principal.id });
}

const reportCommand = defineCommand({
  name: 'report',
  description:
    'A line for each student and exercise of a course: tries, hints, points, when it was passed; as CSV, or as a page to print with the signals',
  permission: 'tutor:teach',
  input: z.object({ course, format: z.enum(['csv', 'html']).default('csv') }),
  async run(input, context) {
    const { course: code, format } = input as { course: string; format: 'csv' | 'html' };
    return context.query(async (database): Promise<JsonObject> => {
      const courseId = await requireCourse(database, context, code);
      if (format === 'csv') return { csv: await report(database, context, courseId) };
      return { html: await reportPage(database, context, courseId) };
    });
  },
});

const anonymousExport = defineCommand({
  name: 'anonymous-export',
  description:
    'The events of a course without who they are of: pseudonyms of this export alone, weeks for times, groups of five at least',
  permission: 'tutor:teach',
  input: z.object({ course, texts: z.boolean().default(false).describe('With what was written, which may name people') }),
  async run(input, context) {
    const { course: code, texts } = input as { course: string; texts: boolean };
    return context.query(async (database) => {
      const courseId = await requireCourse(database, context, code);
      return json(await anonymised(database, context, courseId, texts));
    });
  },
});

const importCommand = defineCommand({
  name: 'import-exercises',
  description:
    'Adds or changes exercises with their tests in an activity, from JSON: its own form, or `hidden_tests` of input and expected',
  permission: 'tutor:teach',
  input: z
    .object({
      activity: z.string().trim().min(1).max(60),
      exercises: importedForms.optional(),
      files: z.record(z.string().max(500), z.string().max(1_000_000)).optional().describe('Text files of a folder, by path'),
    })
    .refine(({ exercises, files }) => (exercises === undefined) !== (files === undefined), { message: 'give exercises, or files' }),
  async run(input, context) {
    const { activity, exercises, files } = input as unknown as {
      activity: string;
      exercises?: z.infer<typeof importedForms>;
      files?: Record<string, string>;
    };
    const forms = exercises ?? exercisesOfFolder(files ?? {});
    return context.query(async (database) => {
      const { rows } = await database.execute<{ id: string }>(sql`
        SELECT a.id FROM tutor_activities a JOIN tutor_courses c ON c.workspace_id = a.workspace_id AND c.id = a.course_id
        WHERE a.workspace_id = ${context.workspaceId} AND a.code = ${activity} AND ${taughtBy(context.principal)}`);
      const [found] = rows;
      if (found === undefined) throw rejectRow(`There is no activity ${activity} in a course that you teach.`, true);
      return json(await importExercises(database, context, found.id, forms));
    });
  },
});

const regrade = defineCommand({
  name: 'regrade',
  description: 'Grades all submissions of an exercise again, in the background: after its tests were changed',
  permission: 'tutor:teach',
  input: z.object({ exercise: z.string().trim().min(1).max(60) }),
  async run(input, context) {
    const { exercise } = input as { exercise: string };
    return context.query(async (database) => {
      const { rows } = await database.execute<{ id: string; total: number }>(sql`
        INSERT INTO tutor_regrades (workspace_id, id, exercise_id, until, total, created_at)
        SELECT e.workspace_id, ${context.newId()}, e.id, ${instantOf(context)}, (SELECT count(*) FROM tutor_submissions s
          WHERE s.workspace_id = e.workspace_id AND s.exercise_id = e.id), ${instantOf(context)}
        FROM tutor_exercises e JOIN tutor_activities a ON a.workspace_id = e.workspace_id AND a.id = e.activity_id
          JOIN tutor_courses c ON c.workspace_id = a.workspace_id AND c.id = a.course_id
        WHERE e.workspace_id = ${context.workspaceId} AND e.code = ${exercise} AND ${taughtBy(context.principal)} RETURNING id, total`);
      const [begun] = rows;
      if (begun === undefined) throw rejectRow(`There is no exercise ${exercise} in a course that you teach.`, true);
      return { regrade: begun.id, submissions: begun.total };
    });
  },
});

const regrades = defineCommand({
  name: 'regrades',
  description: 'How far the gradings are that were asked for',
  permission: 'tutor:teach',
  async run(_input, context) {
    const mine: SQL = taughtBy(context.principal);
    const { rows } = await context.query((database) =>
      database.execute(sql`
        SELECT g.id, e.code AS exercise, g.total, g.done, g.changed, g.created_at::text AS "createdAt", g.finished_at::text AS "finishedAt"
        FROM tutor_regrades g JOIN tutor_exercises e ON e.workspace_id = g.workspace_id AND e.id = g.exercise_id
          JOIN tutor_activities a ON a.workspace_id = e.workspace_id AND a.id = e.activity_id
          JOIN tutor_courses c ON c.workspace_id = a.workspace_id AND c.id = a.course_id
        WHERE g.workspace_id = ${context.workspaceId} AND ${mine} ORDER BY g.created_at DESC LIMIT 100`),
    );
    return json({ regrades: rows });
  },
});

const removeSample = defineCommand({
  name: 'remove-sample',
  description: 'Take away the sample course, with what was done in it',
  permission: 'tutor:manage',
  async run(_input, { query, workspaceId }) {
    return query(async (database) => {
      const { rows } = await database.execute<{ id: string }>(sql`
        SELECT id FROM tutor_courses WHERE workspace_id = ${workspaceId} AND sample AND code = ${sampleCourse.code}`);
      const ids = rows.map(({ id }) => id);
      const mine = sql`workspace_id = ${workspaceId} AND course_id = ANY(${sql.param(ids)}::uuid[])`;
      await database.execute(sql`DELETE FROM tutor_submissions WHERE ${mine}`);
      await database.execute(sql`DELETE FROM tutor_events WHERE ${mine}`);
      await database.execute(
        sql`DELETE FROM tutor_courses WHERE workspace_id = ${workspaceId} AND id = ANY(${sql.param(ids)}::uuid[])`,
      );
      return { removed: ids.length };
    });
  },
});

export const commands = [
  classCommand,
  student,
  helpLevel,
  intervene,
  reportCommand,
  anonymousExport,
  importCommand,
  regrade,
  regrades,
  removeSample,
  ...simulatorCommands,
  ...ltiCommands,
  ...xapiCommands,
];
