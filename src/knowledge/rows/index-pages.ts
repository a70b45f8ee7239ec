/** What an index is loaded from: rows packed by the database, since a hundred thousand of them one by one hold up everything else. */
import type { RunStatement } from '../../store/database.ts';
import type { TextLanguage } from '../contract.ts';
import { rankedBy } from './feedback.ts';

/** Chunks of one page, about. */
const pageSize = { chunks: 1_000, vectors: 500, texts: 500 };

export interface IndexScope {
  workspaceId: string;
  collectionId: string;
  /** Those of these documents alone. */
  documents?: readonly string[] | undefined;
}

/** What one page reads: chunks of several documents, or some of a long one. They lie side by side in the table, as they were written. */
interface PageOfChunks {
  documents: string[];
  from: number;
  before: number;
}

function plannedPages(documents: readonly DocumentOfIndex[], size: number): PageOfChunks[] {
  const planned: PageOfChunks[] = [];
  let filled = size;
  for (const { id, chunks } of documents) {
    if (chunks > size) {
      for (let from = 0; from < chunks; from += size) planned.push({ documents: [id], from, before: from + size });
      filled = size;
      continue;
    }
    const last = planned.at(-1);
    if (last === undefined || filled + chunks > size) {
      planned.push({ documents: [id], from: 0, before: size });
      filled = chunks;
    } else {
      last.documents.push(id);
      filled += chunks;
    }
  }
  return planned;
}

/** @param record SQL of a record's bytes, of `c` and `v`. @returns pages in base64: the driver reads text alone, and this is the shortest. */
async function* pages(
  run: RunStatement,
  { workspaceId, collectionId }: IndexScope,
  documents: readonly DocumentOfIndex[],
  { size, record, join = '', model }: { size: number; record: string; join?: string; model?: string },
): AsyncGenerator<string> {
  const read = ({ documents: ids, from, before }: PageOfChunks) =>
    run<{ packed: string | null }>(
      // The second condition in a shape that no index fits: without statistics the planner would read the whole collection for each page.
      `SELECT encode(string_agg(${record}, ''::bytea), 'base64') AS packed FROM knowledge_chunks c${join}
       WHERE c.workspace_id = $1 AND (c.collection_id = $2) IS TRUE AND c.document_id = ANY($3::uuid[]) AND c.ordinal >= $4 AND c.ordinal < $5`,
      [workspaceId, collectionId, ids, from, before, ...(model === undefined ? [] : [model])],
    );
  // One page is read while the one before it is taken in.
  let next: Promise<{ packed: string | null }[]> | undefined;
  const planned = plannedPages(documents, size);
  for (const [at, page] of planned.entries()) {
    const [row] = await (next ?? read(page));
    const following = planned[at + 1];
    next = following === undefined ? undefined : read(following);
    // Whoever stops taking pages leaves one behind.
    next?.catch(() => {});
    if (row?.packed != null) yield row.packed;
  }
}

/** Pages for {@link readRecords}: terms of the chunks of these documents. */
export function chunkPages(run: RunStatement, scope: IndexScope, documents: readonly DocumentOfIndex[]): AsyncGenerator<string> {
  const record = 'uuid_send(c.id) || uuid_send(c.document_id) || int4send(octet_length(c.terms)) || c.terms';
  return pages(run, scope, documents, { size: pageSize.chunks, record });
}

/** The same, of the vectors of a model. */
export function vectorPages(
  run: RunStatement,
  scope: IndexScope,
  documents: readonly DocumentOfIndex[],
  model: string,
): AsyncGenerator<string> {
  const record = 'uuid_send(c.id) || uuid_send(c.document_id) || int4send(octet_length(v.vector)) || v.vector';
  const join = `
       CROSS JOIN LATERAL (SELECT vector FROM knowledge_vectors WHERE workspace_id = $1 AND model = $6 AND hash = c.hash OFFSET 0) v`;
  return pages(run, scope, documents, { size: pageSize.vectors, record, join, model });
}

export interface PageRecord {
  id: string;
  documentId: string;
  bytes: Uint8Array;
}

/** The records of a page; their bytes are views of what it was decoded into. */
export function readRecords(packed: string): PageRecord[] {
  const page = Buffer.from(packed, 'base64');
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
  chunks: number;
  /** What people said of its passages; null where nothing ranks them. `chunk` is null where it is about all of them. */
  feedback: { chunk: string | null; balance: number; questions: string[] }[] | null;
}

/** Documents that are found: all, or those of `documents` that are still there. */
export async function* documentPages(run: RunStatement, { workspaceId, collectionId, documents }: IndexScope) {
  for (let after = '00000000-0000-0000-0000-000000000000'; ; ) {
    const page = await run<DocumentOfIndex>(
      `SELECT d.id, d.language, d.metadata, d.chunks, ${rankedBy} AS feedback FROM knowledge_documents d
       WHERE d.workspace_id = $1 AND d.collection_id = $2 AND d.state = 'ready' AND d.id > $3
         AND ($4::uuid[] IS NULL OR d.id = ANY($4)) ORDER BY d.id LIMIT 1000`,
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
