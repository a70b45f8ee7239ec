/** Hand-offs and notes, for people of the workspace. */
import type { DatabasePool } from '../store/database.ts';
import { type Place, placeIn } from '../store/list-places.ts';
import { reachValues, withinReach } from '../store/reach.ts';
import { conversationNotFound } from '../store/run-views.ts';
import type { HandoffReason, Reach } from '../vocabulary.ts';
import { type HandoffView, handoffColumns, type NoteView } from './contract.ts';
import type { HandoffActor } from './refusals.ts';

export interface QueueFilter {
  /** Who; `none` for those that are nobody's. */
  assignee?: string | undefined;
  taken?: boolean | undefined;
  priority?: 'normal' | 'urgent' | undefined;
  reason?: HandoffReason | undefined;
  agent?: string | undefined;
  /** Time and id of the last one of the page before. */
  after: Place | undefined;
  limit: number;
}

/** Open hand-offs, those that are due first. */
export async function handoffQueue(
  pool: DatabasePool,
  workspaceId: string,
  reach: Reach,
  filter: QueueFilter,
): Promise<(HandoffView & { place: Place })[]> {
  const { assignee, taken, priority, reason, agent, after, limit } = filter;
  return pool.execute(
    {
      name: 'handoff-queue',
      text: `
        SELECT ${handoffColumns}, ${placeIn('h.due_at', 'h.id')} AS place
        FROM handoffs h JOIN conversations c ON c.id = h.conversation_id
        WHERE h.workspace_id = $1 AND h.closed_at IS NULL AND ($2::text IS NULL OR h.agent = $2) AND ${withinReach('c')}
          AND ($5::text IS NULL OR h.assignee IS NOT DISTINCT FROM NULLIF($5, 'none'))
          AND ($6::boolean IS NULL OR (h.taken_at IS NOT NULL) = $6)
          AND ($7::text IS NULL OR h.priority = $7) AND ($8::text IS NULL OR h.reason = $8)
          AND ($9::timestamptz IS NULL OR (h.due_at, h.id) > ($9, $10::uuid))
        ORDER BY h.due_at, h.id LIMIT $11`,
    },
    [
      workspaceId,
      agent ?? null,
      ...reachValues(reach),
      assignee ?? null,
      taken ?? null,
      priority ?? null,
      reason ?? null,
      after?.[0] ?? null,
      after?.[1] ?? null,
      limit,
    ],
  );
}

/** The latest hundred hand-offs of a conversation, the latest first. @throws TimonelError `conversation_not_found` */
export async function handoffsOf(
  pool: DatabasePool,
  { principal, reach }: HandoffActor,
  conversationId: string,
): Promise<HandoffView[]> {
  return ofConversation<HandoffView>(
    pool,
    principal.workspaceId,
    conversationId,
    reach,
    `SELECT ${handoffColumns} FROM handoffs h WHERE h.conversation_id = c.id ORDER BY h.waiting_since DESC LIMIT 100`,
    ['waitingSince', 'dueAt', 'takenAt', 'closedAt'],
  );
}

/** The latest hundred notes of a conversation, oldest first. @throws TimonelError `conversation_not_found` */
export async function notesOf(pool: DatabasePool, { principal, reach }: HandoffActor, conversationId: string): Promise<NoteView[]> {
  const notes = await ofConversation<NoteView>(
    pool,
    principal.workspaceId,
    conversationId,
    reach,
    `SELECT n.id, n.author_name AS author, n.text, n.handed_on AS "handedOn", n.created_at AS at FROM conversation_notes n
     WHERE n.conversation_id = c.id ORDER BY n.created_at DESC, n.id DESC LIMIT 100`,
    ['at'],
  );
  return notes.reverse();
}

/** @param rows SQL of rows of the conversation `c`. @param times columns that are times, which come as text in JSON. */
async function ofConversation<T>(
  pool: DatabasePool,
  workspaceId: string,
  conversationId: string,
  reach: Reach,
  rows: string,
  times: readonly string[],
): Promise<T[]> {
  const [found] = await pool.executeText<{ rows: Record<string, unknown>[] | null }>(
    `SELECT (SELECT json_agg(x) FROM (${rows}) x) AS rows FROM conversations c WHERE c.id = $2 AND c.workspace_id = $1 AND ${withinReach('c')}`,
    [workspaceId, conversationId, ...reachValues(reach)],
  );
  if (found === undefined) throw conversationNotFound(conversationId);
  return (found.rows ?? []).map((row) => {
    const timed = times.map((name) => [name, row[name] === null ? null : new Date(String(row[name]))] as const);
    return { ...row, ...Object.fromEntries(timed) } as T;
  });
}
