/** What a conversation is about: the exercise on the desk, how far its student is, and the terms under which they are helped. */
import { type SQL, sql } from '../../src/database.ts';
import type { Database, JsonObject, Principal, WorkspaceAccess } from '../../src/index.ts';
import { type EffectiveTerms, type HelpLevel, helpLevels, type TutorMode } from './contract.ts';
import { loadExercises, type PlacedExercise, type TermsRow, termsOf, termsRows } from './exercises.ts';
import { coursesOf, instantOf, personOf } from './people.ts';
import { effectiveTerms, type TermsByLevel } from './terms/effective-terms.ts';

/** Whose turn it is. */
export interface DeskPlace extends WorkspaceAccess {
  readonly conversationId: string;
  readonly principal?: Principal | undefined;
}

/** Where a student stands in an exercise. */
export interface Work {
  code: string;
  result: StoredResult | null;
  step: number;
  failing: string;
  hints: number;
  attempts: number;
  submittedAt: string | null;
  plan: string;
  passedAt: string | null;
}

/** The last run or submission, as the student may see it. */
export interface StoredResult {
  /** Visible tests that did not pass, by code. */
  failing: { test: string; verdict: string; printed: string; error: string | null; got: string | null }[];
  passed: number;
  total: number;
  hidden: { failed: number; categories: string[] } | null;
}

export interface Desk {
  person: string;
  exercise: PlacedExercise;
  work: Work | undefined;
  terms: EffectiveTerms;
  mode: TutorMode;
  requests: { used: number; limit: number | undefined; resetsAt: Date };
}

/** Whose conversation it is, and the exercise on its desk. */
export async function deskOf(
  database: Database,
  access: WorkspaceAccess,
  conversationId: string,
): Promise<{ person: string; exerciseId: string | null } | undefined> {
  const { rows } = await database.execute<{ person: string; exercise_id: string | null }>(sql`
    SELECT person, exercise_id FROM tutor_desks WHERE workspace_id = ${access.workspaceId} AND conversation_id = ${conversationId}`);
  const [row] = rows;
  return row && { person: row.person, exerciseId: row.exercise_id };
}

/** The desk of a conversation; `undefined` where no exercise is on it, or the student may not work on that one any more. */
export async function loadDesk(database: Database, place: DeskPlace): Promise<Desk | undefined> {
  const desk = await deskOf(database, place, place.conversationId);
  const person = personOf(place.principal, place.conversationId);
  // A conversation that somebody else goes on with begins anew: the work on the desk is not theirs.
  if (desk === undefined || desk.exerciseId === null || desk.person !== person) return undefined;
  return loadDeskOf(database, place, person, desk.exerciseId);
}

export async function loadDeskOf(
  database: Database,
  access: WorkspaceAccess,
  person: string,
  exerciseId: string,
): Promise<Desk | undefined> {
  const [exercise] = await loadExercises(
    database,
    access,
    sql`e.id = ${exerciseId}::uuid AND e.active AND a.status = 'active' AND ${coursesOf(person)}`,
  );
  if (exercise === undefined) return undefined;
  const { id, courseId, activityId } = exercise;
  const midnight = dayOf(access);
  const terms = termsRows(access, { courseId, activityId, programme: exercise.course.programme });
  const { rows } = await database.execute<{ terms: TermsRow[]; own: HelpLevel | null; work: Work | null; used: number }>(sql`
    SELECT ${terms} AS terms, (${workRow(access, person, id)}) AS work, (${requestsSince(access, person, courseId, midnight.from)}) AS used,
      (SELECT help_level FROM tutor_enrolments WHERE workspace_id = ${access.workspaceId} AND course_id = ${courseId} AND person = ${person}) AS own`);
  const { terms: levelRows = [], own = null, work = null, used = 0 } = rows[0] ?? {};
  const levels = termsOf(levelRows);
  const effective = withOwnLevel(effectiveTerms(levels), own, effectiveTerms(aboveCourses(levels)));
  return {
    person,
    exercise,
    work: work ?? undefined,
    terms: effective,
    mode: exercise.activity.mode,
    requests: { used, limit: effective.terms.requestsPerDay, resetsAt: midnight.to },
  };
}

/** What no teacher of a course changes. */
function aboveCourses({ course: _course, activity: _activity, ...above }: TermsByLevel): TermsByLevel {
  return above;
}

/** A teacher's word about one student replaces what course and activity say, within what institution and programme allow. */
export function withOwnLevel(terms: EffectiveTerms, own: HelpLevel | null, above: EffectiveTerms): EffectiveTerms {
  if (own === null) return terms;
  const rank = (level: HelpLevel) => helpLevels.indexOf(level);
  const bound = above.from.helpLevel.includes('default') ? undefined : above.terms.helpLevel;
  const helpLevel = bound !== undefined && rank(bound) < rank(own) ? bound : own;
  return { ...terms, terms: { ...terms.terms, helpLevel } };
}

