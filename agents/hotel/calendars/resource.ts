/** Calendars of rooms elsewhere, and what they say is taken, as people of the hotel manage them. */
import { z } from 'zod';
import { sql } from '../../../src/database.ts';
import { defineResource, type ResourceContext, type ResourceField, rejectRow } from '../../../src/index.ts';
import { hostOf } from './download.ts';

const label = (es: string, en: string): ResourceField => ({ label: { es, en } });
const hidden = '********';
const optional = z.string().trim().min(1).max(40).nullable().default(null);

const schema = z
  .object({
    name: z.string().trim().min(1).max(200).describe('What people call it, e.g. Airbnb 101'),
    room: optional.describe('Number of the room that it is of'),
    type: optional.describe('Or the code of the room type: any of its rooms'),
    url: z
      .union([z.literal(''), z.literal(hidden), z.url({ protocol: /^https?$/ }).max(2_000)])
      .default('')
      .describe('Where its bookings are read; it is sealed, and never shown. Empty: it is only told'),
  })
  .refine(({ room, type }) => (room === null) !== (type === null), {
    path: ['room'],
    message: 'name a room or a type, one of them',
  });

export const calendars = defineResource({
  name: 'calendars',
  title: { es: 'Calendarios', en: 'Calendars' },
  description:
    'Calendars that a room has at channels such as Airbnb and Booking: read every quarter of an hour, and told at the link of calendar-link. Removing one frees its nights.',
  table: 'hotel_calendars',
  permissions: { read: 'hotel:read', write: 'hotel:manage' },
  schema,
  readOnly: z.object({
    host: z.string(),
    state: z.enum(['new', 'read', 'failing', 'held-back']),
    fault: z.string(),
    conflicts: z.int(),
    link: z.boolean(),
    readAt: z.iso.datetime().nullable(),
    toldAt: z.iso.datetime().nullable(),
  }),
  fields: {
    name: label('Nombre', 'Name'),
    room: {
      ...label('Habitación', 'Room'),
      sql: '(SELECT r.number FROM hotel_rooms r WHERE r.workspace_id = t.workspace_id AND r.id = t.room_id)',
    },
    type: {
      ...label('Tipo', 'Type'),
      sql: '(SELECT y.code FROM hotel_room_types y WHERE y.workspace_id = t.workspace_id AND y.id = t.type_id AND t.room_id IS NULL)',
    },
    url: { ...label('Dirección', 'Address'), sql: `CASE WHEN t.url = '' THEN '' ELSE '${hidden}' END` },
    state: label('Estado', 'State'),
    fault: label('Falla', 'Fault'),
    conflicts: {
      ...label('Conflictos', 'Conflicts'),
      sql: `(SELECT count(*)::int FROM hotel_calendar_events e WHERE e.workspace_id = t.workspace_id AND e.calendar_id = t.id
        AND e.state = 'conflict')`,
    },
    link: { ...label('Enlace', 'Link'), sql: 't.link_hash IS NOT NULL' },
  },
  key: ['name'],
  order: ['name'],
  filters: ['state', 'room', 'type'],
  operations: ['create', 'update', 'delete'],
  actions: {
    create: (values, context) => store(context, context.newId(), schema.parse(values)),
    async update({ id, values }, changes, context) {
      const { name, room, type, url } = values;
      const moved = (['room', 'type'] as const).find((field) => field in changes && changes[field] !== values[field]);
      if (moved !== undefined) throw rejectRow(`${moved} stays as it is: remove the calendar, and enter another one.`);
      await store(context, id, schema.parse({ name, room, type, url, ...changes }));
    },
    async delete({ id }, { query, workspaceId }) {
      await query((database) =>
        database.execute(sql`DELETE FROM hotel_calendars WHERE workspace_id = ${workspaceId} AND id = ${id}`),
      );
    },
  },
});

