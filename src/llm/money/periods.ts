/** Days and months as a workspace's calendar has them. */
import { Temporal } from 'temporal-polyfill';

export const periods = ['day', 'month', 'run'] as const;
export type Period = (typeof periods)[number];

/** A period under way: its name and when the next one begins; a run's has no next one. */
export interface BudgetPeriod {
  name: string;
  resetsAt: Date | undefined;
}

/** The spans that an instant is in, by the calendar of an IANA time zone. */
export function spansAt(now: Date, timeZone: string): Record<Period, BudgetPeriod> {
  const today = Temporal.Instant.fromEpochMilliseconds(now.getTime()).toZonedDateTimeISO(timeZone).toPlainDate();
  const firstOfMonth = today.with({ day: 1 });
  // Some days begin later than midnight: the first instant of the date is what counts.
  const begins = (date: Temporal.PlainDate) => new Date(date.toZonedDateTime(timeZone).epochMilliseconds);
  return {
    day: { name: today.toString(), resetsAt: begins(today.add({ days: 1 })) },
    month: { name: firstOfMonth.toPlainYearMonth().toString(), resetsAt: begins(firstOfMonth.add({ months: 1 })) },
    run: { name: 'run', resetsAt: undefined },
  };
}
