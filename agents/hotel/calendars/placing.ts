/** Which rooms the nights of a calendar take, and which of them somebody else has. Pure: works on the seats of a type, and changes them. */
import { datesOf } from '../calendar-dates.ts';
import { type Seat, seatAnew } from '../pms/embedded/seating.ts';

export interface PlacedRun {
  id: string;
  from: string;
  to: string;
  room: string;
}

export interface Placed {
  runs: PlacedRun[];
  /** Nights that nothing is left for. */
  conflicts: string[];
}

export interface Placing {
  rooms: readonly string[];
  /** `undefined`: any of them. */
  room: string | undefined;
  newId(): string;
}

/** Gives the nights a room, moving guests who can be moved; where they do not fit as a whole, each night that does is taken all the same. */
export function placeNights(seats: Seat[], nights: { from: string; to: string }, placing: Placing): Placed {
  const whole = placeRun(seats, nights, placing);
  if (whole !== undefined) return { runs: [whole], conflicts: [] };
  const runs: PlacedRun[] = [];
  const conflicts: string[] = [];
  for (const date of datesOf(nights.from, nights.to)) {
    const last = runs.at(-1);
    const next = nextDay(date);
    if (last?.to === date && extend(seats, last, next)) continue;
    const run = placeRun(seats, { from: date, to: next }, placing);
    if (run === undefined) conflicts.push(date);
    else runs.push(run);
  }
  return { runs, conflicts };
}

const nextDay = (date: string) => new Date(Date.parse(date) + 86_400_000).toISOString().slice(0, 10);

/** One night longer, where nobody has the room. */
function extend(seats: Seat[], run: PlacedRun, to: string): boolean {
  const clash = seats.some((seat) => seat.id !== run.id && seat.room === run.room && seat.from < to && run.to < seat.to);
  if (clash) return false;
  run.to = to;
  const seat = seats.find(({ id }) => id === run.id);
  if (seat !== undefined) seat.to = to;
  return true;
}

function placeRun(
  seats: Seat[],
  { from, to }: { from: string; to: string },
  { rooms, room, newId }: Placing,
): PlacedRun | undefined {
  if (room !== undefined && seats.some((seat) => seat.fixed === true && seat.room === room && seat.from < to && from < seat.to))
    return undefined;
  const id = newId();
  const wanted: Seat = room === undefined ? { id, from, to } : { id, from, to, room, fixed: true };
  const seated = seatAnew(rooms, [...seats, wanted]);
  const found = seated?.get(id);
  if (seated === undefined || found === undefined) return undefined;
  for (const seat of seats) seat.room = seated.get(seat.id) ?? seat.room;
  seats.push({ ...wanted, room: found });
  return { id, from, to, room: found };
}
