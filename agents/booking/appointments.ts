/**
 * Writing appointments. That nobody is booked twice is the exclusion constraint's doing; what is here makes its refusals cheap, and
 * keeps transactions from waiting for each other in a circle: rows that another transaction works on are skipped, never waited for,
 * and a statement that may wait for a slot is the last one that does.
 */
import { type SQL, sql } from '../../src/database.ts';
import {
  type Contact,
  canonicalEmail,
  type Database,
  partOf,
  phoneKey,
  type ToolContext,
  type WorkspaceAccess,
} from '../../src/index.ts';
import type { CalendarEntry } from './calendar.ts';
import type { Service } from './catalogue.ts';
import { newCode } from './contacts.ts';
import type { CalendarFile } from './contract.ts';

const minuteMs = 60_000;

/** A place in somebody's day. Epoch milliseconds, buffers not included. */
export interface Placement {
  service: Pick<Service, 'id' | 'bufferBeforeMinutes' | 'bufferAfterMinutes'>;
  staffId: string;
  start: number;
  end: number;
}

/** What a row of a new hold or appointment says beside its place. */
export interface NewAppointment {
  conversationId: string;
  price: number;
  currency: string;
  promotion?: string | undefined;
  /** Epoch milliseconds; a hold has one, a confirmed appointment has none. */
  holdExpiresAt?: number | undefined;
  customer?: Customer | undefined;
}

/** Who comes; at least one of phone and e-mail. */
export interface Customer extends Pick<Contact, 'phone' | 'email'> {
  name: string;
}

/** What was taken. */
export interface TakenSlot {
  id: string;
  code: string;
  staffId: string;
}

/**
 * Takes the first place that is still free, for a hold or for an appointment.
 * @returns `undefined` when all of them are taken by now.
 */
export async function takeSlot(
  database: Database,
  access: WorkspaceAccess,
  places: readonly Placement[],
  appointment: NewAppointment,
): Promise<TakenSlot | undefined> {
  for (const place of places) {
    const taken =
      (await insert(database, access, place, appointment)) ??
      ((await clearWay(database, access, place, appointment.conversationId))
        ? await insert(database, access, place, appointment)
        : undefined);
    if (taken !== undefined) return taken;
  }
  return undefined;
}

async function insert(
  database: Database,
  access: WorkspaceAccess,
  place: Placement,
  appointment: NewAppointment,
): Promise<TakenSlot | undefined> {
  const { workspaceId } = access;
  const { customer, holdExpiresAt, promotion } = appointment;
  const now = access.now().toISOString();
  for (let attempt = 0; attempt < 3; attempt++) {
    const id = access.newId();
    const code = newCode();
    const result = await database.execute<{ inserted: boolean; codeInUse: boolean }>(sql`
      WITH ${besideOthers(access)}, attempt AS (
        INSERT INTO booking_appointments (workspace_id, id, code, service_id, staff_id, customer_name, customer_phone, customer_email,
          phone_key, email_key, starts_at, ends_at, period, price, currency, promotion, status, hold_expires_at, conversation_id,
          created_at, updated_at)
        VALUES ((SELECT ${workspaceId} FROM turn), ${id}, ${code}, ${place.service.id}, ${place.staffId}, ${customer?.name ?? null},
          ${customer?.phone ?? null}, ${customer?.email ?? null}, ${keyOf(customer?.phone, phoneKey)},
          ${keyOf(customer?.email, canonicalEmail)}, ${instant(place.start)}, ${instant(place.end)}, ${periodOf(place)}, ${appointment.price},
          ${appointment.currency}, ${promotion ?? null}, ${holdExpiresAt === undefined ? 'confirmed' : 'held'},
          ${holdExpiresAt === undefined ? null : new Date(holdExpiresAt).toISOString()}, ${appointment.conversationId}, ${now}, ${now})
        ON CONFLICT DO NOTHING RETURNING id)
      SELECT EXISTS (SELECT FROM attempt) AS inserted,
        EXISTS (SELECT FROM booking_appointments WHERE workspace_id = ${workspaceId} AND code = ${code}) AS "codeInUse"`);
    const row = result.rows[0];
    if (row?.inserted === true) return { id, code, staffId: place.staffId };
    // Either the slot or, once in a blue moon, the random code is taken; only the latter is worth another code.
    if (row?.codeInUse !== true) return undefined;
  }
  return undefined;
}

