/**
 * The statements of the run record. Each is one round trip for any number of runs; values travel as one JSON document.
 *
 * The keys come once more, as an array. A prepared statement keeps the plan that was best when the tables were empty, and the planner
 * takes a JSON document for a hundred rows: joined to that alone, it read the whole table for each message.
 */
import type { Statement } from './database.ts';
import { openHandoffs } from './handoffs.ts';
import { withinLimits } from './reach.ts';
import { wakeParents } from './run-families.ts';
import { enabled, givenToChildren, waitsOfRun } from './waits.ts';

const history = (conversation: string, before: string) => `
  (SELECT json_agg(json_build_object('turn', h.turn, 'role', h.role, 'text', h.text, 'parts', h.parts, 'author', h.author_name) ORDER BY h.turn, h.role DESC)
    FROM (SELECT turn, role, text, parts, author_name FROM messages WHERE conversation_id = ${conversation} AND turn < ${before}
      ORDER BY turn DESC, role LIMIT 40) h)`;

/**
 * $1 messages, $2 process, $3 their conversations. Answers a row for each accepted message. Who has the conversation is read in the row that the
 * statement locks: a message that comes after a person took it starts no run.
 */
export const acceptStatement: Statement = {
  name: 'run-accept',
  text: `
    WITH input AS (
      SELECT * FROM json_to_recordset($1::json) AS t(position int, workspace text, conversation uuid, run uuid, text text, parts jsonb, key text, asker text, own boolean, limits jsonb,
        fingerprint text, slot text, content text, replaces uuid, head text, length int, "lastTurn" int)
    ), request AS (
      INSERT INTO accepted_requests AS a (workspace_id, fingerprint, slot, run_id, conversation_id, content)
      SELECT workspace, fingerprint, slot, run, conversation, content FROM input WHERE fingerprint IS NOT NULL ORDER BY workspace, fingerprint
      ON CONFLICT (workspace_id, fingerprint, slot) DO UPDATE
      SET run_id = excluded.run_id, conversation_id = excluded.conversation_id, content = excluded.content, unanswered = NULL, accepted_at = now()
      WHERE a.run_id IN (SELECT replaces FROM input)
      RETURNING a.run_id
    ), turn AS (
      UPDATE conversations c
      SET last_turn = c.last_turn + 1, active_run = CASE WHEN c.handler = 'agent' THEN COALESCE(c.active_run, i.run) END, updated_at = now()
      FROM input i
      WHERE c.id = ANY($3::uuid[]) AND c.id = i.conversation AND c.workspace_id = i.workspace AND c.status = 'open'
        AND (NOT i.own OR c.started_by = i.asker) AND ${withinLimits('c', 'i.limits')}
        AND (i.key IS NULL OR NOT EXISTS (SELECT FROM messages m WHERE m.conversation_id = c.id AND m.idempotency_key = i.key))
        AND (i.fingerprint IS NULL OR i.run IN (SELECT run_id FROM request))
        AND (i."lastTurn" IS NULL OR c.last_turn = i."lastTurn")
      RETURNING i.position, i.run, i.text, i.parts, i.key, i.asker, i.head, i.length, c.active_run IS NOT DISTINCT FROM i.run AS claimed, c.handler = 'person' AS held, c.id, c.workspace_id,
        c.last_turn, c.agent, c.agent_version, c.arm, c.release, c.channel, c.contact, c.state, c.started_by
    ), message AS (
      INSERT INTO messages (workspace_id, conversation_id, turn, role, run_id, text, parts, idempotency_key, history_head, history_length, held)
      SELECT workspace_id, id, last_turn, 'user', run, text, parts, key, head, length, CASE WHEN held THEN true END FROM turn
    ), started AS (
      INSERT INTO runs (id, workspace_id, conversation_id, turn, agent, agent_version, arm, release, status, owner, fence, asked_by)
      SELECT run, workspace_id, id, last_turn, agent, agent_version, arm, release, CASE WHEN claimed THEN 'running' ELSE 'queued' END,
        CASE WHEN claimed THEN $2::uuid END, CASE WHEN claimed THEN 1 ELSE 0 END, asker
      FROM turn WHERE NOT held
    )
    SELECT t.position, t.claimed, t.held, t.started_by, t.last_turn AS turn, t.agent, t.agent_version, t.arm, t.channel, t.contact, t.state, w.time_zone, now() AS created_at,
      CASE WHEN t.claimed AND t.last_turn > 1 THEN ${history('t.id', 't.last_turn')} END AS history
    FROM turn t JOIN workspaces w ON w.workspace_id = t.workspace_id`,
};

