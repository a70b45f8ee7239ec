/** Calendar arithmetic on local dates and clock times. No time zones here: they end at {@link localNow}. */
import type { ReferenceTime } from '../../../src/index.ts';

const formatters = new Map<string, Intl.DateTimeFormat>();

function formatterOf(timeZone: string): Intl.DateTimeFormat {
  const known = formatters.get(timeZone);
  if (known !== undefined) return known;
  const made = new Intl.DateTimeFormat('en-CA', {
    timeZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  formatters.set(timeZone, made);
  return made;
}

/** What the clock on the wall of the workspace shows. */
export function localNow(now: Date, timeZone: string): ReferenceTime {
  const parts = new Map(
    formatterOf(timeZone)
      .formatToParts(now)
      .map((part) => [part.type, part.value]),
  );
  const part = (type: Intl.DateTimeFormatPartTypes): string => parts.get(type) ?? '';
  return { date: `${part('year')}-${part('month')}-${part('day')}`, time: `${part('hour')}:${part('minute')}` };
}

/** The date as midnight UTC, for arithmetic and for formatting in the UTC zone. */
export function asUtc(date: string): Date {
  return new Date(`${date}T00:00:00Z`);
}

export function addDays(date: string, days: number): string {
  const moved = asUtc(date);
  moved.setUTCDate(moved.getUTCDate() + days);
  return moved.toISOString().slice(0, 10);
}

/** Monday = 1 … Sunday = 7. */
export function weekdayOf(date: string): number {
  return asUtc(date).getUTCDay() || 7;
}

export function toMinutes(time: string): number {
  return Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5));
}

export function toClock(minutes: number): string {
  const inDay = Math.min(Math.max(minutes, 0), 23 * 60 + 59);
  return `${String(Math.floor(inDay / 60)).padStart(2, '0')}:${String(inDay % 60).padStart(2, '0')}`;
}

/** True where `time` lies in one of the periods; the end of a period is outside of it. */
export function isWithin(time: string, periods: readonly { from: string; to: string }[]): boolean {
  return periods.some((period) => period.from <= time && time < period.to);
}
