/** The statements of feedback on passages. Each names the workspace of every row that it touches. */
import type { RunStatement } from '../../store/database.ts';
import type { JsonObject } from '../../vocabulary.ts';
import type { PassageFeedback, PassageVerdict } from '../contract.ts';
import type { KnowledgeReader, TargetCollection } from './collections.ts';

/** A passage that feedback is about. */
export interface JudgedPassage {
  chunkId: string;
  documentId: string;
  title: string;
  heading: string[];
  metadata: JsonObject;
  collection: TargetCollection;
}

/** @param reader absent for people who manage knowledge: all collections are open to them. */
export async function findJudged(
  run: RunStatement,
  workspaceId: string,
  chunkId: string,
  reader: KnowledgeReader | undefined,
): Promise<JudgedPassage | undefined> {
  const [row] = await run<Omit<JudgedPassage, 'collection'> & { id: string; name: string } & Omit<TargetCollection, 'id' | 'name'>>(
    `SELECT c.id AS "chunkId", c.document_id AS "documentId", d.title, c.heading, d.metadata, k.id, k.name, k.language,
       k.vector_model IS NOT NULL OR k.building_model IS NOT NULL AS "hasVectors"
     FROM knowledge_chunks c
     JOIN knowledge_documents d ON d.id = c.document_id AND d.workspace_id = c.workspace_id
     JOIN knowledge_collections k ON k.id = c.collection_id AND k.workspace_id = c.workspace_id
     WHERE c.workspace_id = $1 AND c.id = $2::uuid
       AND ($3::text IS NULL OR ((k.agents = '{}' OR $3 = ANY(k.agents)) AND (k.roles = '{}' OR $4 = ANY(k.roles))))`,
    [workspaceId, chunkId, reader?.agent ?? null, reader?.role ?? null],
  );
  if (row === undefined) return undefined;
  const { id, name, language, hasVectors, ...passage } = row;
  return { ...passage, collection: { id, name, language, hasVectors } };
}

export interface FeedbackValues {
  id: string;
  collectionId: string;
  documentId: string;
  chunkId: string;
  verdict: PassageVerdict;
  question: string | null;
  note: string | null;
  correctionId: string | null;
  agent: string | null;
  runId: string | null;
  by: string;
  now: Date;
}

export async function writeFeedback(run: RunStatement, workspaceId: string, values: FeedbackValues): Promise<void> {
  await run(
    `INSERT INTO knowledge_feedback (id, workspace_id, collection_id, document_id, chunk_id, verdict, question, note, correction_id, agent, run_id,
       conversation_id, created_by, created_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11::uuid, (SELECT conversation_id FROM runs WHERE workspace_id = $2 AND id = $11::uuid), $12, $13)
     ON CONFLICT (id) DO UPDATE SET verdict = excluded.verdict, question = excluded.question, note = excluded.note,
       correction_id = excluded.correction_id, agent = excluded.agent, run_id = excluded.run_id,
       conversation_id = excluded.conversation_id, created_at = excluded.created_at
     WHERE knowledge_feedback.workspace_id = excluded.workspace_id`,
    [
      values.id,
      workspaceId,
      values.collectionId,
      values.documentId,
      values.chunkId,
      values.verdict,
      values.question,
      values.note,
      values.correctionId,
      values.agent,
      values.runId,
      values.by,
      values.now,
    ],
  );
}

interface FeedbackRow {
  id: string;
  collection: string;
  key: string;
  chunk_id: string;
  current: boolean;
  verdict: PassageVerdict;
  question: string | null;
  note: string | null;
  correction_key: string | null;
  agent: string | null;
  run_id: string | null;
  created_by: string;
  created_at: Date;
}

const selected = `SELECT f.id, k.name AS collection, d.key, f.chunk_id, f.verdict, f.question, f.note, c.key AS correction_key, f.agent, f.run_id,
    f.created_by, f.created_at,
    EXISTS (SELECT FROM knowledge_chunks p WHERE p.id = f.chunk_id AND p.workspace_id = f.workspace_id) AS current
  FROM knowledge_feedback f
  JOIN knowledge_collections k ON k.id = f.collection_id AND k.workspace_id = f.workspace_id
  JOIN knowledge_documents d ON d.id = f.document_id AND d.workspace_id = f.workspace_id
  LEFT JOIN knowledge_documents c ON c.id = f.correction_id AND c.workspace_id = f.workspace_id`;

