import { addMonths, type DayNumber, mondayOf, monthSpan, partsOf, weekdayAfter, weekdayInWeek, weekdayOf } from './calendar.ts';
import type { Context, Match } from './grammar.ts';
import type { DateSpec, DaySpan, Duration, Edge, MeaningPiece, MonthSpec, SymbolName } from './meaning.ts';
import { monthFrom, resolveDate, resolveDay, resolveSpan } from './resolve-date.ts';

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

/** Monday to Friday of a week. */
export function workingWeek(context: Context, weeks: number): DaySpan {
  const monday = mondayOf(context.today) + weeks * 7;
  return { from: monday, to: monday + 4 };
}

/** The weekend of the week that a day is in. */
export function weekendOf(day: DayNumber): DaySpan {
  const saturday = mondayOf(day) + 5;
  return { from: saturday, to: saturday + 1 };
}

/** The week that a date is in. */
export function weekOf(context: Context, date: DateSpec): DaySpan | undefined {
  // The week may have begun: on Wednesday the 13th, "the week of 11 May" is this one.
  const day = resolveDay(date, mondayOf(context.today));
  return day === undefined ? undefined : { from: mondayOf(day), to: mondayOf(day) + 6 };
}

/** All days of a month. */
export function wholeMonth(month: MonthSpec): DaySpan {
  return monthSpan(month.year, month.month);
}

/** A month as one end of a range. */
export function monthEdge(month: MonthSpec): Edge {
  return { ...monthSpan(month.year, month.month), month };
}

/** True where a month goes on to a day behind the phrase that it ends: "check in December 24". */
export function runsOn(match: Match, context: Context, nth = 0): boolean {
  return context.read('dayOfMonth', match.place('monthOfYear', nth)).some((reading) => reading.end > match.end);
}

/** All days of a year. */
export function wholeYear(year: number): { from: DayNumber; to: DayNumber } {
  return { from: monthSpan(year, 1).from, to: monthSpan(year, 12).to };
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

/** "del 3 al 5 de mayo". A date in it that does not exist makes the whole impossible. */
export function spanOf(context: Context, from: DateSpec, to: DateSpec): MeaningPiece[] | undefined {
  const span = resolveSpan(from, to, context.today);
  if (span === undefined) return undefined;
  return span === 'no-such-date' ? [{ kind: 'impossible-date' }] : [{ kind: 'span', span, joined: true }];
}

/** A date with its weekday behind it, where the two agree: "22 de junio, lunes". */
export function agreeing(date: DateSpec, context: Context): DateSpec | undefined {
  return 'problem' in resolveDate(date, context.today) ? undefined : date;
}

/** A month without a year, resolved so that a day in it is not in the past. */
export function monthSpec(context: Context, month: number): MonthSpec {
  const now = partsOf(context.today);
  return { year: month < now.month ? now.year + 1 : now.year, month, open: true };
}

/** "last September": the latest one that is over. */
export function lastMonthNamed(context: Context, month: number): MonthSpec {
  const now = partsOf(context.today);
  return { year: month < now.month ? now.year : now.year - 1, month };
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

/** "lunes, 4 personas": a comma ends a date, unless the coming day of that number is such a weekday. */
export function isEndedByComma(context: Context, place: number, { day = 0, weekday }: DateSpec): boolean {
  if (context.tokens[place - 1]?.text !== ',' || context.read('ordinal', place).length > 0) return false;
  const coming = resolveDay({ day }, context.today);
  return coming === undefined || weekdayOf(coming) !== weekday;
}

/** Adds a year of two digits ("12-may-26"); undefined where the number is none. */
export function shortYear(date: DateSpec, digits: number): DateSpec | undefined {
  return digits < 10 || digits > 99 ? undefined : { ...date, year: digits + (digits >= 70 ? 1900 : 2000) };
}

/** "el 18 y 19 de junio", "June 3, 4 and 5": days that share what the text says of the month. */
export function listedDays(match: Match, context: Context): MeaningPiece[] | undefined {
  const year = match.find('year');
  const rest = { month: match.get('anyMonth'), ...(year === undefined ? {} : { year }) };
  const days = [match.get('dayNumber'), match.get('dayNumber', 1), match.find('dayNumber', 2)].filter((day) => day !== undefined);
  if (new Set(days).size < days.length || isRangeEnd(context, match.start)) return undefined;
  return days.map((day) => ({ kind: 'date', date: { day, ...rest } }));
}

/** "entre el 18 y el 19 de junio" is a range. */
const isRangeEnd = (context: Context, place: number): boolean =>
  ['entre', 'between'].includes(context.tokens[place - 1]?.text ?? '');

/**
 * True where a day with a part of it goes on to another moment, or ends what began with one: "from Monday morning to Tuesday evening" names
 * two moments.
 */
export function opensMoments(context: Context, { start, end }: Match, to: ReadonlySet<string>): boolean {
  for (const name of ['dayPart', 'clock'] as const satisfies SymbolName[]) {
    for (const reading of context.read(name, end)) {
      if (to.has(context.tokens[reading.end]?.text ?? '') && context.read('date', reading.end + 1).length > 0) return true;
      if (start > 0 && endsMoment(context, start - 1)) return true;
    }
  }
  return false;
}

/** True where a time or a part of the day ends with a token. */
function endsMoment(context: Context, last: number): boolean {
  const token = context.tokens[last];
  return (
    token?.kind === 'number' ||
    ['am', 'pm', 'm', 'hs', 'horas', '.'].includes(token?.text ?? '') ||
    context.read('part', last).length > 0
  );
}

/** True where a phrase that ends with "and later" goes on: "the 1st and after 6 pm" is a day and hours. */
export function goesOn(context: Context, end: number): boolean {
  const after = context.tokens[end];
  if (after === undefined || after.kind === 'symbol') return false;
  return after.kind === 'number' || ['de', 'del', 'que', 'la', 'las', 'el', 'the', 'at', 'that'].includes(after.text);
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
