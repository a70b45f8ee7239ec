/** What the desk looks at: the board of rooms by days; and photos of room types. Who arrives and leaves is in `desk-lists.ts`. */
import { z } from 'zod';
import { sql } from '../../src/database.ts';
import { defineRoute, TimonelError } from '../../src/index.ts';
import { addDays, localMoment } from './calendar-dates.ts';
import { calendarLink } from './calendars/route.ts';
import { deskLists } from './desk-lists.ts';
import type { PmsSystems } from './systems.ts';

const date = z.iso.date().optional().describe('Today by the clock of the workspace where absent');
const cell = z.object({
  room: z.string(),
  type: z.string(),
  hotel: z.string(),
  /** Stays and closures, by their nights. */
  stays: z.array(
    z.object({
      code: z.string().nullable(),
      guest: z.string(),
      from: z.string(),
      to: z.string(),
      status: z.string(),
      reason: z.string(),
    }),
  ),
});

const board = defineRoute({
  method: 'GET',
  path: '/board',
  summary: 'Rooms by days: who has which room in which nights',
  permission: 'hotel:read',
  query: z.object({ from: date, days: z.coerce.number().int().min(1).max(92).default(14) }),
  answer: z.object({ from: z.string(), to: z.string(), rooms: z.array(cell) }),
  async handle({ query: { from, days } }, context) {
    const first = from ?? localMoment(context.now(), context.timeZone).date;
    const to = addDays(first, days);
    const { rows } = await context.query((database) =>
      database.execute<{ room: z.infer<typeof cell> }>(sql`
        SELECT json_build_object('room', r.number, 'type', t.name, 'hotel', h.name, 'stays', coalesce((
          SELECT json_agg(json_build_object('code', b.code, 'guest', coalesce(g.name, ''), 'from', lower(s.nights), 'to', upper(s.nights),
            'status', s.status, 'reason', s.reason) ORDER BY s.nights)
          FROM hotel_stays s LEFT JOIN hotel_bookings b ON b.workspace_id = s.workspace_id AND b.id = s.booking_id
            LEFT JOIN hotel_guests g ON g.workspace_id = b.workspace_id AND g.id = b.guest_id
          WHERE s.workspace_id = r.workspace_id AND s.room_id = r.id AND s.nights && daterange(${first}::date, ${to}::date)
            AND s.status IN ('held', 'confirmed', 'in_house', 'blocked')), '[]'::json)) AS room
        FROM hotel_rooms r JOIN hotel_room_types t ON t.workspace_id = r.workspace_id AND t.id = r.type_id
          JOIN hotel_hotels h ON h.workspace_id = t.workspace_id AND h.id = t.hotel_id
        WHERE r.workspace_id = ${context.workspaceId} AND r.active ORDER BY h.position, h.name, t.position, r.position, r.number`),
    );
    return { from: first, to, rooms: rows.map(({ room }) => room) };
  },
});

const photo = defineRoute({
  method: 'PUT',
  path: '/photos/:code',
  summary: 'Stores the photo of a room type, which guests are sent: the bytes of a JPEG or PNG, up to 1 MiB',
  permission: 'hotel:manage',
  params: z.object({ code: z.string().min(1).max(40) }),
  raw: true,
  answer: z.object({ artifact: z.string() }),
  async handle({ params: { code }, body }, context) {
    const { workspaceId } = context;
    const artifact = await context.artifacts.put({ name: `${code}.jpg`, data: body });
    if (!artifact.mediaType.startsWith('image/'))
      throw new TimonelError('artifact_invalid', `The bytes are ${artifact.mediaType}. Send a JPEG or PNG picture.`);
    const { rowCount } = await context.query((database) =>
      database.execute(sql`
        UPDATE hotel_room_types SET photo = ${artifact.id}, version = version + 1 WHERE workspace_id = ${workspaceId} AND code = ${code}`),
    );
    if ((rowCount ?? 0) === 0) throw new TimonelError('not_found', `There is no room type with the code "${code}".`);
    return { artifact: artifact.id };
  },
});

export const hotelRoutes = (systems: PmsSystems) => [board, ...deskLists(systems), photo, calendarLink] as const;
