/**
 * What a workspace offers, when, by whom and at which price, and when its people are busy: loaded in one statement, so that a tool
 * answers from one consistent picture.
 */
import { type SQL, sql } from '../../src/database.ts';
import type { ReservationVocabulary } from '../../src/dialogue.ts';
import type { Database, WorkspaceAccess } from '../../src/index.ts';
import type { OpeningPeriod } from './contract.ts';
import { localDay } from './local-time.ts';
import { findNamed, findPerson } from './names.ts';

/** See `bookingSettings` in `schema.ts` for units. */
export interface Settings {
  name: string;
  address: string | null;
  phone: string | null;
  email: string | null;
  currency: string;
  slotStepMinutes: number;
  noticeMinutes: number;
  changeMinutes: number;
  horizonDays: number;
  holdMinutes: number;
  reminderHours: number;
  maxOpenBookings: number;
  maxCallsPerConversation: number;
}

/** What a workspace goes by that has not been set up; the same values as the columns' defaults. */
export const defaultSettings: Settings = {
  name: 'Timonel',
  address: null,
  phone: null,
  email: null,
  currency: 'ARS',
  slotStepMinutes: 30,
  noticeMinutes: 60,
  changeMinutes: 0,
  horizonDays: 60,
  holdMinutes: 10,
  reminderHours: 24,
  maxOpenBookings: 4,
  maxCallsPerConversation: 15,
};

export interface Service {
  id: string;
  name: string;
  aliases: string[];
  description: string;
  category: string;
  price: number;
  durationMinutes: number;
  bufferBeforeMinutes: number;
  bufferAfterMinutes: number;
}

export interface StaffMember {
  id: string;
  name: string;
  aliases: string[];
  serviceIds: string[];
}

/** Hours of the week: the house's where `staffId` is null. */
export interface WeeklyPeriod extends OpeningPeriod {
  staffId: string | null;
  weekday: number;
}

export interface SpecialDate {
  date: string;
  staffId: string | null;
  periods: OpeningPeriod[];
  reason: string;
}

export interface Promotion {
  name: string;
  description: string;
  discountPercent: number;
  serviceIds: string[];
  validFrom: string | null;
  validTo: string | null;
  weekdays: number[];
}

/** Epoch milliseconds, buffers included; `to` excluded. */
export interface BusyPeriod {
  staffId: string;
  from: number;
  to: number;
}

/** The slot that a conversation keeps while the customer confirms. */
export interface Hold {
  id: string;
  code: string;
  serviceId: string;
  staffId: string;
  /** Epoch milliseconds. */
  start: number;
  price: number;
  promotion: string | null;
}

export interface Catalogue {
  settings: Settings;
  /** Active ones, in the order of the house. */
  services: Service[];
  staff: StaffMember[];
  hours: WeeklyPeriod[];
  /** From today on. */
  specialDates: SpecialDate[];
  promotions: Promotion[];
  busy: BusyPeriod[];
  hold: Hold | null;
}

/** Which busy periods to load. */
export interface BusyRange {
  /** Epoch milliseconds. */
  from: number;
  to: number;
  /** Holds of this conversation do not count as busy: it may change its mind. */
  conversationId?: string | undefined;
  /** Code of an appointment that is to be moved: its own time is free for it. */
  moving?: string | undefined;
}

/**
 * Loads the catalogue in one statement.
 * @param range without it no busy periods and no hold are loaded.
 * @throws when the database does not answer.
 */
export async function loadCatalogue(database: Database, access: WorkspaceAccess, range?: BusyRange): Promise<Catalogue> {
  const workspace = access.workspaceId;
  const now = access.now().toISOString();
  const result = await database.execute<{ catalogue: Omit<Catalogue, 'settings'> & { settings: Settings | null } }>(sql`
    SELECT json_build_object(
      'settings', (SELECT json_build_object('name', name, 'address', address, 'phone', phone, 'email', email, 'currency', currency,
          'slotStepMinutes', slot_step_minutes, 'noticeMinutes', notice_minutes, 'changeMinutes', change_minutes, 'horizonDays', horizon_days,
          'holdMinutes', hold_minutes, 'reminderHours', reminder_hours, 'maxOpenBookings', max_open_bookings,
          'maxCallsPerConversation', max_calls_per_conversation)
        FROM booking_settings WHERE workspace_id = ${workspace}),
      'services', ${list(sql`SELECT json_build_object('id', id, 'name', name, 'aliases', aliases, 'description', description,
          'category', category, 'price', price, 'durationMinutes', duration_minutes, 'bufferBeforeMinutes', buffer_before_minutes,
          'bufferAfterMinutes', buffer_after_minutes) AS item
        FROM booking_services WHERE workspace_id = ${workspace} AND active ORDER BY position, name`)},
      'staff', ${list(sql`SELECT json_build_object('id', id, 'name', name, 'aliases', aliases, 'serviceIds', ARRAY(
            SELECT service_id FROM booking_staff_services link WHERE link.workspace_id = ${workspace} AND link.staff_id = staff.id)) AS item
        FROM booking_staff staff WHERE workspace_id = ${workspace} AND active ORDER BY position, name`)},
      'hours', ${list(sql`SELECT json_build_object('staffId', staff_id, 'weekday', weekday, 'from', to_char(opens, 'HH24:MI'),
          'to', to_char(closes, 'HH24:MI')) AS item
        FROM booking_opening_hours WHERE workspace_id = ${workspace} ORDER BY weekday, opens`)},
      'specialDates', ${list(sql`SELECT json_build_object('date', date, 'staffId', staff_id, 'periods', periods, 'reason', reason) AS item
        FROM booking_special_dates WHERE workspace_id = ${workspace}
          AND date >= (${now}::timestamptz AT TIME ZONE ${access.timeZone})::date ORDER BY date`)},
      'promotions', ${list(sql`SELECT json_build_object('name', name, 'description', description, 'discountPercent', discount_percent,
          'serviceIds', service_ids, 'validFrom', valid_from, 'validTo', valid_to, 'weekdays', weekdays) AS item
        FROM booking_promotions WHERE workspace_id = ${workspace} AND active ORDER BY name`)},
      'busy', ${range === undefined ? sql`'[]'::json` : list(busyPeriods(workspace, now, range))},
      'hold', ${range?.conversationId === undefined ? sql`NULL::json` : sql`(${ownHold(workspace, range.conversationId)})`}
    ) AS catalogue`);
  const catalogue = result.rows[0]?.catalogue;
  if (catalogue === undefined) throw new Error('The catalogue statement answered no row.');
  return { ...catalogue, settings: catalogue.settings ?? defaultSettings };
}