/**
 * $1 workspace, $2 conversation, $3 idempotency key, $4 who must have begun it (null: anybody), $5 fingerprint of the request, $6 its run,
 * $7 parts of the message, $8 limits (null: none). Why a message was not accepted.
 */
export const refusalStatement: Statement = {
  name: 'run-refusal',
  text: `
    SELECT c.status, m.run_id, m.text, m.parts IS NOT DISTINCT FROM $7::jsonb AS same_parts, q.run_id AS request_run, q.content,
      NOT EXISTS (SELECT FROM runs r WHERE r.id = COALESCE(m.run_id, q.run_id)) AS without_run
    FROM conversations c
      LEFT JOIN messages m ON m.conversation_id = c.id AND m.idempotency_key = $3
      LEFT JOIN accepted_requests q ON q.workspace_id = $1 AND q.fingerprint = $5 AND q.slot = '' AND q.run_id <> $6
    WHERE c.id = $2 AND c.workspace_id = $1 AND ($4::text IS NULL OR c.started_by = $4) AND ${withinLimits('c', '$8::jsonb')}`,
};

const storeSteps = (source: string) => `
  INSERT INTO steps (workspace_id, run_id, index, kind, fence, data)
  SELECT e.workspace_id, e.id, e.first + s.position::int - 1, s.step->>'kind', e.fence, s.step
  FROM ${source} e, json_array_elements(e.steps) WITH ORDINALITY AS s(step, position)`;

/** $1 steps of runs, $2 the runs. Answers the runs whose fence still held. */
export const recordStatement: Statement = {
  name: 'run-record',
  text: `
    WITH input AS (
      SELECT * FROM json_to_recordset($1::json) AS t(run uuid, fence int, first int, steps json)
    ), held AS (
      SELECT r.id, r.workspace_id, r.fence, i.first, i.steps
      FROM runs r JOIN input i ON r.id = i.run AND r.fence = i.fence
      WHERE r.id = ANY($2::uuid[]) AND r.status = 'running' FOR NO KEY UPDATE OF r
    ), stored AS (${storeSteps('held')})
    SELECT id FROM held`,
};

/** What of the waits of a run that is being suspended has no answer yet, as this statement sees it. */
const missing = `
  (SELECT COALESCE(sum(CASE
      WHEN EXISTS (SELECT FROM waits x WHERE x.run_id = i.run AND x.call_id = w."callId" AND x.position = w.position AND x.status <> 'pending') THEN 0
      WHEN w.kind <> 'child' THEN 1
      ELSE (SELECT CASE WHEN w.mode <> 'any' THEN count(*) FILTER (WHERE k.status <> 'finished')
        WHEN bool_or(k.status = 'finished') THEN 0 ELSE 1 END FROM runs k WHERE k.parent_run = i.run AND k.id = ANY(w.children))
    END), 0)::int
  FROM json_to_recordset(i.waits) AS w("callId" text, position int, kind text, children uuid[], mode text))`;

