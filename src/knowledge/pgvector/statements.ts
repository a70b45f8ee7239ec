/**
 * The statements of vectors that pgvector searches. Each collection has a table for each model, with nothing of another in it; a row is the vector of a
 * chunk, and counts while the chunk has the same hash.
 */
import type { RunStatement } from '../../store/database.ts';
import type { MetadataFilter } from '../contract.ts';
import { lastingId } from '../lasting-id.ts';
import type { IndexScope } from '../rows/index-pages.ts';

const schema = 'timonel_nearest';

/** Vectors of one model, of one collection. */
export interface VectorSet extends IndexScope {
  model: string;
}

/** How the names of the tables of a collection begin. */
function prefixOf(collectionId: string): string {
  return `c_${collectionId.replaceAll('-', '')}_`;
}

function tableOf({ collectionId, model }: VectorSet): string {
  return `${schema}.${prefixOf(collectionId)}${lastingId(model).slice(0, 8)}`;
}

/** The version of the extension; `undefined` where the database has none. */
export async function extensionVersion(run: RunStatement): Promise<string | undefined> {
  const [row] = await run<{ extversion: string }>(`SELECT extversion FROM pg_extension WHERE extname = 'vector'`, []);
  return row?.extversion;
}

/** Numbers of the vectors of a set; `undefined` while there are none. */
export async function dimensionsOf(
  run: RunStatement,
  { workspaceId, collectionId, model }: VectorSet,
): Promise<number | undefined> {
  const [row] = await run<{ bytes: number }>(
    `SELECT octet_length(v.vector) AS bytes FROM knowledge_chunks c JOIN knowledge_vectors v
       ON v.workspace_id = c.workspace_id AND v.model = $3 AND v.hash = c.hash
     WHERE c.workspace_id = $1 AND c.collection_id = $2 LIMIT 1`,
    [workspaceId, collectionId, model],
  );
  return row === undefined ? undefined : (row.bytes - 4) / 2;
}

/** @returns true where the table was not there. A backup knows of a complete set, and has no such table: it is complete when it was filled. */
export async function makeTable(run: RunStatement, set: VectorSet, dimensions: number): Promise<boolean> {
  const table = tableOf(set);
  await alone(run, table);
  const [row] = await run<{ there: boolean }>('SELECT to_regclass($1) IS NOT NULL AS there', [table]);
  if (row?.there === true) return false;
  await run('UPDATE knowledge_collections SET indexed_model = NULL WHERE workspace_id = $1 AND id = $2', [
    set.workspaceId,
    set.collectionId,
  ]);
  await run(`CREATE SCHEMA IF NOT EXISTS ${schema}`, []);
  await run(
    `CREATE TABLE ${table} (chunk_id uuid PRIMARY KEY, workspace_id text NOT NULL, document_id uuid NOT NULL, hash bytea NOT NULL,
       embedding halfvec(${dimensions}) NOT NULL)`,
    [],
  );
  await run(`CREATE INDEX ON ${table} (document_id)`, []);
  await run(`SELECT timonel_protect('${table}')`, []);
  return true;
}

/** Has the index of the set made, where it is not there. On a million vectors it takes minutes: nobody else works with this table meanwhile. */
export async function makeIndex(run: RunStatement, set: VectorSet): Promise<void> {
  const table = tableOf(set);
  const name = `${table.slice(schema.length + 1)}_hnsw`;
  await run(`SELECT set_config('statement_timeout', '0', true)`, []);
  await alone(run, table);
  await run(`CREATE INDEX IF NOT EXISTS ${name} ON ${table} USING hnsw (embedding halfvec_ip_ops)`, []);
}

/** Until the transaction ends no other makes this table or its index: two jobs for one collection are no rarity. */
async function alone(run: RunStatement, table: string): Promise<void> {
  await run(`SELECT pg_advisory_xact_lock(hashtext('timonel'), hashtext($1))`, [table]);
}

export interface VectorToIndex {
  id: string;
  document_id: string;
  hash: Buffer;
  vector: Buffer;
}