function list(query: SQL): SQL {
  return sql`(SELECT coalesce(json_agg(item), '[]'::json) FROM (${query}) AS listed)`;
}

function busyPeriods(workspace: string, now: string, range: BusyRange): SQL {
  const window = sql`tstzrange(${new Date(range.from).toISOString()}::timestamptz, ${new Date(range.to).toISOString()}::timestamptz)`;
  return sql`SELECT json_build_object('staffId', staff_id, 'from', (extract(epoch FROM lower(period)) * 1000)::bigint,
      'to', (extract(epoch FROM upper(period)) * 1000)::bigint) AS item
    FROM booking_appointments
    WHERE workspace_id = ${workspace} AND period && ${window}
      AND (status = 'confirmed' OR (status = 'held' AND hold_expires_at > ${now}::timestamptz
        AND conversation_id IS DISTINCT FROM ${range.conversationId ?? null}::uuid))
      AND code IS DISTINCT FROM ${range.moving ?? null}::text
    ORDER BY staff_id, lower(period)`;
}

function ownHold(workspace: string, conversationId: string): SQL {
  return sql`SELECT json_build_object('id', id, 'code', code, 'serviceId', service_id, 'staffId', staff_id,
      'start', (extract(epoch FROM starts_at) * 1000)::bigint, 'price', price, 'promotion', promotion)
    FROM booking_appointments
    WHERE workspace_id = ${workspace} AND conversation_id = ${conversationId}::uuid AND status = 'held'
    ORDER BY created_at DESC LIMIT 1`;
}

/** The service that a customer or a model named; no guessing, see `names.ts`. */
export function findService(catalogue: Catalogue, name: string): Service | undefined {
  return findNamed(catalogue.services, name);
}

/** Who may attend: everybody who does the service, or the one who was asked for if that person does it. */
export function candidateStaff(
  catalogue: Catalogue,
  service: Service,
  name: string | undefined,
): { kind: 'staff'; staff: StaffMember[] } | { kind: 'unknown-staff'; staff: string[] } {
  const able = catalogue.staff.filter((member) => member.serviceIds.includes(service.id));
  if (name === undefined) return { kind: 'staff', staff: able };
  const person = findPerson(able, name);
  return person === undefined
    ? { kind: 'unknown-staff', staff: able.map((member) => member.name) }
    : { kind: 'staff', staff: [person] };
}

/** Price of a service on a date, in the workspace's currency, with the best promotion that applies. */
export function priceOn(catalogue: Catalogue, service: Service, date: string): { price: number; promotion?: string } {
  const weekday = localDay(date, 'UTC').weekday;
  let best: Promotion | undefined;
  for (const promotion of catalogue.promotions) {
    if (promotion.serviceIds.length > 0 && !promotion.serviceIds.includes(service.id)) continue;
    if (promotion.weekdays.length > 0 && !promotion.weekdays.includes(weekday)) continue;
    if (promotion.validFrom !== null && date < promotion.validFrom) continue;
    if (promotion.validTo !== null && date > promotion.validTo) continue;
    if (best === undefined || promotion.discountPercent > best.discountPercent) best = promotion;
  }
  if (best === undefined) return { price: service.price };
  return { price: Math.round(service.price * (100 - best.discountPercent)) / 100, promotion: best.name };
}

/** The workspace's own words, for reading messages without a model. */
export async function loadVocabulary(access: WorkspaceAccess): Promise<ReservationVocabulary> {
  const { services, staff } = await access.query((database) => loadCatalogue(database, access));
  const word = ({ id, name, aliases }: { id: string; name: string; aliases: string[] }) => ({ id, name, aliases });
  return { services: services.map(word), staff: staff.map(word) };
}
