import { mondayOf, monthSpan, partsOf, weekdayAfter } from './calendar.ts';
import type { Connectives } from './connectives.ts';
import { monthAhead, monthSpec, weekendOf, weekSpan, wholeMonth, wholeYear } from './date-phrases.ts';
import type { Context, Grammar, Match } from './grammar.ts';
import type { Container, DateSpec, DayPart, DaySpan, Duration, HourSpan, MeaningPiece } from './meaning.ts';
import { monthFrom, partOfMonth } from './resolve-date.ts';

type Part = 'beginning' | 'middle' | 'end';
/** Years that a language names by a phrase ("next year"), counted from this one. */
export type NamedYears = readonly (readonly [pattern: string, years: number])[];

/**
 * Places in a week, month or year: its first day, its second Monday, its first three weeks, its end. Every rule takes any of the three,
 * so that "the last Friday of the year" is read as "the last Friday of May" is.
 */
export function addPositions(
  grammar: Grammar,
  words: Connectives,
  years: NamedYears,
  thisWeek: string,
  dayParts: Readonly<Record<DayPart, HourSpan>>,
): void {
  addContainers(grammar, years, thisWeek);
  addDaysOf(grammar, words, dayParts);
  addLengthsOf(grammar, words);
  addPartsOf(grammar, words);
}

function addContainers(grammar: Grammar, years: NamedYears, thisWeek: string): void {
  const of = (kind: Container['kind'], { from = 0, to = 0 }: DaySpan): Container => ({ kind, from, to });
  grammar.rule('container', '<monthOfYear>', (match) => of('month', wholeMonth(match.get('monthOfYear'))));
  grammar.rule('container', '<week>', (match, context) => of('week', weekSpan(context, match.get('week'))));
  grammar.rule('container', thisWeek, (_, context) => of('week', weekSpan(context, 0)));
  for (const [pattern, ahead] of years) {
    grammar.rule('container', pattern, (_, context) => of('year', wholeYear(partsOf(context.today).year + ahead)));
  }
  grammar.rule('container', '<monthShort> .? <year>?', (match, context) => {
    const year = match.find('year');
    const month = match.get('monthShort');
    return of('month', wholeMonth(year === undefined ? monthSpec(context, month) : { year, month }));
  });
  grammar.rule('container', '<year>', (match, context) => {
    const token = context.tokens[match.start];
    return token?.kind === 'number' && token.text.length === 4 ? of('year', wholeYear(match.get('year'))) : undefined;
  });
}

/** The nth day from the beginning of a period, or from its end where `nth` is negative; undefined beyond it. */
function dayIn({ from, to }: Container, nth: number): number | undefined {
  const day = nth < 0 ? to + 1 + nth : from + nth - 1;
  return nth !== 0 && day >= from && day <= to ? day : undefined;
}

/** The nth such weekday of a period; the last one where `nth` is negative. */
function weekdayIn({ from, to }: Container, weekday: number, nth: number): number | undefined {
  if (nth < 0) return weekdayAfter(to - 7, weekday);
  const day = weekdayAfter(from - 1, weekday) + (nth - 1) * 7;
  return nth < 1 || day > to ? undefined : day;
}

const lastOrOrdinal = (match: Match): number => match.find('ordinal') ?? -1;

