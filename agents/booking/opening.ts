/** When the house is open and who works then. Pure. */
import type { Catalogue, SpecialDate } from './catalogue.ts';
import type { OpeningPeriod } from './contract.ts';
import type { LocalDay } from './local-time.ts';
import { minutesOf, timeOf } from './local-time.ts';

/** Wall-clock minutes since midnight; `to` is at most 1440. */
export interface Period {
  from: number;
  to: number;
}

/** What of the catalogue decides about hours. */
export type OpeningPlan = Pick<Catalogue, 'hours' | 'specialDates'>;

/** The special date of the house, or of one person, if there is one. */
export function specialDateOn(plan: OpeningPlan, date: string, staffId: string | null): SpecialDate | undefined {
  return plan.specialDates.find((special) => special.date === date && special.staffId === staffId);
}

/** Periods in which the house is open on a day, in order. */
export function housePeriods(plan: OpeningPlan, day: LocalDay): Period[] {
  return periodsOf(plan, day, null);
}

/** The same as the tools answer them. */
export function openingPeriods(plan: OpeningPlan, day: LocalDay): OpeningPeriod[] {
  return housePeriods(plan, day).map(({ from, to }) => ({ from: timeOf(from), to: timeOf(to) }));
}

/**
 * Periods in which a person works on a day: their own where they have any in the week, within the house's; the house's otherwise.
 * A special date of the person replaces their week, one of the house does not bring in who is not there on that weekday.
 */
export function staffPeriods(plan: OpeningPlan, day: LocalDay, staffId: string): Period[] {
  const house = housePeriods(plan, day);
  const hasOwn = plan.hours.some((period) => period.staffId === staffId) || specialDateOn(plan, day.date, staffId) !== undefined;
  return hasOwn ? intersection(house, periodsOf(plan, day, staffId)) : house;
}

/** Periods as the tools answer them, on a weekday of an ordinary week. */
export function weekdayPeriods(plan: OpeningPlan, weekday: number): OpeningPeriod[] {
  return plan.hours.filter((period) => period.staffId === null && period.weekday === weekday).map(({ from, to }) => ({ from, to }));
}

function periodsOf(plan: OpeningPlan, day: LocalDay, staffId: string | null): Period[] {
  const special = specialDateOn(plan, day.date, staffId);
  const periods = special?.periods ?? plan.hours.filter((one) => one.staffId === staffId && one.weekday === day.weekday);
  return merged(periods.map(({ from, to }) => ({ from: minutesOf(from), to: minutesOf(to) })));
}

/** In order, periods that touch or overlap made one. */
function merged(periods: Period[]): Period[] {
  const result: Period[] = [];
  for (const period of periods.filter(({ from, to }) => from < to).sort((one, other) => one.from - other.from)) {
    const last = result.at(-1);
    if (last !== undefined && period.from <= last.to) last.to = Math.max(last.to, period.to);
    else result.push({ ...period });
  }
  return result;
}

function intersection(some: Period[], others: Period[]): Period[] {
  const result: Period[] = [];
  for (const one of some) {
    for (const other of others) {
      const from = Math.max(one.from, other.from);
      const to = Math.min(one.to, other.to);
      if (from < to) result.push({ from, to });
    }
  }
  return result;
}
