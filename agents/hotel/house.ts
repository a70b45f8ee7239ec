/** The house: its hotels with their types, rooms and terms, as they are in the tables. Amounts are whole hundredths. */
import { type SQL, sql } from '../../src/database.ts';
import type { Database, WorkspaceAccess } from '../../src/index.ts';
import type { ChildAges, Tax } from './pms/embedded/prices.ts';

export interface HouseType {
  id: string;
  name: string;
  aliases: string[];
  description: string;
  sleeps: number;
  adults: number;
  beds: string;
  features: string[];
  photo: string | null;
  /** What the system of somebody else that keeps the hotel calls it. */
  external: string | null;
  rooms: { id: string; number: string; external: string | null }[];
}

/** The system of somebody else that keeps a hotel. */
export interface HouseSystem {
  id: string;
  /** Names the adapter. */
  kind: string;
  url: string;
  property: string;
  settings: Record<string, string>;
  /** Sealed for its id. */
  secret: string;
  version: number;
}

export interface DeskPeriod {
  /** Monday = 1 … Sunday = 7. */
  weekday: number;
  from: string;
  to: string;
}

export interface House extends ChildAges {
  id: string;
  name: string;
  aliases: string[];
  connections: string[];
  /** `null`: the one that is built in. */
  system: HouseSystem | null;
  timeZone: string;
  currency: string;
  address: string | null;
  phone: string | null;
  email: string | null;
  emergencyPhone: string | null;
  latitude: number | null;
  longitude: number | null;
  checkInFrom: string;
  checkOutUntil: string;
  desk: DeskPeriod[];
  holdMinutes: number;
  maxNights: number;
  horizonDays: number;
  maxOpenStays: number;
  freeCancelHours: number;
  cancelFeePercent: number;
  depositPercent: number;
  depositHours: number;
  depositTextEs: string;
  depositTextEn: string;
  lateFreeUntil: string | null;
  lateUntil: string | null;
  lateFeePercent: number;
  earlyFrom: string;
  luggage: boolean;
  reviewLinks: string[];
  sample: boolean;
  types: HouseType[];
  taxes: Tax[];
}

/** All hotels of the workspace in one statement, in the order that the house gave them. */
export async function loadHouses(database: Database, access: WorkspaceAccess, which: SQL = sql`true`): Promise<House[]> {
  const { rows } = await database.execute<{ house: Omit<House, 'timeZone'> & { timeZone: string | null } }>(sql`
    SELECT json_build_object('id', h.id, 'name', h.name, 'aliases', h.aliases, 'connections', h.connections, 'system', (SELECT json_build_object('id', y.id, 'kind', y.kind, 'url', y.url,
        'property', y.property, 'settings', y.settings, 'secret', y.secret, 'version', y.version)
        FROM hotel_systems y WHERE y.workspace_id = h.workspace_id AND y.hotel_id = h.id),
      'timeZone', h.time_zone, 'currency', h.currency, 'address', h.address, 'phone', h.phone, 'email', h.email,
      'emergencyPhone', h.emergency_phone, 'latitude', h.latitude, 'longitude', h.longitude,
      'checkInFrom', to_char(h.check_in_from, 'HH24:MI'), 'checkOutUntil', to_char(h.check_out_until, 'HH24:MI'), 'desk', h.desk,
      'holdMinutes', h.hold_minutes, 'maxNights', h.max_nights, 'horizonDays', h.horizon_days, 'maxOpenStays', h.max_open_stays,
      'freeCancelHours', h.free_cancel_hours, 'cancelFeePercent', h.cancel_fee_percent, 'depositPercent', h.deposit_percent,
      'depositHours', h.deposit_hours, 'depositTextEs', h.deposit_text_es, 'depositTextEn', h.deposit_text_en,
      'lateFreeUntil', to_char(h.late_free_until, 'HH24:MI'), 'lateUntil', to_char(h.late_until, 'HH24:MI'),
      'lateFeePercent', h.late_fee_percent, 'earlyFrom', to_char(h.early_from, 'HH24:MI'), 'luggage', h.luggage,
      'childFreeAge', h.child_free_age, 'childAdultAge', h.child_adult_age, 'reviewLinks', h.review_links, 'sample', h.sample,
      'types', coalesce((SELECT json_agg(json_build_object('id', t.id, 'name', t.name, 'aliases', t.aliases, 'description', t.description,
          'sleeps', t.sleeps, 'adults', t.adults, 'beds', t.beds, 'features', t.features, 'photo', t.photo, 'external', t.external,
          'rooms', coalesce((SELECT json_agg(json_build_object('id', r.id, 'number', r.number, 'external', r.external)
              ORDER BY r.position, r.number)
            FROM hotel_rooms r WHERE r.workspace_id = t.workspace_id AND r.type_id = t.id AND r.active), '[]'::json))
          ORDER BY t.position, t.name)
        FROM hotel_room_types t WHERE t.workspace_id = h.workspace_id AND t.hotel_id = h.id AND t.active), '[]'::json),
      'taxes', coalesce((SELECT json_agg(json_build_object('name', x.name, 'percent', x.percent,
          'perAdultNight', round(x.per_adult_night * 100)::bigint, 'included', x.included) ORDER BY x.name)
        FROM hotel_taxes x WHERE x.workspace_id = h.workspace_id AND x.hotel_id = h.id), '[]'::json)) AS house
    FROM hotel_hotels h WHERE h.workspace_id = ${access.workspaceId} AND (${which}) ORDER BY h.position, h.name`);
  return rows.map(({ house }) => ({ ...house, timeZone: house.timeZone ?? access.timeZone }));
}

/** The hotel with this id. */
export async function houseById(database: Database, access: WorkspaceAccess, id: string): Promise<House | undefined> {
  return (await loadHouses(database, access, sql`h.id = ${id}`))[0];
}
