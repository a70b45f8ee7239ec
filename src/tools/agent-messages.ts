/** Messages that an agent sends by itself, outside of the reply of a turn. */
import type pg from 'pg';
import { TimonelError } from '../errors.ts';
import type { DatabasePool } from '../store/database.ts';
import { storableJson, storableText } from '../store/storable.ts';
import type { Reply } from '../vocabulary.ts';

export interface NewAgentMessage {
  workspaceId: string;
  agent: string;
  conversationId: string;
  /** Id of the run that stands for the message, where it is new. */
  runId: string;
  text: string;
  parts: NonNullable<Reply['parts']>;
  options: readonly string[];
  /** Of one message in the conversation; keys of people's messages are apart. */
  key: string;
  /** `job:…` or `run:…`, for the record. */
  by: string;
}

/** A message of an agent as it is stored. */
export interface StoredAgentMessage {
  runId: string;
  turn: number;
  /** A message with its key is there already: nothing was stored. */
  known: boolean;
  /** The run that the conversation is at, where there is one. */
  activeRun: string | undefined;
}

interface SendRow {
  known_run: string | null;
  known_turn: number | null;
  run: string | null;
  turn: number | null;
  status: 'open' | 'closed';
  handler: 'agent' | 'person';
  disabled: boolean;
  missing: string | null;
  active_run: string | null;
}

/**
 * $1 workspace, $2 conversation, $3 agent, $4 run, $5 text, $6 parts, $7 options, $8 key, $9 by, $10 artifacts, $11 the reply as a step.
 *
 * The message is a turn without a question: it has a run that has ended, so that it is read, rated, exported and erased as replies are. A turn under
 * way keeps its own, lower number. Of two that send the same key at once, one stores nothing but a number that no turn has.
 */
const sendText = `
  WITH place AS (
    SELECT c.id, c.status, c.handler, c.active_run, w.disabled_at IS NOT NULL AS disabled
    FROM conversations c JOIN workspaces w ON w.workspace_id = c.workspace_id
    WHERE c.id = $2::uuid AND c.workspace_id = $1 AND c.agent = $3
  ), known AS (
    SELECT m.run_id, m.turn FROM messages m, place p WHERE m.conversation_id = p.id AND m.workspace_id = $1 AND m.idempotency_key = $8
  ), missing AS (
    SELECT min(wanted.id::text) AS id FROM unnest($10::uuid[]) AS wanted(id)
    WHERE NOT EXISTS (SELECT FROM artifacts a WHERE a.id = wanted.id AND a.workspace_id = $1
      AND (a.conversation_id = $2::uuid OR (a.conversation_id IS NULL AND a.created_by = 'agent:' || $3)))
  ), turn AS (
    UPDATE conversations c SET last_turn = c.last_turn + 1, updated_at = now()
    FROM place p, missing x
    WHERE c.id = p.id AND c.status = 'open' AND c.handler = 'agent' AND NOT p.disabled AND x.id IS NULL AND NOT EXISTS (SELECT FROM known)
    RETURNING c.id, c.workspace_id, c.last_turn, c.agent, c.agent_version, c.arm
  ), bound AS (
    UPDATE artifacts a SET conversation_id = t.id FROM turn t
    WHERE a.id = ANY($10::uuid[]) AND a.workspace_id = t.workspace_id AND a.conversation_id IS NULL
  ), message AS (
    INSERT INTO messages (workspace_id, conversation_id, turn, role, run_id, text, parts, options, idempotency_key)
    SELECT workspace_id, id, last_turn, 'assistant', $4::uuid, $5, $6::jsonb, $7::jsonb, $8 FROM turn
    ON CONFLICT (conversation_id, idempotency_key) WHERE idempotency_key IS NOT NULL DO NOTHING
    RETURNING run_id, turn
  ), run AS (
    INSERT INTO runs (id, workspace_id, conversation_id, turn, agent, agent_version, arm, status, outcome, sent_by, finished_at)
    SELECT m.run_id, t.workspace_id, t.id, t.last_turn, t.agent, t.agent_version, t.arm, 'finished', 'replied', $9, now() FROM turn t, message m
  ), step AS (
    INSERT INTO steps (workspace_id, run_id, index, kind, fence, data)
    SELECT t.workspace_id, m.run_id, 0, 'reply', 0, $11::jsonb FROM turn t, message m
  )
  SELECT (SELECT run_id FROM known) AS known_run, (SELECT turn FROM known) AS known_turn, (SELECT run_id FROM message) AS run,
    (SELECT turn FROM message) AS turn, p.status, p.handler, p.disabled, (SELECT id FROM missing) AS missing, p.active_run
  FROM place p`;

