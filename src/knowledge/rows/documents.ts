/** The statements of documents and their chunks. Each names the workspace of every row that it touches. */
import type { RunStatement } from '../../store/database.ts';
import type { JsonObject } from '../../vocabulary.ts';
import type { DocumentState, KnowledgeDocument, TextLanguage } from '../contract.ts';
import type { PreparedChunk } from '../ingest/prepare.ts';

interface DocumentRow {
  id: string;
  key: string;
  title: string;
  media_type: string;
  language: TextLanguage;
  metadata: JsonObject;
  hash: string;
  characters: number;
  chunks: number;
  state: DocumentState;
  version: number;
  analyser: number;
  created_at: Date;
  updated_at: Date;
}

const columns =
  'id, key, title, media_type, language, metadata, hash, characters, chunks, state, version, analyser, created_at, updated_at';

export type StoredDocument = KnowledgeDocument & { analyser: number };

function documentOf(row: DocumentRow): StoredDocument {
  const { media_type: mediaType, created_at, updated_at, ...rest } = row;
  return { ...rest, mediaType, createdAt: created_at.toISOString(), updatedAt: updated_at.toISOString() };
}

/** A document by its key. @param hold keeps it from being changed until the transaction ends. */
export async function findDocument(
  run: RunStatement,
  workspaceId: string,
  collectionId: string,
  key: string,
  hold = false,
): Promise<StoredDocument | undefined> {
  const [row] = await run<DocumentRow>(
    `SELECT ${columns} FROM knowledge_documents WHERE workspace_id = $1 AND collection_id = $2 AND key = $3${hold ? ' FOR UPDATE' : ''}`,
    [workspaceId, collectionId, key],
  );
  return row === undefined ? undefined : documentOf(row);
}

export async function textOfDocument(run: RunStatement, workspaceId: string, id: string): Promise<string> {
  const [row] = await run<{ text: string }>('SELECT text FROM knowledge_documents WHERE workspace_id = $1 AND id = $2', [
    workspaceId,
    id,
  ]);
  return row?.text ?? '';
}

/** By key, those after `after`. */
export async function listDocuments(
  run: RunStatement,
  workspaceId: string,
  collectionId: string,
  { after, limit }: { after?: string | undefined; limit: number },
): Promise<StoredDocument[]> {
  const rows = await run<DocumentRow>(
    `SELECT ${columns} FROM knowledge_documents WHERE workspace_id = $1 AND collection_id = $2 AND key > $3 ORDER BY key LIMIT $4`,
    [workspaceId, collectionId, after ?? '', limit],
  );
  return rows.map(documentOf);
}

export interface StoredChunk {
  id: string;
  ordinal: number;
  heading: string[];
  start: number;
  end: number;
  text: string;
}

/** Passages of a document in its order, those after `after`. */
export async function listChunks(
  run: RunStatement,
  workspaceId: string,
  documentId: string,
  { after, limit }: { after: number; limit: number },
): Promise<StoredChunk[]> {
  return run<StoredChunk>(
    `SELECT id, ordinal, heading, starts_at AS start, ends_at AS "end", text FROM knowledge_chunks
     WHERE workspace_id = $1 AND document_id = $2 AND ordinal > $3 ORDER BY ordinal LIMIT $4`,
    [workspaceId, documentId, after, limit],
  );
}

/** A document to write. */
export interface DocumentValues {
  id: string;
  workspaceId: string;
  collectionId: string;
  key: string;
  title: string;
  mediaType: string;
  language: TextLanguage;
  metadata: JsonObject;
  hash: string;
  text: string;
  characters: number;
  chunks: number;
  version: number;
  analyser: number;
  by: string;
  now: Date;
}

export async function writeDocument(run: RunStatement, values: DocumentValues): Promise<void> {
  const { id, workspaceId, collectionId, key, title, mediaType, language, metadata, hash, text, characters, chunks } = values;
  const { version, analyser, by, now } = values;
  await run(
    `INSERT INTO knowledge_documents (id, workspace_id, collection_id, key, title, media_type, language, metadata, hash, text, characters,
       chunks, version, analyser, created_by, created_at, updated_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $16)
     ON CONFLICT (id) DO UPDATE SET title = excluded.title, media_type = excluded.media_type, language = excluded.language,
       metadata = excluded.metadata, hash = excluded.hash, text = excluded.text, characters = excluded.characters,
       chunks = excluded.chunks, version = excluded.version, analyser = excluded.analyser, updated_at = excluded.updated_at
     WHERE knowledge_documents.workspace_id = excluded.workspace_id`,
    [
      id,
      workspaceId,
      collectionId,
      key,
      title,
      mediaType,
      language,
      JSON.stringify(metadata),
      hash,
      text,
      characters,
      chunks,
      version,
      analyser,
      by,
      now,
    ],
  );
}

