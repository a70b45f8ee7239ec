/** Sends grades to platforms, and finds out what became of those whose answer was lost. */
import { sql } from '../../../src/database.ts';
import { type JobContext, type OutsideAnswer, OutsideFault } from '../../../src/index.ts';
import { instantOf } from '../people.ts';
import { type Platform, scope } from './contract.ts';
import { json } from './platform-keys.ts';
import { platformById } from './platforms.ts';
import { askService, below, NoToken } from './services.ts';

/** How long one that sends a score may be silent until it counts as dead, in milliseconds: longer than a request takes. */
const leaseMs = 120_000;
/** Attempts after which a grade waits for somebody. With the pauses about two days. */
const mostAttempts = 20;

interface Score extends Record<string, unknown> {
  id: string;
  version: number;
  state: 'waiting' | 'unknown';
  attempts: number;
  subject: string;
  points: number;
  highest: number;
  wantedAt: string;
  linkId: string;
  lineItem: string | null;
  lineItems: string | null;
  resourceLink: string;
  exerciseTitle: string;
  exerciseCode: string;
  scopes: string[];
  platformId: string;
  active: boolean;
}

/** What became of an attempt. */
type Ending =
  | { state: 'sent'; how: 'sent' | 'reconciled' }
  | { state: 'unknown'; fault: string }
  | { state: 'waiting'; fault: string; seconds?: number }
  | { state: 'refused'; fault: string };

export async function sendScores(context: JobContext): Promise<void> {
  const until = performance.now() + 45_000;
  while (!context.signal.aborted && performance.now() < until) {
    const score = await claim(context);
    if (score === undefined) return;
    const platform = await context.query((database) => platformById(database, context, score.platformId));
    const ending: Ending =
      platform === undefined || !score.active
        ? { state: 'refused', fault: 'The platform or its deployment was taken out.' }
        : await attempt(context, platform, score);
    await settle(context, score, ending);
  }
}

/**
 * Takes the next grade that is due. What is stored before the request leaves is that it leaves: one that dies here leaves a grade in `sending`, which
 * is `unknown` once its lease is over.
 */
async function claim(context: JobContext): Promise<Score | undefined> {
  const { workspaceId, now } = context;
  const at = instantOf(context);
  const lease = new Date(now().getTime() + leaseMs).toISOString();
  const { rows } = await context.query((database) =>
    database.execute<Score>(sql`
      WITH due AS (
        SELECT id, CASE WHEN state = 'waiting' THEN 'waiting' ELSE 'unknown' END AS before FROM tutor_lti_scores
        WHERE workspace_id = ${workspaceId} AND state IN ('waiting', 'unknown', 'sending') AND next_at <= ${at}
        ORDER BY next_at, id LIMIT 1 FOR UPDATE SKIP LOCKED
      ), claimed AS (
        UPDATE tutor_lti_scores s SET state = 'sending', next_at = ${lease}::timestamptz, attempts = attempts + 1, version = version + 1
        FROM due WHERE s.workspace_id = ${workspaceId} AND s.id = due.id RETURNING s.*, due.before)
      SELECT s.id, s.version, s.before AS state, s.attempts, s.subject, s.points::float8 AS points, s.highest_points::float8 AS highest,
        s.wanted_at::text AS "wantedAt", l.id AS "linkId", l.lineitem_url AS "lineItem", x.lineitems_url AS "lineItems",
        l.resource_link AS "resourceLink", e.title AS "exerciseTitle", e.code AS "exerciseCode", l.scopes, d.platform_id AS "platformId", d.active
      FROM claimed s
        JOIN tutor_lti_links l ON l.workspace_id = s.workspace_id AND l.id = s.link_id
        JOIN tutor_lti_contexts x ON x.workspace_id = l.workspace_id AND x.id = l.context_id
        JOIN tutor_lti_deployments d ON d.workspace_id = x.workspace_id AND d.id = x.deployment_id
        JOIN tutor_exercises e ON e.workspace_id = l.workspace_id AND e.id = l.exercise_id`),
  );
  return rows[0];
}

async function attempt(context: JobContext, platform: Platform, score: Score): Promise<Ending> {
  try {
    const lineItem = score.lineItem ?? (await findLineItem(context, platform, score));
    if (lineItem === undefined)
      return { state: 'refused', fault: 'The link has no line item, and the platform lets none be made.' };
    if (score.state === 'unknown') {
      const found = await lookUp(context, platform, score, lineItem);
      if (found !== undefined) return found;
    }
    return await send(context, platform, score, lineItem);
  } catch (error) {
    if (error instanceof NoToken) return { state: score.state, fault: error.message };
    if (error instanceof OutsideFault) return { state: score.state, fault: error.message };
    throw error;
  }
}

