/** The record of what happened in the work of students. */
import { type SQL, sql } from '../../src/database.ts';
import type { Database, WorkspaceAccess } from '../../src/index.ts';
import type { StudentEvent } from './contract.ts';
import { isStated, queueStatements } from './xapi/queue.ts';

type Own<Event> = Event extends StudentEvent
  ? Omit<Event, 'id' | 'at' | 'studentId' | 'courseId' | 'activityId' | 'exerciseId'>
  : never;

export interface EventPlace {
  person: string;
  exercise: { id: string; courseId: string; activityId: string };
  conversationId?: string | undefined;
}

/** @param id of the cause: told again, with the same id, it changes nothing */
export function record(
  database: Database,
  access: WorkspaceAccess,
  { person, exercise, conversationId }: EventPlace,
  id: string,
  event: Own<StudentEvent>,
): Promise<void> {
  const { courseId, activityId } = exercise;
  return recordEvent(database, access, { person, courseId, activityId, exerciseId: exercise.id, conversationId }, id, event);
}

export async function recordEvent(
  database: Database,
  access: Pick<WorkspaceAccess, 'workspaceId' | 'now'>,
  place: {
    person: string;
    courseId: string;
    activityId: string;
    exerciseId: string | undefined;
    conversationId?: string | undefined;
  },
  id: string,
  event: Own<StudentEvent>,
): Promise<void> {
  const { kind, ...data } = event;
  const { person, courseId, activityId, exerciseId, conversationId } = place;
  const { workspaceId } = access;
  const insert = sql`
    INSERT INTO tutor_events (workspace_id, id, at, person, course_id, activity_id, exercise_id, kind, data, conversation_id)
    VALUES (${workspaceId}, ${id}, ${access.now().toISOString()}::timestamptz, ${person}, ${courseId}, ${activityId},
      ${exerciseId ?? null}::uuid, ${kind}, ${JSON.stringify(data)}::jsonb, ${conversationId ?? null}::uuid)
    ON CONFLICT (workspace_id, id) DO NOTHING`;
  // With the event, so that no store misses one; an event that was there already was queued then.
  await database.execute(isStated(kind, data) ? sql`WITH event AS (${insert} RETURNING *) ${queueStatements()}` : insert);
}

/** Events by a condition on `v`, oldest first. */
export async function loadEvents(
  database: Database,
  access: Pick<WorkspaceAccess, 'workspaceId'>,
  where: SQL,
  most = 20_000,
): Promise<StudentEvent[]> {
  const { rows } = await database.execute<{
    id: string;
    at: string;
    person: string;
    course_id: string;
    activity_id: string;
    exercise_id: string | null;
    kind: string;
    data: object;
  }>(sql`
    SELECT v.id, v.at::text AS at, v.person, v.course_id, v.activity_id, v.exercise_id, v.kind, v.data
    FROM tutor_events v WHERE v.workspace_id = ${access.workspaceId} AND (${where}) ORDER BY v.at, v.id LIMIT ${most}`);
  return rows.map(
    ({ id, at, person, course_id, activity_id, exercise_id, kind, data }) =>
      ({
        ...data,
        id,
        at: new Date(at),
        studentId: person,
        courseId: course_id,
        activityId: activity_id,
        exerciseId: exercise_id ?? undefined,
        kind,
      }) as StudentEvent,
  );
}
