/** A session is a conversation: its mode, its title, its list of steps, and what the model last saw of each file. */
import { sql } from '../../src/database.ts';
import type { Database, JsonObject, WorkspaceAccess } from '../../src/index.ts';
import type { CoderMode } from './contract.ts';
import type { DiagnosticsLevel } from './diagnostics/contract.ts';

export interface CoderSession {
  mode: CoderMode;
  diagnostics: DiagnosticsLevel;
  title: string;
  plan: readonly PlanItem[];
  forked: { conversation: string; text: string } | undefined;
}

export interface PlanItem {
  text: string;
  state: 'open' | 'doing' | 'done';
}

const fresh: CoderSession = { mode: 'ask', diagnostics: 'all', title: '', plan: [], forked: undefined };

export async function loadSession(database: Database, workspaceId: string, conversationId: string): Promise<CoderSession> {
  const { rows } = await database.execute<{
    mode: CoderMode;
    diagnostics: DiagnosticsLevel;
    title: string;
    plan: PlanItem[];
    forked: CoderSession['forked'] | null;
  }>(sql`
    SELECT mode, diagnostics, title, plan, forked FROM coder_sessions WHERE workspace_id = ${workspaceId} AND conversation_id = ${conversationId}`);
  const [row] = rows;
  return row === undefined ? fresh : { ...row, forked: row.forked ?? undefined };
}

/** Changes what is named; a session that has no row yet gets one. */
export async function saveSession(
  database: Database,
  access: Pick<WorkspaceAccess, 'workspaceId' | 'now'>,
  conversationId: string,
  changes: {
    mode?: CoderMode | undefined;
    diagnostics?: DiagnosticsLevel | undefined;
    title?: string | undefined;
    plan?: readonly PlanItem[];
    forked?: JsonObject;
  },
): Promise<void> {
  const { mode = null, diagnostics = null, title = null, plan, forked } = changes;
  const planText = plan === undefined ? null : JSON.stringify(plan);
  const forkedText = forked === undefined ? null : JSON.stringify(forked);
  const at = sql`${access.now().toISOString()}::timestamptz`;
  await database.execute(sql`
    INSERT INTO coder_sessions AS s (workspace_id, conversation_id, mode, diagnostics, title, plan, forked, updated_at)
    VALUES (${access.workspaceId}, ${conversationId}, coalesce(${mode}, 'ask'), coalesce(${diagnostics}, 'all'), coalesce(${title}, ''), coalesce(${planText}::jsonb, '[]'),
      ${forkedText}::jsonb, ${at})
    ON CONFLICT (workspace_id, conversation_id) DO UPDATE SET mode = coalesce(${mode}, s.mode),
      diagnostics = coalesce(${diagnostics}, s.diagnostics), title = coalesce(${title}, s.title),
      plan = coalesce(${planText}::jsonb, s.plan), forked = coalesce(${forkedText}::jsonb, s.forked), updated_at = excluded.updated_at`);
}

/** The mode of a session, and what its model last saw of these files, in one round trip. */
export async function modeAndReads(
  access: Pick<WorkspaceAccess, 'workspaceId' | 'query'>,
  conversationId: string,
  paths: readonly string[] = [],
): Promise<{ mode: CoderMode; diagnostics: DiagnosticsLevel; reads: ReadonlyMap<string, string> }> {
  const { workspaceId } = access;
  const { rows } = await access.query((database) =>
    database.execute<{ mode: CoderMode | null; diagnostics: DiagnosticsLevel | null; reads: Record<string, string> | null }>(sql`
      SELECT
        (SELECT mode FROM coder_sessions WHERE workspace_id = ${workspaceId} AND conversation_id = ${conversationId}) AS mode,
        (SELECT diagnostics FROM coder_sessions WHERE workspace_id = ${workspaceId} AND conversation_id = ${conversationId}) AS diagnostics,
        (SELECT jsonb_object_agg(path, hash) FROM coder_reads WHERE workspace_id = ${workspaceId}
          AND conversation_id = ${conversationId} AND path = ANY(${sql.param([...paths])}::text[])) AS reads`),
  );
  const [row] = rows;
  return { mode: row?.mode ?? 'ask', diagnostics: row?.diagnostics ?? 'all', reads: new Map(Object.entries(row?.reads ?? {})) };
}
