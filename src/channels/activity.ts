/** How connections fare: who wrote last, what was sent last, what waits and what failed. */
import type { DatabasePool } from '../store/database.ts';
import { hasFailed } from './deliveries.ts';

export interface ConnectionActivity {
  connection: string;
  /** When a contact wrote last, by the provider's clock. */
  heardAt: string | null;
  sentAt: string | null;
  /** Deliveries that wait or are under way. */
  waiting: number;
  /** The latest deliveries, and how many of them were refused, are unclear or failed. */
  recent: number;
  failed: number;
}

/** So many of the latest deliveries of a connection are looked at. */
const looked = 100;

/** Of all connections of a workspace. One round trip. */
export async function connectionActivity(pool: DatabasePool, workspaceId: string): Promise<ConnectionActivity[]> {
  const rows = await pool.executeText<{
    connection: string;
    heard_at: Date | null;
    sent_at: Date | null;
    waiting: number;
    recent: number;
    failed: number;
  }>(
    `SELECT k.id AS connection, d.sent_at, d.recent, d.failed,
       (SELECT max(t.heard_at) FROM channel_threads t
        WHERE t.workspace_id = $1 AND t.connection_id = k.id AND t.heard_at > '-infinity') AS heard_at,
       (SELECT count(*)::int FROM channel_deliveries o
        WHERE o.workspace_id = $1 AND o.connection_id = k.id AND o.state IN ('pending', 'sending')) AS waiting
     FROM channel_connections k, LATERAL (
       SELECT max(ended_at) FILTER (WHERE state = 'sent') AS sent_at, count(*)::int AS recent,
         (count(*) FILTER (WHERE ${hasFailed}))::int AS failed
       FROM (SELECT state, status, ended_at FROM channel_deliveries WHERE workspace_id = $1 AND connection_id = k.id
             ORDER BY sequence DESC LIMIT ${looked}) latest) d
     WHERE k.workspace_id = $1`,
    [workspaceId],
  );
  return rows.map(({ heard_at, sent_at, ...rest }) => ({
    ...rest,
    heardAt: heard_at?.toISOString() ?? null,
    sentAt: sent_at?.toISOString() ?? null,
  }));
}
