/** What is kept of changes: the contents before and after, by hash, so that each can be undone, redone, and told after a crash. */
import { sql } from '../../src/database.ts';
import type { PlannedFile } from '../../src/files.ts';
import type { Database, JsonValue, WorkspaceAccess } from '../../src/index.ts';
import type { ChangedFile, ChangeState, CoderChange } from './contract.ts';

/** Bytes of one file whose content is kept; of a larger one only its hash is. */
export const mostKeptBytes = 8 * 1024 * 1024;

interface ChangeToKeep {
  key: string;
  conversationId: string;
  runId: string;
  kind: CoderChange['kind'];
  state: ChangeState;
  title: string;
  answer: JsonValue;
}

/** Stores a change with the contents of its files, in one statement. A change whose key is there already stays as it is. */
export async function keepChange(
  access: Pick<WorkspaceAccess, 'workspaceId' | 'now' | 'newId' | 'query'>,
  change: ChangeToKeep,
  files: readonly (Pick<PlannedFile, 'path' | 'before' | 'after'> & { undoable?: boolean })[],
): Promise<void> {
  const { workspaceId } = access;
  const states = files.flatMap(({ before, after }) => [before, after].filter((each) => each !== undefined));
  const small = states.filter(({ bytes }) => bytes.byteLength <= mostKeptBytes);
  const images = new Map(small.map(({ hash, bytes }) => [hash, Buffer.from(bytes)]));
  const rows = files.map(({ path, before, after, undoable = true }) => ({
    path,
    before_hash: before?.hash ?? null,
    after_hash: after?.hash ?? null,
    before_mode: before?.mode ?? null,
    after_mode: after?.mode ?? null,
    kept: undoable && [before, after].every((each) => each === undefined || images.has(each.hash)),
  }));
  const at = access.now().toISOString();
  await access.query((database) =>
    database.execute(sql`
      WITH images AS (
        INSERT INTO coder_images (workspace_id, hash, content, created_at)
        SELECT ${workspaceId}, hash, content, ${at}::timestamptz
        FROM unnest(${sql.param([...images.keys()])}::text[], ${sql.param([...images.values()])}::bytea[]) AS each (hash, content)
        ON CONFLICT (workspace_id, hash) DO NOTHING
      ), change AS (
        INSERT INTO coder_changes (workspace_id, id, key, conversation_id, run_id, kind, state, title, answer, created_at)
        VALUES (${workspaceId}, ${access.newId()}, ${change.key}, ${change.conversationId}, ${change.runId}, ${change.kind},
          ${change.state}, ${change.title}, ${JSON.stringify(change.answer)}::jsonb, ${at}::timestamptz)
        ON CONFLICT (workspace_id, key) DO NOTHING
        RETURNING id
      )
      INSERT INTO coder_changed_files (workspace_id, change_id, path, before_hash, after_hash, before_mode, after_mode, kept)
      SELECT ${workspaceId}, change.id, each.*
      FROM change, jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
        AS each (path text, before_hash text, after_hash text, before_mode integer, after_mode integer, kept boolean)`),
  );
}

/** The files were written. */
export async function markApplied(
  access: Pick<WorkspaceAccess, 'workspaceId' | 'now' | 'query'>,
  key: string,
  seen: { conversationId: string; files: readonly { path: string; hash: string | undefined }[] },
): Promise<void> {
  const there = seen.files.filter((each) => each.hash !== undefined);
  await access.query((database) =>
    database.execute(sql`
      WITH applied AS (
        UPDATE coder_changes SET state = 'applied' WHERE workspace_id = ${access.workspaceId} AND key = ${key} AND state = 'planned'
      )
      ${readsStatement(access, seen.conversationId, there)}`),
  );
}

/** What the model now knows of files. */
export async function markRead(
  access: Pick<WorkspaceAccess, 'workspaceId' | 'now' | 'query'>,
  conversationId: string,
  files: readonly { path: string; hash: string | undefined }[],
): Promise<void> {
  await access.query((database) => database.execute(readsStatement(access, conversationId, files)));
}

