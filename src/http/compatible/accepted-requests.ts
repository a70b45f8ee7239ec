import type { DatabasePool } from '../../store/database.ts';

/** Where to look for what a request repeats or continues. Texts that are absent are not looked for. */
export interface RequestPlace {
  workspaceId: string;
  fingerprint: string;
  agent: string;
  channel: string;
  /** Who asks, as conversations have it: "user:…" or "api-key:…". */
  startedBy: string;
  address: string | undefined;
  /** Hash of what the user said before, and how many messages that was. */
  history: { head: string; length: number } | undefined;
}

/** A request of the same fingerprint that was accepted before. */
export interface KnownRequest {
  runId: string;
  conversationId: string;
  content: string;
  /** `gone`: the run is not there (any more). `held`: there was none, since a person had the conversation. */
  state: 'under way' | 'over' | 'gone' | 'held';
  /** Milliseconds since the turn ended; null while it is under way. */
  overMs: number | null;
  /** Nobody received the answer: the caller went away, was told to come back, or lost the process that it waited at. */
  unanswered: boolean;
  /** The process that had the run is gone, so that perhaps nobody received the answer. */
  ownerGone: boolean;
}

export interface KnownConversation {
  id: string;
  /** Number of its last turn. */
  turns: number;
}

export interface FoundRequests {
  /** Latest first. */
  requests: KnownRequest[];
  /** The open conversation at the address; `length`: how many messages of the user came along with its last one, itself included. */
  atAddress: (KnownConversation & { length: number | null }) | undefined;
  /** Open conversations in which the same was said, latest first; with the replies of as many turns as the history has. */
  continued: (KnownConversation & { replies: { turn: number; text: string; fixed: boolean }[] })[];
}

/** Finds what a request repeats, and which conversation it goes on with. */
export class AcceptedRequests {
  readonly #pool: DatabasePool;

  constructor(pool: DatabasePool) {
    this.#pool = pool;
  }

  /** One round trip. */
  async find(place: RequestPlace): Promise<FoundRequests> {
    const [row] = await this.#pool.execute<{
      requests: KnownRequest[] | null;
      at_address: FoundRequests['atAddress'] | null;
      continued: (KnownConversation & { replies: FoundRequests['continued'][number]['replies'] | null })[] | null;
    }>({ name: 'request-find', text: find }, [
      place.workspaceId,
      place.fingerprint,
      place.agent,
      place.channel,
      place.startedBy,
      place.address ?? null,
      place.history?.head ?? null,
      place.history?.length ?? 0,
    ]);
    return {
      requests: row?.requests ?? [],
      atAddress: row?.at_address ?? undefined,
      continued: (row?.continued ?? []).map((each) => ({ ...each, replies: each.replies ?? [] })),
    };
  }

  /** Writes down whether somebody received the answer of a run. */
  async mark(workspaceId: string, runId: string, unanswered: boolean): Promise<void> {
    await this.#pool.execute(
      {
        name: 'request-mark',
        text: `UPDATE accepted_requests q SET unanswered = $3 FROM runs r
          WHERE r.id = $2 AND r.workspace_id = $1 AND q.workspace_id = $1 AND q.conversation_id = r.conversation_id AND q.run_id = r.id`,
      },
      [workspaceId, runId, unanswered],
    );
  }
}

/**
 * A turn that was taken over has lost the connection of the caller that waited for it. Where a person
 * decided about a turn, or had the conversation when its message came, its reply was another one before.
 */
const find = `
  WITH same AS (
    SELECT q.run_id, q.conversation_id, q.content, q.unanswered FROM accepted_requests q
    WHERE q.workspace_id = $1 AND q.fingerprint = $2 ORDER BY q.slot DESC LIMIT 20
  ), request AS (
    SELECT same.*, r.id IS NULL AS gone,
      r.id IS NULL AND EXISTS (SELECT FROM messages h WHERE h.conversation_id = same.conversation_id AND h.role = 'user' AND h.run_id = same.run_id) AS held, r.status IN ('finished', 'waiting') AS over, r.recoveries,
      COALESCE(r.finished_at, m.created_at) AS ended,
      r.owner IS NOT NULL AND NOT EXISTS (SELECT FROM processes p WHERE p.id = r.owner AND p.lease_until > now()) AS owner_gone
    FROM same
      LEFT JOIN runs r ON r.id = same.run_id AND r.workspace_id = $1
      LEFT JOIN messages m ON m.conversation_id = r.conversation_id AND m.turn = r.turn AND m.role = 'assistant'
  )
  SELECT
    (SELECT json_agg(json_build_object('runId', q.run_id, 'conversationId', q.conversation_id, 'content', q.content,
        'state', CASE WHEN q.held THEN 'held' WHEN q.gone THEN 'gone' WHEN q.over THEN 'over' ELSE 'under way' END,
        'overMs', CASE WHEN q.over THEN GREATEST(0, extract(epoch FROM now() - q.ended) * 1000) END,
        'unanswered', NOT q.gone AND COALESCE(q.unanswered, q.recoveries > 0),
        'ownerGone', q.unanswered IS NULL AND q.owner_gone)) FROM request q) AS requests,
    (SELECT json_build_object('id', c.id, 'turns', c.last_turn, 'length', m.history_length)
      FROM conversation_addresses a
        JOIN conversations c ON c.id = a.conversation_id AND c.workspace_id = a.workspace_id
        LEFT JOIN messages m ON m.conversation_id = c.id AND m.turn = c.last_turn AND m.role = 'user'
      WHERE a.workspace_id = $1 AND a.agent = $3 AND a.channel = $4 AND a.address = $6 AND c.status = 'open') AS at_address,
    (SELECT json_agg(json_build_object('id', k.id, 'turns', k.last_turn, 'replies', (
        SELECT json_agg(json_build_object('text', m.text, 'turn', k.last_turn
              - (SELECT count(*) FROM messages u WHERE u.conversation_id = k.id AND u.role = 'user' AND u.turn > m.turn),
            'fixed', NOT EXISTS (SELECT FROM approvals p WHERE p.run_id = m.run_id) AND NOT EXISTS (SELECT FROM messages h
              WHERE h.conversation_id = m.conversation_id AND h.turn = m.turn AND h.role = 'user' AND h.held)) ORDER BY m.turn)
          FROM messages m WHERE m.conversation_id = k.id AND m.role = 'assistant' AND m.turn > k.last_turn - $8::int)))
      FROM (
        SELECT c.id, c.last_turn FROM messages h JOIN conversations c ON c.id = h.conversation_id
        WHERE h.workspace_id = $1 AND h.history_head = $7 AND c.workspace_id = $1 AND c.agent = $3 AND c.channel = $4 AND c.started_by = $5
          AND c.status = 'open'
          -- What people of the workspace said since is nothing that the client continues from.
          AND NOT EXISTS (SELECT FROM messages u WHERE u.conversation_id = h.conversation_id AND u.turn > h.turn AND u.role = 'user')
        ORDER BY h.created_at DESC LIMIT 8
      ) k) AS continued`;
