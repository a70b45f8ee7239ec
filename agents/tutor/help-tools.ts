/** Tools for help: what is on the desk, hints by the ladder, plans. */
import { z } from 'zod';
import { sql } from '../../src/database.ts';
import { type Database, defineTool, type LocalizedText, type Retrieved, TimonelError, type ToolContext } from '../../src/index.ts';
import { type HelpLevel, type HintKind, helpLevels, type Want, wants } from './contract.ts';
import { type Desk, helpWants, keepWork, loadDesk, resetTime } from './desk.ts';
import { record } from './events.ts';
import { helpFor } from './help/ladder.ts';
import { coursesOf, personOf } from './people.ts';
import { type Finding, findingOf } from './results.ts';
import { type ShownExercise, shownExercise } from './work-tools.ts';

/** An exercise that a student can choose. */
export interface Offer {
  code: string;
  title: string;
  course: string;
  activity: string;
  passed: boolean;
  tried: boolean;
}

export interface DeskOutput {
  exercise: ShownExercise | null;
  offers: Offer[];
  hasCode: boolean;
  hasPlan: boolean;
  passed: boolean;
  /** Whether help is left today; null: without limit. */
  requestsLeft: number | null;
  language: 'es' | 'en' | null;
}

export const look = defineTool({
  name: 'look_at_desk',
  description:
    'What is on the desk: the exercise at hand with its statement, how far the student is, and the exercises that there are.',
  input: z.object({}),
  effect: 'read',
  execute: (_input, context): Promise<DeskOutput> =>
    context.query(async (database) => {
      const desk = await loadDesk(database, context);
      const { used = 0, limit } = desk?.requests ?? {};
      return {
        exercise: desk === undefined ? null : shownExercise(desk.exercise),
        offers: await offersFor(database, context),
        hasCode: (desk?.work?.code ?? '') !== '',
        hasPlan: (desk?.work?.plan ?? '') !== '',
        passed: desk?.work?.passedAt != null,
        requestsLeft: limit === undefined ? null : Math.max(0, limit - used),
        language: desk?.exercise.course.language ?? null,
      };
    }),
});

async function offersFor(database: Database, context: ToolContext): Promise<Offer[]> {
  const person = personOf(context.principal, context.conversationId);
  const { rows } = await database.execute<Offer & Record<string, unknown>>(sql`
    SELECT e.code, e.title, c.title AS course, a.title AS activity, coalesce(w.passed_at IS NOT NULL, false) AS passed,
      coalesce(w.code <> '', false) AS tried
    FROM tutor_exercises e
      JOIN tutor_activities a ON a.workspace_id = e.workspace_id AND a.id = e.activity_id
      JOIN tutor_courses c ON c.workspace_id = a.workspace_id AND c.id = a.course_id
      LEFT JOIN tutor_work w ON w.workspace_id = e.workspace_id AND w.exercise_id = e.id AND w.person = ${person}
    WHERE e.workspace_id = ${context.workspaceId} AND e.active AND a.status = 'active' AND ${coursesOf(person)}
    ORDER BY c.position, c.code, a.position, a.code, e.position, e.code LIMIT 60`);
  return rows;
}

export type HintOutput =
  | { kind: 'no-exercise' }
  | { kind: 'limit'; until: LocalizedText; limit: number }
  | {
      kind: 'hint' | 'ask-plan' | 'no-help';
      hint: HintKind | null;
      level: HelpLevel;
      text: LocalizedText;
      last: boolean;
      /** What the course's notes may say more of; null: nothing that they are asked for, or terms that allow no concept. */
      topic: string | null;
    };

export const hint = defineTool({
  name: 'hint',
  description:
    "The next hint that the terms allow, grounded in the student's code, the failing test and its error. Say it in your own words; never more than it says.",
  input: z.object({
    want: z.enum(wants).default('hint').describe('What the student wants, as they said it'),
    about: z.string().max(2_000).default('').describe('What they ask about, in their words'),
  }),
  effect: 'write',
  target: 'database',
  execute: ({ want, about }, context): Promise<HintOutput> =>
    context.query(async (database) => {
      const desk = await loadDesk(database, context);
      if (desk === undefined) return { kind: 'no-exercise' };
      const { used, limit, resetsAt } = desk.requests;
      if (limit !== undefined && used >= limit) return overLimit(database, context, desk, limit, resetsAt);
      return given(database, context, desk, { want, about });
    }),
  describe: () => ({ es: 'pista dada', en: 'hint given' }),
});

async function overLimit(database: Database, context: ToolContext, desk: Desk, limit: number, resetsAt: Date): Promise<HintOutput> {
  await record(database, context, { ...desk, conversationId: context.conversationId }, `refused:${context.idempotencyKey}`, {
    kind: 'refused',
    rule: 'requests-per-day',
    reason: `${limit} requests a day`,
  });
  const { timeZone } = context;
  return { kind: 'limit', limit, until: { es: resetTime(resetsAt, timeZone, 'es'), en: resetTime(resetsAt, timeZone, 'en') } };
}

