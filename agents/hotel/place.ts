/** Which hotel a call is about: that of the channel's connection, the one that is named, the only one, or the one that was spoken of last. */
import { type SQL, sql } from '../../src/database.ts';
import type { ToolContext } from '../../src/index.ts';
import type { WhichHotel } from './contract.ts';
import { type House, loadHouses } from './house.ts';
import { findNamed } from './names.ts';

/** What a hotel is found by. */
export type HotelPlace = Pick<ToolContext, 'workspaceId' | 'timeZone' | 'now' | 'newId' | 'query' | 'conversationId'> &
  Partial<Pick<ToolContext, 'connection'>>;

export async function houseOf(place: HotelPlace, named?: string): Promise<House | WhichHotel> {
  const houses = await place.query((database) => loadHouses(database, place));
  const [only, ...others] = houses;
  if (only !== undefined && others.length === 0) return only;
  const connection = await place.connection?.();
  const ofConnection = houses.filter(({ connections }) => connection !== undefined && connections.includes(connection.name));
  // A number of one hotel sells that hotel.
  if (ofConnection.length === 1 && ofConnection[0] !== undefined) return ofConnection[0];
  const candidates = ofConnection.length > 0 ? ofConnection : houses;
  if (named !== undefined) {
    const found = findNamed(candidates, named);
    if (found !== undefined) return found;
  } else {
    const { rows } = await place.query((database) =>
      database.execute<{ id: string }>(sql`
        SELECT hotel_id AS id FROM hotel_offers WHERE workspace_id = ${place.workspaceId} AND conversation_id = ${place.conversationId}
        ORDER BY expires_at DESC LIMIT 1`),
    );
    const last = candidates.find(({ id }) => id === rows[0]?.id);
    if (last !== undefined) return last;
  }
  return { kind: 'which-hotel', hotels: candidates.map(({ name }) => name) };
}

/** Which stays (`b`) are spoken of where a conversation is: at a number of one hotel those of that hotel alone, whoever the guest is. */
export async function staysHere(place: Pick<HotelPlace, 'connection'>): Promise<SQL> {
  const connection = await place.connection?.();
  if (connection === undefined) return sql`true`;
  const { name } = connection;
  return sql`(EXISTS (SELECT FROM hotel_hotels h WHERE h.workspace_id = b.workspace_id AND h.id = b.hotel_id AND ${name} = ANY(h.connections))
    OR NOT EXISTS (SELECT FROM hotel_hotels h WHERE h.workspace_id = b.workspace_id AND ${name} = ANY(h.connections)))`;
}
