import type { ClockTime, IsoDate } from '../contract.ts';

/**
 * Days since 1970-01-01 in the proleptic Gregorian calendar. Whole-day arithmetic stays in this number, so that no time zone can
 * move a date.
 */
export type DayNumber = number;

const millisecondsPerDay = 86_400_000;

/** Day number of a calendar date, or undefined where there is no such date (30 February). */
export function dayOf(year: number, month: number, day: number): DayNumber | undefined {
  if (month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month)) return undefined;
  return Math.round(Date.UTC(year, month - 1, day) / millisecondsPerDay);
}

/** Year, month (1 to 12) and day of the month. */
export function partsOf(day: DayNumber): { year: number; month: number; day: number } {
  const date = new Date(day * millisecondsPerDay);
  return { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() };
}

/** Number of days that a month has. */
export function daysInMonth(year: number, month: number): number {
  return new Date(Date.UTC(year, month, 0)).getUTCDate();
}

/** Weekday, 0 for Sunday to 6 for Saturday. */
export function weekdayOf(day: DayNumber): number {
  return (((day + 4) % 7) + 7) % 7;
}

/** The Monday on or before a day. */
export function mondayOf(day: DayNumber): DayNumber {
  return day - ((weekdayOf(day) + 6) % 7);
}

/** The next such weekday after a day; the day itself is excluded. */
export function weekdayAfter(day: DayNumber, weekday: number): DayNumber {
  return day + ((weekday - weekdayOf(day) + 6) % 7) + 1;
}

/** The day that has this weekday in the same week, Monday to Sunday. */
export function weekdayInWeek(day: DayNumber, weekday: number): DayNumber {
  return mondayOf(day) + ((weekday + 6) % 7);
}

/** First and last day of a month; months outside 1 to 12 run over into the neighbouring years. */
export function monthSpan(year: number, month: number): { from: DayNumber; to: DayNumber } {
  const from = Math.round(Date.UTC(year, month - 1, 1) / millisecondsPerDay);
  const to = Math.round(Date.UTC(year, month, 1) / millisecondsPerDay) - 1;
  return { from, to };
}

/** Same day of the month a number of months later, or the last day where that month is shorter. */
export function addMonths(day: DayNumber, months: number): DayNumber {
  const { year, month, day: dayOfMonth } = partsOf(day);
  const { from, to } = monthSpan(year, month + months);
  return Math.min(from + dayOfMonth - 1, to);
}

/** Easter Sunday (Gauss, in the form of Meeus, Astronomical Algorithms, chapter 8). */
export function easterOf(year: number): DayNumber {
  const golden = year % 19;
  const century = Math.floor(year / 100);
  const inCentury = year % 100;
  const correction = century - Math.floor((century + 8) / 25) + 1;
  const moon = (19 * golden + century - Math.floor(century / 4) - Math.floor(correction / 3) + 15) % 30;
  const weekdayShift = (32 + 2 * (century % 4) + 2 * Math.floor(inCentury / 4) - moon - (inCentury % 4)) % 7;
  const late = Math.floor((golden + 11 * moon + 22 * weekdayShift) / 451);
  const sum = moon + weekdayShift - 7 * late + 114;
  return monthSpan(year, Math.floor(sum / 31)).from + (sum % 31);
}

/** Reads `YYYY-MM-DD`. */
export function parseIsoDate(date: IsoDate): DayNumber {
  return Math.round(Date.parse(`${date}T00:00:00Z`) / millisecondsPerDay);
}

/** Writes `YYYY-MM-DD`. */
export function formatIsoDate(day: DayNumber): IsoDate {
  return new Date(day * millisecondsPerDay).toISOString().slice(0, 10);
}

/** The ISO date that is so many days after another; negative goes back. What is no date comes back as it is. */
export function addDays(date: IsoDate, days: number): IsoDate {
  const day = parseIsoDate(date);
  return Number.isNaN(day) ? date : formatIsoDate(day + days);
}

/** Minutes since midnight of `HH:MM`. */
export function parseClockTime(time: ClockTime): number {
  return Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5));
}

/** Writes minutes since midnight as `HH:MM`; 1440 is `24:00`. */
export function formatClockTime(minutes: number): ClockTime {
  return `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;
}

/** Monday = 1 … Sunday = 7. */
export function isoWeekday(date: IsoDate): number {
  return weekdayOf(parseIsoDate(date)) || 7;
}

/** A time of the day so many minutes after midnight, kept within that day. */
export function clockWithinDay(minutes: number): ClockTime {
  return formatClockTime(Math.min(Math.max(minutes, 0), 23 * 60 + 59));
}

/** True where `time` lies in one of the periods; the end of a period is outside of it. */
export function isWithinPeriods(time: ClockTime, periods: readonly { from: ClockTime; to: ClockTime }[]): boolean {
  return periods.some((period) => period.from <= time && time < period.to);
}
