/** Calendars as the tables have them. */
import { type SQL, sql } from '../../../src/database.ts';
import type { Database, WorkspaceAccess } from '../../../src/index.ts';

export interface CalendarRow {
  id: string;
  name: string;
  typeId: string;
  roomId: string | null;
  hotelId: string;
  /** Sealed for its id. */
  url: string;
  etag: string | null;
  modified: string | null;
  state: 'new' | 'read' | 'failing' | 'held-back';
  told: [string, string][];
  /** Epoch milliseconds. */
  failingSince: number | null;
  checkedAt: number | null;
  readAt: number | null;
  personTold: boolean;
}

export async function loadCalendars(database: Database, access: WorkspaceAccess, which: SQL): Promise<CalendarRow[]> {
  const { rows } = await database.execute<{ calendar: CalendarRow }>(sql`
    SELECT json_build_object('id', c.id, 'name', c.name, 'typeId', c.type_id, 'roomId', c.room_id, 'hotelId', t.hotel_id, 'url', c.url,
      'etag', c.etag, 'modified', c.modified, 'state', c.state, 'told', c.told,
      'failingSince', (extract(epoch FROM c.failing_since) * 1000)::bigint, 'checkedAt', (extract(epoch FROM c.checked_at) * 1000)::bigint,
      'readAt', (extract(epoch FROM c.read_at) * 1000)::bigint, 'personTold', c.person_told) AS calendar
    FROM hotel_calendars c JOIN hotel_room_types t ON t.workspace_id = c.workspace_id AND t.id = c.type_id
    WHERE c.workspace_id = ${access.workspaceId} AND (${which}) ORDER BY c.name`);
  return rows.map(({ calendar }) => calendar);
}

export interface EventRow {
  id: string;
  uid: string;
  from: string;
  to: string;
  state: 'blocked' | 'conflict' | 'ours';
  gone: boolean;
}

export async function loadEvents(database: Database, access: WorkspaceAccess, calendarId: string): Promise<EventRow[]> {
  const { rows } = await database.execute<{ event: EventRow }>(sql`
    SELECT json_build_object('id', id, 'uid', uid, 'from', lower(nights), 'to', upper(nights), 'state', state, 'gone', gone) AS event
    FROM hotel_calendar_events WHERE workspace_id = ${access.workspaceId} AND calendar_id = ${calendarId} ORDER BY first_seen, id`);
  return rows.map(({ event }) => event);
}

/** Stores what is taken, under ids that are known for events that are. */
export async function storeEvents(
  database: Database,
  access: WorkspaceAccess,
  calendarId: string,
  events: readonly Omit<EventRow, 'gone'>[],
): Promise<void> {
  if (events.length === 0) return;
  await database.execute(sql`
    INSERT INTO hotel_calendar_events (workspace_id, id, calendar_id, uid, nights, state, first_seen)
    SELECT ${access.workspaceId}, e.id, ${calendarId}, e.uid, daterange(e."from", e."to"), e.state, ${access.now().toISOString()}::timestamptz
    FROM jsonb_to_recordset(${JSON.stringify(events)}::jsonb) AS e(id uuid, uid text, "from" date, "to" date, state text)
    ON CONFLICT (workspace_id, id) DO UPDATE SET uid = excluded.uid, nights = excluded.nights, state = excluded.state, gone = false,
      version = hotel_calendar_events.version + 1`);
}

/** The desk hears it, once for the same words while they are open. */
export async function tellDeskOfCalendar(database: Database, access: WorkspaceAccess, text: string): Promise<void> {
  await database.execute(sql`
    INSERT INTO hotel_requests (workspace_id, id, kind, text, urgent, created_at)
    SELECT ${access.workspaceId}, ${access.newId()}, 'calendar', ${text}, true, ${access.now().toISOString()}::timestamptz
    WHERE NOT EXISTS (SELECT FROM hotel_requests WHERE workspace_id = ${access.workspaceId} AND kind = 'calendar' AND status = 'open'
      AND text = ${text})`);
}
