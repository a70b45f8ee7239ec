/** Statements that the writes of the embedded system are made of. All of them run within a transaction that holds the locks of the types. */
import { type SQL, sql } from '../../../../src/database.ts';
import type { Database, WorkspaceAccess } from '../../../../src/index.ts';
import { earlier } from '../../calendar-dates.ts';
import type { HouseType } from '../../house.ts';
import type { PmsOffer, Written } from '../contract.ts';
import { bestRoom, type Seat, seatAnew } from './seating.ts';

export const nowOf = (access: WorkspaceAccess): SQL => sql`${access.now().toISOString()}::timestamptz`;

/** Stays of a type are seated by one transaction at a time; in one order, so that nobody waits in a circle. */
export async function lockTypes(database: Database, access: WorkspaceAccess, typeIds: readonly string[]): Promise<void> {
  for (const id of [...new Set(typeIds)].sort()) {
    await database.execute(sql`SELECT pg_advisory_xact_lock(hashtextextended(${`hotel-type ${access.workspaceId} ${id}`}, 0))`);
  }
}

export interface Operation {
  key: string;
  kind: 'hold' | 'extend' | 'confirm' | 'release' | 'change' | 'cancel' | 'charge' | 'late-checkout';
  hotelId: string;
}

/** Does something once per key: made again, it answers what it answered. */
export async function once<Value>(
  database: Database,
  access: WorkspaceAccess,
  { key, kind, hotelId }: Operation,
  work: () => Promise<Written<Value> & { bookingId?: string }>,
): Promise<Written<Value>> {
  const { workspaceId } = access;
  const { rowCount } = await database.execute(sql`
    INSERT INTO hotel_operations (workspace_id, key, hotel_id, kind, state, created_at)
    VALUES (${workspaceId}, ${key}, ${hotelId}, ${kind}, 'begun', ${nowOf(access)}) ON CONFLICT DO NOTHING`);
  if (rowCount === 0) {
    const { rows } = await database.execute<{ state: string; detail: Written<Value> }>(
      sql`SELECT state, detail FROM hotel_operations WHERE workspace_id = ${workspaceId} AND key = ${key}`,
    );
    const [known] = rows;
    return known !== undefined && (known.state === 'done' || known.state === 'refused') ? known.detail : { kind: 'unclear' };
  }
  const { bookingId, ...answer } = await work();
  await database.execute(sql`
    UPDATE hotel_operations SET state = ${answer.kind}, detail = ${JSON.stringify(answer)}::jsonb, booking_id = ${bookingId ?? null}
    WHERE workspace_id = ${workspaceId} AND key = ${key}`);
  return answer as Written<Value>;
}

/** Ends holds: lapsed ones of these types, and those of the conversation. Rows that others work on are left to them. */
export async function endHolds(database: Database, access: WorkspaceAccess, which: SQL): Promise<number> {
  const { workspaceId } = access;
  const { rows } = await database.execute<{ count: number }>(sql`
    WITH ended AS (
      UPDATE hotel_bookings SET status = 'expired', updated_at = ${nowOf(access)}, version = version + 1
      WHERE workspace_id = ${workspaceId} AND id IN (
        SELECT b.id FROM hotel_bookings b WHERE b.workspace_id = ${workspaceId} AND b.status = 'held' AND (${which})
        ORDER BY b.id FOR UPDATE SKIP LOCKED)
      RETURNING id
    ), freed AS (
      UPDATE hotel_stays SET status = 'over', version = version + 1
      WHERE workspace_id = ${workspaceId} AND booking_id IN (SELECT id FROM ended)
    )
    SELECT count(*)::int AS count FROM ended`);
  return rows[0]?.count ?? 0;
}

/** A stay that needs a room. */
export interface Unseated {
  id: string;
  bookingId: string;
  type: HouseType;
  room: PmsOffer['rooms'][number];
  checkIn: string;
  checkOut: string;
  status: 'held' | 'confirmed';
}

