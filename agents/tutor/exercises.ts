/** Exercises as they are stored, with what holds for them: course, activity, terms of each level. */
import { type SQL, sql } from '../../src/database.ts';
import type { Database, WorkspaceAccess } from '../../src/index.ts';
import type { Exercise, ExerciseTest, HelpLevel, TermsLevel, TutorMode } from './contract.ts';
import type { TeacherHint } from './help/ladder.ts';
import type { ThresholdsByRow } from './risk/contract.ts';
import type { PartialTerms, TermsByLevel } from './terms/effective-terms.ts';

/** An exercise with its place in a course. */
export interface PlacedExercise extends Exercise {
  code: string;
  hints: readonly TeacherHint[];
  course: { code: string; title: string; language: 'es' | 'en'; programme: string | null };
  activity: {
    code: string;
    title: string;
    objectives: readonly string[];
    mode: TutorMode;
    freeAttempts: number;
    backoffSeconds: number;
    mostAttempts: number | null;
    thresholds: ThresholdsByRow;
  };
}

interface ExerciseRow extends Record<string, unknown> {
  exercise: Omit<PlacedExercise, 'tests'> & { tests: TestRow[] };
}

interface TestRow {
  code: string;
  kind: ExerciseTest['kind'];
  visible: boolean;
  category: string | null;
  points: number;
  input: string;
  expression: string;
  expected: unknown;
  compare: string;
  property: unknown;
}

/** Exercises by a condition on `e`, `a` (activity) and `c` (course), each with its tests. */
export async function loadExercises(database: Database, access: WorkspaceAccess, where: SQL): Promise<PlacedExercise[]> {
  const { rows } = await database.execute<ExerciseRow>(sql`
    SELECT json_build_object('id', e.id, 'courseId', c.id, 'activityId', a.id, 'code', e.code, 'title', e.title, 'language', e.language,
      'statement', e.statement, 'starterCode', e.starter_code, 'entry', e.entry, 'references', e.reference_programs, 'hints', e.hints,
      'course', json_build_object('code', c.code, 'title', c.title, 'language', c.language, 'programme', c.programme),
      'activity', json_build_object('code', a.code, 'title', a.title, 'objectives', a.objectives, 'mode', a.mode,
        'freeAttempts', a.free_attempts, 'backoffSeconds', a.backoff_seconds, 'mostAttempts', a.most_attempts, 'thresholds', a.thresholds),
      'tests', coalesce((SELECT json_agg(json_build_object('code', t.code, 'kind', t.kind, 'visible', t.visible, 'category', t.category,
          'points', t.points::float8, 'input', t.input, 'expression', t.expression, 'expected', t.expected, 'compare', t.compare,
          'property', t.property) ORDER BY t.position, t.code)
        FROM tutor_tests t WHERE t.workspace_id = e.workspace_id AND t.exercise_id = e.id), '[]'::json)) AS exercise
    FROM tutor_exercises e
      JOIN tutor_activities a ON a.workspace_id = e.workspace_id AND a.id = e.activity_id
      JOIN tutor_courses c ON c.workspace_id = a.workspace_id AND c.id = a.course_id
    WHERE e.workspace_id = ${access.workspaceId} AND (${where})
    ORDER BY c.position, c.code, a.position, a.code, e.position, e.code LIMIT 500`);
  return rows.map(({ exercise }) => ({ ...exercise, tests: exercise.tests.map(testOf) }));
}

/** Codes name tests within an exercise: they are what grading and hints know. */
export function testOf(row: TestRow): ExerciseTest {
  const { code, visible, category, points, kind } = row;
  const common = { id: code, visible, points, ...(category === null ? {} : { category }) };
  if (kind === 'stdio') {
    const compare = row.compare as Extract<ExerciseTest, { kind: 'stdio' }>['compare'];
    return { ...common, kind, input: row.input, expected: String(row.expected), compare };
  }
  if (kind === 'call') return { ...common, kind, expression: row.expression, expected: row.expected };
  return {
    ...common,
    kind,
    expression: row.expression,
    property: row.property as Extract<ExerciseTest, { kind: 'property' }>['property'],
  };
}

export interface TermsRow {
  level: TermsLevel;
  help_level: HelpLevel | null;
  block_whole_solutions: boolean | null;
  allow_fixing_edits: boolean | null;
  require_plan: boolean | null;
  allow_code_fragments: boolean | null;
  allow_pseudo_code: boolean | null;
  avoid: string[];
  proactive_help: boolean | null;
  requests_per_day: number | null;
}

/** The terms of every level that a course and an activity are under, as a list in JSON. */
export function termsRows(
  { workspaceId }: Pick<WorkspaceAccess, 'workspaceId'>,
  { courseId, activityId, programme }: { courseId: string; activityId: string; programme: string | null },
): SQL {
  return sql`(SELECT coalesce(json_agg(t), '[]'::json) FROM (
    SELECT level, help_level, block_whole_solutions, allow_fixing_edits, require_plan, allow_code_fragments, allow_pseudo_code, avoid,
      proactive_help, requests_per_day
    FROM tutor_terms WHERE workspace_id = ${workspaceId} AND (level = 'institution'
      OR (level = 'programme' AND programme = ${programme}::text) OR (level = 'course' AND course_id = ${courseId}::uuid)
      OR (level = 'activity' AND activity_id = ${activityId}::uuid))) t)`;
}

export function termsOf(rows: readonly TermsRow[]): TermsByLevel {
  return Object.fromEntries(rows.map((row) => [row.level, saidBy(row)]));
}

function saidBy(row: TermsRow): PartialTerms {
  const said = {
    helpLevel: row.help_level,
    blockWholeSolutions: row.block_whole_solutions,
    allowFixingEdits: row.allow_fixing_edits,
    requirePlan: row.require_plan,
    allowCodeFragments: row.allow_code_fragments,
    allowPseudoCode: row.allow_pseudo_code,
    avoid: row.avoid.length === 0 ? null : row.avoid,
    proactiveHelp: row.proactive_help,
    requestsPerDay: row.requests_per_day,
  };
  return Object.fromEntries(Object.entries(said).filter(([, value]) => value !== null));
}
