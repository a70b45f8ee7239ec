/**
 * Slot search: from opening hours, special dates, people, busy periods and limits to the start times that can be offered. Pure.
 *
 * A service lies within one period of the person who does it (never across a lunch break); its buffers may lie outside of the period
 * but never overlap with another appointment. Start times lie on a grid counted from the opening.
 */
import type { BusyPeriod, Catalogue, Service, StaffMember } from './catalogue.ts';
import type { GetAvailabilityOutput, Slot } from './contract.ts';
import { addDays, daysBetween, type LocalDay, localDay, localTime, minutesOf, timeOf } from './local-time.ts';
import { housePeriods, type Period, staffPeriods } from './opening.ts';

const minuteMs = 60_000;
const slotsPerDay = 12;
const slotsInAll = 60;

/** What is asked for. Dates are local and both included; times are minutes since midnight. */
export interface SlotSearch {
  service: Service;
  /** Who may attend, in the order of preference. */
  staff: readonly StaffMember[];
  from: string;
  to: string;
  /** Earliest and latest start, both included. */
  earliest?: number | undefined;
  latest?: number | undefined;
}

/** The workspace at one moment. */
export interface Agenda {
  catalogue: Pick<Catalogue, 'hours' | 'specialDates' | 'busy' | 'settings'>;
  timeZone: string;
  /** Epoch milliseconds. */
  now: number;
}

/** A start time with everybody who is free then. */
export interface FreeSlot {
  date: string;
  /** Local minutes since midnight. */
  minutes: number;
  /** Epoch milliseconds, buffers not included. */
  start: number;
  end: number;
  /** In the order of preference; at least one. */
  staff: StaffMember[];
}

/** The first and last local date that may be booked at all. */
export function bookableDates(agenda: Agenda): { first: string; last: string } {
  const { settings } = agenda.catalogue;
  const first = localTime(agenda.now, agenda.timeZone).date;
  return { first, last: addDays(first, settings.horizonDays) };
}

/** Every free start time in the range, in order. */
export function freeSlots(agenda: Agenda, search: SlotSearch): FreeSlot[] {
  const { first, last } = bookableDates(agenda);
  const earliestStart = agenda.now + agenda.catalogue.settings.noticeMinutes * minuteMs;
  const busy = busyByStaff(agenda.catalogue.busy);
  const slots: FreeSlot[] = [];
  for (let date = [search.from, first].sort().at(-1) ?? first; date <= search.to && date <= last; date = addDays(date, 1)) {
    const day = localDay(date, agenda.timeZone);
    const found = new Map<number, FreeSlot>();
    for (const member of search.staff) {
      const taken = busy.get(member.id) ?? [];
      for (const { minutes, start, end } of startTimes(agenda, day, staffPeriods(agenda.catalogue, day, member.id), search)) {
        if (start < earliestStart || !isFree(taken, start, end, search.service)) continue;
        const slot = found.get(start);
        if (slot === undefined) found.set(start, { date, minutes, start, end, staff: [member] });
        else slot.staff.push(member);
      }
    }
    slots.push(...[...found.values()].sort((one, other) => one.start - other.start));
  }
  return slots;
}

interface StartTime {
  minutes: number;
  start: number;
  end: number;
}

function* startTimes(agenda: Agenda, day: LocalDay, periods: Period[], search: SlotSearch): Generator<StartTime> {
  const step = agenda.catalogue.settings.slotStepMinutes;
  for (const period of periods) {
    const opens = day.edgeOf(period.from);
    const closes = day.edgeOf(period.to);
    for (let minutes = period.from; minutes < period.to; minutes += step) {
      if (search.earliest !== undefined && minutes < search.earliest) continue;
      if (search.latest !== undefined && minutes > search.latest) break;
      const start = day.instantOf(minutes);
      if (start === undefined || start < opens) continue;
      const end = start + search.service.durationMinutes * minuteMs;
      if (end <= closes) yield { minutes, start, end };
    }
  }
}

function busyByStaff(busy: readonly BusyPeriod[]): Map<string, BusyPeriod[]> {
  return Map.groupBy(busy, (period) => period.staffId);
}

function isFree(taken: readonly BusyPeriod[], start: number, end: number, service: Service): boolean {
  const from = start - service.bufferBeforeMinutes * minuteMs;
  const to = end + service.bufferAfterMinutes * minuteMs;
  return taken.every((period) => period.to <= from || period.from >= to);
}

export type NoSlotReason = Extract<GetAvailabilityOutput, { kind: 'none' }>['reason'];