/**
 * Gives a stay a room of its type, and moves others to other rooms where that is what it takes.
 * @param today stays that began before it keep their rooms.
 * @returns the room; `undefined` where the type is full.
 */
export async function seat(
  database: Database,
  access: WorkspaceAccess,
  stay: Unseated,
  today: string,
): Promise<string | undefined> {
  const { id, type, checkIn, checkOut } = stay;
  const rooms = type.rooms.map((room) => room.id);
  const near = await loadSeats(database, access, type.id, today, checkIn);
  const free = bestRoom(rooms, near, checkIn, checkOut);
  if (free !== undefined) {
    await insertStay(database, access, stay, free);
    return free;
  }
  const seats = await loadSeats(database, access, type.id, today, earlier(today, checkIn));
  const seated = seatAnew(rooms, [...seats, { id, from: checkIn, to: checkOut }]);
  const room = seated?.get(id);
  if (seated === undefined || room === undefined) return undefined;
  await insertStay(database, access, stay, room, movesOf(seats, seated));
  return room;
}

/** Seats of a type that end after a day, or on it. */
export async function loadSeats(
  database: Database,
  access: WorkspaceAccess,
  typeId: string,
  today: string,
  since: string,
): Promise<Seat[]> {
  const { rows } = await database.execute<{ id: string; from: string; to: string; room: string; fixed: boolean }>(sql`
    SELECT s.id, to_char(lower(s.nights), 'YYYY-MM-DD') AS "from", to_char(upper(s.nights), 'YYYY-MM-DD') AS "to", s.room_id AS room,
      (s.status = 'in_house' OR (s.status = 'blocked' AND s.calendar_event_id IS NULL) OR s.pinned OR lower(s.nights) < ${today}::date) AS fixed
    FROM hotel_stays s
    WHERE s.workspace_id = ${access.workspaceId} AND s.type_id = ${typeId} AND upper(s.nights) >= ${since}::date
      AND s.status IN ('held', 'confirmed', 'in_house', 'blocked')`);
  return rows;
}

/** Who has another room now. */
export function movesOf(seats: readonly Seat[], seated: ReadonlyMap<string, string>): { id: string; room: string }[] {
  return seats.flatMap(({ id, room }) => {
    const now = seated.get(id);
    return now === undefined || now === room ? [] : [{ id, room: now }];
  });
}

/**
 * In one statement: the constraint is deferrable, so that it looks once the statement is over, and stays may change rooms with each other.
 */
export const moving = (access: WorkspaceAccess, moves: readonly { id: string; room: string }[]): SQL => sql`
  UPDATE hotel_stays s SET room_id = m.room, version = version + 1
  FROM jsonb_to_recordset(${JSON.stringify(moves)}::jsonb) AS m(id uuid, room uuid)
  WHERE s.workspace_id = ${access.workspaceId} AND s.id = m.id`;

export async function insertStay(
  database: Database,
  access: WorkspaceAccess,
  stay: Omit<Unseated, 'type'> & { type: Pick<HouseType, 'id'> },
  room: string,
  moves: { id: string; room: string }[] = [],
): Promise<void> {
  const { guests, nightly, total } = stay.room;
  const moved = moves.length === 0 ? sql`` : sql`WITH moved AS (${moving(access, moves)})`;
  await database.execute(sql`${moved}
    INSERT INTO hotel_stays (workspace_id, id, booking_id, type_id, room_id, nights, status, adults, children, nightly, total)
    VALUES (${access.workspaceId}, ${stay.id}, ${stay.bookingId}, ${stay.type.id}, ${room},
      daterange(${stay.checkIn}::date, ${stay.checkOut}::date), ${stay.status}, ${guests.adults},
      ${sql.param(guests.children)}::smallint[], ${JSON.stringify(nightly)}::jsonb, ${total / 100})`);
}