const identifier = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Stores what agents send by themselves, on both stores. */
export class AgentMessages {
  readonly #pool: DatabasePool;

  constructor(pool: DatabasePool) {
    this.#pool = pool;
  }

  /** What people wrote in a conversation lately, the latest first. */
  async heard(workspaceId: string, conversationId: string, client?: pg.ClientBase): Promise<string[]> {
    if (!identifier.test(conversationId)) return [];
    const text = `SELECT text FROM messages WHERE conversation_id = $2 AND workspace_id = $1 AND role = 'user' ORDER BY turn DESC LIMIT 10`;
    const values = [workspaceId, conversationId];
    const rows =
      client === undefined
        ? await this.#pool.executeText<{ text: string }>(text, values)
        : (await client.query<{ text: string }>(text, values)).rows;
    return rows.map((row) => row.text);
  }

  /**
   * One round trip; two where another process sent the same at the same moment.
   * @param client the transaction that it is part of, where there is one.
   * @throws TimonelError `conversation_not_found`, `conversation_closed`, `handled_by_person`, `workspace_disabled`, `artifact_not_found`
   */
  async send(message: NewAgentMessage, client?: pg.ClientBase): Promise<StoredAgentMessage> {
    const { agent, conversationId, text, parts, options } = message;
    const artifacts = parts.flatMap((part) => (part.type === 'location' ? [] : [part.artifact]));
    const unreadable = artifacts.find((id) => !identifier.test(id));
    if (unreadable !== undefined) throw artifactMissing(unreadable);
    if (!identifier.test(conversationId)) throw notFound(conversationId, agent);
    const reply: Reply = {
      text,
      ...(parts.length === 0 ? {} : { parts }),
      ...(options.length === 0 ? {} : { options: [...options] }),
    };
    const values = [
      message.workspaceId,
      conversationId,
      agent,
      message.runId,
      storableText(text),
      parts.length === 0 ? null : storableJson(parts),
      options.length === 0 ? null : storableJson(options),
      message.key,
      message.by,
      artifacts,
      storableJson({ kind: 'reply', reply, outcome: 'replied' }),
    ];
    const statement = { name: 'agent-message-send', text: sendText };
    for (let look = 1; ; look++) {
      const [row] =
        client === undefined
          ? await this.#pool.execute<SendRow>(statement, values)
          : (await client.query<SendRow>({ ...statement, values })).rows;
      if (row === undefined) throw notFound(conversationId, agent);
      const activeRun = row.active_run ?? undefined;
      if (row.known_run !== null && row.known_turn !== null)
        return { runId: row.known_run, turn: row.known_turn, known: true, activeRun };
      if (row.run !== null && row.turn !== null) return { runId: row.run, turn: row.turn, known: false, activeRun };
      if (row.disabled) {
        const said = `The workspace "${message.workspaceId}" is disabled, and nothing is sent in it until an operator enables it.`;
        throw new TimonelError('workspace_disabled', said);
      }
      if (row.status === 'closed') {
        const said = `The conversation ${conversationId} is closed, or its data was erased. A message needs an open one.`;
        throw new TimonelError('conversation_closed', said);
      }
      if (row.handler === 'person')
        throw new TimonelError('handled_by_person', 'A person has the conversation. The agent may speak once it is handed back.');
      if (row.missing !== null) throw artifactMissing(row.missing);
      if (look === 3) throw new TimonelError('internal', 'The message could not be stored.');
    }
  }
}

function notFound(conversationId: string, agent: string): TimonelError {
  return new TimonelError(
    'conversation_not_found',
    `There is no conversation ${conversationId} with the agent "${agent}" in this workspace. An agent sends in conversations of its own.`,
  );
}

function artifactMissing(id: string): TimonelError {
  return new TimonelError(
    'artifact_not_found',
    `There is no artifact ${id} in the conversation, nor one that the agent made outside of one. Store it with artifacts.put first.`,
  );
}