/** Why the range has no free slot. Meaningful only where {@link freeSlots} found none. */
export function whyNone(agenda: Agenda, search: SlotSearch): NoSlotReason {
  const { first, last } = bookableDates(agenda);
  if (search.to < first) return 'past';
  if (search.from > last) return 'too-far';
  const { earliest, latest } = search;
  if (search.from === search.to && earliest !== undefined && earliest === latest) {
    // On the day when the clock goes forward an hour is missing.
    if (localDay(search.from, agenda.timeZone).instantOf(earliest) === undefined) return 'no-such-time';
  }
  const duration = search.service.durationMinutes;
  let open = false;
  let attended = false;
  let latestStart = Number.NEGATIVE_INFINITY;
  for (let date = search.from; date <= search.to && date <= last; date = addDays(date, 1)) {
    const day = localDay(date, agenda.timeZone);
    if (lastStarts(housePeriods(agenda.catalogue, day), search, duration).length > 0) open = true;
    for (const member of search.staff) {
      for (const minutes of lastStarts(staffPeriods(agenda.catalogue, day, member.id), search, duration)) {
        attended = true;
        latestStart = Math.max(latestStart, day.edgeOf(minutes));
      }
    }
  }
  if (!open) return 'closed';
  if (!attended) return 'staff-absent';
  // "Today", asked in the evening, has not passed: it is only too late for it.
  if (latestStart < agenda.now) return search.to >= first && search.earliest === undefined ? 'too-soon' : 'past';
  if (latestStart < agenda.now + agenda.catalogue.settings.noticeMinutes * minuteMs) return 'too-soon';
  return 'full';
}

/** Per period the last start, on any minute, that leaves room for the service and lies in the window asked for. */
function lastStarts(periods: Period[], search: SlotSearch, duration: number): number[] {
  const starts: number[] = [];
  for (const { from, to } of periods) {
    const start = Math.min(to - duration, search.latest ?? Number.POSITIVE_INFINITY);
    if (start >= Math.max(from, search.earliest ?? 0)) starts.push(start);
  }
  return starts;
}

/** At most 12 slots a day and 60 in all, spread over the day so that morning and evening are both offered; the first always stays. */
export function selectSlots(slots: readonly FreeSlot[]): FreeSlot[] {
  const days = [...Map.groupBy(slots, (slot) => slot.date).values()];
  const perDay = Math.min(slotsPerDay, Math.max(3, Math.floor(slotsInAll / Math.max(1, days.length))));
  return days.flatMap((day) => spread(day, perDay)).slice(0, slotsInAll);
}

function spread<Item>(items: readonly Item[], count: number): Item[] {
  if (items.length <= count) return [...items];
  const step = (items.length - 1) / (count - 1);
  return Array.from({ length: count }, (_, index) => items[Math.round(index * step)]).filter((item) => item !== undefined);
}

/**
 * Up to `count` free slots nearest to a wish: those of the same day by time, then the nearest days, each at the time that comes
 * closest. In order of time.
 */
export function nearestSlots(
  slots: readonly FreeSlot[],
  wish: { date: string; minutes?: number | undefined },
  count: number,
): FreeSlot[] {
  const distance = (slot: FreeSlot) => (wish.minutes === undefined ? slot.minutes : Math.abs(slot.minutes - wish.minutes));
  const days = [...Map.groupBy(slots, (slot) => slot.date)]
    .map(([date, ofDay]) => ({
      days: Math.abs(daysBetween(wish.date, date)),
      ofDay: ofDay.toSorted((a, b) => distance(a) - distance(b)),
    }))
    .sort((one, other) => one.days - other.days);
  const chosen: FreeSlot[] = [];
  // Half on the day that was asked for, or on the nearest one; the rest where there is room, a day at a time.
  for (let round = 0; chosen.length < count && days.some(({ ofDay }) => ofDay.length > 0); round++) {
    for (const [index, { ofDay }] of days.entries()) {
      const share = round === 0 && index === 0 ? Math.ceil(count / 2) : 1;
      chosen.push(...ofDay.splice(0, Math.min(share, count - chosen.length)));
    }
  }
  return chosen.sort((one, other) => one.start - other.start);
}

/** A slot as the tools answer it, with the first of those who are free. */
export function slotView(slot: FreeSlot): Slot {
  return { date: slot.date, time: timeOf(slot.minutes), staff: slot.staff[0]?.name ?? '' };
}

/**
 * Start window of a search: `timeTo` itself is not a start time any more, unless both ends are the same, which asks for exactly then.
 */
export function startWindow(timeFrom: string | undefined, timeTo: string | undefined): Pick<SlotSearch, 'earliest' | 'latest'> {
  const earliest = timeFrom === undefined ? undefined : minutesOf(timeFrom);
  if (timeTo === undefined) return { earliest };
  const latest = minutesOf(timeTo);
  return { earliest, latest: latest === earliest ? latest : latest - 1 };
}
