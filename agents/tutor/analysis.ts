/** What the work of a student tells, activity by activity: traces, signals, process. Derived from events whenever somebody looks; nothing is kept. */
import { sql } from '../../src/database.ts';
import type { Database } from '../../src/index.ts';
import type { StudentEvent } from './contract.ts';
import { loadEvents } from './events.ts';
import { evaluateProcess, type ProcessEvaluation } from './process/evaluate.ts';
import { aboutSignals, assessRisks } from './risk/assess.ts';
import type { RiskReport, Signal, ThresholdsByRow } from './risk/contract.ts';
import type { TracedWork } from './traces/contract.ts';
import { tracesOf } from './traces/trace.ts';

export interface ActivityAnalysis {
  activity: string;
  /** How far help was needed, and how often decisions were justified. */
  autonomy: TracedWork['autonomy'];
  justified: TracedWork['justified'];
  path: TracedWork['path'];
  /** Of the signals those that are raised. */
  risk: Omit<RiskReport, 'signals'> & { signals: Signal[] };
  process: ProcessEvaluation;
}

/** A signal as the class has it. */
export interface RaisedSignal {
  row: string;
  level: string;
  activity: string;
  course: string;
}

interface Activity {
  code: string;
  course: string;
  thresholds: ThresholdsByRow;
}

async function activitiesOf(database: Database, workspaceId: string, ids: readonly string[]): Promise<Map<string, Activity>> {
  const { rows } = await database.execute<Activity & { id: string } & Record<string, unknown>>(sql`
    SELECT a.id, a.code, c.code AS course, a.thresholds FROM tutor_activities a JOIN tutor_courses c ON c.workspace_id = a.workspace_id AND c.id = a.course_id
    WHERE a.workspace_id = ${workspaceId} AND a.id = ANY(${sql.param([...ids])}::uuid[])`);
  return new Map(rows.map(({ id, ...activity }) => [id, activity]));
}

function byActivity(events: readonly StudentEvent[]): Map<string, StudentEvent[]> {
  return Map.groupBy(events, ({ activityId }) => activityId);
}

/** @param events of one student */
export async function analysisOf(
  database: Database,
  { workspaceId, now }: { workspaceId: string; now(): Date },
  events: readonly StudentEvent[],
): Promise<ActivityAnalysis[]> {
  const groups = byActivity(events);
  const activities = await activitiesOf(database, workspaceId, [...groups.keys()]);
  return [...groups].map(([id, own]) => {
    const { code = id, thresholds = {} } = activities.get(id) ?? {};
    const { autonomy, justified, path } = tracesOf(own);
    const risk = assessRisks(own, now(), thresholds);
    return { activity: code, autonomy, justified, path, risk: { ...risk, signals: raised(risk) }, process: evaluateProcess(own) };
  });
}

function raised({ signals }: RiskReport): Signal[] {
  return signals.filter(({ finding }) => finding.kind === 'signal');
}

/** Signals of each student of a course, of the last four weeks: to talk about, no verdict. */
export async function signalsOf(
  database: Database,
  { workspaceId, now }: { workspaceId: string; now(): Date },
  people: readonly string[],
  courses: readonly string[],
): Promise<{ byPerson: Map<string, RaisedSignal[]>; about: typeof aboutSignals }> {
  const since = new Date(now().getTime() - 28 * 86_400_000).toISOString();
  const events = await loadEvents(
    database,
    { workspaceId },
    sql`v.person = ANY(${sql.param([...people])}::text[]) AND v.at >= ${since}::timestamptz AND v.course_id IN (SELECT c.id FROM tutor_courses c
      WHERE c.workspace_id = ${workspaceId} AND c.code = ANY(${sql.param([...courses])}::text[]))`,
    100_000,
  );
  const activities = await activitiesOf(database, workspaceId, [...new Set(events.map(({ activityId }) => activityId))]);
  const byPerson = new Map<string, RaisedSignal[]>();
  for (const [person, own] of Map.groupBy(events, ({ studentId }) => studentId)) {
    const signals = [...byActivity(own)].flatMap(([id, some]) => {
      const { code = id, course = '', thresholds = {} } = activities.get(id) ?? {};
      return raised(assessRisks(some, now(), thresholds)).map(({ row, level }) => ({ row, level, activity: code, course }));
    });
    byPerson.set(person, signals);
  }
  return { byPerson, about: aboutSignals };
}