function addDaysOf(grammar: Grammar, words: Connectives, dayParts: Readonly<Record<DayPart, HourSpan>>): void {
  const nth = `(<ordinal>|${words.last})`;
  const dated = (day: number | undefined): DateSpec | undefined => (day === undefined ? undefined : { fixed: day });
  grammar.rule('date', `${words.article} ${nth} ${words.day} ${words.of} <container>`, (match) =>
    dated(dayIn(match.get('container'), lastOrOrdinal(match))),
  );
  const weekdayOf = (match: Match): DateSpec | undefined => {
    const weekday = match.get('weekday');
    const day = weekdayIn(match.get('container'), weekday, lastOrOrdinal(match));
    return day === undefined ? undefined : { fixed: day, weekday };
  };
  grammar.rule('date', `${words.article} ${nth} <weekday> ${words.of} <container>`, weekdayOf);
  // "the first Monday evening of next month": the part of the day stands inside the date.
  grammar.rule('mention', `${words.article} ${nth} <weekday> <dayPart> ${words.of} <container>`, (match) => {
    const date = weekdayOf(match);
    const part = match.get('dayPart');
    return date === undefined
      ? undefined
      : [
          { kind: 'date', date },
          { kind: 'hours', hours: dayParts[part], part },
        ];
  });
  // "the first Monday from 1 pm to 3 pm of next month"
  grammar.rule('mention', `${words.article} ${nth} <weekday> <hours> ${words.of} <container>`, (match) => {
    const date = weekdayOf(match);
    return date === undefined
      ? undefined
      : [
          { kind: 'date', date },
          { kind: 'hours', hours: match.get('hours') },
        ];
  });
  grammar.rule('period', `${words.article} ${nth} ${words.weekend} ${words.of} <container>`, (match) => {
    const saturday = weekdayIn(match.get('container'), 6, lastOrOrdinal(match));
    return saturday === undefined ? undefined : { from: saturday, to: saturday + 1 };
  });
  grammar.rule('period', `${words.article} ${nth} ${words.week} ${words.of} <container>`, (match) => {
    const thursday = weekdayIn(match.get('container'), 4, lastOrOrdinal(match));
    return thursday === undefined ? undefined : { from: thursday - 3, to: thursday + 3 };
  });
  grammar.rule('period', `${words.article} ${words.month} ${words.afterNext}`, (_, context) => wholeMonth(monthAhead(context, 2)));
  grammar.rule('period', `${words.article} ${words.weekend} ${words.afterNext}`, (_, context) => weekendOf(context.today + 14));
  grammar.rule('period', `${words.article} ${nth} ${words.month} ${words.of} <container>`, (match) => {
    const { kind, from } = match.get('container');
    const month = match.find('ordinal') ?? 12;
    return kind === 'year' && month >= 1 && month <= 12 ? monthSpan(partsOf(from).year, month) : undefined;
  });
}

/** Days of a number of weeks, months or days at one end of a period. A week belongs to the period that its Thursday lies in. */
function lengthIn({ from, to }: Container, amount: Duration, last: boolean): DaySpan | undefined {
  const { days, months } = amount;
  if (months !== undefined) {
    const begin = monthFrom(last ? to : from, last ? 1 - months : 0);
    const first = monthSpan(begin.year, begin.month).from;
    return { from: first, to: monthSpan(begin.year, begin.month + months - 1).to };
  }
  if (days === undefined || days > to - from + 1) return undefined;
  if (days % 7 !== 0) return last ? { from: to - days + 1, to } : { from, to: from + days - 1 };
  const sunday = weekdayIn({ kind: 'month', from, to }, 4, -1) ?? to;
  const thursday = weekdayIn({ kind: 'month', from, to }, 4, 1) ?? from;
  return last ? { from: mondayOf(sunday) + 7 - days, to: mondayOf(sunday) + 6 } : { from: thursday - 3, to: thursday - 4 + days };
}

function addLengthsOf(grammar: Grammar, words: Connectives): void {
  for (const [pattern, last] of [
    [words.firstOf, false],
    [words.lastOf, true],
  ] as const) {
    grammar.rule('period', `${words.article} ${pattern} <amount> ${words.of} <container>`, (match) =>
      lengthIn(match.get('container'), match.get('amount'), last),
    );
  }
}

/** The beginning, middle and end of a period. They overlap, because nobody draws the line sharply. */
function partOf({ kind, from, to }: Container, part: Part): DaySpan {
  if (kind === 'month') return partOfMonth(partsOf(from), part);
  if (kind === 'week') {
    if (part === 'beginning') return { from, to: from + 2 };
    return part === 'middle' ? { from: from + 2, to: from + 3 } : { from: from + 3, to };
  }
  const { year } = partsOf(from);
  const [first, last] = part === 'beginning' ? [1, 3] : part === 'middle' ? [5, 8] : [10, 12];
  return { from: monthSpan(year, first).from, to: monthSpan(year, last).to };
}

