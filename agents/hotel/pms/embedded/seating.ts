/**
 * Which stay has which room. Stays are intervals of nights: where no night has more stays than rooms, there is a way to seat them all without
 * anybody moving (interval graphs are perfect). The first room that happens to be free does not find it, so those who may be moved are seated anew.
 */

/** A stay and its room. `to` is the day of departure. */
export interface Seat {
  id: string;
  from: string;
  to: string;
  /** Absent: to be seated. */
  room?: string | undefined;
  /** Keeps its room: in house, pinned, or a closure. */
  fixed?: boolean | undefined;
}

/** Steps of the search where rooms are fixed in the future, which greedy seating may not get around. */
const mostSteps = 20_000;

/**
 * The room that fits best: free for all of the nights, with the shortest empty time around them.
 * @param taken seats that have a room.
 */
export function bestRoom(rooms: readonly string[], taken: readonly Seat[], from: string, to: string): string | undefined {
  let best: { room: string; before: string; after: string } | undefined;
  for (const room of rooms) {
    let before = '';
    let after = '9999-12-31';
    let free = true;
    for (const seat of taken) {
      if (seat.room !== room) continue;
      if (seat.from < to && from < seat.to) {
        free = false;
        break;
      }
      if (seat.to <= from && seat.to > before) before = seat.to;
      if (seat.from >= to && seat.from < after) after = seat.from;
    }
    // The gap before counts first: it is the one that nobody will fill.
    if (free && (best === undefined || before > best.before || (before === best.before && after < best.after)))
      best = { room, before, after };
  }
  return best?.room;
}

/** Whether some night has more stays than rooms. */
export function overCapacity(roomCount: number, seats: readonly Seat[]): boolean {
  const changes = new Map<string, number>();
  for (const { from, to } of seats) {
    changes.set(from, (changes.get(from) ?? 0) + 1);
    changes.set(to, (changes.get(to) ?? 0) - 1);
  }
  let present = 0;
  for (const date of [...changes.keys()].sort()) {
    present += changes.get(date) ?? 0;
    if (present > roomCount) return true;
  }
  return false;
}

/**
 * Seats everybody anew, moving as few as it finds.
 * @returns the room of each seat by id; `undefined` where they do not fit.
 */
export function seatAnew(rooms: readonly string[], seats: readonly Seat[]): Map<string, string> | undefined {
  const known = new Set(rooms);
  // A stay in a room that is no longer in use keeps it, and takes none of the others.
  const mine = seats.filter(({ room, fixed }) => room === undefined || known.has(room) || fixed !== true);
  if (overCapacity(rooms.length, mine)) return undefined;
  return greedily(rooms, mine, true) ?? greedily(rooms, mine, false) ?? search(rooms, mine);
}

const byArrival = (one: Seat, other: Seat) =>
  one.from < other.from ? -1 : one.from > other.from ? 1 : one.to > other.to ? -1 : one.to < other.to ? 1 : 0;

/** In order of arrival, each into its own room where it can stay there, else into the one that fits best. */
function greedily(rooms: readonly string[], seats: readonly Seat[], stay: boolean): Map<string, string> | undefined {
  const fixed = seats.filter((seat) => seat.fixed === true);
  const taken: Seat[] = [...fixed];
  const free = (room: string, seat: Seat) =>
    !taken.some((other) => other.room === room && other.from < seat.to && seat.from < other.to);
  for (const seat of seats.filter((one) => one.fixed !== true).sort(byArrival)) {
    const own = stay && seat.room !== undefined && rooms.includes(seat.room) && free(seat.room, seat) ? seat.room : undefined;
    const room = own ?? bestRoom(rooms, taken, seat.from, seat.to);
    if (room === undefined) return undefined;
    taken.push({ ...seat, room });
  }
  return new Map(taken.map(({ id, room = '' }) => [id, room]));
}

/** Depth first with a limit: closures in the future can make greedy seating fail where another one works. */
function search(rooms: readonly string[], seats: readonly Seat[]): Map<string, string> | undefined {
  const fixed = seats.filter((seat) => seat.fixed === true);
  if (fixed.length === 0) return undefined;
  const movable = seats.filter((one) => one.fixed !== true).sort(byArrival);
  const taken: Seat[] = [...fixed];
  let steps = 0;
  function place(index: number): boolean {
    const seat = movable[index];
    if (seat === undefined) return true;
    for (const room of rooms) {
      steps += 1;
      if (steps > mostSteps) return false;
      if (taken.some((other) => other.room === room && other.from < seat.to && seat.from < other.to)) continue;
      taken.push({ ...seat, room });
      if (place(index + 1)) return true;
      taken.pop();
    }
    return false;
  }
  return place(0) ? new Map(taken.map(({ id, room = '' }) => [id, room])) : undefined;
}
