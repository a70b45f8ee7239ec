import type { RunStatement } from '../../store/database.ts';
import type { EvaluationFigures } from '../evaluation.ts';

/** An evaluation as it is kept, so that the next one can be compared with it. */
export interface StoredEvaluation {
  id: string;
  /** Names the set of questions. */
  questionsHash: string;
  questions: number;
  strategy: string;
  /** The collection's last change at that time. */
  sequence: number;
  figures: EvaluationFigures;
  /** ISO 8601. */
  createdAt: string;
}

interface EvaluationRow {
  id: string;
  questions_hash: string;
  questions: number;
  strategy: string;
  sequence: string;
  figures: EvaluationFigures;
  created_at: Date;
}

export async function storeEvaluation(
  run: RunStatement,
  workspaceId: string,
  collectionId: string,
  { id, questionsHash, questions, strategy, sequence, figures, createdAt }: StoredEvaluation,
  by: string,
): Promise<void> {
  await run(
    `INSERT INTO knowledge_evaluations (id, workspace_id, collection_id, questions_hash, questions, strategy, sequence, figures, created_by, created_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
    [id, workspaceId, collectionId, questionsHash, questions, strategy, sequence, JSON.stringify(figures), by, createdAt],
  );
}

/** The newest first. */
export async function listEvaluations(
  run: RunStatement,
  workspaceId: string,
  collectionId: string,
  limit: number,
): Promise<StoredEvaluation[]> {
  const found = await run<EvaluationRow>(
    `SELECT id, questions_hash, questions, strategy, sequence, figures, created_at FROM knowledge_evaluations
     WHERE workspace_id = $1 AND collection_id = $2 ORDER BY created_at DESC, id DESC LIMIT $3`,
    [workspaceId, collectionId, limit],
  );
  return found.map(({ questions_hash, sequence, created_at, ...row }) => ({
    ...row,
    questionsHash: questions_hash,
    sequence: Number(sequence),
    createdAt: created_at.toISOString(),
  }));
}