/** A month is halved behind its 15th, a year behind June. */
function halfOf({ kind, from, to }: Container, second: boolean): DaySpan {
  const { year } = partsOf(from);
  const middle = kind === 'month' ? from + 14 : kind === 'year' ? monthSpan(year, 6).to : from + 2;
  return second ? { from: middle + 1, to } : { from, to: middle };
}

/** Minutes since midnight of the parts of a day that is not called morning or evening. */
const hoursOfDay: Readonly<Record<Part, HourSpan>> = {
  beginning: { to: 660 },
  middle: { from: 600, to: 840 },
  end: { from: 1020 },
};

function addPartsOf(grammar: Grammar, words: Connectives): void {
  for (const [part, before] of [
    ['beginning', words.early],
    ['middle', words.mid],
    ['end', words.late],
  ] as const) {
    grammar.rule('period', `(in|a)? ${before} <container>`, (match) => partOf(match.get('container'), part));
    // "early Wednesday", "the end of today", "the middle of the day".
    const hours = hoursOfDay[part];
    const inDay = (match: Match): MeaningPiece[] => [
      { kind: 'hours', hours },
      { kind: 'date', date: match.get('date') },
    ];
    grammar.rule('mention', `${words.article} ${words[part]} ${words.of} <date>`, inDay);
    if (part !== 'middle') grammar.rule('mention', `${before} <date>`, inDay);
    grammar.rule('mention', `${words.article} ${words[part]} ${words.of} (the|el)? ${words.day}`, () => [{ kind: 'hours', hours }]);
    if (part === 'beginning') grammar.rule('mention', `${before} (the|el)? ${words.day} <date>`, inDay);
    grammar.rule('period', `${words.article} ${words[part]} ${words.of} <container>`, (match, context) =>
      // "fin de semana que viene" is a weekend, "fin de la semana que viene" the end of a week.
      context.tokens[match.place('container')]?.text === 'semana' && match.says('fin')
        ? undefined
        : partOf(match.get('container'), part),
    );
    grammar.rule('period', `${words.article} ${words[part]} of month`, (_, context) =>
      partOf({ kind: 'month', ...monthSpan(partsOf(context.today).year, partsOf(context.today).month) }, part),
    );
  }
  for (const [pattern, second] of [
    [words.firstHalf, false],
    [words.secondHalf, true],
  ] as const) {
    grammar.rule('period', `${words.article} ${pattern} ${words.of} <container>`, (match) =>
      halfOf(match.get('container'), second),
    );
  }
  grammar.rule('span', `${words.byEnd} (the|el)? ${words.end} ${words.of} <container>`, (match) => ({
    to: match.get('container').to,
  }));
  grammar.rule('span', `${words.sinceBeginning} (the|el)? ${words.beginning} ${words.of} <container>`, (match) => ({
    from: match.get('container').from,
  }));
  const left = (match: Match, context: Context): DaySpan | undefined => {
    const { from, to } = match.get('container');
    return to < context.today ? undefined : { from: Math.max(from, context.today), to };
  };
  grammar.rule('period', `(for)? (the|el)? ${words.rest} ${words.of} <container>`, left);
  grammar.rule('period', `${words.whole} ${words.week}`, (_, context) => weekSpan(context, 0));
  grammar.rule('period', `${words.whole} <week>`, (match, context) => weekSpan(context, match.get('week')));
  // "the rest of the day", "later in the day"
  for (const before of [`(for)? (the|el)? ${words.rest} ${words.of}`, words.later]) {
    grammar.rule('mention', `${before} (the|el)? ${words.day}`, (_, context) => [
      { kind: 'date', date: { fixed: context.today } },
      { kind: 'hours', hours: { from: context.minutes } },
    ]);
  }
  grammar.rule('period', `${words.later} <container>`, left);
  grammar.rule('period', `${words.earlier} <container>`, (match, context) => {
    const { from } = match.get('container');
    return from < context.today && match.get('container').to >= context.today ? { from, to: context.today } : undefined;
  });
}