/** Has of a chunk its vector, and not in the table; `c`, `v` and the table stand for the three. */
const lacking = (
  table: string,
) => `FROM knowledge_chunks c JOIN knowledge_vectors v ON v.workspace_id = c.workspace_id AND v.model = $3 AND v.hash = c.hash
     WHERE c.workspace_id = $1 AND c.collection_id = $2 AND octet_length(v.vector) = 4 + 2 * (
       SELECT atttypmod FROM pg_attribute WHERE attrelid = '${table}'::regclass AND attname = 'embedding')
       AND NOT EXISTS (SELECT FROM ${table} n WHERE n.chunk_id = c.id AND n.hash = c.hash)`;

/** Vectors of chunks that the table lacks, by the id of the chunk. */
export function vectorsToIndex(run: RunStatement, set: VectorSet, after: string, limit: number): Promise<VectorToIndex[]> {
  return run<VectorToIndex>(
    `SELECT c.id, c.document_id, c.hash, v.vector ${lacking(tableOf(set))} AND c.id > $4 ORDER BY c.id LIMIT $5`,
    [set.workspaceId, set.collectionId, set.model, after, limit],
  );
}

export async function lacksVectors(run: RunStatement, set: VectorSet): Promise<boolean> {
  const values = [set.workspaceId, set.collectionId, set.model];
  return (await run(`SELECT 1 ${lacking(tableOf(set))} LIMIT 1`, values)).length > 0;
}

/** @param texts as pgvector writes vectors. */
export async function storeInTable(
  run: RunStatement,
  set: VectorSet,
  rows: readonly VectorToIndex[],
  texts: readonly string[],
): Promise<void> {
  await run(
    `INSERT INTO ${tableOf(set)} (workspace_id, chunk_id, document_id, hash, embedding)
     SELECT $1, r.id, r.document_id, decode(r.hash, 'hex'), r.vector::halfvec
     FROM unnest($2::uuid[], $3::uuid[], $4::text[], $5::text[]) AS r (id, document_id, hash, vector)
     ON CONFLICT (chunk_id) DO UPDATE SET hash = excluded.hash, document_id = excluded.document_id, embedding = excluded.embedding`,
    [
      set.workspaceId,
      rows.map(({ id }) => id),
      rows.map(({ document_id }) => document_id),
      rows.map(({ hash }) => hash.toString('hex')),
      texts,
    ],
  );
}

/** Rows of chunks that are gone. They are not found before either. */
export async function deleteGone(run: RunStatement, set: VectorSet): Promise<void> {
  const table = tableOf(set);
  await run(
    `DELETE FROM ${table} n WHERE n.workspace_id = $1 AND NOT EXISTS (
       SELECT FROM knowledge_chunks c WHERE c.workspace_id = $1 AND c.id = n.chunk_id AND c.hash = n.hash)`,
    [set.workspaceId],
  );
}

/** Says that a set is complete, or with null that there is none. */
export async function setIndexedModel(run: RunStatement, { workspaceId, collectionId }: IndexScope, model: string | null) {
  await run('UPDATE knowledge_collections SET indexed_model = $3 WHERE workspace_id = $1 AND id = $2', [
    workspaceId,
    collectionId,
    model,
  ]);
}

/** Removes tables that no collection searches: of another model, of one that is searched in memory, of one that is gone. */
export async function dropUnused(run: RunStatement): Promise<void> {
  const tables = await run<{ name: string }>('SELECT tablename AS name FROM pg_tables WHERE schemaname = $1', [schema]);
  if (tables.length === 0) return;
  const collections = await run<{ workspaceId: string; collectionId: string; models: (string | null)[] }>(
    `SELECT workspace_id AS "workspaceId", id AS "collectionId", ARRAY[vector_model, building_model] AS models FROM knowledge_collections
     WHERE vector_index = 'pgvector'`,
    [],
  );
  const used = new Set(
    collections.flatMap(({ models, ...scope }) =>
      models.flatMap((model) => (model === null ? [] : [tableOf({ ...scope, model })])),
    ),
  );
  for (const { name } of tables) if (!used.has(`${schema}.${name}`)) await run(`DROP TABLE IF EXISTS ${schema}.${name}`, []);
}

