/** What a page for teachers shows of a course: students by exercises, with what stands out; and the way of one of them. */
import { z } from 'zod';
import { type SQL, sql } from '../../src/database.ts';
import { type AnyRoute, type Database, defineRoute, type Principal, type RouteContext, TimonelError } from '../../src/index.ts';
import { analysisOf, signalsOf } from './analysis.ts';
import { classOf, coursesInCommon, stuckAfter, taughtCourse } from './class-view.ts';
import { loadEvents } from './events.ts';
import { taughtBy } from './people.ts';
import { riskRows } from './risk/rows.ts';

const wording = z.object({ es: z.string(), en: z.string() });
const workStates = ['not-begun', 'working', 'stuck', 'passed'] as const;

const work = z.object({
  exercise: z.string(),
  state: z.enum(workStates),
  attempts: z.number().describe('Submissions'),
  hints: z.number(),
  points: z.number().nullable().describe('Of the best submission'),
  highestPoints: z.number().nullable(),
  failing: z.string().nullable().describe('Code of the test; "hidden" where the visible ones pass'),
  failingSince: z.string().nullable(),
  lastSeen: z.string(),
});

const studentLine = z.object({
  person: z.string(),
  name: z.string(),
  group: z.string(),
  state: z.enum(workStates),
  stuckMinutes: z.number().nullable(),
  helpLevel: z.string().nullable().describe('Set for this student; null: as the terms say'),
  helpByLevel: z.record(z.string(), z.number()).describe('Hints of the last seven days'),
  refused: z.record(z.string(), z.number()).describe('What was refused in the last seven days, by rule'),
  signals: z.array(z.object({ row: z.string(), level: z.string(), activity: z.string(), title: wording, recommendation: wording })),
  work: z.array(work),
});

const coursesRoute = defineRoute({
  method: 'GET',
  path: '/taught',
  summary: 'The courses that one teaches',
  permission: 'tutor:teach',
  answer: z.object({ courses: z.array(z.object({ code: z.string(), title: z.string(), students: z.number() })) }),
  async handle(_request, context) {
    const { principal } = context;
    if (principal === undefined) return { courses: [] };
    const { rows } = await context.query((database) =>
      database.execute<{ code: string; title: string; students: number }>(sql`
        SELECT c.code, c.title, (SELECT count(*)::int FROM tutor_enrolments s WHERE s.workspace_id = c.workspace_id AND s.course_id = c.id
          AND s.role = 'student') AS students
        FROM tutor_courses c WHERE c.workspace_id = ${context.workspaceId} AND c.active AND ${taughtBy(principal)}
        ORDER BY c.position, c.code LIMIT 500`),
    );
    return { courses: rows };
  },
});

const boardRoute = defineRoute({
  method: 'GET',
  path: '/class/:course',
  summary: 'Students by exercises of a course that one teaches: those who are stuck first, with the signals of the last weeks',
  permission: 'tutor:teach',
  params: z.object({ course: z.string().min(1).max(60) }),
  query: z.object({ group: z.string().max(100).optional() }),
  answer: z.object({
    course: z.string(),
    groups: z.array(z.string()),
    exercises: z.array(z.object({ code: z.string(), title: z.string(), activity: z.string(), hiddenTests: z.number() })),
    students: z.array(studentLine),
    aboutSignals: wording,
  }),
  async handle({ params: { course }, query: { group } }, context) {
    return context.query(async (database) => {
      const { id, principal } = await requireTaught(database, context, course);
      const all = await classOf(database, context, principal, { course });
      const students = group === undefined ? all : all.filter((each) => each.group === group);
      const people = students.map(({ person }) => person);
      const { byPerson, about } = await signalsOf(database, context, people, [course]);
      const works = await worksOf(database, context, id);
      return {
        course,
        groups: [...new Set(all.map((each) => each.group).filter((name) => name !== ''))].sort(),
        exercises: await exercisesOf(database, context, id),
        aboutSignals: about,
        students: students.map(({ person, name, group: of, state, stuckMinutes, helpLevel, helpByLevel, refused }) => ({
          ...{ person, name, group: of, state, stuckMinutes, helpLevel, helpByLevel, refused },
          work: works.get(person) ?? [],
          signals: (byPerson.get(person) ?? []).flatMap(({ row, level, activity }) => {
            const found = riskRows.find((each) => each.id === row);
            const { title, recommendation } = found ?? { title: { es: row, en: row }, recommendation: { es: '', en: '' } };
            return [{ row, level, activity, title: { ...title }, recommendation: { ...recommendation } }];
          }),
        })),
      };
    });
  },
});

