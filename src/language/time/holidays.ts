import { type DayNumber, dayOf, easterOf, partsOf, weekdayOf } from './calendar.ts';
import type { Connectives } from './connectives.ts';
import { weekendOf } from './date-phrases.ts';
import type { Context, Grammar, Match } from './grammar.ts';
import type { DaySpan, HolidayRule } from './meaning.ts';
import { weekdayOfMonth } from './resolve-date.ts';
import type { TimeVocabulary } from './vocabulary.ts';

/** Holidays: the coming one, that of a year, the next and the last one, and the weekend of one. */
export function addHolidays(grammar: Grammar, { holidays }: TimeVocabulary, words: Connectives): void {
  for (const [pattern, rule] of holidays) grammar.rule('holiday', pattern, () => rule);
  const upcoming = (match: Match, context: Context): DaySpan | undefined => {
    const said = match.find('container');
    if (said !== undefined && said.kind !== 'year') return undefined;
    const { year } = partsOf(context.today);
    const years = said === undefined ? [year, year + 1] : [partsOf(said.from).year];
    return years.map((each) => spanIn(match.get('holiday'), each)).find((span) => said !== undefined || span.to >= context.today);
  };
  const passed = (match: Match, context: Context): DaySpan | undefined => {
    const { year } = partsOf(context.today);
    return [year, year - 1].map((each) => spanIn(match.get('holiday'), each)).find((span) => span.to < context.today);
  };
  const { article, nextOne, lastOne, of } = words;
  for (const [pattern, find] of [
    [`${article} ${nextOne}? <holiday>`, upcoming],
    [`${article} <holiday> (${of}|,)? <container>`, upcoming],
    [`${article} <holiday> ${words.nextAfter}`, upcoming],
    [`${article} ${lastOne} <holiday>`, passed],
    [`${article} <holiday> ${words.lastAfter}`, passed],
  ] as const) {
    grammar.rule('date', pattern, (match, context) => {
      const span = isLong(match.get('holiday')) ? undefined : find(match, context);
      return span?.from === undefined ? undefined : { fixed: span.from };
    });
    grammar.rule('period', pattern, (match, context) => (isLong(match.get('holiday')) ? find(match, context) : undefined));
  }
  // "labor day weekend": a Monday ends its weekend.
  grammar.rule('period', `${article} <holiday> <container>? ${words.weekend}`, (match, context) => {
    const day = upcoming(match, context)?.from;
    return day === undefined ? undefined : weekendOf(weekdayOf(day) === 1 ? day - 1 : day);
  });
}

const isLong = (rule: HolidayRule): boolean => 'easter' in rule && rule.through !== undefined;

function spanIn(rule: HolidayRule, year: number): { from: DayNumber; to: DayNumber } {
  const from = dayIn(rule, year);
  return { from, to: from + ('easter' in rule ? (rule.through ?? 0) : 0) };
}

/** Every holiday of the tables exists in every year. */
function dayIn(rule: HolidayRule, year: number): DayNumber {
  if ('easter' in rule) return easterOf(year) + rule.easter;
  if ('weekday' in rule) return (weekdayOfMonth({ year, month: rule.month }, rule.weekday, rule.nth) ?? 0) + (rule.plus ?? 0);
  return dayOf(year, rule.month, rule.day) ?? 0;
}
