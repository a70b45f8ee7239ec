/** What the desk does with stays beside booking them, and taking the sample away. */
import { z } from 'zod';
import { sql } from '../../src/database.ts';
import { defineCommand, type JsonObject, normaliseCode, type ResourceContext, rejectRow } from '../../src/index.ts';
import { calendarCommands } from './calendars/commands.ts';
import { deskCommands } from './desk-commands.ts';
import { sampleHotel } from './sample-hotel.ts';
import { pmsTest } from './system-check.ts';
import type { PmsSystems } from './systems.ts';

const input = z.object({ code: z.string().trim().min(4).max(16).describe('Code of the stay') });

/** @param seat what becomes of its rooms. */
function moveTo(status: string, from: string[], seat: 'in_house' | 'over') {
  return async (values: JsonObject, { query, workspaceId, now }: ResourceContext): Promise<JsonObject> => {
    const code = normaliseCode(String(values['code']));
    const { rows } = await query((database) =>
      database.execute<{ code: string }>(sql`
        WITH moved AS (
          UPDATE hotel_bookings SET status = ${status}, updated_at = ${now().toISOString()}::timestamptz, version = version + 1
          WHERE workspace_id = ${workspaceId} AND code = ${code} AND status = ANY(${sql.param(from)}::text[]) RETURNING id, code
        ), seats AS (
          UPDATE hotel_stays SET status = ${seat}, version = version + 1
          WHERE workspace_id = ${workspaceId} AND booking_id IN (SELECT id FROM moved)
        ) SELECT code FROM moved`),
    );
    if (rows.length === 0) throw rejectRow(`No stay ${code} is ${from.join(' or ')}.`, true);
    return { code, status };
  };
}

const checkIn = defineCommand({
  name: 'check-in',
  description: 'A guest is there: the stay keeps its room from now on',
  permission: 'hotel:stays',
  input,
  run: moveTo('in_house', ['confirmed'], 'in_house'),
});

const checkOut = defineCommand({
  name: 'check-out',
  description: 'A guest left; the rest of the nights can be sold again',
  permission: 'hotel:stays',
  input,
  run: moveTo('checked_out', ['in_house', 'confirmed'], 'over'),
});

const noShow = defineCommand({
  name: 'no-show',
  description: 'A guest did not come; the nights can be sold again',
  permission: 'hotel:stays',
  input,
  run: moveTo('no_show', ['confirmed'], 'over'),
});

const removeSample = defineCommand({
  name: 'remove-sample',
  description: 'Take away the sample hotel, where nothing was booked in it yet',
  permission: 'hotel:manage',
  run: (_input, { query, workspaceId }) =>
    query(async (database) => {
      const { rows } = await database.execute<{ id: string; booked: number }>(sql`
        SELECT h.id, (SELECT count(*)::int FROM hotel_bookings b WHERE b.workspace_id = h.workspace_id AND b.hotel_id = h.id
          AND b.status NOT IN ('held', 'expired')) AS booked
        FROM hotel_hotels h WHERE h.workspace_id = ${workspaceId} AND h.sample AND h.name = ${sampleHotel.name}`);
      const [hotel] = rows;
      if (hotel === undefined) return { removed: 0 };
      if (hotel.booked > 0) throw rejectRow(`${hotel.booked} stays are booked in it. Rename it and change what is not true.`, true);
      const inHotel = sql`SELECT id FROM hotel_room_types WHERE workspace_id = ${workspaceId} AND hotel_id = ${hotel.id}`;
      await database.execute(sql`DELETE FROM hotel_stays WHERE workspace_id = ${workspaceId} AND type_id IN (${inHotel})`);
      await database.execute(sql`DELETE FROM hotel_bookings WHERE workspace_id = ${workspaceId} AND hotel_id = ${hotel.id}`);
      await database.execute(sql`DELETE FROM hotel_rooms WHERE workspace_id = ${workspaceId} AND type_id IN (${inHotel})`);
      await database.execute(sql`DELETE FROM hotel_hotels WHERE workspace_id = ${workspaceId} AND id = ${hotel.id}`);
      return { removed: 1 };
    }),
});

export const hotelCommands = (systems: PmsSystems) => [
  checkIn,
  checkOut,
  noShow,
  removeSample,
  pmsTest(systems),
  ...calendarCommands,
  ...deskCommands(systems),
];
