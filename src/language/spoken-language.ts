import type { Language } from './contract.ts';
import { detectLanguage } from './language.ts';
import { foldStretched } from './text.ts';

/** Enough of a text to tell its language by. */
const longestText = 2_000;

/**
 * The language of the first text that tells.
 * @param texts what a person said, the latest first.
 * @returns `undefined` where none of them tells: names, numbers, "ok".
 */
export function spokenLanguage(texts: Iterable<string>): Language | undefined {
  for (const text of texts) {
    const part = text.slice(0, longestText);
    const words = (part.match(/[\p{L}\p{N}'’]+/gu) ?? []).map((word) => ({ text: foldStretched(word).replaceAll(/['’]/g, '') }));
    const [one, other] = [detectLanguage(part, words, 'es'), detectLanguage(part, words, 'en')];
    if (one === other) return one;
  }
  return undefined;
}
