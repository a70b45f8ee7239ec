/** What belongs together is said together: slots of one day, days with the same opening hours. */
import type { OpeningPeriod, Slot } from '../../contract.ts';

export function byDay(slots: readonly Slot[]): { date: string; times: string[] }[] {
  const days = new Map<string, string[]>();
  for (const slot of slots) days.set(slot.date, [...(days.get(slot.date) ?? []), slot.time]);
  return [...days].map(([date, times]) => ({ date, times }));
}

interface DaysAlike {
  first: number;
  last: number;
  periods: readonly OpeningPeriod[];
}

/** Runs of weekdays with the same hours, Monday first. */
export function daysAlike(week: readonly { weekday: number; periods: readonly OpeningPeriod[] }[]): DaysAlike[] {
  const groups: DaysAlike[] = [];
  for (const { weekday, periods } of week.toSorted((left, right) => left.weekday - right.weekday)) {
    const previous = groups.at(-1);
    if (previous !== undefined && JSON.stringify(previous.periods) === JSON.stringify(periods)) previous.last = weekday;
    else groups.push({ first: weekday, last: weekday, periods });
  }
  return groups;
}
