/** Runs that a run starts, and joins. */
import type pg from 'pg';
import { TimonelError } from '../errors.ts';
import type { JsonValue, Outcome, Reply } from '../vocabulary.ts';
import type { DatabasePool } from './database.ts';
import { givenToChildren, type JoinMode } from './waits.ts';

/** Runs above a run that was started by another one. */
export const deepestRun = 5;

export interface NewChildRun {
  workspaceId: string;
  /** The run that starts it, with its fence, and the call that does. */
  parent: { runId: string; fence: number; callId: string };
  runId: string;
  conversationId: string;
  agent: string;
  agentVersion: string;
  /** What it is to do: the message of its only turn. */
  text: string;
  key: string;
  /** US dollars; a quarter of what is left where absent. */
  budget: number | undefined;
  /** What the parent may still spend, its children not counted; US dollars. */
  left: number;
}

/** How a run ended that another one started. It is a value, whatever the outcome. */
export interface ChildResult {
  runId: string;
  /** `unfinished` where the join ended before it. */
  outcome: Outcome | 'unfinished';
  reply: Reply | null;
  error: { code: string; message: string } | null;
  /** US dollars that its model calls cost, those of the runs that it started not counted; null where its models have no price. */
  cost: number | null;
}

interface StartRow {
  started: string | null;
  known: string | null;
  same: boolean | null;
  parent: string | null;
  depth: number | null;
  cycle: boolean;
  given: number;
}

const startText = `
  WITH RECURSIVE parent AS (
    SELECT r.id, r.depth, COALESCE(r.root_run, r.id) AS root, r.asked_by, c.contact, c.started_by
    FROM runs r JOIN conversations c ON c.id = r.conversation_id
    WHERE r.id = $1 AND r.fence = $2 AND r.workspace_id = $3 AND r.status = 'running' FOR SHARE OF r
  ), known AS (
    SELECT k.id, k.agent = $6 AND m.text = $8 AS same
    FROM runs k JOIN messages m ON m.conversation_id = k.conversation_id AND m.turn = k.turn AND m.role = 'user'
    WHERE k.parent_run = $1 AND k.run_key = $9
  ), above AS (
    SELECT r.parent_run, r.agent, r.conversation_id, r.turn FROM runs r WHERE r.id = $1
    UNION ALL
    SELECT r.parent_run, r.agent, r.conversation_id, r.turn FROM runs r JOIN above a ON r.id = a.parent_run
  ), cycle AS (
    SELECT EXISTS (SELECT FROM above a JOIN messages m ON m.conversation_id = a.conversation_id AND m.turn = a.turn AND m.role = 'user'
      WHERE a.agent = $6 AND m.text = $8) AS found
  ), money AS (
    SELECT ${givenToChildren('$1')} AS given
  ), child AS (
    INSERT INTO runs (id, workspace_id, conversation_id, turn, agent, agent_version, arm, status, asked_by, parent_run, parent_call, run_key, root_run,
      depth, budget)
    SELECT $4, $3, $5, 1, $6, $7, 'stable', 'queued', p.asked_by, p.id, $10, $9, p.root, p.depth + 1, COALESCE($11::float8, ($12::float8 - m.given) / 4)
    FROM parent p, cycle c, money m
    WHERE p.depth < ${deepestRun} AND NOT c.found AND NOT EXISTS (SELECT FROM known) AND m.given < $12::float8
      AND COALESCE($11::float8, 0) <= $12::float8 - m.given + 1e-9
    ON CONFLICT (parent_run, run_key) WHERE parent_run IS NOT NULL DO NOTHING
    RETURNING id
  ), conversation AS (
    -- Closed: nobody else says anything in it.
    INSERT INTO conversations (id, workspace_id, agent, agent_version, arm, channel, contact, started_by, status, last_turn)
    SELECT $5, $3, $6, $7, 'stable', 'run', p.contact, p.started_by, 'closed', 1 FROM child, parent p
  ), message AS (
    INSERT INTO messages (workspace_id, conversation_id, turn, role, run_id, text) SELECT $3, $5, 1, 'user', id, $8 FROM child
  )
  SELECT (SELECT id FROM child) AS started, (SELECT id FROM known) AS known, (SELECT same FROM known) AS same, (SELECT id FROM parent) AS parent,
    (SELECT depth FROM parent) AS depth, (SELECT found FROM cycle) AS cycle, (SELECT given FROM money) AS given`;

