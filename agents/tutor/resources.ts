/** What teachers manage: their courses with activities, exercises and tests, who is in them, and the terms of help. Submissions are for reading. */
import { z } from 'zod';
import { sql } from '../../src/database.ts';
import {
  defineResource,
  type Principal,
  type ResourceContext,
  type ResourceField,
  type ResourceRow,
  type RowFault,
} from '../../src/index.ts';
import { sandboxLanguages } from '../../src/sandbox.ts';
import { helpLevels, hintKinds, termsLevels, tutorModes } from './contract.ts';
import { evaluatedLanguages } from './grading/harness.ts';
import { ltiResources } from './lti/resources.ts';
import { managesAll } from './people.ts';
import type { ThresholdsByRow } from './risk/contract.ts';
import { riskRows } from './risk/rows.ts';
import { termRules } from './terms/effective-terms.ts';
import { xapiResources } from './xapi/resources.ts';

const permissions = { read: 'tutor:teach', write: 'tutor:teach' } as const;
const label = (es: string, en: string): ResourceField => ({ label: { es, en } });
const code = z.string().trim().min(1).max(60);
const title = z.string().trim().min(1).max(200);
const text = (most: number) => z.string().max(most).default('');
const position = z.int().min(0).default(0).describe('Order in which it is shown');

const teaches = (course: string) =>
  `EXISTS (SELECT FROM tutor_enrolments n WHERE n.workspace_id = t.workspace_id AND n.role = 'teacher' AND n.person = :asker AND n.course_id = ${course})`;
/** Rows of courses that one teaches. @param course SQL of the course's id */
const ofTaught =
  (course: string) =>
  (principal: Principal): string | undefined =>
    managesAll(principal) ? undefined : teaches(course);

const courseOfActivity = (activity: string) =>
  `(SELECT a.course_id FROM tutor_activities a WHERE a.workspace_id = t.workspace_id AND a.id = ${activity})`;
const courseOfExercise = (exercise: string) =>
  `(SELECT a.course_id FROM tutor_exercises e JOIN tutor_activities a ON a.workspace_id = e.workspace_id AND a.id = e.activity_id
    WHERE e.workspace_id = t.workspace_id AND e.id = ${exercise})`;

const reference = (table: string, column: string, es: string, en: string): ResourceField => ({
  ...label(es, en),
  column,
  reference: { table, by: 'code' },
});
const ofCourse = reference('tutor_courses', 'course_id', 'Curso', 'Course');
const ofActivity = reference('tutor_activities', 'activity_id', 'Actividad', 'Activity');
const ofExercise = reference('tutor_exercises', 'exercise_id', 'Ejercicio', 'Exercise');

const courses = defineResource({
  name: 'courses',
  title: { es: 'Cursos', en: 'Courses' },
  description: 'The courses. Who teaches one is in its enrolments.',
  table: 'tutor_courses',
  permissions: { read: 'tutor:teach', write: 'tutor:manage' },
  whose: ofTaught('t.id'),
  schema: z.object({
    code,
    title,
    description: text(2_000),
    language: z.enum(['es', 'en']).default('es'),
    programme: z.string().trim().min(1).max(100).nullable().default(null).describe('Programme of studies, for terms of that level'),
    open: z.boolean().default(false).describe('Everybody in the workspace may work in it'),
    active: z.boolean().default(true),
    position,
  }),
  fields: { code: label('Código', 'Code'), title: label('Título', 'Title') },
  key: ['code'],
  order: ['position', 'code'],
  filters: ['programme', 'active'],
  search: ['code', 'title'],
});

/** A threshold that no row has would be found out when somebody looks at a class. */
function areThresholds(given: ThresholdsByRow): boolean {
  return Object.entries(given).every(([id, own]) => {
    const row = riskRows.find((each) => each.id === id);
    return row !== undefined && Object.keys(own).every((name) => Object.hasOwn(row.thresholds, name));
  });
}

const activities = defineResource({
  name: 'activities',
  title: { es: 'Actividades', en: 'Activities' },
  description: 'Parts of a course: objectives, the way of helping, how often a program may be submitted.',
  table: 'tutor_activities',
  permissions,
  whose: ofTaught('t.course_id'),
  schema: z.object({
    code,
    course: code,
    title,
    objectives: z.array(z.string().trim().min(1).max(300)).default([]),
    mode: z.enum(tutorModes).default('socratic'),
    status: z.enum(['draft', 'active', 'archived']).default('active'),
    freeAttempts: z.int().min(1).max(1_000).default(3).describe('Submissions that wait for nothing'),
    backoffSeconds: z
      .int()
      .min(0)
      .max(86_400)
      .default(30)
      .describe('Wait before the first further one; each later one waits twice as long'),
    mostAttempts: z.int().min(1).nullable().default(null).describe('Empty: as many as they like'),
    thresholds: z
      .record(z.string().max(60), z.record(z.string().max(60), z.number()))
      .default({})
      .refine(areThresholds, { message: 'must name rows of signals and thresholds that they have' })
      .describe('Thresholds of signals that differ, by row'),
    position,
  }),
  fields: { course: ofCourse },
  key: ['code'],
  order: ['position', 'code'],
  filters: ['course', 'status'],
  search: ['code', 'title'],
});

