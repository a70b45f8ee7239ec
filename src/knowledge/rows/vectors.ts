/** The statements of vectors, and of the jobs that make them. */
import type { RunStatement } from '../../store/database.ts';
import type { VectorIndexKind } from '../contract.ts';

export async function findVector(
  run: RunStatement,
  workspaceId: string,
  model: string,
  hash: Buffer,
  now: Date,
): Promise<Buffer | undefined> {
  const [row] = await run<{ vector: Buffer }>(
    'UPDATE knowledge_vectors SET used_at = $4 WHERE workspace_id = $1 AND model = $2 AND hash = $3 RETURNING vector',
    [workspaceId, model, hash, now],
  );
  return row?.vector;
}

export async function storeVectors(
  run: RunStatement,
  workspaceId: string,
  model: string,
  vectors: readonly { hash: Buffer; vector: Buffer }[],
  now: Date,
): Promise<void> {
  await run(
    `INSERT INTO knowledge_vectors (workspace_id, model, hash, vector, used_at)
     SELECT $1, $2, decode(r.hash, 'hex'), decode(r.vector, 'hex'), $5 FROM unnest($3::text[], $4::text[]) AS r (hash, vector)
     ON CONFLICT (workspace_id, model, hash) DO UPDATE SET used_at = excluded.used_at`,
    [workspaceId, model, vectors.map(({ hash }) => hash.toString('hex')), vectors.map(({ vector }) => vector.toString('hex')), now],
  );
}

export interface ChunkWithoutVector {
  id: string;
  documentId: string;
  title: string;
  heading: string[];
  text: string;
  hash: Buffer;
}

/** Chunks of a collection that a model has no vector of, up to a limit. */
export async function chunksWithoutVector(
  run: RunStatement,
  workspaceId: string,
  collectionId: string,
  model: string,
  limit: number,
): Promise<ChunkWithoutVector[]> {
  return run<ChunkWithoutVector>(
    `SELECT c.id, c.document_id AS "documentId", d.title, c.heading, c.text, c.hash FROM knowledge_chunks c
     JOIN knowledge_documents d ON d.id = c.document_id AND d.workspace_id = c.workspace_id
     WHERE c.workspace_id = $1 AND c.collection_id = $2
       AND NOT EXISTS (SELECT FROM knowledge_vectors v WHERE v.workspace_id = $1 AND v.model = $3 AND v.hash = c.hash)
     ORDER BY c.id LIMIT $4`,
    [workspaceId, collectionId, model, limit],
  );
}

/** What a collection's vectors are, and are to be. */
export interface VectorPlan {
  id: string;
  vectorModel: string | null;
  buildingModel: string | null;
  vectorIndex: VectorIndexKind;
  /** The model whose vectors pgvector has. */
  indexedModel: string | null;
}

export async function findPlan(run: RunStatement, workspaceId: string, collectionId: string): Promise<VectorPlan | undefined> {
  const [row] = await run<VectorPlan>(
    `SELECT id, vector_model AS "vectorModel", building_model AS "buildingModel", vector_index AS "vectorIndex",
       indexed_model AS "indexedModel" FROM knowledge_collections WHERE workspace_id = $1 AND id = $2`,
    [workspaceId, collectionId],
  );
  return row;
}

/** Wants the vectors searched elsewhere; in memory they are from now on, by pgvector when it has all of them. */
export async function setVectorIndex(
  run: RunStatement,
  workspaceId: string,
  collectionId: string,
  index: VectorIndexKind,
): Promise<void> {
  await run(
    `UPDATE knowledge_collections SET vector_index = $3, version = version + 1,
       indexed_model = CASE $3 WHEN 'pgvector' THEN indexed_model END WHERE workspace_id = $1 AND id = $2`,
    [workspaceId, collectionId, index],
  );
}

/** Another model is wanted, or none: the vectors that are complete serve until then. */
export async function planVectors(
  run: RunStatement,
  workspaceId: string,
  collectionId: string,
  model: string | null,
): Promise<void> {
  await run(
    model === null
      ? `UPDATE knowledge_collections SET vector_model = NULL, building_model = NULL, indexed_model = NULL, vector_state = 'none', vector_failure = NULL,
           version = version + 1 WHERE workspace_id = $1 AND id = $2`
      : `UPDATE knowledge_collections SET building_model = $3, vector_state = 'building', vector_failure = NULL, version = version + 1
         WHERE workspace_id = $1 AND id = $2`,
    model === null ? [workspaceId, collectionId] : [workspaceId, collectionId, model],
  );
}

/** Puts the finished vectors in the place of the ones before. @returns false where a chunk came meanwhile that has none, or another model is wanted by now. */
export async function finishVectors(run: RunStatement, workspaceId: string, collectionId: string, model: string): Promise<boolean> {
  const rows = await run(
    `UPDATE knowledge_collections k SET vector_model = $3, building_model = NULL, vector_state = 'ready', vector_failure = NULL
     WHERE k.workspace_id = $1 AND k.id = $2 AND k.building_model = $3 AND NOT EXISTS (
       SELECT FROM knowledge_chunks c WHERE c.workspace_id = $1 AND c.collection_id = $2 AND NOT EXISTS (
         SELECT FROM knowledge_vectors v WHERE v.workspace_id = $1 AND v.model = $3 AND v.hash = c.hash))
     RETURNING k.id`,
    [workspaceId, collectionId, model],
  );
  return rows.length > 0;
}

export async function failVectors(run: RunStatement, workspaceId: string, collectionId: string, failure: string): Promise<void> {
  await run(
    `UPDATE knowledge_collections SET vector_state = 'failed', vector_failure = $3
     WHERE workspace_id = $1 AND id = $2 AND building_model IS NOT NULL`,
    [workspaceId, collectionId, failure],
  );
}

/** Vectors that no chunk has and no question asked for since. @returns how many went. */
export async function deleteUnused(run: RunStatement, before: Date, limit: number): Promise<number> {
  const rows = await run(
    `DELETE FROM knowledge_vectors WHERE ctid = ANY(ARRAY(SELECT v.ctid FROM knowledge_vectors v WHERE v.used_at < $1 AND NOT EXISTS (
       SELECT FROM knowledge_chunks c WHERE c.workspace_id = v.workspace_id AND c.hash = v.hash) LIMIT $2)) RETURNING 1`,
    [before, limit],
  );
  return rows.length;
}

/** The oldest changes of collections that have more than so many: an index that is older is loaded whole. */
export async function trimChanges(run: RunStatement, keep: number): Promise<void> {
  await run(
    `DELETE FROM knowledge_changes c USING knowledge_collections k
     WHERE k.id = c.collection_id AND k.workspace_id = c.workspace_id AND c.sequence <= k.sequence - $1`,
    [keep],
  );
}

/** In every workspace: those whose chunks do not all have a vector of their model. */
export async function unfinishedCollections(run: RunStatement): Promise<{ workspaceId: string; collectionId: string }[]> {
  return run(
    `SELECT k.workspace_id AS "workspaceId", k.id AS "collectionId" FROM knowledge_collections k
     WHERE k.vector_state = 'building' OR (k.vector_state = 'ready' AND EXISTS (
       SELECT FROM knowledge_chunks c WHERE c.workspace_id = k.workspace_id AND c.collection_id = k.id AND NOT EXISTS (
         SELECT FROM knowledge_vectors v WHERE v.workspace_id = k.workspace_id AND v.model = k.vector_model AND v.hash = c.hash)))
       OR (k.vector_index = 'pgvector' AND k.indexed_model IS DISTINCT FROM k.vector_model)
     LIMIT 100`,
    [],
  );
}
