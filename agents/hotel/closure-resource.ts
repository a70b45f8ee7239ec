/** Rooms that are out of order: nights that nobody can have. Guests who have them are moved, where there is another room for them. */
import { z } from 'zod';
import { sql } from '../../src/database.ts';
import { defineResource, type ResourceContext, rejectRow } from '../../src/index.ts';
import { earlier } from './calendar-dates.ts';
import { loadHouses } from './house.ts';
import { loadSeats, lockTypes, movesOf, moving } from './pms/embedded/rows.ts';
import { seatAnew } from './pms/embedded/seating.ts';
import { todayOf } from './stays.ts';

const label = (es: string, en: string) => ({ label: { es, en } });

export const closures = defineResource({
  name: 'closures',
  title: { es: 'Bloqueos', en: 'Closures' },
  description:
    'Rooms that are out of order. Guests who have them are given another room; where there is none the closure is refused.',
  table: 'hotel_stays',
  permissions: { read: 'hotel:read', write: 'hotel:stays' },
  where: `t.status = 'blocked' AND t.calendar_event_id IS NULL`,
  schema: z
    .object({
      room: z.string().trim().min(1).max(40),
      from: z.iso.date().describe('First night'),
      to: z.iso.date().describe('Day on which it can be used again'),
      reason: z.string().max(300).default(''),
    })
    .refine(({ from, to }) => to > from, { path: ['to'], message: 'must be after from' }),
  fields: {
    room: { ...label('Habitación', 'Room'), column: 'room_id', reference: { table: 'hotel_rooms', by: 'number' } },
    from: { ...label('Desde', 'From'), sql: 'lower(t.nights)' },
    to: { ...label('Hasta', 'Until'), sql: 'upper(t.nights)' },
    reason: label('Motivo', 'Reason'),
  },
  key: ['room', 'from'],
  order: ['from'],
  filters: ['room', 'from', 'to'],
  operations: ['create', 'delete'],
  actions: {
    create: (values, context) => close(context, values as { room: string; from: string; to: string; reason?: string }),
    async delete({ id }, { query, workspaceId }) {
      await query((database) =>
        database.execute(sql`DELETE FROM hotel_stays WHERE workspace_id = ${workspaceId} AND id = ${id} AND status = 'blocked'`),
      );
    },
  },
});

async function close(
  context: ResourceContext,
  { room: number, from, to, reason = '' }: { room: string; from: string; to: string; reason?: string },
): Promise<string> {
  const { workspaceId } = context;
  return context.query(async (database) => {
    const houses = await loadHouses(database, context);
    const places = houses.flatMap((house) => house.types.map((type) => ({ house, type })));
    const place = places.find(({ type }) => type.rooms.some((room) => room.number === number));
    const room = place?.type.rooms.find((each) => each.number === number);
    if (place === undefined || room === undefined) throw rejectRow(`There is no room ${number} in use.`);
    await lockTypes(database, context, [place.type.id]);
    const today = todayOf(place.house, context.now());
    const seats = await loadSeats(database, context, place.type.id, today, earlier(today, from));
    const clash = seats.find((seat) => seat.fixed === true && seat.room === room.id && seat.from < to && from < seat.to);
    if (clash !== undefined)
      throw rejectRow(`The room is taken from ${clash.from} to ${clash.to}, by somebody who cannot be moved.`, true);
    const id = context.newId();
    const closure = { id, from, to, room: room.id, fixed: true };
    const seated = seatAnew(
      place.type.rooms.map((each) => each.id),
      [...seats, closure],
    );
    if (seated === undefined)
      throw rejectRow('Guests have booked all rooms of this type on some of these nights. Choose others.', true);
    const moves = movesOf(seats, seated);
    const moved = moves.length === 0 ? sql`` : sql`WITH moved AS (${moving(context, moves)})`;
    await database.execute(sql`${moved}
      INSERT INTO hotel_stays (workspace_id, id, type_id, room_id, nights, status, reason)
      VALUES (${workspaceId}, ${id}, ${place.type.id}, ${room.id}, daterange(${from}::date, ${to}::date), 'blocked', ${reason})`);
    return id;
  });
}
