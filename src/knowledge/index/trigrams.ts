/**
 * Pieces of words: what finds a word that is misspelt, or that another language has nearly the same. Three and four characters, the borders of words
 * included.
 */
import { stopWords } from '../analysis/stop-words.ts';
import { folded } from '../analysis/terms.ts';

const longestWord = 40;

export function gramsOf(text: string): string[] {
  const grams: string[] = [];
  for (const word of folded(text).match(/[\p{L}\p{N}]+/gu) ?? []) {
    if (stopWords.es.has(word) || stopWords.en.has(word)) continue;
    const padded = ` ${word.slice(0, longestWord)} `;
    for (const length of [3, 4]) {
      // A word and its border are one gram of three more than of four.
      const from = length === 3 ? padded : padded.slice(1);
      for (let at = 0; at + length <= from.length; at++) grams.push(from.slice(at, at + length));
    }
  }
  return grams;
}
