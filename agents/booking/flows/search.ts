/** Looks for free slots as the wish says, and chooses which few of them to name. */
import type { GetAvailabilityOutput, Slot } from '../contract.ts';
import { addDays, isWithin, weekdayOf } from './calendar.ts';
import { ask, type Dialogue } from './dialogue.ts';
import type { Wish } from './state.ts';
import type { Turn } from './turn.ts';

/** Days to look ahead where the customer names none. */
const horizonDays = 13;
/** How many slots one reply names at most: as many as a person would. */
const namedAtMost = 6;

/** What is looked for, once it is known well enough to look. */
export interface Search {
  service: string;
  staff: string | undefined;
  from: string;
  to: string;
  /** Only these days count, where the customer named several. */
  dates: readonly string[];
  time: string | undefined;
  timeFrom: string | undefined;
  timeTo: string | undefined;
}

export type Found =
  /** Exactly what was wished for is free. */
  | { kind: 'free'; slot: Slot }
  | { kind: 'choice'; slots: Slot[] }
  | Extract<GetAvailabilityOutput, { kind: 'none' | 'unknown-service' | 'unknown-staff' }>;

/** The days that the wish comes to; undefined where it names none. */
export function daysOf(wish: Wish, today: string): { from: string; to: string } | undefined {
  if (wish.dates.length > 0) {
    const sorted = wish.dates.toSorted();
    return { from: sorted[0] ?? today, to: sorted.at(-1) ?? today };
  }
  if (wish.date !== undefined) return { from: wish.date, to: wish.date };
  if (wish.dateRange !== undefined) {
    const { from = today, to } = wish.dateRange;
    const first = from < today ? today : from;
    return { from: first, to: to === undefined || to < first ? addDays(first, horizonDays) : to };
  }
  return wish.anyDate ? { from: today, to: addDays(today, horizonDays) } : undefined;
}

/** Free slots for a search. One exact moment is free or it is not; everything else is a choice. */
export function* findSlots(search: Search): Dialogue<Found> {
  const { time } = search;
  const output = yield* ask('get_availability', {
    service: search.service,
    from: search.from,
    ...(search.to === search.from ? {} : { to: search.to }),
    ...windowOf(search),
    ...(search.staff === undefined ? {} : { staff: search.staff }),
  });
  if (output.kind !== 'available') return output;
  const slots = search.dates.length === 0 ? output.slots : output.slots.filter((slot) => search.dates.includes(slot.date));
  const [first] = slots;
  if (first === undefined) return { kind: 'none', service: output.service, reason: 'full', alternatives: output.slots };
  return time !== undefined && search.from === search.to ? { kind: 'free', slot: first } : { kind: 'choice', slots };
}

/** The same time at both ends asks for exactly that start. */
function windowOf({ time, timeFrom, timeTo }: Search): { timeFrom?: string; timeTo?: string } {
  if (time !== undefined) return { timeFrom: time, timeTo: time };
  return {
    ...(timeFrom === undefined ? {} : { timeFrom }),
    ...(timeTo === undefined || timeTo === '24:00' ? {} : { timeTo }),
  };
}

/** The few slots that a reply names: spread over the day, or the first days with two or three each. */
export function chooseFew(slots: readonly Slot[]): Slot[] {
  const days = Map.groupBy(slots, (slot) => slot.date);
  const perDay = days.size === 1 ? namedAtMost : days.size === 2 ? 3 : 2;
  return [...days.values()].slice(0, 3).flatMap((day) => spread(day, perDay));
}

function spread(slots: readonly Slot[], count: number): Slot[] {
  if (slots.length <= count) return [...slots];
  if (count === 1) return slots.slice(0, 1);
  const step = (slots.length - 1) / (count - 1);
  return Array.from({ length: count }, (_, index) => slots[Math.round(index * step)]).filter((slot) => slot !== undefined);
}

/** Of several readings of a time those within the opening hours; all of them where the hours do not settle it. */
export function* readingsWhileOpen(readings: readonly string[], date: string | undefined): Dialogue<readonly string[]> {
  const hours = yield* ask('get_business_hours', date === undefined ? {} : { date });
  const weekday = date === undefined ? undefined : weekdayOf(date);
  const periods =
    hours.day?.periods ??
    hours.week.filter((day) => weekday === undefined || day.weekday === weekday).flatMap((day) => day.periods);
  const open = readings.filter((time) => isWithin(time, periods));
  return open.length > 0 ? open : readings.slice(0, 1);
}

/** Adds what the wish says about the time of day. */
export function searchFor(turn: Turn, service: string, staff: string | undefined, days: { from: string; to: string }): Search {
  const { wish } = turn.state;
  return {
    service,
    staff,
    ...days,
    dates: wish.dates,
    time: wish.time,
    timeFrom: wish.timeRange?.from,
    timeTo: wish.timeRange?.to,
  };
}