export async function loadWork(
  database: Database,
  access: WorkspaceAccess,
  person: string,
  exerciseId: string,
): Promise<Work | undefined> {
  const { rows } = await database.execute<{ work: Work | null }>(sql`SELECT (${workRow(access, person, exerciseId)}) AS work`);
  return rows[0]?.work ?? undefined;
}

function workRow({ workspaceId }: Pick<WorkspaceAccess, 'workspaceId'>, person: string, exerciseId: string): SQL {
  return sql`SELECT json_build_object('code', code, 'result', result, 'step', step, 'failing', failing, 'hints', hints, 'attempts', attempts,
      'submittedAt', submitted_at, 'plan', plan, 'passedAt', passed_at)
    FROM tutor_work WHERE workspace_id = ${workspaceId} AND person = ${person} AND exercise_id = ${exerciseId}`;
}

/** Changes where a student stands; the row is made with the first change. */
export async function keepWork(
  database: Database,
  access: WorkspaceAccess,
  { person, exerciseId }: { person: string; exerciseId: string },
  changes: Partial<{
    code: string;
    result: StoredResult;
    step: number;
    failing: string;
    hints: number;
    attempts: number;
    submitted: boolean;
    plan: string;
    passed: boolean;
  }>,
): Promise<void> {
  const { code, result, step, failing, hints, attempts, submitted = false, plan, passed = false } = changes;
  const json = result === undefined ? null : JSON.stringify(result satisfies StoredResult as unknown as JsonObject);
  const at = instantOf(access);
  await database.execute(sql`
    INSERT INTO tutor_work AS w (workspace_id, person, exercise_id, code, result, step, failing, failing_since, hints, attempts, submitted_at,
      plan, passed_at, opened_at, updated_at)
    VALUES (${access.workspaceId}, ${person}, ${exerciseId}, ${code ?? ''}, ${json}::jsonb, ${step ?? 0}, ${failing ?? ''},
      CASE WHEN ${failing ?? ''} = '' THEN NULL ELSE ${at} END, ${hints ?? 0}, ${attempts ?? 0}, CASE WHEN ${submitted} THEN ${at} END,
      ${plan ?? ''}, CASE WHEN ${passed} THEN ${at} END, ${at}, ${at})
    ON CONFLICT (workspace_id, person, exercise_id) DO UPDATE SET
      code = coalesce(${code ?? null}::text, w.code), result = coalesce(${json}::jsonb, w.result), step = coalesce(${step ?? null}::int, w.step),
      failing_since = CASE WHEN ${failing ?? null}::text IS NULL OR ${failing ?? null}::text = w.failing THEN w.failing_since
        WHEN ${failing ?? null}::text = '' THEN NULL ELSE ${at} END,
      failing = coalesce(${failing ?? null}::text, w.failing), hints = coalesce(${hints ?? null}::int, w.hints),
      attempts = coalesce(${attempts ?? null}::int, w.attempts), submitted_at = CASE WHEN ${submitted} THEN ${at} ELSE w.submitted_at END,
      plan = coalesce(${plan ?? null}::text, w.plan), passed_at = coalesce(w.passed_at, CASE WHEN ${passed} THEN ${at} END), updated_at = ${at}`);
}

/** The day of the workspace: its first instant, and that of the next one. */
export function dayOf({ now, timeZone }: Pick<WorkspaceAccess, 'now' | 'timeZone'>): { from: Date; to: Date } {
  const at = now();
  const date = (instant: Date) => new Intl.DateTimeFormat('en-CA', { timeZone, dateStyle: 'short' }).format(instant);
  const today = date(at);
  // By quarters of an hour: zones and changes of clocks move by no less.
  const step = 15 * 60_000;
  let from = Math.floor(at.getTime() / step) * step;
  while (date(new Date(from - 1)) === today) from -= step;
  let to = from + 22 * 3_600_000;
  while (date(new Date(to)) === today) to += step;
  return { from: new Date(from), to: new Date(to) };
}

/** Messages that asked for help, in one course. */
function requestsSince({ workspaceId }: Pick<WorkspaceAccess, 'workspaceId'>, person: string, courseId: string, since: Date): SQL {
  return sql`SELECT count(*)::int FROM tutor_events WHERE workspace_id = ${workspaceId} AND course_id = ${courseId}
      AND person = ${person} AND at >= ${since.toISOString()}::timestamptz AND kind = 'message'
      AND data->>'want' = ANY(${sql.param([...helpWants])}::text[])`;
}

/** What counts against the requests of a day: not running tests, submitting, or telling a plan. */
export const helpWants: readonly string[] = [
  'delegation',
  'explanation',
  'example',
  'hint',
  'frustration',
  'confusion',
  'metacognition',
  'other',
];

/** When help is there again: "00:00", with the day where it is not today's. */
export function resetTime(resetsAt: Date, timeZone: string, language: 'es' | 'en'): string {
  const format = new Intl.DateTimeFormat(language === 'es' ? 'es-AR' : 'en-GB', {
    timeZone,
    weekday: 'long',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  return format.format(resetsAt);
}
