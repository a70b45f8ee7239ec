/**
 * Claims to what is a customer's by what others can know too: a phone number or an address, and a name. Those that are not believed are counted for the
 * whole workspace, so that nobody tries one name after the other in one conversation after the other.
 */
import { sql } from 'drizzle-orm';
import { phoneKey } from '../../phone-numbers.ts';
import type { Database } from '../../store/database.ts';
import { canonicalEmail } from '../canonical-email.ts';

/** Claims to one contact in an hour that may fail; from then on the code is asked for. */
export const failedClaimsPerHour = 5;
const hourMs = 3_600_000;
/** For how long they are kept: longer than they count, and no longer than needed. */
const keptMs = 24 * hourMs;

export interface ClaimedContact {
  phone?: string | undefined;
  email?: string | undefined;
}

/** The part of a tool's or job's context that they need. */
export interface ClaimPlace {
  readonly workspaceId: string;
  now(): Date;
  newId(): string;
}

export interface FailedClaims {
  /**
   * True where too many claims to this contact failed within the hour, in whatever conversation. Claims to one contact wait for each other, so that
   * many at once are no more than as many in a row: call it in the transaction that looks the contact up.
   */
  areTooMany(database: Database, place: ClaimPlace, contact: ClaimedContact): Promise<boolean>;
  /** Also of a contact that has nothing: the answer must not tell who has. */
  record(database: Database, place: ClaimPlace, conversationId: string, contact: ClaimedContact): Promise<void>;
  /** Removes what counts no more. */
  forgetOld(database: Database, place: ClaimPlace): Promise<void>;
}

/** What a contact is counted under: keys of its phone number and its address. */
export function claimKeys({ phone, email }: ClaimedContact): string[] {
  return [...(phone === undefined ? [] : [phoneKey(phone)]), ...(email === undefined ? [] : [canonicalEmail(email)])];
}

/** @param name of a table of the agent with `workspace_id`, `id` (uuid), `conversation_id` (uuid), `contact_key` (text) and `created_at`. */
export function failedClaims(name: string): FailedClaims {
  const table = sql.identifier(name);
  const instant = (place: ClaimPlace, agoMs = 0) => sql`${new Date(place.now().getTime() - agoMs).toISOString()}::timestamptz`;
  return {
    async areTooMany(database, place, contact) {
      const keys = claimKeys(contact);
      for (const key of keys.toSorted()) {
        await database.execute(sql`SELECT pg_advisory_xact_lock(hashtextextended(${`${name} ${place.workspaceId} ${key}`}, 0))`);
      }
      const { rows } = await database.execute<{ most: number }>(sql`
        SELECT coalesce(max(count), 0)::int AS most FROM (
          SELECT count(*) FROM ${table} WHERE workspace_id = ${place.workspaceId}
            AND contact_key = ANY(${sql.param(keys)}::text[]) AND created_at > ${instant(place, hourMs)}
          GROUP BY contact_key) counted`);
      return (rows[0]?.most ?? 0) >= failedClaimsPerHour;
    },
    async record(database, place, conversationId, contact) {
      for (const key of claimKeys(contact)) {
        await database.execute(sql`
          INSERT INTO ${table} (workspace_id, id, conversation_id, contact_key, created_at)
          VALUES (${place.workspaceId}, ${place.newId()}, ${conversationId}, ${key}, ${instant(place)})`);
      }
    },
    async forgetOld(database, place) {
      await database.execute(
        sql`DELETE FROM ${table} WHERE workspace_id = ${place.workspaceId} AND created_at < ${instant(place, keptMs)}`,
      );
    },
  };
}