const hints = z
  .array(
    z.object({
      kind: z.enum(hintKinds),
      es: z.string().trim().min(1).max(2_000),
      en: z.string().trim().min(1).max(2_000).optional(),
      when: z.string().trim().min(1).max(60).optional().describe('A verdict, a trouble or the code of a test'),
    }),
  )
  .default([]);

const exercises = defineResource({
  name: 'exercises',
  title: { es: 'Ejercicios', en: 'Exercises' },
  description: 'What students solve. Its tests are a resource of their own; references are never shown to students.',
  table: 'tutor_exercises',
  permissions,
  whose: ofTaught(courseOfActivity('t.activity_id')),
  schema: z.object({
    code,
    activity: code,
    title,
    language: z.enum(sandboxLanguages).default('python'),
    entry: z
      .string()
      .regex(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,79}$/, 'must be a name such as main.py')
      .default('main.py'),
    statement: text(20_000).describe('Markdown'),
    starterCode: text(20_000),
    references: z.array(z.string().max(50_000)).max(20).default([]).describe('Programs that pass all tests'),
    rubric: text(20_000),
    hints,
    tags: z.array(z.string().trim().min(1).max(60)).default([]),
    minutes: z.int().min(1).max(10_000).nullable().default(null),
    active: z.boolean().default(true),
    position,
  }),
  fields: { activity: ofActivity, references: { column: 'reference_programs' } },
  key: ['code'],
  order: ['position', 'code'],
  filters: ['activity', 'language', 'active'],
  search: ['code', 'title'],
});

const property = z.union([
  z.object({ is: z.literal('one-of'), values: z.array(z.json()).min(1).max(1_000) }),
  z.object({ is: z.literal('between'), least: z.number(), most: z.number() }),
  z.object({ is: z.literal('length'), least: z.int().min(0), most: z.int().min(0) }),
  z.object({ is: z.literal('sorted'), order: z.enum(['ascending', 'descending']) }),
  z.object({ is: z.literal('permutation-of'), values: z.array(z.json()).max(1_000) }),
  z.object({ is: z.literal('type'), type: z.enum(['number', 'string', 'boolean', 'list', 'object', 'null']) }),
]);

/** A test in the form of its row. */
export const testFields = z.object({
  code,
  kind: z.enum(['stdio', 'call', 'property']).default('call'),
  visible: z.boolean().default(false),
  category: z.string().trim().min(1).max(100).nullable().default(null).describe('What students are told of a hidden test'),
  points: z.number().positive().max(10_000).default(1),
  input: text(100_000).describe('Of stdio'),
  expression: text(10_000).describe('Of call and property'),
  expected: z.json().default(null).describe('A text of stdio, any value of call; {"$raises": "ValueError"} is an exception'),
  compare: z.enum(['exact', 'trimmed', 'tokens', 'numbers', 'pattern']).default('trimmed'),
  property: property.nullable().default(null),
  position,
});

const tests = defineResource({
  name: 'tests',
  title: { es: 'Tests', en: 'Tests' },
  description: 'Tests of exercises. Students see visible ones; of hidden ones a number and their category.',
  table: 'tutor_tests',
  permissions,
  whose: ofTaught(courseOfExercise('t.exercise_id')),
  schema: z.object({ exercise: code, ...testFields.shape }),
  fields: { exercise: ofExercise },
  key: ['exercise', 'code'],
  order: ['position', 'code'],
  filters: ['exercise', 'visible', 'kind'],
  hooks: { written: testsFit },
});

/** What each kind needs, and whether the exercise's language has it. */
async function testsFit(rows: readonly ResourceRow[], { query, workspaceId }: ResourceContext): Promise<RowFault[]> {
  const faults: RowFault[] = rows.flatMap(({ id, values }) => {
    const { kind, expected, expression, property: wanted } = values;
    if (kind === 'stdio' && typeof expected !== 'string')
      return [{ id, field: 'expected', reason: 'must be the text that is printed' }];
    if (kind !== 'stdio' && expression === '')
      return [{ id, field: 'expression', reason: 'must be what is evaluated, e.g. add(1, 2)' }];
    if (kind === 'property' && wanted === null)
      return [{ id, field: 'property', reason: 'must be what the value has to be, e.g. {"is": "type", "type": "list"}' }];
    return [];
  });
  if (faults.length > 0) return faults;
  const { rows: languages } = await query((database) =>
    database.execute<{ id: string; language: string }>(sql`
      SELECT t.id, e.language FROM tutor_tests t JOIN tutor_exercises e ON e.workspace_id = t.workspace_id AND e.id = t.exercise_id
      WHERE t.workspace_id = ${workspaceId} AND t.id = ANY(${sql.param(rows.map(({ id }) => id))}::uuid[]) AND t.kind <> 'stdio'`),
  );
  return languages
    .filter(({ language }) => !evaluatedLanguages.has(language as 'python'))
    .map(({ id, language }) => ({ id, field: 'kind', reason: `must be stdio: expressions of ${language} are not evaluated` }));
}