/** The same for a plain end, for the end of a run that another one started, and for one that waits for more than a person. */
const ending = (name: string, kind: 'plain' | 'child' | 'waiting'): Statement => ({
  name,
  text: `
    WITH given AS (
      SELECT * FROM json_to_recordset($1::json) AS t(run uuid, fence int, first int, steps json, status text, outcome text, awaiting text,
        degraded text, usage jsonb, error jsonb, "firstEvent" int, reply text, options jsonb, parts jsonb, state jsonb, contact jsonb,
        approvals json, "waitingFor" json, waits json, worked int, handoff json)
    ), input AS (
      SELECT i.*, json_array_length(i.approvals)${kind === 'waiting' ? ` + ${missing}` : ''} AS missing, ${kind === 'waiting' ? 'q.answers' : '0'} AS answers
      FROM given i${kind === 'waiting' ? ' JOIN runs q ON q.id = i.run' : ''}
    ), ended AS (
      UPDATE runs r
      SET status = ${
        // What was told to the run since this statement began to look is subtracted: its row is the latest one here.
        kind === 'waiting' ? `CASE WHEN i.missing - (r.answers - i.answers) <= 0 THEN 'queued' ELSE i.status END` : 'i.status'
      },
        waits_left = i.missing${kind === 'waiting' ? ' - (r.answers - i.answers)' : ''},
        waiting_for = CASE WHEN i.status = 'waiting' THEN ARRAY(SELECT json_array_elements_text(i."waitingFor")) END, worked_ms = i.worked,
        outcome = i.outcome, awaiting = i.awaiting, degraded = i.degraded, usage = i.usage, error = i.error,
        first_event_ms = i."firstEvent",
        finished_at = CASE WHEN i.status = 'finished' THEN now() END
      FROM input i
      WHERE r.id = ANY($2::uuid[]) AND r.id = i.run AND r.fence = i.fence AND r.status = 'running'
      RETURNING r.id, r.workspace_id, r.conversation_id, r.turn, r.fence, r.parent_run, r.status, r.agent, i.first, i.steps, i.reply, i.options, i.parts,
        i.state, i.contact, i.approvals, i.waits, i.handoff
    ), stored AS (${storeSteps('ended')}
    ), said AS (
      INSERT INTO messages (workspace_id, conversation_id, turn, role, run_id, text, options, parts)
      SELECT workspace_id, conversation_id, turn, 'assistant', id, reply, options, parts FROM ended WHERE reply IS NOT NULL
      ON CONFLICT (conversation_id, turn, role) DO UPDATE SET text = excluded.text, options = excluded.options, parts = excluded.parts,
        created_at = now()
    ), asked AS (
      INSERT INTO approvals (workspace_id, run_id, conversation_id, call_id, tool, args, call_hash, rule, reason, pattern)
      SELECT e.workspace_id, e.id, e.conversation_id, a."callId", a.tool, a.args, a."callHash", a.rule, a.reason, a.pattern
      FROM ended e,
        json_to_recordset(e.approvals) AS a("callId" text, tool text, args jsonb, "callHash" text, rule text, reason jsonb, pattern jsonb)
      ON CONFLICT (run_id, call_id) DO UPDATE
      SET status = 'pending', call_hash = excluded.call_hash, rule = excluded.rule, reason = excluded.reason, pattern = excluded.pattern,
        remember = NULL, decided_by = NULL, decision_reason = NULL, decided_at = NULL, created_at = now()
    ), ${openHandoffs('ended')}, ${
      kind === 'plain'
        ? ''
        : `${wakeParents(`SELECT id, parent_run FROM ended WHERE status = 'finished'`)}, waited AS (
      INSERT INTO waits (workspace_id, run_id, call_id, position, kind, deadline, children, mode)
      SELECT e.workspace_id, e.id, w."callId", w.position, w.kind, w.deadline, w.children, w.mode
      FROM ended e,
        json_to_recordset(e.waits) AS w("callId" text, position int, kind text, deadline timestamptz, children uuid[], mode text)
      ON CONFLICT (run_id, call_id, position) DO NOTHING
    ), `
    }freed AS (
      UPDATE conversations c
      SET state = e.state, contact = COALESCE(e.contact, c.contact), updated_at = now(),
        active_run = CASE WHEN c.last_turn > e.turn THEN c.active_run END
      FROM ended e WHERE c.id = ANY(ARRAY(SELECT conversation_id FROM ended)) AND c.id = e.conversation_id
      RETURNING e.id, c.last_turn > e.turn AS followed
    )
    ${
      kind === 'plain'
        ? 'SELECT id, followed, id IN (SELECT run_id FROM opened) AS opened FROM freed'
        : `SELECT f.id, f.followed, f.id IN (SELECT run_id FROM opened) AS opened, (SELECT json_agg(json_build_object('conversationId', a.conversation_id, 'child', a.parent_run IS NOT NULL))
        FROM (SELECT conversation_id, parent_run FROM woken WHERE ready UNION ALL SELECT conversation_id, parent_run FROM ended WHERE status = 'queued') a
      ) AS ready FROM freed f`
    }`,
});

/** $1 finished turns, $2 their runs. Answers the runs whose fence still held, and whether later messages wait. */
export const finishStatement = ending('run-finish', 'plain');
/** The same for one run that another one started; tells that one. Answers what is ready to go on, too. */
export const finishChildStatement = ending('run-finish-child', 'child');
/** The same for one run that waits for child runs, a time, or an answer from outside. It may be ready to go on at once. */
export const suspendStatement = ending('run-suspend', 'waiting');

