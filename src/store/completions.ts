/** Completion tokens: how something outside answers a call that waits. */
import { createHash } from 'node:crypto';
import type pg from 'pg';
import { TimonelError } from '../errors.ts';
import type { JsonValue } from '../vocabulary.ts';
import type { DatabasePool, Statement } from './database.ts';
import { type ReadyRun, setAnswersTold } from './run-families.ts';
import { storableJson } from './storable.ts';

/** The answer from outside. */
export type CompletionAnswer = { output: JsonValue } | { error: string };

const issueStatement: Statement = {
  name: 'completion-issue',
  text: `
    INSERT INTO waits (workspace_id, run_id, call_id, position, kind, deadline, token_hash)
    SELECT r.workspace_id, r.id, $4, 0, 'token', $5, $6 FROM runs r
    WHERE r.workspace_id = $1 AND r.id = $2 AND r.fence = $3 AND r.status = 'running'
    ON CONFLICT (run_id, call_id, position) DO UPDATE SET token_hash = waits.token_hash
    RETURNING token_hash`,
};

/** $1 hash of the token, $2 answer, $3 by whom, $4 now. One statement: the token is used once, and the run is queued once. */
const completeStatement: Statement = {
  name: 'completion-complete',
  text: `
    WITH known AS (
      SELECT run_id, call_id, position, status, deadline FROM waits WHERE token_hash = $1
    ), used AS (
      UPDATE waits w SET status = 'answered', answer = $2, answered_by = $3, answered_at = now()
      FROM known k
      WHERE w.run_id = k.run_id AND w.call_id = k.call_id AND w.position = k.position AND w.status = 'pending'
        AND (w.deadline IS NULL OR w.deadline > $4::timestamptz)
      RETURNING w.run_id
    ), woken AS (
      UPDATE runs r SET ${setAnswersTold('1')} FROM used u WHERE r.id = u.run_id AND r.status <> 'finished'
      RETURNING r.conversation_id, r.parent_run, r.status = 'queued' AND r.waits_left <= 0 AS ready
    )
    SELECT k.status, k.deadline <= $4::timestamptz AS late, EXISTS (SELECT FROM used) AS used, w.conversation_id, w.parent_run IS NOT NULL AS child,
      w.ready FROM known k LEFT JOIN woken w ON true`,
};

interface CompleteRow {
  status: 'pending' | 'answered' | 'expired';
  late: boolean | null;
  used: boolean;
  conversation_id: string | null;
  child: boolean;
  ready: boolean | null;
}

/** Completion tokens on both stores. Only their hashes are stored. */
export class Completions {
  readonly #pool: DatabasePool;

  constructor(pool: DatabasePool) {
    this.#pool = pool;
  }

  /**
   * Makes the first token good, until `deadline`; one that the call has already stays as it is.
   * @returns the one that is good. @throws TimonelError `run_fenced`
   */
  async issue(
    call: { workspaceId: string; runId: string; fence: number; callId: string },
    tokens: readonly [string, ...string[]],
    deadline: Date,
  ): Promise<string> {
    const [first] = tokens;
    const values = [call.workspaceId, call.runId, call.fence, call.callId, deadline, hashOf(first)];
    const [row] = await this.#pool.execute<{ token_hash: Buffer }>(issueStatement, values);
    if (row === undefined) throw new TimonelError('run_fenced', `Another process has taken over the run ${call.runId}.`);
    return tokens.find((token) => hashOf(token).equals(row.token_hash)) ?? first;
  }

  /**
   * Answers the call that the token belongs to.
   * @param client the transaction that it is part of, where there is one: what is ready goes on after its commit.
   * @returns the run, where it is ready to go on. @throws TimonelError `completion_not_found`, `completion_used`, `completion_expired`
   */
  async complete(
    token: string,
    answer: CompletionAnswer,
    by: string,
    now: Date,
    client?: pg.ClientBase,
  ): Promise<ReadyRun | undefined> {
    const values = [hashOf(token), storableJson(answer), by, now];
    const [row] =
      client === undefined
        ? await this.#pool.execute<CompleteRow>(completeStatement, values)
        : (await client.query<CompleteRow>({ ...completeStatement, values })).rows;
    if (row === undefined) throw new TimonelError('completion_not_found', 'There is no such completion token, or its run is gone.');
    if (row.used) {
      if (row.conversation_id === null) throw expired();
      return row.ready === true ? { conversationId: row.conversation_id, child: row.child } : undefined;
    }
    if (row.status === 'expired' || (row.status === 'pending' && row.late === true)) throw expired();
    throw new TimonelError('completion_used', 'The completion token was used. The first answer is the valid one.');
  }
}

function expired(): TimonelError {
  return new TimonelError(
    'completion_expired',
    'The completion token has expired, or its run has ended: nobody waits for the answer.',
  );
}

function hashOf(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