const joinText = `
  WITH kids AS (
    SELECT r.id, r.status, r.outcome, r.error, (r.usage->>'cost')::float8 AS cost, m.text, m.options
    FROM runs r LEFT JOIN messages m ON m.conversation_id = r.conversation_id AND m.turn = r.turn AND m.role = 'assistant'
    WHERE r.parent_run = $2 AND r.workspace_id = $1 AND r.id = ANY($5::uuid[])
  ), state AS (
    SELECT count(*)::int AS found, count(*) FILTER (WHERE status = 'finished')::int AS done FROM kids
  ), stored AS (
    INSERT INTO waits (workspace_id, run_id, call_id, position, kind, status, children, mode, answer, answered_at)
    SELECT $1, $2, $3, $4, 'child', CASE WHEN $7 THEN 'expired' ELSE 'answered' END, $5::uuid[], $6,
      (SELECT COALESCE(json_agg(json_build_object('runId', k.id, 'outcome', CASE WHEN k.status = 'finished' THEN k.outcome ELSE 'unfinished' END,
          'reply', CASE WHEN k.status = 'finished' AND k.outcome <> 'cancelled' AND k.text IS NOT NULL
            THEN json_strip_nulls(json_build_object('text', k.text, 'options', k.options)) END,
          'error', CASE WHEN k.status = 'finished' THEN k.error END, 'cost', k.cost)
        ORDER BY array_position($5::uuid[], k.id)), '[]') FROM kids k WHERE $6 <> 'any' OR k.status = 'finished')::jsonb, now()
    FROM state s WHERE s.found = cardinality($5::uuid[]) AND (s.done = s.found OR ($6 = 'any' AND s.done > 0) OR $7)
    ON CONFLICT (run_id, call_id, position) DO UPDATE
    SET answer = COALESCE(waits.answer, excluded.answer), answered_at = COALESCE(waits.answered_at, excluded.answered_at),
      status = CASE WHEN waits.status = 'pending' THEN excluded.status ELSE waits.status END
    RETURNING answer
  )
  SELECT s.found, (SELECT answer FROM stored) AS answer FROM state s`;

/** Runs that are started by others, on both stores. */
export class ChildRuns {
  readonly #pool: DatabasePool;

  constructor(pool: DatabasePool) {
    this.#pool = pool;
  }

  /**
   * Stores a run that waits for its turn; one that has the key already is that one. One round trip, two where another process was faster.
   * @param client the transaction that it is part of, where there is one.
   * @throws TimonelError `run_fenced`, `limit_reached`, `invalid_request`, `idempotency_key_reused`
   */
  async start(run: NewChildRun, client?: pg.ClientBase): Promise<string> {
    const { parent, agent, key, budget, left } = run;
    const values = [
      parent.runId,
      parent.fence,
      run.workspaceId,
      run.runId,
      run.conversationId,
      agent,
      run.agentVersion,
      run.text,
      key,
      parent.callId,
      budget ?? null,
      left,
    ];
    for (let look = 1; ; look++) {
      const [row] =
        client === undefined
          ? await this.#pool.execute<StartRow>({ name: 'run-start', text: startText }, values)
          : (await client.query<StartRow>({ name: 'run-start', text: startText, values })).rows;
      if (row === undefined || row.parent === null) {
        throw new TimonelError('run_fenced', `Another process has taken over the run ${parent.runId}, or it was cancelled.`);
      }
      if (row.started !== null) return row.started;
      if (row.known !== null) {
        if (row.same === true) return row.known;
        const message = `The run "${key}" was started before with another agent or input. Give the second one a key of its own.`;
        throw new TimonelError('idempotency_key_reused', message);
      }
      if ((row.depth ?? 0) >= deepestRun) {
        throw new TimonelError(
          'limit_reached',
          `A run may be ${deepestRun} runs below the first one, and this one would be deeper.`,
        );
      }
      if (row.cycle) {
        const message = `A run above this one is of the agent "${agent}" with the same input: it would start itself again and again.`;
        throw new TimonelError('invalid_request', message);
      }
      const rest = Math.max(0, left - row.given);
      if (rest === 0 || (budget ?? 0) > rest) {
        const wanted = budget === undefined ? '' : ` of ${budget} US dollars`;
        throw new TimonelError(
          'limit_reached',
          `The run has ${rest.toFixed(4)} US dollars left to give; the budget${wanted} does not fit.`,
        );
      }
      // Another call with the same key was stored at the same moment, and shows at the second look.
      if (look === 2) throw new TimonelError('internal', `The run "${key}" could not be started.`);
    }
  }

  /**
   * What the runs said, once as many ended as the mode asks for, or now where the join's deadline passed. The same answer ever after.
   * @returns `undefined` where the call has to wait.
   * @throws TimonelError `run_not_found` where one of them is none of this run's
   */
  async join(
    call: { workspaceId: string; runId: string; callId: string; position: number },
    children: readonly string[],
    mode: JoinMode,
    expired: boolean,
  ): Promise<ChildResult[] | undefined> {
    const [row] = await this.#pool.execute<{ found: number; answer: JsonValue | null }>({ name: 'run-join', text: joinText }, [
      call.workspaceId,
      call.runId,
      call.callId,
      call.position,
      children,
      mode,
      expired,
    ]);
    if (row === undefined || row.found < children.length) {
      throw new TimonelError('run_not_found', 'A run joins runs that it started itself, and one of these it did not start.');
    }
    return row.answer === null ? undefined : (row.answer as unknown as ChildResult[]);
  }
}
