/** Conversations of a workspace, the newest first, for people who look after them. */

import type { DatabasePool } from '../store/database.ts';
import { containing, type Place, placeIn } from '../store/list-places.ts';
import { reachValues, withinReach } from '../store/reach.ts';
import type { Contact, HandoffReason, Reach } from '../vocabulary.ts';

export interface ConversationFilter {
  handler?: 'agent' | 'person' | undefined;
  /** Whether a hand-off is open. */
  waiting?: boolean | undefined;
  /** Of the open hand-off: who ("user:…"), or `none`. */
  assignee?: string | undefined;
  status?: 'open' | 'closed' | undefined;
  agent?: string | undefined;
  arm?: string | undefined;
  channel?: string | undefined;
  /** Something was said that nobody of the workspace has seen. */
  unread?: boolean | undefined;
  /** Part of the beginning of a message; three characters at least, for the index to be of use. */
  text?: string | undefined;
  /** Of the same contact on a channel as this conversation, which is among them. */
  contactOf?: string | undefined;
  after: Place | undefined;
  limit: number;
}

export interface ListedConversation {
  id: string;
  agent: string;
  agentVersion: string;
  release: string | null;
  arm: string;
  channel: string;
  contact: Contact | null;
  status: 'open' | 'closed';
  handler: 'agent' | 'person';
  unread: boolean;
  createdAt: Date;
  updatedAt: Date;
  /** The beginning of what was said last. */
  last: { role: 'user' | 'assistant' | 'person'; text: string } | null;
  handoff: {
    id: string;
    reason: HandoffReason;
    priority: 'normal' | 'urgent';
    dueAt: string;
    assignee: { id: string; name: string } | null;
  } | null;
  place: Place;
}

/** One round trip. Conversations of runs that other runs started are no conversations of people. */
export async function listConversations(
  pool: DatabasePool,
  workspaceId: string,
  reach: Reach,
  filter: ConversationFilter,
): Promise<ListedConversation[]> {
  const { handler, waiting, assignee, status, agent, arm, channel, unread, text, contactOf, after, limit } = filter;
  return pool.execute<ListedConversation>({ name: 'conversations-list', text: listStatement }, [
    workspaceId,
    agent ?? null,
    ...reachValues(reach),
    handler ?? null,
    waiting ?? null,
    assignee ?? null,
    status ?? null,
    arm ?? null,
    channel ?? null,
    unread ?? null,
    text === undefined ? null : containing(text),
    after?.[0] ?? null,
    after?.[1] ?? null,
    limit,
    contactOf ?? null,
  ]);
}

const listStatement = `
  SELECT c.id, c.agent, c.agent_version AS "agentVersion", c.release, c.arm, c.channel, c.contact, c.status, c.handler,
    c.last_turn > c.seen_turn AS unread, c.created_at AS "createdAt", c.updated_at AS "updatedAt",
    (SELECT json_build_object('role', m.role, 'text', left(m.text, 200)) FROM messages m WHERE m.conversation_id = c.id ORDER BY m.turn DESC, m.role
      LIMIT 1) AS last,
    CASE WHEN h.id IS NOT NULL THEN json_build_object('id', h.id, 'reason', h.reason, 'priority', h.priority,
      'dueAt', to_char(h.due_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
      'assignee', CASE WHEN h.assignee IS NOT NULL THEN json_build_object('id', h.assignee, 'name', h.assignee_name) END) END AS handoff,
    ${placeIn('c.created_at', 'c.id')} AS place
  FROM conversations c LEFT JOIN handoffs h ON h.conversation_id = c.id AND h.closed_at IS NULL
  WHERE c.workspace_id = $1 AND ($2::text IS NULL OR c.agent = $2) AND ${withinReach('c')} AND c.channel <> 'run'
    AND ($5::text IS NULL OR c.handler = $5) AND ($6::boolean IS NULL OR (h.id IS NOT NULL) = $6)
    AND ($7::text IS NULL OR (h.id IS NOT NULL AND h.assignee IS NOT DISTINCT FROM NULLIF($7, 'none')))
    AND ($8::text IS NULL OR c.status = $8) AND ($9::text IS NULL OR c.arm = $9) AND ($10::text IS NULL OR c.channel = $10)
    AND ($11::boolean IS NULL OR (c.last_turn > c.seen_turn) = $11)
    AND ($12::text IS NULL OR c.id IN (SELECT m.conversation_id FROM messages m WHERE m.workspace_id = $1 AND left(m.text, 2000) ILIKE $12))
    AND ($16::uuid IS NULL OR c.contact_id = (SELECT o.contact_id FROM conversations o WHERE o.id = $16 AND o.workspace_id = $1))
    AND ($13::timestamptz IS NULL OR (c.created_at, c.id) < ($13, $14::uuid))
  ORDER BY c.created_at DESC, c.id DESC LIMIT $15`;
