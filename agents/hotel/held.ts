/** What a conversation holds. */
import { sql } from '../../src/database.ts';
import type { ToolContext } from '../../src/index.ts';
import { loadStays, type StayRecord } from './stays.ts';

type HoldPlace = Pick<ToolContext, 'workspaceId' | 'timeZone' | 'now' | 'newId' | 'query' | 'conversationId'>;

/** The rooms that this conversation holds by an offer. Also when its time is up: as long as nobody ended it they are still kept. */
export async function heldStay(place: HoldPlace, offerId: string): Promise<StayRecord | undefined> {
  const held = sql`b.status = 'held' AND b.conversation_id = ${place.conversationId} AND b.offer_id = ${offerId}`;
  return (await place.query((database) => loadStays(database, place, held)))[0];
}
