/** Periods that costs are added up over. Calls are kept by whole hours; days and months are those of the workspace's calendar. */
import { timeZone } from '../../words/format.ts';

export const periods = ['day', 'week', 'month', 'last-30'] as const;
export type Period = (typeof periods)[number];

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** Names the day or the month of an instant, e.g. 2026-11-30, 2026-11. */
function named(at: number, period: 'day' | 'month', zone: string | undefined): string {
  const options = { year: 'numeric', month: '2-digit', day: '2-digit', ...(zone === undefined ? {} : { timeZone: zone }) } as const;
  const date = new Intl.DateTimeFormat('sv-SE', options).format(at);
  return period === 'day' ? date : date.slice(0, 7);
}

/** The first hour of a period, as the API takes it. */
export function startOf(period: Period, now = Date.now(), zone = timeZone()): string {
  let hour = Math.floor(now / hourMs) * hourMs;
  if (period === 'week') return new Date(hour - 7 * dayMs).toISOString();
  if (period === 'last-30') return new Date(hour - 30 * dayMs).toISOString();
  const name = named(now, period, zone);
  while (named(hour - dayMs, period, zone) === name) hour -= dayMs;
  while (named(hour - hourMs, period, zone) === name) hour -= hourMs;
  return new Date(hour).toISOString();
}
