/** Exercises from elsewhere: JSON in a form of its own, JSON with `hidden_tests`, and folders of files. */
import { z } from 'zod';
import { sql } from '../../src/database.ts';
import { type Database, type ResourceContext, rejectRow } from '../../src/index.ts';
import { type SandboxLanguage, sandboxLanguages } from '../../src/sandbox.ts';
import { hintKinds } from './contract.ts';
import { evaluatedLanguages } from './grading/harness.ts';
import { testFields } from './resources.ts';

type NewTest = z.infer<typeof testFields>;

const entries: Readonly<Record<SandboxLanguage, string>> = {
  python: 'main.py',
  javascript: 'main.js',
  c: 'main.c',
  cpp: 'main.cpp',
  java: 'Main.java',
};

const ownForm = z.object({
  code: z.string().trim().min(1).max(60),
  title: z.string().trim().min(1).max(200),
  language: z.enum(sandboxLanguages).default('python'),
  entry: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,79}$/)
    .optional(),
  statement: z.string().max(20_000).default(''),
  starterCode: z.string().max(20_000).default(''),
  references: z.array(z.string().max(50_000)).max(20).default([]),
  rubric: z.string().max(20_000).default(''),
  hints: z
    .array(z.object({ kind: z.enum(hintKinds), es: z.string().min(1), en: z.string().optional(), when: z.string().optional() }))
    .default([]),
  tags: z.array(z.string()).default([]),
  minutes: z.int().min(1).max(10_000).nullable().default(null),
  tests: z.array(testFields).max(500).default([]),
});
export type NewExercise = z.infer<typeof ownForm>;

/** `input` is an expression or what the program reads; `expected` a text, a condition on the program's variables, or a pattern of what it prints. */
const foreignForm = z.object({
  id: z.string().trim().min(1).max(60),
  meta: z.object({
    title: z.string().min(1).max(200),
    estimated_time_min: z.int().optional(),
    tags: z.array(z.string()).default([]),
  }),
  ui_config: z.object({ editor_language: z.string() }).optional(),
  content: z
    .object({
      story_markdown: z.string().default(''),
      mission_markdown: z.string().default(''),
      constraints: z.array(z.string()).default([]),
    })
    .optional(),
  starter_code: z.string().default(''),
  hidden_tests: z.array(z.object({ input: z.string(), expected: z.json() })).default([]),
});

export const importedForms = z
  .array(z.union([ownForm, foreignForm]))
  .min(1)
  .max(500);

export interface ImportReport {
  exercises: number;
  tests: number;
  /** Tests that cannot be run here, and why. */
  leftOut: { exercise: string; test: string; reason: string }[];
}

export async function importExercises(
  database: Database,
  context: Pick<ResourceContext, 'workspaceId' | 'newId'>,
  activityId: string,
  forms: z.infer<typeof importedForms>,
): Promise<ImportReport> {
  const report: ImportReport = { exercises: 0, tests: 0, leftOut: [] };
  for (const [position, form] of forms.entries()) {
    const { exercise, leftOut } = 'id' in form ? fromForeign(form) : fromOwn(form);
    report.leftOut.push(...leftOut.map((each) => ({ exercise: exercise.code, ...each })));
    await store(database, context, activityId, exercise, position);
    report.exercises += 1;
    report.tests += exercise.tests.length;
  }
  return report;
}

type LeftOut = { test: string; reason: string }[];

function fromOwn(exercise: NewExercise): { exercise: NewExercise; leftOut: LeftOut } {
  return runnable(exercise);
}

/** Expressions of languages in which they are not evaluated are left out, and said. */
function runnable(exercise: NewExercise): { exercise: NewExercise; leftOut: LeftOut } {
  const runs = ({ kind }: NewTest) => kind === 'stdio' || evaluatedLanguages.has(exercise.language);
  return {
    exercise: { ...exercise, tests: exercise.tests.filter(runs) },
    leftOut: exercise.tests
      .filter((test) => !runs(test))
      .map(({ code }) => ({ test: code, reason: `expressions of ${exercise.language} are not evaluated; make it a stdio test` })),
  };
}

function fromForeign(form: z.infer<typeof foreignForm>): { exercise: NewExercise; leftOut: LeftOut } {
  const language = sandboxLanguages.find((each) => each === form.ui_config?.editor_language) ?? 'python';
  const { story_markdown: story = '', mission_markdown: mission = '', constraints = [] } = form.content ?? {};
  const statement = [story, mission, constraints.map((each) => `- ${each}`).join('\n')].filter((each) => each !== '').join('\n\n');
  const tests = form.hidden_tests.map((test, at) => testFrom(test, language, `h${at + 1}`, at));
  return runnable({
    code: form.id,
    title: form.meta.title,
    language,
    statement,
    starterCode: form.starter_code,
    references: [],
    rubric: '',
    hints: [],
    tags: form.meta.tags,
    minutes: form.meta.estimated_time_min ?? null,
    tests,
  });
}

function testFrom(
  { input, expected }: { input: string; expected: unknown },
  language: SandboxLanguage,
  code: string,
  position: number,
): NewTest {
  const base = testFields.parse({ code, position });
  const text = typeof expected === 'string' ? expected : JSON.stringify(expected);
  const evaluated = language === 'javascript' ? (each: string) => `String(${each})` : (each: string) => `str(${each})`;
  // A call: what it gives is compared as it would be printed.
  if (/^[A-Za-z_]\w*(\.\w+)*\(.*\)$/s.test(input.trim()))
    return typeof expected === 'string'
      ? { ...base, kind: 'call', expression: evaluated(input.trim()), expected }
      : { ...base, kind: 'call', expression: input.trim(), expected: expected as NewTest['expected'] };
  if (/[=!<>]=|\s(and|or|not)\s|&&|^throws /.test(text))
    return {
      ...base,
      kind: 'call',
      expression: language === 'python' ? `bool(${text})` : `Boolean(${text})`,
      expected: true,
      input,
    };
  const compare = /\.\*|\\s|\\d|\.\+/.test(text) ? 'pattern' : 'trimmed';
  return { ...base, kind: 'stdio', input, expected: text, compare };
}

