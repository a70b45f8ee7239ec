import { hoursWithin } from './clock-phrases.ts';
import type { Grammar, Match } from './grammar.ts';
import type { Lexicon } from './lexicon.ts';
import type { DayPart, HourSpan, MeaningPiece } from './meaning.ts';

/** The grammar of a language with its words. */
export interface LanguageGrammar {
  grammar: Grammar;
  lexicon: Lexicon;
}

/** What counts as a mention in every language. */
export function addMentions(grammar: Grammar, dayParts: Readonly<Record<DayPart, HourSpan>>): void {
  const withinPart = (match: Match): MeaningPiece[] => [
    { kind: 'hours', hours: hoursWithin(match.get('hours'), dayParts[match.get('dayPart')]) },
  ];
  // Added before everything else, so that a time ("15 hs") wins over a length of time that reads the same.
  grammar.rule('mention', '<date>', (match) => [{ kind: 'date', date: match.get('date') }]);
  grammar.rule('mention', '<period>', (match) => [{ kind: 'span', span: match.get('period') }]);
  grammar.rule('mention', '<span>', (match) => [{ kind: 'span', span: match.get('span') }]);
  grammar.rule('mention', '<hours>', (match) => [{ kind: 'hours', hours: match.get('hours') }]);
  grammar.rule('mention', '<clock>', (match) => [{ kind: 'clock', clock: match.get('clock') }]);
  grammar.rule('mention', '<dayPart> ,? <hours>', withinPart);
  grammar.rule('mention', '<hours> ,? <dayPart>', withinPart);
}
