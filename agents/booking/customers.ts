/** Reading appointments: one by its code, or those that are a customer's own. */
import { type SQL, sql } from '../../src/database.ts';
import {
  type Contact,
  canonicalEmail,
  type Database,
  normaliseCode,
  phoneKey,
  sameName,
  samePhone,
  type WorkspaceAccess,
} from '../../src/index.ts';
import type { CalendarEntry } from './calendar.ts';
import type { Service } from './catalogue.ts';
import type { AppointmentView } from './contract.ts';
import { localTime } from './local-time.ts';

/** An appointment with all that moving, cancelling and showing it needs. */
export interface AppointmentRecord extends Omit<CalendarEntry, 'service'> {
  service: Service;
  staffId: string;
  name: string;
  phone: string | null;
  email: string | null;
  price: number;
  currency: string;
  promotion: string | null;
  conversationId: string;
  fileId: string | null;
}

/** @param which those to read; without `everyState` of the coming confirmed ones only */
async function loadAppointments(
  database: Database,
  access: WorkspaceAccess,
  which: SQL,
  everyState = false,
): Promise<AppointmentRecord[]> {
  const states = everyState
    ? sql`a.status IN ('confirmed', 'cancelled')`
    : sql`a.status = 'confirmed' AND a.starts_at > ${access.now().toISOString()}::timestamptz`;
  const result = await database.execute<{ item: AppointmentRecord }>(sql`
    SELECT json_build_object('id', a.id, 'code', a.code, 'staffId', a.staff_id, 'staff', staff.name, 'name', a.customer_name,
      'phone', a.customer_phone, 'email', a.customer_email, 'start', (extract(epoch FROM a.starts_at) * 1000)::bigint,
      'end', (extract(epoch FROM a.ends_at) * 1000)::bigint, 'price', a.price, 'currency', a.currency, 'promotion', a.promotion,
      'status', a.status, 'revision', a.revision, 'conversationId', a.conversation_id, 'fileId', a.file_id,
      'service', json_build_object('id', service.id, 'name', service.name, 'aliases', service.aliases,
        'description', service.description, 'category', service.category, 'price', service.price,
        'durationMinutes', service.duration_minutes, 'bufferBeforeMinutes', service.buffer_before_minutes,
        'bufferAfterMinutes', service.buffer_after_minutes)) AS item
    FROM booking_appointments a
      JOIN booking_services service ON service.workspace_id = a.workspace_id AND service.id = a.service_id
      JOIN booking_staff staff ON staff.workspace_id = a.workspace_id AND staff.id = a.staff_id
    WHERE a.workspace_id = ${access.workspaceId} AND ${states} AND (${which})
    ORDER BY a.starts_at, a.code LIMIT 100`);
  return result.rows.map((row) => row.item);
}

/** The future confirmed appointment with this code. */
export async function appointmentByCode(
  database: Database,
  access: WorkspaceAccess,
  code: string,
): Promise<AppointmentRecord | undefined> {
  return (await loadAppointments(database, access, sql`a.code = ${normaliseCode(code)}`))[0];
}

/** The appointment of a link, also where it is over or cancelled. */
export async function appointmentById(
  database: Database,
  access: WorkspaceAccess,
  id: string,
): Promise<AppointmentRecord | undefined> {
  return (await loadAppointments(database, access, sql`a.id = ${id}`, true))[0];
}

/** Future confirmed appointments with this phone number or e-mail address. */
export async function openAppointmentsOf(
  database: Database,
  access: WorkspaceAccess,
  contact: Pick<Contact, 'phone' | 'email'>,
): Promise<AppointmentRecord[]> {
  if (contact.phone === undefined && contact.email === undefined) return [];
  const found = await loadAppointments(database, access, contactFilter(contact));
  return found.filter((appointment) => sharesContact(appointment, contact));
}

/** What a customer says about themselves. */
export interface Claim {
  phone?: string | undefined;
  email?: string | undefined;
  code?: string | undefined;
  name?: string | undefined;
}

/** Where the claim is made: the conversation, and whom its channel knows. */
export interface ClaimPlace {
  conversationId: string;
  contact: Contact | undefined;
}

/**
 * Appointments that this customer may see and change: see {@link isOwn}; with a code, that one alone. `likely` are those that
 * two weak facts point at. `complete` says whether the claim would have been enough if there were any.
 */