/**
 * $1 conversation, $2 the run whose turn ended (null: none is active), $3 process, $4 the last turn seen before.
 * Hands the conversation to its next queued run, or frees it. No row: the conversation changed meanwhile; look again.
 */
export const nextStatement: Statement = {
  name: 'run-next',
  text: `
    WITH next AS (
      SELECT q.id FROM runs q WHERE q.conversation_id = $1 AND q.status = 'queued' AND q.parent_run IS NULL AND ${enabled('q')}
      ORDER BY q.turn LIMIT 1 FOR UPDATE OF q
    ), taken AS (
      UPDATE conversations c SET active_run = (SELECT id FROM next)
      WHERE c.id = $1 AND c.active_run IS NOT DISTINCT FROM $2::uuid AND c.handler = 'agent' AND (EXISTS (SELECT FROM next) OR c.last_turn = $4)
      RETURNING c.id
    ), claimed AS (
      UPDATE runs r SET status = 'running', owner = $3, fence = r.fence + 1, outcome = NULL, waiting_for = NULL, claimed_at = now(), finished_at = NULL
      FROM next, taken WHERE r.id = next.id
      RETURNING r.id
    )
    SELECT taken.id AS conversation, claimed.id AS run FROM taken LEFT JOIN claimed ON true`,
};

/** $1 process, $2 lease in milliseconds, $3 host, $4 pid. */
export const renewStatement: Statement = {
  name: 'lease-renew',
  text: `
    INSERT INTO processes (id, host, pid, lease_until) VALUES ($1, $3, $4, now() + $2 * interval '1 millisecond')
    ON CONFLICT (id) DO UPDATE SET lease_until = excluded.lease_until`,
};

/** How often a run was claimed after the claim that stored its last step: each claim raises the fence, and a step has the fence of its claim. */
const claimsInVain = `GREATEST(0, r.fence - COALESCE((SELECT max(s.fence) FROM steps s WHERE s.run_id = r.id), 1)
  - (SELECT count(*) FROM waits w WHERE w.run_id = r.id
      AND w.answered_at > COALESCE((SELECT max(s.created_at) FROM steps s WHERE s.run_id = r.id), '-infinity'))::int)`;

const takeOver = (name: string, owner: string): Statement => ({
  name,
  text: `
    WITH lapsed AS (
      SELECT r.id, ${claimsInVain} AS vain FROM runs r
      WHERE ${owner} AND r.status = 'running' AND r.agent = ANY($3::text[]) AND ${enabled('r')}
      ORDER BY vain LIMIT $2 FOR UPDATE OF r SKIP LOCKED
    ), chosen AS (
      SELECT id FROM lapsed WHERE vain < 1
      UNION ALL
      (SELECT id FROM lapsed WHERE vain >= 1 AND $4::boolean ORDER BY vain, id LIMIT 1)
    )
    UPDATE runs r SET owner = $1, fence = r.fence + 1, recoveries = r.recoveries + 1, claimed_at = now(),
      -- As far as is known: up to its last step.
      worked_ms = r.worked_ms + GREATEST(0, extract(epoch FROM (SELECT max(s.created_at) FROM steps s WHERE s.run_id = r.id)
        - COALESCE(r.claimed_at, r.created_at)) * 1000)::int
    FROM chosen WHERE r.id = chosen.id
    RETURNING r.id`,
});

/**
 * $1 process, $2 at most, $3 agents, $4 whether one that was taken over in vain is taken too. Looks at the runs of owners whose lease has lapsed only: the index of running runs also holds what is
 * long over and not yet vacuumed. A run whose row is locked is being written by a live owner: left for the next look.
 */
export const takeOverStatement = takeOver(
  'run-take-over',
  'r.owner = ANY(ARRAY(SELECT p.id FROM processes p WHERE p.lease_until < now() AND p.id <> $1))',
);

/** The same for owners that no longer have a row at all: a process that was frozen for long, and killed as it woke up. Rarely asked. */
export const takeOverUnknownStatement = takeOver(
  'run-take-over-unknown',
  'r.owner <> $1 AND NOT EXISTS (SELECT FROM processes p WHERE p.id = r.owner)',
);

/** Ends the lease of processes ($1): what they have is free to be taken over. The row stays until nothing is left of theirs. */
export const lapseStatement: Statement = {
  name: 'lease-lapse',
  text: `UPDATE processes SET lease_until = '-infinity' WHERE id = ANY($1::uuid[])`,
};

