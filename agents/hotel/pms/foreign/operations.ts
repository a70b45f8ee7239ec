/** Writes to systems of others, by key: what is to be written here once it is known that it happened there. */
import { createHash } from 'node:crypto';
import { sql } from '../../../../src/database.ts';
import type { Database, WorkspaceAccess } from '../../../../src/index.ts';
import { storeRequest } from '../../requests.ts';
import { amountOf, loadStays, type StayRecord } from '../../stays.ts';
import type { PmsOffer, PmsStay, RefusedReason, StayRequest, Written } from '../contract.ts';
import { insertCharge, pmsStay, setCancelled, setConfirmed, setLate, updateBooking } from '../embedded/bookings.ts';
import { insertStay, nowOf } from '../embedded/rows.ts';
import type { ForeignRecord } from './contract.ts';

/** What a write does to our own rows. */
export type Intent =
  | { kind: 'confirm'; guestId: string; total: number }
  | { kind: 'change'; offer: PmsOffer; request: StayRequest; seats: string[] }
  | { kind: 'cancel'; fee: number }
  | { kind: 'charge'; item: { concept: string; amount: number } }
  | { kind: 'late-checkout'; until: string; fee: number };

export interface ForeignOperation {
  key: string;
  hotelId: string;
  bookingId: string;
  intent: Intent;
  state: 'begun' | 'unclear' | 'done' | 'refused';
  detail: Written<PmsStay>;
  /** Epoch milliseconds. */
  begun: number;
  personTold: boolean;
}

/** Our key as it is written in their records: short, and nothing of ours can be read from it. */
export function foreignKey(access: Pick<WorkspaceAccess, 'workspaceId'>, key: string): string {
  return `tml-${createHash('sha256').update(`${access.workspaceId}\n${key}`).digest('base64url').slice(0, 24)}`;
}

const columns = sql`key, hotel_id AS "hotelId", booking_id AS "bookingId", intent, state, detail, person_told AS "personTold",
  (extract(epoch FROM created_at) * 1000)::float8 AS begun`;

export async function operationOf(database: Database, access: WorkspaceAccess, key: string): Promise<ForeignOperation | undefined> {
  const { rows } = await database.execute<ForeignOperation & Record<string, unknown>>(
    sql`SELECT ${columns} FROM hotel_operations WHERE workspace_id = ${access.workspaceId} AND key = ${key}`,
  );
  return rows[0];
}

/** Those that are not known to have happened, begun before a moment; 50 at most. Holds are of our own tables only. */
export async function openOperations(database: Database, access: WorkspaceAccess, before: Date): Promise<ForeignOperation[]> {
  const { rows } = await database.execute<ForeignOperation & Record<string, unknown>>(sql`
    SELECT ${columns} FROM hotel_operations
    WHERE workspace_id = ${access.workspaceId} AND state IN ('begun', 'unclear') AND booking_id IS NOT NULL AND intent <> '{}'
      AND created_at <= ${before.toISOString()}::timestamptz
    ORDER BY looked_up_at NULLS FIRST, created_at LIMIT 50`);
  return rows;
}

/** Before anything is asked of the system. */
export async function beginOperation(
  database: Database,
  access: WorkspaceAccess,
  { key, hotelId, bookingId, intent }: { key: string; hotelId: string; bookingId: string; intent: Intent },
): Promise<void> {
  await database.execute(sql`
    INSERT INTO hotel_operations (workspace_id, key, hotel_id, kind, booking_id, state, intent, created_at)
    VALUES (${access.workspaceId}, ${key}, ${hotelId}, ${intent.kind}, ${bookingId}, 'begun', ${JSON.stringify(intent)}::jsonb, ${nowOf(access)})`);
}

export async function markUnclear(database: Database, access: WorkspaceAccess, key: string): Promise<void> {
  await database.execute(sql`
    UPDATE hotel_operations SET state = 'unclear', looked_up_at = ${nowOf(access)}
    WHERE workspace_id = ${access.workspaceId} AND key = ${key} AND state IN ('begun', 'unclear')`);
}

/** Ends it, once: whoever comes second gets the answer of the first. */
async function end(database: Database, access: WorkspaceAccess, key: string, answer: Written<PmsStay>): Promise<boolean> {
  const { rowCount } = await database.execute(sql`
    UPDATE hotel_operations SET state = ${answer.kind}, detail = ${JSON.stringify(answer)}::jsonb, looked_up_at = ${nowOf(access)}
    WHERE workspace_id = ${access.workspaceId} AND key = ${key} AND state IN ('begun', 'unclear')`);
  return (rowCount ?? 0) > 0;
}

export interface Ended {
  answer: Written<PmsStay>;
  /** It was not known before. */
  news: boolean;
}

/** It happened there: now it happens here. */
export function finish(access: WorkspaceAccess, operation: ForeignOperation, record: ForeignRecord | undefined): Promise<Ended> {
  return access.query(async (database) => {
    const { key, bookingId, intent } = operation;
    const current = await locked(database, access, operation);
    if (current.state === 'done' || current.state === 'refused') return { answer: current.detail, news: false };
    const before = await stayById(database, access, bookingId);
    await apply(database, access, before, intent, record);
    const answer: Written<PmsStay> = { kind: 'done', value: pmsStay(await stayById(database, access, bookingId)) };
    return { answer, news: await end(database, access, key, answer) };
  });
}

