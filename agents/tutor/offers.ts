/**
 * Help that is offered to a student who is stuck, where every level of the terms allows it: once for each failing test, in the conversation that has the
 * exercise on its desk, until they say that they want no offers.
 */
import { z } from 'zod';
import { sql } from '../../src/database.ts';
import { defineTool, type JobContext, type LocalizedText, TimonelError } from '../../src/index.ts';
import { type Desk, loadDesk, loadDeskOf } from './desk.ts';
import { recordEvent } from './events.ts';
import { joined } from './help/ladder.ts';
import { testInWords } from './help/shown-tests.ts';
import { findingOf } from './results.ts';
import { riskRows } from './risk/rows.ts';

/** Minutes after which a student who left is not called back. */
const longestPause = 120;
/** Students who are looked at in one run of the job. */
const atOnce = 200;

interface Stuck extends Record<string, unknown> {
  person: string;
  exercise_id: string;
  conversation_id: string;
  failing_since: string;
  /** Runs and submissions that failed at it. */
  failed: number;
  /** Seconds since they did anything. */
  idle: number;
}

/** How long somebody has to be stuck: what the signals `stuck` and `idle` of the activity say. */
function limitsOf({ exercise }: Desk): { runs: number; seconds: number } {
  const own = exercise.activity.thresholds;
  const of = (row: string, name: string) =>
    own[row]?.[name] ?? riskRows.find(({ id }) => id === row)?.thresholds[name] ?? Number.POSITIVE_INFINITY;
  return { runs: of('stuck', 'runs'), seconds: of('idle', 'seconds') };
}

export async function offerHelp(context: JobContext): Promise<void> {
  const { workspaceId } = context;
  const now = context.now().toISOString();
  const { rows } = await context.query((database) =>
    database.execute<Stuck>(sql`
      SELECT w.person, w.exercise_id, d.conversation_id, w.failing_since::text AS failing_since, v.failed,
        extract(epoch FROM ${now}::timestamptz - v.last)::float8 AS idle
      FROM tutor_work w
        JOIN tutor_exercises e ON e.workspace_id = w.workspace_id AND e.id = w.exercise_id
        JOIN tutor_activities a ON a.workspace_id = e.workspace_id AND a.id = e.activity_id
        JOIN tutor_enrolments n ON n.workspace_id = w.workspace_id AND n.course_id = a.course_id AND n.person = w.person AND n.role = 'student' AND n.offers
        JOIN LATERAL (SELECT conversation_id FROM tutor_desks d WHERE d.workspace_id = w.workspace_id AND d.person = w.person
          AND d.exercise_id = w.exercise_id ORDER BY d.updated_at DESC LIMIT 1) d ON true
        JOIN LATERAL (SELECT max(v.at) AS last, (count(*) FILTER (WHERE v.at >= w.failing_since AND v.kind IN ('ran-tests', 'submitted')))::int AS failed
          FROM tutor_events v WHERE v.workspace_id = w.workspace_id AND v.course_id = a.course_id AND v.person = w.person
            AND v.kind <> 'teacher' AND v.at >= ${now}::timestamptz - interval '1 day') v ON true
      WHERE w.workspace_id = ${workspaceId} AND w.failing_since IS NOT NULL AND w.passed_at IS NULL
        AND w.offered_for IS DISTINCT FROM w.failing_since AND w.updated_at >= ${now}::timestamptz - make_interval(mins => ${longestPause})
        AND v.last <= ${now}::timestamptz - interval '1 minute'
      ORDER BY w.failing_since LIMIT ${atOnce}`),
  );
  for (const stuck of rows) {
    if (context.signal.aborted) return;
    await offer(stuck, context);
  }
}

async function offer(
  { person, exercise_id, conversation_id, failing_since, failed, idle }: Stuck,
  context: JobContext,
): Promise<void> {
  const desk = await context.query((database) => loadDeskOf(database, context, person, exercise_id));
  if (desk === undefined || !desk.terms.terms.proactiveHelp || desk.terms.terms.helpLevel === 'none') return;
  const { runs, seconds } = limitsOf(desk);
  if (failed < runs || idle < seconds) return;
  const text = offerFor(desk);
  try {
    const key = `offer:${exercise_id}:${failing_since}`;
    const { runId } = await context.send({ conversation: conversation_id, parts: [{ type: 'text', text }], key });
    await context.query(async (database) => {
      await noted(database, context, { person, exercise_id, failing_since });
      const { courseId, activityId } = desk.exercise;
      const place = { person, courseId, activityId, exerciseId: exercise_id, conversationId: conversation_id };
      const said = text[desk.exercise.course.language];
      await recordEvent(database, context, place, `offer:${conversation_id}:${exercise_id}:${failing_since}`, {
        kind: 'reply',
        text: said,
        hint: undefined,
        helpLevel: 'none',
        guarded: false,
        conversationId: conversation_id,
        runId,
      });
    });
  } catch (error) {
    if (!(error instanceof TimonelError) || !unreachable.has(error.code)) throw error;
    await context.query((database) => noted(database, context, { person, exercise_id, failing_since }));
  }
}

/** Nobody reads there any more. */
const unreachable: ReadonlySet<string> = new Set(['conversation_not_found', 'conversation_closed']);

type Database = Parameters<Parameters<JobContext['query']>[0]>[0];

async function noted(
  database: Database,
  { workspaceId }: Pick<JobContext, 'workspaceId'>,
  { person, exercise_id, failing_since }: Pick<Stuck, 'person' | 'exercise_id' | 'failing_since'>,
): Promise<void> {
  await database.execute(sql`
    UPDATE tutor_work SET offered_for = ${failing_since}::timestamptz
    WHERE workspace_id = ${workspaceId} AND person = ${person} AND exercise_id = ${exercise_id}`);
}

function offerFor({ exercise, work }: Desk): LocalizedText {
  const failed = findingOf(exercise, work?.result ?? null, work?.code ?? '')?.failed;
  const { title } = exercise;
  return joined(
    { es: `¿Seguís con **${title}**?`, en: `Are you still at **${title}**?` },
    failed === undefined ? undefined : testInWords(failed),
    {
      es: 'Si querés, escribí *pista* y lo miramos juntos. Si preferís que no te escriba por mi cuenta, decime *sin avisos*.',
      en: 'If you like, write *hint* and we look at it together. If you do not want me to write first, say *no offers*.',
    },
  );
}

export const offersTool = defineTool({
  name: 'offers',
  description:
    'Keeps whether the student wants to be offered help when they are stuck: where they say that they do not, or do again.',
  input: z.object({ wanted: z.boolean() }),
  effect: 'write',
  target: 'database',
  execute: ({ wanted }, context) =>
    context.query(async (database) => {
      const desk = await loadDesk(database, context);
      if (desk === undefined) return { kind: 'no-exercise' as const };
      await database.execute(sql`
        UPDATE tutor_enrolments SET offers = ${wanted}, version = version + 1
        WHERE workspace_id = ${context.workspaceId} AND course_id = ${desk.exercise.courseId} AND person = ${desk.person}`);
      return { kind: 'offers' as const, wanted };
    }),
  describe: ({ wanted }) =>
    wanted ? { es: 'avisos activados', en: 'offers on' } : { es: 'avisos desactivados', en: 'offers off' },
});