/** Forgets processes that are gone and whose runs have all been taken over. */
export const forgetStatement: Statement = {
  name: 'lease-forget',
  text: `
    DELETE FROM processes p
    WHERE p.lease_until < now() - interval '1 minute' AND NOT EXISTS (SELECT FROM runs r WHERE r.owner = p.id AND r.status = 'running')`,
};

/**
 * Queued runs that no turn will hand over to, because the process that should have is gone. A turn that has just ended is about to hand over
 * itself. What waited goes on wherever it can, to fail where its agent is gone. $1 at most, $2 agents.
 */
export const orphansStatement: Statement = {
  name: 'run-orphans',
  text: `
    SELECT DISTINCT c.id AS conversation, c.active_run AS after
    FROM runs r JOIN conversations c ON c.id = r.conversation_id LEFT JOIN runs a ON a.id = c.active_run
    WHERE r.status = 'queued' AND r.parent_run IS NULL AND (r.agent = ANY($2::text[]) OR r.waiting_for IS NOT NULL) AND c.handler = 'agent'
      AND ${enabled('r')} AND (a.id IS NULL OR (a.status <> 'running' AND (a.finished_at IS NULL OR a.finished_at < now() - interval '500 milliseconds')))
    LIMIT $1`,
};

/** $1 process. */
export const ownedStatement: Statement = {
  name: 'run-owned',
  text: `SELECT id, fence FROM runs WHERE owner = $1 AND status = 'running'`,
};

/** $1 run, $2 process, $3 fence. */
export const reclaimStatement: Statement = {
  name: 'run-reclaim',
  text: `
    UPDATE runs SET fence = fence + 1, recoveries = recoveries + 1
    WHERE id = $1 AND owner = $2 AND fence = $3 AND status = 'running' RETURNING id`,
};

/** $1 runs, $2 process. All that is needed to go on with those that are still this process's: it may have been frozen since it claimed them. */
export const loadStatement: Statement = {
  name: 'run-load',
  text: `
    SELECT r.id, r.workspace_id, r.conversation_id, r.turn, r.fence, r.recoveries, ${claimsInVain} + 1 AS attempts, r.asked_by, r.agent, r.agent_version, r.arm, r.created_at,
      r.parent_run, r.budget, r.worked_ms, ${waitsOfRun} AS waits, ${givenToChildren('r.id')} AS given, c.channel, c.contact, c.state, c.started_by, w.time_zone, m.text,
      m.parts, (SELECT json_agg(s.data ORDER BY s.index) FROM steps s WHERE s.run_id = r.id) AS steps,
      ${history('r.conversation_id', 'r.turn')} AS history
    FROM runs r
      JOIN conversations c ON c.id = r.conversation_id
      JOIN workspaces w ON w.workspace_id = r.workspace_id
      JOIN messages m ON m.conversation_id = r.conversation_id AND m.turn = r.turn AND m.role = 'user'
    WHERE r.id = ANY($1::uuid[]) AND r.owner = $2 AND r.status = 'running'`,
};

/** $1 conversation, $2 turn. The history anew, where the one that came with the claim was read too early. */
export const historyStatement: Statement = { name: 'run-history', text: `SELECT ${history('$1::uuid', '$2::int')} AS history` };

/** $1 workspace, $2 conversation, $3 from this turn on, $4 before this one. What the model calls of later turns are shown of earlier ones. A turn without a question is what the agent sent by itself. */
export const transcriptStatement: Statement = {
  name: 'run-transcript',
  text: `
    WITH said AS (
      SELECT turn, role, run_id, text, parts, author_name FROM messages
      WHERE conversation_id = $2 AND workspace_id = $1 AND turn >= $3 AND turn < $4
    )
    SELECT COALESCE(u.turn, a.turn) AS turn, COALESCE(u.role, 'user') AS role, u.text, u.parts, u.author_name AS author, a.text AS reply,
      (SELECT json_agg(s.data ORDER BY s.index) FROM steps s WHERE s.run_id = u.run_id AND s.kind IN ('model-call', 'plan', 'tool-call')) AS steps
    FROM (SELECT * FROM said WHERE role IN ('user', 'person')) u FULL JOIN (SELECT * FROM said WHERE role = 'assistant') a ON a.turn = u.turn
    ORDER BY 1`,
};
