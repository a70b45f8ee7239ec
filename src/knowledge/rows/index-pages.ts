/** What an index is loaded from: rows packed by the database, since a hundred thousand of them one by one hold up everything else. */
import type { RunStatement } from '../../store/database.ts';
import type { TextLanguage } from '../contract.ts';
import { uuidOf } from '../index/chunk-table.ts';
import { rankedBy } from './feedback.ts';

/** Chunks of one page, about. */
const pageSize = { chunks: 1_000, vectors: 400, texts: 500 };

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

/**
 * Pages for {@link readRecords}: terms of the chunks of these documents, with the vectors of a model where one is named. They come in base64, since the
 * driver reads text alone and this is the shortest.
 */
export async function* chunkPages(
  run: RunStatement,
  { workspaceId, collectionId }: IndexScope,
  documents: readonly DocumentOfIndex[],
  model: string | null,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const vector = model === null ? `''::bytea` : `coalesce(v.vector, ''::bytea)`;
  const record = `uuid_send(c.id) || uuid_send(c.document_id) || int4send(octet_length(c.terms)) || int4send(octet_length(${vector})) || c.terms || ${vector}`;
  const join = `
       LEFT JOIN LATERAL (SELECT vector FROM knowledge_vectors WHERE workspace_id = $1 AND model = $6 AND hash = c.hash OFFSET 0) v ON true`;
  const read = ({ documents: ids, from, before }: PageOfChunks) =>
    run<{ packed: string | null }>(
      // The second condition in a shape that no index fits: without statistics the planner would read the whole collection for each page.
      `SELECT encode(string_agg(${record}, ''::bytea), 'base64') AS packed FROM knowledge_chunks c${model === null ? '' : join}
       WHERE c.workspace_id = $1 AND (c.collection_id = $2) IS TRUE AND c.document_id = ANY($3::uuid[]) AND c.ordinal >= $4 AND c.ordinal < $5`,
      [workspaceId, collectionId, ids, from, before, ...(model === null ? [] : [model])],
    );
  // One page is read while the one before it is taken in.
  let next: Promise<{ packed: string | null }[]> | undefined;
  const planned = plannedPages(documents, model === null ? pageSize.chunks : pageSize.vectors);
  for (const [at, page] of planned.entries()) {
    const [row] = await (next ?? read(page));
    const following = planned[at + 1];
    next = following === undefined ? undefined : read(following);
    // Whoever stops taking pages leaves one behind.
    next?.catch(() => {});
    if (row?.packed == null) continue;
    const bytes = Buffer.from(row.packed, 'base64');
    // Bytes of their own, which a thread can be given: a small buffer shares them with others.
    yield bytes.byteLength === bytes.buffer.byteLength ? bytes : new Uint8Array(bytes);
  }
}

export interface PageRecord {
  /** 16 bytes. */
  id: Uint8Array;
  documentId: string;
  terms: Uint8Array;
  /** Empty where there is none. */
  vector: Uint8Array;
}

/** The records of a page; their bytes are views of it. */
export function* readRecords(page: Uint8Array): Generator<PageRecord> {
  const view = new DataView(page.buffer, page.byteOffset, page.byteLength);
  const document = { id: '', high: -1n, low: -1n };
  for (let at = 0; at < page.byteLength; ) {
    const [high, low] = [view.getBigUint64(at + 16), view.getBigUint64(at + 24)];
    // Chunks of a document follow each other.
    if (high !== document.high || low !== document.low) Object.assign(document, { id: uuidOf(page, at + 16), high, low });
    const terms = at + 40;
    const vector = terms + view.getInt32(at + 32);
    const end = vector + view.getInt32(at + 36);
    yield {
      id: page.subarray(at, at + 16),
      documentId: document.id,
      terms: page.subarray(terms, vector),
      vector: page.subarray(vector, end),
    };
    at = end;
  }
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
