/** What the desk looks at: rooms by nights, and what systems of others say of theirs; and who has which room. */
import { z } from 'zod';
import { sql } from '../../src/database.ts';
import { type AnyRoute, defineRoute, type RouteContext, TimonelError } from '../../src/index.ts';
import { addDays, datesOf, earlier, localMoment } from './calendar-dates.ts';
import { type House, loadHouses } from './house.ts';
import { PmsDown } from './pms/contract.ts';
import { loadSeats, lockTypes, movesOf, moving } from './pms/embedded/rows.ts';
import { seatAnew } from './pms/embedded/seating.ts';
import { todayOf } from './stays.ts';
import { foreignFor, type PmsSystems } from './systems.ts';

const date = z.iso.date().optional().describe('Today by the clock of the workspace where absent');

const boardStay = z.object({
  id: z.string().describe('Of the room by nights; a booking has one for each of its rooms'),
  version: z.number(),
  code: z.string().nullable().describe('Of the stay; null for a closure'),
  guest: z.string(),
  from: z.string(),
  to: z.string(),
  status: z.enum(['held', 'confirmed', 'in_house', 'blocked']),
  pinned: z.boolean().describe('Keeps this room, whatever comes'),
  channel: z.boolean().describe('A closure that a calendar of another channel made'),
  reason: z.string(),
  adults: z.number(),
  children: z.array(z.number()),
  arrivalTime: z.string().nullable(),
  lateUntil: z.string().nullable(),
  holdExpiresAt: z.string().nullable(),
  conversationId: z.string().nullable(),
});
const boardRoom = z.object({
  id: z.string(),
  room: z.string(),
  type: z.string(),
  hotel: z.string(),
  /** Stays and closures, by their nights. */
  stays: z.array(boardStay),
});
const boardHotel = z.object({
  name: z.string(),
  today: z.string(),
  time: z.string().describe('By the clock of the hotel'),
  checkOutUntil: z.string(),
  system: z.string().nullable().describe('The system of somebody else that keeps it; null: it is kept here'),
  conflicts: z.number().describe('Double bookings with calendars of other channels that a person has to solve'),
});

const board = defineRoute({
  method: 'GET',
  path: '/board',
  summary: 'Rooms by days: who has which room in which nights',
  permission: 'hotel:read',
  query: z.object({ from: date, days: z.coerce.number().int().min(1).max(92).default(14) }),
  answer: z.object({ from: z.string(), to: z.string(), hotels: z.array(boardHotel), rooms: z.array(boardRoom) }),
  async handle({ query: { from, days } }, context) {
    const first = from ?? localMoment(context.now(), context.timeZone).date;
    const to = addDays(first, days);
    return context.query(async (database) => {
      const { rows } = await database.execute<{ room: z.infer<typeof boardRoom> }>(sql`
        SELECT json_build_object('id', r.id, 'room', r.number, 'type', t.name, 'hotel', h.name, 'stays', coalesce((
          SELECT json_agg(json_build_object('id', s.id, 'version', s.version, 'code', b.code, 'guest', coalesce(g.name, ''),
            'from', lower(s.nights), 'to', upper(s.nights), 'status', s.status, 'pinned', s.pinned,
            'channel', s.calendar_event_id IS NOT NULL, 'reason', s.reason, 'adults', s.adults, 'children', s.children,
            'arrivalTime', to_char(b.arrival_time, 'HH24:MI'), 'lateUntil', to_char(b.late_until, 'HH24:MI'),
            'holdExpiresAt', b.hold_expires_at, 'conversationId', b.conversation_id) ORDER BY s.nights)
          FROM hotel_stays s LEFT JOIN hotel_bookings b ON b.workspace_id = s.workspace_id AND b.id = s.booking_id
            LEFT JOIN hotel_guests g ON g.workspace_id = b.workspace_id AND g.id = b.guest_id
          WHERE s.workspace_id = r.workspace_id AND s.room_id = r.id
            AND s.nights && daterange(${addDays(first, -1)}::date, ${to}::date)
            AND s.status IN ('held', 'confirmed', 'in_house', 'blocked')), '[]'::json)) AS room
        FROM hotel_rooms r JOIN hotel_room_types t ON t.workspace_id = r.workspace_id AND t.id = r.type_id
          JOIN hotel_hotels h ON h.workspace_id = t.workspace_id AND h.id = t.hotel_id
        WHERE r.workspace_id = ${context.workspaceId} AND r.active ORDER BY h.position, h.name, t.position, t.name, r.position, r.number`);
      const { rows: double } = await database.execute<{ hotel: string; count: number }>(sql`
        SELECT t.hotel_id AS hotel, count(*)::int AS count
        FROM hotel_calendar_events e JOIN hotel_calendars c ON c.workspace_id = e.workspace_id AND c.id = e.calendar_id
          JOIN hotel_room_types t ON t.workspace_id = c.workspace_id AND t.id = c.type_id
        WHERE e.workspace_id = ${context.workspaceId} AND e.state = 'conflict' GROUP BY t.hotel_id`);
      const houses = await loadHouses(database, context);
      const hotels = houses.map(({ id, name, timeZone, checkOutUntil, system }) => {
        const { date: today, time } = localMoment(context.now(), timeZone);
        const conflicts = double.find(({ hotel }) => hotel === id)?.count ?? 0;
        return { name, today, time, checkOutUntil, system: system?.kind ?? null, conflicts };
      });
      return { from: first, to, hotels, rooms: rows.map(({ room }) => room) };
    });
  },
});

