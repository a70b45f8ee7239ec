/** Sends statements to learning record stores: in batches, by ones where a batch is refused, later where a store does not answer. */
import { sql } from '../../../src/database.ts';
import { type JobContext, type OutsideAnswer, OutsideFault } from '../../../src/index.ts';
import type { StudentEvent } from '../contract.ts';
import { instantOf } from '../people.ts';
import { type StatedEvent, type Statement, statementOf } from './statement.ts';

const batchSize = 50;
const longestPauseSeconds = 3_600;

interface Store extends Record<string, unknown> {
  id: string;
  endpoint: string;
  user_name: string;
  secret: string;
  pseudonym_key: string;
  protocol: string;
  failures: number;
}

interface Queued {
  /** Of the row in the queue. */
  id: string;
  statement: Statement;
}

/** What became of a request. */
type Answered =
  | { kind: 'stored' }
  /** What was sent is at fault. */
  | { kind: 'refused'; fault: string }
  /** The store is at fault, or who may write there: nothing is sent for a while. */
  | { kind: 'later'; fault: string; seconds?: number };

export async function sendStatements(context: JobContext): Promise<void> {
  const { workspaceId } = context;
  const { rows: stores } = await context.query((database) =>
    database.execute<Store>(sql`
      SELECT id, endpoint, user_name, secret, pseudonym_key, protocol, failures FROM tutor_xapi_stores
      WHERE workspace_id = ${workspaceId} AND active AND next_at <= ${instantOf(context)} ORDER BY id`),
  );
  const until = performance.now() + 45_000;
  for (const store of stores) {
    let post: Post;
    try {
      post = postTo(context, store);
    } catch {
      await pause(context, store, { fault: 'Its password cannot be opened. Enter it again.' });
      continue;
    }
    while (!context.signal.aborted && performance.now() < until) {
      const batch = await nextBatch(context, store);
      if (batch === undefined) break;
      const trouble = await deliver(context, store, batch, post);
      if (trouble !== undefined) {
        await pause(context, store, trouble);
        break;
      }
    }
  }
}

/** The oldest that wait. Events that were erased meanwhile have no statement any more. */
async function nextBatch(context: JobContext, { id: storeId, pseudonym_key }: Store): Promise<Queued[] | undefined> {
  const { workspaceId, publicUrl, secrets } = context;
  const { rows } = await context.query(async (database) => {
    await database.execute(sql`
      DELETE FROM tutor_xapi_statements q WHERE q.workspace_id = ${workspaceId} AND q.store_id = ${storeId} AND NOT EXISTS (
        SELECT FROM tutor_events v WHERE v.workspace_id = q.workspace_id AND v.id = q.event_id)`);
    return database.execute<{ queued: string; event: Record<string, unknown>; stated: Omit<StatedEvent, 'event'> }>(sql`
      SELECT q.id AS queued, to_jsonb(v) AS event, jsonb_build_object(
        'exercise', CASE WHEN e.id IS NULL THEN NULL ELSE jsonb_build_object('id', e.id, 'title', e.title) END,
        'activity', jsonb_build_object('id', v.activity_id, 'title', coalesce(a.title, '')),
        'course', jsonb_build_object('id', v.course_id, 'title', coalesce(c.title, ''), 'language', coalesce(c.language, 'es'))) AS stated
      FROM tutor_xapi_statements q
        JOIN tutor_events v ON v.workspace_id = q.workspace_id AND v.id = q.event_id
        LEFT JOIN tutor_exercises e ON e.workspace_id = v.workspace_id AND e.id = v.exercise_id
        LEFT JOIN tutor_activities a ON a.workspace_id = v.workspace_id AND a.id = v.activity_id
        LEFT JOIN tutor_courses c ON c.workspace_id = v.workspace_id AND c.id = v.course_id
      WHERE q.workspace_id = ${workspaceId} AND q.store_id = ${storeId} AND NOT q.refused ORDER BY q.created_at, q.id LIMIT ${batchSize}`);
  });
  if (rows.length === 0) return undefined;
  const place = { workspaceId, homePage: publicUrl, pseudonymKey: secrets.open(pseudonym_key, storeId), platform: 'Timonel' };
  return rows.flatMap(({ queued, event, stated }) => {
    const { data, at, person, course_id, activity_id, exercise_id, ...rest } = event as Record<string, string> & { data: object };
    const student = { ...rest, ...data, at: new Date(String(at)), studentId: person, courseId: course_id, activityId: activity_id };
    const statement = statementOf(
      {
        ...stated,
        exercise: stated.exercise ?? undefined,
        event: { ...student, exerciseId: exercise_id } as unknown as StudentEvent,
      },
      place,
    );
    return statement === undefined ? [] : [{ id: queued, statement }];
  });
}

