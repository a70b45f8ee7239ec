/** Reports of a course: a table for its teachers, and an export that names nobody. */
import { randomUUID } from 'node:crypto';
import { sql } from '../../src/database.ts';
import type { Database } from '../../src/index.ts';
import { signalsOf } from './analysis.ts';
import { loadEvents } from './events.ts';
import { printedReport, type ReportedCourse, type ReportRow } from './printed-report.ts';

const columns = [
  'person',
  'name',
  'class_group',
  'exercise',
  'runs',
  'submissions',
  'hints',
  'best',
  'highest',
  'passed_at',
  'failing',
] as const;

/** A line for each student and exercise, as CSV. */
export async function report(database: Database, place: { workspaceId: string }, courseId: string): Promise<string> {
  const rows = await reportRows(database, place, courseId);
  const lines = rows.map((row) => columns.map((column) => cell(row[column])).join(','));
  return [columns.join(','), ...lines, ''].join('\r\n');
}

/** The same as a page to print, with the signals of the last weeks. */
export async function reportPage(
  database: Database,
  place: { workspaceId: string; timeZone: string; now(): Date },
  courseId: string,
): Promise<string> {
  const { workspaceId, now, timeZone } = place;
  const { rows: courses } = await database.execute<ReportedCourse & Record<string, unknown>>(sql`
    SELECT code, title, language FROM tutor_courses WHERE workspace_id = ${workspaceId} AND id = ${courseId}`);
  const [course] = courses;
  if (course === undefined) throw new Error('The course is gone.');
  const rows = await reportRows(database, place, courseId);
  const people = [...new Set(rows.map(({ person }) => person))];
  const { byPerson } = await signalsOf(database, place, people, [course.code]);
  return printedReport(course, rows, byPerson, { now: now(), timeZone });
}

async function reportRows(database: Database, { workspaceId }: { workspaceId: string }, courseId: string): Promise<ReportRow[]> {
  const { rows } = await database.execute<ReportRow & Record<string, unknown>>(sql`
    SELECT s.person, s.name, s.class_group, e.code AS exercise, w.hints, w.failing, w.passed_at::text AS passed_at,
      (SELECT count(*)::int FROM tutor_events v WHERE v.workspace_id = s.workspace_id AND v.course_id = s.course_id AND v.person = s.person
        AND v.exercise_id = e.id AND v.kind = 'ran-tests') AS runs,
      (SELECT count(*)::int FROM tutor_submissions m WHERE m.workspace_id = s.workspace_id AND m.person = s.person AND m.exercise_id = e.id) AS submissions,
      (SELECT max(m.points)::float8 FROM tutor_submissions m WHERE m.workspace_id = s.workspace_id AND m.person = s.person AND m.exercise_id = e.id) AS best,
      (SELECT max(m.highest_points)::float8 FROM tutor_submissions m WHERE m.workspace_id = s.workspace_id AND m.person = s.person
        AND m.exercise_id = e.id) AS highest
    FROM tutor_enrolments s
      JOIN tutor_work w ON w.workspace_id = s.workspace_id AND w.person = s.person
      JOIN tutor_exercises e ON e.workspace_id = w.workspace_id AND e.id = w.exercise_id
      JOIN tutor_activities a ON a.workspace_id = e.workspace_id AND a.id = e.activity_id AND a.course_id = s.course_id
    WHERE s.workspace_id = ${workspaceId} AND s.course_id = ${courseId} AND s.role = 'student' ORDER BY s.name, s.person, e.position LIMIT 50000`);
  return rows;
}

/** A cell that no spreadsheet takes for a formula. */
function cell(value: string | number | null): string {
  const text = value === null ? '' : String(value);
  const safe = /^[=+\-@\t\r]/.test(text) && typeof value === 'string' ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** Students without whom nobody can be told from the others. */
const leastPeople = 5;

export interface AnonymousExport {
  /** Students who are in it. */
  people: number;
  /** Why there is nothing in it. */
  withheld: string | null;
  events: Record<string, unknown>[];
}

/**
 * The events of a course under pseudonyms that no other export has. Times are the weeks that they are in, identifiers of rows and conversations are
 * left out, texts and programs too unless they are asked for; an exercise that fewer than five students worked on is left out.
 */
export async function anonymised(
  database: Database,
  place: { workspaceId: string },
  courseId: string,
  texts: boolean,
): Promise<AnonymousExport> {
  const events = await loadEvents(database, place, sql`v.course_id = ${courseId}::uuid AND v.kind <> 'teacher'`, 200_000);
  const peopleOf = new Map<string, Set<string>>();
  for (const { exerciseId = '', studentId } of events)
    peopleOf.set(exerciseId, (peopleOf.get(exerciseId) ?? new Set()).add(studentId));
  const kept = events.filter(({ exerciseId = '' }) => (peopleOf.get(exerciseId)?.size ?? 0) >= leastPeople);
  const people = new Set(kept.map(({ studentId }) => studentId));
  if (people.size === 0)
    return {
      people: 0,
      withheld: `Fewer than ${leastPeople} students worked on any exercise: they could be told apart.`,
      events: [],
    };
  const pseudonyms = new Map([...people].map((person) => [person, randomUUID().slice(0, 12)]));
  return {
    people: people.size,
    withheld: null,
    events: kept.map((event) => {
      const { id: _id, at, studentId, courseId: _course, activityId: _activity, ...rest } = event;
      const open = Object.entries(rest).filter(([name]) => !identifying.has(name) && (texts || !freeTexts.has(name)));
      return { student: pseudonyms.get(studentId), week: weekOf(at), ...Object.fromEntries(open) };
    }),
  };
}

const identifying: ReadonlySet<string> = new Set(['conversationId', 'runId', 'submissionId', 'commitId', 'byUserId']);
const freeTexts: ReadonlySet<string> = new Set([
  'text',
  'code',
  'decision',
  'justification',
  'alternatives',
  'message',
  'files',
  'reason',
]);

/** `2026-W49`, by ISO 8601. */
function weekOf(at: Date): string {
  const day = new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth(), at.getUTCDate()));
  day.setUTCDate(day.getUTCDate() + 4 - (day.getUTCDay() || 7));
  const first = Date.UTC(day.getUTCFullYear(), 0, 1);
  return `${day.getUTCFullYear()}-W${String(Math.ceil(((day.getTime() - first) / 86_400_000 + 1) / 7)).padStart(2, '0')}`;
}
