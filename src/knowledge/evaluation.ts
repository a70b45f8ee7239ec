/** How good a collection is at a set of questions: the measures that the field compares retrieval by, and how often silence is right. */
import { createHash } from 'node:crypto';
import type { Evidence } from './contract.ts';

/** A question, and the documents that answer it; none for one that the collection cannot answer. */
export interface EvaluationQuestion {
  question: string;
  /** Keys of documents; with `#` and a text, a passage of it that has the text. */
  relevant: readonly string[];
}

/** Means over the questions that have an answer, 0 to 1. */
export interface EvaluationFigures {
  ndcg10: number;
  recall10: number;
  mrr: number;
  /** Of the questions that have an answer: the first passage is right, and the evidence for it strong. */
  quotable: number;
  /** Of all questions: the evidence is strong, and the first passage wrong. */
  wrongQuotes: number;
  /** Of the questions without an answer: the evidence is not strong. Null where there are none. */
  toldUnanswerable: number | null;
}

/** Whether each passage of the answer is relevant, best first, and how many relevant ones there are. */
export interface Judged {
  relevant: readonly boolean[];
  expected: number;
  evidence: Evidence;
}

/** What came of one question: the rank of the first relevant passage, 0 where there is none among ten, and whether the evidence was strong. */
export type QuestionOutcome = readonly [rank: number, strong: 0 | 1];

export function questionOutcomeOf({ relevant, evidence }: Judged): QuestionOutcome {
  return [relevant.slice(0, 10).indexOf(true) + 1, evidence === 'strong' && relevant.length > 0 ? 1 : 0];
}

/** Two evaluations of one set of questions. Questions are named by their place in the set, from 1. */
export interface EvaluationComparison {
  /**
   * Of a sign test over the questions that went otherwise, two-sided at 5 %: `better`, `worse`, or `inconclusive` where it may be chance, also where
   * nothing changed.
   */
  verdict: 'better' | 'worse' | 'inconclusive';
  /** How likely it is that so uneven a change is chance, 0 to 1. */
  p: number;
  better: readonly number[];
  worse: readonly number[];
  same: number;
}

/** @param base @param other of the same questions, in the same order. */
export function comparedOutcomes(base: readonly QuestionOutcome[], other: readonly QuestionOutcome[]): EvaluationComparison {
  const better: number[] = [];
  const worse: number[] = [];
  for (const [at, [rank, strong]] of base.entries()) {
    const [otherRank, otherStrong] = other[at] ?? [0, 0];
    const gain = goodness(otherRank, otherStrong) - goodness(rank, strong);
    if (gain > 0) better.push(at + 1);
    if (gain < 0) worse.push(at + 1);
  }
  const p = signTest(better.length, worse.length);
  const verdict = p >= 0.05 ? 'inconclusive' : better.length > worse.length ? 'better' : 'worse';
  return { verdict, p: Math.round(p * 10_000) / 10_000, better, worse, same: base.length - better.length - worse.length };
}

/** A relevant passage counts the more the earlier it is; strong evidence for a wrong one is worse than nothing found. */
function goodness(rank: number, strong: 0 | 1): number {
  if (strong === 1 && rank !== 1) return -1;
  return rank === 0 ? 0 : 1 / rank;
}

/** Two-sided, exact: how likely a split at least so uneven is where both ways are as likely. */
function signTest(one: number, other: number): number {
  const all = one + other;
  let logarithm = -all * Math.LN2;
  let tail = 0;
  for (let fewer = 0; fewer <= Math.min(one, other); fewer++) {
    tail += Math.exp(logarithm);
    logarithm += Math.log((all - fewer) / (fewer + 1));
  }
  return Math.min(1, 2 * tail);
}

export function figuresOf(judged: readonly Judged[]): EvaluationFigures {
  const answerable = judged.filter(({ expected }) => expected > 0);
  const silent = judged.filter(({ expected }) => expected === 0);
  const quoted = (each: Judged) => each.evidence === 'strong' && each.relevant.length > 0;
  return {
    ndcg10: mean(answerable, ndcg),
    recall10: mean(answerable, ({ relevant, expected }) => relevant.slice(0, 10).filter(Boolean).length / Math.min(10, expected)),
    mrr: mean(answerable, ({ relevant }) => 1 / (relevant.indexOf(true) + 1 || Number.POSITIVE_INFINITY)),
    quotable: mean(answerable, (each) => (quoted(each) && each.relevant[0] === true ? 1 : 0)),
    wrongQuotes: mean(judged, (each) => (quoted(each) && each.relevant[0] !== true ? 1 : 0)),
    toldUnanswerable: silent.length === 0 ? null : mean(silent, (each) => (quoted(each) ? 0 : 1)),
  };
}

function ndcg({ relevant, expected }: Judged): number {
  let gained = 0;
  for (const [at, is] of relevant.slice(0, 10).entries()) if (is) gained += 1 / Math.log2(at + 2);
  let ideal = 0;
  for (let at = 0; at < Math.min(10, expected); at++) ideal += 1 / Math.log2(at + 2);
  return gained / ideal;
}

function mean<T>(items: readonly T[], value: (item: T) => number): number {
  const sum = items.reduce((total, item) => total + value(item), 0);
  return items.length === 0 ? 0 : Math.round((sum / items.length) * 10_000) / 10_000;
}

/** Names a set of questions: figures of two sets do not compare. */
export function hashOfQuestions(questions: readonly EvaluationQuestion[]): string {
  return createHash('sha256')
    .update(JSON.stringify(questions.map(({ question, relevant }) => [question, relevant])))
    .digest('hex');
}
