/** The statements of artifacts. Each names the workspace of every row that it touches. */

import type { RunStatement } from '../store/database.ts';
import { limitsValue, withinLimits } from '../store/reach.ts';
import type { AccessLimits } from '../vocabulary.ts';
import type { Artifact, StoredArtifact } from './contract.ts';

/** An upload that no message has named yet is kept for so long, in milliseconds. */
export const unattachedMs = 86_400_000;

interface ArtifactRow {
  id: string;
  workspace_id: string;
  name: string;
  media_type: string;
  /** A bigint, which the driver gives as text. */
  bytes: string;
  sha256: string;
  storage: StoredArtifact['storage'];
  location: string | null;
  conversation_id: string | null;
  created_by: string;
  permission: string | null;
  created_at: Date;
  expires_at: Date | null;
}

const columns = `a.id, a.workspace_id, a.name, a.media_type, a.bytes, a.sha256, a.storage, a.location, a.conversation_id, a.created_by,
  a.permission, a.created_at, a.expires_at`;

function storedOf(row: ArtifactRow): StoredArtifact {
  return {
    id: row.id,
    workspaceId: row.workspace_id,
    name: row.name,
    mediaType: row.media_type,
    bytes: Number(row.bytes),
    sha256: row.sha256,
    storage: row.storage,
    location: row.location,
    conversationId: row.conversation_id,
    createdBy: row.created_by,
    permission: row.permission,
    createdAt: row.created_at.toISOString(),
    ...(row.expires_at === null ? {} : { expiresAt: row.expires_at.toISOString() }),
  };
}

/** What others than the part itself get to see. */
export function artifactOf({ id, name, mediaType, bytes, sha256, createdAt, expiresAt }: StoredArtifact): Artifact {
  return { id, name, mediaType, bytes, sha256, createdAt, ...(expiresAt === undefined ? {} : { expiresAt }) };
}

/** A row to write. */
export interface ArtifactValues {
  id: string;
  workspaceId: string;
  name: string;
  mediaType: string;
  bytes: number;
  sha256: string;
  storage: StoredArtifact['storage'];
  location: string | null;
  content: Buffer | null;
  conversationId: string | null;
  runId: string | null;
  createdBy: string;
  permission: string | null;
  now: Date;
  expiresAt: Date | null;
}

/** @returns `undefined` where the conversation, or who has none, has as many as it may. */
export async function insertArtifact(run: RunStatement, values: ArtifactValues, most: number): Promise<StoredArtifact | undefined> {
  const { id, workspaceId, name, mediaType, bytes, sha256, storage, location, content } = values;
  const { conversationId, runId, createdBy, permission, now, expiresAt } = values;
  const [row] = await run<ArtifactRow>(
    `INSERT INTO artifacts AS a (id, workspace_id, name, media_type, bytes, sha256, storage, location, content, conversation_id, run_id,
       created_by, permission, created_at, expires_at)
     SELECT $1::uuid, $2::text, $3::text, $4::text, $5::bigint, $6::text, $7::text, $8::text, $9::bytea, $10::uuid, $11::uuid,
       $12::text, $13::text, $14::timestamptz, $15::timestamptz
     WHERE (SELECT count(*) FROM artifacts WHERE workspace_id = $2 AND conversation_id IS NOT DISTINCT FROM $10::uuid
       AND ($10::uuid IS NOT NULL OR created_by = $12)) < $16
     -- Of a call that is made again, in place of its earlier answer.
     ON CONFLICT (id) DO UPDATE SET name = excluded.name, media_type = excluded.media_type, bytes = excluded.bytes, sha256 = excluded.sha256,
       storage = excluded.storage, location = excluded.location, content = excluded.content, permission = excluded.permission
       WHERE a.workspace_id = excluded.workspace_id AND a.run_id = excluded.run_id AND a.created_by = excluded.created_by
     RETURNING ${columns}`,
    [
      id,
      workspaceId,
      name,
      mediaType,
      bytes,
      sha256,
      storage,
      location,
      content,
      conversationId,
      runId,
      createdBy,
      permission,
      now,
      expiresAt,
      most,
    ],
  );
  return row === undefined ? undefined : storedOf(row);
}