export async function ownAppointments(
  database: Database,
  access: WorkspaceAccess,
  claim: Claim,
  place: ClaimPlace,
): Promise<{ appointments: AppointmentRecord[]; likely: AppointmentRecord[]; complete: boolean; full: Claim }> {
  const { contact } = place;
  const full: Claim = { ...claim, phone: claim.phone ?? contact?.phone, email: claim.email ?? contact?.email };
  full.name = claim.name ?? contact?.name;
  const filters = [sql`a.conversation_id = ${place.conversationId}`];
  if (full.code !== undefined) filters.push(sql`a.code = ${normaliseCode(full.code)}`);
  for (const one of [full, contact]) {
    if (one?.phone !== undefined || one?.email !== undefined) filters.push(contactFilter(one));
  }
  const found = await loadAppointments(database, access, sql.join(filters, sql` OR `));
  const own = found.filter((appointment) => isOwn(appointment, full, place));
  const { code } = full;
  const complete =
    code !== undefined ||
    contact?.verified === true ||
    (full.phone !== undefined && full.email !== undefined) ||
    ((full.phone !== undefined || full.email !== undefined) && full.name !== undefined);
  return {
    appointments: code === undefined ? own : own.filter((appointment) => appointment.code === normaliseCode(code)),
    likely: code === undefined ? found.filter((appointment) => isLikely(appointment, full)) : [],
    complete,
    full,
  };
}

/**
 * Booked in this conversation, of a contact that the channel vouches for, or shown to be theirs by the code.
 */
function isOwn(appointment: AppointmentRecord, claim: Claim, place: ClaimPlace): boolean {
  if (appointment.conversationId === place.conversationId || isOfVerifiedContact(appointment, place.contact)) return true;
  return claim.code !== undefined && appointment.code === normaliseCode(claim.code);
}

/** Two things that belong together: contact and name, phone and e-mail. Acquaintances know them as well. */
function isLikely(appointment: AppointmentRecord, claim: Claim): boolean {
  const phone = hasPhone(appointment, claim.phone);
  const email = hasEmail(appointment, claim.email);
  return (phone && email) || ((phone || email) && claim.name !== undefined && sameName(appointment.name, claim.name));
}

/**
 * True when the channel vouches for the contact and the appointment is theirs. A channel vouches for the number where it knows one; an
 * address beside it may be the customer's word only.
 */
export function isOfVerifiedContact(appointment: AppointmentRecord, contact: Contact | undefined): boolean {
  if (contact?.verified !== true) return false;
  return contact.phone === undefined ? hasEmail(appointment, contact.email) : hasPhone(appointment, contact.phone);
}

function sharesContact(appointment: AppointmentRecord, contact: Pick<Contact, 'phone' | 'email'>): boolean {
  return hasPhone(appointment, contact.phone) || hasEmail(appointment, contact.email);
}

function hasPhone(appointment: AppointmentRecord, phone: string | undefined): boolean {
  return phone !== undefined && appointment.phone !== null && samePhone(appointment.phone, phone);
}

function hasEmail(appointment: AppointmentRecord, email: string | undefined): boolean {
  return email !== undefined && appointment.email !== null && canonicalEmail(appointment.email) === canonicalEmail(email);
}

function contactFilter({ phone, email }: Pick<Contact, 'phone' | 'email'>): SQL {
  const filters = [
    ...(phone === undefined ? [] : [sql`a.phone_key = ${phoneKey(phone)}`]),
    ...(email === undefined ? [] : [sql`a.email_key = ${canonicalEmail(email)}`]),
  ];
  return sql`(${sql.join(filters, sql` OR `)})`;
}

/** An appointment as the tools answer it. */
export function appointmentView(
  appointment: AppointmentRecord,
  timeZone: string,
  status: AppointmentView['status'] = 'confirmed',
): AppointmentView {
  const { code, service, staff, name, price, currency, start, end, promotion } = appointment;
  return {
    code,
    service: service.name,
    ...localTime(start, timeZone),
    durationMinutes: Math.round((end - start) / 60_000),
    staff,
    name,
    price,
    currency,
    status,
    ...(promotion === null ? {} : { promotion }),
  };
}
