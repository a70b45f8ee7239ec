/** A session is a conversation: its mode, its title, its list of steps, and what the model last saw of each file. */
import { sql } from '../../src/database.ts';
import type { Database, JsonObject, WorkspaceAccess } from '../../src/index.ts';
import type { CoderMode } from './contract.ts';

export interface CoderSession {
  mode: CoderMode;
  title: string;
  plan: readonly PlanItem[];
  forked: { conversation: string; text: string } | undefined;
}

export interface PlanItem {
  text: string;
  state: 'open' | 'doing' | 'done';
}

const fresh: CoderSession = { mode: 'ask', title: '', plan: [], forked: undefined };

export async function loadSession(database: Database, workspaceId: string, conversationId: string): Promise<CoderSession> {
  const { rows } = await database.execute<{
    mode: CoderMode;
    title: string;
    plan: PlanItem[];
    forked: CoderSession['forked'] | null;
  }>(sql`
    SELECT mode, title, plan, forked FROM coder_sessions WHERE workspace_id = ${workspaceId} AND conversation_id = ${conversationId}`);
  const [row] = rows;
  return row === undefined ? fresh : { ...row, forked: row.forked ?? undefined };
}

/** Changes what is named; a session that has no row yet gets one. */
export async function saveSession(
  database: Database,
  access: Pick<WorkspaceAccess, 'workspaceId' | 'now'>,
  conversationId: string,
  changes: { mode?: CoderMode | undefined; title?: string | undefined; plan?: readonly PlanItem[]; forked?: JsonObject },
): Promise<void> {
  const { mode = null, title = null, plan, forked } = changes;
  const planText = plan === undefined ? null : JSON.stringify(plan);
  const forkedText = forked === undefined ? null : JSON.stringify(forked);
  const at = sql`${access.now().toISOString()}::timestamptz`;
  await database.execute(sql`
    INSERT INTO coder_sessions AS s (workspace_id, conversation_id, mode, title, plan, forked, updated_at)
    VALUES (${access.workspaceId}, ${conversationId}, coalesce(${mode}, 'ask'), coalesce(${title}, ''), coalesce(${planText}::jsonb, '[]'),
      ${forkedText}::jsonb, ${at})
    ON CONFLICT (workspace_id, conversation_id) DO UPDATE SET mode = coalesce(${mode}, s.mode), title = coalesce(${title}, s.title),
      plan = coalesce(${planText}::jsonb, s.plan), forked = coalesce(${forkedText}::jsonb, s.forked), updated_at = excluded.updated_at`);
}

/** The mode of a session, and what its model last saw of these files, in one round trip. */
export async function modeAndReads(
  access: Pick<WorkspaceAccess, 'workspaceId' | 'query'>,
  conversationId: string,
  paths: readonly string[] = [],
): Promise<{ mode: CoderMode; reads: ReadonlyMap<string, string> }> {
  const { workspaceId } = access;
  const { rows } = await access.query((database) =>
    database.execute<{ mode: CoderMode | null; reads: Record<string, string> | null }>(sql`
      SELECT
        (SELECT mode FROM coder_sessions WHERE workspace_id = ${workspaceId} AND conversation_id = ${conversationId}) AS mode,
        (SELECT jsonb_object_agg(path, hash) FROM coder_reads WHERE workspace_id = ${workspaceId}
          AND conversation_id = ${conversationId} AND path = ANY(${sql.param([...paths])}::text[])) AS reads`),
  );
  return { mode: rows[0]?.mode ?? 'ask', reads: new Map(Object.entries(rows[0]?.reads ?? {})) };
}
