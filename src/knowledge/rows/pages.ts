/** The statements of pages of the web. Each names the workspace of every row that it touches. */
import type { RunStatement } from '../../store/database.ts';
import type { CollectionChange, TargetCollection } from './collections.ts';

/** A page, without what is written on it. */
export interface WebPage {
  /** Key of its document, too. */
  url: string;
  refreshHours: number | null;
  /** ISO 8601; when it was asked for last. */
  checkedAt: string;
  nextAt: string | null;
  /** Why that brought nothing; the document is as it was before. */
  failure: string | null;
}

export interface PageValues {
  documentId: string;
  collectionId: string;
  url: string;
  etag: string | null;
  lastModified: string | null;
  refreshHours: number | null;
}

export async function writePage(
  run: RunStatement,
  workspaceId: string,
  { documentId, collectionId, url, etag, lastModified, refreshHours }: PageValues,
  { by, now }: CollectionChange,
): Promise<void> {
  await run(
    `INSERT INTO knowledge_pages (document_id, workspace_id, collection_id, url, etag, last_modified, refresh_hours, checked_at, next_at, created_by, created_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7::int, $8::timestamptz, $8::timestamptz + make_interval(hours => $7::int), $9, $8)
     ON CONFLICT (document_id) DO UPDATE SET etag = excluded.etag, last_modified = excluded.last_modified,
       refresh_hours = excluded.refresh_hours, checked_at = excluded.checked_at, next_at = excluded.next_at, failure = NULL
     WHERE knowledge_pages.workspace_id = excluded.workspace_id`,
    [documentId, workspaceId, collectionId, url, etag, lastModified, refreshHours, now, by],
  );
}

export async function listPages(
  run: RunStatement,
  workspaceId: string,
  collectionId: string,
  { after, limit }: { after?: string | undefined; limit: number },
): Promise<WebPage[]> {
  const found = await run<Omit<WebPage, 'checkedAt' | 'nextAt'> & { checkedAt: Date; nextAt: Date | null }>(
    `SELECT url, refresh_hours AS "refreshHours", checked_at AS "checkedAt", next_at AS "nextAt", failure FROM knowledge_pages
     WHERE workspace_id = $1 AND collection_id = $2 AND url > $3 ORDER BY url LIMIT $4`,
    [workspaceId, collectionId, after ?? '', limit],
  );
  return found.map(({ checkedAt, nextAt, ...page }) => ({
    ...page,
    checkedAt: checkedAt.toISOString(),
    nextAt: nextAt?.toISOString() ?? null,
  }));
}

export interface DuePage {
  workspaceId: string;
  documentId: string;
  collection: TargetCollection;
  url: string;
  etag: string | null;
  lastModified: string | null;
  refreshHours: number;
  by: string;
}

/** Pages whose time has come, in every workspace, given to one process: their next time is set before they are read. */
export async function takeDuePages(run: RunStatement, now: Date, limit: number): Promise<DuePage[]> {
  const found = await run<Omit<DuePage, 'collection'> & Omit<TargetCollection, 'id'> & { collectionId: string }>(
    `UPDATE knowledge_pages p SET next_at = $1::timestamptz + make_interval(hours => p.refresh_hours)
     FROM knowledge_collections k, workspaces w
     WHERE k.id = p.collection_id AND k.workspace_id = p.workspace_id AND w.workspace_id = p.workspace_id AND w.disabled_at IS NULL
       AND p.document_id IN (SELECT document_id FROM knowledge_pages WHERE next_at <= $1 ORDER BY next_at LIMIT $2 FOR UPDATE SKIP LOCKED)
     RETURNING p.workspace_id AS "workspaceId", p.document_id AS "documentId", p.url, p.etag, p.last_modified AS "lastModified",
       p.refresh_hours AS "refreshHours", p.created_by AS by, k.id AS "collectionId", k.name, k.language,
       k.vector_model IS NOT NULL OR k.building_model IS NOT NULL AS "hasVectors"`,
    [now, limit],
  );
  return found.map(({ collectionId: id, name, language, hasVectors, ...page }) => ({
    ...page,
    collection: { id, name, language, hasVectors },
  }));
}

/** What came of a look at a page. */
export async function notePage(
  run: RunStatement,
  workspaceId: string,
  documentId: string,
  now: Date,
  failure: string | null,
): Promise<void> {
  await run('UPDATE knowledge_pages SET checked_at = $3, failure = $4 WHERE workspace_id = $1 AND document_id = $2', [
    workspaceId,
    documentId,
    now,
    failure,
  ]);
}