async function send(context: JobContext, platform: Platform, score: Score, lineItem: string): Promise<Ending> {
  const { subject, points, highest, wantedAt } = score;
  let answer: OutsideAnswer;
  try {
    answer = await askService(context, platform, scope.score, {
      method: 'POST',
      url: below(lineItem, '/scores'),
      headers: { 'content-type': 'application/vnd.ims.lis.v1.score+json' },
      body: JSON.stringify({
        userId: subject,
        scoreGiven: points,
        scoreMaximum: highest,
        activityProgress: points >= highest ? 'Completed' : 'Submitted',
        gradingProgress: 'FullyGraded',
        timestamp: new Date(wantedAt).toISOString(),
      }),
    });
  } catch (error) {
    if (error instanceof OutsideFault && error.sent === 'unknown') return { state: 'unknown', fault: error.message };
    throw error;
  }
  const { status, headers } = answer;
  if (status >= 200 && status < 300) return { state: 'sent', how: 'sent' };
  const fault = `${platform.name} answered ${status}.`;
  if (status === 429) return { state: 'waiting', fault, seconds: Number(headers['retry-after']) || 60 };
  // A server that failed may have stored it first.
  if (status >= 500 || status === 408) return { state: 'unknown', fault };
  if (status === 409) {
    // It has this one, or a later one of somebody else, which stays.
    const found = await lookUp(context, platform, score, lineItem);
    if (found !== undefined) return found;
    if (score.state === 'unknown' && !score.scopes.includes(scope.result)) return { state: 'sent', how: 'reconciled' };
    return { state: 'refused', fault: `${platform.name} has a later grade.` };
  }
  if (status === 401 || status === 403) return { state: 'waiting', fault };
  return { state: 'refused', fault };
}

/** @returns nothing where it is to be sent (again): it did not happen, or cannot be looked up and is the same score by its instant */
async function lookUp(context: JobContext, platform: Platform, score: Score, lineItem: string): Promise<Ending | undefined> {
  const { subject, points, highest, scopes } = score;
  if (!scopes.includes(scope.result)) return undefined;
  const { status, body } = await askService(context, platform, scope.result, {
    url: below(lineItem, '/results', { user_id: subject }),
    headers: { accept: 'application/vnd.ims.lis.v2.resultcontainer+json' },
  });
  if (status === 404) return undefined;
  const results = json(body);
  if (status !== 200 || !Array.isArray(results))
    return { state: 'unknown', fault: `${platform.name} answered ${status} for results.` };
  const own = results.find((each: { userId?: unknown } | null) => each?.userId === subject) as
    | { resultScore?: unknown; resultMaximum?: unknown }
    | undefined;
  if (own === undefined || typeof own.resultScore !== 'number') return undefined;
  const share = own.resultScore / Number(own.resultMaximum || 1);
  return Math.abs(share - points / highest) < 0.0001 ? { state: 'sent', how: 'reconciled' } : undefined;
}

/** The line item of a link that came without one: looked up by the link, else made. */
async function findLineItem(context: JobContext, platform: Platform, score: Score): Promise<string | undefined> {
  const { lineItems, resourceLink, exerciseCode, exerciseTitle, highest, scopes, linkId } = score;
  if (lineItems === null || !scopes.includes(scope.lineItem)) return undefined;
  const headers = { accept: 'application/vnd.ims.lis.v2.lineitemcontainer+json' };
  const listed = await askService(context, platform, scope.lineItem, {
    url: below(lineItems, '', { resource_link_id: resourceLink }),
    headers,
  });
  const items = json(listed.body);
  let found = Array.isArray(items)
    ? (items as { id?: unknown; resourceLinkId?: unknown }[]).find((each) => each.resourceLinkId === resourceLink)?.id
    : undefined;
  if (found === undefined && listed.status === 200) {
    const { status, body } = await askService(context, platform, scope.lineItem, {
      method: 'POST',
      url: lineItems,
      headers: { 'content-type': 'application/vnd.ims.lis.v2.lineitem+json' },
      body: JSON.stringify({ label: exerciseTitle, scoreMaximum: highest, resourceId: exerciseCode, resourceLinkId: resourceLink }),
    });
    if (status === 200 || status === 201) found = (json(body) as { id?: unknown } | undefined)?.id;
  }
  if (typeof found !== 'string' || !URL.canParse(found)) return undefined;
  const address = found;
  await context.query((database) =>
    database.execute(
      sql`UPDATE tutor_lti_links SET lineitem_url = ${address} WHERE workspace_id = ${context.workspaceId} AND id = ${linkId}`,
    ),
  );
  return address;
}

/** A grade that changed meanwhile keeps its change: it is another version of the row. */
async function settle(context: JobContext, { id, version, attempts }: Score, ending: Ending): Promise<void> {
  const { workspaceId, metrics, now } = context;
  const over = attempts >= mostAttempts && (ending.state === 'waiting' || ending.state === 'unknown');
  const fault = ending.state === 'sent' ? '' : ending.fault;
  const seconds = ('seconds' in ending ? ending.seconds : undefined) ?? Math.min(5 * 2 ** Math.min(attempts, 11), 10_000);
  const next = new Date(now().getTime() + seconds * 1000).toISOString();
  // What is not known stays so: somebody has to look.
  const state = over && ending.state === 'waiting' ? 'refused' : ending.state;
  await context.query((database) =>
    database.execute(sql`
      UPDATE tutor_lti_scores SET state = ${state}, fault = ${fault}, next_at = ${next}::timestamptz, version = version + 1
      WHERE workspace_id = ${workspaceId} AND id = ${id} AND version = ${version}`),
  );
  metrics.add('lti_scores', { outcome: ending.state === 'sent' ? ending.how : state === 'waiting' ? 'retried' : state });
}
