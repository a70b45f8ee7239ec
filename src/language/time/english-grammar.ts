import { numberWords } from '../numbers.ts';
import { shareConnectives } from './connectives.ts';
import { addDistances } from './distances.ts';
import { addEdges } from './edges.ts';
import { englishConnectives, englishYears } from './english-connectives.ts';
import { addEnglishDates } from './english-dates.ts';
import { addEnglishSpans } from './english-spans.ts';
import { addEnglishTimes, englishDayParts } from './english-times.ts';
import { englishVocabulary } from './english-vocabulary.ts';
import { Grammar } from './grammar.ts';
import { addHolidays } from './holidays.ts';
import { addHourRules } from './hour-rules.ts';
import { buildLexicon, once } from './lexicon.ts';
import { addMentions, type LanguageGrammar } from './mention-rules.ts';
import { addPositions } from './positions.ts';
import { addTerminals } from './terminals.ts';

/** How people shorten words when they chat. */
const shorthand = { tmrw: 'tomorrow', tmr: 'tomorrow', '2day': 'today', wkend: 'weekend', wk: 'week', nxt: 'next' };

/** Builds the English grammar. */
export function buildEnglishGrammar(): LanguageGrammar {
  const grammar = new Grammar();
  // Built behind the rules, because it has to know the words that they spell out.
  const words = once(() => buildLexicon('en', englishVocabulary, grammar.words, shorthand));
  const connectives = shareConnectives(grammar, englishConnectives);
  addTerminals(grammar, words);
  addMentions(grammar, englishDayParts);
  addEnglishDates(grammar);
  addHolidays(grammar, englishVocabulary, connectives);
  addPositions(grammar, connectives, englishYears, '(the week|the current week)', englishDayParts);
  addEnglishSpans(grammar);
  addEnglishTimes(grammar, words);
  addDistances(grammar, connectives);
  addEdges(grammar, connectives);
  addHourRules(grammar, connectives);
  const lexicon = words();
  grammar.openTerminalsWith([...lexicon.meanings.keys(), ...numberWords('en')]);
  return { grammar, lexicon };
}
