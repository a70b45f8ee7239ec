/** What teachers see: a class at a glance, and the way of one student. Of courses that they teach only. */
import { type SQL, sql } from '../../src/database.ts';
import type { Database, Principal } from '../../src/index.ts';
import { taughtBy } from './people.ts';

/** As much of a context as reading needs. */
export interface TeacherPlace {
  workspaceId: string;
  now(): Date;
}

/** A student in a class. */
export interface ClassLine {
  person: string;
  name: string;
  group: string;
  course: string;
  /** What they worked on last. */
  exercise: string | null;
  title: string | null;
  state: 'not-begun' | 'working' | 'stuck' | 'passed';
  /** The test that fails, by its code, and how; "hidden" where visible ones pass. */
  failing: string | null;
  failingSince: string | null;
  /** Minutes since then. */
  stuckMinutes: number | null;
  hints: number;
  attempts: number;
  /** Runs and submissions since the test fails. */
  triesSince: number;
  passed: number;
  exercises: number;
  lastSeen: string | null;
  /** Set for this student; null: as the terms say. */
  helpLevel: string | null;
  /** Hints by level, of the last seven days. */
  helpByLevel: Record<string, number>;
  /** What was refused to them, of the last seven days, by rule. */
  refused: Record<string, number>;
}

/** Minutes on one failing test, and tries at it, from which somebody is stuck. */
export const stuckAfter = { minutes: 15, tries: 3 } as const;

/** The students of the courses that somebody teaches: those who are stuck first, the longest first. */
export async function classOf(
  database: Database,
  { workspaceId, now }: TeacherPlace,
  principal: Principal,
  { course, group }: { course?: string | undefined; group?: string | undefined },
): Promise<ClassLine[]> {
  const at = now();
  const week = new Date(at.getTime() - 7 * 86_400_000).toISOString();
  const filters: SQL[] = [];
  if (course !== undefined) filters.push(sql`AND c.code = ${course}`);
  if (group !== undefined) filters.push(sql`AND s.class_group = ${group}`);
  const { rows } = await database.execute<
    Record<string, unknown> & Omit<ClassLine, 'state' | 'stuckMinutes'> & { passedAt: string | null; opened: boolean }
  >(sql`
    SELECT s.person, s.name, s.class_group AS "group", c.code AS course, w.code AS exercise, w.title, nullif(w.failing, '') AS failing,
      w.failing_since::text AS "failingSince", coalesce(w.hints, 0) AS hints, coalesce(w.attempts, 0) AS attempts, w.passed_at::text AS "passedAt",
      w.person IS NOT NULL AS opened, w.updated_at::text AS "lastSeen", s.help_level AS "helpLevel",
      (SELECT count(*)::int FROM tutor_events v WHERE v.workspace_id = s.workspace_id AND v.course_id = s.course_id AND v.person = s.person
        AND v.exercise_id = w.exercise_id AND v.kind IN ('ran-tests', 'submitted') AND v.at >= w.failing_since) AS "triesSince",
      (SELECT count(*)::int FROM tutor_work d JOIN tutor_exercises e ON e.workspace_id = d.workspace_id AND e.id = d.exercise_id
        JOIN tutor_activities a ON a.workspace_id = e.workspace_id AND a.id = e.activity_id
        WHERE d.workspace_id = s.workspace_id AND d.person = s.person AND a.course_id = s.course_id AND d.passed_at IS NOT NULL) AS passed,
      (SELECT count(*)::int FROM tutor_exercises e JOIN tutor_activities a ON a.workspace_id = e.workspace_id AND a.id = e.activity_id
        WHERE e.workspace_id = s.workspace_id AND a.course_id = s.course_id AND e.active) AS exercises,
      (SELECT coalesce(json_object_agg(g.level, g.n), '{}') FROM (SELECT v.data->>'level' AS level, count(*)::int AS n FROM tutor_events v
        WHERE v.workspace_id = s.workspace_id AND v.course_id = s.course_id AND v.person = s.person AND v.kind = 'hint-shown'
          AND v.at >= ${week}::timestamptz GROUP BY 1) g) AS "helpByLevel",
      (SELECT coalesce(json_object_agg(g.rule, g.n), '{}') FROM (SELECT v.data->>'rule' AS rule, count(*)::int AS n FROM tutor_events v
        WHERE v.workspace_id = s.workspace_id AND v.course_id = s.course_id AND v.person = s.person AND v.kind = 'refused'
          AND v.at >= ${week}::timestamptz GROUP BY 1) g) AS refused
    FROM tutor_enrolments s
      JOIN tutor_courses c ON c.workspace_id = s.workspace_id AND c.id = s.course_id
      LEFT JOIN LATERAL (
        SELECT d.*, e.code AS exercise_code, e.title FROM tutor_work d
          JOIN tutor_exercises e ON e.workspace_id = d.workspace_id AND e.id = d.exercise_id
          JOIN tutor_activities a ON a.workspace_id = e.workspace_id AND a.id = e.activity_id
        WHERE d.workspace_id = s.workspace_id AND d.person = s.person AND a.course_id = s.course_id
        ORDER BY d.updated_at DESC LIMIT 1) w0 ON true
      LEFT JOIN LATERAL (SELECT w0.person, w0.exercise_id, w0.exercise_code AS code, w0.title, w0.failing, w0.failing_since, w0.hints, w0.attempts,
        w0.passed_at, w0.updated_at) w ON true
    WHERE s.workspace_id = ${workspaceId} AND s.role = 'student' AND ${taughtBy(principal)} ${sql.join(filters, sql` `)}
    ORDER BY c.code, s.name, s.person LIMIT 2000`);
  return rows.map(({ passedAt, opened, ...line }) => withState(line, { passedAt, opened }, at)).sort(byNeed);
}

