/** The statements of collections. Each names the workspace of every row that it touches. */
import type { RunStatement } from '../../store/database.ts';
import type { Collection, NewCollection, TextLanguage, VectorIndexKind } from '../contract.ts';

interface CollectionRow {
  id: string;
  name: string;
  description: string;
  language: Collection['language'];
  agents: string[];
  roles: string[];
  documents: number;
  chunks: number;
  /** A bigint, which the driver gives as text. */
  sequence: string;
  vector_model: string | null;
  building_model: string | null;
  vector_state: Collection['vectors']['state'];
  vector_failure: string | null;
  vector_index: VectorIndexKind;
  indexed_model: string | null;
  vectors_done: number;
  version: number;
  created_at: Date;
  updated_at: Date;
}

const columns = `k.id, k.name, k.description, k.language, k.agents, k.roles, k.sequence, k.vector_model, k.building_model, k.vector_state,
  k.vector_failure, k.vector_index, k.indexed_model, k.version, k.created_at, k.updated_at,
  (SELECT count(*)::int FROM knowledge_documents d WHERE d.collection_id = k.id AND d.workspace_id = k.workspace_id) AS documents,
  (SELECT count(*)::int FROM knowledge_chunks c WHERE c.collection_id = k.id AND c.workspace_id = k.workspace_id) AS chunks,
  CASE WHEN k.building_model IS NULL THEN 0 ELSE (SELECT count(*)::int FROM knowledge_chunks c JOIN knowledge_vectors v
    ON v.workspace_id = c.workspace_id AND v.model = k.building_model AND v.hash = c.hash
    WHERE c.collection_id = k.id AND c.workspace_id = k.workspace_id) END AS vectors_done`;

function collectionOf(row: CollectionRow): Collection {
  const { id, name, description, language, agents, roles, documents, chunks, version } = row;
  return {
    id,
    name,
    description,
    language,
    agents,
    roles,
    documents,
    chunks,
    sequence: Number(row.sequence),
    vectors: {
      model: row.vector_model,
      building: row.building_model,
      state: row.vector_state,
      done: row.building_model === null ? (row.vector_model === null ? 0 : chunks) : row.vectors_done,
      total: row.vector_state === 'none' ? 0 : chunks,
      failure: row.vector_failure,
      index: row.vector_index,
      searchedIn: row.indexed_model !== null && row.indexed_model === row.vector_model ? row.vector_index : 'memory',
    },
    version,
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
  };
}

/** Who changes something, and when. */
export interface CollectionChange {
  by: string;
  now: Date;
}

/** @returns `undefined` where the workspace has one of that name. */
export async function insertCollection(
  run: RunStatement,
  workspaceId: string,
  id: string,
  { name, description = '', language = 'auto', agents = [], roles = [] }: NewCollection,
  { by, now }: CollectionChange,
): Promise<Collection | undefined> {
  const rows = await run(
    `INSERT INTO knowledge_collections (id, workspace_id, name, description, language, agents, roles, created_by, created_at, updated_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9) ON CONFLICT (workspace_id, name) DO NOTHING RETURNING id`,
    [id, workspaceId, name, description, language, agents, roles, by, now],
  );
  return rows.length === 0 ? undefined : findCollection(run, workspaceId, name);
}

export async function findCollection(run: RunStatement, workspaceId: string, name: string): Promise<Collection | undefined> {
  const [row] = await run<CollectionRow>(
    `SELECT ${columns} FROM knowledge_collections k WHERE k.workspace_id = $1 AND k.name = $2`,
    [workspaceId, name],
  );
  return row === undefined ? undefined : collectionOf(row);
}

/** What a change of documents needs to know of their collection. */
export interface TargetCollection {
  id: string;
  name: string;
  language: Collection['language'];
  /** Has vectors, or gets some. */
  hasVectors: boolean;
}

export async function findTarget(run: RunStatement, workspaceId: string, name: string): Promise<TargetCollection | undefined> {
  const [row] = await run<TargetCollection>(
    `SELECT id, name, language, vector_model IS NOT NULL OR building_model IS NOT NULL AS "hasVectors"
     FROM knowledge_collections WHERE workspace_id = $1 AND name = $2`,
    [workspaceId, name],
  );
  return row;
}

