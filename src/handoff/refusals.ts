/** Why a person may not do something with a conversation, as it is now. */
import type pg from 'pg';
import { TimonelError } from '../errors.ts';
import type { Origin, Principal } from '../identity/principal.ts';
import { reachValues, withinReach } from '../store/reach.ts';
import { conversationNotFound } from '../store/run-views.ts';
import type { Reach } from '../vocabulary.ts';

/** Who does something, and which conversations they reach. */
export interface HandoffActor {
  principal: Principal;
  reach: Reach;
  origin: Origin;
}

/** A conversation with its open hand-off. */
export interface SeenConversation {
  handler: 'agent' | 'person';
  status: 'open' | 'closed';
  agent: string;
  connection_id: string | null;
  started_by: string | null;
  handoff: string | null;
  assignee: string | null;
  assignee_name: string | null;
}

/** @throws TimonelError `conversation_not_found` */
export async function seenConversation(
  client: pg.ClientBase,
  { principal, reach }: HandoffActor,
  conversationId: string,
): Promise<SeenConversation> {
  const { rows } = await client.query<SeenConversation>(
    `SELECT c.handler, c.status, c.agent, c.connection_id, c.started_by, h.id AS handoff, h.assignee, h.assignee_name
     FROM conversations c LEFT JOIN handoffs h ON h.conversation_id = c.id AND h.closed_at IS NULL
     WHERE c.id = $2 AND c.workspace_id = $1 AND ${withinReach('c')}`,
    [principal.workspaceId, conversationId, ...reachValues(reach)],
  );
  if (rows[0] === undefined) throw conversationNotFound(conversationId);
  return rows[0];
}

export function idOf({ kind, id }: Pick<Principal, 'kind' | 'id'>): string {
  return `${kind}:${id}`;
}

export function requireOpen({ status }: SeenConversation): void {
  if (status === 'closed')
    throw new TimonelError('conversation_closed', 'The conversation is closed. Start a new one with POST /api/v1/conversations.');
}

export function hadBy({ assignee, assignee_name }: SeenConversation): TimonelError {
  return new TimonelError(
    'handled_by_person',
    `${assignee_name} has the conversation. Somebody with "conversations:assign" can give it to you.`,
    {
      details: { assignee: { id: assignee, name: assignee_name } },
    },
  );
}

export function notYours({ handler, assignee_name }: SeenConversation): TimonelError {
  const whose = handler === 'agent' ? 'The agent has the conversation' : `${assignee_name} has the conversation`;
  return new TimonelError('not_in_your_hands', `${whose}. Take it first: POST /api/v1/conversations/<id>/take.`);
}

export function mayNotAnswer(userId: string): TimonelError {
  return new TimonelError(
    'not_found',
    `There is no member ${userId} who may answer in this conversation. GET /api/v1/users lists the members; the permission is "conversations:reply".`,
  );
}
