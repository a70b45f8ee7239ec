/** What people said of the passages of a collection, as it ranks them: a boost, and the questions that they were approved for. */
import { termsHashOf, termsOf } from '../analysis/terms.ts';
import type { TextLanguage } from '../contract.ts';
import type { RankedList } from './fuse.ts';
import type { QuestionTerms } from './question.ts';

/** What one person's verdict moves: about three places of a list. */
const step = 0.05;
/** More persons than these move no further: nobody can vote a passage into every answer, nor out of all. */
const most = 3;
/** Part of what the words of either question weigh that the other has, for the two to ask the same. */
const half = 0.5;

/** What was said of the passages of a document; `chunk` is null where it is about all of them. */
export interface SaidOfPassage {
  chunk: string | null;
  /** Persons who approved it, less those who did not. */
  balance: number;
  questions: readonly string[];
}

interface ApprovedQuestion {
  chunk: number;
  language: TextLanguage;
  hashes: readonly number[];
}

export class FeedbackIndex {
  readonly #boosts = new Map<number, number>();
  readonly #questions: ApprovedQuestion[] = [];

  /** @param entries chunks of documents that something was said of, in the order of their numbers. */
  constructor(
    entries: readonly {
      number: number;
      id: string;
      document: { language: TextLanguage; feedback?: readonly SaidOfPassage[] | null | undefined };
    }[],
  ) {
    for (const { number, id, document } of entries)
      for (const { chunk, balance, questions } of document.feedback ?? []) {
        if (chunk !== null && chunk !== id) continue;
        this.#boosts.set(number, 1 + step * Math.max(-most, Math.min(most, balance)));
        for (const question of questions) {
          const hashes = [...new Set(termsOf(question, document.language).map(termsHashOf))];
          this.#questions.push({ chunk: number, language: document.language, hashes });
        }
      }
  }

  readonly boost = (chunk: number): number => this.#boosts.get(chunk) ?? 1;

  /**
   * Passages that were approved for this question, or for nearly the same: each of both has more than half of what the other's words weigh.
   * @param weightOf what a word tells in the collection. @returns `undefined` where there are none; a score of 1 is the same words
   */
  approved(
    terms: QuestionTerms,
    weightOf: (hash: number) => number,
    allowed: ((chunk: number) => boolean) | undefined,
  ): RankedList | undefined {
    const scores = new Map<number, number>();
    for (const { chunk, language, hashes } of this.#questions) {
      if (allowed?.(chunk) === false) continue;
      const telling = (hash: number) => !terms.light.has(hash);
      const asked = (terms.byLanguage.get(language) ?? []).filter(telling);
      const known = hashes.filter(telling);
      const score = Math.min(shareOf(asked, new Set(known), weightOf), shareOf(known, new Set(asked), weightOf));
      if (score > half) scores.set(chunk, Math.max(score, scores.get(chunk) ?? 0));
    }
    if (scores.size === 0) return undefined;
    const ranked = [...scores].sort(([chunk, score], [other, less]) => less - score || chunk - other);
    return { name: 'approved', chunks: ranked.map(([chunk]) => chunk), scores: ranked.map(([, score]) => score), weight: 1 };
  }
}

function shareOf(hashes: readonly number[], others: ReadonlySet<number>, weightOf: (hash: number) => number): number {
  let all = 0;
  let there = 0;
  for (const hash of hashes) {
    const weight = weightOf(hash);
    all += weight;
    if (others.has(hash)) there += weight;
  }
  return all === 0 ? 0 : there / all;
}
