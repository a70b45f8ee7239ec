import type { Grammar } from './grammar.ts';

/**
 * The words of a language that join phrases of time: patterns of the grammar, each for one place in a rule. The rules themselves
 * (positions in a period, distances from a day, ranges) are the same in every language.
 */
export interface Connectives {
  /** Before a noun phrase, where an article or preposition may stand. */
  article: string;
  /** "day of the month". */
  of: string;
  last: string;
  day: string;
  /** Before a number of units at the beginning and end of a period: "the first 3 weeks of". */
  firstOf: string;
  lastOf: string;
  weekend: string;
  weekends: string;
  month: string;
  /** Names of the beginning, middle and end of a period. */
  beginning: string;
  middle: string;
  end: string;
  firstHalf: string;
  secondHalf: string;
  /** The same before a period without "of": "early next week". */
  early: string;
  mid: string;
  late: string;
  /** "the rest of the month", "later this week". */
  rest: string;
  later: string;
  earlier: string;
  /** "by the end of", "before the end of": up to its last day. */
  byEnd: string;
  /** "since the beginning of": from its first day on. */
  sinceBeginning: string;
  /** "the next 3 days": before the length of time, or between its number and unit, or behind it. */
  ahead: string;
  behind: string;
  aheadAfter: string;
  behindAfter: string;
  /** "within the next 3 days" counts today. */
  withinAhead: string;
  /** "in more than 2 weeks", "more than 2 weeks ago"; the words around the length of time. */
  inTime: string;
  /** "2 or 3 weeks": between the numbers of an amount. */
  orSo: string;
  agoBefore: string;
  agoAfter: string;
  week: string;
  afterNext: string;
  /** "next Easter", "last Easter", and behind the name: "la navidad pasada". */
  nextOne: string;
  nextAfter: string;
  lastOne: string;
  lastAfter: string;
  /** "the day after Christmas", "the eve of". */
  dayAfter: string;
  dayBefore: string;
  /** "2 weeks after Christmas", "2 weeks before". */
  after: string;
  before: string;
  /** "the Monday after 10 June": between a weekday and a day. */
  behindDay: string;
  aheadOfDay: string;
  /** "the whole week", before it. */
  whole: string;
  /** "for 3 days from Monday on", "3 nights from". */
  lasting: string;
  startingFrom: string;
  fromThen: string;
  moreThan: string;
  lessThan: string;
  /** Open, joined and closed ranges: "from … to …", "between … and …". */
  from: string;
  to: string;
  between: string;
  and: string;
  now: string;
  /** "from 2 pm for 2 hours": before the hour that a length of time begins with. */
  startingAt: string;
  at: string;
}

/**
 * Adds the words that most rules share as phrases of their own, and gives the words to write rules with. Spelled out in every rule they
 * would multiply: six prepositions, four articles and six words for "of" make a hundred patterns of one.
 */
export function shareConnectives(grammar: Grammar, words: Connectives): Connectives {
  grammar.rule('lead', words.article, () => true);
  for (const name of ['of', 'beginning', 'middle', 'end'] as const) grammar.rule(name, words[name], () => true);
  return { ...words, article: '<lead>?', of: '<of>', beginning: '<beginning>', middle: '<middle>', end: '<end>' };
}