/** Gives an artifact of the same maker other bytes. @returns `undefined` where there is none. */
export async function replaceArtifact(run: RunStatement, values: ArtifactValues): Promise<StoredArtifact | undefined> {
  const { id, workspaceId, name, mediaType, bytes, sha256, storage, location, content, createdBy, expiresAt, permission } = values;
  const [row] = await run<ArtifactRow>(
    `UPDATE artifacts AS a SET name = $3, media_type = $4, bytes = $5, sha256 = $6, storage = $7, location = $8, content = $9,
       permission = $10, expires_at = $11
     WHERE a.id = $1 AND a.workspace_id = $2 AND a.created_by = $12 RETURNING ${columns}`,
    [id, workspaceId, name, mediaType, bytes, sha256, storage, location, content, permission, expiresAt, createdBy],
  );
  return row === undefined ? undefined : storedOf(row);
}

/** Who asks for an artifact. `everybodys`: the conversations of others too. */
export interface ArtifactReader {
  asker: string;
  everybodys: boolean;
  /** Which conversations they are limited to. */
  limits?: AccessLimits | undefined;
}

/** @param reader absent for whoever has a signed link. */
export async function findArtifact(
  run: RunStatement,
  { workspaceId, id, now }: { workspaceId: string; id: string; now: Date },
  reader: ArtifactReader,
): Promise<StoredArtifact | undefined> {
  const [row] = await run<ArtifactRow>(
    `SELECT ${columns} FROM artifacts a LEFT JOIN conversations c ON c.id = a.conversation_id AND c.workspace_id = a.workspace_id
     WHERE a.id = $2 AND a.workspace_id = $1 AND (a.expires_at IS NULL OR a.expires_at > $3)
       AND ($4 OR a.created_by = $5 OR c.started_by = $5) AND (a.conversation_id IS NULL OR ${withinLimits('c', '$6::jsonb')})`,
    [workspaceId, id, now, reader.everybodys, reader.asker, limitsValue(reader.limits ?? {})],
  );
  return row === undefined ? undefined : storedOf(row);
}

/** The artifacts of a conversation, and those of a maker, by id. */
export async function findOwn(
  run: RunStatement,
  { workspaceId, ids, now }: { workspaceId: string; ids: readonly string[]; now: Date },
  { conversationId, createdBy }: { conversationId?: string | undefined; createdBy?: string | undefined },
): Promise<StoredArtifact[]> {
  const rows = await run<ArtifactRow>(
    `SELECT ${columns} FROM artifacts a WHERE a.id = ANY($2::uuid[]) AND a.workspace_id = $1
       AND (a.expires_at IS NULL OR a.expires_at > $3) AND (a.conversation_id = $4 OR a.created_by = $5)`,
    [workspaceId, ids, now, conversationId ?? null, createdBy ?? null],
  );
  return rows.map(storedOf);
}

/** By a signed link, which says nothing of a workspace and holds for this one row. */
export async function findLinked(run: RunStatement, id: string, now: Date): Promise<StoredArtifact | undefined> {
  const [row] = await run<ArtifactRow>(
    `SELECT ${columns} FROM artifacts a WHERE a.id = $1 AND (a.expires_at IS NULL OR a.expires_at > $2)`,
    [id, now],
  );
  return row === undefined ? undefined : storedOf(row);
}

/**
 * Binds uploads of the asker to a conversation: whoever may read it may read them from then on, and they last as long as it does unless their
 * sender gave them an expiry. Those that belong to it already are found too.
 */
