import type { RunStatement } from '../../store/database.ts';
import type { EvaluationFigures, QuestionOutcome } from '../evaluation.ts';

/** An evaluation as it is kept, so that the next one can be compared with it. */
export interface StoredEvaluation {
  id: string;
  /** Names the set of questions. */
  questionsHash: string;
  questions: number;
  strategy: string;
  /** The collection's last change at that time. */
  sequence: number;
  /** Model of the vectors that were searched; null where there were none. */
  vectorModel: string | null;
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
  vector_model: string | null;
  figures: EvaluationFigures;
  created_at: Date;
}

const columns = 'id, questions_hash, questions, strategy, sequence, vector_model, figures, created_at';

function evaluationOf({ questions_hash, sequence, vector_model, created_at, ...row }: EvaluationRow): StoredEvaluation {
  return {
    ...row,
    questionsHash: questions_hash,
    sequence: Number(sequence),
    vectorModel: vector_model,
    createdAt: created_at.toISOString(),
  };
}

export async function storeEvaluation(
  run: RunStatement,
  workspaceId: string,
  collectionId: string,
  { id, questionsHash, questions, strategy, sequence, vectorModel, figures, createdAt }: StoredEvaluation,
  outcomes: readonly QuestionOutcome[],
  by: string,
): Promise<void> {
  await run(
    `INSERT INTO knowledge_evaluations (id, workspace_id, collection_id, questions_hash, questions, strategy, sequence, figures, created_by, created_at,
       vector_model, outcomes)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
    [
      id,
      workspaceId,
      collectionId,
      questionsHash,
      questions,
      strategy,
      sequence,
      JSON.stringify(figures),
      by,
      createdAt,
      vectorModel,
      JSON.stringify(outcomes),
    ],
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
    `SELECT ${columns} FROM knowledge_evaluations
     WHERE workspace_id = $1 AND collection_id = $2 ORDER BY created_at DESC, id DESC LIMIT $3`,
    [workspaceId, collectionId, limit],
  );
  return found.map(evaluationOf);
}

/** An evaluation of a collection, with what came of each question. */
export async function findEvaluation(
  run: RunStatement,
  workspaceId: string,
  collectionId: string,
  id: string,
): Promise<{ evaluation: StoredEvaluation; outcomes: QuestionOutcome[] } | undefined> {
  const [row] = await run<EvaluationRow & { outcomes: QuestionOutcome[] }>(
    `SELECT ${columns}, outcomes FROM knowledge_evaluations WHERE workspace_id = $1 AND collection_id = $2 AND id = $3::uuid`,
    [workspaceId, collectionId, id],
  );
  if (row === undefined) return undefined;
  const { outcomes, ...rest } = row;
  return { evaluation: evaluationOf(rest), outcomes };
}