type Post = (statements: readonly Statement[]) => Promise<Answered>;

function postTo(context: JobContext, { id, endpoint, user_name, secret, protocol }: Store): Post {
  const password = secret === '' ? '' : context.secrets.open(secret, id);
  const authorization = `Basic ${Buffer.from(`${user_name}:${password}`).toString('base64')}`;
  return async (statements) => {
    let answer: OutsideAnswer;
    try {
      answer = await context.outside.request({
        method: 'POST',
        url: `${endpoint}/statements`,
        headers: { authorization, 'content-type': 'application/json', 'x-experience-api-version': protocol },
        body: JSON.stringify(statements),
        signal: context.signal,
      });
    } catch (error) {
      // It may have stored them: sent again they are the same ones.
      if (error instanceof OutsideFault) return { kind: 'later', fault: error.message };
      throw error;
    }
    const { status, headers, body } = answer;
    if (status >= 200 && status < 300) return { kind: 'stored' };
    const fault = `${status}: ${body.toString('utf8', 0, 300).replaceAll(/\s+/g, ' ')}`.trim();
    // One with that id is there, and the id is the event's.
    if (status === 409) return statements.length === 1 ? { kind: 'stored' } : { kind: 'refused', fault };
    if (status === 429 || status === 503) return { kind: 'later', fault, seconds: Number(headers['retry-after']) || 60 };
    if (status === 400 || status === 413 || status === 422) return { kind: 'refused', fault };
    return { kind: 'later', fault };
  };
}

/** Halves a batch that is refused, down to the statements that are. @returns what the store has to be left alone for */
async function deliver(
  context: JobContext,
  store: Store,
  batch: readonly Queued[],
  post: Post,
): Promise<Extract<Answered, { kind: 'later' }> | undefined> {
  if (batch.length === 0) return undefined;
  const answered = await post(batch.map(({ statement }) => statement));
  if (answered.kind === 'later') {
    context.metrics.add('xapi_statements', { outcome: 'retried' }, batch.length);
    return answered;
  }
  if (answered.kind === 'refused' && batch.length > 1) {
    const middle = Math.ceil(batch.length / 2);
    return (
      (await deliver(context, store, batch.slice(0, middle), post)) ?? (await deliver(context, store, batch.slice(middle), post))
    );
  }
  const { workspaceId } = context;
  const ids = sql.param(batch.map(({ id }) => id));
  await context.query(async (database) => {
    const these = sql`workspace_id = ${workspaceId} AND id = ANY(${ids}::uuid[])`;
    if (answered.kind === 'stored') {
      await database.execute(sql`DELETE FROM tutor_xapi_statements WHERE ${these}`);
      await database.execute(sql`
        UPDATE tutor_xapi_stores SET failures = 0, fault = '' WHERE workspace_id = ${workspaceId} AND id = ${store.id} AND failures > 0`);
    } else
      await database.execute(
        sql`UPDATE tutor_xapi_statements SET refused = true, fault = ${answered.fault}, version = version + 1 WHERE ${these}`,
      );
  });
  context.metrics.add('xapi_statements', { outcome: answered.kind }, batch.length);
  return undefined;
}

async function pause(context: JobContext, { id }: Store, { fault, seconds }: { fault: string; seconds?: number }): Promise<void> {
  const at = instantOf(context);
  // Twice as long with each failure; what the store asks for where it does.
  const wait =
    seconds === undefined
      ? sql`least(${longestPauseSeconds}, 5 * power(2, least(failures, 10)))`
      : sql`${Math.min(seconds, longestPauseSeconds)}::float8`;
  await context.query((database) =>
    database.execute(sql`
      UPDATE tutor_xapi_stores SET failures = failures + 1, fault = ${fault}, next_at = ${at} + ${wait} * interval '1 second'
      WHERE workspace_id = ${context.workspaceId} AND id = ${id}`),
  );
}