async function given(
  database: Database,
  context: ToolContext,
  desk: Desk,
  { want, about }: { want: Want; about: string },
): Promise<HintOutput> {
  const { exercise, person, work, mode } = desk;
  const { terms } = desk.terms;
  const found = findingOf(exercise, work?.result ?? null, work?.code ?? '');
  const step = work?.step ?? 0;
  const help = helpFor({
    want,
    terms,
    mode,
    step,
    hasCode: (work?.code ?? '') !== '',
    hasPlan: (work?.plan ?? '') !== '',
    failed: found?.failed,
    diagnosis: found?.diagnosis,
    hints: exercise.hints,
    about,
  });
  const place = { person, exercise, conversationId: context.conversationId };
  const { idempotencyKey: key } = context;
  if ('refused' in help && help.refused !== undefined) {
    const { rule, reason } = help.refused;
    await record(database, context, place, `refused:${key}`, { kind: 'refused', rule, reason: reason.en });
  }
  if (help.kind !== 'hint')
    return { kind: help.kind, hint: null, level: terms.helpLevel, text: help.text, last: false, topic: null };
  // Asking for the solution takes nobody a step further.
  const next = want === 'delegation' ? step : step + 1;
  await keepWork(database, context, { person, exerciseId: exercise.id }, { step: next, hints: (work?.hints ?? 0) + 1 });
  await record(database, context, place, `hint:${key}`, { kind: 'hint-shown', hint: help.hint, level: help.level });
  context.metrics.add('hints', { kind: help.hint });
  return {
    kind: 'hint',
    hint: help.hint,
    level: help.level,
    text: help.text,
    last: help.last,
    topic: topicOf(help.hint, want, about, found),
  };
}

/** Notes explain concepts: they are asked with the student's question, or with the name of the error. */
function topicOf(kind: HintKind, want: Want, about: string, found: Finding | undefined): string | null {
  if (kind !== 'concept') return null;
  if ((want === 'explanation' || want === 'confusion' || want === 'other') && about.trim().length > 8) return about.slice(0, 300);
  return /^[A-Za-z]+(?:Error|Exception)\b/.exec(found?.diagnosis.message ?? '')?.[0] ?? null;
}

/** A passage of the course's notes, word for word. */
export type NotesOutput = { kind: 'notes'; note: { text: string; title: string; heading: string } | null };

/** Characters of a quotation. */
const mostQuoted = 500;

export const courseNotes = defineTool({
  name: 'course_notes',
  description:
    "Finds what the course's own notes say of a concept or an error, to quote it word for word with its title. Answers null where they say nothing of it.",
  input: z.object({ query: z.string().trim().min(1).max(300) }),
  effect: 'read',
  async execute({ query }, context): Promise<NotesOutput> {
    const desk = await context.query((database) => loadDesk(database, context));
    if (desk === undefined || helpLevels.indexOf(desk.terms.terms.helpLevel) < helpLevels.indexOf('medium'))
      return { kind: 'notes', note: null };
    const { passages, evidence } = await context.knowledge
      .retrieve({ query, collections: [notesOf(desk.exercise.course.code)], limit: 1 })
      .catch(noNotes);
    const [passage] = passages;
    // Weak evidence is a passage about something near it, which helps nobody who is stuck.
    if (passage === undefined || evidence !== 'strong') return { kind: 'notes', note: null };
    const { title, heading } = passage.citation;
    return { kind: 'notes', note: { text: quoted(passage.text), title, heading: heading.at(-1) ?? '' } };
  },
  describe: () => ({ es: 'apuntes consultados', en: 'notes looked up' }),
});

/** The collection that has the notes of a course: its code in lower case, "PROG1" is `prog1`. */
function notesOf(course: string): string {
  return course
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
}

/** A course without notes is no fault of who asks. */
function noNotes(error: unknown): Pick<Retrieved, 'passages' | 'evidence'> {
  if (error instanceof TimonelError && ['collection_not_found', 'invalid_request'].includes(error.code))
    return { passages: [], evidence: 'none' };
  throw error;
}

/** Whole sentences of a passage. */
function quoted(text: string): string {
  // The heading is told beside it.
  const plain = text.replace(/^#{1,6} .*$/gm, '').trim();
  if (plain.length <= mostQuoted) return plain;
  const cut = plain.slice(0, mostQuoted);
  return `${cut.slice(0, Math.max(cut.lastIndexOf('. ') + 1, cut.lastIndexOf('\n'), mostQuoted / 2)).trimEnd()} […]`;
}

export const declarePlan = defineTool({
  name: 'declare_plan',
  description: "Keeps the student's plan or justification, in their own words, with the alternatives that they weighed.",
  input: z.object({
    plan: z.string().trim().min(1).max(4_000),
    justification: z.string().trim().min(1).max(4_000).optional(),
    alternatives: z.array(z.string().trim().min(1).max(500)).max(10).default([]),
  }),
  effect: 'write',
  target: 'database',
  execute: ({ plan, justification, alternatives }, context) =>
    context.query(async (database) => {
      const desk = await loadDesk(database, context);
      if (desk === undefined) return { kind: 'no-exercise' as const };
      const { person, exercise } = desk;
      if (plan.length < leastPlan) return { kind: 'too-short' as const };
      await keepWork(database, context, { person, exerciseId: exercise.id }, { plan });
      await record(
        database,
        context,
        { person, exercise, conversationId: context.conversationId },
        `plan:${context.idempotencyKey}`,
        {
          kind: 'declared',
          decision: plan,
          justification,
          alternatives,
        },
      );
      return { kind: 'kept' as const };
    }),
  describe: () => ({ es: 'plan anotado', en: 'plan noted' }),
});

/** Characters of a plan that says something. */
const leastPlan = 30;

/** Whether a message counts against the requests of a day. */
export function asksForHelp(want: Want): boolean {
  return helpWants.includes(want);
}