function feedbackOf({ chunk_id, correction_key, run_id, created_by, created_at, ...row }: FeedbackRow): PassageFeedback {
  return {
    ...row,
    chunkId: chunk_id,
    correctionKey: correction_key,
    runId: run_id,
    by: created_by,
    createdAt: created_at.toISOString(),
  };
}

export async function findFeedback(run: RunStatement, workspaceId: string, id: string): Promise<PassageFeedback | undefined> {
  const [row] = await run<FeedbackRow>(`${selected} WHERE f.workspace_id = $1 AND f.id = $2::uuid`, [workspaceId, id]);
  return row === undefined ? undefined : feedbackOf(row);
}

/** Which of the feedback of a collection is listed. */
export interface FeedbackPage {
  verdict?: PassageVerdict | undefined;
  /** Id of the last of the page before. */
  after?: string | undefined;
  limit: number;
}

/** The newest first. */
export async function listFeedback(
  run: RunStatement,
  workspaceId: string,
  collectionId: string,
  { verdict, after, limit }: FeedbackPage,
): Promise<PassageFeedback[]> {
  const rows = await run<FeedbackRow>(
    `${selected} WHERE f.workspace_id = $1 AND f.collection_id = $2 AND ($3::text IS NULL OR f.verdict = $3)
       AND ($4::uuid IS NULL OR (f.created_at, f.id) < (SELECT created_at, id FROM knowledge_feedback WHERE workspace_id = $1 AND id = $4::uuid))
     ORDER BY f.created_at DESC, f.id DESC LIMIT $5`,
    [workspaceId, collectionId, verdict ?? null, after ?? null, limit],
  );
  return rows.map(feedbackOf);
}

/** What is stored under an id. */
export interface StoredFeedback {
  collectionId: string;
  documentId: string;
  correctionId: string | null;
  verdict: PassageVerdict;
}

export async function storedFeedback(run: RunStatement, workspaceId: string, id: string): Promise<StoredFeedback | undefined> {
  const [row] = await run<StoredFeedback>(
    `SELECT collection_id AS "collectionId", document_id AS "documentId", correction_id AS "correctionId", verdict FROM knowledge_feedback
     WHERE workspace_id = $1 AND id = $2::uuid`,
    [workspaceId, id],
  );
  return row;
}

export async function deleteFeedback(run: RunStatement, workspaceId: string, id: string): Promise<void> {
  await run('DELETE FROM knowledge_feedback WHERE workspace_id = $1 AND id = $2::uuid', [workspaceId, id]);
}

/** Documents that correct passages of a document. */
export async function correctionsOf(run: RunStatement, workspaceId: string, documentId: string): Promise<string[]> {
  const rows = await run<{ id: string }>(
    `SELECT correction_id AS id FROM knowledge_feedback WHERE workspace_id = $1 AND document_id = $2 AND correction_id IS NOT NULL`,
    [workspaceId, documentId],
  );
  return rows.map(({ id }) => id);
}

/** Notes of use that are older, in every workspace. @returns how many went. */
export async function deleteOldUses(run: RunStatement, before: Date, limit: number): Promise<number> {
  const rows = await run(
    `DELETE FROM knowledge_feedback WHERE ctid = ANY(ARRAY(SELECT ctid FROM knowledge_feedback WHERE verdict = 'used' AND created_at < $1 LIMIT $2))
     RETURNING 1`,
    [before, limit],
  );
  return rows.length;
}

/** SQL of what ranks the passages of the document `d`, as JSON; null where nothing does. */
export const rankedBy = `(SELECT jsonb_agg(jsonb_build_object('chunk', f.chunk, 'balance', f.balance, 'questions', f.questions)) FROM (
    SELECT r.chunk_id AS chunk,
      (count(DISTINCT r.created_by) FILTER (WHERE r.verdict = 'approved') - count(DISTINCT r.created_by) FILTER (WHERE r.verdict <> 'approved'))::int AS balance,
      COALESCE(array_agg(r.question) FILTER (WHERE r.verdict = 'approved' AND r.question IS NOT NULL), '{}') AS questions
    FROM knowledge_feedback r WHERE r.workspace_id = d.workspace_id AND r.document_id = d.id AND r.verdict <> 'used' GROUP BY r.chunk_id
    UNION ALL
    SELECT NULL, 1, COALESCE(array_agg(r.question) FILTER (WHERE r.question IS NOT NULL), '{}')
    FROM knowledge_feedback r WHERE r.workspace_id = d.workspace_id AND r.correction_id = d.id HAVING count(*) > 0) f)`;
