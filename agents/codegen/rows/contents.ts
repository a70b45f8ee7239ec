/** Contents of files by their hash: what tasks wrote, and what is about to be written. */
import { isUtf8 } from 'node:buffer';
import { createHash } from 'node:crypto';
import { sql } from '../../../src/database.ts';
import type { WorkspaceAccess } from '../../../src/index.ts';
import type { KeptChanges } from '../contract.ts';
import type { ChangedContent, ChangedFiles } from '../project/contract.ts';

type Access = Pick<WorkspaceAccess, 'workspaceId' | 'query' | 'now'>;

export function contentHash(content: Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}

/** Keeps each content once. @returns the changes by hash */
export async function keepContents(access: Access, changes: ChangedFiles): Promise<KeptChanges> {
  const kept: Record<string, { hash: string; mode: number } | null> = {};
  const contents = new Map<string, Uint8Array>();
  for (const [path, change] of Object.entries(changes)) {
    if (change === null) {
      kept[path] = null;
      continue;
    }
    const hash = contentHash(change.content);
    contents.set(hash, change.content);
    kept[path] = { hash, mode: change.mode };
  }
  if (contents.size > 0) {
    const rows = [...contents].map(([hash, content]) => ({
      hash,
      content: Buffer.from(content).toString('base64'),
      is_text: isUtf8(content) && !content.includes(0),
    }));
    await access.query((database) =>
      database.execute(sql`
        INSERT INTO codegen_contents (workspace_id, hash, content, is_text, created_at)
        SELECT ${access.workspaceId}, c.hash, decode(c.content, 'base64'), c.is_text, ${access.now().toISOString()}::timestamptz
        FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS c(hash text, content text, is_text boolean)
        ON CONFLICT (workspace_id, hash) DO NOTHING`),
    );
  }
  return kept;
}

/** The changes with their contents. @throws Error where one is not kept any more */
export async function loadContents(access: Pick<Access, 'workspaceId' | 'query'>, kept: KeptChanges): Promise<ChangedFiles> {
  const hashes = [...new Set(Object.values(kept).flatMap((change) => (change === null ? [] : [change.hash])))];
  const contents = new Map<string, Uint8Array>();
  if (hashes.length > 0) {
    const { rows } = await access.query((database) =>
      database.execute<{ hash: string; content: string }>(sql`
        SELECT hash, encode(content, 'base64') AS content FROM codegen_contents
        WHERE workspace_id = ${access.workspaceId} AND hash = ANY(${sql.param(hashes)}::text[])`),
    );
    for (const { hash, content } of rows) contents.set(hash, Buffer.from(content, 'base64'));
  }
  const changes: Record<string, ChangedContent | null> = {};
  for (const [path, change] of Object.entries(kept)) {
    if (change === null) {
      changes[path] = null;
      continue;
    }
    const content = contents.get(change.hash);
    if (content === undefined) throw new Error(`The content of ${path} is not kept any more.`);
    changes[path] = { content, mode: change.mode };
  }
  return changes;
}