function withState(
  line: Omit<ClassLine, 'state' | 'stuckMinutes'>,
  { passedAt, opened }: { passedAt: string | null; opened: boolean },
  at: Date,
): ClassLine {
  const since = line.failingSince;
  const minutes = since === null ? null : Math.floor((at.getTime() - new Date(since).getTime()) / 60_000);
  const stuck = minutes !== null && passedAt === null && (minutes >= stuckAfter.minutes || line.triesSince >= stuckAfter.tries);
  const state = !opened ? 'not-begun' : passedAt !== null ? 'passed' : stuck ? 'stuck' : 'working';
  return { ...line, state, stuckMinutes: stuck ? minutes : null };
}

function byNeed(one: ClassLine, other: ClassLine): number {
  const rank = { stuck: 0, working: 1, 'not-begun': 2, passed: 3 } as const;
  return (
    rank[one.state] - rank[other.state] || (other.stuckMinutes ?? 0) - (one.stuckMinutes ?? 0) || one.name.localeCompare(other.name)
  );
}

/** Whether somebody teaches the course, by its code. @returns its id */
export async function taughtCourse(
  database: Database,
  { workspaceId }: Pick<TeacherPlace, 'workspaceId'>,
  principal: Principal,
  code: string,
): Promise<string | undefined> {
  const { rows } = await database.execute<{ id: string }>(sql`
    SELECT c.id FROM tutor_courses c WHERE c.workspace_id = ${workspaceId} AND c.code = ${code} AND ${taughtBy(principal)}`);
  return rows[0]?.id;
}

/** Courses of a student that somebody teaches. */
export async function coursesInCommon(
  database: Database,
  { workspaceId }: Pick<TeacherPlace, 'workspaceId'>,
  principal: Principal,
  person: string,
): Promise<{ id: string; code: string; name: string }[]> {
  const { rows } = await database.execute<{ id: string; code: string; name: string }>(sql`
    SELECT c.id, c.code, s.name FROM tutor_enrolments s JOIN tutor_courses c ON c.workspace_id = s.workspace_id AND c.id = s.course_id
    WHERE s.workspace_id = ${workspaceId} AND s.person = ${person} AND s.role = 'student' AND ${taughtBy(principal)} ORDER BY c.code`);
  return rows;
}
