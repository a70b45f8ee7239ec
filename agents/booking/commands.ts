/** What the people of a house can have done beside managing its rows. */
import { sql } from '../../src/database.ts';
import { defineCommand } from '../../src/index.ts';
import { salon, salonPromotions, salonServices, salonStaff } from './salon.ts';

/**
 * Takes the sample salon away: rows that nobody changed since it was put in. What appointments refer to becomes inactive and stays, since the
 * appointments do.
 */
const removeSample = defineCommand({
  name: 'remove-sample',
  description: 'Take away the sample salon: all of it that nobody changed',
  permission: 'booking:manage',
  run: (_input, { query, workspaceId }) =>
    query(async (database) => {
      const names = (all: readonly { name: string }[]) => sql`${sql.param(all.map(({ name }) => name))}::text[]`;
      const untouched = (all: readonly { name: string }[]) =>
        sql`workspace_id = ${workspaceId} AND version = 1 AND name = ANY(${names(all)})`;
      const ofSample = sql`workspace_id = ${workspaceId} AND version = 1`;
      const settings = await database.execute(sql`DELETE FROM booking_settings WHERE ${untouched([salon])}`);
      const promotions = await database.execute(sql`DELETE FROM booking_promotions WHERE ${untouched(salonPromotions)}`);
      // Hours and holidays have no name: they are the sample's where its people are still there.
      const isSample = sql`EXISTS (SELECT FROM booking_staff WHERE ${untouched(salonStaff)})`;
      const hours = await database.execute(sql`DELETE FROM booking_opening_hours WHERE ${ofSample} AND ${isSample}`);
      const dates = await database.execute(sql`DELETE FROM booking_special_dates WHERE ${ofSample} AND ${isSample}`);
      const staff = await removeUnused('booking_staff', 'staff_id', salonStaff);
      const services = await removeUnused('booking_services', 'service_id', salonServices);
      return {
        removed: {
          settings: settings.rowCount ?? 0,
          promotions: promotions.rowCount ?? 0,
          openingHours: hours.rowCount ?? 0,
          specialDates: dates.rowCount ?? 0,
          staff: staff.removed,
          services: services.removed,
        },
        madeInactive: { staff: staff.kept, services: services.kept },
      };

      async function removeUnused(table: string, column: string, all: readonly { name: string }[]) {
        const used = sql`EXISTS (SELECT FROM booking_appointments a
          WHERE a.workspace_id = ${workspaceId} AND a.${sql.identifier(column)} = ${sql.identifier(table)}.id)`;
        const removed = await database.execute(sql`DELETE FROM ${sql.identifier(table)} WHERE ${untouched(all)} AND NOT ${used}`);
        const kept = await database.execute(
          sql`UPDATE ${sql.identifier(table)} SET active = false, version = version + 1 WHERE ${untouched(all)} AND ${used}`,
        );
        return { removed: removed.rowCount ?? 0, kept: kept.rowCount ?? 0 };
      }
    }),
});

export const commands = [removeSample] as const;