const enrolments = defineResource({
  name: 'enrolments',
  title: { es: 'Inscripciones', en: 'Enrolments' },
  description: 'Who is in a course, as a student or a teacher: by "user:" and the id of the user.',
  table: 'tutor_enrolments',
  permissions,
  // By another row than this one: enrolling oneself makes nobody a teacher.
  whose: (principal) => (managesAll(principal) ? undefined : `${teaches('t.course_id').slice(0, -1)} AND n.id <> t.id)`),
  schema: z.object({
    course: code,
    person: z.string().regex(/^(user|conversation):[0-9a-f-]{36}$/, 'must be "user:" and the id of a user'),
    name: text(200),
    role: z.enum(['student', 'teacher']).default('student'),
    classGroup: text(100),
    helpLevel: z.enum(helpLevels).nullable().default(null).describe('For this student; empty: as the terms say'),
  }),
  fields: { course: ofCourse },
  key: ['course', 'person'],
  order: ['name', 'person'],
  filters: ['course', 'role', 'classGroup'],
  search: ['name'],
});

const terms = defineResource({
  name: 'terms',
  title: { es: 'Términos de ayuda', en: 'Terms of help' },
  description:
    'Under which terms students are helped, on each level; what a level leaves empty it leaves open, and the stricter of two wins.',
  table: 'tutor_terms',
  permissions,
  // Those of institution and programmes are everybody's to see, and of those who manage all to change.
  whose: (principal) =>
    managesAll(principal) ? undefined : `${teaches('t.course_id')} OR ${teaches(courseOfActivity('t.activity_id'))}`,
  schema: z
    .object({
      level: z.enum(termsLevels),
      programme: z.string().trim().min(1).max(100).nullable().default(null),
      course: code.nullable().default(null),
      activity: code.nullable().default(null),
      helpLevel: termRules.helpLevel.nullable().default(null),
      blockWholeSolutions: termRules.blockWholeSolutions.nullable().default(null),
      allowFixingEdits: termRules.allowFixingEdits.nullable().default(null),
      requirePlan: termRules.requirePlan.nullable().default(null),
      allowCodeFragments: termRules.allowCodeFragments.nullable().default(null),
      allowPseudoCode: termRules.allowPseudoCode.nullable().default(null),
      avoid: termRules.avoid.default([]).describe('Words that replies avoid'),
      proactiveHelp: termRules.proactiveHelp.nullable().default(null),
      requestsPerDay: termRules.requestsPerDay
        .nullable()
        .default(null)
        .describe('Requests for help of a student and day in a course'),
    })
    .refine(
      ({ level, programme, course, activity }) =>
        (level === 'programme') === (programme !== null) &&
        (level === 'course') === (course !== null) &&
        (level === 'activity') === (activity !== null),
      { path: ['level'], message: 'must have the programme, course or activity that it is of, and no other' },
    ),
  fields: { course: ofCourse, activity: ofActivity },
  key: ['level', 'programme', 'course', 'activity'],
  order: ['level'],
  filters: ['level', 'course', 'activity'],
});

const submissions = defineResource({
  name: 'submissions',
  title: { es: 'Entregas', en: 'Submissions' },
  description: 'What students submitted, with its points. Read only.',
  table: 'tutor_submissions',
  permissions,
  whose: ofTaught('t.course_id'),
  schema: z.object({}),
  readOnly: z.object({
    course: z.string(),
    exercise: z.string(),
    person: z.string(),
    name: z.string(),
    createdAt: z.iso.datetime(),
    attempt: z.int(),
    points: z.number().nullable(),
    highestPoints: z.number().nullable(),
    passedAll: z.boolean().nullable(),
    program: z.string(),
  }),
  fields: {
    course: ofCourse,
    exercise: ofExercise,
    name: {
      ...label('Nombre', 'Name'),
      sql: `coalesce((SELECT n.name FROM tutor_enrolments n WHERE n.workspace_id = t.workspace_id AND n.course_id = t.course_id
        AND n.person = t.person), '')`,
    },
    program: { ...label('Programa', 'Program'), column: 'code' },
  },
  key: [],
  order: ['createdAt'],
  filters: ['course', 'exercise', 'person', 'createdAt', 'passedAll'],
  operations: [],
});

export const resources = [courses, activities, exercises, tests, enrolments, terms, submissions, ...ltiResources, ...xapiResources];
