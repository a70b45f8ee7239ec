/**
 * Claims to stays by what others can know too: a phone number or an address, and a name. Those that are not believed are counted for the
 * whole workspace, so that nobody tries one name after the other in one conversation after the other.
 */
import { sql } from '../../src/database.ts';
import { type Database, phoneKey, type WorkspaceAccess } from '../../src/index.ts';
import { emailKey } from './names.ts';

/** Claims to one contact in an hour that may fail; from then on the code is asked for. */
export const failedClaimsPerHour = 5;
const hourMs = 3_600_000;
/** For how long they are kept: longer than they count, and no longer than needed. */
const keptMs = 24 * hourMs;

interface ClaimedContact {
  phone?: string | undefined;
  email?: string | undefined;
}

export function claimKeys({ phone, email }: ClaimedContact): string[] {
  return [...(phone === undefined ? [] : [phoneKey(phone)]), ...(email === undefined ? [] : [emailKey(email)])];
}

const instant = (access: WorkspaceAccess, agoMs = 0) => sql`${new Date(access.now().getTime() - agoMs).toISOString()}::timestamptz`;

/**
 * True where too many claims to this contact failed within the hour, in whatever conversation. Claims to one contact wait for each other, so that
 * many at once are no more than as many in a row.
 */
export async function isGuessedAt(database: Database, access: WorkspaceAccess, contact: ClaimedContact): Promise<boolean> {
  for (const key of claimKeys(contact).toSorted()) {
    await database.execute(sql`SELECT pg_advisory_xact_lock(hashtextextended(${`hotel-claims ${access.workspaceId} ${key}`}, 0))`);
  }
  const { rows } = await database.execute<{ most: number }>(sql`
    SELECT coalesce(max(count), 0)::int AS most FROM (
      SELECT count(*) FROM hotel_failed_claims WHERE workspace_id = ${access.workspaceId}
        AND contact_key = ANY(${sql.param(claimKeys(contact))}::text[]) AND created_at > ${instant(access, hourMs)}
      GROUP BY contact_key) counted`);
  return (rows[0]?.most ?? 0) >= failedClaimsPerHour;
}

/** Also of a contact that has no stay: the answer must not tell who has. */
export async function recordFailedClaim(
  database: Database,
  access: WorkspaceAccess,
  conversationId: string,
  contact: ClaimedContact,
): Promise<void> {
  for (const key of claimKeys(contact)) {
    await database.execute(sql`
      INSERT INTO hotel_failed_claims (workspace_id, id, conversation_id, contact_key, created_at)
      VALUES (${access.workspaceId}, ${access.newId()}, ${conversationId}, ${key}, ${instant(access)})`);
  }
}

export async function forgetOldClaims(database: Database, access: WorkspaceAccess): Promise<void> {
  await database.execute(sql`
    DELETE FROM hotel_failed_claims WHERE workspace_id = ${access.workspaceId} AND created_at < ${instant(access, keptMs)}`);
}