async function store(
  { workspaceId, secrets, query }: ResourceContext,
  id: string,
  { name, room, type, url }: z.infer<typeof schema>,
): Promise<string> {
  return query(async (database) => {
    const { rows } = await database.execute<{ type: string; room: string | null; kept: boolean }>(sql`
      SELECT t.id AS type, r.id AS room, EXISTS (SELECT FROM hotel_systems y WHERE y.workspace_id = t.workspace_id AND y.hotel_id = t.hotel_id) AS kept
      FROM hotel_room_types t LEFT JOIN hotel_rooms r ON r.workspace_id = t.workspace_id AND r.type_id = t.id AND r.number = ${room}::text
      WHERE t.workspace_id = ${workspaceId} AND CASE WHEN ${room}::text IS NULL THEN t.code = ${type}::text ELSE r.id IS NOT NULL END`);
    const [place] = rows;
    if (place === undefined)
      throw rejectRow(room === null ? `There is no room type with the code "${type}".` : `There is no room ${room}.`);
    if (place.kept)
      throw rejectRow('The hotel is kept in a system of its own, which has the calendars of its channels. Enter it there.');
    const sealed = url === '' || url === hidden ? '' : secrets.seal(url, id);
    await database.execute(sql`
      INSERT INTO hotel_calendars (workspace_id, id, name, type_id, room_id, url, host)
      VALUES (${workspaceId}, ${id}, ${name}, ${place.type}, ${place.room}, ${sealed}, ${hostOf(url)})
      ON CONFLICT (workspace_id, id) DO UPDATE SET name = excluded.name, version = hotel_calendars.version + 1`);
    if (url !== hidden)
      await database.execute(sql`
        UPDATE hotel_calendars SET url = ${sealed}, host = ${hostOf(url)}, etag = NULL, modified = NULL, failing_since = NULL, person_told = false
        WHERE workspace_id = ${workspaceId} AND id = ${id}`);
    return id;
  });
}

const inPlace = `s.workspace_id = t.workspace_id AND s.nights && t.nights AND s.status IN ('held', 'confirmed', 'in_house')
  AND EXISTS (SELECT FROM hotel_calendars c WHERE c.workspace_id = t.workspace_id AND c.id = t.calendar_id
    AND (s.room_id = c.room_id OR (c.room_id IS NULL AND s.type_id = c.type_id)))`;

export const calendarEvents = defineResource({
  name: 'calendar-events',
  title: { es: 'Reservas de calendarios', en: 'Events of calendars' },
  description:
    'What calendars say is taken. state=conflict: a double booking, with the stays that have those nights here. state=ours, set by a person: it is a block of ours that came back, and no booking. gone=true waits for calendar-accept.',
  table: 'hotel_calendar_events',
  permissions: { read: 'hotel:read', write: 'hotel:stays' },
  schema: z.object({ state: z.enum(['blocked', 'conflict', 'ours']) }),
  readOnly: z.object({
    calendar: z.string(),
    from: z.string(),
    to: z.string(),
    gone: z.boolean(),
    stays: z.string(),
    firstSeen: z.iso.datetime(),
  }),
  fields: {
    state: label('Estado', 'State'),
    calendar: {
      ...label('Calendario', 'Calendar'),
      sql: '(SELECT c.name FROM hotel_calendars c WHERE c.workspace_id = t.workspace_id AND c.id = t.calendar_id)',
    },
    from: { ...label('Desde', 'From'), sql: 'lower(t.nights)' },
    to: { ...label('Hasta', 'Until'), sql: 'upper(t.nights)' },
    stays: {
      ...label('Reservas acá', 'Stays here'),
      sql: `coalesce((SELECT string_agg(DISTINCT b.code, ', ') FROM hotel_stays s JOIN hotel_bookings b ON b.workspace_id = s.workspace_id
        AND b.id = s.booking_id WHERE ${inPlace}), '')`,
    },
  },
  key: [],
  order: ['from', 'firstSeen'],
  filters: ['state', 'gone', 'calendar'],
  operations: ['update'],
  hooks: {
    async written(rows) {
      return rows.flatMap(({ id, values }) =>
        values['state'] === 'ours' ? [] : [{ id, field: 'state', reason: 'A person sets it to "ours"; the rest is found out.' }],
      );
    },
  },
});