function readsStatement(
  access: Pick<WorkspaceAccess, 'workspaceId' | 'now'>,
  conversationId: string,
  files: readonly { path: string; hash: string | undefined }[],
) {
  const rows = JSON.stringify(files.filter(({ hash }) => hash !== undefined));
  return sql`
    INSERT INTO coder_reads (workspace_id, conversation_id, path, hash, updated_at)
    SELECT ${access.workspaceId}, ${conversationId}::uuid, path, hash, ${access.now().toISOString()}::timestamptz
    FROM jsonb_to_recordset(${rows}::jsonb) AS each (path text, hash text)
    ON CONFLICT (workspace_id, conversation_id, path) DO UPDATE SET hash = excluded.hash, updated_at = excluded.updated_at`;
}

interface ChangeRow extends Record<string, unknown> {
  id: string;
  conversation_id: string;
  run_id: string;
  kind: CoderChange['kind'];
  state: ChangeState;
  title: string;
  answer: JsonValue;
  created_at: string | Date;
  files: {
    path: string;
    before_hash: string | null;
    after_hash: string | null;
    before_mode: number | null;
    after_mode: number | null;
    kept: boolean;
    undone_by: string | null;
  }[];
}

const columns = sql.raw(`c.id, c.conversation_id, c.run_id, c.kind, c.state, c.title, c.answer, c.created_at, (
  SELECT coalesce(jsonb_agg(to_jsonb(f) ORDER BY f.path), '[]') FROM coder_changed_files f
  WHERE f.workspace_id = c.workspace_id AND f.change_id = c.id) AS files`);

/** A change by the key of its call. */
export async function changeOfKey(
  database: Database,
  workspaceId: string,
  key: string,
): Promise<(CoderChange & { answer: JsonValue }) | undefined> {
  const { rows } = await database.execute<ChangeRow>(
    sql`SELECT ${columns} FROM coder_changes c WHERE c.workspace_id = ${workspaceId} AND c.key = ${key}`,
  );
  const [row] = rows;
  return row === undefined ? undefined : { ...changeOf(row), answer: row.answer };
}

/** Changes of a conversation, the newest first. */
export async function listChanges(
  database: Database,
  workspaceId: string,
  conversationId: string,
  { limit = 200 }: { limit?: number } = {},
): Promise<CoderChange[]> {
  const { rows } = await database.execute<ChangeRow>(sql`
    SELECT ${columns} FROM coder_changes c
    WHERE c.workspace_id = ${workspaceId} AND c.conversation_id = ${conversationId}
    ORDER BY c.created_at DESC, c.id DESC LIMIT ${limit}`);
  return rows.map(changeOf);
}

/** Files that an undo took back, or a redo made anew (`by: null`). */
export async function markUndone(
  database: Database,
  workspaceId: string,
  files: readonly { change: string; path: string }[],
  by: string | null,
): Promise<void> {
  await database.execute(sql`
    UPDATE coder_changed_files f SET undone_by = ${by}
    FROM jsonb_to_recordset(${JSON.stringify(files)}::jsonb) AS each (change uuid, path text)
    WHERE f.workspace_id = ${workspaceId} AND f.change_id = each.change AND f.path = each.path`);
}

/** Whether an undo with this key took anything back. */
export async function wasUndone(database: Database, workspaceId: string, key: string): Promise<boolean> {
  const { rows } = await database.execute(
    sql`SELECT 1 FROM coder_changed_files WHERE workspace_id = ${workspaceId} AND undone_by = ${key} LIMIT 1`,
  );
  return rows.length > 0;
}

/** Contents by hash, those that are kept. */
export async function loadImages(
  database: Database,
  workspaceId: string,
  hashes: readonly string[],
): Promise<ReadonlyMap<string, Uint8Array>> {
  if (hashes.length === 0) return new Map();
  const { rows } = await database.execute<{ hash: string; content: Uint8Array }>(sql`
    SELECT hash, content FROM coder_images WHERE workspace_id = ${workspaceId} AND hash = ANY(${sql.param([...new Set(hashes)])}::text[])`);
  return new Map(rows.map(({ hash, content }) => [hash, new Uint8Array(content)]));
}

function changeOf(row: ChangeRow): CoderChange {
  return {
    id: row.id,
    conversationId: row.conversation_id,
    runId: row.run_id,
    kind: row.kind,
    state: row.state,
    title: row.title,
    createdAt: new Date(row.created_at),
    files: row.files.map(
      (file): ChangedFile => ({
        path: file.path,
        before: file.before_hash ?? undefined,
        after: file.after_hash ?? undefined,
        beforeMode: file.before_mode ?? undefined,
        afterMode: file.after_mode ?? undefined,
        kept: file.kept,
        undone: file.undone_by !== null,
      }),
    ),
  };
}