/** Ends holds that stand in the way: lapsed ones that nobody swept yet, and the conversation's own. Says whether there were any. */
async function clearWay(database: Database, access: WorkspaceAccess, place: Placement, conversationId: string): Promise<boolean> {
  return endHolds(
    database,
    access,
    sql`staff_id = ${place.staffId} AND period && ${periodOf(place)}
      AND (hold_expires_at <= ${access.now().toISOString()}::timestamptz OR conversation_id = ${conversationId})`,
  );
}

/** Ends the holds of a conversation, except one. */
export async function releaseHolds(
  database: Database,
  access: WorkspaceAccess,
  conversationId: string,
  except: string | undefined,
): Promise<void> {
  await endHolds(database, access, sql`conversation_id = ${conversationId} AND id IS DISTINCT FROM ${except ?? null}::uuid`);
}

/** Ends the workspace's lapsed holds. */
export async function expireHolds(database: Database, access: WorkspaceAccess): Promise<void> {
  await endHolds(database, access, sql`hold_expires_at <= ${access.now().toISOString()}::timestamptz`);
}

async function endHolds(database: Database, access: WorkspaceAccess, which: SQL): Promise<boolean> {
  const { workspaceId } = access;
  const result = await database.execute(sql`
    UPDATE booking_appointments SET status = 'expired', updated_at = ${access.now().toISOString()}
    WHERE workspace_id = ${workspaceId} AND id IN (
      SELECT id FROM booking_appointments WHERE workspace_id = ${workspaceId} AND status = 'held' AND ${which}
      ORDER BY id FOR UPDATE SKIP LOCKED)`);
  return (result.rowCount ?? 0) > 0;
}

/** Turns a hold into an appointment. False when it has ended by now. */
export async function confirmHold(
  database: Database,
  access: WorkspaceAccess,
  holdId: string,
  customer: Customer,
): Promise<boolean> {
  const result = await database.execute(sql`
    WITH ${besideOthers(access)}
    UPDATE booking_appointments SET status = 'confirmed', hold_expires_at = NULL, customer_name = ${customer.name},
      customer_phone = ${customer.phone ?? null}, customer_email = ${customer.email ?? null},
      phone_key = ${keyOf(customer.phone, phoneKey)}, email_key = ${keyOf(customer.email, canonicalEmail)},
      updated_at = ${access.now().toISOString()}
    FROM turn WHERE workspace_id = ${access.workspaceId} AND id = ${holdId} AND status = 'held'`);
  return result.rowCount === 1;
}

/**
 * Lock order: a move looks at the slot that it takes while it still has its old one, so that a move and an insertion can wait for each
 * other in a circle, which the database would break by failing one of them. A move is therefore alone in its workspace; insertions and
 * confirmations share the lock. The common table expression has to be read by the statement, or it is not run before it.
 */
function besideOthers(access: WorkspaceAccess): SQL {
  return sql`turn AS MATERIALIZED (SELECT pg_advisory_xact_lock_shared(${moveLock(access)}))`;
}

function moveLock(access: WorkspaceAccess): SQL {
  return sql`hashtextextended(${`booking:${access.workspaceId}`}, 0)`;
}

/** What changes when an appointment moves. */
export interface Move {
  conversationId: string;
  price: number;
  promotion?: string | undefined;
  /** It is moved only where nobody changed it since. */
  revision?: number | undefined;
}

/**
 * Moves an appointment, or leaves it exactly where it was: `taken` when the new place is, `gone` when it is not confirmed any more.
 */
export async function moveAppointment(
  database: Database,
  access: WorkspaceAccess,
  id: string,
  place: Placement,
  move: Move,
): Promise<'moved' | 'taken' | 'gone'> {
  await database.execute(sql`SELECT pg_advisory_xact_lock(${moveLock(access)})`);
  // An update cannot say ON CONFLICT DO NOTHING, and an error would end the transaction that also carries the idempotency key.
  await database.execute(sql`SAVEPOINT booking_move`);
  try {
    await clearWay(database, access, place, move.conversationId);
    const result = await database.execute(sql`
      UPDATE booking_appointments SET staff_id = ${place.staffId}, starts_at = ${instant(place.start)}, ends_at = ${instant(place.end)},
        period = ${periodOf(place)}, price = ${move.price}, promotion = ${move.promotion ?? null}, revision = revision + 1, version = version + 1,
        updated_at = ${access.now().toISOString()}
      WHERE workspace_id = ${access.workspaceId} AND id = ${id} AND status = 'confirmed' AND ${unchanged(move.revision)}`);
    await database.execute(sql`RELEASE SAVEPOINT booking_move`);
    return result.rowCount === 1 ? 'moved' : 'gone';
  } catch (error) {
    if (!isOverlap(error)) throw error;
    await database.execute(sql`ROLLBACK TO SAVEPOINT booking_move`);
    return 'taken';
  }
}

