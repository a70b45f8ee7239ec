/** Whether those who leave late can keep their rooms: nobody arrives in them that day, or whoever does can have another one. */
import type { Database, WorkspaceAccess } from '../../../../src/index.ts';
import { addDays, earlier } from '../../calendar-dates.ts';
import type { House } from '../../house.ts';
import { type StayRecord, todayOf } from '../../stays.ts';
import { loadSeats, movesOf, moving } from './rows.ts';
import { type Seat, seatAnew } from './seating.ts';

/**
 * Seats those who arrive on the day of departure elsewhere, where they are in the way.
 * @param dry only looks. Where it moves, the transaction holds the locks of the types.
 */
export async function keepRooms(
  database: Database,
  access: WorkspaceAccess,
  house: House,
  stay: StayRecord,
  dry = false,
): Promise<boolean> {
  const today = todayOf(house, access.now());
  for (const typeId of new Set(stay.rooms.map((room) => room.typeId))) {
    const type = house.types.find(({ id }) => id === typeId);
    if (type === undefined) return false;
    const since = earlier(today, stay.checkIn);
    const seats = await loadSeats(database, access, typeId, today, since);
    const own = new Set(stay.rooms.map(({ id }) => id));
    // As if they left a day later, from the very room that they are in.
    const longer = seats.map((seat): Seat => (own.has(seat.id) ? { ...seat, to: addDays(stay.checkOut, 1), fixed: true } : seat));
    const inTheWay = longer.filter(
      (seat) => !own.has(seat.id) && seat.from === stay.checkOut && stay.rooms.some(({ roomId }) => roomId === seat.room),
    );
    if (inTheWay.length === 0) continue;
    if (inTheWay.some(({ fixed }) => fixed === true)) return false;
    const seated = seatAnew(
      type.rooms.map(({ id }) => id),
      longer,
    );
    if (seated === undefined) return false;
    if (dry) continue;
    const moves = movesOf(seats, seated);
    if (moves.length > 0) await database.execute(moving(access, moves));
  }
  return true;
}