export async function bindArtifacts(
  run: RunStatement,
  { workspaceId, ids, now }: { workspaceId: string; ids: readonly string[]; now: Date },
  { conversationId, asker }: { conversationId: string; asker: string },
): Promise<StoredArtifact[]> {
  const rows = await run<ArtifactRow>(
    `WITH bound AS (
       UPDATE artifacts a SET conversation_id = $4,
         expires_at = CASE WHEN expires_at = created_at + $6 * interval '1 millisecond' THEN NULL ELSE expires_at END
       WHERE a.id = ANY($2::uuid[]) AND a.workspace_id = $1 AND a.conversation_id IS NULL AND a.created_by = $5
         AND (a.expires_at IS NULL OR a.expires_at > $3) AND EXISTS (SELECT FROM conversations WHERE id = $4 AND workspace_id = $1)
       RETURNING ${columns})
     SELECT * FROM bound
     UNION ALL
     SELECT ${columns} FROM artifacts a WHERE a.id = ANY($2::uuid[]) AND a.workspace_id = $1 AND a.conversation_id = $4
       AND (a.expires_at IS NULL OR a.expires_at > $3)`,
    [workspaceId, ids, now, conversationId, asker, unattachedMs],
  );
  return rows.map(storedOf);
}

/** The bytes of an artifact that is in the database. */
export async function readContent(
  run: RunStatement,
  { workspaceId, id, bytes }: StoredArtifact,
  range: { start: number; end: number } | undefined,
): Promise<Buffer | undefined> {
  const { start, end } = range ?? { start: 0, end: bytes - 1 };
  const [row] = await run<{ content: Buffer }>(
    'SELECT substring(content FROM $3::int FOR $4::int) AS content FROM artifacts WHERE id = $2 AND workspace_id = $1 AND content IS NOT NULL',
    [workspaceId, id, start + 1, end - start + 1],
  );
  return row?.content;
}

export async function deleteArtifact(run: RunStatement, workspaceId: string, id: string): Promise<void> {
  await run('DELETE FROM artifacts WHERE id = $2 AND workspace_id = $1', [workspaceId, id]);
}

/** Deletes expired artifacts of all workspaces, up to a limit. @returns how many. */
export async function deleteExpired(run: RunStatement, now: Date, limit: number): Promise<number> {
  const rows = await run(
    'DELETE FROM artifacts WHERE id = ANY(ARRAY(SELECT id FROM artifacts WHERE expires_at <= $1 LIMIT $2)) RETURNING 1',
    [now, limit],
  );
  return rows.length;
}

export interface Leftover {
  location: string;
  storage: 'disk' | 's3';
  /** An artifact names it: what was written down before it was stored, was stored. */
  kept: boolean;
}

/** Written down before bytes are stored outside of the database: if their artifact never comes, they are found by it. */
export async function announceBytes(
  run: RunStatement,
  workspaceId: string,
  location: string,
  storage: 'disk' | 's3',
): Promise<void> {
  await run(
    `INSERT INTO artifact_leftovers (location, workspace_id, storage, due_at) VALUES ($1, $2, $3, now() + interval '1 hour')`,
    [location, workspaceId, storage],
  );
}

/** By the database's clock, as they were written down. */
export async function dueLeftovers(run: RunStatement, limit: number): Promise<Leftover[]> {
  return run<Leftover>(
    `SELECT l.location, l.storage, EXISTS (SELECT FROM artifacts a WHERE a.location = l.location) AS kept
     FROM artifact_leftovers l WHERE l.due_at <= now() ORDER BY l.due_at LIMIT $1`,
    [limit],
  );
}

export async function forgetLeftovers(run: RunStatement, locations: readonly string[]): Promise<void> {
  await run('DELETE FROM artifact_leftovers WHERE location = ANY($1::text[])', [locations]);
}

/** What could not be removed is tried again later, after the others. */
export async function postponeLeftover(run: RunStatement, location: string): Promise<void> {
  await run(`UPDATE artifact_leftovers SET due_at = now() + interval '10 minutes' WHERE location = $1`, [location]);
}