const elsewhereStay = z.object({
  id: z.string().describe('In the system'),
  code: z.string().nullable().describe('Of the stay that was booked here; null where it was booked elsewhere'),
  guest: z.string(),
  from: z.string(),
  to: z.string(),
  status: z.string(),
  rooms: z.array(z.string()).describe('Numbers; none where the system has given no room yet, or one that is not known here'),
});

/** Days that a system is asked for at once: each is a request of its own. */
const daysAtOnce = 4;

const elsewhere = (systems: PmsSystems) =>
  defineRoute({
    method: 'GET',
    path: '/elsewhere',
    summary: 'What systems of others say of the days: stays of the hotels that are kept there, whoever booked them',
    permission: 'hotel:read',
    query: z.object({ from: date, days: z.coerce.number().int().min(1).max(14).default(14) }),
    answer: z.object({
      hotels: z.array(
        z.object({
          hotel: z.string(),
          system: z.string(),
          reached: z.boolean().describe('Otherwise only what was booked here is known'),
          complete: z.boolean().describe('Otherwise the system lists no more than its latest bookings'),
          stays: z.array(elsewhereStay),
        }),
      ),
    }),
    async handle({ query: { from, days } }, context) {
      const first = from ?? localMoment(context.now(), context.timeZone).date;
      const dates = datesOf(first, addDays(first, days));
      const houses = (await context.query((database) => loadHouses(database, context))).filter(({ system }) => system !== null);
      return { hotels: await Promise.all(houses.map((house) => readElsewhere(systems, context, house, dates))) };
    },
  });

async function readElsewhere(systems: PmsSystems, context: RouteContext, house: House, dates: readonly string[]) {
  const about = { hotel: house.name, system: house.system?.kind ?? '' };
  const found = new Map<string, z.infer<typeof elsewhereStay>>();
  const numbers = new Map(house.types.flatMap((type) => type.rooms.map((room) => [room.external, room.number] as const)));
  let complete = true;
  try {
    const system = foreignFor(systems, { access: context, house });
    // The first alone: a system that is away is not asked four times.
    for (let at = 0, next = 1; system !== undefined && at < dates.length; at = next, next += daysAtOnce) {
      const lists = await Promise.all(dates.slice(at, next).map((day) => system.staysOn(day)));
      for (const list of lists) {
        complete &&= list.complete;
        for (const { id, guest, checkIn, checkOut, status, rooms } of list.stays)
          found.set(id, {
            ...{ id, code: null, guest, from: checkIn, to: checkOut, status },
            rooms: rooms.flatMap((room) => numbers.get(room) ?? []),
          });
      }
    }
  } catch (error) {
    if (!(error instanceof PmsDown)) throw error;
    return { ...about, reached: false, complete: false, stays: [] };
  }
  const { rows } = await context.query((database) =>
    database.execute<{ id: string; code: string; guest: string }>(sql`
      SELECT w.id, b.code, coalesce(g.name, '') AS guest FROM unnest(${sql.param([...found.keys()])}::text[]) AS w(id)
        JOIN hotel_bookings b ON b.workspace_id = ${context.workspaceId} AND b.hotel_id = ${house.id}
          AND w.id = ANY(string_to_array(b.external, ','))
        LEFT JOIN hotel_guests g ON g.workspace_id = b.workspace_id AND g.id = b.guest_id`),
  );
  for (const { id, code, guest } of rows) {
    const stay = found.get(id);
    if (stay !== undefined) found.set(id, { ...stay, code, guest: stay.guest === '' ? guest : stay.guest });
  }
  return { ...about, reached: true, complete, stays: [...found.values()].filter(({ status }) => status !== 'no_show') };
}