const eventShape = z.looseObject({ id: z.string(), at: z.date(), kind: z.string(), exercise: z.string().nullable() });

const studentRoute = defineRoute({
  method: 'GET',
  path: '/students/:person',
  summary: 'The way of a student through a course that one teaches: what happened, oldest first, without what was written',
  description: 'What was written is told by the command student with "texts", which the audit log keeps.',
  permission: 'tutor:teach',
  params: z.object({ person: z.string().regex(/^(user|conversation):[0-9a-f-]{36}$/) }),
  query: z.object({ course: z.string().min(1).max(60) }),
  answer: z.object({
    person: z.string(),
    name: z.string(),
    events: z.array(eventShape),
    activities: z.array(
      z.object({
        activity: z.string(),
        overall: z.string(),
        signals: z.array(
          z.object({
            row: z.string(),
            level: z.string(),
            title: wording,
            recommendation: wording,
            formula: z.string(),
            value: z.number(),
          }),
        ),
      }),
    ),
    aboutSignals: wording,
  }),
  async handle({ params: { person }, query: { course } }, context) {
    return context.query(async (database) => {
      const { id, principal } = await requireTaught(database, context, course);
      const mine = (await coursesInCommon(database, context, principal, person)).find((each) => each.id === id);
      if (mine === undefined) throw new TimonelError('not_found', `No student ${person} is in the course ${course}.`);
      const events = await loadEvents(database, context, sql`v.person = ${person} AND v.course_id = ${id}::uuid`, 5_000);
      const analysis = await analysisOf(database, context, events);
      const { rows } = await database.execute<{ id: string; code: string }>(exercisesIn(context, id));
      const codes = new Map(rows.map((row) => [row.id, row.code]));
      const about = analysis[0]?.risk.about ?? (await signalsOf(database, context, [], [])).about;
      return {
        person,
        name: mine.name,
        events: events.map((event) => ({ ...shownOf(event), exercise: codes.get(event.exerciseId ?? '') ?? null })),
        activities: analysis.map(({ activity, risk }) => ({
          activity,
          overall: risk.overall,
          signals: risk.signals.map(({ row, level, title, recommendation, formula, finding }) => ({
            ...{ row, level, title: { ...title }, recommendation: { ...recommendation }, formula },
            value: finding.kind === 'inconclusive' ? 0 : finding.value,
          })),
        })),
        aboutSignals: { ...about },
      };
    });
  },
});

/** Of an event what a teacher sees without asking for what was written. A teacher's own words are theirs. */
function shownOf(event: Awaited<ReturnType<typeof loadEvents>>[number]): z.infer<typeof eventShape> {
  const { id, at, kind } = event;
  const base = { id, at, kind, exercise: null };
  switch (event.kind) {
    case 'message':
      return { ...base, want: event.want };
    case 'reply':
      return { ...base, hint: event.hint ?? null, helpLevel: event.helpLevel, guarded: event.guarded };
    case 'ran-tests':
      return { ...base, passed: event.passed, failed: event.failed, failing: event.failing };
    case 'submitted':
      return { ...base, points: event.points, highestPoints: event.highestPoints, passedAll: event.passedAll };
    case 'hint-shown':
      return { ...base, hint: event.hint, level: event.level };
    case 'refused':
      return { ...base, rule: event.rule, reason: event.reason };
    case 'teacher':
      return { ...base, act: event.act, text: event.text };
    default:
      return base;
  }
}

