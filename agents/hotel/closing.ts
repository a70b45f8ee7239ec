/** The end of the hotel's day. */
import { sql } from '../../src/database.ts';
import type { Database, WorkspaceAccess } from '../../src/index.ts';
import { localMoment } from './calendar-dates.ts';
import { loadHouses } from './house.ts';
import { nowOf } from './pms/embedded/rows.ts';

/** Local hour from which the day before is over. */
const closesAt = '04:00';

/**
 * Stays whose day of departure is over are checked out. Whoever did not arrive is for the desk to say: a guest who is there and was not checked in must
 * not lose the room. Offers and answers that nobody needs any more go.
 */
export async function closeDay(database: Database, access: WorkspaceAccess): Promise<void> {
  const { workspaceId } = access;
  for (const house of await loadHouses(database, access)) {
    const { date, time } = localMoment(access.now(), house.timeZone);
    if (time < closesAt) continue;
    await database.execute(sql`
      WITH over AS (
        UPDATE hotel_bookings SET status = 'checked_out', updated_at = ${nowOf(access)}, version = version + 1
        WHERE workspace_id = ${workspaceId} AND hotel_id = ${house.id} AND status IN ('confirmed', 'in_house') AND check_out < ${date}::date
        RETURNING id
      )
      UPDATE hotel_stays SET status = 'over', version = version + 1
      WHERE workspace_id = ${workspaceId} AND booking_id IN (SELECT id FROM over)`);
  }
  await database.execute(sql`
    DELETE FROM hotel_offers WHERE workspace_id = ${workspaceId} AND expires_at < ${nowOf(access)} - interval '1 day'`);
  await database.execute(sql`
    DELETE FROM hotel_calendar_events WHERE workspace_id = ${workspaceId}
      AND upper(nights) < (${nowOf(access)} - interval '30 days')::date`);
  await database.execute(sql`
    DELETE FROM hotel_operations WHERE workspace_id = ${workspaceId} AND state IN ('done', 'refused')
      AND created_at < ${nowOf(access)} - interval '30 days'`);
}
