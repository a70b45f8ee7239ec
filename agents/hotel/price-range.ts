/** From what to what a night costs, by type, from today on. */
import { sql } from '../../src/database.ts';
import type { WorkspaceAccess } from '../../src/index.ts';
import type { House } from './house.ts';
import { todayOf } from './stays.ts';

export async function priceRange(access: WorkspaceAccess, house: House): Promise<Map<string, { from: number; to: number }>> {
  const { rows } = await access.query((database) =>
    database.execute<{ type: string; from: number; to: number }>(sql`
      SELECT type_id AS type, round(min(price) * 100)::float8 AS "from", round(max(price) * 100)::float8 AS "to" FROM hotel_rates
      WHERE workspace_id = ${access.workspaceId} AND type_id = ANY(${sql.param(house.types.map(({ id }) => id))}::uuid[])
        AND NOT closed AND to_date >= ${todayOf(house, access.now())}::date
      GROUP BY type_id`),
  );
  return new Map(rows.map(({ type, ...range }) => [type, range]));
}