/** What a transaction that searches begins with; pgvector is loaded by the first cast, before its settings mean anything. */
const beginning = `SELECT '[1]'::halfvec IS NOT NULL AS loaded, to_regclass($1) IS NOT NULL AS there,
  set_config('hnsw.iterative_scan', 'strict_order', true) AS asked, set_config('hnsw.ef_search', '200', true) AS looked,
  set_config('enable_seqscan', 'off', true) AS scan, set_config('enable_sort', 'off', true) AS sort`;

/**
 * Has the scan go on where a filter takes what it found, and says what is in force: a name that pgvector does not know is only warned of, and leaves
 * the scan as it is without, which finds a few of ten. An older pgvector does not have the setting, and PostgreSQL would take any value for it.
 * @returns the setting as pgvector has it, 'off' where it has none; `undefined` where the set has no table
 */
export async function beginSearch(run: RunStatement, set: VectorSet): Promise<string | undefined> {
  const [begun] = await run<{ there: boolean }>(beginning, [tableOf(set)]);
  if (begun?.there !== true) return undefined;
  const [now] = await run<{ setting: string }>(`SELECT setting FROM pg_settings WHERE name = 'hnsw.iterative_scan'`, []);
  return now?.setting ?? 'off';
}

/** The condition of a filter on `d`, and its values; they follow those that the statement has. */
function filtered(filter: MetadataFilter, first: number): { condition: string; values: unknown[] } {
  const values: unknown[] = [];
  const conditions = Object.entries(filter).map(([name, wanted]) => {
    const any = Array.isArray(wanted) ? wanted : [wanted];
    values.push(name, JSON.stringify(any));
    const [at, among] = [first + values.length - 2, first + values.length - 1];
    // A list stands for any of its values, in the filter and in the document.
    return `EXISTS (SELECT FROM jsonb_array_elements(CASE jsonb_typeof(d.metadata -> $${at}::text) WHEN 'array' THEN d.metadata -> $${at}::text
      ELSE jsonb_build_array(d.metadata -> $${at}::text) END) AS value WHERE $${among}::jsonb @> jsonb_build_array(value.value))`;
  });
  return { condition: conditions.map((each) => ` AND ${each}`).join(''), values };
}

/** Passages of documents that a filter leaves, about. */
export async function countFiltered(run: RunStatement, { workspaceId, collectionId }: IndexScope, filter: MetadataFilter) {
  const { condition, values } = filtered(filter, 3);
  const [row] = await run<{ chunks: number }>(
    `SELECT coalesce(sum(d.chunks), 0)::int AS chunks FROM knowledge_documents d
     WHERE d.workspace_id = $1 AND d.collection_id = $2 AND d.state = 'ready'${condition}`,
    [workspaceId, collectionId, ...values],
  );
  return row?.chunks ?? 0;
}

export interface NearestRow {
  id: string;
  score: number;
}

/** The nearest passages, the nearest first. @param exact looks at all that the filter leaves, without the index. */
export function nearestRows(
  run: RunStatement,
  set: VectorSet,
  { vector, limit, filter = {}, exact }: { vector: string; limit: number; filter?: MetadataFilter | undefined; exact: boolean },
): Promise<NearestRow[]> {
  const { condition, values } = filtered(filter, 5);
  const distance = 'n.embedding <#> $3::halfvec';
  return run<NearestRow>(
    // The inner product, turned round. Another expression than the index has keeps it out.
    `SELECT n.chunk_id AS id, -(${distance}) AS score FROM ${tableOf(set)} n
     JOIN knowledge_chunks c ON c.id = n.chunk_id AND c.hash = n.hash AND c.workspace_id = $1 AND c.collection_id = $4
     JOIN knowledge_documents d ON d.id = c.document_id AND d.workspace_id = $1 AND d.state = 'ready'${condition}
     WHERE n.workspace_id = $1 ORDER BY ${exact ? `(${distance}) + 0` : distance} LIMIT $2`,
    [set.workspaceId, limit, vector, set.collectionId, ...values],
  );
}
