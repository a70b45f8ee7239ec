/** What a calendar says, against what was known of it: which nights are taken anew, given others, freed, or held back. Within the lock of the type. */
import { sql } from '../../../src/database.ts';
import type { Database, WorkspaceAccess } from '../../../src/index.ts';
import { datesOf, later } from '../calendar-dates.ts';
import type { House } from '../house.ts';
import { loadSeats, movesOf, moving } from '../pms/embedded/rows.ts';
import type { Seat } from '../pms/embedded/seating.ts';
import { todayOf } from '../stays.ts';
import { uidEnd } from './compose.ts';
import { type PlacedRun, type Placing, placeNights } from './placing.ts';
import type { ReadCalendar, TakenNights } from './read.ts';
import { type CalendarRow, type EventRow, loadEvents, storeEvents } from './rows.ts';

export interface Applied {
  /** Events that are new, changed or freed. */
  changes: number;
  conflicts: number;
  /** A sentence for the desk about each double booking that was not known. */
  newConflicts: string[];
  /** Events that wait for a person before their nights are free. */
  held: number;
}

interface Wanted extends Omit<TakenNights, 'booked'> {
  booked: boolean;
  before: EventRow | undefined;
}

/** @param read `undefined`: the calendar is as it was */
export async function applyEvents(
  database: Database,
  access: WorkspaceAccess,
  { calendar, house, read }: { calendar: CalendarRow; house: House; read: ReadCalendar | undefined },
): Promise<Applied> {
  const today = todayOf(house, access.now());
  const known = await loadEvents(database, access, calendar.id);
  const open = known.filter(({ to }) => to > today);
  const { wanted, freed, gone } = compare(known, open, read);
  await forget(database, access, freed);
  await markGone(database, access, gone);

  const type = house.types.find(({ id }) => id === calendar.typeId);
  const rooms = (type?.rooms ?? []).map(({ id }) => id);
  const room = calendar.roomId ?? undefined;
  const place: Placing = { rooms, room, newId: access.newId };
  const anew = wanted.filter(({ before, from, to }) => before?.state !== 'blocked' || before.from !== from || before.to !== to);
  const isSame = ({ before, from, to }: Wanted) => before !== undefined && before.from === from && before.to === to;
  // What filled the gaps of a block of ours goes on filling them.
  const cleared = anew.flatMap((event) =>
    event.before === undefined || (event.before.state === 'ours' && isSame(event)) ? [] : [event.before.id],
  );
  await database.execute(
    sql`DELETE FROM hotel_stays WHERE workspace_id = ${access.workspaceId} AND calendar_event_id = ANY(${sql.param(cleared)}::uuid[])`,
  );
  const seats = await loadSeats(database, access, calendar.typeId, today, today);
  const there = seats.map((seat) => ({ ...seat }));
  const told = toldNights(calendar);

  const events: Omit<EventRow, 'gone'>[] = [];
  const runs: (PlacedRun & { event: string })[] = [];
  const newConflicts: string[] = [];
  let changes = freed.length;
  for (const { uid, from, to, booked, before } of anew) {
    const same = before !== undefined && before.from === from && before.to === to;
    const id = before?.id ?? access.newId();
    const nights = datesOf(later(from, today), to);
    const first = nights[0];
    // What comes back of our own is no booking. The first time nothing can have come back, and "reserved" is never ours.
    const ours = same
      ? before.state === 'ours'
      : calendar.readAt !== null && !booked && nights.length > 0 && nights.every((night) => told.has(night));
    const missing = ours ? nights.filter((night) => !isTaken(seats, rooms, room, night)) : nights;
    const placed = runsOf(missing).map((run) => placeNights(seats, run, place));
    runs.push(...placed.flatMap((each) => each.runs.map((run) => ({ ...run, event: id }))));
    const conflicts = ours ? [] : placed.flatMap((each) => each.conflicts);
    const state = ours ? 'ours' : conflicts.length > 0 ? 'conflict' : 'blocked';
    if (state === 'conflict' && !(same && before.state === 'conflict'))
      newConflicts.push(
        `It has a booking from ${from} to ${to}. Taken here already: ${conflicts.slice(0, 10).join(', ')}. Decide who stays, and cancel the other one.`,
      );
    if (!same || before.state !== state) changes += 1;
    if (first !== undefined) events.push({ id, uid, from, to, state });
  }
  await storeEvents(database, access, calendar.id, events);
  await storeRuns(database, access, calendar, runs, movesOf(there, new Map(seats.map((seat) => [seat.id, seat.room ?? '']))));
  const untouched = wanted.filter(({ before }) => before?.gone === true).map(({ before }) => before?.id ?? '');
  await database.execute(
    sql`UPDATE hotel_calendar_events SET gone = false WHERE workspace_id = ${access.workspaceId} AND id = ANY(${sql.param(untouched)}::uuid[])`,
  );
  return { changes, conflicts: events.filter(({ state }) => state === 'conflict').length, newConflicts, held: gone.length };
}

