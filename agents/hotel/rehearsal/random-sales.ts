/** Guests who ask for any days in any order, and what of it a perfect house would have sold. */
import { sql } from '../../../src/database.ts';
import { addDays } from '../calendar-dates.ts';
import { bestRoom, overCapacity, type Seat, seatAnew } from '../pms/embedded/seating.ts';
import { hotelTools } from '../tools.ts';
import type { TestHotel } from './hotel-under-test.ts';

/** Numbers from 0 up to 1 that a seed determines (mulberry32). */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

function wishOf(random: () => number, from: string, days: number): { from: string; to: string; nights: number } {
  const nights = 1 + Math.floor(random() * 7);
  const start = addDays(from, Math.floor(random() * days));
  return { from: start, to: addDays(start, nights), nights };
}

/** The seating alone, without a store. */
export function sellOnPaper({ rooms: count, stays, days, seed }: { rooms: number; stays: number; days: number; seed: number }) {
  const random = randomOf(seed);
  const rooms = Array.from({ length: count }, (_, index) => `room ${index}`);
  let seats: Seat[] = [];
  let possibleNights = 0;
  let soldNights = 0;
  for (let index = 0; index < stays; index++) {
    const { nights, ...dates } = wishOf(random, '2027-01-01', days);
    const wanted: Seat = { id: `${index}`, ...dates };
    if (overCapacity(count, [...seats, wanted])) continue;
    possibleNights += nights;
    const room = bestRoom(rooms, seats, wanted.from, wanted.to);
    if (room !== undefined) seats.push({ ...wanted, room });
    else {
      const seated = seatAnew(rooms, [...seats, wanted]);
      if (seated === undefined) continue;
      seats = [...seats, wanted].map((seat) => ({ ...seat, room: seated.get(seat.id) }));
    }
    soldNights += nights;
  }
  const overlaps = seats.filter((one, index) =>
    seats.some((other, position) => position > index && other.room === one.room && other.from < one.to && one.from < other.to),
  ).length;
  return { possibleNights, soldNights, overlaps };
}

/** One guest after the other at the door of the tools. */
export async function sellAtRandom(house: TestHotel, { type, seed, stays }: { type: string; seed: number; stays: number }) {
  const tools = hotelTools({});
  const random = randomOf(seed);
  const taken: Seat[] = [];
  let sold = 0;
  let possible = 0;
  let moved = 0;
  const roomOf = new Map<string, string>();
  for (let index = 0; index < stays; index++) {
    const { from: checkIn, to: checkOut } = wishOf(random, '2026-11-23', 14);
    const wanted = { id: `${index}`, from: checkIn, to: checkOut };
    if (overCapacity(8, [...taken, wanted])) continue;
    possible += 1;
    const guest = house.conversation();
    const found = await guest.call(tools.searchRooms, { checkIn, checkOut, adults: 2, type });
    if (found.kind !== 'available') continue;
    const offer = found.offers[0]?.offer ?? '';
    const answer = await guest.call(tools.bookStay, { offer, name: 'Ana Gómez', email: `guest${index}@example.com` });
    if (answer.kind !== 'booked') continue;
    taken.push(wanted);
    sold += 1;
    for (const [id, room] of await roomsNow(house)) {
      if (roomOf.has(id) && roomOf.get(id) !== room) moved += 1;
      roomOf.set(id, room);
    }
  }
  return { sold, possible, moved };
}

async function roomsNow(house: TestHotel): Promise<[string, string][]> {
  const { rows } = await house.access.query((database) =>
    database.execute<{ id: string; room: string }>(
      sql`SELECT id, room_id AS room FROM hotel_stays WHERE workspace_id = ${house.workspaceId}`,
    ),
  );
  return rows.map(({ id, room }) => [id, room]);
}

/** Pairs of stays in one room in the same night. */
export async function overlapsOf(house: TestHotel): Promise<number> {
  const { rows } = await house.access.query((database) =>
    database.execute<{ count: number }>(sql`
      SELECT count(*)::int AS count FROM hotel_stays a JOIN hotel_stays b
        ON a.workspace_id = b.workspace_id AND a.room_id = b.room_id AND a.id < b.id AND a.nights && b.nights
      WHERE a.workspace_id = ${house.workspaceId} AND a.status IN ('held', 'confirmed', 'in_house', 'blocked')
        AND b.status IN ('held', 'confirmed', 'in_house', 'blocked')`),
  );
  return rows[0]?.count ?? -1;
}
