/** Runs that belong together: a run, those that it started, and theirs. What ends one of them is told to the run above it. */
import type { DatabasePool, Statement } from './database.ts';
import { againOnDeadlock } from './database-errors.ts';
import { storableJson } from './storable.ts';
import { enabled } from './waits.ts';

/**
 * CTEs that tell the parents of runs that ended. The parent that waited for this alone is queued, once: the count is in its own row, so that two
 * children that end at the same moment are counted one after the other. A child may end while its parent is being suspended, by a statement
 * that does not see the end yet: `answers` tells it, see `suspendStatement`. The waits that this statement sees count only while the parent has the
 * fence that it was seen with: a parent that went on and waits again meanwhile is told of each end, and looks for itself.
 * @param ended SQL of the rows (id, parent_run) of the runs that ended.
 */
export const wakeParents = (ended: string) => `
    families AS (
      SELECT e.parent_run AS id, count(*)::int AS ended, array_agg(e.id) AS children FROM (${ended}) e WHERE e.parent_run IS NOT NULL GROUP BY 1
    ), parents AS MATERIALIZED (
      -- Locked in one order, whatever the order of the children.
      SELECT r.id FROM runs r WHERE r.id = ANY(ARRAY(SELECT id FROM families)) ORDER BY r.depth DESC, r.id FOR NO KEY UPDATE
    ), counted AS (
      SELECT f.id, f.ended,
        (SELECT count(*) FROM waits w WHERE w.run_id = f.id AND w.status = 'pending' AND w.children && f.children)::int AS awaited,
        CASE WHEN q.status = 'waiting' THEN q.fence END AS seen_fence,
        (SELECT count(*) FROM waits w, unnest(w.children) c WHERE w.run_id = f.id AND w.status = 'pending' AND c = ANY(f.children))::int AS answers
      FROM families f JOIN runs q ON q.id = f.id WHERE f.id IN (SELECT id FROM parents)
    ), woken AS (
      UPDATE runs p
      SET answers = p.answers + n.ended,
        waits_left = CASE WHEN p.status = 'waiting' THEN p.waits_left - CASE WHEN p.fence = n.seen_fence THEN n.answers ELSE n.ended END ELSE p.waits_left END,
        status = CASE WHEN p.status = 'waiting' AND (p.fence IS DISTINCT FROM n.seen_fence OR n.awaited > 0)
          AND p.waits_left - CASE WHEN p.fence = n.seen_fence THEN n.answers ELSE n.ended END <= 0 THEN 'queued' ELSE p.status END
      FROM counted n WHERE p.id = n.id AND p.status <> 'finished'
      RETURNING p.id, p.conversation_id, p.parent_run, p.status = 'queued' AND p.waits_left <= 0 AS ready
    )`;

/** A run that is ready to go on, and where. */
export interface ReadyRun {
  conversationId: string;
  /** It was started by another run: it waits for a place among its siblings. */
  child: boolean;
}

/** How many runs that others started may run at once; the rest is queued. */
export interface ChildLimits {
  perParent: number;
  perWorkspace: number;
}

/** Claimed in one go. */
const mostAtOnce = 50;

export interface CancelledRun {
  runId: string;
  conversationId: string;
  agent: string;
}

