/** The nights that a room, or a whole room type, cannot be sold elsewhere. */
import { sql } from '../../../src/database.ts';
import type { Database, WorkspaceAccess } from '../../../src/index.ts';
import { addDays } from '../calendar-dates.ts';
import type { CalendarRow } from './rows.ts';

const horizonDays = 730;

/**
 * Stays and closures; of a type the nights in which no room of it is left. What came from the calendar itself is not told to it again, nor what came
 * back of our own: two that repeat each other would never free a night.
 */
export async function nightsToTell(
  database: Database,
  { workspaceId }: WorkspaceAccess,
  { id, typeId, roomId }: CalendarRow,
  today: string,
): Promise<[string, string][]> {
  const end = addDays(today, horizonDays);
  const { rows } = await database.execute<{ from: string; to: string }>(sql`
    WITH rooms AS (
      SELECT r.id FROM hotel_rooms r JOIN hotel_room_types t ON t.workspace_id = r.workspace_id AND t.id = r.type_id AND t.active
      WHERE r.workspace_id = ${workspaceId} AND r.type_id = ${typeId} AND r.active AND (${roomId}::uuid IS NULL OR r.id = ${roomId}::uuid)
    ), taken AS (
      SELECT s.nights * daterange(${today}::date, ${end}::date) AS nights FROM hotel_stays s
        LEFT JOIN hotel_calendar_events e ON e.workspace_id = s.workspace_id AND e.id = s.calendar_event_id
      WHERE s.workspace_id = ${workspaceId} AND s.room_id IN (SELECT id FROM rooms) AND s.status IN ('confirmed', 'in_house', 'blocked')
        AND s.nights && daterange(${today}::date, ${end}::date) AND e.calendar_id IS DISTINCT FROM ${id}::uuid
        AND e.state IS DISTINCT FROM 'ours'
    ), marks AS (
      SELECT lower(nights) AS day, 1 AS step FROM taken UNION ALL SELECT upper(nights), -1 FROM taken UNION ALL SELECT ${today}::date, 0
    ), levels AS (
      SELECT day, sum(sum(step)) OVER (ORDER BY day) AS level, lead(day, 1, ${end}::date) OVER (ORDER BY day) AS next FROM marks GROUP BY day
    ), full_nights AS (
      SELECT range_agg(daterange(day, next)) AS nights FROM levels WHERE day < next AND level >= (SELECT count(*) FROM rooms)
    )
    SELECT to_char(lower(n), 'YYYY-MM-DD') AS "from", to_char(upper(n), 'YYYY-MM-DD') AS "to"
    FROM full_nights, unnest(full_nights.nights) AS n ORDER BY 1`);
  return rows.map(({ from, to }) => [from, to]);
}
