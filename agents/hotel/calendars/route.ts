/** Where a channel reads the calendar of a room: at a link that nobody can guess. */
import { z } from 'zod';
import { sql } from '../../../src/database.ts';
import { defineRoute, TimonelError } from '../../../src/index.ts';
import { houseById } from '../house.ts';
import { todayOf } from '../stays.ts';
import { composeCalendar } from './compose.ts';
import { tokenHash } from './download.ts';
import { loadCalendars } from './rows.ts';
import { nightsToTell } from './told.ts';

/** Bytes of randomness in a link. */
export const tokenBytes = 32;

const noCalendar = () => new TimonelError('not_found', 'There is no calendar at this link. Make a new one: calendar-link.');

export const calendarLink = defineRoute({
  method: 'GET',
  path: '/ical/:token',
  summary: 'The nights in which a room, or a room type, is taken: an iCalendar text without names, for channels that hold its link',
  public: true,
  params: z.object({ token: z.string().regex(/^[A-Za-z0-9_-]{43}\.ics$/) }),
  mediaType: 'text/calendar; charset=utf-8',
  async handle({ params: { token } }, context) {
    const now = context.now();
    return context.query(async (database) => {
      const hash = tokenHash(token.slice(0, -'.ics'.length));
      const [calendar] = await loadCalendars(database, context, sql`c.link_hash = ${hash}`);
      if (calendar === undefined) throw noCalendar();
      const house = await houseById(database, context, calendar.hotelId);
      if (house === undefined) throw noCalendar();
      const nights = await nightsToTell(database, context, calendar, todayOf(house, now));
      await database.execute(sql`
        UPDATE hotel_calendars SET told = ${JSON.stringify(nights)}::jsonb, told_at = ${now.toISOString()}::timestamptz
        WHERE workspace_id = ${context.workspaceId} AND id = ${calendar.id}`);
      return composeCalendar(
        house.name,
        calendar.id,
        nights.map(([from, to]) => ({ from, to })),
        now,
      );
    });
  },
});
