/** Reads an iCalendar text (RFC 5545): which nights of a hotel it says are taken. Pure. Titles, names and notes in it are not kept. */
import ICAL from 'ical.js';
import { addDays, instantOf, localMoment } from '../calendar-dates.ts';

export interface TakenNights {
  /** Names it in the calendar; of a repeated event with the day of its occurrence. */
  uid: string;
  from: string;
  /** Day of departure. */
  to: string;
  /** It says itself that somebody booked, and is not merely closed. */
  booked: boolean;
}

export interface ReadCalendar {
  events: TakenNights[];
  /** Of events that the calendar itself says are cancelled. */
  cancelled: string[];
  /** Events that could not be understood: what is missing may be one of them. */
  unreadable: number;
}

export interface CalendarPlace {
  timeZone: string;
  /** An event that ends later than this takes the night as well, since nobody else can arrive. */
  checkInFrom: string;
  /** First night that matters, and the day after the last one. */
  from: string;
  to: string;
}

/** Events and occurrences in one calendar; there are no hotels with more. */
const mostEvents = 5_000;

/** @returns a sentence about what is wrong, where the text is no whole calendar */
export function readCalendar(text: string, place: CalendarPlace): ReadCalendar | string {
  let calendar: ICAL.Component;
  try {
    calendar = new ICAL.Component(ICAL.parse(text.replace(/^\uFEFF/, '').trim()));
  } catch {
    return 'The answer is no whole iCalendar text.';
  }
  if (calendar.name !== 'vcalendar') return 'The answer is no iCalendar text.';
  const components = calendar.getAllSubcomponents('vevent');
  if (components.length > mostEvents) return `It has more than ${mostEvents} events.`;
  const read: ReadCalendar = { events: [], cancelled: [], unreadable: 0 };
  const changed = changedOccurrences(components);
  for (const component of components) {
    try {
      readEvent(new ICAL.Event(component), place, read, changed);
    } catch {
      read.unreadable += 1;
    }
  }
  if (read.events.length > mostEvents) return `Its events repeat more than ${mostEvents} times.`;
  return { ...read, events: named(read.events) };
}

const textOf = (event: ICAL.Event, name: string) => String(event.component.getFirstPropertyValue(name) ?? '').trim();

/** Occurrences of repeated events that have an event of their own. */
function changedOccurrences(components: readonly ICAL.Component[]): Set<string> {
  const changed = components.filter((component) => component.hasProperty('recurrence-id'));
  return new Set(
    changed.map(
      (component) =>
        `${component.getFirstPropertyValue('uid')?.toString()} ${component.getFirstPropertyValue('recurrence-id')?.toString()}`,
    ),
  );
}

function readEvent(event: ICAL.Event, place: CalendarPlace, read: ReadCalendar, changed: ReadonlySet<string>): void {
  const uid = textOf(event, 'uid').slice(0, 300);
  const own = event.component.getFirstPropertyValue('recurrence-id')?.toString();
  if (textOf(event, 'status').toUpperCase() === 'CANCELLED') {
    read.cancelled.push(own === undefined ? uid : `${uid} ${own.slice(0, 10)}`);
    return;
  }
  if (textOf(event, 'transp').toUpperCase() === 'TRANSPARENT') return;
  if (event.component.getFirstProperty('dtstart') === null) throw new Error('An event without a day.');
  const booked = /reserv|booked|guest|hu[eé]sped/i.test(textOf(event, 'summary'));
  const zone = zoneOf(event, 'dtstart') ?? '';
  const zones = { start: zone, end: zoneOf(event, 'dtend') ?? zone };
  const add = (name: string, start: ICAL.Time, end: ICAL.Time) => {
    const nights = nightsOf(dayOf(start, zones.start, place), dayOf(end, zones.end, place), place);
    if (nights.to > place.from && nights.from < place.to) read.events.push({ uid: name, ...nights, booked });
  };
  if (!event.isRecurring()) {
    add(own === undefined ? uid : `${uid} ${own.slice(0, 10)}`, event.startDate, event.endDate);
    return;
  }
  const occurrences = event.iterator();
  for (let count = 0; count <= mostEvents; count++) {
    const start = occurrences.next();
    // The iterator ends with nothing, whatever its type says.
    if ((start as ICAL.Time | null | undefined) == null) return;
    const details = event.getOccurrenceDetails(start);
    if (details.startDate.toString().slice(0, 10) > place.to) return;
    if (!changed.has(`${uid} ${start.toString()}`))
      add(`${uid} ${start.toString().slice(0, 10)}`, details.startDate, details.endDate);
  }
  throw new Error('It never ends.');
}

function zoneOf(event: ICAL.Event, name: string): string | undefined {
  const zone = event.component.getFirstProperty(name)?.getParameter('tzid');
  return zone === undefined ? undefined : String(zone);
}

interface LocalDay {
  date: string;
  /** Absent for whole days, which are the hotel's. */
  time?: string;
}

/** A time that names no zone is by the hotel's own clock. @throws where its zone is neither in the calendar nor known */
function dayOf(time: ICAL.Time, zone: string, { timeZone }: CalendarPlace): LocalDay {
  const date = time.toString().slice(0, 10);
  if (time.isDate) return { date };
  // Without types for what is there where the zone is none of the calendar's.
  const described = time.zone?.tzid === 'UTC' || (time.zone?.component ?? null) !== null;
  if (described) return localMoment(time.toJSDate(), timeZone);
  const clock = time.toString().slice(11, 16);
  return zone === '' ? { date, time: clock } : localMoment(new Date(instantOf(date, clock, zone)), timeZone);
}

function nightsOf(from: LocalDay, until: LocalDay, { checkInFrom }: CalendarPlace): { from: string; to: string } {
  if (until.date < from.date) throw new Error('It ends before it begins.');
  const to = until.time !== undefined && until.time > checkInFrom ? addDays(until.date, 1) : until.date;
  return { from: from.date, to: to > from.date ? to : addDays(from.date, 1) };
}

/** A calendar that gives several events one name, or none, has them by their days. */
function named(events: readonly TakenNights[]): TakenNights[] {
  const counts = new Map<string, number>();
  for (const { uid } of events) counts.set(uid, (counts.get(uid) ?? 0) + 1);
  const all = new Map<string, TakenNights>();
  for (const event of events) {
    const { uid, from, to } = event;
    const name = uid === '' || (counts.get(uid) ?? 0) > 1 ? `${uid} ${from} ${to}`.trim() : uid;
    all.set(name, { ...event, uid: name });
  }
  return [...all.values()];
}
