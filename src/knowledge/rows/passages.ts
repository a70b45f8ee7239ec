/** Passages as they are quoted, read at the moment that they are answered. */
import type { RunStatement } from '../../store/database.ts';
import type { JsonObject } from '../../vocabulary.ts';
import type { Citation } from '../contract.ts';

export interface StoredPassage {
  text: string;
  metadata: JsonObject;
  citation: Citation;
}

interface PassageRow {
  id: string;
  text: string;
  heading: string[];
  starts_at: number;
  ends_at: number;
  document_id: string;
  version: number;
  key: string;
  title: string;
  metadata: JsonObject;
  collection: string;
}

/** By the id of the chunk; those that are gone meanwhile are not there. */
export async function findPassages(
  run: RunStatement,
  workspaceId: string,
  ids: readonly string[],
): Promise<Map<string, StoredPassage>> {
  if (ids.length === 0) return new Map();
  const rows = await run<PassageRow>(
    `SELECT c.id, c.text, c.heading, c.starts_at, c.ends_at, c.document_id, d.version, d.key, d.title, d.metadata, k.name AS collection
     FROM knowledge_chunks c
     JOIN knowledge_documents d ON d.id = c.document_id AND d.workspace_id = c.workspace_id AND d.state = 'ready'
     JOIN knowledge_collections k ON k.id = c.collection_id AND k.workspace_id = c.workspace_id
     WHERE c.workspace_id = $1 AND c.id = ANY($2::uuid[])`,
    [workspaceId, ids],
  );
  return new Map(
    rows.map(({ id, text, heading, metadata, collection, key, title, ...row }) => [
      id,
      {
        text,
        metadata,
        citation: {
          collection,
          documentId: row.document_id,
          documentVersion: row.version,
          key,
          title,
          heading,
          chunkId: id,
          start: row.starts_at,
          end: row.ends_at,
        },
      },
    ]),
  );
}

/** What is written at a place of a document, in the version that is asked for; `undefined` where that is not the one that is stored. */
export async function writtenAt(
  run: RunStatement,
  workspaceId: string,
  { documentId, documentVersion, start, end }: Pick<Citation, 'documentId' | 'documentVersion' | 'start' | 'end'>,
): Promise<string | undefined> {
  // PostgreSQL counts characters, which are code points, from 1.
  const [row] = await run<{ written: string }>(
    `SELECT substring(text FROM $4::int FOR $5::int) AS written FROM knowledge_documents
     WHERE workspace_id = $1 AND id = $2::uuid AND version = $3`,
    [workspaceId, documentId, documentVersion, start + 1, Math.max(0, end - start)],
  );
  return row?.written;
}
