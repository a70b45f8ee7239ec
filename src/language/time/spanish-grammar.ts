import { numberWords } from '../numbers.ts';
import { shareConnectives } from './connectives.ts';
import { addDistances } from './distances.ts';
import { addEdges } from './edges.ts';
import { Grammar } from './grammar.ts';
import { addHolidays } from './holidays.ts';
import { addHourRules } from './hour-rules.ts';
import { buildLexicon, once } from './lexicon.ts';
import { addMentions, type LanguageGrammar } from './mention-rules.ts';
import { addPositions } from './positions.ts';
import { spanishConnectives, spanishYears } from './spanish-connectives.ts';
import { addSpanishDates } from './spanish-dates.ts';
import { addSpanishSpans } from './spanish-spans.ts';
import { addSpanishTimes, spanishDayParts } from './spanish-times.ts';
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
};

/** Builds the Spanish grammar. */
export function buildSpanishGrammar(): LanguageGrammar {
  const grammar = new Grammar();
  // Built behind the rules, because it has to know the words that they spell out.
  const words = once(() => buildLexicon('es', spanishVocabulary, grammar.words, shorthand));
  const connectives = shareConnectives(grammar, spanishConnectives);
  addTerminals(grammar, words);
  addMentions(grammar, spanishDayParts);
  addSpanishDates(grammar);
  addHolidays(grammar, spanishVocabulary, connectives);
  addPositions(grammar, connectives, spanishYears, 'la semana', spanishDayParts);
  addSpanishSpans(grammar);
  addSpanishTimes(grammar, words);
  addDistances(grammar, connectives);
  addEdges(grammar, connectives);
  addHourRules(grammar, connectives);
  const lexicon = words();
  grammar.openTerminalsWith([...lexicon.meanings.keys(), ...numberWords('es')]);
  return { grammar, lexicon };
}
