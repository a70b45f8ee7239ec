import type { TextLanguage } from '../contract.ts';
import { stopWords } from './stop-words.ts';
import { folded } from './terms.ts';

/** Enough of a text to tell its language by, in UTF-16 units. */
const read = 6_000;

/** The language that more of the function words are of; `otherwise` where they do not tell. */
export function textLanguageOf(text: string, otherwise: TextLanguage): TextLanguage {
  let balance = 0;
  for (const word of folded(text.slice(0, read)).match(/\p{L}+/gu) ?? []) {
    const [es, en] = [stopWords.es.has(word), stopWords.en.has(word)];
    if (es !== en) balance += es ? 1 : -1;
  }
  if (/[ñ¿¡áéíóú]/iu.test(text.slice(0, read))) balance += 1;
  return balance === 0 ? otherwise : balance > 0 ? 'es' : 'en';
}
