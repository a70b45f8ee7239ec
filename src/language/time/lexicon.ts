import type { Language } from '../contract.ts';
import { numberWords } from '../numbers.ts';
import { squeeze } from '../text.ts';
import type { SymbolName, Symbols } from './meaning.ts';
import type { TimeVocabulary } from './vocabulary.ts';

/** One meaning of a word. */
export interface WordMeaning {
  name: SymbolName;
  value: Symbols[SymbolName];
}

/** Meanings of single words, and what misspelled words stand for. */
export interface Lexicon {
  meanings: ReadonlyMap<string, readonly WordMeaning[]>;
  /** The word that a person meant; the word itself where it is known or nothing like it is. */
  correct(word: string): string;
  counted: ReadonlySet<string>;
  beforeNames: ReadonlySet<string>;
  names: ReadonlySet<string>;
  beforeStreets: ReadonlySet<string>;
  afterHour: ReadonlySet<string>;
  moving: ReadonlySet<string>;
  moved: ReadonlySet<string>;
}

const wordSet = (words: string): ReadonlySet<string> => new Set(words.split(' '));

/** Shortest words that a missing or swapped letter is forgiven in; in shorter ones it makes another word. */
const shortest = { missing: 6, swapped: 5, confused: 5 } as const;

/** The ways that a word is misspelled with one slip: a letter missing behind the first, two swapped, one confused. */
function* misspellings(word: string, confusions: TimeVocabulary['confusions']): Generator<string> {
  if (word.length >= shortest.missing) {
    for (let index = 1; index < word.length; index++) yield word.slice(0, index) + word.slice(index + 1);
  }
  if (word.length >= shortest.swapped) {
    for (let index = 0; index < word.length - 1; index++) {
      yield word.slice(0, index) + word.charAt(index + 1) + word.charAt(index) + word.slice(index + 2);
    }
  }
  if (word.length < shortest.confused) return;
  for (const [right, wrong] of confusions) {
    for (let at = word.indexOf(right); at >= 0; at = word.indexOf(right, at + 1)) {
      yield word.slice(0, at) + wrong + word.slice(at + right.length);
    }
  }
}

/** Builds the lexicon of a language. `patternWords` holds the words that its patterns spell out; `shorthand` maps chat spellings to words. */
export function buildLexicon(
  language: Language,
  vocabulary: TimeVocabulary,
  patternWords: ReadonlySet<string>,
  shorthand: Readonly<Record<string, string>>,
): Lexicon {
  const known = new Set([...patternWords, ...numberWords(language)]);
  const meanings = new Map<string, WordMeaning[]>();
  const add = (words: string, name: SymbolName, value: Symbols[SymbolName]): void => {
    for (const word of words.split('/')) meanings.set(word, [...(meanings.get(word) ?? []), { name, value }]);
  };
  for (const [index, words] of vocabulary.weekdays.split(' ').entries()) add(words, 'weekday', index);
  for (const [index, words] of vocabulary.weekdaysShort.split(' ').entries()) add(words, 'weekdayShort', index);
  for (const [index, words] of vocabulary.months.split(' ').entries()) add(words, 'month', index + 1);
  for (const [index, words] of vocabulary.monthsShort.split(' ').entries()) add(words, 'monthShort', index + 1);
  for (const [words, amount] of vocabulary.units) add(words, 'unit', amount);
  for (const [words, part] of vocabulary.parts) add(words, 'part', part);

  const corrections = new Map<string, string>(Object.entries(shorthand));
  const exempt = wordSet(vocabulary.exempt);
  const squeezed = new Map<string, string>();
  for (const word of vocabulary.misspelled.split(' ')) {
    squeezed.set(squeeze(word), word);
    for (const wrong of misspellings(word, vocabulary.confusions)) {
      if (!meanings.has(wrong) && !known.has(wrong) && !exempt.has(wrong) && !corrections.has(wrong)) corrections.set(wrong, word);
    }
  }
  const correct = (word: string): string => {
    if (meanings.has(word) || known.has(word)) return word;
    const corrected = corrections.get(word);
    if (corrected !== undefined || exempt.has(word)) return corrected ?? word;
    const short = squeeze(word);
    if (short === word) return word;
    return squeezed.get(short) ?? corrections.get(short) ?? word;
  };
  return {
    meanings,
    correct,
    counted: wordSet(vocabulary.counted),
    beforeNames: wordSet(vocabulary.beforeNames),
    names: wordSet(vocabulary.names),
    beforeStreets: wordSet(vocabulary.beforeStreets),
    afterHour: wordSet(vocabulary.afterHour),
    moving: wordSet(vocabulary.moving),
    moved: wordSet(vocabulary.moved),
  };
}

/** Calls a function at most once and keeps what it gave. */
export function once<Value extends object>(make: () => Value): () => Value {
  let made: Value | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