const seatInput = z.strictObject({
  room: z.string().trim().min(1).max(40).describe('Number of the room'),
  version: z.number().int().describe('Of the stay on the board: another one means that somebody was faster'),
  pinned: z.boolean().default(true).describe('It keeps the room; false: the house may give it another one to make room'),
});

const seat = defineRoute({
  method: 'PUT',
  path: '/seats/:id',
  summary: 'Gives a stay another room for all of its nights; those who can be moved make room for it',
  description:
    'A room of another type is an upgrade at the same price. It is refused where somebody has the room who cannot be moved, and in hotels that are kept in a system of somebody else.',
  permission: 'hotel:stays',
  params: z.object({ id: z.uuid() }),
  body: seatInput,
  answer: z.object({
    id: z.string(),
    room: z.string(),
    version: z.number(),
    moved: z.number().describe('Others who changed rooms'),
  }),
  async handle({ params: { id }, body: { room: number, version, pinned } }, context) {
    const { workspaceId } = context;
    return context.query(async (database) => {
      const { rows } = await database.execute<{ type: string; hotel: string; version: number; from: string; to: string }>(sql`
        SELECT s.type_id AS type, t.hotel_id AS hotel, s.version, to_char(lower(s.nights), 'YYYY-MM-DD') AS "from",
          to_char(upper(s.nights), 'YYYY-MM-DD') AS "to"
        FROM hotel_stays s JOIN hotel_room_types t ON t.workspace_id = s.workspace_id AND t.id = s.type_id
        WHERE s.workspace_id = ${workspaceId} AND s.id = ${id} AND s.status IN ('held', 'confirmed', 'in_house')`);
      const [stay] = rows;
      if (stay === undefined) throw new TimonelError('not_found', 'This stay is over, or was cancelled.');
      const [house] = await loadHouses(database, context, sql`h.id = ${stay.hotel}`);
      const type = house?.types.find(({ rooms }) => rooms.some((each) => each.number === number));
      const room = type?.rooms.find((each) => each.number === number);
      if (house === undefined || type === undefined || room === undefined)
        throw new TimonelError('row_invalid', `There is no room ${number} in use in the hotel of this stay.`);
      if (house.system !== null)
        throw new TimonelError(
          'row_conflict',
          `The rooms of "${house.name}" are given in the system "${house.system.kind}". Move the guest there.`,
        );
      await lockTypes(database, context, [stay.type, type.id]);
      const today = todayOf(house, context.now());
      const seats = await loadSeats(database, context, type.id, today, earlier(today, stay.from));
      const others = seats.filter((each) => each.id !== id);
      const clash = others.find(
        (each) => each.fixed === true && each.room === room.id && each.from < stay.to && stay.from < each.to,
      );
      if (clash !== undefined)
        throw new TimonelError(
          'row_conflict',
          `Room ${number} is taken from ${clash.from} to ${clash.to}, by somebody who cannot be moved.`,
        );
      const rooms = type.rooms.map((each) => each.id);
      const seated = seatAnew(rooms, [...others, { id, from: stay.from, to: stay.to, room: room.id, fixed: true }]);
      if (seated === undefined)
        throw new TimonelError(
          'row_conflict',
          `Room ${number} is taken then, and there is no other room of its type for who has it.`,
        );
      const moves = movesOf(others, seated);
      // One statement: stays may change rooms with each other.
      const changed = await database.execute<{ version: number }>(sql`
        WITH moved AS (${moving(context, moves)})
        UPDATE hotel_stays SET room_id = ${room.id}, type_id = ${type.id}, pinned = ${pinned}, version = version + 1
        WHERE workspace_id = ${workspaceId} AND id = ${id} AND version = ${version} AND status IN ('held', 'confirmed', 'in_house')
        RETURNING version`);
      const [now] = changed.rows;
      // The transaction goes back, and with it who made room.
      if (now === undefined) throw new TimonelError('row_conflict', 'Somebody changed this stay meanwhile. Look at it again.');
      return { id, room: number, version: now.version, moved: moves.length };
    });
  },
});

export const boardRoutes = (systems: PmsSystems): readonly AnyRoute[] => [board, elsewhere(systems), seat];
