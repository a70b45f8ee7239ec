/** What evaluations say of the collections that a release names: whether answers from documents became worse since it began. */
import type pg from 'pg';
import { comparedOutcomes, type QuestionOutcome } from '../knowledge/evaluation.ts';

/** Of one collection and one set of questions. */
export interface CollectionFinding {
  collection: string;
  /** Of the sign test between both evaluations; `missing` where there are not two to compare. */
  verdict: 'better' | 'worse' | 'inconclusive' | 'missing';
  /** The newest evaluation before the release began, and the newest since, of the same questions and strategy. */
  base: string | null;
  other: string | null;
  /** Questions that went better, and worse. */
  better: number;
  worse: number;
  /** How likely so uneven a change is by chance, 0 to 1. */
  p: number;
}

interface PairRow {
  collection: string;
  base: string;
  other: string;
  base_outcomes: QuestionOutcome[];
  outcomes: QuestionOutcome[];
}

/** One for each set of questions that was asked before and since, and one for each collection that has none. */
export async function findCollections(
  client: pg.ClientBase,
  { workspaceId, plan, startedAt }: { workspaceId: string; plan: { collections: readonly string[] }; startedAt: Date | undefined },
): Promise<CollectionFinding[]> {
  if (plan.collections.length === 0) return [];
  const { rows } = await client.query<PairRow>(
    `SELECT DISTINCT ON (k.name, o.questions_hash, o.strategy) k.name AS collection, b.id AS base, o.id AS other,
       b.outcomes AS base_outcomes, o.outcomes
     FROM knowledge_collections k
     JOIN knowledge_evaluations o ON o.workspace_id = k.workspace_id AND o.collection_id = k.id AND o.created_at > $3
     CROSS JOIN LATERAL (
       SELECT id, outcomes FROM knowledge_evaluations e
       WHERE e.workspace_id = k.workspace_id AND e.collection_id = k.id AND e.created_at <= $3
         AND e.questions_hash = o.questions_hash AND e.strategy = o.strategy ORDER BY e.created_at DESC, e.id DESC LIMIT 1) b
     WHERE k.workspace_id = $1 AND k.name = ANY($2) ORDER BY k.name, o.questions_hash, o.strategy, o.created_at DESC, o.id DESC`,
    [workspaceId, plan.collections, startedAt ?? null],
  );
  const found = rows.map(({ collection, base, other, base_outcomes, outcomes }): CollectionFinding => {
    const { verdict, p, better, worse } = comparedOutcomes(base_outcomes, outcomes);
    return { collection, verdict, base, other, better: better.length, worse: worse.length, p };
  });
  const missing = plan.collections.filter((name) => !found.some(({ collection }) => collection === name));
  const none = { verdict: 'missing', base: null, other: null, better: 0, worse: 0, p: 1 } as const;
  return [...found, ...missing.map((collection): CollectionFinding => ({ collection, ...none }))];
}

/** Why a release does not go on: the first that became worse. */
export function worsened(findings: readonly CollectionFinding[]): string | undefined {
  const found = findings.find(({ verdict }) => verdict === 'worse');
  if (found === undefined) return undefined;
  return `The collection "${found.collection}" became worse since the release began: ${found.worse} question(s) went worse and ${found.better} better (p = ${found.p}).`;
}

/** Why a release is not promoted yet: the first whose evaluations do not tell. */
export function unevaluated(findings: readonly CollectionFinding[]): string | undefined {
  const found = findings.find(({ verdict }) => verdict === 'missing');
  if (found === undefined) return undefined;
  return `The collection "${found.collection}" has no two evaluations of the same questions, one from before the release began and one since. Run timonel knowledge eval.`;
}