/** Rows of one statement: the text of a few hundred passages. */
const lot = 200;

/** What became of the chunks of a document. */
export interface ChunkCounts {
  added: number;
  kept: number;
  removed: number;
}

/** Makes the chunks of a document those that are given; the ones that stay keep their id, and only what is different of them is written. */
export async function replaceChunks(
  run: RunStatement,
  { workspaceId, collectionId, id: documentId }: Pick<DocumentValues, 'workspaceId' | 'collectionId' | 'id'>,
  chunks: readonly PreparedChunk[],
  reanalysed: boolean,
): Promise<ChunkCounts> {
  const before = await run<{ id: string; ordinal: number; starts_at: number; ends_at: number; hash: Buffer }>(
    'SELECT id, ordinal, starts_at, ends_at, hash FROM knowledge_chunks WHERE workspace_id = $1 AND document_id = $2',
    [workspaceId, documentId],
  );
  const stored = new Map(before.map((row) => [row.id, row]));
  const wanted = new Set(chunks.map(({ id }) => id));
  const gone = before.filter(({ id }) => !wanted.has(id)).map(({ id }) => id);
  if (gone.length > 0) {
    await run('DELETE FROM knowledge_chunks WHERE workspace_id = $1 AND document_id = $2 AND id = ANY($3::uuid[])', [
      workspaceId,
      documentId,
      gone,
    ]);
  }
  const placed = chunks.map((chunk, ordinal) => ({ ...chunk, ordinal }));
  const different = placed.filter((chunk) => {
    const row = stored.get(chunk.id);
    if (row === undefined || reanalysed) return true;
    return (
      row.ordinal !== chunk.ordinal || row.starts_at !== chunk.start || row.ends_at !== chunk.end || !row.hash.equals(chunk.hash)
    );
  });
  for (let from = 0; from < different.length; from += lot) {
    const rows = different.slice(from, from + lot);
    const { bytes, ends } = joined(rows.flatMap(({ text, terms, hash }) => [Buffer.from(text), terms, hash]));
    await run(
      `INSERT INTO knowledge_chunks (workspace_id, collection_id, document_id, id, ordinal, starts_at, ends_at, heading, text, terms, hash)
       SELECT $1, $2, $3, r.id, r.ordinal, r.starts_at, r.ends_at, ARRAY(SELECT jsonb_array_elements_text(r.heading::jsonb)),
         convert_from(substring($10::bytea FROM r.text_from + 1 FOR r.terms_from - r.text_from), 'UTF8'),
         substring($10::bytea FROM r.terms_from + 1 FOR r.hash_from - r.terms_from), substring($10::bytea FROM r.hash_from + 1 FOR 32)
       FROM unnest($4::uuid[], $5::int[], $6::int[], $7::int[], $8::text[], $9::int[], $11::int[], $12::int[])
         AS r (id, ordinal, starts_at, ends_at, heading, text_from, terms_from, hash_from)
       ON CONFLICT (id) DO UPDATE SET ordinal = excluded.ordinal, starts_at = excluded.starts_at, ends_at = excluded.ends_at,
         terms = excluded.terms, hash = excluded.hash
       WHERE knowledge_chunks.workspace_id = excluded.workspace_id`,
      [
        workspaceId,
        collectionId,
        documentId,
        rows.map(({ id }) => id),
        rows.map(({ ordinal }) => ordinal),
        rows.map(({ start }) => start),
        rows.map(({ end }) => end),
        rows.map(({ heading }) => JSON.stringify(heading)),
        rows.map((_, at) => (at === 0 ? 0 : ends[at * 3 - 1])),
        bytes,
        rows.map((_, at) => ends[at * 3]),
        rows.map((_, at) => ends[at * 3 + 1]),
      ],
    );
  }
  const added = chunks.filter(({ id }) => !stored.has(id)).length;
  return { added, kept: chunks.length - added, removed: gone.length };
}

/** Bytes in one piece, which the driver sends as they are: as texts of an array each would be escaped here and read again there. */
function joined(parts: readonly Uint8Array[]): { bytes: Buffer; ends: number[] } {
  let end = 0;
  const ends = parts.map(({ byteLength }) => {
    end += byteLength;
    return end;
  });
  return { bytes: Buffer.concat(parts), ends };
}

export async function deleteDocument(run: RunStatement, workspaceId: string, id: string): Promise<void> {
  await run('DELETE FROM knowledge_documents WHERE workspace_id = $1 AND id = $2', [workspaceId, id]);
}

export async function setState(run: RunStatement, workspaceId: string, id: string, state: DocumentState, now: Date): Promise<void> {
  await run('UPDATE knowledge_documents SET state = $3, updated_at = $4 WHERE workspace_id = $1 AND id = $2', [
    workspaceId,
    id,
    state,
    now,
  ]);
}
