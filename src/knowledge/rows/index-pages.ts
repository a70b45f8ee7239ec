/** What an index is loaded from: rows packed by the database, since a hundred thousand of them one by one hold up everything else. */
import type { RunStatement } from '../../store/database.ts';
import type { TextLanguage } from '../contract.ts';

/** Chunks of one page; with vectors, which are larger, fewer. */
const pageSize = { chunks: 1_000, vectors: 250, texts: 500 };

export interface IndexScope {
  workspaceId: string;
  collectionId: string;
  /** Those of these documents alone. */
  documents?: readonly string[] | undefined;
}

interface Page {
  packed: Buffer | null;
  last: string | null;
}

/** @param record SQL of a record's bytes, of `c` and `v`. */
async function* pages(
  run: RunStatement,
  { workspaceId, collectionId, documents }: IndexScope,
  { size, record, join = '', model }: { size: number; record: string; join?: string; model?: string },
): AsyncGenerator<Buffer> {
  for (let after = '00000000-0000-0000-0000-000000000000'; ; ) {
    const [page] = await run<Page>(
      `SELECT string_agg(${record}, ''::bytea) AS packed, (array_agg(id ORDER BY id DESC))[1] AS last FROM (
         SELECT c.id, c.document_id, c.terms${join === '' ? '' : ', v.vector'} FROM knowledge_chunks c${join}
         WHERE c.workspace_id = $1 AND c.collection_id = $2 AND c.id > $3 AND ($4::uuid[] IS NULL OR c.document_id = ANY($4))
         ORDER BY c.id LIMIT ${size}) AS page`,
      [workspaceId, collectionId, after, documents ?? null, ...(model === undefined ? [] : [model])],
    );
    if (page?.packed == null || page.last === null) return;
    yield page.packed;
    after = page.last;
  }
}

/** Records of {@link readChunks}. */
export function chunkPages(run: RunStatement, scope: IndexScope): AsyncGenerator<Buffer> {
  const record = 'uuid_send(id) || uuid_send(document_id) || int4send(octet_length(terms)) || terms';
  return pages(run, scope, { size: pageSize.chunks, record });
}

/** The same, of the vectors of a model. */
export function vectorPages(run: RunStatement, scope: IndexScope, model: string): AsyncGenerator<Buffer> {
  const record = 'uuid_send(id) || uuid_send(document_id) || int4send(octet_length(vector)) || vector';
  const join = ' JOIN knowledge_vectors v ON v.workspace_id = c.workspace_id AND v.model = $5 AND v.hash = c.hash';
  return pages(run, scope, { size: pageSize.vectors, record, join, model });
}

export interface PageRecord {
  id: string;
  documentId: string;
  bytes: Uint8Array;
}

/** The records of a page; their bytes are views of it. */
export function readRecords(page: Uint8Array): PageRecord[] {
  const view = new DataView(page.buffer, page.byteOffset, page.byteLength);
  const records: PageRecord[] = [];
  for (let at = 0; at < page.byteLength; ) {
    const length = view.getInt32(at + 32);
    records.push({ id: uuidAt(page, at), documentId: uuidAt(page, at + 16), bytes: page.subarray(at + 36, at + 36 + length) });
    at += 36 + length;
  }
  return records;
}

const digits = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

function uuidAt(bytes: Uint8Array, from: number): string {
  let text = '';
  for (let at = 0; at < 16; at++) {
    if (at === 4 || at === 6 || at === 8 || at === 10) text += '-';
    text += digits[bytes[from + at] ?? 0];
  }
  return text;
}

export interface DocumentOfIndex {
  id: string;
  language: TextLanguage;
  metadata: Record<string, unknown>;
}

/** Documents that are found: all, or those of `documents` that are still there. */
export async function* documentPages(run: RunStatement, { workspaceId, collectionId, documents }: IndexScope) {
  for (let after = '00000000-0000-0000-0000-000000000000'; ; ) {
    const page = await run<DocumentOfIndex>(
      `SELECT id, language, metadata FROM knowledge_documents WHERE workspace_id = $1 AND collection_id = $2 AND state = 'ready' AND id > $3
         AND ($4::uuid[] IS NULL OR id = ANY($4)) ORDER BY id LIMIT 1000`,
      [workspaceId, collectionId, after, documents ?? null],
    );
    if (page.length === 0) return;
    yield page;
    after = page.at(-1)?.id ?? after;
  }
}

/** Documents that changed after a change; `undefined` where the list of changes begins later. */
export async function changedDocuments(
  run: RunStatement,
  { workspaceId, collectionId }: IndexScope,
  since: number,
): Promise<{ sequence: number; documents: string[] } | undefined> {
  const [row] = await run<{ first: string | null; last: string | null; documents: string[] | null }>(
    `SELECT min(sequence) AS first, max(sequence) AS last, array_agg(DISTINCT document_id) AS documents FROM knowledge_changes
     WHERE workspace_id = $1 AND collection_id = $2 AND sequence > $3`,
    [workspaceId, collectionId, since],
  );
  if (row?.first == null || Number(row.first) !== since + 1) return undefined;
  return { sequence: Number(row.last), documents: row.documents ?? [] };
}

/** The texts of chunks, as they are found by. */
export async function* textPages(run: RunStatement, { workspaceId, collectionId }: IndexScope, ids: readonly string[]) {
  for (let from = 0; from < ids.length; from += pageSize.texts) {
    yield await run<{ id: string; documentId: string; text: string }>(
      `SELECT c.id, c.document_id AS "documentId", concat_ws(E'\\n', d.title, array_to_string(c.heading, E'\\n'), c.text) AS text
       FROM knowledge_chunks c JOIN knowledge_documents d ON d.id = c.document_id AND d.workspace_id = c.workspace_id
       WHERE c.workspace_id = $1 AND c.collection_id = $2 AND c.id = ANY($3::uuid[])`,
      [workspaceId, collectionId, ids.slice(from, from + pageSize.texts)],
    );
  }
}