/** SQLSTATE 23P01, exclusion_violation; Drizzle wraps what the driver threw. */
function isOverlap(error: unknown): boolean {
  for (let current = error; current instanceof Error; current = current.cause) {
    if ((current as { code?: unknown }).code === '23P01') return true;
  }
  return false;
}

function unchanged(revision: number | undefined): SQL {
  return revision === undefined ? sql`true` : sql`revision = ${revision}`;
}

/** False when there was nothing to cancel, or it was changed since it had that `revision`. */
export async function cancelAppointment(
  database: Database,
  access: WorkspaceAccess,
  id: string,
  reason: string | undefined,
  revision?: number,
): Promise<boolean> {
  const result = await database.execute(sql`
    UPDATE booking_appointments SET status = 'cancelled', cancel_reason = ${reason ?? null}, revision = revision + 1, version = version + 1,
      updated_at = ${access.now().toISOString()}
    WHERE workspace_id = ${access.workspaceId} AND id = ${id} AND status = 'confirmed' AND ${unchanged(revision)}`);
  return result.rowCount === 1;
}

/** A calendar file is kept, and links to it and to the page of the appointment work, for so long after the appointment. */
const keptAfterMs = 30 * 86_400_000;
const longestLinkMs = 400 * 86_400_000;

/** How long links of an appointment last, in milliseconds. @param end epoch milliseconds */
function linkLife(end: number, now: number): number {
  return Math.min(Math.max(end - now, 0) + keptAfterMs, longestLinkMs);
}

/** The page on which the customer sees, moves and cancels an appointment: whoever holds the link may. */
export function appointmentLink(
  { links, now }: Pick<ToolContext, 'links' | 'now'>,
  { id, end }: Pick<CalendarEntry, 'id' | 'end'>,
): string {
  return links.to('/appointment', id, { expiresIn: linkLife(end, now().getTime()) });
}

/** Stores or replaces an appointment's calendar file, and answers a link to it that works without an account. */
export async function storeCalendarFile(
  database: Database,
  { artifacts, ...access }: WorkspaceAccess & Pick<ToolContext, 'artifacts'>,
  appointment: Pick<CalendarEntry, 'id' | 'code' | 'end'> & { fileId: string | null },
  content: string,
): Promise<CalendarFile> {
  const { id, code, end, fileId } = appointment;
  if (fileId !== null && !isArtifact(fileId)) return replaceOldFile(database, access, fileId, content);
  const known = fileId === null ? undefined : await artifacts.get(fileId);
  const now = access.now().getTime();
  const expiresIn = linkLife(end, now);
  const file = await artifacts.put({
    name: `${code}.ics`,
    mediaType: 'text/calendar',
    data: new TextEncoder().encode(content),
    expiresAt: new Date(now + expiresIn),
    replaces: known?.id,
  });
  if (file.id !== fileId) {
    await database.execute(sql`
      UPDATE booking_appointments SET file_id = ${file.id} WHERE workspace_id = ${access.workspaceId} AND id = ${id}`);
  }
  return { calendarUrl: await artifacts.link(file.id, { expiresIn }), calendar: partOf(file) };
}

function isArtifact(fileId: string): boolean {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(fileId);
}

/** Files of appointments that were made before there were artifacts keep their address, and what is behind it stays true. */
async function replaceOldFile(
  database: Database,
  { workspaceId }: Pick<WorkspaceAccess, 'workspaceId'>,
  fileId: string,
  content: string,
): Promise<CalendarFile> {
  await database.execute(sql`UPDATE files SET content = ${content} WHERE workspace_id = ${workspaceId} AND id = ${fileId}`);
  return { calendarUrl: `/api/v1/files/${fileId}` };
}

function keyOf(value: string | undefined, key: (value: string) => string): string | null {
  return value === undefined ? null : key(value);
}

function instant(epochMilliseconds: number): SQL {
  return sql`${new Date(epochMilliseconds).toISOString()}::timestamptz`;
}

function periodOf({ service, start, end }: Placement): SQL {
  const from = start - service.bufferBeforeMinutes * minuteMs;
  const to = end + service.bufferAfterMinutes * minuteMs;
  return sql`tstzrange(${instant(from)}, ${instant(to)})`;
}