/** $1 workspace, $2 run, $3 error. Ends a run as cancelled, with all that it started; repeated until it answers no cancelled one. */
export const cancelStatement = `
  WITH RECURSIVE family AS (
    SELECT r.id FROM runs r WHERE r.id = $2 AND r.workspace_id = $1
    UNION ALL
    SELECT c.id FROM runs c JOIN family f ON c.parent_run = f.id
  ), locked AS MATERIALIZED (
    -- Children before their parents, as the end of a child locks them.
    SELECT r.id FROM runs r WHERE r.id = ANY(ARRAY(SELECT id FROM family)) AND r.status <> 'finished' ORDER BY r.depth DESC, r.id FOR NO KEY UPDATE
  ), cancelled AS (
    UPDATE runs r
    SET status = 'finished', outcome = 'cancelled', fence = r.fence + 1, finished_at = now(), awaiting = NULL, waiting_for = NULL, waits_left = 0,
      error = $3
    WHERE r.id = ANY(ARRAY(SELECT id FROM locked)) AND r.status <> 'finished'
    RETURNING r.id, r.conversation_id, r.parent_run, r.agent
  ), ${
    // What waits for a run of the family is of the family, but for what is above the first.
    wakeParents('SELECT id, parent_run FROM cancelled WHERE id = $2')
  }, freed AS (
    UPDATE conversations c SET active_run = NULL, updated_at = now()
    WHERE c.id = ANY(ARRAY(SELECT conversation_id FROM cancelled)) AND c.active_run = ANY(ARRAY(SELECT id FROM cancelled))
  ), withdrawn AS (
    UPDATE approvals a SET status = 'cancelled', decided_at = now() WHERE a.run_id = ANY(ARRAY(SELECT id FROM cancelled)) AND a.status = 'pending'
  ), released AS (
    UPDATE waits w SET status = 'expired' WHERE w.run_id = ANY(ARRAY(SELECT id FROM cancelled)) AND w.status = 'pending'
  )
  SELECT id, conversation_id, agent, true AS cancelled, false AS child FROM cancelled
  UNION ALL SELECT id, conversation_id, '', false, parent_run IS NOT NULL FROM woken WHERE ready`;

/** SET of a run `r` to which so many answers were told: it is queued where none is missing. */
export const setAnswersTold = (n: string) => `
  answers = r.answers + ${n},
  waits_left = CASE WHEN r.status = 'waiting' THEN r.waits_left - ${n} ELSE r.waits_left END,
  status = CASE WHEN r.status = 'waiting' AND r.waits_left - ${n} <= 0 THEN 'queued' ELSE r.status END`;

/** $1 now, $2 agents. A time that came, or a deadline that passed. Runs of agents that this process lacks are left to others for a minute. */
const dueStatement: Statement = {
  name: 'waits-due',
  text: `
    WITH due AS (
      SELECT w.run_id, w.call_id, w.position FROM waits w JOIN runs r ON r.id = w.run_id
      WHERE w.status = 'pending' AND w.deadline <= $1::timestamptz
        AND (r.agent = ANY($2::text[]) OR w.deadline < $1::timestamptz - interval '1 minute')
      ORDER BY w.deadline LIMIT 500 FOR UPDATE OF w SKIP LOCKED
    ), marked AS (
      -- A join gets what ended by then when its call is made again.
      UPDATE waits w SET status = CASE w.kind WHEN 'timer' THEN 'answered' ELSE 'expired' END, answered_at = now()
      FROM due d WHERE w.run_id = d.run_id AND w.call_id = d.call_id AND w.position = d.position
      RETURNING w.run_id, CASE w.kind WHEN 'child' THEN cardinality(w.children) ELSE 1 END AS n
    ), counted AS (
      SELECT run_id, sum(n)::int AS n FROM marked GROUP BY 1
    ), woken AS (
      UPDATE runs r SET ${setAnswersTold('t.n')} FROM counted t WHERE r.id = t.run_id AND r.status <> 'finished'
      RETURNING r.conversation_id, r.parent_run, r.status = 'queued' AND r.waits_left <= 0 AS ready
    )
    SELECT conversation_id, parent_run IS NOT NULL AS child FROM woken WHERE ready`,
};

/** Runs that wait for children that have ended: no statement leaves one behind; a fault of one would hold a run for ever. */
const forgottenStatement: Statement = {
  name: 'waits-forgotten',
  text: `
    UPDATE runs r SET status = 'queued', waits_left = 0
    FROM waits w
    WHERE w.status = 'pending' AND w.kind = 'child' AND r.id = w.run_id AND r.status = 'waiting' AND r.waiting_for = '{child}'
      AND NOT EXISTS (SELECT FROM waits o WHERE o.run_id = r.id AND o.status = 'pending'
        AND EXISTS (SELECT FROM runs k WHERE k.id = ANY(o.children) AND k.status <> 'finished'))
    RETURNING r.conversation_id, r.parent_run IS NOT NULL AS child`,
};

