/** Calendar dates of a hotel, and the instants that its wall clock stands for. */
import { Temporal } from 'temporal-polyfill';

/** The date that is `days` after `date`; negative goes back. */
export function addDays(date: string, days: number): string {
  return Temporal.PlainDate.from(date).add({ days }).toString();
}

/** Nights from `from` to `to`; negative where `to` is earlier. */
export function nightsBetween(from: string, to: string): number {
  return Temporal.PlainDate.from(from).until(Temporal.PlainDate.from(to), { largestUnit: 'day' }).days;
}

/** Dates from `from` up to, and without, `to`. */
export function datesOf(from: string, to: string): string[] {
  return Array.from({ length: Math.max(0, nightsBetween(from, to)) }, (_, index) => addDays(from, index));
}

/** Monday = 1 … Sunday = 7. */
export function weekdayOf(date: string): number {
  return Temporal.PlainDate.from(date).dayOfWeek;
}

/** Local date and time, `HH:MM`, of an instant. */
export function localMoment(instant: Date, timeZone: string): { date: string; time: string } {
  const zoned = Temporal.Instant.fromEpochMilliseconds(instant.getTime()).toZonedDateTimeISO(timeZone);
  return { date: zoned.toPlainDate().toString(), time: zoned.toPlainTime().toString({ smallestUnit: 'minute' }) };
}

/** Epoch milliseconds of a local date and time; of a time that the clock skips, the moment after. */
export function instantOf(date: string, time: string, timeZone: string): number {
  return Temporal.PlainDateTime.from(`${date}T${time}`).toZonedDateTime(timeZone).epochMilliseconds;
}

/** Local moment, `YYYY-MM-DDTHH:MM`. */
export function momentText(instant: number, timeZone: string): string {
  const { date, time } = localMoment(new Date(instant), timeZone);
  return `${date}T${time}`;
}

export function earlier(one: string, other: string): string {
  return one < other ? one : other;
}

export function later(one: string, other: string): string {
  return one > other ? one : other;
}
