/** Rows of bookings that both the built-in system and the front of foreign ones write. Each runs within a transaction of its caller. */
import { sql } from '../../../../src/database.ts';
import { canonicalEmail, type Database, foldName, phoneKey, type WorkspaceAccess } from '../../../../src/index.ts';
import type { House } from '../../house.ts';
import { newCode } from '../../names.ts';
import type { StayRecord } from '../../stays.ts';
import type { PmsGuest, PmsOffer, PmsStay, StayRequest } from '../contract.ts';
import { nowOf } from './rows.ts';

/** For whom a booking is held. */
export interface BookingPlace {
  access: WorkspaceAccess;
  house: House;
  conversationId: string | undefined;
  source: 'agent' | 'desk';
  offerRef: string | undefined;
}

/** A held booking, without its seats. */
export async function insertBooking(
  database: Database,
  { access, house, conversationId, source, offerRef }: BookingPlace,
  { id, offer, request, expires }: { id: string; offer: PmsOffer; request: StayRequest; expires: number },
): Promise<void> {
  const { adults, children } = everybody(request);
  await database.execute(sql`
    INSERT INTO hotel_bookings (workspace_id, id, hotel_id, code, status, check_in, check_out, adults, children, conversation_id,
      offer_id, hold_expires_at, total, currency, taxes, cancellation, source, created_at, updated_at)
    VALUES (${access.workspaceId}, ${id}, ${house.id}, ${newCode()}, 'held', ${request.checkIn}::date, ${request.checkOut}::date,
      ${adults}, ${sql.param(children)}::smallint[], ${conversationId ?? null}, ${offerRef ?? null}, ${new Date(expires).toISOString()}::timestamptz,
      ${offer.total / 100}, ${offer.currency}, ${JSON.stringify(offer.taxes)}::jsonb, ${JSON.stringify(offer.cancellation)}::jsonb,
      ${source}, ${nowOf(access)}, ${nowOf(access)})`);
}

export async function updateBooking(
  database: Database,
  access: WorkspaceAccess,
  id: string,
  offer: PmsOffer,
  request: StayRequest,
): Promise<void> {
  const { adults, children } = everybody(request);
  await database.execute(sql`
    UPDATE hotel_bookings SET check_in = ${request.checkIn}::date, check_out = ${request.checkOut}::date, adults = ${adults},
      children = ${sql.param(children)}::smallint[], total = ${offer.total / 100}, taxes = ${JSON.stringify(offer.taxes)}::jsonb,
      cancellation = ${JSON.stringify(offer.cancellation)}::jsonb, late_until = NULL, updated_at = ${nowOf(access)},
      version = version + 1
    WHERE workspace_id = ${access.workspaceId} AND id = ${id}`);
}

export async function setConfirmed(database: Database, access: WorkspaceAccess, id: string, guestId: string): Promise<void> {
  await database.execute(sql`
    WITH seats AS (UPDATE hotel_stays SET status = 'confirmed', version = version + 1
      WHERE workspace_id = ${access.workspaceId} AND booking_id = ${id})
    UPDATE hotel_bookings SET status = 'confirmed', guest_id = ${guestId}, hold_expires_at = NULL, updated_at = ${nowOf(access)},
      version = version + 1
    WHERE workspace_id = ${access.workspaceId} AND id = ${id}`);
}

/** @param fee whole hundredths. */
export async function setCancelled(database: Database, access: WorkspaceAccess, id: string, fee: number): Promise<void> {
  await database.execute(sql`
    WITH seats AS (UPDATE hotel_stays SET status = 'over', version = version + 1
      WHERE workspace_id = ${access.workspaceId} AND booking_id = ${id})
    UPDATE hotel_bookings SET status = 'cancelled', cancel_fee = ${fee / 100}, updated_at = ${nowOf(access)}, version = version + 1
    WHERE workspace_id = ${access.workspaceId} AND id = ${id}`);
}

/** @param fee whole hundredths; on the bill where it is above zero. */
export async function setLate(database: Database, access: WorkspaceAccess, id: string, until: string, fee: number): Promise<void> {
  if (fee > 0) await insertCharge(database, access, id, { concept: `Late check-out ${until}`, amount: fee });
  await database.execute(sql`
    UPDATE hotel_bookings SET late_until = ${until}::time, updated_at = ${nowOf(access)}, version = version + 1
    WHERE workspace_id = ${access.workspaceId} AND id = ${id}`);
}

export async function insertCharge(
  database: Database,
  access: WorkspaceAccess,
  bookingId: string,
  item: { concept: string; amount: number },
): Promise<void> {
  await database.execute(sql`
    INSERT INTO hotel_charges (workspace_id, id, booking_id, concept, amount, created_at)
    VALUES (${access.workspaceId}, ${access.newId()}, ${bookingId}, ${item.concept}, ${item.amount / 100}, ${nowOf(access)})`);
}

/** The guest of that number or address and name, or a new one. */
export async function storeGuest(database: Database, access: WorkspaceAccess, guest: PmsGuest): Promise<string> {
  const phone = guest.phone === undefined ? null : phoneKey(guest.phone);
  const email = guest.email === undefined ? null : canonicalEmail(guest.email);
  const known = await database.execute<{ id: string; name: string }>(sql`
    SELECT id, name FROM hotel_guests WHERE workspace_id = ${access.workspaceId}
      AND phone_key IS NOT DISTINCT FROM ${phone}::text AND email_key IS NOT DISTINCT FROM ${email}::text ORDER BY created_at LIMIT 50`);
  const same = known.rows.find(({ name }) => foldName(name) === foldName(guest.name));
  if (same !== undefined) return same.id;
  const id = access.newId();
  await database.execute(sql`
    INSERT INTO hotel_guests (workspace_id, id, name, phone, email, phone_key, email_key, companions, created_at)
    VALUES (${access.workspaceId}, ${id}, ${guest.name}, ${guest.phone ?? null}, ${guest.email ?? null}, ${phone}, ${email},
      ${sql.param(guest.companions ?? [])}::text[], ${nowOf(access)})`);
  return id;
}

export function everybody({ rooms }: StayRequest): { adults: number; children: number[] } {
  return {
    adults: rooms.reduce((sum, { adults }) => sum + adults, 0),
    children: rooms.flatMap(({ children }) => children),
  };
}

export function pmsStay(stay: StayRecord): PmsStay {
  const { guest } = stay;
  return {
    code: stay.code,
    status: stay.status === 'held' || stay.status === 'expired' ? 'pending' : stay.status,
    checkIn: stay.checkIn,
    checkOut: stay.checkOut,
    rooms: stay.rooms.map(({ typeId, type, room, guests }) => ({ typeId, type, room, guests })),
    guest: {
      name: guest?.name ?? '',
      ...(guest?.phone == null ? {} : { phone: guest.phone }),
      ...(guest?.email == null ? {} : { email: guest.email }),
    },
    total: stay.total,
    paid: stay.paid,
    currency: stay.currency,
  };
}
