/** What people do with calendars: make a link, read them now, and free what was held back. */
import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { sql } from '../../../src/database.ts';
import { type Database, defineCommand, type ResourceContext, rejectRow } from '../../../src/index.ts';
import { tokenHash } from './download.ts';
import { refreshCalendars } from './refresh.ts';
import { tokenBytes } from './route.ts';
import { type CalendarRow, loadCalendars } from './rows.ts';

const name = z.string().trim().min(1).max(200).describe('Name of the calendar');

async function calendarNamed(database: Database, context: ResourceContext, wanted: unknown): Promise<CalendarRow> {
  const [found] = await loadCalendars(database, context, sql`c.name = ${String(wanted)}`);
  if (found === undefined) throw rejectRow(`There is no calendar "${String(wanted)}".`);
  return found;
}

const link = defineCommand({
  name: 'calendar-link',
  description: 'Make the link at which a channel reads a calendar. It is shown once; the one before stops working',
  permission: 'hotel:manage',
  input: z.object({ calendar: name }),
  run: ({ calendar }, context) =>
    context.query(async (database) => {
      const { id } = await calendarNamed(database, context, calendar);
      const token = randomBytes(tokenBytes).toString('base64url');
      await database.execute(sql`
        UPDATE hotel_calendars SET link_hash = ${tokenHash(token)}, told = '[]', told_at = NULL, version = version + 1
        WHERE workspace_id = ${context.workspaceId} AND id = ${id}`);
      return {
        calendar: String(calendar),
        path: `/api/v1/agents/hotel/ical/${token}.ics?workspace=${encodeURIComponent(context.workspaceId)}`,
      };
    }),
});

const refresh = defineCommand({
  name: 'calendar-refresh',
  description: 'Read calendars now, all or one, and say what became of each',
  permission: 'hotel:stays',
  input: z.object({ calendar: name.optional() }),
  asksOutside: true,
  async run({ calendar }, context) {
    if (calendar !== undefined) await context.query((database) => calendarNamed(database, context, calendar));
    const which = calendar === undefined ? sql`true` : sql`c.name = ${String(calendar)}`;
    return { calendars: (await refreshCalendars(context, which)).map((one) => ({ ...one })) };
  },
});

const accept = defineCommand({
  name: 'calendar-accept',
  description: 'Free the nights of bookings that are gone from a calendar and were held back: after a look at the channel itself',
  permission: 'hotel:stays',
  input: z.object({ calendar: name }),
  run: ({ calendar }, context) =>
    context.query(async (database) => {
      const { id } = await calendarNamed(database, context, calendar);
      const { rowCount } = await database.execute(sql`
        DELETE FROM hotel_calendar_events WHERE workspace_id = ${context.workspaceId} AND calendar_id = ${id} AND gone`);
      await database.execute(sql`
        UPDATE hotel_calendars SET state = 'read', fault = '', version = version + 1
        WHERE workspace_id = ${context.workspaceId} AND id = ${id} AND state = 'held-back'`);
      return { calendar: String(calendar), freed: rowCount ?? 0 };
    }),
});

export const calendarCommands = [link, refresh, accept] as const;
