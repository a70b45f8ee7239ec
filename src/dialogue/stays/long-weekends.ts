/** Long weekends: three days off or more in a row, from the holidays of a country. */
import type { DateRange, IsoDate } from '../../language/contract.ts';
import { addDays, isoWeekday } from '../../language/time/calendar.ts';

/** A weekend with a holiday beside it. */
const shortest = 3;

/**
 * The next long weekend, or the first one of a period. The guest arrives on its first day, the evening before a Saturday, and leaves on its last.
 */
export function longWeekend(
  holidays: readonly IsoDate[],
  today: IsoDate,
  within?: DateRange,
): { checkIn: IsoDate; checkOut: IsoDate } | undefined {
  const off = new Set(holidays);
  const isOff = (date: IsoDate): boolean => isoWeekday(date) > 5 || off.has(date);
  for (const holiday of holidays.toSorted()) {
    let first = holiday;
    while (isOff(addDays(first, -1))) first = addDays(first, -1);
    let last = holiday;
    while (isOff(addDays(last, 1))) last = addDays(last, 1);
    const days = (Date.parse(last) - Date.parse(first)) / 86_400_000 + 1;
    if (days < shortest || first < today) continue;
    if (within !== undefined && (last < (within.from ?? '') || first > (within.to ?? '9999'))) continue;
    return { checkIn: isoWeekday(first) === 6 ? addDays(first, -1) : first, checkOut: last };
  }
  return undefined;
}