/** By name, those after `after`. */
export async function listCollections(
  run: RunStatement,
  workspaceId: string,
  { after, limit }: { after?: string | undefined; limit: number },
): Promise<Collection[]> {
  const rows = await run<CollectionRow>(
    `SELECT ${columns} FROM knowledge_collections k WHERE k.workspace_id = $1 AND k.name > $2 ORDER BY k.name LIMIT $3`,
    [workspaceId, after ?? '', limit],
  );
  return rows.map(collectionOf);
}

export type CollectionChanges = Omit<Partial<NewCollection>, 'name'>;

/** @returns `undefined` where there is none of that version. */
export async function updateCollection(
  run: RunStatement,
  workspaceId: string,
  { name, version }: { name: string; version: number | undefined },
  { description, language, agents, roles }: CollectionChanges,
  { now }: CollectionChange,
): Promise<Collection | undefined> {
  const rows = await run(
    `UPDATE knowledge_collections SET description = COALESCE($4, description), language = COALESCE($5, language),
       agents = COALESCE($6, agents), roles = COALESCE($7, roles), version = version + 1, updated_at = $8
     WHERE workspace_id = $1 AND name = $2 AND ($3::int IS NULL OR version = $3) RETURNING id`,
    [workspaceId, name, version ?? null, description ?? null, language ?? null, agents ?? null, roles ?? null, now],
  );
  return rows.length === 0 ? undefined : findCollection(run, workspaceId, name);
}

export async function deleteCollection(run: RunStatement, workspaceId: string, name: string): Promise<boolean> {
  // Chunks and changes go with their documents, by the foreign keys.
  const rows = await run('DELETE FROM knowledge_collections WHERE workspace_id = $1 AND name = $2 RETURNING id', [
    workspaceId,
    name,
  ]);
  return rows.length > 0;
}

/** A collection, as a search needs it. */
export interface OpenCollection {
  id: string;
  name: string;
  sequence: number;
  vectorModel: string | null;
  /** pgvector has the vectors of {@link vectorModel}, all of them. */
  usesPgvector: boolean;
}

/** Who searches; absent for people who manage knowledge. */
export interface KnowledgeReader {
  agent: string;
  /** Of who asks; `null` for an API key with scopes of its own, absent where nobody is known. */
  role?: string | null | undefined;
}

/** @param names all that are open to the reader where absent. */
export async function openCollections(
  run: RunStatement,
  workspaceId: string,
  names: readonly string[] | undefined,
  reader: KnowledgeReader | undefined,
): Promise<OpenCollection[]> {
  const rows = await run<Omit<OpenCollection, 'sequence'> & { sequence: string }>(
    `SELECT id, name, sequence, vector_model AS "vectorModel",
       (vector_index = 'pgvector' AND indexed_model = vector_model) IS TRUE AS "usesPgvector" FROM knowledge_collections
     WHERE workspace_id = $1 AND ($2::text[] IS NULL OR name = ANY($2))
       AND ($3::text IS NULL OR ((agents = '{}' OR $3 = ANY(agents)) AND (roles = '{}' OR $4 = ANY(roles)))) ORDER BY name`,
    [workspaceId, names ?? null, reader?.agent ?? null, reader?.role ?? null],
  );
  return rows.map(({ sequence, ...rest }) => ({ ...rest, sequence: Number(sequence) }));
}

/** Counts a change, and holds the collection until its transaction ends: changes become visible in their order. */
export async function countChange(
  run: RunStatement,
  workspaceId: string,
  collectionId: string,
  documentId: string,
  now: Date,
): Promise<{ sequence: number; language: TextLanguage | 'auto' } | undefined> {
  const [row] = await run<{ sequence: string; language: TextLanguage | 'auto' }>(
    `WITH counted AS (UPDATE knowledge_collections SET sequence = sequence + 1, updated_at = $4
       WHERE workspace_id = $1 AND id = $2 RETURNING sequence, language),
     told AS (INSERT INTO knowledge_changes (workspace_id, collection_id, sequence, document_id)
       SELECT $1, $2, sequence, $3 FROM counted)
     SELECT sequence, language FROM counted`,
    [workspaceId, collectionId, documentId, now],
  );
  return row === undefined ? undefined : { sequence: Number(row.sequence), language: row.language };
}
