/** Runs that belong together: a run, those that it started, and theirs. What ends one of them is told to the run above it. */
import type { DatabasePool } from './database.ts';
import { isDeadlock } from './database-errors.ts';
import { storableJson } from './storable.ts';

/**
 * CTEs that tell the parents of the runs in `ended` (id, parent_run) that a child ended. The parent that waited for this alone is queued, once:
 * the count is in its own row, so that two children that end at the same moment are counted one after the other. A child may end while its
 * parent is being suspended, by a statement that does not see the end yet: `children_ended` tells it, see `suspendStatement`.
 */
export const wakeParents = `
    families AS (
      SELECT e.parent_run AS id, count(*)::int AS ended, array_agg(e.id) AS children FROM ended e WHERE e.parent_run IS NOT NULL GROUP BY 1
    ), parents AS MATERIALIZED (
      -- Locked in one order, whatever the order of the children.
      SELECT r.id FROM runs r WHERE r.id = ANY(ARRAY(SELECT id FROM families)) ORDER BY r.depth DESC, r.id FOR NO KEY UPDATE
    ), counted AS (
      SELECT f.id, f.ended,
        (SELECT count(*) FROM waits w WHERE w.run_id = f.id AND w.status = 'pending' AND w.children && f.children)::int AS awaited,
        q.status = 'waiting' AS seen_waiting,
        (SELECT count(*) FROM waits w, unnest(w.children) c WHERE w.run_id = f.id AND w.status = 'pending' AND c = ANY(f.children))::int AS answers
      FROM families f JOIN runs q ON q.id = f.id WHERE f.id IN (SELECT id FROM parents)
    ), woken AS (
      UPDATE runs p
      SET children_ended = p.children_ended + n.ended,
        waits_left = CASE WHEN p.status = 'waiting' THEN p.waits_left - CASE WHEN n.seen_waiting THEN n.answers ELSE n.ended END ELSE p.waits_left END,
        status = CASE WHEN p.status = 'waiting' AND (NOT n.seen_waiting OR n.awaited > 0)
          AND p.waits_left - CASE WHEN n.seen_waiting THEN n.answers ELSE n.ended END <= 0 THEN 'queued' ELSE p.status END
      FROM counted n WHERE p.id = n.id AND p.status <> 'finished'
      RETURNING p.id, p.conversation_id, p.parent_run, p.status = 'queued' AND p.waits_left <= 0 AS ready
    )`;

/** A run that is ready to go on, and where. */
export interface ReadyRun {
  conversationId: string;
  /** It was started by another run: it waits for a place among its siblings. */
  child: boolean;
}

export interface CancelledRun {
  runId: string;
  conversationId: string;
  /** Its own, as the run above counts. */
  agent: string;
}

const cancelStatement = `
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
  ), ended AS (
    -- What waits for a run of the family is of the family, but for what is above the first.
    SELECT id, parent_run FROM cancelled WHERE id = $2
  ), ${wakeParents}, freed AS (
    UPDATE conversations c SET active_run = NULL, updated_at = now()
    WHERE c.id = ANY(ARRAY(SELECT conversation_id FROM cancelled)) AND c.active_run = ANY(ARRAY(SELECT id FROM cancelled))
  ), withdrawn AS (
    UPDATE approvals a SET status = 'cancelled', decided_at = now() WHERE a.run_id = ANY(ARRAY(SELECT id FROM cancelled)) AND a.status = 'pending'
  ), released AS (
    UPDATE waits w SET status = 'expired' WHERE w.run_id = ANY(ARRAY(SELECT id FROM cancelled)) AND w.status = 'pending'
  )
  SELECT id, conversation_id, agent, true AS cancelled, false AS child FROM cancelled
  UNION ALL SELECT id, conversation_id, '', false, parent_run IS NOT NULL FROM woken WHERE ready`;

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
      const rows = await this.#againOnDeadlock(() =>
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

  async #againOnDeadlock<T>(work: () => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await work();
      } catch (error) {
        if (attempt === 3 || !isDeadlock(error)) throw error;
      }
    }
  }
}
