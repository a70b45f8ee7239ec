/** When people are at the desk. */
import { addDays, localMoment, weekdayOf } from './calendar-dates.ts';
import type { House } from './house.ts';

/** Whether somebody is there at a moment, and when they are back. A house without hours is always there. */
export function deskAt(house: Pick<House, 'desk' | 'timeZone'>, now: Date): { open: boolean; opensAt?: string } {
  if (house.desk.length === 0) return { open: true };
  const { date, time } = localMoment(now, house.timeZone);
  const on = (day: string) =>
    house.desk.filter(({ weekday }) => weekday === weekdayOf(day)).sort((one, other) => (one.from < other.from ? -1 : 1));
  if (on(date).some(({ from, to }) => from <= time && time < to)) return { open: true };
  for (let days = 0; days <= 7; days++) {
    const day = addDays(date, days);
    const next = on(day).find(({ from }) => days > 0 || from > time);
    if (next !== undefined) return { open: false, opensAt: `${day}T${next.from}` };
  }
  return { open: false };
}
