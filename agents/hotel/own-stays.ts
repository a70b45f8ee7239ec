/** Whose stays: those of the conversation, of a contact that the channel vouches for, and the one whose code is known. */
import { type SQL, sql } from '../../src/database.ts';
import {
  type Contact,
  canonicalEmail,
  claimKeys,
  type Database,
  normaliseCode,
  phoneKey,
  sameName,
  samePhone,
  type ToolContext,
  type WorkspaceAccess,
} from '../../src/index.ts';
import { loadStays, openStays, type StayRecord } from './stays.ts';

/** What a guest says about themselves. */
export interface Claim {
  phone?: string | undefined;
  email?: string | undefined;
  code?: string | undefined;
  name?: string | undefined;
}

export type ClaimPlace = WorkspaceAccess & Pick<ToolContext, 'conversationId' | 'contact'>;

export interface OwnStays {
  stays: StayRecord[];
  /** Two weak facts point at them, which others can know too. */
  likely: StayRecord[];
  /** The claim would be enough, if there were any. */
  complete: boolean;
  full: Claim;
}

/** @param here of `b`, as `staysHere` gives it */
export async function ownStays(database: Database, place: ClaimPlace, claim: Claim, here: SQL): Promise<OwnStays> {
  const { contact } = place;
  const full: Claim = {
    ...claim,
    phone: claim.phone ?? contact?.phone,
    email: claim.email ?? contact?.email,
    name: claim.name ?? contact?.name,
  };
  const filters: SQL[] = [sql`b.conversation_id = ${place.conversationId}`];
  const code = full.code === undefined ? undefined : normaliseCode(full.code);
  if (code !== undefined) filters.push(sql`b.code = ${code}`);
  const keys = [...new Set([...claimKeys(full), ...claimKeys(contact ?? {})])];
  if (keys.length > 0)
    filters.push(sql`g.phone_key = ANY(${sql.param(keys)}::text[]) OR g.email_key = ANY(${sql.param(keys)}::text[])`);
  const found = await loadStays(database, place, sql`${openStays} AND ${here} AND (${sql.join(filters, sql` OR `)})`);
  const own = found.filter((stay) => isOwn(stay, place) || stay.code === code);
  return {
    stays: code === undefined ? own : own.filter((stay) => stay.code === code),
    likely: code === undefined ? found.filter((stay) => !isOwn(stay, place) && isLikely(stay, full)) : [],
    complete:
      code !== undefined ||
      contact?.verified === true ||
      (full.phone !== undefined && full.email !== undefined) ||
      ((full.phone !== undefined || full.email !== undefined) && full.name !== undefined),
    full,
  };
}

/** The open stay with this code, whoever asks: knowing its code is knowing it. */
export async function stayByCode(
  database: Database,
  access: WorkspaceAccess,
  code: string,
  here: SQL = sql`true`,
): Promise<StayRecord | undefined> {
  return (await loadStays(database, access, sql`${openStays} AND ${here} AND b.code = ${normaliseCode(code)}`))[0];
}

/** Booked in this conversation, or of the contact that the channel vouches for. */
export function isOwn(stay: StayRecord, { conversationId, contact }: Pick<ClaimPlace, 'conversationId' | 'contact'>): boolean {
  return stay.conversationId === conversationId || isOfVerifiedContact(stay, contact);
}

/** A channel vouches for the number where it knows one; an address beside it may be the word of the guest only. */
export function isOfVerifiedContact(stay: StayRecord, contact: Contact | undefined): boolean {
  if (contact?.verified !== true) return false;
  return contact.phone === undefined ? hasEmail(stay, contact.email) : hasPhone(stay, contact.phone);
}

function isLikely(stay: StayRecord, claim: Claim): boolean {
  const phone = hasPhone(stay, claim.phone);
  const email = hasEmail(stay, claim.email);
  return (phone && email) || ((phone || email) && claim.name !== undefined && sameName(stay.guest?.name ?? '', claim.name));
}

function hasPhone({ guest }: StayRecord, phone: string | undefined): boolean {
  return phone !== undefined && guest?.phone != null && guest.phone !== '' && samePhone(guest.phone, phone);
}

function hasEmail({ guest }: StayRecord, email: string | undefined): boolean {
  return email !== undefined && guest?.email != null && guest.email !== '' && canonicalEmail(guest.email) === canonicalEmail(email);
}

/** Open stays of a phone number or an address. */
export async function countOpenStays(
  database: Database,
  access: WorkspaceAccess,
  contact: { phone?: string | undefined; email?: string | undefined },
): Promise<number> {
  const phone = contact.phone === undefined ? null : phoneKey(contact.phone);
  const email = contact.email === undefined ? null : canonicalEmail(contact.email);
  if (phone === null && email === null) return 0;
  const { rows } = await database.execute<{ count: number }>(sql`
    SELECT count(*)::int AS count FROM hotel_bookings b JOIN hotel_guests g ON g.workspace_id = b.workspace_id AND g.id = b.guest_id
    WHERE b.workspace_id = ${access.workspaceId} AND ${openStays}
      AND (g.phone_key = ${phone}::text OR g.email_key = ${email}::text)`);
  return rows[0]?.count ?? 0;
}
