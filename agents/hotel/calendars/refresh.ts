/**
 * Keeps the nights that a calendar elsewhere says are taken out of the sale. What it adds counts at once. What is gone from it is freed where that may be
 * cancellations; where the calendar is empty or lost more than half, nothing is freed until a person says so (docs/decisions/0062). One that cannot be
 * read frees nothing.
 */
import { sql } from '../../../src/database.ts';
import type { CountsMetrics, Database, ReachesOutside, WorkspaceAccess } from '../../../src/index.ts';
import { addDays } from '../calendar-dates.ts';
import { type House, houseById } from '../house.ts';
import { lockTypes } from '../pms/embedded/rows.ts';
import { todayOf } from '../stays.ts';
import { applyEvents } from './apply.ts';
import { type Download, download } from './download.ts';
import { type ReadCalendar, readCalendar } from './read.ts';
import { type CalendarRow, loadCalendars, tellDeskOfCalendar } from './rows.ts';

export type RefreshPlace = WorkspaceAccess & ReachesOutside & Partial<CountsMetrics> & { readonly signal?: AbortSignal };

export interface Refreshed {
  calendar: string;
  result: 'changed' | 'unchanged' | 'failed' | 'held-back';
  /** Nights that somebody else has as well. */
  conflicts: number;
  /** Events whose nights wait for a person. */
  held: number;
  why?: string;
}

/** After so long without being read the desk is told, in milliseconds. */
const patienceMs = 3 * 3_600_000;

/** Reads those that were not read for a while. @param which of `c` */
export async function refreshCalendars(place: RefreshPlace, which = sql`true`): Promise<Refreshed[]> {
  const calendars = await place.query((database) => loadCalendars(database, place, sql`c.url <> '' AND (${which})`));
  const all: Refreshed[] = [];
  for (const calendar of calendars) {
    if (place.signal?.aborted === true) break;
    const house = await place.query((database) => houseById(database, place, calendar.hotelId));
    if (house === undefined) continue;
    const refreshed = await refresh(place, calendar, house);
    place.metrics?.add('calendar_refreshes', { result: refreshed.result });
    all.push(refreshed);
  }
  return all;
}

async function refresh(place: RefreshPlace, calendar: CalendarRow, house: House): Promise<Refreshed> {
  const begun = place.now();
  const found = await fetched(place, calendar, house);
  return place.query(async (database) => {
    await lockTypes(database, place, [calendar.typeId]);
    const [current] = await loadCalendars(database, place, sql`c.id = ${calendar.id}`);
    const idle = { calendar: calendar.name, result: 'unchanged', conflicts: 0, held: 0 } as const;
    // It was removed, given another address, or read by somebody else in the meantime: what was read first is the older one.
    if (current === undefined || current.url !== calendar.url || current.checkedAt !== calendar.checkedAt) return idle;
    return 'why' in found
      ? failed(database, place, current, found.why, begun)
      : settled(database, place, current, house, { ...found, begun });
  });
}

type Found = { read: ReadCalendar | undefined; validators: { etag: string | null; modified: string | null } } | { why: string };

async function fetched(place: RefreshPlace, calendar: CalendarRow, house: House): Promise<Found> {
  if (house.system !== null)
    return {
      why: `The hotel "${house.name}" is kept in the system "${house.system.kind}". Enter the calendar there, and remove it here.`,
    };
  const type = house.types.find(({ id }) => id === calendar.typeId);
  if (type === undefined || (calendar.roomId !== null && !type.rooms.some(({ id }) => id === calendar.roomId)))
    return { why: 'Its room, or room type, is not in use.' };
  let url: string;
  try {
    url = place.secrets.open(calendar.url, calendar.id);
  } catch {
    return { why: 'Its address cannot be opened any more. Enter it again.' };
  }
  const { etag, modified } = calendar;
  const got: Download = await download(place.outside, url, { etag, modified }, place.signal);
  if (got.kind === 'failed') return { why: got.why };
  if (got.kind === 'same') return { read: undefined, validators: { etag, modified } };
  const today = todayOf(house, place.now());
  const { timeZone, checkInFrom } = house;
  const read = readCalendar(got.text, { timeZone, checkInFrom, from: today, to: addDays(today, 730) });
  return typeof read === 'string' ? { why: read } : { read, validators: { etag: got.etag, modified: got.modified } };
}

async function failed(
  database: Database,
  place: RefreshPlace,
  calendar: CalendarRow,
  why: string,
  begun: Date,
): Promise<Refreshed> {
  const since = calendar.failingSince ?? begun.getTime();
  const tell = !calendar.personTold && begun.getTime() - since >= patienceMs;
  if (tell)
    await tellDeskOfCalendar(
      database,
      place,
      `The calendar "${calendar.name}" cannot be read since ${new Date(since).toISOString()}: ${why} Its nights stay closed, and new bookings there are not known here.`,
    );
  await database.execute(sql`
    UPDATE hotel_calendars SET state = CASE WHEN state = 'held-back' THEN state ELSE 'failing' END, fault = ${why.slice(0, 500)},
      failing_since = ${new Date(since).toISOString()}::timestamptz, checked_at = ${begun.toISOString()}::timestamptz, etag = NULL, modified = NULL,
      person_told = person_told OR ${tell}
    WHERE workspace_id = ${place.workspaceId} AND id = ${calendar.id}`);
  return { calendar: calendar.name, result: 'failed', conflicts: 0, held: 0, why };
}

async function settled(
  database: Database,
  place: RefreshPlace,
  calendar: CalendarRow,
  house: House,
  { read, validators, begun }: Exclude<Found, { why: string }> & { begun: Date },
): Promise<Refreshed> {
  const { changes, conflicts, newConflicts, held } = await applyEvents(database, place, { calendar, house, read });
  const holding = held > 0;
  const why = holding
    ? `${held} of its bookings are gone from it at once. Their nights stay closed until a person looks: "calendar-accept" frees them.`
    : '';
  if (holding && calendar.state !== 'held-back')
    await tellDeskOfCalendar(database, place, `The calendar "${calendar.name}": ${why}`);
  for (const text of newConflicts) await tellDeskOfCalendar(database, place, `The calendar "${calendar.name}": ${text}`);
  place.metrics?.add('calendar_conflicts', {}, newConflicts.length);
  // Nothing is asked conditionally while something waits: what comes back must be seen.
  const { etag, modified } = holding ? { etag: null, modified: null } : validators;
  await database.execute(sql`
    UPDATE hotel_calendars SET state = ${holding ? 'held-back' : 'read'}, fault = ${why}, failing_since = NULL, person_told = false,
      checked_at = ${begun.toISOString()}::timestamptz, read_at = ${begun.toISOString()}::timestamptz, etag = ${etag}, modified = ${modified}
    WHERE workspace_id = ${place.workspaceId} AND id = ${calendar.id}`);
  return {
    calendar: calendar.name,
    result: holding ? 'held-back' : changes > 0 ? 'changed' : 'unchanged',
    conflicts,
    held,
    ...(holding ? { why } : {}),
  };
}
