/**
 * Wall-clock time of the workspace and the instants it stands for, on days of 23, 24 and 25 hours alike.
 */
import { Temporal } from 'temporal-polyfill';

const minuteMs = 60_000;
const dayMinutes = 24 * 60;

/** Minutes since midnight, on the wall clock, of `HH:MM`; `24:00` is 1440. */
export function minutesOf(time: string): number {
  const [hours, minutes] = time.split(':');
  return Number(hours) * 60 + Number(minutes);
}

/** `HH:MM` of minutes since midnight, 0 to 1440. */
export function timeOf(minutes: number): string {
  return `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;
}

/** The ISO date that is `days` after `date`; negative goes back. */
export function addDays(date: string, days: number): string {
  return Temporal.PlainDate.from(date).add({ days }).toString();
}

/** Days from `from` to `to`; negative when `to` is earlier. */
export function daysBetween(from: string, to: string): number {
  return Temporal.PlainDate.from(from).until(Temporal.PlainDate.from(to), { largestUnit: 'day' }).days;
}

/** Local date and time of an instant, given in epoch milliseconds. */
export function localTime(instant: number, timeZone: string): { date: string; time: string } {
  const zoned = Temporal.Instant.fromEpochMilliseconds(instant).toZonedDateTimeISO(timeZone);
  return { date: zoned.toPlainDate().toString(), time: zoned.toPlainTime().toString({ smallestUnit: 'minute' }) };
}

/** One calendar day in one time zone. */
export interface LocalDay {
  readonly date: string;
  /** Monday = 1 … Sunday = 7. */
  readonly weekday: number;
  /** Epoch milliseconds of the first instant of the day, and of the first one after it. */
  readonly start: number;
  readonly end: number;
  /**
   * Epoch milliseconds of a wall time, in minutes since midnight. A wall time that the clock skips is `undefined`; one that occurs
   * twice is the first.
   */
  instantOf(minutes: number): number | undefined;
  /** As `instantOf`, for the edge of a period: a skipped wall time is the instant at which the clock jumps over it. */
  edgeOf(minutes: number): number;
}

/** @throws RangeError when the date or the time zone does not exist. */
export function localDay(date: string, timeZone: string): LocalDay {
  const plain = Temporal.PlainDate.from(date, { overflow: 'reject' });
  const start = startOf(plain, timeZone);
  const end = startOf(plain.add({ days: 1 }), timeZone);
  const regular = end - start === dayMinutes * minuteMs;

  function resolve(minutes: number): { instant: number; exact: boolean } {
    if (minutes >= dayMinutes) return { instant: end, exact: true };
    if (regular) return { instant: start + minutes * minuteMs, exact: true };
    const wall = plain.toPlainDateTime({ hour: Math.floor(minutes / 60), minute: minutes % 60 });
    const zoned = wall.toZonedDateTime(timeZone, { disambiguation: 'earlier' });
    if (zoned.toPlainDateTime().equals(wall)) return { instant: zoned.epochMilliseconds, exact: true };
    const jump = zoned.getTimeZoneTransition('next');
    return { instant: (jump ?? zoned).epochMilliseconds, exact: false };
  }

  return {
    date: plain.toString(),
    weekday: plain.dayOfWeek,
    start,
    end,
    instantOf(minutes) {
      const { instant, exact } = resolve(minutes);
      return exact ? instant : undefined;
    },
    edgeOf: (minutes) => resolve(minutes).instant,
  };
}

function startOf(date: Temporal.PlainDate, timeZone: string): number {
  return date.toZonedDateTime({ timeZone }).epochMilliseconds;
}
