/** Looks for free slots as the wish says, and chooses which few of them to name. */

import { isWithinPeriods } from '../../../src/dialogue.ts';
import type { ReferenceTime } from '../../../src/index.ts';
import type { GetAvailabilityOutput, OpeningPeriod, Slot } from '../contract.ts';
import { ask, type Dialogue } from './dialogue.ts';
import type { Turn } from './turn.ts';

/** How many slots one reply names at most: as many as a person would. */
const namedAtMost = 6;

/** What is looked for, once it is known well enough to look. */
export interface Search {
  service: string;
  staff: string | undefined;
  /** Code of the appointment to be moved: its own time counts as free. */
  moving: string | undefined;
  from: string;
  to: string;
  /** Only these days count, where the customer named several. */
  dates: readonly string[];
  /** These days do not. */
  except: readonly string[];
  time: string | undefined;
  timeFrom: string | undefined;
  timeTo: string | undefined;
}

export type Found =
  /** Exactly what was wished for is free. `hours` are those of the day, where it is one day. */
  | { kind: 'free'; slot: Slot; hours: OpeningPeriod[] | undefined }
  | { kind: 'choice'; slots: Slot[]; hours: OpeningPeriod[] | undefined; price: DayPrice | undefined }
  | Extract<GetAvailabilityOutput, { kind: 'none' | 'unknown-service' | 'unknown-staff' }>;

/** What the service costs on the one day that was asked for, where a promotion makes it cheaper then. */
export interface DayPrice {
  price: number;
  currency: string;
  promotion: string;
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
    ...(search.moving === undefined ? {} : { moving: search.moving }),
  });
  if (output.kind !== 'available') return output;
  const { hours, promotion, price, currency } = output;
  const slots = output.slots.filter(
    ({ date }) => (search.dates.length === 0 || search.dates.includes(date)) && !search.except.includes(date),
  );
  const [first] = slots;
  if (first === undefined) return { kind: 'none', service: output.service, reason: 'full', alternatives: output.slots };
  if (time !== undefined && search.from === search.to) return { kind: 'free', slot: first, hours };
  return { kind: 'choice', slots, hours, price: promotion === undefined ? undefined : { price, currency, promotion } };
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

/**
 * "A las 10" is looked for as it is meant at first hearing; the other reading is tried only where the first cannot be. Where the house
 * is open at both nobody but the customer knows.
 */
export function* findReading(
  search: Search,
  readings: readonly [string, ...string[]],
  now: ReferenceTime,
): Dialogue<{ time: string; found: Found } | { openAt: readonly string[] }> {
  const [first, ...others] = readings;
  const found = yield* findSlots({ ...search, time: first });
  const hours = 'hours' in found ? found.hours : undefined;
  const ahead = (time: string): boolean => search.from > now.date || time > now.time;
  const openAt = hours === undefined ? [] : readings.filter((time) => isWithinPeriods(time, hours) && ahead(time));
  if (openAt.length > 1) return { openAt };
  if (found.kind !== 'none' || openAt.includes(first)) return { time: first, found };
  for (const time of hours === undefined ? others : openAt) {
    const second = yield* findSlots({ ...search, time });
    if (second.kind !== 'none' || openAt.length > 0) return { time, found: second };
  }
  return { time: first, found };
}

/** Adds what the wish says about the time of day. */
export function searchFor(
  turn: Turn,
  { service, staff, moving }: Pick<Search, 'service' | 'staff'> & { moving?: string },
  days: { from: string; to: string },
): Search {
  const { wish } = turn.state;
  return {
    service,
    staff,
    moving,
    ...days,
    dates: wish.dates,
    except: wish.except,
    time: wish.time,
    timeFrom: wish.timeRange?.from,
    timeTo: wish.timeRange?.to,
  };
}
