import { addMonths, type DayNumber, dayOf, daysInMonth, monthSpan, partsOf, weekdayAfter, weekdayOf } from './calendar.ts';
import type { DateSpec, DaySpan, MonthSpec } from './meaning.ts';

/** A date settled against today, or the reason why there is none. */
export type ResolvedDate =
  | { day: DayNumber; alternatives: DayNumber[]; weekday?: number }
  | { problem: 'no-such-date' }
  | { problem: 'weekday-mismatch'; day: DayNumber };

/** Years that a customer means; other numbers are prices, codes and street numbers. */
export const plausibleYears = { first: 1900, last: 2100 } as const;

/** Days of the month to try before a bare "31" is given up. */
const monthsToTry = 12;
/** "el 29 de febrero" may be that many years away. */
const yearsToTry = 8;

/** The months that "lunes 3" is looked for in: this one and the next. */
const monthsForWeekday = 2;

function upcomingInMonths(day: number, from: DayNumber, months: number): DayNumber[] {
  const { year, month } = partsOf(from);
  const found: DayNumber[] = [];
  for (let ahead = 0; ahead < monthsToTry && found.length < months; ahead++) {
    const { from: first, to: last } = monthSpan(year, month + ahead);
    const candidate = first + day - 1;
    if (candidate <= last && candidate >= from) found.push(candidate);
  }
  return found;
}

function upcomingInYears(month: number, day: number, from: DayNumber): DayNumber | undefined {
  const { year } = partsOf(from);
  for (let ahead = 0; ahead <= yearsToTry; ahead++) {
    const candidate = dayOf(year + ahead, month, day);
    if (candidate !== undefined && candidate >= from) return candidate;
  }
  return undefined;
}

/** "lunes 21" said on Friday the 25th: a day that has just passed counts where its weekday agrees. */
const recentPast = 31;

function justPassed(date: DateSpec, from: DayNumber): DayNumber[] {
  if (date.day === undefined || date.year !== undefined) return [];
  for (let day = from - 1; day >= from - recentPast; day--) {
    const parts = partsOf(day);
    if (parts.day === date.day && (date.month === undefined || parts.month === date.month)) return [day];
  }
  return [];
}

function candidatesOf(date: DateSpec, from: DayNumber): DayNumber[] {
  if (date.fixed !== undefined) return [date.fixed, ...(date.alternatives ?? [])];
  if (date.day === undefined) return [];
  if (date.month === undefined) return upcomingInMonths(date.day, from, date.weekday === undefined ? 1 : monthsForWeekday);
  const day = date.year === undefined ? upcomingInYears(date.month, date.day, from) : dayOf(date.year, date.month, date.day);
  return day === undefined ? [] : [day, ...(date.alternatives ?? [])];
}

/** Settles a date against a day: the first such date on or after it where the text leaves the month or year open. */
export function resolveDate(date: DateSpec, from: DayNumber): ResolvedDate {
  const candidates = candidatesOf(date, from);
  const [first] = candidates;
  if (first === undefined) return { problem: 'no-such-date' };
  const { weekday } = date;
  if (weekday === undefined) {
    const alternatives = candidates.slice(1).filter((day) => day !== first);
    // "el 5" said on the 5th: today, or the 5th of the next month.
    if (date.day !== undefined && date.month === undefined && first === from) {
      alternatives.push(...upcomingInMonths(date.day, from + 1, 1));
    }
    return { day: first, alternatives };
  }
  const agreeing = [...candidates, ...justPassed(date, from)].filter((day) => weekdayOf(day) === weekday);
  const [agreed] = agreeing;
  if (agreed === undefined) return { problem: 'weekday-mismatch', day: first };
  const alternatives = date.fixed === undefined ? [] : agreeing.filter((day) => day !== agreed);
  return { day: agreed, alternatives, weekday };
}

/** The day alone, mismatch or not; undefined where there is no such date. */
export function resolveDay(date: DateSpec, from: DayNumber): DayNumber | undefined {
  const resolved = resolveDate(date, from);
  return 'day' in resolved ? resolved.day : undefined;
}

/** "del 28 al 3 de mayo": what the end says about month and year holds for the beginning as well. */
function inherit(from: DateSpec, to: DateSpec): DateSpec {
  if (from.fixed !== undefined || from.day === undefined || to.day === undefined || to.month === undefined) return from;
  if (from.month !== undefined) {
    if (from.year !== undefined || to.year === undefined) return from;
    const sameYear = from.month < to.month || (from.month === to.month && from.day <= to.day);
    return { ...from, year: sameYear ? to.year : to.year - 1 };
  }
  if (from.day <= to.day) return { ...from, month: to.month, ...(to.year === undefined ? {} : { year: to.year }) };
  const month = to.month === 1 ? 12 : to.month - 1;
  if (to.year === undefined) return { ...from, month };
  return { ...from, month, year: to.month === 1 ? to.year - 1 : to.year };
}

function yearBefore(first: DayNumber, last: DayNumber): { from: DayNumber; to: DayNumber } {
  return { from: addMonths(first, -12), to: addMonths(last, -12) };
}

/** Settles "from … to …". Undefined where the two do not make a range; a date that does not exist is reported. */
export function resolveSpan(from: DateSpec, to: DateSpec, today: DayNumber): DaySpan | 'no-such-date' | undefined {
  const first = resolveDay(inherit(from, to), today);
  if (first === undefined) return 'no-such-date';
  let last: DayNumber | undefined;
  if (to.bareWeekday === true && to.weekday !== undefined) last = weekdayAfter(first, to.weekday);
  else last = resolveDay(to, to.fixed === undefined && to.year === undefined ? first : today);
  if (last === undefined) return 'no-such-date';
  if (last < first) return undefined;
  // "del 2 de febrero al 5 de marzo" said on 10 February is the one that is running.
  const running =
    first > today && from.month !== undefined && from.year === undefined && to.year === undefined
      ? yearBefore(first, last)
      : undefined;
  if (running !== undefined && running.from <= today && running.to >= today) return running;
  return { from: first, to: last };
}

/** A month so many months from the one that a day lies in. */
export function monthFrom(day: DayNumber, months: number): MonthSpec {
  const now = partsOf(day);
  const index = now.year * 12 + now.month - 1 + months;
  return { year: Math.floor(index / 12), month: (index % 12) + 1 };
}

/** Parts of a month as people name them. They overlap, because nobody draws the line sharply. */
export function partOfMonth({ year, month }: MonthSpec, part: 'beginning' | 'middle' | 'end'): DaySpan {
  const { from, to } = monthSpan(year, month);
  if (part === 'beginning') return { from, to: from + 9 };
  if (part === 'middle') return { from: from + 9, to: from + 19 };
  return { from: to - (daysInMonth(year, month) - 21), to };
}

/** The nth such weekday of a month; -1 is the last one. */
export function weekdayOfMonth({ year, month }: MonthSpec, weekday: number, nth: number): DayNumber | undefined {
  const { from, to } = monthSpan(year, month);
  if (nth < 0) return weekdayAfter(to - 7, weekday);
  const day = weekdayAfter(from - 1, weekday) + (nth - 1) * 7;
  return day > to ? undefined : day;
}
