/** What is taken and what it costs, on some days, read in one statement. */
import { sql } from '../../../../src/database.ts';
import type { Database, WorkspaceAccess } from '../../../../src/index.ts';
import type { House } from '../../house.ts';
import type { Rate } from './prices.ts';

export interface Agenda {
  rates: Rate[];
  /** Rooms of a type that are taken in a night; absent where none is. */
  taken(typeId: string, date: string): number;
}

/** Whose holds do not stand in the way: those of the conversation that asks, and the stay that is to be changed. */
export interface Asking {
  conversationId?: string | undefined;
  /** Code of a stay. */
  changing?: string | undefined;
}

/**
 * @param from first night.
 * @param to day after the last night.
 */
export async function loadAgenda(
  database: Database,
  access: WorkspaceAccess,
  house: House,
  from: string,
  to: string,
  { conversationId, changing }: Asking,
): Promise<Agenda> {
  const types = sql.param(house.types.map(({ id }) => id));
  const { rows } = await database.execute<{ rates: Rate[]; taken: { type: string; date: string; count: number }[] }>(sql`
    SELECT
      coalesce((SELECT json_agg(json_build_object('typeId', r.type_id, 'from', r.from_date, 'to', r.to_date, 'weekdays', r.weekdays,
          'price', round(r.price * 100)::bigint, 'guestsIncluded', r.guests_included, 'extraAdult', round(r.extra_adult * 100)::bigint,
          'extraChild', round(r.extra_child * 100)::bigint, 'minNights', r.min_nights, 'closed', r.closed, 'refundable', r.refundable))
        FROM hotel_rates r WHERE r.workspace_id = ${access.workspaceId} AND r.type_id = ANY(${types}::uuid[])
          AND r.from_date < ${to}::date AND r.to_date >= ${from}::date), '[]'::json) AS rates,
      coalesce((SELECT json_agg(json_build_object('type', n.type_id, 'date', n.night, 'count', n.count)) FROM (
        SELECT s.type_id, to_char(d, 'YYYY-MM-DD') AS night, count(*)::int AS count
        FROM hotel_stays s JOIN hotel_rooms room ON room.workspace_id = s.workspace_id AND room.id = s.room_id AND room.active
          LEFT JOIN hotel_bookings b ON b.workspace_id = s.workspace_id AND b.id = s.booking_id,
          generate_series(greatest(lower(s.nights), ${from}::date), least(upper(s.nights), ${to}::date) - 1, interval '1 day') d
        WHERE s.workspace_id = ${access.workspaceId} AND s.type_id = ANY(${types}::uuid[])
          AND s.status IN ('held', 'confirmed', 'in_house', 'blocked') AND upper(s.nights) > ${from}::date
          AND s.nights && daterange(${from}::date, ${to}::date)
          AND NOT (s.status = 'held' AND b.status = 'held' AND (b.hold_expires_at <= ${access.now().toISOString()}::timestamptz
            OR b.conversation_id IS NOT DISTINCT FROM ${conversationId ?? null}::uuid))
          AND b.code IS DISTINCT FROM ${changing ?? '-'}
        GROUP BY 1, 2) n), '[]'::json) AS taken`);
  const [row] = rows;
  const counts = new Map((row?.taken ?? []).map(({ type, date, count }) => [`${type} ${date}`, count]));
  return { rates: row?.rates ?? [], taken: (typeId, date) => counts.get(`${typeId} ${date}`) ?? 0 };
}