async function store(
  database: Database,
  { workspaceId, newId }: Pick<ResourceContext, 'workspaceId' | 'newId'>,
  activityId: string,
  exercise: NewExercise,
  position: number,
): Promise<void> {
  const {
    code,
    title,
    language,
    entry = entries[language],
    statement,
    starterCode,
    references,
    rubric,
    hints,
    tags,
    minutes,
    tests,
  } = exercise;
  const { rows } = await database.execute<{ id: string }>(sql`
    INSERT INTO tutor_exercises AS e (workspace_id, id, activity_id, code, title, language, entry, statement, starter_code, reference_programs, rubric,
      hints, tags, minutes, position)
    VALUES (${workspaceId}, ${newId()}, ${activityId}, ${code}, ${title}, ${language}, ${entry}, ${statement}, ${starterCode},
      ${sql.param(references)}::text[], ${rubric}, ${JSON.stringify(hints)}::jsonb, ${sql.param(tags)}::text[], ${minutes}, ${position})
    ON CONFLICT (workspace_id, code) DO UPDATE SET title = excluded.title, language = excluded.language, entry = excluded.entry,
      statement = excluded.statement, starter_code = excluded.starter_code, reference_programs = excluded.reference_programs,
      rubric = excluded.rubric, hints = excluded.hints, tags = excluded.tags, minutes = excluded.minutes, version = e.version + 1
    WHERE e.activity_id = excluded.activity_id RETURNING id`);
  const [stored] = rows;
  // Of another activity, which may be of a course that is not theirs: its exercise is not taken over.
  if (stored === undefined)
    throw rejectRow(`There is an exercise "${code}" in another activity. Give this one another code.`, true);
  const given = tests.map((test, at) => ({ ...test, id: newId(), position: test.position === 0 ? at : test.position }));
  // A test keeps its row, so that what was graded by it stays its.
  await database.execute(sql`
    DELETE FROM tutor_tests WHERE workspace_id = ${workspaceId} AND exercise_id = ${stored.id}
      AND code <> ALL(${sql.param(tests.map((test) => test.code))}::text[])`);
  await database.execute(sql`
    INSERT INTO tutor_tests AS o (workspace_id, id, exercise_id, code, kind, visible, category, points, input, expression, expected, compare, property,
      position)
    SELECT ${workspaceId}, t.id, ${stored.id}, t.code, t.kind, t.visible, t.category, t.points, t.input, t.expression, t.expected, t.compare,
      t.property, t.position
    FROM jsonb_to_recordset(${JSON.stringify(given)}::jsonb) AS t(id uuid, code text, kind text, visible boolean, category text, points numeric,
      input text, expression text, expected jsonb, compare text, property jsonb, position int)
    ON CONFLICT (workspace_id, exercise_id, code) DO UPDATE SET kind = excluded.kind, visible = excluded.visible, category = excluded.category,
      points = excluded.points, input = excluded.input, expression = excluded.expression, expected = excluded.expected,
      compare = excluded.compare, property = excluded.property, position = excluded.position, version = o.version + 1`);
}

/**
 * Exercises of a folder: `<code>/exercise.json` in the form of its own (tests in it, or in `tests.json`), with `statement.md`, `starter.*` and
 * `reference*.*` beside it; and `*.json` at the top with one exercise or a list.
 * @param files text by path, as the command line sends them. @throws TimonelError via {@link rejectRow}
 */
export function exercisesOfFolder(files: Readonly<Record<string, string>>): z.infer<typeof importedForms> {
  const found = Object.entries(files).flatMap(([path, text]): unknown[] => {
    if (/^[^/]+\.json$/.test(path)) return [parsed(path, text)].flat();
    const [, folder] = /^([^/]+)\/exercise\.json$/.exec(path) ?? [];
    return folder === undefined ? [] : [withFiles(folder, parsed(path, text), files)];
  });
  const checked = importedForms.safeParse(found);
  if (checked.success) return checked.data;
  const [fault] = checked.error.issues;
  throw rejectRow(`The exercises are not in a form that is known: ${fault?.path.join('.') ?? ''} ${fault?.message ?? ''}`.trim());
}

function withFiles(folder: string, exercise: unknown, files: Readonly<Record<string, string>>): object {
  const inside = (pattern: RegExp) =>
    Object.keys(files)
      .filter((path) => path.startsWith(`${folder}/`) && pattern.test(path.slice(folder.length + 1)))
      .sort()
      .map((path) => files[path] ?? '');
  const [statement] = inside(/^statement\.md$/);
  const [starterCode] = inside(/^starter\.\w+$/);
  const references = inside(/^reference[\w-]*\.\w+$/);
  const [tests] = inside(/^tests\.json$/);
  return {
    code: folder,
    ...(statement === undefined ? {} : { statement }),
    ...(starterCode === undefined ? {} : { starterCode }),
    ...(references.length === 0 ? {} : { references }),
    ...(tests === undefined ? {} : { tests: parsed(`${folder}/tests.json`, tests) }),
    ...(exercise as object),
  };
}

function parsed(path: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw rejectRow(`${path} is no JSON.`);
  }
}