/** $1 process, $2 agents, $3 at most at once of one parent, $4 of one workspace, $5 at most now. */
const claimChildrenStatement = `
  WITH busy AS (
    SELECT workspace_id, parent_run, count(*)::int AS n FROM runs WHERE status = 'running' AND parent_run IS NOT NULL GROUP BY 1, 2
  ), queued AS (
    SELECT r.id, r.workspace_id, r.conversation_id, r.created_at, row_number() OVER (PARTITION BY r.parent_run ORDER BY r.created_at, r.id)
      + COALESCE((SELECT b.n FROM busy b WHERE b.parent_run = r.parent_run), 0) AS place
    FROM runs r WHERE r.status = 'queued' AND r.parent_run IS NOT NULL AND (r.agent = ANY($2::text[]) OR r.waiting_for IS NOT NULL)
      AND ${enabled('r')}
  ), fitting AS (
    SELECT q.id, q.conversation_id, row_number() OVER (PARTITION BY q.workspace_id ORDER BY q.created_at, q.id)
      + COALESCE((SELECT sum(b.n) FROM busy b WHERE b.workspace_id = q.workspace_id), 0) AS place
    FROM queued q WHERE q.place <= $3
  ), claimed AS (
    UPDATE runs r SET status = 'running', owner = $1, fence = r.fence + 1, outcome = NULL, waiting_for = NULL, claimed_at = now(), finished_at = NULL
    FROM (SELECT id FROM fitting WHERE place <= $4 LIMIT $5) f WHERE r.id = f.id AND r.status = 'queued'
    RETURNING r.id, r.conversation_id
  ), taken AS (
    UPDATE conversations c SET active_run = r.id FROM claimed r WHERE c.id = r.conversation_id
  )
  SELECT id FROM claimed`;

/** The statements about families of runs, on both stores. */
export class RunFamilies {
  readonly #pool: DatabasePool;

  constructor(pool: DatabasePool) {
    this.#pool = pool;
  }

  /** Ends a run as cancelled, with all that it started. */
  async cancel(workspaceId: string, runId: string, error: object): Promise<{ cancelled: CancelledRun[]; ready: ReadyRun[] }> {
    const cancelled: CancelledRun[] = [];
    const ready: ReadyRun[] = [];
    for (;;) {
      const rows = await againOnDeadlock(() =>
        this.#pool.executeText<{ id: string; conversation_id: string; agent: string; cancelled: boolean; child: boolean }>(
          cancelStatement,
          [workspaceId, runId, storableJson(error)],
        ),
      );
      for (const row of rows) {
        if (row.cancelled) cancelled.push({ runId: row.id, conversationId: row.conversation_id, agent: row.agent });
        else ready.push({ conversationId: row.conversation_id, child: row.child });
      }
      // What a run of the family started at the same moment shows at the next look.
      if (!rows.some((row) => row.cancelled)) return { cancelled, ready };
    }
  }

  /** Queues the runs whose time came, or whose deadline passed. @param thorough looks for those that nobody told, too. */
  async wakeDue(now: Date, agents: readonly string[], thorough: boolean): Promise<ReadyRun[]> {
    type Row = { conversation_id: string; child: boolean };
    const rows = await againOnDeadlock(() => this.#pool.execute<Row>(dueStatement, [now, agents]));
    if (thorough) rows.push(...(await againOnDeadlock(() => this.#pool.execute<Row>(forgottenStatement, []))));
    return rows.map((row) => ({ conversationId: row.conversation_id, child: row.child }));
  }

  /** Claims runs that others started, within the limits. Processes do so one after the other, so that none counts too few. @returns their ids. */
  async claimChildren(processId: string, agents: readonly string[], limits: ChildLimits): Promise<string[]> {
    const [waiting] = await this.#pool.execute<{ any: boolean }>(
      {
        name: 'children-queued',
        text: `SELECT EXISTS (SELECT FROM runs r WHERE r.status = 'queued' AND r.parent_run IS NOT NULL AND ${enabled('r')}) AS any`,
      },
      [],
    );
    if (waiting?.any !== true) return [];
    return this.#pool.inTransaction(async (client) => {
      await client.query(`SELECT pg_advisory_xact_lock(hashtextextended('timonel child runs', 0))`);
      const values = [processId, agents, limits.perParent, limits.perWorkspace, mostAtOnce];
      const { rows } = await client.query<{ id: string }>(claimChildrenStatement, values);
      return rows.map(({ id }) => id);
    });
  }
}
