import { Grammar } from './grammar.ts';
import { buildLexicon, type Lexicon } from './lexicon.ts';
import { addMentions, type LanguageGrammar } from './mention-rules.ts';
import { addSpanishDates } from './spanish-dates.ts';
import { addSpanishSpans } from './spanish-spans.ts';
import { addSpanishTimes } from './spanish-times.ts';
import { spanishVocabulary } from './spanish-vocabulary.ts';
import { addTerminals } from './terminals.ts';

/** How people shorten words when they chat. */
const shorthand = {
  x: 'por',
  q: 'que',
  k: 'que',
  pa: 'para',
  prox: 'proximo',
  proxs: 'proximos',
  sem: 'semana',
  findesemana: 'finde',
  mediodía: 'mediodia',
  aprox: 'aprox',
};

/** Builds the Spanish grammar. */
export function buildSpanishGrammar(): LanguageGrammar {
  const grammar = new Grammar();
  let lexicon: Lexicon | undefined;
  const words = (): Lexicon => (lexicon ??= buildLexicon(spanishVocabulary, grammar.words, shorthand));
  addTerminals(grammar, words);
  addSpanishDates(grammar);
  addSpanishSpans(grammar);
  addSpanishTimes(grammar, words);
  addMentions(grammar);
  return { grammar, lexicon: words() };
}