/** Which events are still there, which are over by what the calendar says, and which are gone in a way that cancellations do not explain. */
function compare(
  known: readonly EventRow[],
  open: readonly EventRow[],
  read: ReadCalendar | undefined,
): { wanted: Wanted[]; freed: EventRow[]; gone: EventRow[] } {
  if (read === undefined) return { wanted: open.map((before) => ({ ...before, booked: false, before })), freed: [], gone: [] };
  const incoming = read.events.filter(({ uid }) => !uid.endsWith(uidEnd));
  const left = new Map(known.map((event) => [event.uid, event]));
  const wanted: Wanted[] = [];
  const unknown: TakenNights[] = [];
  for (const event of incoming) {
    const before = left.get(event.uid);
    if (before === undefined) unknown.push(event);
    else wanted.push({ ...event, before });
    left.delete(event.uid);
  }
  // Some calendars name their events anew each time they are read: the same nights are the same event.
  for (const event of unknown) {
    const before = open.find(({ uid, from, to }) => left.has(uid) && from === event.from && to === event.to);
    if (before !== undefined) left.delete(before.uid);
    wanted.push({ ...event, before });
  }
  const lost = open.filter(({ uid }) => left.has(uid));
  const cancelled = lost.filter(({ uid }) => read.cancelled.includes(uid));
  const missing = lost.filter((event) => !cancelled.includes(event));
  const justNow = missing.filter(({ gone }) => !gone);
  const counted = open.filter(({ gone }) => !gone).length;
  const suspicious =
    justNow.length > 0 && (read.events.length === 0 || read.unreadable > 0 || (justNow.length > 1 && justNow.length > counted / 2));
  // What waits for a person waits on, whatever the calendar says of other events.
  return suspicious
    ? { wanted, freed: cancelled, gone: missing }
    : { wanted, freed: [...cancelled, ...justNow], gone: missing.filter(({ gone }) => gone) };
}

function toldNights({ told }: CalendarRow): Set<string> {
  return new Set(told.flatMap(([from, to]) => datesOf(from, to)));
}

/** Whether nobody else can be sold a night. */
function isTaken(seats: readonly Seat[], rooms: readonly string[], room: string | undefined, night: string): boolean {
  const there = seats.filter((seat) => seat.from <= night && night < seat.to);
  return room === undefined ? there.length >= rooms.length : there.some((seat) => seat.room === room);
}

/** Nights in a row as one. */
function runsOf(nights: readonly string[]): { from: string; to: string }[] {
  const runs: { from: string; to: string }[] = [];
  for (const night of nights) {
    const next = new Date(Date.parse(night) + 86_400_000).toISOString().slice(0, 10);
    const last = runs.at(-1);
    if (last?.to === night) last.to = next;
    else runs.push({ from: night, to: next });
  }
  return runs;
}

/** Its nights go with it. */
export async function forget(
  database: Database,
  { workspaceId }: WorkspaceAccess,
  events: readonly { id: string }[],
): Promise<void> {
  if (events.length === 0) return;
  await database.execute(sql`
    DELETE FROM hotel_calendar_events WHERE workspace_id = ${workspaceId} AND id = ANY(${sql.param(events.map(({ id }) => id))}::uuid[])`);
}

async function markGone(database: Database, { workspaceId }: WorkspaceAccess, events: readonly EventRow[]): Promise<void> {
  const fresh = events.filter(({ gone }) => !gone).map(({ id }) => id);
  if (fresh.length === 0) return;
  await database.execute(sql`
    UPDATE hotel_calendar_events SET gone = true, version = version + 1
    WHERE workspace_id = ${workspaceId} AND id = ANY(${sql.param(fresh)}::uuid[])`);
}

/** In one statement, as stays change rooms with each other. */
async function storeRuns(
  database: Database,
  access: WorkspaceAccess,
  calendar: CalendarRow,
  runs: readonly (PlacedRun & { event: string })[],
  moves: { id: string; room: string }[],
): Promise<void> {
  if (runs.length === 0) return;
  const { workspaceId } = access;
  const moved = moves.length === 0 ? sql`` : sql`WITH moved AS (${moving(access, moves)})`;
  await database.execute(sql`${moved}
    INSERT INTO hotel_stays (workspace_id, id, type_id, room_id, nights, status, pinned, reason, calendar_event_id)
    SELECT ${workspaceId}, r.id, ${calendar.typeId}, r.room, daterange(r."from", r."to"), 'blocked', ${calendar.roomId !== null},
      ${calendar.name}, r.event
    FROM jsonb_to_recordset(${JSON.stringify(runs)}::jsonb) AS r(id uuid, room uuid, "from" date, "to" date, event uuid)`);
}
