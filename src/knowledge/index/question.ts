/** A question as the lexical index asks for it. */
import { textLanguageOf } from '../analysis/language-of.ts';
import { termsHashOf, termsOf } from '../analysis/terms.ts';
import type { TextLanguage } from '../contract.ts';

const asking: Readonly<Record<TextLanguage, string>> = {
  es: 'puede puedo podes pueden podria hacer hace hacen haces ir van voy vas quiero quisiera querria queria necesito necesita saber sabes decir decime gustaria favor dar dan dame existe aceptan acepta aceptas sirven sirve ofrecen ofrece dejar dejo deja llevar llevo venir',
  en: 'get gets want wants need needs like know tell please let much many way possible offer accept accepts allow allowed bring nearby',
};

export interface QuestionTerms {
  /** By hash: how often the question has the term, in whichever language. */
  weights: Map<number, number>;
  /** By language of the documents: the hashes that stand for the words of the question there. */
  byLanguage: Map<TextLanguage, readonly number[]>;
  /** Hashes of words that ask and say nothing of what for: they rank, and are no evidence. */
  light: ReadonlySet<number>;
  /** Of the question itself. */
  language: TextLanguage;
  /** The question is in a language that no document is in. */
  isForeign: boolean;
}

/** Verbs and words of measure that questions are made with, as terms. */
const light: ReadonlySet<number> = new Set(
  (['es', 'en'] as const).flatMap((language) => termsOf(asking[language], language).map(termsHashOf)),
);

/** @param languages those of the documents, the most frequent first. */
export function questionTerms(question: string, languages: readonly TextLanguage[]): QuestionTerms {
  const weights = new Map<number, number>();
  const byLanguage = new Map<TextLanguage, readonly number[]>();
  for (const language of languages) {
    const counts = new Map<number, number>();
    for (const term of termsOf(question, language)) {
      const hash = termsHashOf(term);
      counts.set(hash, (counts.get(hash) ?? 0) + 1);
    }
    byLanguage.set(language, [...counts.keys()]);
    // A word that both languages cut alike is one word.
    for (const [hash, count] of counts) weights.set(hash, Math.max(count, weights.get(hash) ?? 0));
  }
  const [main = 'es'] = languages;
  const language = textLanguageOf(question, main);
  return { weights, byLanguage, light, language, isForeign: languages.length > 0 && !languages.includes(language) };
}