/** It did not happen there: a booking is a hold again, until its time is up. */
export function refuse(access: WorkspaceAccess, operation: ForeignOperation, reason: RefusedReason): Promise<Ended> {
  return access.query(async (database) => {
    const { key, bookingId, intent } = operation;
    const current = await locked(database, access, operation);
    if (current.state === 'done' || current.state === 'refused') return { answer: current.detail, news: false };
    if (intent.kind === 'confirm')
      await database.execute(sql`
        UPDATE hotel_bookings SET status = 'held', hold_expires_at = coalesce(hold_expires_at, ${nowOf(access)}), updated_at = ${nowOf(access)}
        WHERE workspace_id = ${access.workspaceId} AND id = ${bookingId} AND status = 'pending'`);
    if (intent.kind === 'change')
      await database.execute(sql`
        DELETE FROM hotel_stays WHERE workspace_id = ${access.workspaceId} AND booking_id = ${bookingId}
          AND id = ANY(${sql.param(intent.seats)}::uuid[]) AND status = 'held'`);
    const answer: Written<PmsStay> = { kind: 'refused', reason };
    return { answer, news: await end(database, access, key, answer) };
  });
}

/** The booking first, as writes of the desk have it, so that nobody waits in a circle. */
async function locked(
  database: Database,
  access: WorkspaceAccess,
  { key, bookingId }: ForeignOperation,
): Promise<ForeignOperation> {
  await database.execute(
    sql`SELECT FROM hotel_bookings WHERE workspace_id = ${access.workspaceId} AND id = ${bookingId} FOR UPDATE`,
  );
  await database.execute(sql`SELECT FROM hotel_operations WHERE workspace_id = ${access.workspaceId} AND key = ${key} FOR UPDATE`);
  const operation = await operationOf(database, access, key);
  if (operation === undefined) throw new Error(`The operation ${key} is gone.`);
  return operation;
}

export async function stayById(database: Database, access: WorkspaceAccess, id: string): Promise<StayRecord> {
  const [stay] = await loadStays(database, access, sql`b.id = ${id}`);
  if (stay === undefined) throw new Error(`The booking ${id} is gone.`);
  return stay;
}

async function apply(
  database: Database,
  access: WorkspaceAccess,
  stay: StayRecord,
  intent: Intent,
  record: ForeignRecord | undefined,
): Promise<void> {
  const { workspaceId } = access;
  switch (intent.kind) {
    case 'confirm':
      await setConfirmed(database, access, stay.id, intent.guestId);
      await database.execute(
        sql`UPDATE hotel_bookings SET external = ${record?.id ?? null} WHERE workspace_id = ${workspaceId} AND id = ${stay.id}`,
      );
      // The guest keeps the price that was told; that the system has another one is for a person.
      if (record?.total !== undefined && record.total !== intent.total)
        await tellDesk(
          database,
          access,
          stay,
          `${stay.code}: the guest was told ${amountOf(intent.total)} ${stay.currency}, the system has ${amountOf(record.total)}.`,
        );
      return;
    case 'change':
      await takeKeptSeats(database, access, stay, intent);
      await updateBooking(database, access, stay.id, intent.offer, intent.request);
      return;
    case 'cancel':
      return setCancelled(database, access, stay.id, intent.fee);
    case 'charge':
      return insertCharge(database, access, stay.id, intent.item);
    case 'late-checkout':
      return setLate(database, access, stay.id, intent.until, intent.fee);
  }
}

/** The seats that were kept for a change become those of the booking; where none were kept, its rooms or others that are free. */
async function takeKeptSeats(
  database: Database,
  access: WorkspaceAccess,
  stay: StayRecord,
  { offer, request, seats }: Extract<Intent, { kind: 'change' }>,
): Promise<void> {
  const { workspaceId } = access;
  const { checkIn, checkOut } = request;
  await database.execute(sql`
    DELETE FROM hotel_stays WHERE workspace_id = ${workspaceId} AND booking_id = ${stay.id} AND NOT id = ANY(${sql.param(seats)}::uuid[])`);
  if (seats.length > 0) {
    await database.execute(sql`
      UPDATE hotel_stays SET status = 'confirmed', version = version + 1 WHERE workspace_id = ${workspaceId} AND booking_id = ${stay.id}`);
    return;
  }
  for (const room of offer.rooms) {
    const { rows } = await database.execute<{ id: string }>(sql`
      SELECT r.id FROM hotel_rooms r WHERE r.workspace_id = ${workspaceId} AND r.type_id = ${room.typeId} AND NOT EXISTS (
        SELECT FROM hotel_stays s WHERE s.workspace_id = r.workspace_id AND s.room_id = r.id AND s.status IN ('held', 'confirmed', 'in_house', 'blocked')
          AND s.nights && daterange(${checkIn}::date, ${checkOut}::date))
      ORDER BY r.position LIMIT 1`);
    const [free] = rows;
    if (free === undefined) {
      await tellDesk(database, access, stay, `${stay.code} was changed in the system, and has no room of its type here.`);
      continue;
    }
    const seat = {
      id: access.newId(),
      bookingId: stay.id,
      type: { id: room.typeId },
      room,
      checkIn,
      checkOut,
      status: 'confirmed' as const,
    };
    await insertStay(database, access, seat, free.id);
  }
}

/** Something that only a person can put right. */
export async function tellDesk(database: Database, access: WorkspaceAccess, stay: StayRecord, text: string): Promise<void> {
  const { conversationId } = stay;
  await storeRequest(database, access, { kind: 'front-desk', text, bookingId: stay.id, conversationId, urgent: true }, text);
}