async function requireTaught(
  database: Database,
  context: RouteContext,
  course: string,
): Promise<{ id: string; principal: Principal }> {
  const { principal } = context;
  const id = principal === undefined ? undefined : await taughtCourse(database, context, principal, course);
  if (principal === undefined || id === undefined)
    throw new TimonelError('not_found', `There is no course ${course} that you teach.`);
  return { id, principal };
}

const exercisesIn = ({ workspaceId }: Pick<RouteContext, 'workspaceId'>, courseId: string): SQL => sql`
  SELECT e.id, e.code, e.title, a.code AS activity, (SELECT count(*)::int FROM tutor_tests t WHERE t.workspace_id = e.workspace_id
    AND t.exercise_id = e.id AND NOT t.visible) AS "hiddenTests"
  FROM tutor_exercises e JOIN tutor_activities a ON a.workspace_id = e.workspace_id AND a.id = e.activity_id
  WHERE e.workspace_id = ${workspaceId} AND a.course_id = ${courseId} AND e.active ORDER BY a.position, a.code, e.position, e.code LIMIT 500`;

async function exercisesOf(database: Database, context: RouteContext, courseId: string) {
  const { rows } = await database.execute<{ code: string; title: string; activity: string; hiddenTests: number }>(
    exercisesIn(context, courseId),
  );
  return rows.map(({ code, title, activity, hiddenTests }) => ({ code, title, activity, hiddenTests }));
}

/** Where each student stands in each exercise that they opened. */
async function worksOf(database: Database, context: RouteContext, courseId: string): Promise<Map<string, z.infer<typeof work>[]>> {
  const { workspaceId, now } = context;
  const stuckSince = new Date(now().getTime() - stuckAfter.minutes * 60_000).toISOString();
  const { rows } = await database.execute<z.infer<typeof work> & { person: string } & Record<string, unknown>>(sql`
    SELECT w.person, e.code AS exercise, w.attempts, w.hints, nullif(w.failing, '') AS failing, w.failing_since::text AS "failingSince",
      w.updated_at::text AS "lastSeen",
      (SELECT max(m.points)::float8 FROM tutor_submissions m WHERE m.workspace_id = w.workspace_id AND m.person = w.person
        AND m.exercise_id = e.id) AS points,
      (SELECT max(m.highest_points)::float8 FROM tutor_submissions m WHERE m.workspace_id = w.workspace_id AND m.person = w.person
        AND m.exercise_id = e.id) AS "highestPoints",
      CASE WHEN w.passed_at IS NOT NULL THEN 'passed'
        WHEN w.failing_since <= ${stuckSince}::timestamptz OR (SELECT count(*) FROM tutor_events v WHERE v.workspace_id = w.workspace_id
          AND v.course_id = ${courseId} AND v.person = w.person AND v.exercise_id = e.id AND v.kind IN ('ran-tests', 'submitted')
          AND v.at >= w.failing_since) >= ${stuckAfter.tries} THEN 'stuck'
        ELSE 'working' END AS state
    FROM tutor_work w JOIN tutor_exercises e ON e.workspace_id = w.workspace_id AND e.id = w.exercise_id
      JOIN tutor_activities a ON a.workspace_id = e.workspace_id AND a.id = e.activity_id
    WHERE w.workspace_id = ${workspaceId} AND a.course_id = ${courseId} LIMIT 50000`);
  const byPerson = Map.groupBy(rows, ({ person }) => person);
  return new Map([...byPerson].map(([person, own]) => [person, own.map((each) => work.parse(each))]));
}

export const classBoardRoutes: readonly AnyRoute[] = [coursesRoute, boardRoute, studentRoute];
