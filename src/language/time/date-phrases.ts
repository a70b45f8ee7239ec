import {
  addMonths,
  type DayNumber,
  dayOf,
  easterOf,
  mondayOf,
  monthSpan,
  partsOf,
  weekdayAfter,
  weekdayInWeek,
  weekdayOf,
} from './calendar.ts';
import type { Context, Grammar, Match } from './grammar.ts';
import type { DateSpec, DaySpan, Duration, MeaningPiece, MonthSpec, SymbolName } from './meaning.ts';
import { monthFrom, resolveDate, resolveDay, resolveSpan, weekdayOfMonth } from './resolve-date.ts';
import type { TimeVocabulary } from './vocabulary.ts';

/** Which of its kind a text means: the coming one, that of the next week, the last one, that of the week before. */
export type Which = 'coming' | 'next' | 'previous' | 'last';

/**
 * A weekday. "el viernes que viene" and "next Friday" mean that of the next week to many and the coming one to others, so both are
 * given where they differ.
 */
export function weekdaySpec(context: Context, weekday: number, which: Which): DateSpec {
  const coming = weekdayAfter(context.today, weekday);
  const previous = coming - 7 === context.today ? coming - 14 : coming - 7;
  switch (which) {
    case 'coming':
      return { fixed: coming, weekday, bareWeekday: true };
    case 'previous':
      return { fixed: previous, weekday };
    case 'next': {
      const nextWeek = weekdayInWeek(context.today + 7, weekday);
      return { fixed: nextWeek, weekday, ...(coming === nextWeek ? {} : { alternatives: [coming] }) };
    }
    case 'last': {
      const lastWeek = weekdayInWeek(context.today - 7, weekday);
      return { fixed: lastWeek, weekday, ...(previous === lastWeek ? {} : { alternatives: [previous] }) };
    }
  }
}

/** Adds a weekday that was said to a date ("mañana sábado", "lunes 3 de mayo"). */
export function withWeekday(date: DateSpec, weekday: number): DateSpec {
  const { bareWeekday: _, ...rest } = date;
  return { ...rest, weekday };
}

/** A day counted from today. */
export function dayFromToday(context: Context, days: number): DateSpec {
  return { fixed: context.today + days };
}

/** A date so far from a day; undefined for lengths below a day. */
export function dateAfter(day: DayNumber, amount: Duration, sign: 1 | -1 = 1): DateSpec | undefined {
  if (amount.minutes !== undefined && amount.minutes % 1440 === 0) return { fixed: day + (sign * amount.minutes) / 1440 };
  if (amount.minutes !== undefined || tooLong(amount)) return undefined;
  return { fixed: addMonths(day, sign * (amount.months ?? 0)) + sign * (amount.days ?? 0) };
}

/** Lengths beyond this are no appointments and would leave the calendar. */
const tooLong = (amount: Duration): boolean => (amount.months ?? 0) > 1200 || (amount.days ?? 0) > 36_500;

/** A week, so many from the one that today is in. */
export function weekSpan(context: Context, weeks: number): DaySpan {
  const monday = mondayOf(context.today) + weeks * 7;
  return { from: monday, to: monday + 6 };
}

/** The weekend of the week that a day is in. */
export function weekendOf(day: DayNumber): DaySpan {
  const saturday = mondayOf(day) + 5;
  return { from: saturday, to: saturday + 1 };
}

/** The week that a date is in. */
export function weekOf(context: Context, date: DateSpec): DaySpan | undefined {
  const day = resolveDay(date, context.today);
  return day === undefined ? undefined : { from: mondayOf(day), to: mondayOf(day) + 6 };
}

/** All days of a month. */
export function wholeMonth(month: MonthSpec): DaySpan {
  return monthSpan(month.year, month.month);
}

/** All days of a year. */
export function wholeYear(year: number): DaySpan {
  return { from: monthSpan(year, 1).from, to: monthSpan(year, 12).to };
}

/** The days that follow today: "los próximos 3 días". */
export function daysAhead(context: Context, amount: Duration): DaySpan | undefined {
  const end = dateAfter(context.today, amount);
  return end?.fixed === undefined || end.fixed <= context.today ? undefined : { from: context.today + 1, to: end.fixed };
}

/** "desde el 15", "hasta el viernes", "antes del 15", "después del 15". */
export function openSpan(context: Context, date: DateSpec, side: 'from' | 'to', excluded = false): DaySpan | undefined {
  const day = resolveDay(date, context.today);
  if (day === undefined) return undefined;
  if (side === 'from') return { from: excluded ? day + 1 : day };
  return { to: excluded ? day - 1 : day };
}

/** The same with a week or month as its end. */
export function openPeriod(period: DaySpan, side: 'from' | 'to', excluded = false): DaySpan | undefined {
  const { from, to } = period;
  if (from === undefined || to === undefined) return undefined;
  if (side === 'from') return { from: excluded ? to + 1 : from };
  return { to: excluded ? from - 1 : to };
}

/** What is left of a period: "later this week". */
export function restOf(period: DaySpan, today: DayNumber): DaySpan | undefined {
  if (period.from === undefined || period.to === undefined || period.to < today) return undefined;
  return { from: Math.max(period.from, today), to: period.to };
}

/** "de marzo a mayo": both ends whole. */
export function joinPeriods(first: DaySpan, last: DaySpan): DaySpan | undefined {
  if (first.from === undefined || last.to === undefined) return undefined;
  return last.to < first.from ? undefined : { from: first.from, to: last.to };
}

/** "del 3 al 5 de mayo". A date in it that does not exist makes the whole impossible. */
export function spanOf(context: Context, from: DateSpec, to: DateSpec): MeaningPiece[] | undefined {
  const span = resolveSpan(from, to, context.today);
  if (span === undefined) return undefined;
  return span === 'no-such-date' ? [{ kind: 'impossible-date' }] : [{ kind: 'span', span, joined: true }];
}

/** "el primer lunes de mayo". */
export function nthWeekday(month: MonthSpec, weekday: number, nth: number): DateSpec | undefined {
  const day = weekdayOfMonth(month, weekday, nth);
  return day === undefined ? undefined : { fixed: day, weekday };
}

/** A month without a year, resolved so that a day in it is not in the past. */
export function monthSpec(context: Context, month: number): MonthSpec {
  const now = partsOf(context.today);
  return { year: month < now.month ? now.year + 1 : now.year, month };
}

/** A month so many from this one. */
export function monthAhead(context: Context, months: number): MonthSpec {
  return monthFrom(context.today, months);
}

/**
 * True where a number that could be a day of the month begins a time instead ("viernes 2 de la tarde", "lunes 9 a 12 hs") or
 * counts something ("el 2 por ciento").
 */
export function beginsTime(context: Context, place: number, end: number): boolean {
  for (const name of ['clock', 'hours', 'amount'] as const satisfies SymbolName[]) {
    for (const reading of context.read(name, place)) if (reading.end > end) return true;
  }
  return false;
}

/** "mañana sábado 15": the date that the numbers say, checked against the day that was named. */
export function agree(day: DayNumber, date: DateSpec): DateSpec | undefined {
  const resolved = resolveDate(date, day);
  if ('problem' in resolved)
    return resolved.problem === 'weekday-mismatch'
      ? { fixed: day, ...(date.weekday === undefined ? {} : { weekday: date.weekday }) }
      : undefined;
  return resolved.day === day ? { fixed: day, weekday: date.weekday ?? weekdayOf(day) } : undefined;
}

/** Adds the holidays of a language. */
export function addHolidays(grammar: Grammar, vocabulary: TimeVocabulary, article: string, yearTail: string): void {
  for (const [pattern, rule] of vocabulary.holidays) {
    const whole = `${article} ${pattern} ${yearTail}`;
    const find = (match: Match, context: Context, offset: number): DaySpan | undefined => {
      const said = match.find('year');
      const thisYear = partsOf(context.today).year;
      for (const year of said === undefined ? [thisYear, thisYear + 1] : [said]) {
        const start = holidayIn(rule, year);
        if (start !== undefined && (said !== undefined || start + offset >= context.today))
          return { from: start, to: start + offset };
      }
      return undefined;
    };
    const through = 'easter' in rule ? rule.through : undefined;
    if (through !== undefined) grammar.rule('period', whole, (match, context) => find(match, context, through));
    else {
      grammar.rule('date', whole, (match, context) => {
        const day = find(match, context, 0)?.from;
        return day === undefined ? undefined : { fixed: day };
      });
    }
  }
}

function holidayIn(rule: TimeVocabulary['holidays'][number][1], year: number): DayNumber | undefined {
  if ('easter' in rule) return easterOf(year) + rule.easter;
  if ('weekday' in rule) return weekdayOfMonth({ year, month: rule.month }, rule.weekday, rule.nth);
  return dayOf(year, rule.month, rule.day);
}
